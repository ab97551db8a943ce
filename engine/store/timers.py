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
    .where(deadline.c.fires < bindparam("day"), complaint_case.c.hold.is_(None))
)
_AFTER = _DUE.where(deadline.c.case_id > bindparam("after")).order_by(deadline.c.case_id).limit(bindparam("most"))
_TAKEN = _DUE.where(deadline.c.case_id == bindparam("case")).with_for_update(skip_locked=True, of=complaint_case)


def due_timers(tx: Transaction, day: date, *, limit: int = 20, after_case: int = 0) -> list[DueTimer]:
    """Timers whose day is before the local `day`, of cases that are not on hold, from the first case after that id."""
    return [DueTimer(*row) for row in tx.execute(_AFTER, {"day": day, "after": after_case, "most": limit})]


def take_due(tx: Transaction, case_id: int, *, day: date) -> list[DueTimer]:
    """The due timers of one case, for whoever fires them in this writing transaction.

    On PostgreSQL the case is locked until its end, and none are given while another worker has it: two workers never
    take one timer. (The case is locked, not the timer, as `save_step` locks the case first.)
    """
    return [DueTimer(*row) for row in tx.execute(_TAKEN, {"day": day, "case": case_id})]
