"""Bringing what is stored of open cases up to a calendar that has learned something.

Every page works its dates out anew; the order of the inbox and the days timers fire on are stored (law 3). A bank
holiday proclaimed late, or a closure, moves them here, at once, and not only with a case's next step.
"""

from __future__ import annotations

from datetime import datetime

from engine import case_files, case_saving
from engine.office import Office
from engine.rights import THE_CLOCK
from engine.store import cases as stored
from engine.store import conveniences, register
from engine.store.case_rows import By


def bring_up_to_date(office: Office, now: datetime) -> int:
    """Write the dates of every open or answered case as they are worked out now; how many cases that changed.

    Nothing is recorded: what happened has not changed, and the calendar's own rows say what became known and when.
    """
    with office.database.reading() as tx:
        ids = register.all_case_ids(tx)
    return sum(_refreshed(office, case_id, now) for case_id in ids)


def _refreshed(office: Office, case_id: int, now: datetime) -> int:
    with office.database.writing() as tx:
        row = stored.load_case(tx, case_id)
        if row is None or row.status == "closed" or row.hold:
            return 0
        file = case_files.opened(office, row, case_files.record_of(tx, row), now)
        worked_out = sorted(case_saving.kept(office, file).deadlines, key=lambda one: one.key)
        if worked_out == list(conveniences.deadlines_of(tx, row.id)):
            return 0
        by = By(THE_CLOCK.id, THE_CLOCK.name)
        case_saving.saved(tx, office, case_files.Plan(file, file, ()), by, now)
        return 1
