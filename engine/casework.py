"""What people can do with a case, one function a sentence: log it, complete a task, record what happened.

Every act is planned first, without writing anything, and then saved in one transaction. A preview is the plan that is
not saved: the same code. All instants are given; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from engine import advice, case_files, facts, more_time, not_then
from engine.case_files import CaseFile, Plan
from engine.events import RECEIVED, CaseEvent, local_day
from engine.forms import Form, check_answers, plausible
from engine.more_time import NOT_ONESELF as NOT_ONESELF
from engine.more_time import as_day
from engine.office import Office
from engine.policy import bare, stage_of
from engine.process import OpenTask
from engine.refusals import AlreadyDone, BadAnswers, Refused, Unknown
from engine.rights import Person, why_not_the_handler
from engine.wordings import day_in_words

Answers = Mapping[str, object]

#: what anybody who passes a complaint on must say of it
PASSED_ON = ("channel", "resident", "description")
#: what every form asks: when it happened, and the date for the answer that its letter gave
ALWAYS_ASKED = ("happened", "promised")


@dataclass(frozen=True)
class Said:
    """What a person says happened: the form's answers, when it happened (None: now), and when it is written down."""

    answers: Answers
    happened: datetime | None
    recorded: datetime
    is_story: bool = False  # an example: required fields it does not give are filled with plausible values
    beside: Answers = field(default_factory=dict)  # what the event says beside its form: the letter that went


def log_complaint(office: Office, policy: str, who: Person, said: Said) -> Plan:
    """Register a complaint under the version in force on its day of receipt.

    Where none was in force it is registered all the same and held for a named person's choice (law 4). Raises
    BadAnswers for what the version's form does not accept, Refused for a day of receipt that has not come.
    """
    form, received = _receiving(office, policy, said)
    return _logged(office, policy, who, said, checked(form, said, local_day(received)))


def pass_on_complaint(office: Office, policy: str, who: Person, said: Said) -> Plan:
    """Register what a member of staff was told, as far as they know it: how, by whom, and what is wrong.

    The rest of the form is asked later, by whoever works the case. Raises as `log_complaint` does.
    """
    form, received = _receiving(office, policy, said)
    asked = replace(form, fields=tuple(replace(one, required=one.name in PASSED_ON) for one in form.fields))
    answers = checked(asked, said, local_day(received))
    by = {"passed_on_by": who.name} | ({"taken_by": who.name} if form.field("taken_by") else {})
    return _logged(office, policy, who, said, {**by, **answers})


def _receiving(office: Office, policy: str, said: Said) -> tuple[Form, datetime]:
    """The form of the version in force on the day of receipt, and that moment."""
    received = said.happened or said.recorded
    if local_day(received) > local_day(said.recorded):
        raise BadAnswers({"happened": "The day of receipt must be today or in the past."})
    if not office.versions_of(policy):
        raise Unknown(f"There is no policy '{policy}' here.")
    return office.complaint_form(policy, office.governing(policy, local_day(received), said.recorded)), received


def _logged(office: Office, policy: str, who: Person, said: Said, answers: Answers) -> Plan:
    received = said.happened or said.recorded
    event = CaseEvent(RECEIVED, received, said.recorded, 1, who.id, who.name, answers)
    return case_files.plan_new(office, policy, event)


def complete_task(office: Office, file: CaseFile, task_key: str, who: Person, said: Said) -> Plan:
    """Complete an open task: the event it records, and the step the diagram takes.

    Raises AlreadyDone where the task is no longer open, Refused where this person may not do it or the policy does not
    allow it, BadAnswers where the form is not filled as it asks.
    """
    book = file.book_or_refuse()
    task = next((one for one in file.standing.open_tasks if one.key == task_key), None)
    if task is None:
        raise already_done(file, task_key)
    refuse_unless_theirs(file, task, who)
    definition = book.task(task)
    happened = instant(file, said)
    answers = checked(book.form(task.key, definition.form), said, local_day(happened))
    decided = answers.get(definition.decides) if definition.decides else None
    values = {**advice.case_values(file.events, _complain_by(file)), **answers}
    otherwise = advice.why_otherwise(book.version, task.task, values, decided)
    if otherwise and not said.is_story and not answers.get("reason"):
        raise BadAnswers({"reason": otherwise})
    return _plan(office, file, book.records(task), answers, happened, who, said)


