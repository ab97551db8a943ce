"""Taking a step of a case, whole: open it, plan the act, save it, in one transaction.

Again where someone was quicker and the act still fits; on hold, visibly, where the workflow goes over a budget; once
only for a button pressed twice. What is refused changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from engine import case_files, case_saving, casework, notices, owed
from engine.case_files import CaseFile, Claim, Plan
from engine.casework import Said
from engine.due_timers import fire_due as fire_due
from engine.events import NOTED, TIMER_FIRED, CaseEvent
from engine.office import Office, refreshed, refuse_if_changed
from engine.process import OverBudget
from engine.refusals import ChangedMeanwhile, OfficeChanged, Refused, Unknown
from engine.rights import Person
from engine.store import acts, claims, inbox
from engine.store import cases as stored
from engine.store.case_rows import By, CaseRow, OutboxItem
from engine.store.database import Transaction

TRIES = 4

Act = Callable[[CaseFile], Plan]
Planned = Callable[[Office], Plan]
Done = TypeVar("Done")


def register(office: Office, policy: str, who: Person, said: Said, request_key: str = "") -> str:
    """Log a complaint and give back its reference; the same request again gives the same one."""
    if not who.may_log(policy):
        raise Refused(f"{who.name} holds no role under this policy, and so cannot log a complaint for it.")
    return _register(office, lambda there: casework.log_complaint(there, policy, who, said), who, said, request_key)


def pass_on(office: Office, policy: str, who: Person, said: Said, request_key: str = "") -> str:
    """Pass on a complaint somebody was told of, whatever their work (Code 3.2), and give back its reference.

    No role is needed, and nothing of any case is shown by it. The day they were told is the day of receipt.
    """
    return _register(office, lambda there: casework.pass_on_complaint(there, policy, who, said), who, said, request_key)


def seen_by(office: Office, reference: str, who: Person, now: datetime) -> CaseFile:
    """Open a case for somebody to read. Raises Unknown where there is none that they may see."""
    with office.database.reading() as tx:
        return _opened(tx, office, reference, who, now)


def take(
    office: Office,
    reference: str,
    who: Person,
    act: Act,
    now: datetime,
    *,
    request_key: str = "",
    seen: int | None = None,
) -> CaseRow:
    """Do something with a case. `seen`: the number of the last event the person had before them; where others have
    recorded more since, ChangedMeanwhile says who and when. Raises what the act raises."""

    def step() -> CaseRow:
        with office.database.writing() as tx:
            return _taken(tx, office, reference, who, act, now, request_key=request_key, seen=seen)

    try:
        return _until_it_fits(step)
    except OverBudget as over:
        _hold(office, reference, over, now)
        raise Refused(f"The case is on hold, as it was before: {over} A manager can take the hold off.") from over


def send(
    office: Office,
    reference: str,
    who: Person,
    act: Act,
    now: datetime,
    *,
    request_key: str = "",
    seen: int | None = None,
) -> CaseRow:
    """Send a letter (`engine.writing.plan_sending`), as `take` takes any step: its draft is gone in the same
    transaction. The letter is typeset once before, so that nobody waits for that with the store locked."""
    with office.database.reading() as tx:
        is_done = bool(request_key) and acts.result_of_request(tx, request_key) is not None
    if not is_done:
        act(seen_by(office, reference, who, now))
    return take(office, reference, who, act, now, request_key=request_key, seen=seen)


def previewed(office: Office, reference: str, who: Person, act: Act, now: datetime) -> Plan:
    """What an act would do: the same code, not saved."""
    return act(seen_by(office, reference, who, now))


def claim(office: Office, reference: str, task_key: str, who: Person, now: datetime) -> None:
    """Take an open task; one's own again changes nothing. Raises Refused where this person may not do it,
    store.claims.AlreadyTaken or TaskGone."""

    def act(tx: Transaction, file: CaseFile) -> Mapping[str, object] | None:
        _refuse_unless_for(file, task_key, who)
        assert file.row is not None
        claims.claim(tx, file.row.id, key=task_key, person_id=int(who.id), now=now)
        return None if file.claimed_by(task_key) == who.id else {}

    _note(office, reference, who, now, "claimed", task_key, act)


def release(office: Office, reference: str, task_key: str, who: Person, now: datetime) -> None:
    """Give back a task one has. Raises store.claims.AlreadyTaken where somebody else has it, or nobody; TaskGone."""

    def act(tx: Transaction, file: CaseFile) -> Mapping[str, object]:
        assert file.row is not None
        claims.release(tx, file.row.id, key=task_key, person_id=int(who.id), now=now)
        if not file.claimed_by(task_key):
            raise claims.AlreadyTaken(None, None)
        return {}

    _note(office, reference, who, now, "released", task_key, act)


def reassign(
    office: Office,
    reference: str,
    task_key: str,
    who: Person,
    now: datetime,
    *,
    to: Person,
    reason: str,
    seen: int | None = None,
) -> None:
    """Hand a task to someone else, with a reason. They must hold its role; whoever hands it over works in the area.

    `seen` as in `take`: where others have taken the task or handed it over since, ChangedMeanwhile says who and when.
    """
    if not reason.strip():
        raise Refused("Say why the task is handed over.")

    def act(tx: Transaction, file: CaseFile) -> Mapping[str, object]:
        _refuse_what_is_older(file, seen, who, task_key)
        _refuse_unless_for(file, task_key, to)
        if not who.works_in(file.policy, file.area):
            raise Refused(f"{who.name} does not work in this service area.")
        assert file.row is not None
        holder = file.claimed_by(task_key)
        claims.reassign(tx, file.row.id, key=task_key, held_by=int(holder) if holder else None, to=int(to.id), now=now)
        return {"to": to.id, "to_name": to.name, "reason": reason.strip()}

    def notice(file: CaseFile, number: int) -> OutboxItem | None:
        row = next(one for one in case_saving.inbox_rows(file) if one.key == task_key)
        title = owed.without_what_was_typed(task_key, row.title)
        return notices.assignment(reference, title, row.due, to=to, by=who, number=number)

    _note(office, reference, who, now, "reassigned", task_key, act, notice)


def _register(office: Office, plan: Planned, who: Person, said: Said, request_key: str) -> str:
    try:
        return _registered(office, plan, who, said, request_key)
    except OfficeChanged:  # under the version that was published meanwhile, where it governs
        return _registered(refreshed(office), plan, who, said, request_key)
    except acts.SameRequest:  # the same button, pressed twice at once: the other one's result is there now
        return _registered(office, plan, who, said, request_key)


def _registered(office: Office, plan: Planned, who: Person, said: Said, request_key: str) -> str:
    with office.database.writing() as tx:
        earlier = acts.result_of_request(tx, request_key) if request_key else None
        if earlier:
            return str(earlier)
        refuse_if_changed(tx, office)
        reference = case_saving.saved(tx, office, plan(office), By(who.id, who.name), said.recorded).reference
        if request_key:
            acts.keep_request(tx, request_key, result=reference, now=said.recorded)
        return reference


def _taken(
    tx: Transaction,
    office: Office,
    reference: str,
    who: Person,
    act: Act,
    now: datetime,
    *,
    request_key: str,
    seen: int | None,
) -> CaseRow:
    file = _opened(tx, office, reference, who, now)
    assert file.row is not None
    if request_key and acts.result_of_request(tx, request_key):
        return file.row
    if who.is_auditor:
        raise Refused("An auditor reads every case and changes none.")
    _refuse_what_is_older(file, seen, who)
    plan = act(file)
    row = case_saving.saved(tx, office, plan, By(who.id, who.name), now)
    if request_key:
        acts.keep_request(tx, request_key, result=reference, now=now)
    return row


def _opened(tx: Transaction, office: Office, reference: str, who: Person, now: datetime) -> CaseFile:
    file = case_files.load(tx, office, reference, now, who)
    assert file.row is not None
    if not who.may_see(file.policy, file.area):
        raise Unknown(f"There is no case {reference}.")
    held_by = {
        task.key: Claim(str(task.person_id), task.person_name or "", task.claimed_at)
        for task in inbox.tasks_of(tx, file.row.id)
        if task.person_id is not None and task.claimed_at is not None
    }
    return file.with_claims(held_by)


def _refuse_what_is_older(file: CaseFile, seen: int | None, who: Person, task_key: str = "") -> None:
    """Refuse where others recorded something since. Who has a task is no reason, but for the task that is handed on."""
    if seen is None:
        return
    theirs = (one for one in reversed(file.record) if one.number > seen and one.by != who.id)
    newest = next((one for one in theirs if _matters(one, task_key)), None)
    if newest:
        raise ChangedMeanwhile(newest.by_name, newest.recorded)


def _matters(event: CaseEvent, task_key: str) -> bool:
    return event.text("task") == task_key if event.name in NOTED else event.name != TIMER_FIRED


def _hold(office: Office, reference: str, over: OverBudget, now: datetime) -> None:
    with office.database.writing() as tx:
        row = stored.case_by_reference(tx, reference)
        if row is not None:
            case_saving.held(tx, row, (), over, now)


def _note(
    office: Office,
    reference: str,
    who: Person,
    now: datetime,
    name: str,
    task_key: str,
    act: Callable[[Transaction, CaseFile], Mapping[str, object] | None],
    notice: Callable[[CaseFile, int], OutboxItem | None] | None = None,
) -> None:
    """Do something about who has a task, and record it in the case; `act` gives None where it changed nothing.
    `notice` is what somebody is told of it, given the number of its event."""

    def step() -> None:
        with office.database.writing() as tx:
            file = _opened(tx, office, reference, who, now)
            if who.is_auditor:
                raise Refused("An auditor reads every case and changes none.")
            given = act(tx, file)
            if given is None:
                return
            said = {"task": task_key, **given}
            event = CaseEvent(name, now, now, len(file.record) + 1, who.id, who.name, said)
            told = notice(file, event.number) if notice else None
            plan = replace(case_files.plan_note(file, event), outbox=(told,) if told else ())
            case_saving.saved(tx, office, plan, By(who.id, who.name), now)

    _until_it_fits(step)


def _until_it_fits(step: Callable[[], Done]) -> Done:
    """Take a step again where someone else was quicker. Raises ChangedMeanwhile where that goes on."""
    last: Exception = Refused("The same request is being worked on. Try again.")
    for _ in range(TRIES):
        try:
            return step()
        except acts.SameRequest:  # the same button, pressed twice at once: the other one's result is there now
            continue
        except stored.CaseChanged as changed:
            last = ChangedMeanwhile(changed.by, changed.at)
    raise last


def _refuse_unless_for(file: CaseFile, key: str, who: Person) -> None:
    """Refuse a person who may not have that task, or that thing we owe; who has it now the store says."""
    due = owed.found(file, key)
    task = next((one for one in file.standing.open_tasks if one.key == key), None)
    if task is not None:
        casework.refuse_unless_theirs(file.with_claims({}), task, who)
    elif due is None:
        raise casework.already_done(file, key)
    elif not who.holds(file.policy, due.role, file.area):
        title = file.book_or_refuse().version.roles[due.role].title
        raise Refused(f"This is for the role {title}. {who.name} does not hold it for this service area.")
