"""What we owe besides the tasks of the diagram: a letter to someone turned away, a chase, an update, a call.

Worked out from the events alone, so that what is stored for the inbox can be rebuilt and compared (law 3). Nothing
owed moves a step or opens a closed case: recording the fact ends it. A version sealed before these facts existed has
none of them (law 5), so its cases owe nothing, and no stored row of theirs is stale under a newer program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine import events, facts
from engine.case_files import CaseFile
from engine.events import CaseEvent, latest
from engine.policy import DeadlineRule, bare, stage_of
from engine.replay import Rulebook
from engine.working_days import last_day

#: what may say when the resident hears from us next; the last of them counts
PROMISES_AN_UPDATE = frozenset({"extension_given", "holding_reply_sent", events.APOLOGY_SENT, events.UPDATE_GIVEN})
#: answers to "may we ring?" that ask for no call
NO_CALL = ("", "no", "none", "no thanks", "no thank you", "not needed")
PREFIX = "owed."
LONGEST_TITLE = 120
CHASE = "Chase what was asked for"


@dataclass(frozen=True)
class Owed:
    """Something we owe: `key` in the inbox, the `fact` that ends it, whose it is and when it is due.

    `about` is the number of the event it comes from, 0 where it comes from none in particular.
    """

    key: str
    fact: str
    title: str
    role: str
    stage: str | None
    due: date | None
    about: int = 0


def owed(file: CaseFile) -> list[Owed]:
    """Everything owed in the case as it stands, letters first. Nothing where no version governs it."""
    book = file.book
    if book is None:
        return []
    found = [*_letters(file, book), *_open_ones(file, book)]
    return [one for one in found if bare(one.fact) in book.workflows.facts]


def found(file: CaseFile, key: str) -> Owed | None:
    """What is owed under that inbox key; None where it is not, or no longer, owed."""
    return next((one for one in owed(file) if one.key == key), None) if key.startswith(PREFIX) else None


def without_what_was_typed(key: str, title: str) -> str:
    """The title of an inbox row as staff are written to about it: of a chase, without whom somebody typed."""
    return CHASE if key.startswith(f"{PREFIX}{events.INFORMATION_ASKED}.") else title


def _letters(file: CaseFile, book: Rulebook) -> Iterator[Owed]:
    """The letter that says how it ended: due within the time the version promises an acknowledgement in."""
    triaged, withdrawn = latest(file.events, events.TRIAGED), latest(file.events, events.WITHDRAWN)
    decision = triaged.text("decision") if triaged else ""
    fact = {"refuse": events.REFUSAL_SENT, "comment": events.THANKED, "compliment": events.THANKED}.get(decision)
    if triaged and fact and not _since(file, triaged, fact):
        yield _letter(file, book, fact, _acknowledged_by(file, book))
    if withdrawn and not _since(file, withdrawn, events.WITHDRAWAL_CONFIRMED):
        yield _letter(file, book, events.WITHDRAWAL_CONFIRMED, _as_long_from(file, book, withdrawn))


def _letter(file: CaseFile, book: Rulebook, fact: str, due: date | None) -> Owed:
    return Owed(f"{PREFIX}{fact}", fact, _title(book, fact), book.version.desk, file.standing.stage, due)


def _acknowledgement(book: Rulebook) -> DeadlineRule | None:
    first = book.version.stages[0].key if book.version.stages else ""
    return book.version.deadline(f"{first}.acknowledgement")


def _acknowledged_by(file: CaseFile, book: Rulebook) -> date | None:
    """The day by which the complaint, whatever it proved to be, was to be acknowledged."""
    rule = _acknowledgement(book)
    deadline = file.standing.ledger.deadlines.get(rule.key) if rule else None
    return deadline.due if deadline else None


def _as_long_from(file: CaseFile, book: Rulebook, event: CaseEvent) -> date | None:
    """As long after the event as the version gives itself to acknowledge a complaint."""
    rule = _acknowledgement(book)
    if rule is None:
        return None
    return last_day(file.standing.ledger.days, event.day, rule.within, first_day_counts=book.version.first_day_counts)


def _open_ones(file: CaseFile, book: Rulebook) -> Iterator[Owed]:
    """What is owed only while the case is open: chases, updates and the call we offered."""
    if file.standing.status == "closed":
        return
    version, stage = book.version, file.standing.stage
    handler = version.role_of_lane("handler", stage)
    for asked in facts.unanswered(file.events):
        title = _short(f"Chase: {asked.text('of_whom')}")
        key = f"{PREFIX}{asked.name}.{asked.number}"
        yield Owed(key, events.INFORMATION_RECEIVED, title, handler, stage, asked.date_of("chase_on"), asked.number)
    promise = _promised_update(file)
    if promise is not None:
        key, fact = f"{PREFIX}{events.UPDATE_GIVEN}.{promise.number}", events.UPDATE_GIVEN
        at_stage = stage_of(promise.name) or stage
        role = version.role_of_lane("handler", at_stage)
        yield Owed(key, fact, _title(book, fact), role, at_stage, promise.date_of("next_update"), promise.number)
    if _offered_call(file):
        fact = events.FOLLOW_UP_CALL_MADE
        yield Owed(f"{PREFIX}{fact}", fact, _title(book, fact), version.desk, stage, None)


def _promised_update(file: CaseFile) -> CaseEvent | None:
    """The event that says when the resident hears next; None where none does, or the answer went since."""
    for event in reversed(file.events):
        if bare(event.name) == "response_sent":
            return None
        if bare(event.name) in PROMISES_AN_UPDATE:
            return event if event.date_of("next_update") else None
    return None


def _offered_call(file: CaseFile) -> bool:
    received = latest(file.events, events.RECEIVED)
    answer = received.text("follow_up_call").casefold().strip(" .!") if received else ""
    return answer not in NO_CALL and not file.has_happened(events.FOLLOW_UP_CALL_MADE)


def _since(file: CaseFile, event: CaseEvent, fact: str) -> bool:
    """Whether the fact happened after the event, or was recorded after it for the same moment."""
    return any(one.name == fact and (one.happened, one.number) > (event.happened, event.number) for one in file.events)


def _title(book: Rulebook, fact: str) -> str:
    definition = book.workflows.facts.get(fact)
    return definition.title if definition else fact


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 3]}..."
