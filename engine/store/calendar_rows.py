"""The days of a calendar as recorded, and the cases whose dates a change to it may move."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, or_, select

from engine.store.database import Transaction
from engine.store.schema import calendar_day, complaint_case, deadline, open_task, person

Day = date


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """A day of a calendar. `recorded` is when this installation was told of it (UTC)."""

    date: Day
    name: str
    kind: str
    known: Day
    withdrawn: Day | None
    recorded: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an open task of a case: the name of a person, or nobody's, and the role it is for."""

    key: str
    waits_for: str
    role: str
    name: str


def recorded_days(tx: Transaction, calendar: str) -> list[RecordedDay]:
    """Every day that was ever given for a calendar, by date."""
    shown = ("date", "name", "kind", "known", "withdrawn", "recorded")
    query = select(*(calendar_day.c[name] for name in shown)).where(calendar_day.c.calendar == calendar)
    return [RecordedDay(*row) for row in tx.execute(query.order_by(calendar_day.c.date, calendar_day.c.known))]


def cases_due_from(tx: Transaction, policies: Collection[str], day: date) -> list[int]:
    """The cases of these policies, not closed nor on hold, with a date on that day or later: all whose dates can move
    when it is a working day no more, or one again. Dates are counted forward, so none before it can."""
    due = deadline.c.due >= day
    later = exists().where(deadline.c.case_id == complaint_case.c.id, or_(due, deadline.c.promised >= day))
    owed = exists().where(open_task.c.case_id == complaint_case.c.id, open_task.c.due >= day)
    query = select(complaint_case.c.id).where(
        complaint_case.c.policy.in_(policies),
        complaint_case.c.status != "closed",
        complaint_case.c.hold.is_(None),
        or_(later, owed),
    )
    return list(tx.execute(query.order_by(complaint_case.c.id)).scalars())


def holders(tx: Transaction, case_id: int) -> list[Holder]:
    """Who has each open task of a case."""
    shown = (open_task.c.key, open_task.c.waits_for, open_task.c.role, person.c.name)
    query = select(*shown).outerjoin_from(open_task, person, person.c.id == open_task.c.person_id)
    rows = tx.execute(query.where(open_task.c.case_id == case_id).order_by(open_task.c.sort_due, open_task.c.key))
    return [Holder(key, waits_for, role, name or "") for key, waits_for, role, name in rows]
