"""Notices to staff: a task given to them, one that is due soon or overdue, a letter that did not go, the day's digest.

A notice says which case, which task and which date, and where to look: nothing of any person, nothing of what is
complained about. Its key makes it one notice however often it is planned. Who has no address, or left, gets none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine import owed
from engine.events import ZONE, CaseEvent, local_day
from engine.mail import LETTER, NOTICE
from engine.office import Office
from engine.policy import PolicyVersion
from engine.rights import Grant, Person, roles_that_approve
from engine.store import acts, inbox, outbox, people
from engine.store.case_rows import NO_DATE, OutboxItem, team_key
from engine.store.database import Transaction
from engine.store.inbox import Filters, InboxTask, Scope
from engine.working_days import OutsideCalendar

ASSIGNED, REMINDER, OVERDUE, DIGEST = "assigned", "reminder", "overdue", "digest"
RETURNED, WAITS = "returned", "waits"

#: notices of the day are written at the first round after this local time, of a working day
BEGINS = time(7, 0)
REMIND_BEFORE = 2  # working days
#: how far back an overdue task is still told of, where nobody could be told the day after
LOOK_BACK = timedelta(days=14)
#: how many calendar days the reminder's working days may stretch over, with Christmas and two weekends
LOOK_AHEAD = timedelta(days=10)
LISTED = 20
AT_ONCE = 500


def assignment(
    reference: str, task_title: str, due: date | None, *, to: Person, by: Person, number: int
) -> OutboxItem | None:
    """The notice to somebody who is given a task by another; None for one they took themselves. `number` is that of the
    event that gave it."""
    if to.id == by.id or not to.id.isdigit():
        return None
    said = {"what": ASSIGNED, "reference": reference, "task": task_title, "due": _iso(due), "person": int(to.id)}
    return OutboxItem(NOTICE, said, f"notice:{ASSIGNED}:{reference}:{number}", number)


def about_letter(what: str, reference: str, event: CaseEvent) -> OutboxItem | None:
    """The notice that a letter came back (RETURNED), or has not gone for a day (WAITS), to whoever sent it."""
    if not event.by.isdigit():
        return None
    said = {"what": what, "reference": reference, "person": int(event.by)}
    return OutboxItem(NOTICE, said, f"notice:{what}:{reference}:{event.number}", event.number)


def plan_today(office: Office, now: datetime) -> int:
    """Write the notices of the day into the outbox, once a working day; how many. Doing it again changes nothing."""
    today = local_day(now)
    if now.astimezone(ZONE).time() < BEGINS or not _is_working(office, today):
        return 0
    key = f"notices of {today.isoformat()}"
    with office.database.reading() as tx:
        if acts.result_of_request(tx, key) is not None:
            return 0
    try:
        with office.database.writing() as tx:
            planned = list(_of_the_day(tx, office, today, now))
            for case_id, item in planned:
                outbox.put_out(tx, case_id, items=[item], now=now)
            acts.keep_request(tx, key, result=len(planned), now=now)
    except acts.SameRequest:  # another worker was quicker
        return 0
    return len(planned)


@dataclass(frozen=True)
class _Colleague:
    """Somebody who may be told: at work, with an address."""

    person: Person
    grants: tuple[people.GrantRow, ...]

    @property
    def id(self) -> int:
        return int(self.person.id)


def _of_the_day(tx: Transaction, office: Office, today: date, now: datetime) -> Iterator[tuple[int | None, OutboxItem]]:
    staff = _staff(tx)
    versions = {one.id: one.book.version for one in office.shelved.values()}
    for task in _tasks(tx, office, today):
        if task.sort_due < today:
            told, what = _managers(staff, task, versions.get(task.version_id)), OVERDUE
        elif _is_soon(office, task, today):
            told, what = _who_has_it(staff, task), REMINDER
        else:
            continue
        for colleague in told:
            yield task.case_id, _about_task(what, task, colleague)
    for colleague in staff:
        digest = _digest(tx, colleague, today, now)
        if digest:
            yield None, digest


def _staff(tx: Transaction) -> list[_Colleague]:
    grants = people.all_grants(tx)
    return [
        _Colleague(
            Person(
                str(row.id), row.name, tuple(Grant(one.policy, one.role, one.area) for one in grants.get(row.id, []))
            ),
            tuple(grants.get(row.id, [])),
        )
        for row in people.people(tx)
        if row.is_active and row.email
    ]


def _tasks(tx: Transaction, office: Office, today: date) -> Iterator[InboxTask]:
    """The open tasks that are due about now, of every team, those of restricted cases too."""
    roles = {(one.book.version.policy, role) for one in office.shelved.values() for role in one.book.version.roles}
    keys = [team_key(*each, restricted=is_restricted) for each in sorted(roles) for is_restricted in (False, True)]
    about_now = Filters(due_from=today - LOOK_BACK, due_before=today + LOOK_AHEAD)
    after = None
    while True:
        page = inbox.page(tx, Scope(keys=tuple(keys)), filters=about_now, after=after, size=AT_ONCE)
        yield from page.tasks
        after = page.after
        if after is None:
            return


def _who_has_it(staff: list[_Colleague], task: InboxTask) -> list[_Colleague]:
    """Who has the task; where nobody has it, everybody who may take it."""
    if task.person_id is not None:
        return [one for one in staff if one.id == task.person_id]
    return _holding(staff, task, [task.role])


def _managers(staff: list[_Colleague], task: InboxTask, version: PolicyVersion | None) -> list[_Colleague]:
    return _holding(staff, task, roles_that_approve(version, task.stage)) if version else []


def _holding(staff: list[_Colleague], task: InboxTask, roles: list[str]) -> list[_Colleague]:
    return [one for one in staff if any(one.person.holds(task.policy, role, task.area or "") for role in roles)]


def _about_task(what: str, task: InboxTask, colleague: _Colleague) -> OutboxItem:
    due = task.sort_due.isoformat()
    said = {"what": what, "reference": task.reference, "task": _title(task), "due": due, "person": colleague.id}
    return OutboxItem(NOTICE, said, f"notice:{what}:{task.reference}:{task.key}:{due}:{colleague.id}")


def _digest(tx: Transaction, colleague: _Colleague, today: date, now: datetime) -> OutboxItem | None:
    """What a person has or may take that is overdue, due today or by Sunday, and letters that need somebody."""
    after_today, after_sunday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    parts = {
        "overdue": _part(tx, colleague, Filters(due_before=today)),
        "today": _part(tx, colleague, Filters(due_from=today, due_before=after_today)),
        "this_week": _part(tx, colleague, Filters(due_from=after_today, due_before=after_sunday)),
    }
    day_ago = now - timedelta(days=1)
    stuck = outbox.attention(tx, keys=people.keys_of(colleague.grants), waiting_before=day_ago)
    letters = list(dict.fromkeys(one.reference for one in stuck if one.reference and one.item.kind == LETTER))
    if not letters and not any(part["count"] for part in parts.values()):
        return None
    said: dict[str, object] = {"what": DIGEST, "day": today.isoformat(), "person": colleague.id, **parts}
    return OutboxItem(
        NOTICE, said | {"letters": letters[:LISTED]}, f"notice:{DIGEST}:{today.isoformat()}:{colleague.id}"
    )


def _part(tx: Transaction, colleague: _Colleague, which: Filters) -> Mapping[str, object]:
    """How many tasks, and the first of them: those the person has, and those nobody has that they may take."""
    free = Filters(only_unclaimed=True, due_from=which.due_from, due_before=which.due_before)
    asked = [(Scope(person_id=colleague.id), which), (Scope(keys=people.keys_of(colleague.grants)), free)]
    tasks = [task for scope, filters in asked for task in inbox.page(tx, scope, filters=filters, size=LISTED).tasks]
    count = sum(inbox.count(tx, scope, filters=filters) for scope, filters in asked)
    listed = [
        [task.reference, _title(task), _iso(task.sort_due)] for task in sorted(tasks, key=lambda one: one.sort_due)
    ]
    return {"count": count, "tasks": listed[:LISTED]}


def _title(task: InboxTask) -> str:
    return owed.without_what_was_typed(task.key, task.title)


def _is_soon(office: Office, task: InboxTask, today: date) -> bool:
    """Whether a task is due within the working days of the reminder."""
    shelved = next((one for one in office.shelved.values() if one.id == task.version_id), None)
    try:
        days = shelved.book.calendar.known_by(today) if shelved else None
        ahead = days.between(today, task.sort_due) if days else (task.sort_due - today).days
    except OutsideCalendar:
        ahead = (task.sort_due - today).days
    return 0 <= ahead <= REMIND_BEFORE


def _is_working(office: Office, today: date) -> bool:
    """Whether anybody is at work: a working day of one of the calendars."""
    for shelved in office.shelved.values():
        try:
            if shelved.book.calendar.known_by(today).is_working(today):
                return True
        except OutsideCalendar:
            if today.weekday() < 5:
                return True
    return False


def _iso(day: date | None) -> str:
    return day.isoformat() if day and day != NO_DATE else ""
