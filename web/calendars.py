"""The calendars: the days nobody works, when each became known, and adding or withdrawing one with a drill first.

The drill says every date of an open case that would move, and apart from these what letters promised; what is confirmed
is exactly what was shown. Whoever approves a policy that counts by the calendar may do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import calendar_days, refreshing
from engine.calendar_days import Change, Drill, Touched
from engine.calendars import Calendar
from engine.forms import Field, Form
from engine.refusals import BadAnswers, Refused
from engine.store import acts, calendar_rows, people
from web import acting, answers, current, forms, names, wording
from web.access import may

pages = Blueprint("calendars", __name__, url_prefix="/calendars")

Answer = str | Response | tuple[str, int]
KINDS = {"bank_holiday": "Bank holiday", "closure": "Our offices are closed"}
MOST_ACTS = 20
TURNS = {"late becomes met": "Was late, is in time then", "met becomes late": "Was in time, is late then"}

_KNOWN = Field(
    "known",
    "From which day was it known?",
    "date",
    "The day it was announced, today or earlier. Dates counted before that day are not called wrong afterwards.",
    required=True,
)
ADD = Form(
    "add",
    "Add a day",
    (
        Field("date", "Which day is it?", "date", required=True),
        Field("name", "What is it called?", "text", "Such as Coronation of King Charles III.", required=True),
        Field("kind", "What kind of day is it?", "choice", required=True, choices=KINDS),
        _KNOWN,
    ),
)
WITHDRAW = Form("withdraw", "Take a day away", (_KNOWN,))


@dataclass(frozen=True)
class Asked:
    """One of the two things that may be done: its form, its words, and the change that its answers mean."""

    calendar: str
    form: Form
    heading: str
    says: str
    button: str
    action: str
    change: Callable[[Mapping[str, Any]], Change]


@pages.get("")
@may("signed_in")
def page() -> Answer:
    """The days of a calendar in one year, each with the day it became known, and who entered what."""
    calendars = current.office().calendars
    key = request.args.get("calendar", next(iter(sorted(calendars)), ""))
    calendar = calendars.get(key) or abort(404)
    year = _year(calendar)
    with current.database().reading() as tx:
        rows = [row for row in calendar_rows.recorded_days(tx, key) if row.date.year == year]
        done = acts.acts(tx, about=f"calendar {key}", limit=MOST_ACTS)
        who = {row.id: row.name for row in people.people(tx)} if done else {}
        left = refreshing.left(tx)
    return render_template(
        "calendars.html",
        calendar=calendar,
        calendars=sorted(calendars),
        year=year,
        rows=rows,
        kinds=KINDS,
        done=[(act, who.get(act.person_id or 0, ""), _date((act.detail or {}).get("day"))) for act in done],
        left=left,
        counted_by=_landlords(key),
        may_change=calendar_days.may_change(current.office(), key, current.person()),
    )


@pages.get("/<calendar>/add")
@may("policy_approver")
def add_page(calendar: str) -> Answer:
    """Ask which day."""
    return _ask(_adding(calendar), {"known": current.today().isoformat(), "kind": "bank_holiday"})


@pages.post("/<calendar>/add")
@may("policy_approver")
def add(calendar: str) -> Answer:
    """The drill of a day that is added; then the same for good."""
    return _decide(_adding(calendar))


@pages.get("/<calendar>/withdraw")
@may("policy_approver")
def withdraw_page(calendar: str) -> Answer:
    """Ask since when it is known that a day is a working day again."""
    return _ask(_withdrawing(calendar), {"known": current.today().isoformat()})


@pages.post("/<calendar>/withdraw")
@may("policy_approver")
def withdraw(calendar: str) -> Answer:
    """The drill of a day that is taken away; then the same for good."""
    return _decide(_withdrawing(calendar))


def _decide(asked: Asked) -> Answer:
    """Ask, drill, confirm: one address, and nothing is written before it was seen."""
    given = answers.read(asked.form, request.form)
    if request.form.get("step") == "ask":
        return _ask(asked, given)
    found: list[Drill] = []
    failed = acting.attempt(asked.form, lambda: found.append(_drill(asked, given)))
    if failed is None and request.form.get("step") == "save":
        failed = acting.attempt(asked.form, lambda: _confirm(asked, found[0]))
        if failed is None:
            return redirect(_back(asked.calendar, found[0].change.day.date.year))
    if failed:
        return _ask(asked, given, failed), failed.code
    return _show(asked, given, found[0])


def _drill(asked: Asked, given: Mapping[str, Any]) -> Drill:
    wrong = {field.name: "Enter a real date, such as 27 3 2027" for field in asked.form.fields
             if field.type == "date" and _date(given.get(field.name)) is None}  # fmt: skip
    if wrong:
        raise BadAnswers(wrong)
    return calendar_days.drill(current.office(), asked.change(given), current.now())


def _confirm(asked: Asked, found: Drill) -> None:
    if request.form.get("mark") != found.mark:
        raise Refused("Something changed since this was worked out. Look at it again, then confirm it.")
    learned, moved = calendar_days.confirm(current.office(), found, current.person(), current.now())
    current.see_anew()
    with learned.database.reading() as tx:
        left = refreshing.left(tx)
    rest = (
        f" {wording.count(left, 'more case is', 'more cases are')} being brought up to date in the background."
        if left
        else ""
    )
    flash(f"{found.change.says} {wording.count(moved, 'case has', 'cases have')} another date now.{rest}")


def _ask(asked: Asked, given: Mapping[str, Any], failed: acting.Failed | None = None) -> str:
    return render_template(
        "calendar_day.html",
        asked=asked,
        fields=forms.fields(asked.form, given, failed.wrong if failed else {}, asks_when=False),
        problems=failed.problems if failed else [],
        back=_back(asked.calendar, current.today().year),
    )


def _show(asked: Asked, given: Mapping[str, Any], found: Drill) -> str:
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "step")]
    return render_template(
        "calendar_drill.html",
        asked=asked,
        change=found.change,
        moved=[_line(one) for one in found.moved],
        promised=[_line(one) for one in found.promised],
        cases=len({one.reference for one in found.moved}),
        looked_at=found.looked_at,
        carried=[*((name, value) for name, value in carried if name != "mark"), ("mark", found.mark)],
    )


def _line(one: Touched) -> dict[str, object]:
    version = current.office().shelved[one.version].book.version
    policy = one.version.partition("/")[0]
    holder = f"{one.holder}, {one.role}" if one.holder else f"{one.role}, nobody has it yet"
    return {
        "one": one,
        "deadline": names.deadline(version, one.deadline),
        "turns": TURNS.get(one.turns, one.turns),
        "who": "The resident's own time" if one.is_window else holder,
        "may_see": current.person().is_auditor or bool(current.person().may_log(policy)),
    }


def _adding(calendar: str) -> Asked:
    def change(given: Mapping[str, Any]) -> Change:
        return calendar_days.added(
            current.office(),
            calendar,
            day=_date(given.get("date")) or date.min,
            name=str(given.get("name") or ""),
            kind=str(given.get("kind") or ""),
            known=_date(given.get("known")) or date.min,
            now=current.now(),
        )

    says = "Nothing is written yet: first you see every date that would move."
    action = url_for("calendars.add", calendar=_changeable(calendar))
    return Asked(calendar, ADD, "Add a day nobody works", says, "Add the day", action, change)


def _withdrawing(calendar: str) -> Asked:
    day = _date(request.values.get("day")) or abort(404)

    def change(given: Mapping[str, Any]) -> Change:
        known = _date(given.get("known")) or date.min
        return calendar_days.withdrawn(current.office(), calendar, day=day, known=known, now=current.now())

    there = current.office().calendars[_changeable(calendar)]
    row = next((one for one in there.days if one.date == day and one.withdrawn is None), None) or abort(404)
    return Asked(
        calendar,
        WITHDRAW,
        "Take a day away",
        f"{row.name}, {wording.weekday(row.date)}, would be a working day again. The day stays in the calendar, as "
        "what was known until now.",
        "Take the day away",
        url_for("calendars.withdraw", calendar=calendar, day=day.isoformat()),
        change,
    )


def _changeable(calendar: str) -> str:
    """The calendar's key, for who may change it: 404 for one there is not, 403 for anybody else."""
    if calendar not in current.office().calendars:
        abort(404)
    if not calendar_days.may_change(current.office(), calendar, current.person()):
        abort(403)
    return calendar


def _year(calendar: Calendar) -> int:
    """The year that is asked for, or this one; always one the calendar covers."""
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else current.today().year
    return min(max(year, calendar.covers_from.year), calendar.covers_to.year)


def _landlords(calendar: str) -> list[str]:
    policies = current.office().policies()
    return sorted(policies[key] for key in calendar_days.policies_by(current.office(), calendar))


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


def _back(calendar: str, year: int) -> str:
    return url_for("calendars.page", calendar=calendar, year=year)
