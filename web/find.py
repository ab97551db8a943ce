"""Find cases by what governed them and what happened: the version, the days they were open, a change of version, what
was written down late, promises missed, corrections; each list a page at a time, and as a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.forms import Field, Form
from engine.store import acts, marks
from engine.store.marks import Cursor, Sought
from web import answers, csv_text, current, find_words, forms, wording
from web.access import may
from web.find_words import LISTS, List

pages = Blueprint("find", __name__, url_prefix="/compliance/cases")

Answer = str | Response | tuple[str, int]
MOST_COUNTED = 1000
MOST_DAYS = 1000


@dataclass(frozen=True)
class Asked:
    """What was asked of a list: as it was sent, what is wrong with it, and what is sought (None where it is wrong, or
    where something it needs was not given)."""

    sent: Mapping[str, Any]
    wrong: Mapping[str, str]
    sought: Sought | None


@pages.get("")
@may("compliance")
def page() -> Answer:
    """The lists there are."""
    return render_template("find.html", lists=LISTS)


@pages.get("/<sought>")
@may("compliance")
def one(sought: str) -> Answer:
    """One list, a page of it."""
    kind = LISTS.get(sought) or abort(404)
    asked = _asked(kind, sought)
    lines, after, count = [], None, 0
    if asked.sought:
        with current.database().reading() as tx:
            lines, after = marks.page_of_marks(tx, asked.sought, after=_cursor(request.args.get("after", "")))
            count = marks.count_of_marks(tx, asked.sought, MOST_COUNTED + 1)
    given = {name: value for name, value in request.args.items(multi=True) if name != "after" and value}
    shown = render_template(
        "find_list.html",
        key=sought,
        kind=kind,
        asked=asked,
        fields=forms.fields(_form(kind), asked.sent, asked.wrong, asks_when=False),
        problems=forms.error_list(_form(kind), asked.wrong),
        lines=[find_words.line(current.office(), each, asked.sought, current.today()) for each in lines],
        count=f"more than {MOST_COUNTED:,} lines" if count > MOST_COUNTED else wording.count(count, "line"),
        given=given,
        first_url=url_for("find.one", sought=sought, **given) if request.args.get("after") else None,
        next_url=url_for("find.one", sought=sought, **given, after=_written(after)) if after else None,
    )
    return (shown, 400) if asked.wrong else shown


@pages.post("/<sought>/file")
@may("compliance")
def file(sought: str) -> Answer:
    """The whole list as CSV. That it was taken away is recorded."""
    kind = LISTS.get(sought) or abort(404)
    asked = _asked(kind, sought)
    if asked.sought is None:
        abort(400)
    office, today = current.office(), current.today()
    every = marks.every_mark(current.database(), asked.sought)
    rows = [find_words.HEADS, *(find_words.cells(office, each, asked.sought, today) for each in every)]
    said = {name: str(value) for name, value in asked.sent.items()}
    with current.database().writing() as tx:
        about = f"list {sought}"
        detail = {**said, "lines": len(rows) - 1}
        acts.record_act(tx, current.person_id(), what="exported_list", about=about, now=current.now(), detail=detail)
    answer = Response(csv_text.csv_bytes(rows), content_type=csv_text.TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{sought}-{current.today().isoformat()}.csv"'
    return answer


def _form(kind: List) -> Form:
    """What a list may be narrowed by."""
    policies = dict(sorted(current.office().policies().items(), key=lambda item: item[1]))
    versions = {
        str(one.id): f"{one.book.version.landlord}: {one.book.version.version}"
        for _, one in sorted(current.office().shelved.items())
        if one.id is not None
    }
    known = {
        "version": Field("version", "Which version?", "choice", choices=versions, required=True),
        "on": Field("on", kind.asks_on or "On which day?", "date", "Leave it empty for " + kind.without_a_day + "."),
        "from": Field("from", "From", "date", "Leave it empty for the beginning."),
        "to": Field("to", "To", "date", "Leave it empty for today."),
        "days": Field("days", "At least so many working days later", "number"),
        "policy": Field("policy", "Landlord", "choice", "Leave it empty for all.", choices=policies),
    }
    return Form("find", kind.title, tuple(known[name] for name in (*kind.asks, "policy")))


def _asked(kind: List, key: str) -> Asked:
    """What was sent, judged. A list that needs a version and was given none seeks nothing yet."""
    form, given = _form(kind), request.form if request.method == "POST" else request.args
    sent = {**kind.defaults, **_days_in_one(given), **answers.read(form, given)}
    wrong: dict[str, str] = {}
    days = {name: _day(str(sent.get(name) or ""), name, wrong) for name in ("on", "from", "to")}
    first, last = days["from"], days["to"]
    if first and last and first > last:
        wrong["from"] = "The first day must not be after the last day."
    version = _choice(form, sent, "version", wrong)
    policy = _choice(form, sent, "policy", wrong)
    if wrong or ("version" in kind.asks and not version):
        return Asked(sent, wrong, None)
    least = _number(str(sent.get("days") or ""), wrong) if "days" in kind.asks else 0
    if wrong:
        return Asked(sent, wrong, None)
    sought = find_words.sought(
        kind,
        current.today(),
        version_id=int(version) if version else None,
        on=days["on"],
        first=first,
        last=last,
        least_days=least,
        policy=policy,
    )
    return Asked(sent, wrong, sought)


def _days_in_one(given: Mapping[str, str]) -> dict[str, str]:
    """Days given whole, as links and files give them."""
    return {name: given[name] for name in ("on", "from", "to") if given.get(name)}


def _day(text: str, name: str, wrong: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong[name] = "The day must be a real date, such as 27 3 2025."
        return None


def _choice(form: Form, sent: Mapping[str, Any], name: str, wrong: dict[str, str]) -> str:
    field, value = form.field(name), str(sent.get(name) or "")
    if field is None or not value:
        return ""
    if value not in field.choices:
        wrong[name] = "Choose one of the list."
    return value


def _number(text: str, wrong: dict[str, str]) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST_DAYS:
        wrong["days"] = f"Enter a whole number of working days, from 1 to {MOST_DAYS:,}."
        return 0
    return int(text)


def _written(after: Cursor) -> str:
    return "~".join((after[0].isoformat(), str(after[1]), str(after[2]), after[3]))


def _cursor(text: str) -> Cursor | None:
    """Where the page before ended; None for what is no such place."""
    parts = text.split("~")
    try:
        day, case_id, number, key = date.fromisoformat(parts[0]), int(parts[1]), int(parts[2]), parts[3]
    except (ValueError, IndexError):
        return None
    return (day, case_id, number, key) if 0 < case_id < 2**31 and 0 <= number < 2**31 else None
