"""The timeline of a case: everything recorded of it, newest first, with what was mended and what was struck out.

An event stands where it happened; one that was mended stands at the moment that holds now and says what was recorded
first. What is about the record itself (a correction, a move, who took a task) stands where it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.case_files import CaseFile
from engine.events import ABOUT_THE_RECORD, CORRECTED, TIMER_FIRED, CaseEvent, local_day, moment
from engine.record import Correction, corrections
from web import event_words, wording


@dataclass(frozen=True)
class Entry:
    """One event as the timeline shows it. `recorded` only where it was written down on a later day."""

    number: int
    title: str
    by: str
    happened: datetime
    recorded: datetime | None
    answers: list[tuple[str, str]]
    private: list[tuple[str, str]]
    sentences: list[str] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)
    is_struck: bool = False
    may_be_corrected: bool = False


def entries(file: CaseFile) -> list[Entry]:
    """Every event of the case, newest first."""
    stands = {event.number: event for event in file.events}
    mends: dict[int, list[Correction]] = {}
    for mend in corrections(file.record):
        mends.setdefault(mend.number, []).append(mend)
    found = [_entry(file, event, stands.get(event.number), mends.get(event.number, [])) for event in file.record]
    return sorted(found, key=lambda entry: (entry.happened, entry.number), reverse=True)


def _entry(file: CaseFile, event: CaseEvent, stands: CaseEvent | None, mends: list[Correction]) -> Entry:
    is_about = event.name in ABOUT_THE_RECORD
    shown = stands or event
    is_struck = stands is None and not is_about
    happened = event.recorded if is_about and event.name != TIMER_FIRED else shown.happened
    was_late = local_day(event.recorded) != local_day(happened)
    return Entry(
        number=event.number,
        title=event_words.title(file.governing.version, event.name),
        by=event.by_name,
        happened=happened,
        recorded=event.recorded if was_late else None,
        answers=event_words.said(file, shown),
        private=event_words.private(file, shown),
        sentences=[*_mended(event, mends), *(_correction(file, event) if event.name == CORRECTED else ())],
        marks=_marks(is_struck=is_struck, is_mended=bool(mends)),
        is_struck=is_struck,
        may_be_corrected=not is_about and event.number > 0,
    )


def _marks(*, is_struck: bool, is_mended: bool) -> list[tuple[str, str]]:
    if is_struck:
        return [("Struck out", "red")]
    return [("Corrected", "orange")] if is_mended else []


def _mended(event: CaseEvent, mends: list[Correction]) -> Iterator[str]:
    """What was recorded first, on the event that was mended. Both values of an answer stand with the correction."""
    if any(mend.happened != event.happened for mend in mends):
        yield f"Recorded first as {wording.happened(event.happened)}."
    before: datetime | None = event.happened
    for mend in mends:
        what = "Its answers were corrected"
        if mend.happened is None:
            what = "Struck out"
        elif mend.happened != before:
            what = f"Corrected to {wording.happened(mend.happened)}" + (", and its answers" if mend.fields else "")
        before = mend.happened
        yield f"{what} by {mend.by_name} on {wording.day(local_day(mend.recorded))}: {_sentence(mend.reason)}"


def _correction(file: CaseFile, event: CaseEvent) -> Iterator[str]:
    """What a correction did: which event, both values."""
    name = event.text("event")
    what = event_words.title(file.governing.version, name)
    was, now = (_moment(event.text(key)) for key in ("was_happened", "now_happened"))
    if now is None:
        yield f"{what} was struck out. It had been recorded as {was or 'struck out before'}."
    elif was != now:
        yield f"{what}: was {was or 'struck out'}, is now {now}."
    yield from _fields(file, event, name)


def _fields(file: CaseFile, event: CaseEvent, name: str) -> Iterator[str]:
    was, now = event.fields.get("was_fields"), event.fields.get("now_fields")
    if not isinstance(now, Mapping):
        return
    form = event_words.form_of(file, name)
    for key, value in now.items():
        question = form.field(key) if form else None
        said = event_words.label(file, name, key)
        if event_words.is_private(key) or (question and question.sensitive):
            yield f"{said} was changed. It is private."
            continue
        before = was.get(key) if isinstance(was, Mapping) else None
        told = [event_words.value_in_words(file, name, key, one) or "nothing" for one in (before, value)]
        if said.endswith("?"):
            yield f"{said} Was: {_sentence(told[0])} Is now: {_sentence(told[1])}"
        else:
            yield f"{said}: was {told[0]}, is now {_sentence(told[1])}"


def _moment(text: str) -> str:
    return wording.happened(moment(text)) if text else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
