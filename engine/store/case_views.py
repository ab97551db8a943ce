"""Who had which case before them: kept once for each person, case and hour, and read newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, tuple_

from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import case_view, complaint_case, person

PAGE = 50
#: Where a page ended: the moment and the person of its last line.
Cursor = tuple[datetime, int]

_CASE = select(complaint_case.c.id).where(complaint_case.c.reference == bindparam("which"))
_THERE = select(case_view.c.at).where(
    case_view.c.case_id == bindparam("of_case"),
    case_view.c.hour == bindparam("that_hour"),
    case_view.c.person_id == bindparam("who"),
)


@dataclass(frozen=True, slots=True)
class ViewRow:
    """Somebody had a case before them: from `at`, within that hour."""

    person_id: int
    name: str
    at: datetime


def hour_of(now: datetime) -> datetime:
    """The hour a moment is in."""
    return now.replace(minute=0, second=0, microsecond=0)


def unrecorded(tx: Transaction, reference: str, *, person_id: int, now: datetime) -> int | None:
    """The id of the case, where it is not recorded yet that this person has it before them in this hour; else None."""
    case_id = tx.execute(_CASE, {"which": reference}).scalar_one_or_none()
    if case_id is None:
        return None
    this = {"of_case": case_id, "that_hour": hour_of(now), "who": person_id}
    return None if tx.execute(_THERE, this).first() else int(case_id)


def record(tx: Transaction, case_id: int, *, person_id: int, now: datetime) -> None:
    """Record it; where somebody else's request did so meanwhile, that is the same."""
    values = {"case_id": case_id, "hour": hour_of(now), "person_id": person_id, "at": now}
    tx.execute(insert_for(tx, case_view).on_conflict_do_nothing(), values)


def of_case(
    tx: Transaction, case_id: int, *, after: Cursor | None = None, size: int = PAGE
) -> tuple[list[ViewRow], Cursor | None]:
    """Who saw a case, the latest first, and where the next page begins; None on the last."""
    place = (case_view.c.hour, case_view.c.person_id)
    query = (
        select(case_view.c.person_id, person.c.name, case_view.c.at)
        .join(person, person.c.id == case_view.c.person_id)
        .where(case_view.c.case_id == case_id)
        .order_by(*(column.desc() for column in place))
        .limit(size + 1)
    )
    if after:
        query = query.where(tuple_(*place) < tuple_(*after))
    found = [ViewRow(*row) for row in tx.execute(query)]
    shown = found[:size]
    more = len(found) > size
    return shown, (hour_of(shown[-1].at), shown[-1].person_id) if more else None
