"""Firing the timers that fell due: each case in a transaction of its own, by whichever worker takes it first."""

from __future__ import annotations

import logging
from datetime import datetime

from engine import case_files, case_saving, casework
from engine.events import local_day
from engine.office import Office
from engine.process import OverBudget
from engine.rights import THE_CLOCK
from engine.store import cases as stored
from engine.store import timers
from engine.store.case_rows import By
from engine.store.database import StoreBusy, StoreUnavailable, Transaction

LOG = logging.getLogger("redress.worker")


def fire_due(office: Office, now: datetime, *, limit: int = 20) -> int:
    """Fire the timers that fell due, a case a transaction; how many cases moved. Two workers never take one timer."""
    moved = after = 0
    while True:
        with office.database.reading() as tx:
            due = timers.due_timers(tx, local_day(now), limit=limit, after_case=after)
        if not due:
            return moved
        for case_id, reference in {timer.case_id: timer.reference for timer in due}.items():
            moved += _fired(office, case_id, reference, now)
        after = max(timer.case_id for timer in due)


def _fired(office: Office, case_id: int, reference: str, now: datetime) -> int:
    """Fire one case's timers, unless another worker has it: 1 where it moved. A case that fails is reported, and keeps
    no other waiting: it is tried again in the next round."""
    try:
        with office.database.writing() as tx:
            is_mine = bool(timers.take_due(tx, case_id, day=local_day(now)))
            return _moved_on(tx, office, reference, now) if is_mine else 0
    except (StoreBusy, StoreUnavailable):
        raise
    except Exception:
        LOG.exception("The timers of %s could not be fired. They are tried again in the next round.", reference)
        return 0


def _moved_on(tx: Transaction, office: Office, reference: str, now: datetime) -> int:
    try:
        file = case_files.load(tx, office, reference, now)
        plan = casework.move_clock(office, file, now)
    except OverBudget as over:
        row = stored.case_by_reference(tx, reference)
        assert row is not None
        case_saving.held(tx, row, (), over, now)
        return 0
    if plan is None:
        return 0
    case_saving.saved(tx, office, plan, By(THE_CLOCK.id, THE_CLOCK.name), now)
    return 1
