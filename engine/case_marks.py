"""What a case is found by, out of its record: which versions governed it and when, the days it was open, what was
written down late, promises missed, corrections.

Pure. Versions go by what was *recorded* (a day's question is what governed by what was known then); being open goes by
what *happened*. A mark that only time brings about (a promise whose day has not come yet) is kept with its day, and
whoever lists it says which days have passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from engine import promises_made
from engine.case_files import CaseFile
from engine.events import (
    ABOUT_THE_RECORD,
    CORRECTED,
    MOVE_UNDONE,
    MOVED,
    RECEIVED,
    SATISFIED,
    TRIAGED,
    WITHDRAWN,
    CaseEvent,
    local_day,
)
from engine.office import Office
from engine.policy import bare
from engine.record import governed_by
from engine.store.marks import MarkRow
from engine.working_days import OutsideCalendar

GOVERNED, CHANGED, OPEN, LATE, PROMISE, CORRECTION = "governed", "changed", "open", "late", "promise", "corrected"
#: steps that end a case where nothing is left to do; one that comes after them opened it again
_ENDS = frozenset({WITHDRAWN, SATISFIED})


def marks(office: Office, file: CaseFile) -> tuple[MarkRow, ...]:
    """Every mark of a case, in the order of their places."""
    found = [*_governed(office, file), *_open(file), *_late(file), *_promises(file), *_corrected(file.record)]
    return tuple(sorted(found, key=lambda row: row.place))


def _governed(office: Office, file: CaseFile) -> Iterator[MarkRow]:
    """The versions that governed, one after the other, each from the day that was recorded."""
    spans: list[tuple[CaseEvent, int | None, str]] = []
    for event, name, version_id in _versions(office, file):
        if not spans or version_id != spans[-1][1]:
            spans.append((event, version_id, name))
    for place, (event, version_id, _) in enumerate(spans):
        day = local_day(event.recorded)
        until = local_day(spans[place + 1][0].recorded) if place + 1 < len(spans) else None
        yield MarkRow(GOVERNED, event.number, "", day, until, None, version_id)
        if place:
            yield MarkRow(CHANGED, event.number, spans[place - 1][2], day, None, None, version_id)


def _versions(office: Office, file: CaseFile) -> Iterator[tuple[CaseEvent, str, int | None]]:
    """After each event that bears on it: which version governed, by name and id."""
    versions, known_from = office.versions_of(file.policy), office.known_from(file.policy)
    bears = [place for place, event in enumerate(file.record) if _bears_on_the_version(event)]
    for place in bears:
        is_last = place == bears[-1]
        governs = file.governing if is_last else governed_by(file.record[: place + 1], versions, known_from)
        name = governs.version.version if governs.version else ""
        yield file.record[place], name, office.version_id(governs.version)


def _bears_on_the_version(event: CaseEvent) -> bool:
    is_about_receipt = event.name == CORRECTED and event.text("event") == RECEIVED
    return event.name in (RECEIVED, MOVED, MOVE_UNDONE) or is_about_receipt


def _open(file: CaseFile) -> Iterator[MarkRow]:
    """The days from which and until which the case was open or answered: from receipt to its end, and again from what
    opened it anew."""
    received = next((event for event in file.events if event.name == RECEIVED), None)
    if received is None:
        return
    begins: CaseEvent | None = received
    for ended, again in _interruptions(file):
        if begins is not None and ended >= begins.day:
            yield MarkRow(OPEN, begins.number, "", begins.day, ended)
            begins = again
    if begins is not None:
        yield MarkRow(OPEN, begins.number, "", begins.day, None)


def _interruptions(file: CaseFile) -> list[tuple[date, CaseEvent | None]]:
    """The days on which the case ended, in order, each with the step that opened it again; None for the last."""
    departed = {id(one.event) for one in file.standing.departures}
    steps = [one for one in file.events if not one.is_fact and id(one) not in departed]
    found: list[tuple[date, CaseEvent | None]] = []
    ended: date | None = None
    for before, step in pairwise(steps):
        ended = ended or _ended_with(before) or _lapsed_before(file, step)
        if ended is not None and bare(step.name) == "requested":
            found.append((ended, step))
            ended = None
    last = (ended or file.standing.ended) if file.standing.status == "closed" else None
    return [*found, *([(last, None)] if last else [])]


def _ended_with(step: CaseEvent) -> date | None:
    """The day of a step that ends a case; None for any other."""
    decision, name = step.text("decision"), bare(step.name)
    refused = name == "late_request_decided" and decision == "refuse"
    no_complaint = step.name == TRIAGED and decision not in ("", "complaint")
    return step.day if name in _ENDS or refused or no_complaint else None


def _lapsed_before(file: CaseFile, step: CaseEvent) -> date | None:
    """The day after the resident's window, where a request for the stage was made later than that."""
    window = file.standing.ledger.deadlines.get(f"{step.name.rpartition('.')[0]}.request_window")
    if bare(step.name) != "requested" or window is None or window.due is None or step.day <= window.due:
        return None
    return window.due + timedelta(days=1)


def _late(file: CaseFile) -> Iterator[MarkRow]:
    """What was written down on a later day than it happened, and how many working days later, counted with the calendar
    known by then. `until`: the day it happened, where a correction made it another than was written down."""
    written = {event.number: event.day for event in file.record}
    for event in file.events:
        happened, recorded = event.day, local_day(event.recorded)
        if event.number and recorded > happened and event.name not in ABOUT_THE_RECORD:
            corrected = happened if happened != written[event.number] else None
            yield MarkRow(LATE, event.number, event.name, recorded, corrected, _working_days(file, happened, recorded))


def _working_days(file: CaseFile, happened: date, recorded: date) -> int:
    """By the calendar of the evening before, which nothing announced later changes. Where no version governs or the
    calendar does not reach: five days a week."""
    try:
        if file.book is not None:
            return file.book.calendar.known_by(recorded - timedelta(days=1)).between(happened, recorded)
    except OutsideCalendar:
        pass
    days = (recorded - happened).days
    return days - 2 * (days // 7)


def _promises(file: CaseFile) -> Iterator[MarkRow]:
    """The dates letters gave that were missed, or will be unless it is done by then."""
    if file.governing.version is None:
        return
    for one in promises_made.promises(file.governing.version, file.events, file.standing.ended):
        if one.may_be_missed:
            yield MarkRow(PROMISE, one.told.number, one.key, one.day, one.done)


def _corrected(record: Sequence[CaseEvent]) -> Iterator[MarkRow]:
    for event in record:
        if event.name == CORRECTED:
            yield MarkRow(CORRECTION, event.number, event.text("event"), local_day(event.recorded))
