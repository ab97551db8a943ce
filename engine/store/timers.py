"""The worker's question: which cases have a date that has passed?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select

from engine.store.database import Transaction
from engine.store.schema import complaint_case, deadline


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A deadline a case waits for, whose local day `due` has passed."""

    case_id: int
    reference: str
    key: str
    due: date


_DUE = (
    select(deadline.c.case_id, complaint_case.c.reference, deadline.c.key, deadline.c.fires)
    .join(complaint_case, complaint_case.c.id == deadline.c.case_id)
    .where(
        deadline.c.fires < bindparam("day"), deadline.c.case_id > bindparam("after"), complaint_case.c.hold.is_(None)
    )
    .order_by(deadline.c.fires, deadline.c.case_id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=complaint_case)
)


def due_timers(tx: Transaction, day: date, *, limit: int = 20, after_case: int = 0) -> list[DueTimer]:
    """Timers whose day is before the local `day`, earliest first, of cases that are not on hold.

    In a writing transaction on PostgreSQL the cases are locked until its end, and those another worker has are left
    out: two workers never take one timer. (The case is locked, not the timer, as `save_step` locks the case first.)
    `after_case` leaves out the cases up to that id.
    """
    return [DueTimer(*row) for row in tx.execute(_DUE, {"day": day, "after": after_case, "most": limit})]
