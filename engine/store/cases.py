"""Cases in the database: opened, loaded, and moved on by one step at a time, under an optimistic lock."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from engine.store import chain, conveniences, search, timeline
from engine.store.case_rows import By, CaseRow, DeadlineRow, NewEvent, OpenTask, OutboxItem, StoredEvent, TimerRow
from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.marks import MarkRow, keep_marks
from engine.store.measures import MeasureRow, keep_measures
from engine.store.outbox import put_out
from engine.store.schema import complaint_case, reference_counter
from engine.store.timeline import events_of

__all__ = [
    "By",
    "CaseChanged",
    "CaseRow",
    "DeadlineRow",
    "NewEvent",
    "OpenTask",
    "OutboxItem",
    "StoredEvent",
    "TimerRow",
    "case_by_reference",
    "events_of",
    "insert_case",
    "load_case",
    "save_step",
]

COLUMNS = tuple(field.name for field in fields(CaseRow))
#: What a step may change of a case is every column but its identity and what `save_step` itself keeps.
KEPT_BY_THE_STORE = frozenset(
    {"id", "reference", "logged", "lock_version", "state", "last_event_number", "head_hash"}
    | {"changed_by", "changed_by_name", "changed_at"}
)
CHANGEABLE = frozenset(COLUMNS) - KEPT_BY_THE_STORE
_SEARCHED = ("resident", "address", "postcode")

_SELECT = select(*(complaint_case.c[name] for name in COLUMNS))
_BY_ID = _SELECT.where(complaint_case.c.id == bindparam("which"))
_BY_REFERENCE = _SELECT.where(complaint_case.c.reference == bindparam("which"))
_WHO_CHANGED = select(complaint_case.c.changed_by_name, complaint_case.c.changed_at).where(
    complaint_case.c.id == bindparam("which")
)
_INSERT_CASE = insert(complaint_case).returning(complaint_case.c.id)
_UPDATE = update(complaint_case).where(
    complaint_case.c.id == bindparam("which"), complaint_case.c.lock_version == bindparam("seen")
)


class CaseChanged(Exception):
    """Someone else changed the case since it was loaded; `by` is their name, `at` when (UTC)."""

    def __init__(self, by: str, at: datetime) -> None:
        super().__init__(f"The case was changed by {by} at {at:%Y-%m-%d %H:%M} UTC.")
        self.by = by
        self.at = at


def insert_case(
    tx: Transaction,
    prefix: str,
    *,
    policy: str,
    version_id: int | None,
    received: datetime,
    logged: datetime,
    status: str,
    resident: str,
    address: str,
    postcode: str,
    brief: str,
    area: str | None,
    channel: str | None,
    by: By,
    now: datetime,
    restricted: bool = False,
    year: int | None = None,
) -> CaseRow:
    """Register a case and give it the next reference, such as SEH-2024-00012; its events follow with `save_step`.

    `year` is that of the reference, by default the year of `logged`. An empty `area` is stored as none.
    """
    number = _next_number(tx, f"{prefix}-{year or logged.year}")
    values: dict[str, Any] = dict.fromkeys(COLUMNS)
    del values["id"]
    values |= {
        "reference": f"{prefix}-{year or logged.year}-{number:05d}",
        "policy": policy,
        "version_id": version_id,
        "received": received,
        "logged": logged,
        "status": status,
        "resident": resident,
        "address": address,
        "postcode": postcode,
        "brief": brief,
        "area": area or None,
        "channel": channel,
        "restricted": restricted,
        "lock_version": 0,
        "state": b"",
        "last_event_number": 0,
        "head_hash": chain.GENESIS,
        "changed_by": by.person_id,
        "changed_by_name": by.name,
        "changed_at": now,
    }
    case_id = int(tx.execute(_INSERT_CASE, values).scalar_one())
    case = CaseRow(id=case_id, **values)
    search.index_case(tx, case, is_new=True)
    return case


def load_case(tx: Transaction, case_id: int) -> CaseRow | None:
    """The case with that id, or None."""
    row = tx.execute(_BY_ID, {"which": case_id}).one_or_none()
    return None if row is None else CaseRow(*row)


def case_by_reference(tx: Transaction, reference: str) -> CaseRow | None:
    """The case with that reference, or None."""
    row = tx.execute(_BY_REFERENCE, {"which": reference}).one_or_none()
    return None if row is None else CaseRow(*row)


def save_step(
    tx: Transaction,
    case: CaseRow,
    *,
    changes: Mapping[str, Any],
    new_events: Sequence[NewEvent],
    state: bytes,
    tasks: Sequence[OpenTask],
    timers: Sequence[TimerRow],
    deadlines: Sequence[DeadlineRow],
    measures: Sequence[MeasureRow] | None = None,
    marks: Sequence[MarkRow] | None = None,
    outbox: Sequence[OutboxItem] = (),
    by: By,
    now: datetime,
) -> CaseRow:
    """Write one step of a case, as loaded, whole: the row, its events, tasks, timers, deadlines, measures and what goes
    out.

    `changes` holds columns named in `CHANGEABLE`; `measures` and `marks` None leave those there are. Gives back the
    case as it now stands. Raises CaseChanged where someone changed the case since `case` was loaded, and ValueError for
    a field that cannot be recorded or a timer that names no deadline of the case; the caller's transaction then rolls
    back.
    """
    if not CHANGEABLE.issuperset(changes):
        raise ValueError(f"A step cannot change {', '.join(sorted(set(changes) - CHANGEABLE))}.")
    values = _differences(case, changes, state) | {
        "lock_version": case.lock_version + 1,
        "changed_by": by.person_id,
        "changed_by_name": by.name,
        "changed_at": now,
    }
    links = timeline.links_after(case, new_events)
    if links.rows:
        values |= {"last_event_number": case.last_event_number + len(links.rows), "head_hash": links.head_hash}
    if tx.execute(_UPDATE, values | {"which": case.id, "seen": case.lock_version}).rowcount != 1:
        raise _changed(tx, case)
    saved = replace(case, **values)
    timeline.write_links(tx, links)
    conveniences.keep_tasks(tx, saved, tasks=tasks, now=now)
    conveniences.keep_deadlines(tx, saved, deadlines=deadlines, timers=timers)
    if measures is not None:
        keep_measures(tx, saved.id, measures)
    if marks is not None:
        keep_marks(tx, saved.id, marks)
    put_out(tx, saved.id, items=outbox, now=now)
    if any(name in values for name in _SEARCHED):
        search.index_case(tx, saved)
    return saved


def _differences(case: CaseRow, changes: Mapping[str, Any], state: bytes) -> dict[str, Any]:
    wanted = dict(changes)
    if "area" in wanted:
        wanted["area"] = wanted["area"] or None
    values = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    if state != case.state:
        values["state"] = state
    return values


def _changed(tx: Transaction, case: CaseRow) -> CaseChanged:
    row = tx.execute(_WHO_CHANGED, {"which": case.id}).one_or_none()
    return CaseChanged(row[0], row[1]) if row else CaseChanged("nobody we know", case.changed_at)


def _next_number(tx: Transaction, series: str) -> int:
    """The next number of a series, without gaps: the row stays locked until the case is committed."""
    first = insert_for(tx, reference_counter).values(series=series, last=1)
    counted = first.on_conflict_do_update(
        index_elements=["series"], set_={"last": reference_counter.c.last + 1}
    ).returning(reference_counter.c.last)
    return int(tx.execute(counted).scalar_one())
