"""A made-up case that has come to where a letter goes out, so that whoever words the letter sees it as it will be.

The case is worked out from made-up events by the same replay as a real one, and nothing is written anywhere. The day it
begins is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from engine import case_files, letter_values
from engine.case_files import CaseFile
from engine.events import APOLOGY_SENT, FACTS, REFUSAL_SENT, THANKED, WITHDRAWAL_CONFIRMED, CaseEvent, at
from engine.forms import LONGEST, Answer, Field, Form, is_shown, plausible
from engine.letters import Letter
from engine.office import COMPLAINT, Office
from engine.policy import bare, stage_of
from engine.process import OpenTask
from engine.rights import Person
from engine.store.cases import CaseRow

#: who writes the letter, and for whom: nobody there is
WRITER = Person("0", "Sam Taylor", is_made_up=True)
RESIDENT: Mapping[str, Answer] = {
    "resident": "Jo Bennett",
    "address": "12 Example Street\nExampleton",
    "postcode": "EX1 2MP",
    "email": "jo.bennett@example.org",
    "phone": "01632 960 001",
    "representative": "Lee Bennett, daughter",
    "channel": "email",
    "service_area": "repairs",
    "description": "The heating has been broken since October. I have reported it three times and nobody has come.",
    "understanding": "The heating has been broken since October. It was reported three times, and nobody came.",
    "outcomes_sought": "The heating repaired, and an apology.",
}
MOST_STEPS = 30
BETWEEN = timedelta(days=2)
#: how much a request comes after its window is over, where the letter is about a late one
LATE_BY = timedelta(days=5)
#: what was decided at triage before these letters
DECIDED: Mapping[str, str] = {REFUSAL_SENT: "refuse", THANKED: "compliment"}


@dataclass
class _Walk:
    """A case being led to where an event may happen."""

    office: Office
    policy: str
    event: str
    is_late: bool
    record: list[CaseEvent] = field(default_factory=list)

    def happens(self, name: str, day: date, answers: Mapping[str, object]) -> None:
        moment = at(day)
        self.record.append(CaseEvent(name, moment, moment, len(self.record) + 1, WRITER.id, WRITER.name, answers))

    def seen(self, day: date) -> CaseFile:
        return case_files.as_recorded(self.office, self.policy, self.record, at(day))


def case_for(office: Office, policy: str, event: str, begins: date) -> tuple[CaseFile, date] | None:
    """A made-up case in which that event may happen, and the day: `office` has one version of the policy, in force.

    None where no ordinary way leads there. Raises OutsideCalendar for a day the calendar does not reach.
    """
    for is_late in (False, True):
        found = _led(_Walk(office, policy, event, is_late), begins)
        if found:
            file, day = found
            return replace(file, row=_row(file, policy)), day
    return None


def letter_for(file: CaseFile, office: Office, event: str, day: date, *, only_needed: bool = False) -> Letter | None:
    """The letter that would go with that event of a made-up case: what `letter_values` makes of a real one.

    `only_needed`: the officer answered nothing but what must be answered.
    """
    going = file.book.outgoing.get(event) if file.book else None
    if file.book is None or going is None:
        return None
    form = file.book.workflows.forms[going.form]
    answers = answers_to(form, _promised(file, event, day), only_needed=only_needed)
    return letter_values.letter_of(office, file, event, answers, day=day, who=WRITER, channel="email")


def answers_to(form: Form, day: date, *, only_needed: bool = False) -> dict[str, object]:
    """Made-up answers to a form: those of stories where it has any, else its question in brackets; dates get `day`."""
    found: dict[str, object] = {}
    for question in form.fields:
        if is_shown(question, found) and (question.required or not only_needed):
            found[question.name] = _answer(question, day)
    return found


def _answer(question: Field, day: date) -> Answer:
    if question.name in RESIDENT and not question.choices:
        return RESIDENT[question.name]
    if question.type == "date":
        return day.isoformat()
    if question.plausible is not None and question.type != "choices":
        return question.plausible
    if question.type in ("text", "long_text", "person"):
        return f"[{question.label}]"[: LONGEST[question.type]]
    filled = plausible(Form("", "", (_as_required(question),)), {}, day)[question.name]
    return filled if isinstance(filled, str | bool | int | list) else str(filled)


def _as_required(question: Field) -> Field:
    return Field(
        question.name, question.label, question.type, required=True, choices=question.choices,
        other_allowed=question.other_allowed, plausible=question.plausible,
    )  # fmt: skip


def _led(walk: _Walk, day: date) -> tuple[CaseFile, date] | None:
    form = walk.office.complaint_form(walk.policy, walk.office.versions_of(walk.policy)[0])
    walk.happens(COMPLAINT, day, {**answers_to(form, day), **RESIDENT})
    for _ in range(MOST_STEPS):
        day += BETWEEN
        file = walk.seen(day)
        ready = _ready(walk, file, day)
        if ready:
            return walk.seen(ready), ready
        step = _next_step(walk, file)
        if step is None:
            return None
        name, answers = step
        day = _on(walk, file, name, day)
        walk.happens(name, day, answers)
    return None


def _ready(walk: _Walk, file: CaseFile, day: date) -> date | None:
    """The day on which the event may happen as the case stands, None where it may not yet."""
    name, stage = bare(walk.event), stage_of(walk.event)
    if name == APOLOGY_SENT:
        response = file.standing.ledger.deadlines.get(f"{stage}.response")
        is_open = any(f"{stage}.response_sent" == one for one in file.standing.allowed)
        return response.due + BETWEEN if response and response.due and is_open else None
    if name == WITHDRAWAL_CONFIRMED:
        return day if file.has_happened("withdrawn") else None
    if name in FACTS:
        return day if len(file.events) > 1 and not file.has_happened("withdrawn") else None
    return day if walk.event in file.standing.allowed else None


def _next_step(walk: _Walk, file: CaseFile) -> tuple[str, dict[str, object]] | None:
    """What happens next in an ordinary case: the first open task, else the request that leads on."""
    book = file.book
    if book is None:
        return None
    if bare(walk.event) == WITHDRAWAL_CONFIRMED and "withdrawn" in file.standing.may_happen and len(file.events) > 1:
        return "withdrawn", {}
    for task in file.standing.open_tasks:
        return book.records(task), _done(walk, file, task)
    requests = [one for one in file.standing.may_happen if bare(one) == "requested"]
    others = [one for one in file.standing.may_happen if bare(one) not in ("satisfied", "withdrawn")]
    return next(((one, {}) for one in (*requests, *others) if not file.has_happened(one)), None)


def _done(walk: _Walk, file: CaseFile, task: OpenTask) -> dict[str, object]:
    """The answers with which a task is completed: what goes on, or what the letter is about."""
    assert file.book is not None
    definition = file.book.task(task)
    form = file.book.form(task.key, definition.form)
    told = {name: value for name, value in RESIDENT.items() if (asked := form.field(name)) and not asked.choices}
    answers = plausible(form, {**definition.ordinary, **told}, file.events[-1].day)
    decided = DECIDED.get(bare(walk.event))
    return {**answers, definition.decides: decided} if decided and task.task == "triage" else answers


def _on(walk: _Walk, file: CaseFile, name: str, day: date) -> date:
    """The day of a step: a request that is to be late comes after its window."""
    window = file.standing.ledger.deadlines.get(f"{stage_of(name)}.request_window")
    if walk.is_late and bare(name) == "requested" and window and window.due:
        return window.due + LATE_BY
    return day


def _promised(file: CaseFile, event: str, day: date) -> date:
    """The day a made-up answer gives: a week after the answer is due, as an extension would."""
    response = file.standing.ledger.deadlines.get(f"{stage_of(event)}.response")
    due = response.due if response and response.due else day
    return max(due, day) + timedelta(days=7)


def _row(file: CaseFile, policy: str) -> CaseRow:
    """The row a made-up case would have, for its reference."""
    initials = "".join(word[0] for word in policy.split("-")).upper()
    moment = file.events[0].happened
    return CaseRow(
        id=0, reference=f"{initials}-{file.events[0].day.year}-00001", policy=policy, version_id=None, received=moment,
        logged=moment, status=file.standing.status, stage=file.standing.stage, finding=None, ending=None, hold=None,
        hold_reason=None, due=None, resident=str(RESIDENT["resident"]), address=str(RESIDENT["address"]),
        postcode=str(RESIDENT["postcode"]), brief="", area=str(RESIDENT["service_area"]), channel="email",
        restricted=False, lock_version=1, state=b"", state_definition=None, last_event_number=len(file.events),
        head_hash="", changed_by="", changed_by_name="", changed_at=moment,
    )  # fmt: skip
