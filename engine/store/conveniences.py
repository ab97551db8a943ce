"""Open tasks, deadlines and timers of a case: what a step leaves open, written only where it differs from before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Delete, Insert, Select, Table, Update, bindparam, delete, insert, select, update

from engine.store.case_rows import CaseRow, DeadlineRow, OpenTask, TimerRow, group_key, team_key
from engine.store.database import Transaction
from engine.store.schema import deadline, open_task

Values = tuple[Any, ...]


@dataclass(frozen=True)
class _Kept:
    """A table of conveniences keyed by (case_id, key), with its statements made once and its compared columns named."""

    columns: tuple[str, ...]
    read: Select[Any]
    insert: Insert
    update: Update
    delete: Delete


def _kept(table: Table, columns: Sequence[str]) -> _Kept:
    one_row = (table.c.case_id == bindparam("of_case"), table.c.key == bindparam("of_key"))
    return _Kept(
        columns=tuple(columns),
        read=select(table.c.key, *(table.c[name] for name in columns)).where(table.c.case_id == bindparam("of_case")),
        insert=insert(table),
        update=update(table).where(*one_row).values({name: bindparam(name) for name in columns}),
        delete=delete(table).where(*one_row),
    )


_DEADLINES = _kept(deadline, ("due", "expected", "state", "promised", "backstop", "met", "fires"))
_TASK_OWN = ("title", "stage", "role", "due", "promised", "waits_for", "sort_due")
_TASK_OF_CASE = ("policy", "version_id", "area", "reference", "resident", "address", "group_key", "team_key")
_TASKS = _kept(open_task, _TASK_OWN + _TASK_OF_CASE)


@dataclass(frozen=True)
class StoredConveniences:
    """What is stored of a case for speed, to be held against what its events say."""

    status: str
    stage: str | None
    due: date | None
    tasks: tuple[OpenTask, ...]
    deadlines: tuple[DeadlineRow, ...]
    timers: tuple[TimerRow, ...]


def keep_tasks(tx: Transaction, case: CaseRow, *, tasks: Iterable[OpenTask], now: datetime) -> None:
    """Make these the open tasks of the case. One that was open already keeps its id, its claim and its age."""
    given = list(tasks)
    wanted = {task.key: _task_values(task, case) for task in given}
    for_new = {
        task.key: {"created": now, "person_id": task.person_id, "claimed_at": now if task.person_id else None}
        for task in given
    }
    _write_differences(tx, case.id, kept=_TASKS, wanted=wanted, for_new=for_new)


def keep_deadlines(
    tx: Transaction, case: CaseRow, *, deadlines: Iterable[DeadlineRow], timers: Iterable[TimerRow]
) -> None:
    """Make these the deadlines of the case, some of them timers. Raises ValueError for a timer that is no deadline."""
    fires = {row.key: row.due for row in timers}
    wanted = {
        row.key: (row.due, row.expected, row.state, row.promised, row.backstop, row.met, fires.pop(row.key, None))
        for row in deadlines
    }
    if fires:
        raise ValueError(f"A timer names a deadline of the case; there is none named {', '.join(sorted(fires))}.")
    _write_differences(tx, case.id, kept=_DEADLINES, wanted=wanted, for_new={})


def stored_conveniences(tx: Transaction, case: CaseRow) -> StoredConveniences:
    """What is stored of a case beside its events, each list by key."""
    tasks = [
        OpenTask(
            key=row.key,
            title=row.title,
            stage=row.stage,
            role=row.role,
            due=row.due,
            promised=row.promised,
            waits_for=row.waits_for,
        )
        for row in _rows(tx, case.id, _TASKS)
    ]
    rows = _rows(tx, case.id, _DEADLINES)
    return StoredConveniences(
        status=case.status,
        stage=case.stage,
        due=case.due,
        tasks=tuple(tasks),
        deadlines=tuple(DeadlineRow(*row[:-1]) for row in rows),
        timers=tuple(TimerRow(row.key, row.fires) for row in rows if row.fires),
    )


def deadlines_of(tx: Transaction, case_id: int) -> tuple[DeadlineRow, ...]:
    """The stored deadlines of a case, by key."""
    return tuple(DeadlineRow(*row[:-1]) for row in _rows(tx, case_id, _DEADLINES))


def _rows(tx: Transaction, case_id: int, kept: _Kept) -> list[Any]:
    return sorted(tx.execute(kept.read, {"of_case": case_id}), key=lambda row: str(row.key))


def _task_values(task: OpenTask, case: CaseRow) -> Values:
    """In the order of `_TASK_OWN + _TASK_OF_CASE`."""
    return (
        task.title,
        task.stage,
        task.role,
        task.due,
        task.promised,
        task.waits_for,
        task.sort_due,
        case.policy,
        case.version_id,
        case.area,
        case.reference,
        case.resident,
        case.address,
        group_key(case.policy, task.role, area=case.area, restricted=case.restricted),
        team_key(case.policy, task.role, restricted=case.restricted),
    )


def _write_differences(
    tx: Transaction,
    case_id: int,
    *,
    kept: _Kept,
    wanted: Mapping[str, Values],
    for_new: Mapping[str, Mapping[str, Any]],
) -> None:
    """Delete, insert and update so that the case has the wanted rows; rows that are the same are not touched."""
    have = {row[0]: tuple(row[1:]) for row in tx.execute(kept.read, {"of_case": case_id})}
    gone = [key for key in have if key not in wanted]
    new = [key for key in wanted if key not in have]
    other = [key for key, values in wanted.items() if key in have and have[key] != values]
    if gone:
        tx.execute(kept.delete, [{"of_case": case_id, "of_key": key} for key in gone])
    if new:
        rows = {key: dict(zip(kept.columns, wanted[key], strict=True)) | dict(for_new.get(key, {})) for key in new}
        tx.execute(kept.insert, [{"case_id": case_id, "key": key} | row for key, row in rows.items()])
    if other:
        rows = {key: dict(zip(kept.columns, wanted[key], strict=True)) for key in other}
        tx.execute(kept.update, [{"of_case": case_id, "of_key": key} | row for key, row in rows.items()])
