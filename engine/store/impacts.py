"""What drafts would do, worked out in the background: asked, taken by one worker, told how far it is, done or stopped.

    waiting -> running -> done
                  |-----> failed
                  |-----> stopping -> cancelled

`taken_at` is when the worker that has it last gave a sign of life: one that is silent too long is dead, and its work
is waiting again. Who took it says which taking theirs was, so that one that comes back late touches nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, null, or_, select, update

from engine.store.case_rows import CaseRow, StoredEvent
from engine.store.cases import COLUMNS
from engine.store.database import Transaction
from engine.store.schema import case_event, complaint_case, event_content, impact, impact_case

WAITING, RUNNING, STOPPING, DONE, CANCELLED, FAILED = "waiting", "running", "stopping", "done", "cancelled", "failed"
AT_WORK = (WAITING, RUNNING, STOPPING)


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One working out of what a draft would do. Instants are UTC; the period's days are days of receipt, both in it.
    `draft_seal` tells the contents of the draft that it was worked out for."""

    id: int
    draft_id: int | None
    asked_by: int
    asked_at: datetime
    period_from: date
    period_to: date
    kind: str
    draft_seal: str
    status: str
    done: int
    total: int
    taken_by: str
    taken_at: datetime | None
    result: Any
    said: str
    about: str

    @property
    def is_at_work(self) -> bool:
        return self.status in AT_WORK


@dataclass(frozen=True, slots=True)
class Listed:
    """A case that would have gone otherwise, with what decides who may see it."""

    case_id: int
    area: str | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class ImpactCase:
    """The same case with what a list shows of it to whoever may see it."""

    case_id: int
    reference: str
    resident: str
    kinds: tuple[str, ...]
    detail: Any


_COLUMNS = tuple(impact.c[field.name] for field in fields(ImpactRow))
_SELECT = select(*_COLUMNS)
_ROWS = select(*(complaint_case.c[name] for name in COLUMNS))
_EVENTS = (
    select(
        case_event.c.case_id, case_event.c.number, case_event.c.name, case_event.c.happened, case_event.c.recorded,
        case_event.c.by_person, case_event.c.by_name, event_content.c.content,
    )
    .select_from(
        case_event.outerjoin(
            event_content,
            (event_content.c.case_id == case_event.c.case_id) & (event_content.c.number == case_event.c.number),
        )
    )
    .where(case_event.c.case_id.in_(bindparam("cases", expanding=True)))
    .order_by(case_event.c.case_id, case_event.c.number)
)  # fmt: skip


def ask(
    tx: Transaction,
    draft_id: int | None,
    *,
    by: int,
    now: datetime,
    period: tuple[date, date],
    kind: str,
    draft_seal: str = "",
    about: str = "",
) -> int:
    """Ask for a working out; its id. `about` says of what, where it is not of a draft. The cases that an earlier one of
    the same draft (or of none, and the same kind) listed are let go."""
    is_same = and_(impact.c.draft_id.is_not_distinct_from(draft_id), impact.c.kind == kind)
    tx.execute(delete(impact_case).where(impact_case.c.impact_id.in_(select(impact.c.id).where(is_same))))
    values = {
        "draft_id": draft_id, "asked_by": by, "asked_at": now, "period_from": period[0], "period_to": period[1],
        "kind": kind, "draft_seal": draft_seal, "status": WAITING, "done": 0, "total": 0, "taken_by": "", "said": "",
        "about": about,
    }  # fmt: skip
    return int(tx.execute(insert(impact).values(values).returning(impact.c.id)).scalar_one())


def one(tx: Transaction, impact_id: int) -> ImpactRow | None:
    """A working out by its id, or None."""
    row = tx.execute(_SELECT.where(impact.c.id == impact_id)).one_or_none()
    return None if row is None else ImpactRow(*row)


def of_draft(tx: Transaction, draft_id: int, limit: int = 10) -> list[ImpactRow]:
    """The last workings out of a draft, newest first, without their results."""
    columns = [column if column.name != "result" else null() for column in _COLUMNS]
    found = tx.execute(select(*columns).where(impact.c.draft_id == draft_id).order_by(impact.c.id.desc()).limit(limit))
    return [ImpactRow(*row) for row in found]


