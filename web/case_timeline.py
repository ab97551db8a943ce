"""The chronology of a case: events, letters, contacts, documents and dates in one list, newest first or oldest first.

An event stands where it happened; one that was mended stands at the moment that holds now and says what was recorded
first. What is about the record itself (a correction, a move, who took a task) stands where it was recorded; a document
that came with no event, where it was added. The list may be narrowed to letters, to contacts or to dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.case_files import CaseFile
from engine.events import (
    ABOUT_THE_RECORD,
    APOLOGY_SENT,
    AUTHORITY_RECEIVED,
    CORRECTED,
    OMBUDSMAN_CONTACTED,
    RECEIVED,
    SATISFIED,
    TIMER_FIRED,
    WITHDRAWN,
    CaseEvent,
    at,
    local_day,
    moment,
)
from engine.policy import bare
from engine.record import Correction, corrections
from engine.store.documents import DocumentRow
from web import case_documents, event_words, letter_lines, names, wording
from web.case_documents import DocumentLine
from web.letter_lines import LetterLine
from web.task_links import CONTACTS

SHOWS = {"": "Everything", "letters": "Letters", "contacts": "Contacts", "dates": "Dates"}
OLDEST = "oldest"
#: what the resident, or somebody for them, told us beside the contacts that are called so
TOLD_US = {RECEIVED, WITHDRAWN, SATISFIED, AUTHORITY_RECEIVED, OMBUDSMAN_CONTACTED}
MOVES_A_DATE = {"extension_given", "holding_reply_sent", "panel_postponed", APOLOGY_SENT, TIMER_FIRED}


@dataclass(frozen=True)
class Entry:
    """One line of the chronology. `recorded` only where it was written down on a later day; `kinds`: the narrower
    lists it stands in; `number` 0 for what is no event."""

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
    kinds: frozenset[str] = frozenset()
    documents: tuple[DocumentLine, ...] = ()
    letter: LetterLine | None = None
    key: str = ""


def entries(file: CaseFile, documents: Sequence[DocumentRow] = (), *, show: str = "", order: str = "") -> list[Entry]:
    """The chronology, newest first unless `order` is OLDEST; `show`: one of SHOWS."""
    letters = letter_lines.letter_lines(file)
    stands = {event.number: event for event in file.events}
    mends: dict[int, list[Correction]] = {}
    for mend in corrections(file.record):
        mends.setdefault(mend.number, []).append(mend)
    lines = [case_documents.line(row) for row in documents]
    found = [
        replace(_entry(file, event, stands, mends.get(event.number, []), lines), letter=letters.get(event.number))
        for event in file.record
    ]
    found += [_added(line) for line in lines if line.event_number is None]
    found += _dates(file) if show == "dates" else []
    shown = [entry for entry in found if not show or show in entry.kinds]
    return sorted(shown, key=lambda entry: (entry.happened, entry.number), reverse=order != OLDEST)


def _added(line: DocumentLine) -> Entry:
    """A document that came with no event."""
    kinds = {"contacts"} if line.is_waiting else {"letters"} if line.is_letter else set()
    title = "E-mail added, not recorded as a contact yet" if line.is_waiting else f"{line.kind} added"
    key = f"document-{line.id}"
    return Entry(0, title, line.by, line.added, None, [], [], kinds=frozenset(kinds), documents=(line,), key=key)


def _dates(file: CaseFile) -> list[Entry]:
    """The days that have come on which something was due, and how that stands."""
    version, seen = file.governing.version, file.standing.ledger
    if version is None:
        return []
    return [
        Entry(
            number=0,
            title=f"{names.deadline(version, one.key)}: the day it was due",
            by="",
            happened=at(one.due),
            recorded=None,
            answers=[],
            private=[],
            marks=[(wording.state(one.state), wording.colour(one.state))],
            kinds=frozenset({"dates"}),
            key=f"due-{one.key.replace('.', '-')}",
        )
        for one in seen.deadlines.values()
        if one.due and one.state and one.due <= seen.today and not one.is_expected
    ]


def _kinds(file: CaseFile, event: CaseEvent, lines: Sequence[DocumentLine]) -> frozenset[str]:
    """The narrower lists an event stands in."""
    name, found = bare(event.name), set()
    if (file.book and event.name in file.book.letters) or any(line.is_letter for line in lines):
        found.add("letters")
    elif event.name in TOLD_US or event.name in CONTACTS or name == "requested":
        found.add("contacts")
    if name in MOVES_A_DATE:
        found.add("dates")
    return frozenset(found)


def _entry(
    file: CaseFile,
    event: CaseEvent,
    standing: Mapping[int, CaseEvent],
    mends: list[Correction],
    lines: Sequence[DocumentLine],
) -> Entry:
    stands = standing.get(event.number)
    own = tuple(line for line in lines if line.event_number == event.number)
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
        kinds=_kinds(file, event, own),
        documents=own,
        key=f"event-{event.number}",
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
