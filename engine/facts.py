"""Facts that no diagram waits for: which of them a case offers, and what each must say.

An answer received, an apology, a letter about a case that is no complaint, a contact, what was asked of a contractor:
they move no step of the diagram, and are recorded wherever it stands. Pure: a case is read, nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from engine import events
from engine.case_files import CaseFile
from engine.events import CaseEvent, latest
from engine.more_time import as_day, too_far
from engine.policy import bare, stage_of
from engine.refusals import BadAnswers, Refused
from engine.replay import Rulebook
from engine.wordings import day_in_words
from engine.workflows import MessageDefinition

#: what a complaint says of a representative's authority where there is none yet
NO_AUTHORITY = ("", "none")
#: days that an answer promises, and their names in a sentence
_PROMISES = {"next_update": "The next update", "chase_on": "The day to chase it"}


def facts_offered(file: CaseFile) -> list[str]:
    """The whole names of the facts that may be recorded of this case today, in the order its version lists them."""
    if file.book is None or file.hold:
        return []
    today = file.standing.ledger.today
    return [name for name in _names(file.book) if not why_not(file, name, today)]


def definition_of(book: Rulebook, name: str) -> MessageDefinition:
    """What the fact asks. Raises Refused for one the version does not have, or whose name lacks its stage."""
    stage, definition = stage_of(name), book.workflows.facts.get(bare(name))
    if definition is None:
        raise Refused(f"'{name}' is not something that can be recorded of a case under {book.version.title}.")
    if bare(name) in events.OF_A_STAGE and (stage is None or not book.version.has_stage(stage)):
        known = ", ".join(one.key for one in book.version.stages)
        raise Refused(f"'{name}' belongs to a stage: name it, as in {known}.")
    if bare(name) not in events.OF_A_STAGE and stage is not None:
        raise Refused(f"'{bare(name)}' is about the whole case and belongs to no stage: leave '{stage}' out.")
    return definition


def why_not(file: CaseFile, name: str, on: date) -> str:
    """Why the fact cannot be recorded as of that day, in a sentence; empty where it can."""
    say = _WHY_NOT.get(bare(name))
    return say(file, name, on) if say else ""


def settled(file: CaseFile, name: str, answers: Mapping[str, object], on: date) -> dict[str, object]:
    """The answers with what the case itself knows. Raises BadAnswers where a day they promise is over, or where they
    answer nothing that was asked."""
    given = dict(answers)
    refuse_promises_of_the_past(given, on)
    if bare(name) == events.APOLOGY_SENT:
        _refuse_old_date(given, on)
    if bare(name) == events.INFORMATION_RECEIVED:
        given["about"] = _about(file, given)
    return given


def refuse_promises_of_the_past(answers: Mapping[str, object], on: date) -> None:
    """Refuse a next update or a chase on a day before the one on which it was promised, or years away."""
    errors = {}
    for field, what in _PROMISES.items():
        day = as_day(answers.get(field))
        if day and day < on:
            errors[field] = f"{what} must not be before {day_in_words(on)}, when this happened."
        elif too_far(day, on):
            errors[field] = f"{what} is more than a year away. Check the year."
    if errors:
        raise BadAnswers(errors)


def unanswered(standing: Sequence[CaseEvent]) -> list[CaseEvent]:
    """What was asked of a team or a contractor and has no answer yet, the first asked first."""
    answered = {event.text("about") for event in standing if event.name == events.INFORMATION_RECEIVED}
    return [event for event in standing if event.name == events.INFORMATION_ASKED and str(event.number) not in answered]


def asked_in_words(record: Sequence[CaseEvent], number: str) -> str:
    """`Drywall Surveys, asked on 3 November 2025`: what was asked under that number; empty where nothing was."""
    asked = next((one for one in record if one.name == events.INFORMATION_ASKED and str(one.number) == number), None)
    return f"{asked.text('of_whom')}, asked on {day_in_words(asked.day)}" if asked else ""


def lacks_authority(standing: Sequence[CaseEvent]) -> bool:
    """Whether a representative is named whose authority has not come."""
    received = latest(standing, events.RECEIVED)
    if received is None or not received.text("representative") or latest(standing, events.AUTHORITY_RECEIVED):
        return False
    return received.text("authority") in NO_AUTHORITY


def _names(book: Rulebook) -> Iterator[str]:
    for fact in book.workflows.facts:
        if fact in events.OF_A_STAGE:
            yield from (f"{stage.key}.{fact}" for stage in book.version.stages)
        else:
            yield fact


def _refuse_old_date(answers: Mapping[str, object], on: date) -> None:
    to = as_day(answers.get("to"))
    if to and to < on:
        raise BadAnswers({"to": f"The new date must not be before {day_in_words(on)}, when the apology went."})
    wrong = too_far(to, on)
    if wrong:
        raise BadAnswers(wrong)


def _about(file: CaseFile, answers: Mapping[str, object]) -> str:
    open_ones = unanswered(file.events)
    numbers = [str(event.number) for event in open_ones]
    about = str(answers.get("about") or "")
    if not about and open_ones:
        return numbers[0]
    if about not in numbers:
        raise BadAnswers({"about": "Choose what it answers: nothing of that number was asked and is not answered yet."})
    return about


def _not_answered(file: CaseFile, name: str, on: date) -> str:
    if file.has_happened(f"{stage_of(name)}.response_sent"):
        return ""
    return "No answer has been sent at that stage, so none can have been received."


def _not_overdue(file: CaseFile, name: str, on: date) -> str:
    """An apology is for an answer that is overdue on the day it goes, and for no other."""
    answer = file.standing.ledger.deadlines.get(f"{stage_of(name)}.response")
    if answer is None or answer.due is None:
        return "No answer is due at that stage, so there is none to apologise for."
    if answer.met is not None and answer.met < on:
        return f"The answer at that stage was sent on {day_in_words(answer.met)}: an apology for its delay came before."
    if on <= answer.due:
        return (
            f"The answer is due on {day_in_words(answer.due)} and is not overdue: until then the resident is told of "
            "more time, where the policy gives any. An apology with a new date is for afterwards."
        )
    if file.standing.ended is not None and on > file.standing.ended:
        return "The case is closed, so no answer is overdue."
    return ""


def _decided_otherwise(words: str, *decisions: str) -> Callable[[CaseFile, str, date], str]:
    def why(file: CaseFile, name: str, on: date) -> str:
        triaged = latest(file.events, events.TRIAGED)
        if triaged is not None and triaged.text("decision") in decisions:
            return ""
        return f"This letter is for a case that was {words}; this one was not."

    return why


def _not_withdrawn(file: CaseFile, name: str, on: date) -> str:
    return "" if file.has_happened(events.WITHDRAWN) else "The complaint was not withdrawn, so that confirms nothing."


def _has_authority(file: CaseFile, name: str, on: date) -> str:
    if lacks_authority(file.events):
        return ""
    return "Nobody represents the resident without authority, so there is none to ask for."


def _closed(file: CaseFile, name: str, on: date) -> str:
    ended = file.standing.ended
    if file.standing.status != "closed" or (ended is not None and on <= ended):
        return ""
    return "The case is closed. Record what was said as a contact."


def _nothing_asked(file: CaseFile, name: str, on: date) -> str:
    return "" if unanswered(file.events) else "Nothing was asked that is not answered yet."


_WHY_NOT: Mapping[str, Callable[[CaseFile, str, date], str]] = {
    events.RESPONSE_RECEIVED: _not_answered,
    events.APOLOGY_SENT: _not_overdue,
    events.REFUSAL_SENT: _decided_otherwise("refused", "refuse"),
    events.THANKED: _decided_otherwise("recorded as a comment or a compliment", "comment", "compliment"),
    events.WITHDRAWAL_CONFIRMED: _not_withdrawn,
    events.AUTHORITY_ASKED: _has_authority,
    events.INFORMATION_ASKED: _closed,
    events.INFORMATION_RECEIVED: _nothing_asked,
    events.UPDATE_GIVEN: _closed,
    events.FOLLOW_UP_CALL_MADE: _closed,
}
