"""The inbox: the tasks of a person, of their team or of all they may see, by what is due first; and what is on hold.

What a person sees is in the keys that are asked for (role and area), never filtered afterwards. A page is one index
read, however many tasks are open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.policy import PolicyVersion
from engine.rights import Person
from engine.store import inbox, people, register
from engine.store.case_rows import NO_DATE, group_key, team_key
from engine.store.database import Transaction
from engine.store.inbox import Filters, InboxTask, Scope
from engine.store.register import Sight
from engine.working_days import WorkingDays
from web import current, inbox_filters, letters_for_me, names, task_links, wording
from web.access import may

pages = Blueprint("inbox", __name__, url_prefix="/inbox")

TABS = {"mine": "My tasks", "team": "My team's tasks", "all": "All tasks"}
ENDPOINTS = {"mine": "inbox.page", "team": "inbox.team", "all": "inbox.everything"}
MOST_HELD = 100

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Line:
    """A task as its row shows it: `urgency` None where it has no date."""

    task: InboxTask
    stage: str
    waits_for: str
    landlord: str
    role: str
    urgency: wording.Urgency | None
    is_mine: bool
    may_claim: bool
    href: str
    is_owed: bool


@pages.get("")
@may("signed_in")
def start() -> Response:
    """The inbox begins with one's own tasks."""
    return redirect(url_for("inbox.page"))


@pages.get("/mine")
@may("signed_in")
def page() -> Answer:
    """The tasks in one's own name."""
    return _page("mine")


@pages.get("/team")
@may("signed_in")
def team() -> Answer:
    """The tasks one's roles allow."""
    return _page("team")


@pages.get("/all")
@may("signed_in")
def everything() -> Answer:
    """The tasks of every case one may see."""
    return _page("all")


@pages.get("/held")
@may("signed_in")
def held() -> Answer:
    """Cases on hold: no version was in force, or the workflow went over a budget."""
    who = current.person()
    if not _sees_cases(who):
        return render_template("inbox_none.html", why=_why_nothing(who)), 403
    with current.database().reading() as tx:
        found = register.page_of_cases(tx, _sight(who), only_held=True, size=MOST_HELD)
        tabs = _tabs(tx, who, "held")
    return render_template("inbox_held.html", tabs=tabs, cases=found.cases, landlords=current.office().policies())


def scope_of(who: Person, whose: str) -> Scope:
    """Whose tasks a list shows, as the store asks for them."""
    if whose == "mine":
        return Scope(person_id=int(who.id))
    if whose == "team":
        return Scope(keys=people.keys_of(people.GrantRow(one.policy, one.role, one.area) for one in who.grants))
    roles = current.role_titles()
    if who.is_auditor:
        return Scope(keys=tuple(team_key(policy, role) for policy in roles for role in roles[policy]))
    keys: list[str] = []
    for policy, area in dict.fromkeys((one.policy, one.area) for one in who.grants):
        for role in roles.get(policy, {}):
            areas = (area, "") if area else ()
            keys += [group_key(policy, role, area=one) for one in areas] or [team_key(policy, role)]
    return Scope(keys=tuple(dict.fromkeys(keys)))


def versions_by_id() -> dict[int, PolicyVersion]:
    """The sealed versions by their id in the database."""
    return {one.id: one.book.version for one in current.office().shelved.values() if one.id is not None}


def urgency_of(due: date, days: WorkingDays) -> wording.Urgency:
    """How pressing a date is today, counted in working days."""
    today, counted = current.today(), min(max(due, days.first), days.last)  # a calendar ends; a date may lie beyond it
    between = days.between(counted, today) if due < today else days.between(today, counted)
    return wording.urgency(due, today, between)


def working_days(version: PolicyVersion | None = None) -> WorkingDays:
    """The working days as known today, of a version's calendar; of any version's where none is given."""
    office = current.office()
    book = office.book(version) if version else next(iter(office.shelved.values())).book
    return book.calendar.known_by(current.today())


