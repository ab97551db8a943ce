"""Writing and sending a letter: what goes out with a step, what stops it, who must approve it, and the act itself.

A deadline is met by the letter that goes, not by a click (law 7): sending is the same verb that records the step, with
the letter's hash in its event, the letter among the case's documents and its e-mail in the outbox, all in one
transaction. What was read beforehand is what goes: a letter bears its own date, an e-mail the day it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

from engine import approvals, casework, corrections, letter_pdf, letter_refusals, promises
from engine.case_files import CaseFile, Plan
from engine.casework import Answers, Said
from engine.events import FACTS, at, local_day
from engine.forms import Field, Form, Unfit, clean_answer, is_shown
from engine.letter_values import letter_of
from engine.letters import Letter
from engine.letters_out import (
    EMAIL,
    Going,
    Sending,
    apologises,
    as_it_went,
    mark_of,
    promised_by,
    with_what_goes,
)  # fmt: skip
from engine.office import Office
from engine.policy import bare
from engine.refusals import BadAnswers, Refused
from engine.rights import Person
from engine.store.drafts import DraftRow
from engine.wordings import day_in_words

#: questions of the forms that a letter written here answers itself: every template of theirs says so
ALWAYS_SAID = ("ombudsman_given", "next_step_explained", "told_of_ombudsman", "resident_told")
ASKED_FOR = "Whoever is asked to approve it"
NOT_AS_SHOWN = (
    "The letter that would go is not the one you had before you: how it goes, its date or the case makes it say "
    "something else. It is shown below as it would go. Read it again, take the copy that goes from here, then send it."
)

_printed = lru_cache(maxsize=16)(letter_pdf.pdf)  # typeset once, before the store is locked, and again for nothing


@dataclass(frozen=True)
class Stops:
    """What stands between a letter and its going: wrong answers by field, a refusal, missing contents by name, and the
    roles of which one must approve it."""

    errors: Mapping[str, str]
    refused: str
    missing: tuple[str, ...]
    approval: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing but somebody's approval is wanting."""
        return not (self.errors or self.refused or self.missing)


def step_event(file: CaseFile, step: str) -> str:
    """The whole name of the event a step records: a task by its key, a message or a fact by its own name."""
    book = file.book_or_refuse()
    task = next((one for one in file.standing.open_tasks if one.key == step), None)
    if task is not None:
        return book.records(task)
    return next(iter(book.records_of_key(step)), step)


def letter_for(
    office: Office,
    file: CaseFile,
    step: str,
    answers: Answers,
    *,
    day: date,
    who: Person,
    channel: str = "",
    approver: str = "",
) -> Letter | None:
    """The letter as it goes that way, dated that day, signed by that person; None where the step has none to write.

    The dates of a letter follow from how it goes (the version's delivery rule), so what is read is composed here with
    the same words and the same way as what is sent. `approver`: the name of who approved it.
    """
    if file.book is None:
        return None
    event = step_event(file, step)
    given = _own_answers(file, event, answers, channel)
    given = approvals.with_approval(file, event, given, approver, day) if approver else given
    return letter_of(office, file, event, given, day=day, who=who, channel=channel)


def letter_day(sending: Sending, draft_day: date, now: datetime) -> date:
    """The date the letter bears: an e-mail the day it goes, any other its own."""
    return local_day(now) if sending.channel == EMAIL else draft_day


def approval_roles(file: CaseFile, step: str, answers: Answers, day: date) -> list[str]:
    """The roles of which one must approve the letter, somebody else than its writer; none needed: empty."""
    return approvals.roles(file, step_event(file, step), answers, day)


def refuse(
    office: Office, file: CaseFile, step: str, answers: Answers, *, day: date, who: Person, now: datetime
) -> None:
    """Refuse what the form or the policy does not accept of a letter of that day, but for what somebody has yet to
    approve. Raises BadAnswers and Refused as the step itself would; nothing is kept."""
    event = step_event(file, step)
    given = approvals.with_approval(file, event, _own_answers(file, event, answers), ASKED_FOR, day)
    promises.refuse(file, event, given, day)
    happened = None if day == local_day(now) else at(day)
    _recorded(office, file, step, event, who, Said(given, happened, now), day)


def what_stops(
    office: Office, file: CaseFile, step: str, answers: Answers, *, day: date, who: Person, now: datetime
) -> Stops:
    """Everything that stops the letter, told at once: what `refuse` says, what the letter lacks, and who approves."""
    errors: Mapping[str, str] = {}
    refused = ""
    try:
        refuse(office, file, step, answers, day=day, who=who, now=now)
    except BadAnswers as bad:
        errors = bad.errors
    except Refused as why:
        refused = str(why)
    letter = letter_for(office, file, step, answers, day=day, who=who)
    missing = tuple(letter.stops()) if letter else ()
    return Stops(errors, refused, missing, tuple(approval_roles(file, step, answers, day)))