def of_kind(tx: Transaction, kind: str, limit: int = 10) -> list[ImpactRow]:
    """The last workings out of a kind, newest first, without their results."""
    columns = [column if column.name != "result" else null() for column in _COLUMNS]
    found = tx.execute(select(*columns).where(impact.c.kind == kind).order_by(impact.c.id.desc()).limit(limit))
    return [ImpactRow(*row) for row in found]


def take(tx: Transaction, worker: str, *, now: datetime, dead_since: datetime) -> ImpactRow | None:
    """Take the oldest that waits, or whose worker has given no sign of life since `dead_since`; None where there is
    none. No other worker has it."""
    free = _has_nobody(dead_since)
    found = tx.execute(select(impact.c.id).where(free).order_by(impact.c.id).limit(1).with_for_update(skip_locked=True))
    which = found.scalar_one_or_none()
    if which is None:
        return None
    _let_go(tx, which)
    begun = {"taken_by": worker, "taken_at": now, "done": 0, "total": 0}
    status = func.coalesce(func.nullif(impact.c.status, WAITING), RUNNING)  # one that is to stop is still to stop
    row = tx.execute(update(impact).where(impact.c.id == which).values(status=status, **begun).returning(*_COLUMNS))
    return ImpactRow(*row.one())


def is_wanted(tx: Transaction, dead_since: datetime) -> bool:
    """Whether there is anything to take. Cheap enough to ask every few seconds."""
    return tx.execute(select(impact.c.id).where(_has_nobody(dead_since)).limit(1)).one_or_none() is not None


def go_on(tx: Transaction, impact_id: int, worker: str, *, done: int, total: int, now: datetime) -> bool:
    """Say how far it is. False where it is to stop, or is no longer this worker's."""
    told = {"done": done, "total": total, "taken_at": now}
    return bool(tx.execute(update(impact).where(_mine(impact_id, worker, RUNNING)).values(**told)).rowcount)


def note_tries(tx: Transaction, impact_id: int, worker: str, tries: int, said: str) -> None:
    """Keep how often it was begun, until it has a result, with a word about it."""
    tx.execute(update(impact).where(_mine(impact_id, worker, RUNNING)).values(result={"tries": tries}, said=said))


def put_cases(tx: Transaction, impact_id: int, cases: Sequence[tuple[int, str, Any]]) -> None:
    """Keep cases that would have gone otherwise: id, kinds, and what is shown."""
    if cases:
        rows = [{"impact_id": impact_id, "case_id": id_, "kinds": kinds, "detail": said} for id_, kinds, said in cases]
        tx.execute(insert(impact_case), rows)


def finish(
    tx: Transaction, impact_id: int, worker: str, *, status: str, now: datetime, said: str = "", result: Any = None
) -> bool:
    """Say what became of it: DONE with its result, FAILED, CANCELLED, or WAITING again. Of what is not done no case
    stays listed. False where it is no longer this worker's."""
    values: dict[str, Any] = {"status": status, "taken_at": now, "said": said}
    values |= {"result": result} if result is not None else {}
    mine = _mine(impact_id, worker, RUNNING, STOPPING)
    is_mine = bool(tx.execute(update(impact).where(mine).values(values)).rowcount)
    if is_mine and status != DONE:
        _let_go(tx, impact_id)
    return is_mine


def cancel(tx: Transaction, impact_id: int, *, dead_since: datetime) -> bool:
    """Stop it: at once where nobody is at it, else as soon as its worker looks. False where it was over already."""
    this = impact.c.id == impact_id
    if tx.execute(update(impact).where(this, _has_nobody(dead_since)).values(status=CANCELLED)).rowcount:
        _let_go(tx, impact_id)
        return True
    return bool(tx.execute(update(impact).where(this, impact.c.status == RUNNING).values(status=STOPPING)).rowcount)


