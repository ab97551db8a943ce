"""What is counted of each case, by the stages it reached: rows written beside its deadlines, and read by reports."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, insert, select

from engine.store.database import Transaction
from engine.store.schema import case_stage_measure, complaint_case, event_content


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One stage a case has reached. Dates are local days; see `monitoring_tables` for what each column holds.

    `how` is `answered`, or how the stage ended without an answer, and None while it is open.
    """

    stage: str
    place: int
    external: bool
    policy: str
    version_id: int | None
    area: str | None
    channel: str | None
    contractor: str | None
    tenure: str | None
    counts: bool
    received: date
    logged: date
    days_to_log: int
    edition: str
    ack_due: date | None = None
    acknowledged: date | None = None
    panel_due: date | None = None
    panel_met: date | None = None
    due_original: date | None = None
    due: date | None = None
    promised: date | None = None
    code_ack_due: date | None = None
    code_due_original: date | None = None
    code_due: date | None = None
    answered: date | None = None
    closed: date | None = None
    how: str | None = None
    outcome: str | None = None
    days_to_answer: int | None = None
    days_late: int | None = None
    went_on: bool = False
    has_lesson: bool = False


COLUMNS = tuple(field.name for field in fields(MeasureRow))
_OF_CASE = case_stage_measure.c.case_id == bindparam("of_case")
_READ = select(*(case_stage_measure.c[name] for name in COLUMNS)).where(_OF_CASE)
_NOT_MEASURED = ~exists().where(case_stage_measure.c.case_id == complaint_case.c.id)
_DELETE = delete(case_stage_measure).where(_OF_CASE)
_INSERT = insert(case_stage_measure)


def keep_measures(tx: Transaction, case_id: int, rows: Iterable[MeasureRow]) -> None:
    """Make these the measures of the case; nothing is written where they are there already."""
    wanted = sorted(rows, key=lambda row: row.stage)
    have = list(measures_of(tx, case_id))
    if have == wanted:
        return
    if have:
        tx.execute(_DELETE, {"of_case": case_id})
    if wanted:
        tx.execute(_INSERT, [_values(case_id, row) for row in wanted])


def measures_of(tx: Transaction, case_id: int) -> tuple[MeasureRow, ...]:
    """The stored measures of a case, by stage."""
    rows = (MeasureRow(*row) for row in tx.execute(_READ, {"of_case": case_id}))
    return tuple(sorted(rows, key=lambda row: row.stage))


def unmeasured(tx: Transaction, limit: int = 0) -> list[int]:
    """The cases that have no measure yet, those registered first, at most so many (0: all)."""
    query = select(complaint_case.c.id).where(_NOT_MEASURED).order_by(complaint_case.c.id)
    return list(tx.execute(query.limit(limit) if limit else query).scalars())


def unmeasured_count(tx: Transaction) -> int:
    """How many cases have no measure yet."""
    cases = tx.execute(select(func.count()).select_from(complaint_case)).scalar_one()
    return int(cases - tx.execute(select(func.count(case_stage_measure.c.case_id.distinct()))).scalar_one())


def forget_all(tx: Transaction) -> None:
    """Drop every measure, for they are to be worked out by another yardstick; but those of cases whose content was
    erased, which nobody can work out again."""
    is_there = exists().where(event_content.c.case_id == case_stage_measure.c.case_id, event_content.c.number == 1)
    tx.execute(delete(case_stage_measure).where(is_there))


def _values(case_id: int, row: MeasureRow) -> dict[str, Any]:
    return {"case_id": case_id} | {name: getattr(row, name) for name in COLUMNS}
