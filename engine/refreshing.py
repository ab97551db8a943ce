"""Bringing what is stored of open cases up to a calendar that has learned something.

Every page works its dates out anew; the order of the inbox and the days timers fire on are stored (law 3). A bank
holiday proclaimed late, or a closure, moves them here, at once, and not only with a case's next step. Where there are
many cases, what is left is noted in the database, and any worker goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from engine import case_files, case_saving
from engine.case_files import CaseFile
from engine.office import Office
from engine.rights import THE_CLOCK
from engine.store import cases as stored
from engine.store import conveniences, register, settings
from engine.store.case_rows import By
from engine.store.database import Transaction

AT_ONCE = 300
#: the setting that holds the cases still to be looked at
LEFT = "dates_to_work_out"

Watch = Callable[[Sequence[int]], AbstractContextManager[Iterable[int]]]


def bring_up_to_date(office: Office, now: datetime) -> int:
    """Write the dates of every open or answered case as they are worked out now; how many cases that changed.

    Nothing is recorded: what happened has not changed, and the calendar's own rows say what became known and when.
    """
    with office.database.reading() as tx:
        ids = register.all_case_ids(tx)
    return sum(_refreshed(office, case_id, now) for case_id in ids)


def ask(tx: Transaction, case_ids: Sequence[int]) -> None:
    """Note that the dates of these cases are to be written anew, beside those noted already."""
    noted = settings.get(tx, LEFT, [])
    settings.put(tx, LEFT, list(dict.fromkeys([*noted, *case_ids])))


def left(tx: Transaction) -> int:
    """How many cases are still to be looked at."""
    return len(settings.get(tx, LEFT, []))


def go_on(office: Office, now: datetime, *, most: int = 0, watch: Watch = nullcontext) -> int:
    """Write the dates of the cases that were noted, at most so many (0: AT_ONCE); how many changed.

    Killed in between, it is gone on with: a case is struck off once it is written, and looking at one twice changes
    nothing.
    """
    with office.database.reading() as tx:
        noted = settings.get(tx, LEFT, [])[: most or AT_ONCE]
    if not noted:
        return 0
    with watch(noted) as watched:
        changed = sum(_refreshed(office, case_id, now) for case_id in watched)
    with office.database.writing() as tx:
        done = set(noted)
        settings.put(tx, LEFT, [one for one in settings.get(tx, LEFT, []) if one not in done])
    return changed


def _refreshed(office: Office, case_id: int, now: datetime) -> int:
    with office.database.reading() as tx:
        if _stale(tx, office, case_id, now) is None:
            return 0
    try:
        with office.database.writing() as tx:
            file = _stale(tx, office, case_id, now)
            if file is None:
                return 0
            by = By(THE_CLOCK.id, THE_CLOCK.name)
            case_saving.saved(tx, office, case_files.Plan(file, file, ()), by, now)
    except stored.CaseChanged:  # somebody took a step meanwhile, and with it wrote the dates anew
        return 0
    return 1


def _stale(tx: Transaction, office: Office, case_id: int, now: datetime) -> CaseFile | None:
    """The case where what is stored of it is not what is worked out now, else None."""
    row = stored.load_case(tx, case_id)
    if row is None or row.status == "closed" or row.hold:
        return None
    file = case_files.opened(office, row, case_files.record_of(tx, row), now)
    worked_out = sorted(case_saving.kept(office, file).deadlines, key=lambda one: one.key)
    return None if worked_out == list(conveniences.deadlines_of(tx, row.id)) else file
