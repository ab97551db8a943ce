"""Marks of cases that have none: those of a database that is older than the table.

A case always has a mark of the version that governed it first, so what is left to do can be asked of the database at
any moment. Once all are written a setting says so, and it is asked no more. Nothing is recorded: what happened has not
changed.
"""

from __future__ import annotations

from engine import case_files, case_marks
from engine.office import Office
from engine.process import OverBudget
from engine.refusals import Erased
from engine.store import cases as stored
from engine.store import marks, settings
from engine.store.database import Transaction

AT_ONCE = 200
#: the setting that says that no case is left without its marks
WRITTEN = "case_marks_written"


def go_on(office: Office, *, most: int = AT_ONCE) -> int:
    """Write the marks of cases that have none yet, at most so many; how many cases were looked at."""
    with office.database.reading() as tx:
        if settings.get(tx, WRITTEN):
            return 0
        ids = marks.unmarked(tx, most)
    for case_id in ids:
        with office.database.writing() as tx:
            _mark(tx, office, case_id)
    if len(ids) < most:
        with office.database.writing() as tx:
            settings.put(tx, WRITTEN, True)
    return len(ids)


def _mark(tx: Transaction, office: Office, case_id: int) -> None:
    """Write the marks of a case as it stood at its last change, as a step of it then would have."""
    row = stored.load_case(tx, case_id)
    if row is None:
        return
    try:
        record = case_files.record_of(tx, row)
    except Erased:  # what it is found by was written before; what its events said is gone
        return
    try:
        file = case_files.as_recorded(office, row.policy, record, row.changed_at)
    except OverBudget:  # on hold: nothing of its process is known
        file = case_files.opened(office, row, record, row.changed_at)
    marks.keep_marks(tx, case_id, case_marks.marks(office, file))