def record_message(office: Office, file: CaseFile, message: str, who: Person, said: Said) -> Plan:
    """Record something that can happen to a case now, such as a request, an extension or a withdrawal.

    Raises Refused where the process does not wait for it, with what it does wait for; where the policy does not allow
    it (an extension after the due date, or past its limit without a good reason), with the latest date that would
    have been allowed.
    """
    book = file.book_or_refuse()
    definition = book.message(message)
    if definition is None:
        raise Refused(f"'{message}' is not something that can happen to a case under {book.version.title}.")
    refuse_unless_done_by(file, message, definition.done_by, who)
    happened = instant(file, said)
    answers = checked(book.form(message, definition.form), said, local_day(happened))
    refuse_more_time(file, message, answers, happened, who)
    facts.refuse_promises_of_the_past(answers, local_day(happened))
    refuse_what_law_ended(file, message, happened)
    return _plan(office, file, message, answers, happened, who, said)


def record_fact(office: Office, file: CaseFile, name: str, who: Person, said: Said) -> Plan:
    """Record a fact no diagram waits for: an answer received, an apology, a contact, what was asked of a contractor.

    Raises Refused where it is not offered for this case, saying why; BadAnswers where it is not filled as it asks.
    """
    book = file.book_or_refuse()
    definition = facts.definition_of(book, name)
    if definition.letter:
        refuse_unless_done_by(file, name, definition.done_by, who)
    happened = instant(file, said)
    why_not = facts.why_not(file, name, local_day(happened))
    if why_not:
        raise Refused(why_not)
    answers = checked(book.form(name, definition.form), said, local_day(happened))
    answers = facts.settled(file, name, answers, local_day(happened))
    return _plan(office, file, name, answers, happened, who, said)


def is_possible(file: CaseFile, step: str) -> bool:
    """Whether anybody could do this as the case stands: the task is open, the message waited for, the fact offered.

    True while nothing governs the case, or it is on hold: then it waits, like the case.
    """
    if file.book is None or file.hold:
        return True
    now = file.standing
    if any(task.key == step for task in now.open_tasks) or step in (*now.may_happen, *now.may_be_noted):
        return True
    return bare(step) in file.book.workflows.facts and not facts.why_not(file, step, now.ledger.today)


def move_clock(office: Office, file: CaseFile, now: datetime) -> Plan | None:
    """Fire the timers of a case that fell due by `now`; None where none did. One catch-up for each, however late."""
    return case_files.plan_clock(office, file, now)


def checked(form: Form, said: Said, day: date) -> dict[str, object]:
    """The form's answers, cleaned. Raises BadAnswers with a sentence for each field that is wrong."""
    given = dict(said.answers)
    if said.is_story:
        given = plausible(form, given, day)
    values, errors = check_answers(form, given, also=ALWAYS_ASKED if not said.is_story else given)
    promised = given.get("promised")
    if promised and "promised" not in values:
        if as_day(promised) is None:
            errors["promised"] = "Enter the date the letter gives as a real date, such as 27 3 2024."
        values["promised"] = str(promised)
    if errors:
        raise BadAnswers(errors)
    extra = {name: value for name, value in given.items() if name not in values and form.field(name) is None}
    return {**values, **{name: value for name, value in extra.items() if name not in ALWAYS_ASKED}}


def instant(file: CaseFile, said: Said) -> datetime:
    """When it happened: now, or the given moment. A day that is not today counts at noon, but never before what the
    case already records for that same day. Raises BadAnswers for a day to come or one before the complaint came."""
    if said.happened is None:
        return said.recorded
    happened, last = said.happened, file.last_happened
    if local_day(happened) > local_day(said.recorded):
        raise BadAnswers({"happened": "When it happened must be today or in the past."})
    if file.received and local_day(happened) < local_day(file.received):
        received = day_in_words(local_day(file.received))
        raise BadAnswers({"happened": f"When it happened must not be before the complaint was received, {received}."})
    if last and local_day(last) == local_day(happened) and happened < last:
        return last
    return min(happened, said.recorded)


