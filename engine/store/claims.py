"""Who has an open task: claimed, released, reassigned. Each is one UPDATE that names who is believed to have it now."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from engine.store.database import Transaction
from engine.store.schema import complaint_case, open_task, person

_THE_TASK = (open_task.c.case_id == bindparam("of_case"), open_task.c.key == bindparam("of_key"))
_GIVE = (
    update(open_task)
    .where(*_THE_TASK, open_task.c.person_id.is_not_distinct_from(bindparam("held_by")))
    .values(person_id=bindparam("to"), claimed_at=bindparam("at"))
)
_LOCK = select(complaint_case.c.id).where(complaint_case.c.id == bindparam("of_case")).with_for_update()
_HOLDER = (
    select(person.c.id, person.c.name, open_task.c.claimed_at)
    .select_from(open_task.outerjoin(person, person.c.id == open_task.c.person_id))
    .where(*_THE_TASK)
)


class AlreadyTaken(Exception):
    """Someone else has the task: `by` is their name, `at` since when (UTC); both None where nobody has it any more."""

    def __init__(self, by: str | None, at: datetime | None) -> None:
        super().__init__(f"{by} has had this task since {at:%Y-%m-%d %H:%M} UTC." if by and at else "Nobody has it.")
        self.by = by
        self.at = at


class TaskGone(Exception):
    """The task is not open any more."""


def claim(tx: Transaction, case_id: int, *, key: str, person_id: int, now: datetime) -> None:
    """Take a task nobody has; taking one's own again changes nothing. Raises AlreadyTaken or TaskGone."""
    _give(tx, case_id, key, held_by=None, to=person_id, now=now)


def release(tx: Transaction, case_id: int, *, key: str, person_id: int, now: datetime) -> None:
    """Give back a task this person has. Raises AlreadyTaken where someone else has it, TaskGone."""
    _give(tx, case_id, key, held_by=person_id, to=None, now=now)


def reassign(tx: Transaction, case_id: int, *, key: str, held_by: int | None, to: int, now: datetime) -> None:
    """Hand a task from who was seen to have it (None: nobody) to someone else. Raises AlreadyTaken or TaskGone."""
    _give(tx, case_id, key, held_by=held_by, to=to, now=now)


def release_all_of(tx: Transaction, person_id: int) -> int:
    """Give back every task a person has, as when they leave; how many there were."""
    theirs = update(open_task).where(open_task.c.person_id == person_id)
    return tx.execute(theirs.values(person_id=None, claimed_at=None)).rowcount


def _give(tx: Transaction, case_id: int, key: str, *, held_by: int | None, to: int | None, now: datetime) -> None:
    tx.execute(_LOCK, {"of_case": case_id})  # the case before its tasks, as in `save_step`: two orders would deadlock
    the_task = {"of_case": case_id, "of_key": key}
    at = None if to is None else now
    if tx.execute(_GIVE, the_task | {"held_by": held_by, "to": to, "at": at}).rowcount == 1:
        return
    holder = tx.execute(_HOLDER, the_task).one_or_none()
    if holder is None:
        raise TaskGone
    if holder.id != to:
        raise AlreadyTaken(holder.name, holder.claimed_at)