def listed(tx: Transaction, impact_id: int, kind: str, *, after: int = 0, size: int | None = None) -> list[Listed]:
    """The cases listed for one kind, in the order they were registered: all, or so many after that case. Who may see
    which the caller decides."""
    c = complaint_case.c
    query = select(c.id, c.area, c.restricted).join(impact_case, impact_case.c.case_id == c.id)
    of_kind = query.where(
        impact_case.c.impact_id == impact_id, impact_case.c.kinds.contains(f" {kind} ", autoescape=True)
    )
    in_order = of_kind.where(impact_case.c.case_id > after).order_by(impact_case.c.case_id).limit(size)
    return [Listed(*row) for row in tx.execute(in_order)]


def cases_of(tx: Transaction, impact_id: int, ids: Collection[int]) -> list[ImpactCase]:
    """These of the cases listed, with what is shown of each, in the order they were registered."""
    c = complaint_case.c
    query = (
        select(c.id, c.reference, c.resident, impact_case.c.kinds, impact_case.c.detail)
        .join(impact_case, impact_case.c.case_id == c.id)
        .where(impact_case.c.impact_id == impact_id, c.id.in_(list(ids)))
        .order_by(c.id)
    )
    return [ImpactCase(*row[:3], tuple(row[3].split()), row[4]) for row in tx.execute(query)]


def ids_of_cases(tx: Transaction, policy: str, begins: datetime, ends: datetime) -> list[int]:
    """The cases of a policy received between two instants (the second not in it), and those that are not closed."""
    c = complaint_case.c
    wanted = or_(and_(c.received >= begins, c.received < ends), c.status != "closed")
    return list(tx.execute(select(c.id).where(c.policy == policy, wanted).order_by(c.id)).scalars())


def ids_received(tx: Transaction, policy: str, begins: datetime, ends: datetime) -> list[int]:
    """The cases of a policy received between two instants (the second not in it)."""
    c = complaint_case.c
    wanted = and_(c.policy == policy, c.received >= begins, c.received < ends)
    return list(tx.execute(select(c.id).where(wanted).order_by(c.id)).scalars())


def ids_of_closed(tx: Transaction, policy: str, begins: datetime, ends: datetime) -> list[int]:
    """The closed cases of a policy (empty: of all) received between two instants (the second not in it)."""
    c = complaint_case.c
    query = select(c.id).where(c.status == "closed", c.received >= begins, c.received < ends)
    query = query.where(c.policy == policy) if policy else query
    return list(tx.execute(query.order_by(c.id)).scalars())


def rows_with_events(tx: Transaction, ids: Collection[int]) -> list[tuple[CaseRow, list[StoredEvent]]]:
    """Many cases with their whole records, by two questions to the database, in the order registered."""
    events: dict[int, list[StoredEvent]] = defaultdict(list)
    for case_id, *row, content in tx.execute(_EVENTS, {"cases": list(ids)}):
        said = ({}, True) if content is None else (orjson.loads(content)["fields"], False)
        events[case_id].append(StoredEvent(*row, *said))
    return [(row, events[row.id]) for row in rows_of(tx, ids)]


def rows_of(tx: Transaction, ids: Collection[int]) -> list[CaseRow]:
    """These cases without their records, in the order registered."""
    found = tx.execute(_ROWS.where(complaint_case.c.id.in_(list(ids))).order_by(complaint_case.c.id))
    return [CaseRow(*each) for each in found]


def _let_go(tx: Transaction, impact_id: int) -> None:
    tx.execute(delete(impact_case).where(impact_case.c.impact_id == impact_id))


def _has_nobody(dead_since: datetime) -> ColumnElement[bool]:
    """Those that wait, and those whose worker has given no sign of life since."""
    silent = and_(impact.c.status.in_((RUNNING, STOPPING)), impact.c.taken_at < dead_since)
    return or_(impact.c.status == WAITING, silent)


def _mine(impact_id: int, worker: str, *statuses: str) -> ColumnElement[bool]:
    return and_(impact.c.id == impact_id, impact.c.taken_by == worker, impact.c.status.in_(statuses))
