"""A case held against its own version: what that did not allow, each named with the event and the day.

A case is replayed through the diagrams it was governed by; then its promises, its handlers, its letters and the answers
its forms ask for are looked at. Nothing is judged that the version does not say, and nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine import advice, case_words, owed
from engine.case_files import CaseFile
from engine.cases import Standing, standing
from engine.deadlines import Deadline
from engine.events import (
    CONFLICT_DECLARED,
    CORRECTED,
    MOVE_UNDONE,
    MOVED,
    RECEIVED,
    TRIAGED,
    CaseEvent,
    local_day,
)
from engine.forms import Field, check_answers
from engine.letter_values import letter_of
from engine.letters import template_of
from engine.office import Office
from engine.policy import bare, stage_of
from engine.process import Process
from engine.record import governed_by
from engine.replay import Begin, Rulebook, replay
from engine.rights import Person, is_considering
from engine.wordings import day_in_words, listed

#: what was not as the version says, by kind
STEP, ORDER, BROKEN, MORE_TIME = "step", "order", "broken", "more_time"
HANDLER, LETTER, ANSWERS, LESSON, ADVICE, APPROVAL, OWED = (
    "handler", "letter", "answers", "lesson", "advice", "approval", "owed",
)  # fmt: skip
KINDS = (STEP, ORDER, BROKEN, MORE_TIME, HANDLER, LETTER, ANSWERS, LESSON, ADVICE, APPROVAL, OWED)


@dataclass(frozen=True)
class Finding:
    """Something the version did not allow: what kind, the event it is about (0 for none), its day, and a sentence."""

    kind: str
    number: int
    day: date | None
    says: str


@dataclass(frozen=True)
class _Case:
    """What every check is given."""

    office: Office
    file: CaseFile
    book: Rulebook
    standing: Standing
    ever: frozenset[str]  # every event that was possible at some moment

    def title(self, name: str) -> str:
        return case_words.title(self.book.version, name)

    def deadline(self, one: Deadline) -> str:
        """What a deadline is about, as it is said in a sentence: `Stage 1: answer`."""
        words = {"acknowledgement": "acknowledgement", "response": "answer", "panel": "panel meeting"}
        stage = stage_of(one.key)
        title = self.book.version.stage(stage).title if stage and self.book.version.has_stage(stage) else ""
        said = words.get(bare(one.key), bare(one.key).replace("_", " "))
        return f"{title}: {said}" if title else said


def findings(office: Office, file: CaseFile, begin: Begin = Process.start) -> tuple[Finding, ...]:
    """What the version that governs a case did not allow, in the order of the days. None where none governs it.
    `begin` gives the process that is driven, as for `engine.replay.replay`."""
    if file.book is None or file.run is None or file.run.facts.now is None:
        return ()
    ever: set[str] = set()
    # a case taken up from its stored state has forgotten what its diagram did not allow
    now = file.run.facts.now
    run = replay(file.book, file.events, now, seen=lambda at: ever.update(at.allowed()), begin=begin)
    case = _Case(office, file, file.book, standing(run), frozenset(ever))
    found = [one for check in CHECKS for one in check(case)]
    return tuple(sorted(found, key=lambda one: (one.day or date.max, one.number)))


def steps_fit_the_diagram(case: _Case) -> Iterator[Finding]:
    """What the diagram did not allow then. Where it would have at another time, it is out of order."""
    since = _governs_since(case) if case.standing.departures else None
    for one in case.standing.departures:
        could = listed([case.title(name) for name in one.allowed]) or "nothing"
        says = f"{case.title(one.event.name)}: the process as drawn did not allow it then. What could happen: {could}."
        if since and one.event.recorded < since:
            says += f" Another version governed the case until {day_in_words(local_day(since))}."
        yield Finding(ORDER if one.event.name in case.ever else STEP, one.event.number, one.event.day, says)


def _governs_since(case: _Case) -> datetime | None:
    """When a correction or a move brought the case under the version that governs it; None where that always did."""
    office, policy, record = case.office, case.file.policy, case.file.record
    versions, known_from = office.versions_of(policy), office.known_from(policy)
    spans = [(case.book.version.key, record[0].recorded)]
    for place, event in enumerate(record, 1):
        if event.name in (RECEIVED, CORRECTED, MOVED, MOVE_UNDONE):
            governs = governed_by(record[:place], versions, known_from).version
            key = governs.key if governs else ""
            spans += [(key, event.recorded)] if key != spans[-1][0] else []
    return spans[-1][1] if len(spans) > 1 else None


def promises_were_kept(case: _Case) -> Iterator[Finding]:
    """The version's own dates: what was done late, or not done."""
    for one in case.standing.ledger.deadlines.values():
        if one.rule.is_window or one.due is None or one.state not in ("late", "overdue"):
            continue
        done = f"done on {day_in_words(one.met)}" if one.met else "not done"
        number = _number_of(case, one.rule.met_by) if one.met else 0
        yield Finding(BROKEN, number, one.due, f"{case.deadline(one)}: due on {day_in_words(one.due)}, {done}.")


