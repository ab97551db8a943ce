"""Why a date of a case is what it is, where counting days does not say it: what was corrected, a delivery that the
version's rule dates, a calendar that was known only afterwards. In sentences, for whoever has to show it to others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from engine.case_words import moment_in_words
from engine.deadlines import Deadline
from engine.events import CORRECTED, CaseEvent, latest, local_day, moment
from engine.policy import SECOND_WORKING_DAY, PolicyVersion, bare, stage_of
from engine.replay import Rulebook
from engine.wordings import day_in_words
from engine.working_days import OutsideCalendar, last_day

#: how an answer went, for a sentence
_WENT = {"post": "by post", "email": "by e-mail", "phone": "by telephone", "text": "as a text", "in_person": "by hand"}


def corrections_of(record: Sequence[CaseEvent], number: int, *, of_its_day: bool = False) -> Iterator[str]:
    """What was mended of one event of a record, a sentence each with both values, who, when and why; or only what was
    mended of the day it happened."""
    for event in record:
        if event.name != CORRECTED or event.text("number") != str(number) or not number:
            continue
        was, now = (_when(event.text(key)) for key in ("was_happened", "now_happened"))
        if of_its_day and was == now:
            continue
        what = f"Corrected from {was} to {now}" if was and now and was != now else "Its answers were corrected"
        what = what if now else "Struck out"
        what = what if was else "Put back"
        day = day_in_words(local_day(event.recorded))
        yield f"{what} on {day} by {event.by_name} (event {event.number}): {event.text('reason').rstrip('.')}."


def assumed_delivery(version: PolicyVersion, one: Deadline, events: Sequence[CaseEvent]) -> str:
    """That the day a clock starts from is not recorded, and by what rule it is taken; empty where it is recorded or is
    not the day an answer came."""
    stage = stage_of(one.rule.of)
    if bare(one.rule.of) != "response_received" or one.start is None or latest(events, one.rule.of):
        return ""
    sent = latest(events, f"{stage}.response_sent")
    if sent is None:
        return ""
    channel = sent.text("channel")
    how = _WENT.get(channel, "in another way") if channel else "and how is not recorded"
    is_later = version.delivery.get(channel or "email", "") == SECOND_WORKING_DAY
    rule = "on the second working day after it was sent" if is_later else "on the day it was sent"
    day = day_in_words(one.start)
    return (
        f"Nobody recorded when the answer reached the resident. It was sent on {day_in_words(sent.day)}, {how}; such "
        f"an answer counts as received {rule}, {day}, until the true day is recorded."
    )


def due_by_the_calendar_then(book: Rulebook, one: Deadline) -> date | None:
    """The day a promise was due by the calendar known when it was met, where that was another day; None else."""
    if one.met is None or one.start is None or one.more_time or one.rule.within.unit != "working days":
        return None
    try:
        known = book.calendar.known_by(one.met)
        due = last_day(known, one.start, one.rule.within, first_day_counts=book.version.first_day_counts)
    except OutsideCalendar:
        return None
    return due if due != one.original else None


def _when(text: str) -> str:
    return moment_in_words(moment(text)) if text else ""
