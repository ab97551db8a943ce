"""Taking a step of a case, whole: open it, plan the act, save it, in one transaction.

Again where someone was quicker and the act still fits; on hold, visibly, where the workflow goes over a budget; once
only for a button pressed twice. What is refused changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from engine import case_files, case_saving, casework
from engine.case_files import CaseFile, Claim, Plan
from engine.casework import Said
from engine.events import NOTED, TIMER_FIRED, CaseEvent, local_day
from engine.office import Office
from engine.process import OverBudget
from engine.refusals import ChangedMeanwhile, Refused, Unknown
from engine.rights import THE_CLOCK, Person
from engine.store import acts, claims, inbox, timers
from engine.store import cases as stored
from engine.store.case_rows import By, CaseRow
from engine.store.database import StoreBusy, StoreUnavailable, Transaction

TRIES = 4
LOG = logging.getLogger("redress.worker")

Act = Callable[[CaseFile], Plan]
Done = TypeVar("Done")


def register(office: Office, policy: str, who: Person, said: Said, request_key: str = "") -> str:
    """Log a complaint and give back its reference; the same request again gives the same one."""
    if not who.may_log(policy):
        raise Refused(f"{who.name} holds no role under this policy, and so cannot log a complaint for it.")
    try:
        return _registered(office, policy, who, said, request_key)
    except acts.SameRequest:  # the same button, pressed twice at once: the other one's result is there now
        return _registered(office, policy, who, said, request_key)


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


def previewed(office: Office, reference: str, who: Person, act: Act, now: datetime) -> Plan:
    """What an act would do: the same code, not saved."""
    return act(seen_by(office, reference, who, now))


def claim(office: Office, reference: str, task_key: str, who: Person, now: datetime) -> None:
    """Take an open task; one's own again changes nothing. Raises Refused where this person may not do it,
    store.claims.AlreadyTaken or TaskGone."""

    def act(tx: Transaction, file: CaseFile) -> Mapping[str, object] | None:
        task = next((one for one in file.standing.open_tasks if one.key == task_key), None)
        if task is None:
            raise casework.already_done(file, task_key)
        casework.refuse_unless_theirs(_unclaimed(file), task, who)  # the store says who has it, and since when
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
        task = next((one for one in file.standing.open_tasks if one.key == task_key), None)
        if task is None:
            raise casework.already_done(file, task_key)
        _refuse_what_is_older(file, seen, who, task_key)
        casework.refuse_unless_theirs(_unclaimed(file), task, to)
        if not who.works_in(file.policy, file.area):
            raise Refused(f"{who.name} does not work in this service area.")
        assert file.row is not None
        holder = file.claimed_by(task_key)
        claims.reassign(tx, file.row.id, key=task_key, held_by=int(holder) if holder else None, to=int(to.id), now=now)
        return {"to": to.id, "to_name": to.name, "reason": reason.strip()}

    _note(office, reference, who, now, "reassigned", task_key, act)


def fire_due(office: Office, now: datetime, *, limit: int = 20) -> int:
    """Fire the timers that fell due, a case a transaction; how many cases moved. Two workers never take one timer."""
    moved = after = 0
    while True:
        with office.database.reading() as tx:
            due = timers.due_timers(tx, local_day(now), limit=limit, after_case=after)
        if not due:
            return moved
        for case_id, reference in {timer.case_id: timer.reference for timer in due}.items():
            moved += _fired(office, case_id, reference, now)
        after = max(timer.case_id for timer in due)


def _registered(office: Office, policy: str, who: Person, said: Said, request_key: str) -> str:
    with office.database.writing() as tx:
        earlier = acts.result_of_request(tx, request_key) if request_key else None
        if earlier:
            return str(earlier)
        plan = casework.log_complaint(office, policy, who, said)
        reference = case_saving.saved(tx, office, plan, By(who.id, who.name), said.recorded).reference
        if request_key:
            acts.keep_request(tx, request_key, result=reference, now=said.recorded)
        return reference


def _fired(office: Office, case_id: int, reference: str, now: datetime) -> int:
    """Fire one case's timers, unless another worker has it: 1 where it moved. A case that fails is reported, and keeps
    no other waiting: it is tried again in the next round."""
    try:
        with office.database.writing() as tx:
            is_mine = bool(timers.take_due(tx, case_id, day=local_day(now)))
            return _moved_on(tx, office, reference, now) if is_mine else 0
    except (StoreBusy, StoreUnavailable):
        raise
    except Exception:
        LOG.exception("The timers of %s could not be fired. They are tried again in the next round.", reference)
        return 0


def _moved_on(tx: Transaction, office: Office, reference: str, now: datetime) -> int:
    try:
        file = case_files.load(tx, office, reference, now)
        plan = casework.move_clock(office, file, now)
    except OverBudget as over:
        row = stored.case_by_reference(tx, reference)
        assert row is not None
        case_saving.held(tx, row, (), over, now)
        return 0
    if plan is None:
        return 0
    case_saving.saved(tx, office, plan, By(THE_CLOCK.id, THE_CLOCK.name), now)
    return 1


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
    file = case_files.load(tx, office, reference, now)
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
) -> None:
    """Do something about who has a task, and record it in the case; `act` gives None where it changed nothing."""

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
            case_saving.saved(tx, office, case_files.plan_note(file, event), By(who.id, who.name), now)

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


def _unclaimed(file: CaseFile) -> CaseFile:
    return file.with_claims({})