def _page(whose: str) -> Answer:
    who = current.person()
    if not _sees_cases(who):
        return render_template("inbox_none.html", why=_why_nothing(who)), 403
    scope, today, days = scope_of(who, whose), current.today(), working_days()
    asked = inbox_filters.asked(request.args, today, days)
    with current.database().reading() as tx:
        found = inbox.page(tx, scope, filters=asked.filters, after=inbox_filters.cursor(request.args.get("after")))
        counts = _due_counts(tx, scope, replace(asked.filters, due_from=None, due_before=None), today, days)
        tabs = _tabs(tx, who, whose)
        names_of_people = {row.id: row.name for row in people.people(tx) if row.is_active}
        letters = letters_for_me.for_me(tx, who)
        is_held = whose != "all" and bool(register.page_of_cases(tx, _sight(who), only_held=True, size=1).cases)
    endpoint = ENDPOINTS[whose]
    return render_template(
        "inbox.html",
        whose=whose,
        heading=TABS[whose],
        tabs=tabs,
        lines=_lines(found.tasks, who),
        counts=counts,
        questions=inbox_filters.questions(asked, whose, scope.keys, names_of_people),
        asked=asked,
        chosen=inbox_filters.chosen(asked, endpoint, names_of_people),
        here=url_for(endpoint),
        next_url=inbox_filters.address(endpoint, asked.given, after=_written(found.after)) if found.after else None,
        first_url=inbox_filters.address(endpoint, asked.given) if request.args.get("after") else None,
        due_urls={key: inbox_filters.address(endpoint, asked.given, due=key) for key in inbox_filters.DUE},
        back=request.full_path.rstrip("?"),
        is_held=is_held,
        letters=letters,
        is_auditor=who.is_auditor,
    )


def _written(after: inbox.Cursor | None) -> str:
    return f"{after[0].isoformat()}.{after[1]}" if after else ""


def _lines(tasks: tuple[InboxTask, ...], who: Person) -> list[Line]:
    versions, landlords = versions_by_id(), current.office().policies()
    return [_line(task, who, versions.get(task.version_id or 0), landlords) for task in tasks]


def _line(task: InboxTask, who: Person, version: PolicyVersion | None, landlords: dict[str, str]) -> Line:
    is_owed = task_links.is_owed(task.key)
    return Line(
        task=task,
        stage=names.stage(version, task.stage) if version else wording.plain(task.stage or "Intake"),
        waits_for=_waits_for(task, version),
        landlord=landlords.get(task.policy, task.policy),
        role=names.role(version, task.role) if version else wording.plain(task.role),
        urgency=urgency_of(task.sort_due, working_days(version)) if task.sort_due != NO_DATE else None,
        is_mine=str(task.person_id) == who.id,
        may_claim=task.person_id is None and who.holds(task.policy, task.role, task.area or ""),
        href=task_links.address(task.reference, task.key),
        is_owed=is_owed,
    )


def _waits_for(task: InboxTask, version: PolicyVersion | None) -> str:
    """The promise a task is done for; of what is owed besides, why it is."""
    if task_links.is_owed(task.key):
        return task_links.why_owed(task.key)
    rule = version.deadline(task.waits_for) if version else None
    return names.promise_at(version, rule, task.stage) if version and rule else "No date of the policy"


def _due_counts(tx: Transaction, scope: Scope, filters: Filters, today: date, days: WorkingDays) -> dict[str, str]:
    """How many tasks are overdue, due today and due soon, of those the other filters leave."""
    return {
        key: _capped(
            inbox.count(tx, scope, filters=replace(filters, due_from=between[0], due_before=between[1])),
        )
        for key, between in inbox_filters.spans(today, days).items()
    }


def _tabs(tx: Transaction, who: Person, whose: str) -> list[dict[str, Any]]:
    """The lists there are for this person, with how many tasks each holds."""
    tabs: list[dict[str, Any]] = [
        {
            "text": f"{title} ({_capped(inbox.count(tx, scope_of(who, key)))})",
            "href": url_for(ENDPOINTS[key]),
            "current": key == whose,
        }
        for key, title in TABS.items()
        if key == "all" or not who.is_auditor
    ]
    return [*tabs, {"text": "On hold", "href": url_for("inbox.held"), "current": whose == "held"}]


def _capped(number: int) -> str:
    return "99+" if number >= inbox.MOST_COUNTED else str(number)


def _sight(who: Person) -> Sight:
    return Sight(tuple((one.policy, one.area) for one in who.grants), everything=who.is_auditor)


def _sees_cases(who: Person) -> bool:
    return who.is_auditor or bool(who.grants)


def _why_nothing(who: Person) -> str:
    if who.is_administrator:
        return "You look after people, roles and areas. An administrator cannot read cases, so there is no work here."
    return "You hold no role yet, so you see no case. Ask the person who looks after people and roles to give you one."
