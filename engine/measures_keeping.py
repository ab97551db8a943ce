"""Measures of cases that have none: those of a database that is older than the table, and all of them where the Code's
data or the law that ships with the program changed, for dates are then measured by another yardstick.

A case always has a measure of its first stage, so what is left to do can be asked of the database at any moment, and
work that was killed is simply gone on with. Nothing is recorded: what happened has not changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from engine import case_files, measures
from engine.office import Office
from engine.process import OverBudget
from engine.store import cases as stored
from engine.store import measures as kept
from engine.store import settings
from engine.store.database import Transaction

AT_ONCE = 200
#: the setting that says which yardstick the measures were worked out by
YARDSTICK = "measured_by"

Watch = Callable[[Sequence[int]], AbstractContextManager[Iterable[int]]]


def left(tx: Transaction) -> int:
    """How many cases are not measured yet: a report says so."""
    return kept.unmeasured_count(tx)


def go_on(office: Office, *, most: int = AT_ONCE, watch: Watch = nullcontext) -> int:
    """Measure cases that are not measured yet, at most so many (0: all); how many were."""
    _forget_where_changed(office)
    with office.database.reading() as tx:
        ids = kept.unmeasured(tx, most)
    if not ids:
        return 0
    with watch(ids) as watched:
        for case_id in watched:
            with office.database.writing() as tx:
                _measure(tx, office, case_id)
    return len(ids)


def _measure(tx: Transaction, office: Office, case_id: int) -> None:
    """Write the measures of a case as it stood at its last change, as a step of it then would have."""
    row = stored.load_case(tx, case_id)
    if row is None:
        return
    record = case_files.record_of(tx, row)
    try:
        file = case_files.as_recorded(office, row.policy, record, row.changed_at)
    except OverBudget:  # it is on hold: counted by its receipt and the Code alone, as a case without a version is
        file = replace(case_files.opened(office, row, record, row.changed_at), book=None)
    kept.keep_measures(tx, case_id, measures.measures(office, file))


def _forget_where_changed(office: Office) -> None:
    mark = yardstick_mark(office)
    with office.database.reading() as tx:
        if settings.get(tx, YARDSTICK) == mark:
            return
    with office.database.writing() as tx:
        if settings.get(tx, YARDSTICK) is not None:
            kept.forget_all(tx)
        settings.put(tx, YARDSTICK, mark)


def yardstick_mark(office: Office) -> str:
    """A word for how this program measures, the yardstick and the law it ships: another word, other measures."""
    said = repr((measures.EDITION, office.shelf.yardstick, office.shelf.law))
    return hashlib.sha256(said.encode()).hexdigest()