def plan_sending(
    office: Office,
    file: CaseFile,
    step: str,
    answers: Answers,
    who: Person,
    sending: Sending,
    now: datetime,
    *,
    approved: DraftRow | None = None,
    draft_day: date,
    writer: Person | None = None,
    draft_number: int | None = None,
    shown: str | None = None,
) -> Plan:
    """Send the letter of a step: the event it records, the letter as a document, and its e-mail or its day of posting.

    `writer` signs it, where that is another than who sends it; `draft_number` is the draft as it was read: where it was
    changed since, saving raises ChangedMeanwhile; `shown` is the mark of the letter that was read. Raises BadAnswers
    for what was answered or said of the sending, Refused where the letter is not the one shown, with everything it
    lacks by name, or where its approval is missing or older than its words.
    """
    went = _going_day(file, sending, now)
    dated = letter_day(sending, draft_day, now)
    if dated > went:
        raise BadAnswers({"day": f"The letter is dated {day_in_words(dated)}, and cannot have gone before."})
    event = step_event(file, step)
    given = _own_answers(file, event, answers, sending.channel)
    promises.refuse(file, event, given, dated)
    beside: dict[str, object] = {}
    roles = approval_roles(file, step, given, dated)
    if roles:
        approver = approvals.approver_of(file, step, answers, roles, approved)
        given = approvals.with_approval(file, event, given, approver.approver_name, dated)
        beside |= {"approved_by": approver.approver_name, "approved_by_id": approver.approver}
    letter = letter_of(office, file, event, given, day=dated, who=writer or who, channel=sending.channel)
    if letter is None:
        raise Refused("The version that governs this case has no such letter. Record the step without one.")
    if shown is not None and shown != mark_of(letter):
        raise Refused(NOT_AS_SHOWN)
    content = _printed(letter, is_large=sending.is_large) if letter.is_whole else b""
    going = Going(step, event, letter, content, sending, dated)
    beside |= promised_by(file, event, given, dated) | as_it_went(going)
    form = _form(file, event)
    if form and form.field("apology") and apologises(letter):
        beside["apology"] = True
    happened = None if went == local_day(now) else at(went)
    plan = _recorded(office, file, step, event, who, Said(given, happened, now, beside=beside), dated)
    if not letter.is_whole:
        raise Refused(" ".join(letter.stops()))
    number = approved.number if draft_number is None and approved else draft_number
    return replace(with_what_goes(plan, file.reference, going), draft_number=number)


def came_back(office: Office, file: CaseFile, event_number: int, who: Person, *, reason: str, now: datetime) -> Plan:
    """A letter that was sent came back: the event it recorded is struck, with the reason, so its task opens again.

    Raises Refused where that event had no letter, BadAnswers without a reason.
    """
    event = next((one for one in file.events if one.number == event_number), None)
    if event is None or not event.text("letter"):
        raise Refused("That is no letter of this case that could have come back.")
    if not reason.strip():
        raise BadAnswers({"reason": "Say how you know that it came back."})
    why = f"The letter came back: {reason.strip()}"
    return corrections.correct(office, file, event_number, who, happened=None, reason=why, now=now)


def _recorded(office: Office, file: CaseFile, step: str, event: str, who: Person, said: Said, dated: date) -> Plan:
    """The step by its own verb, which decides whether it may happen; and what a letter of that date must not say."""
    is_outside = approvals.is_outside(file, event, said.answers)
    with letter_refusals.refusing(_form(file, event), event, said.answers, dated, is_outside=is_outside):
        if step != event:
            return casework.complete_task(office, file, step, who, said)
        verb = casework.record_fact if bare(event) in FACTS else casework.record_message
        return verb(office, file, event, who, said)


def _going_day(file: CaseFile, sending: Sending, now: datetime) -> date:
    """The day it goes. Raises BadAnswers for a day to come, one before the complaint came, or no address."""
    today, received = local_day(now), file.received
    if sending.channel == EMAIL:
        _refuse_no_address(sending.to)
        return today
    day = sending.day or today
    if day > today:
        raise BadAnswers({"day": "The day it went must be today or in the past."})
    if received and day < local_day(received):
        came = day_in_words(local_day(received))
        raise BadAnswers({"day": f"The day it went must not be before the complaint was received, {came}."})
    return day


def _refuse_no_address(to: str) -> None:
    try:
        address = clean_answer(Field("to", "E-mail address", "email"), to)
    except Unfit as wrong:
        raise BadAnswers({"to": wrong.mend}) from wrong
    if not address:
        raise BadAnswers({"to": "Give the e-mail address it goes to, or send it another way."})


def _own_answers(file: CaseFile, event: str, answers: Answers, channel: str = "") -> dict[str, object]:
    """The answers with what the letter itself answers: how it goes is said with the sending, and what it always says
    is said."""
    form = _form(file, event)
    given = {name: value for name, value in answers.items() if name != "channel"}
    how = form.field("channel") if form else None
    if how is not None and (channel or how.required):
        given["channel"] = channel or next(iter(how.choices), EMAIL)
    for name in ALWAYS_SAID if form else ():
        question = form.field(name) if form else None
        if question is not None and is_shown(question, given):
            given[name] = True
    return given


def _form(file: CaseFile, event: str) -> Form | None:
    """The form that asks what the event's letter needs."""
    book = file.book_or_refuse()
    going = book.outgoing.get(event)
    return book.workflows.forms.get(going.form) if going else None
