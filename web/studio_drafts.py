"""The drafts of the policies a person looks after: the list of them, beginning one, and what to do next with one."""

from __future__ import annotations

import re
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import drafting
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.policy import PolicyVersion
from engine.refusals import BadAnswers
from web import answers, current, forms, studio, studio_next
from web.access import may
from web.acting import attempt

pages = Blueprint("studio", __name__, url_prefix="/studio")

Answer = str | Response | tuple[str, int]

BEGIN = Form(
    "begin",
    "Begin a draft",
    (
        Field(
            "in_force_from",
            "From which day should the new version govern complaints?",
            "date",
            "It governs complaints received on that day or later; those already open stay where they are. "
            "You can change the day until you publish.",
            required=True,
        ),
        Field(
            "version",
            "Name of the new version",
            "text",
            "Small letters, digits and hyphens, such as two-stage-2026. It stands in the record and never changes.",
            required=True,
        ),
        Field("title", "Title, as people read it", "text", required=True),
    ),
)


@pages.get("")
@may("studio")
def page() -> Answer:
    """Every draft of my policies, and the versions a new one can begin from."""
    office = current.office()
    policies = {key: landlord for key, landlord in office.policies().items() if studio.may_look(key)}
    rows = drafting.drafts_of(office, list(policies))
    going = [row for row in rows if row.state in ("drafting", "asked", "approved")]
    done = [row for row in rows if row not in going]
    versions = [
        (landlord, [(one, one == office.governing(key, current.today())) for one in reversed(office.versions_of(key))])
        for key, landlord in sorted(policies.items(), key=lambda item: item[1])
        if studio.may_author(key)
    ]
    return render_template(
        "studio.html", going=going, done=done, landlords=policies, states=studio.STATES, versions=versions
    )


@pages.get("/new/<policy>/<version>")
@may("policy_author")
def begin_page(policy: str, version: str) -> Answer:
    """Ask for the name and the day of the new version."""
    based_on = _based_on(policy, version)
    return _begin_page(based_on, offered(based_on))


@pages.post("/new/<policy>/<version>")
@may("policy_author")
def begin(policy: str, version: str) -> Answer:
    """Copy the version into a draft, and open it."""
    based_on = _based_on(policy, version)
    given = answers.read(BEGIN, request.form)
    made: list[Draft] = []
    failed = attempt(BEGIN, lambda: made.append(_begun(based_on, given)))
    if failed:
        return _begin_page(based_on, given, failed.problems, failed.wrong), failed.code
    flash("The draft is begun. Change what you like: nothing changes for anybody until it is published.")
    return redirect(url_for("studio.draft", draft_id=made[0].row.id))


@pages.get("/<int:draft_id>")
@may("studio")
def draft(draft_id: int) -> Answer:
    """A draft: how it stands, and what to do next."""
    opened = studio.opened(draft_id)
    return studio.shown("studio_draft.html", opened, tasks=studio_next.tasks(opened))


@pages.post("/<int:draft_id>/mine")
@may("policy_author")
def mine(draft_id: int) -> Answer:
    """Save, after a conflict, the texts as they now stand on its page."""
    opened = studio.opened_to_change(draft_id)
    files = {
        name.partition(":")[2]: text.encode() for name, text in request.form.items() if name.startswith("file:")
    } | dict.fromkeys(request.form.getlist("gone"))
    back = request.form.get("back", "")
    back = back if back.startswith(f"/studio/{draft_id}/") else url_for("studio.draft", draft_id=draft_id)
    if refused := studio.save(opened, files, request.form.get("what", "")[:200] or "text", back=back):
        return refused
    flash("Saved.")
    return redirect(back)


def offered(based_on: PolicyVersion) -> dict[str, str]:
    """What the form offers: from today, a name that carries the year and is free, the same title."""
    today = current.today()
    office = current.office()
    taken = {one.version for one in office.versions_of(based_on.policy)}
    taken |= {row.version for row in drafting.drafts_of(office, [based_on.policy]) if row.state != "discarded"}
    return {
        "in_force_from": today.isoformat(),
        "version": free_name(based_on.version, today, taken),
        "title": based_on.title,
    }


def free_name(based_on: str, today: date, taken: set[str]) -> str:
    """A name for the next version: that of the last without its year, with this one, and a number where it is taken.

    >>> free_name("two-stage-2024", date(2026, 11, 22), {"two-stage-2024"})
    'two-stage-2026'
    >>> free_name("two-stage-2026-2", date(2026, 11, 22), {"two-stage-2026", "two-stage-2026-2"})
    'two-stage-2026-3'
    """
    stem = f"{re.sub(r'-[0-9]{4}(-[0-9]+)?$', '', based_on)}-{today.year}"
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _begun(based_on: PolicyVersion, given: dict[str, str]) -> Draft:
    wrong = {}
    day = given.get("in_force_from", "")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or not _is_day(day):
        wrong["in_force_from"] = "Enter a real date, such as 27 3 2027"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", given.get("version", ""), re.ASCII):
        wrong["version"] = "Enter a name of small letters, digits and hyphens, such as two-stage-2026"
    if not given.get("title"):
        wrong["title"] = "Enter a title"
    if wrong:
        raise BadAnswers(wrong)
    return drafting.begin(
        current.office(),
        based_on.policy,
        based_on.version,
        current.person(),
        current.now(),
        version=given["version"],
        in_force_from=date.fromisoformat(day),
        title=given["title"],
    )


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _based_on(policy: str, version: str) -> PolicyVersion:
    shelved = current.office().shelved.get(f"{policy}/{version}") or abort(404)
    return shelved.book.version if studio.may_author(policy) else abort(404)


def _begin_page(
    based_on: PolicyVersion,
    given: dict[str, str],
    problems: list[dict[str, str]] | None = None,
    wrong: dict[str, str] | None = None,
) -> str:
    fields = forms.fields(BEGIN, given, wrong or {}, asks_when=False)
    landlord = current.office().policies()[based_on.policy]
    return render_template(
        "studio_begin.html", based_on=based_on, landlord=landlord, fields=fields, problems=problems or []
    )