def more_time_was_allowed(case: _Case) -> Iterator[Finding]:
    """Extensions and holding replies: told after the day they should move, past the limit, a second one, or recorded
    only once that day had passed."""
    for one in case.standing.ledger.deadlines.values():
        more = one.rule.more_time
        for event in case.file.events if more else ():
            if more and event.name == f"{stage_of(one.key)}.{more.event}":
                yield from _more_time(case, one, event)


def _more_time(case: _Case, one: Deadline, event: CaseEvent) -> Iterator[Finding]:
    given = next((each for each in one.more_time if each.told == event.day and each.to == event.date_of("to")), None)
    said = f"{case.title(event.name)} on {day_in_words(event.day)}"
    if given is None:
        yield Finding(MORE_TIME, event.number, event.day, f"{said} moved nothing: {_why_nothing(one, event)}")
        return
    if given.is_outside:
        what = "past the limit" if given.is_beyond else "a second one"
        lacks = [word for name, word in _OUTSIDE.items() if not event.fields.get(name)]
        wants = f" It was recorded without {listed(lacks)}." if lacks else " With a good reason that was approved."
        yield Finding(MORE_TIME, event.number, event.day, f"{said} was {what}, outside the Code's time.{wants}")
    if given.is_recorded_late and given.recorded:
        says = f"{said} was written down on {day_in_words(given.recorded)}, after the day that it moved."
        yield Finding(MORE_TIME, event.number, event.day, says)


def _why_nothing(one: Deadline, event: CaseEvent) -> str:
    """Why more time that was told moved no date: it came after the day, or its new day was no later one."""
    before = [given.to for given in one.more_time if given.told <= event.day]
    was, to = before[-1] if before else one.original, event.date_of("to")
    if was is None or to is None:
        return "there was no date it could move, or it named none."
    due = f"the {bare(one.key).replace('response', 'answer')} was due on {day_in_words(was)}"
    if event.day > was:
        return f"{due}, and it has to be told by the day it moves."
    return f"{due}, and the new date was {day_in_words(to)}, which is no later."


_OUTSIDE = {"good_reason": "a good reason", "approved_by": "who approved it"}


def handlers_were_apart(case: _Case) -> Iterator[Finding]:
    """Who considered it at a stage had not at one that must be apart, and had declared no conflict of interest."""
    version = case.book.version
    considered: dict[str, dict[str, str]] = {}
    barred: set[str] = set()
    for event in case.file.events:
        if event.name == CONFLICT_DECLARED:
            barred.add(str(event.fields.get("person") or event.by))
        stage = stage_of(event.name)
        if stage is None or not is_considering(event) or not version.has_stage(stage):
            continue
        apart = version.stage(stage).not_the_same_person_as
        earlier = [version.stage(key).title for key in apart if event.by and event.by in considered.get(key, {})]
        title = version.stage(stage).title
        if earlier:
            says = f"{event.by_name} considered it at {title} and had at {listed(earlier)}: that must be somebody else."
            yield Finding(HANDLER, event.number, event.day, says)
        if event.by in barred:
            says = f"{event.by_name} considered it at {title} after a conflict of interest was declared."
            yield Finding(HANDLER, event.number, event.day, says)
        considered.setdefault(stage, {})[event.by] = event.by_name


