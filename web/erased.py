"""What a case that was disposed of still shows: that it was, by whom, and the days and figures that are kept."""

from __future__ import annotations

from flask import render_template

from engine.refusals import Erased
from engine.retention import CLASSES
from engine.store import disposals
from engine.store.cases import case_by_reference
from engine.store.measures import measures_of
from engine.store.timeline import events_of
from web import current, event_words, names

GONE = 410


def page(erased: Erased) -> tuple[str, int]:
    """The answer to every address of such a case, for whoever might have seen it."""
    with current.database().reading() as tx:
        row = case_by_reference(tx, erased.reference)
        assert row is not None  # it was read a moment ago, and no case is ever taken away
        asked = next((one for one in disposals.of_case(tx, row.id) if one.state == disposals.ERASED), None)
        stages, events = measures_of(tx, row.id), events_of(tx, row.id)
    shelved = next((one for one in current.office().shelved.values() if one.id == row.version_id), None)
    version = shelved.book.version if shelved else None
    return render_template(
        "case_erased.html",
        row=row,
        asked=asked,
        when=erased.when,
        landlord=current.office().policies().get(row.policy, row.policy),
        version=version,
        stages=[(names.stage(version, one.stage) if version else one.stage, one) for one in stages],
        events=[(event_words.title(version, one.name), one) for one in reversed(events)],
        classes=CLASSES,
    ), GONE