def refuse_unless_theirs(file: CaseFile, task: OpenTask, who: Person) -> None:
    """Refuse a person who does not hold the task's role, who considered an earlier stage, or who has a conflict."""
    book = file.book_or_refuse()
    role = book.role(task)
    if not who.holds(file.policy, role, file.area):
        title = book.version.roles[role].title if role in book.version.roles else role
        raise Refused(f"This task is for the role {title}. {who.name} does not hold it for this service area.")
    if task.lane in {"handler", "panel"} or task.task == "respond":
        why_not = why_not_the_handler(book.version, task.stage, who, file.events)
        if why_not:
            raise Refused(why_not)
    if file.claimed_by(task.key) not in ("", who.id):
        raise Refused(f"{file.claimant_name(task.key)} has this task. Ask them to release it, or reassign it.")


def refuse_unless_done_by(file: CaseFile, message: str, lane: str, who: Person) -> None:
    """Refuse a person who may not record this: what the desk records, whoever works the case may; what a handler or
    panel does (giving more time, putting off a panel) is theirs, or the desk's for them."""
    book = file.book_or_refuse()
    roles = (book.version.role_of_lane(lane, stage_of(message)), book.version.role_of_lane("desk", stage_of(message)))
    if lane != "desk" and not any(who.holds(file.policy, role, file.area) for role in roles):
        titles = " or ".join(book.version.roles[role].title for role in dict.fromkeys(roles))
        raise Refused(f"This is for the role {titles}. {who.name} does not hold it for this service area.")


def refuse_more_time(file: CaseFile, message: str, answers: Answers, happened: datetime, who: Person) -> None:
    """Law 7: refuse an extension or holding reply that the version does not allow; see `engine.more_time`."""
    if bare(message) in more_time.GIVES:
        seen = file.standing.ledger
        room = more_time.room_of(seen.deadlines.get(f"{stage_of(message)}.response"), seen.days)
        if room is not None:
            more_time.refuse(room, message, answers, local_day(happened), who)


def refuse_what_law_ended(file: CaseFile, message: str, happened: datetime) -> None:
    """The designated person's part ended by law; what happened before that is recorded however late."""
    ended = file.book_or_refuse().law_ended.get("designated_person")
    if bare(message) == "designated_person_approached" and ended and local_day(happened) >= ended:
        raise BadAnswers(
            {
                "happened": f"The law gave designated persons a part in complaints until {day_in_words(ended)}. Enter "
                "the day before that on which one was approached. An MP or a councillor may still help informally."
            }
        )


def already_done(file: CaseFile, task_key: str) -> Exception:
    """What to tell someone whose task is no longer open: who did it and when."""
    book = file.book_or_refuse()
    records = book.records_of_key(task_key)
    done = next((event for event in reversed(file.record) if event.name in records), None)
    if done is None:
        allowed = ", ".join(file.standing.allowed) or "nothing"
        return Refused(f"The task '{task_key}' is not open. What may happen now: {allowed}.")
    return AlreadyDone(task_key, done.by_name, done.recorded)


def _plan(
    office: Office, file: CaseFile, name: str, answers: Answers, happened: datetime, who: Person, said: Said
) -> Plan:
    event = CaseEvent(name, happened, said.recorded, len(file.record) + 1, who.id, who.name, {**answers, **said.beside})
    plan = case_files.plan_event(office, file, event)
    fresh = [one for one in plan.after.departures if one not in file.standing.departures]
    if fresh:
        mine = next((one for one in fresh if one.event.number == event.number), fresh[0])
        raise not_then.refusal(file, mine)
    return plan


def _complain_by(file: CaseFile) -> str | None:
    deadline = file.standing.ledger.deadlines.get("complain_by")
    return deadline.state if deadline else None