def letters_were_whole(case: _Case) -> Iterator[Finding]:
    """Each letter that went, composed again of what its form was answered: a required content it lacks for want of an
    answer."""
    for place, event in enumerate(case.file.events):
        going = case.book.outgoing.get(event.name)
        template = template_of(case.book.templates, going.letter, going.stage) if going else None
        if going is None or template is None:
            continue
        asked = {one.name for one in _questions(case, going.form)}
        before = replace(case.file, events=case.file.events[:place])
        day, who = event.date_of("letter_date") or event.day, Person(event.by, event.by_name)
        letter = letter_of(
            case.office, before, event.name, event.fields, day=day, who=who, channel=event.text("channel")
        )
        lacks = [
            one.must
            for one in (letter.contents if letter else ())
            if not one.is_there and not one.is_optional and asked.intersection(one.empty_fields)
        ]
        if lacks:
            yield Finding(
                LETTER, event.number, event.day, f"{case.title(event.name)}: the letter lacked {listed(lacks)}."
            )


def forms_were_answered(case: _Case) -> Iterator[Finding]:
    """What a form requires and the event does not say."""
    for event in case.file.events:
        form = case_words.form_of(case.office, case.file, event.name)
        if form is None or event.text("passed_on_by"):
            continue
        _, wrong = check_answers(form, {name: event.fields.get(name) for name in form.names})
        lacks = [one.label for one in form.fields if one.name in wrong and not event.fields.get(one.name)]
        lacks = [one for one in lacks if "lesson" not in one.casefold()]
        if lacks:
            said = "; ".join(f"“{label}”" for label in lacks)
            yield Finding(ANSWERS, event.number, event.day, f"{case.title(event.name)}: no answer to {said}.")


def lessons_were_named(case: _Case) -> Iterator[Finding]:
    """An answer whose form asks for the lesson says one, or says that there is none."""
    for event in case.file.events:
        form = case_words.form_of(case.office, case.file, event.name) if bare(event.name) == "response_sent" else None
        if form is not None and form.field("lesson") and not event.text("lesson").strip():
            yield Finding(LESSON, event.number, event.day, f"{case.title(event.name)}: no lesson was recorded.")


def decisions_say_why(case: _Case) -> Iterator[Finding]:
    """A decision other than the version's own table gives says why."""
    seen = case.standing.ledger.deadlines.get("complain_by")
    values = advice.case_values(case.file.events, seen.state if seen else None)
    for event in case.file.events:
        if event.name != TRIAGED:
            continue
        row = advice.advised_row(case.book.version, "triage", {**values, **event.fields})
        decided = event.text("decision")
        if row and row.then != decided and not event.text("reason"):
            says = f"The policy's table gives {_plain(row.then)}; {_plain(decided)} was decided and no reason recorded."
            yield Finding(ADVICE, event.number, event.day, says)


def letters_were_approved(case: _Case) -> Iterator[Finding]:
    """A letter that somebody else has to approve says who did."""
    for event in case.file.events:
        going = case.book.outgoing.get(event.name)
        template = template_of(case.book.templates, going.letter, going.stage) if going else None
        if template and template.approved_by and not event.text("approved_by"):
            role = case.book.version.roles.get(template.approved_by)
            who = role.title if role else _plain(template.approved_by)
            says = f"{case.title(event.name)}: the letter needs the approval of the {who}, and none is recorded."
            yield Finding(APPROVAL, event.number, event.day, says)


def nothing_was_left_owed(case: _Case) -> Iterator[Finding]:
    """What was owed when the case closed: a letter, a call, an answer that was asked for."""
    if case.standing.status == "closed":
        for one in owed.owed(case.file):
            yield Finding(OWED, one.about, one.due, f"Still owed when the case closed: {one.title}.")


CHECKS: tuple[Callable[[_Case], Iterable[Finding]], ...] = (
    steps_fit_the_diagram,
    promises_were_kept,
    more_time_was_allowed,
    handlers_were_apart,
    letters_were_whole,
    forms_were_answered,
    lessons_were_named,
    decisions_say_why,
    letters_were_approved,
    nothing_was_left_owed,
)


def _questions(case: _Case, form: str) -> tuple[Field, ...]:
    found = case.book.workflows.forms.get(form)
    return found.fields if found else ()


def _number_of(case: _Case, name: str | None) -> int:
    return next((event.number for event in case.file.events if event.name == name), 0)


def _plain(word: str) -> str:
    return f"“{word.replace('_', ' ')}”" if word else "nothing"
