"""Logging a complaint: whose policy and when it was received; what the resident told us; what follows; saved.

One address. Each page carries what was typed on the others in hidden fields, so that nothing is lost on the way back
and nothing is kept before it is saved. The last page before saving is the plan of `casework.log_complaint`, not saved:
which version will govern and why, and every date with its working. What is posted is judged anew each time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import casework, steps
from engine.case_files import Plan
from engine.casework import Said
from engine.events import local_day
from engine.forms import Field, Form
from engine.policy import PolicyVersion
from engine.refusals import BadAnswers, Refused
from engine.working_days import OutsideCalendar
from web import acting, answers, case_dates, case_rights, current, forms, wording
from web.access import may
from web.answers import HAPPENED

pages = Blueprint("complaints", __name__, url_prefix="/complaints")

WHEN = "When did we receive the complaint?"
NOT_CARRIED = ("csrf_token", "step", "wizard")

Answer = str | Response | tuple[str, int]


@pages.get("/new")
@may("caseworker")
def page() -> Answer:
    """The first page: whose policy, and when it was received."""
    return _where({**answers.fresh(current.now())}, {})


@pages.post("/new")
@may("caseworker")
def step() -> Answer:
    """The next page, an earlier one, or the case itself once it is saved."""
    asked = request.form.get("step", "")
    given = answers.read(_where_form(), request.form) | {HAPPENED: answers.read_happened(request.form)}
    if asked == "where":
        return _where(given, {})
    try:
        policy, said = _place(given)
    except BadAnswers as bad:
        return _where(given, bad.errors), 400
    version = current.office().governing(policy, local_day(said.happened or said.recorded))
    form = current.office().complaint_form(policy, version)
    if asked not in ("check", "save"):
        typed = answers.read(form, request.form)
        return _what(policy, version, form, given, typed, {})
    return _check_or_save(policy, version, form, given, said, is_saved=asked == "save")


def _check_or_save(
    policy: str, version: PolicyVersion | None, form: Form, given: dict[str, Any], said: Said, *, is_saved: bool
) -> Answer:
    """What follows from all that was typed; saved where the person has seen it."""
    office, who = current.office(), current.person()
    typed = answers.read(form, request.form)
    said = Said(typed, said.happened, said.recorded)
    try:
        if is_saved:
            return _saved(steps.register(office, policy, who, said, _request_key(policy, said)))
        plan = casework.log_complaint(office, policy, who, said)
    except BadAnswers as bad:
        if HAPPENED in bad.errors:
            return _where(given, bad.errors), 400
        return _what(policy, version, form, given, typed, bad.errors), 400
    except (Refused, OutsideCalendar) as refused:
        return _what(policy, version, form, given, typed, {"": str(refused)}), 409
    return _check(policy, form, given, typed, plan)


def _saved(reference: str) -> Response:
    """To the new case; where its area is one the person does not work in, to a page that says where it went."""
    try:
        steps.seen_by(current.office(), reference, current.person(), current.now())
    except Refused:
        return redirect(url_for("complaints.logged", reference=reference))
    flash(f"The complaint is logged. Its reference is {reference}.")
    return redirect(url_for("cases.page", reference=reference))


@pages.get("/logged/<reference>")
@may("caseworker")
def logged(reference: str) -> Answer:
    """Says that a complaint was logged whose case the person may not read."""
    known = reference if re.fullmatch(r"[A-Z]{1,6}-\d{4}-\d{5,}", reference) else ""
    return render_template("complaint_logged.html", reference=known)


def _place(given: Mapping[str, Any]) -> tuple[str, Said]:
    """The policy and when it was received. Raises BadAnswers."""
    policies = _policies()
    policy = next(iter(policies)) if len(policies) == 1 else str(given.get("policy") or "")
    errors = {} if policy in policies else {"policy": "Choose whose policy it falls under"}
    text, happened = str(given.get(HAPPENED) or ""), None
    try:
        if not text:
            raise ValueError("Enter the day we received the complaint")
        happened = answers.happened(text, current.now())
    except ValueError as wrong:
        errors[HAPPENED] = str(wrong).replace("When it happened", "The day of receipt")
    if happened and happened > current.now():
        errors[HAPPENED] = "The day of receipt, and its time, must not be in the future"
    if errors:
        raise BadAnswers(errors)
    return policy, Said({}, happened, current.now())


def _policies() -> dict[str, str]:
    """The landlords' policies the person may log a complaint under."""
    who = current.person()
    return {key: landlord for key, landlord in sorted(current.office().policies().items()) if who.may_log(key)}


def _where_form() -> Form:
    policies = _policies()
    question = Field("policy", "Whose complaints policy does it fall under?", "choice", required=True, choices=policies)
    return Form("complaint_place", "Log a complaint", (question,) if len(policies) > 1 else ())


def _where(given: Mapping[str, Any], problems: Mapping[str, str]) -> str:
    form = _where_form()
    return render_template(
        "complaint_where.html",
        fields=forms.fields(form, given, problems, when=WHEN),
        problems=forms.error_list(form, problems),
        carried=_carried(form),
        policies=_policies(),
    )


def _what(
    policy: str,
    version: PolicyVersion | None,
    form: Form,
    given: Mapping[str, Any],
    typed: Mapping[str, Any],
    problems: Mapping[str, str],
) -> str:
    return render_template(
        "complaint_what.html",
        fields=forms.fields(form, typed, problems, asks_when=False),
        problems=forms.error_list(form, problems),
        carried=_carried(form, keeps_place=True),
        landlord=current.office().policies()[policy],
        version=version,
        received=_received(given),
    )


def _check(policy: str, form: Form, given: Mapping[str, Any], typed: Mapping[str, Any], plan: Plan) -> str:
    after = plan.after_file
    told = [(one.label, forms.shown(one, typed[one.name])) for one in form.fields if typed.get(one.name)]
    office = current.office()
    return render_template(
        "complaint_check.html",
        told=told,
        carried=_carried(),
        landlord=office.policies()[policy],
        version=after.governing.version,
        why=after.governing.why,
        dates=case_dates.lines(after),
        received=_received(given),
        is_late=after.received is not None and local_day(after.received) != current.today(),
        deciding=case_rights.deciding_titles(policy),
        tasks=[after.book.task(task).title for task in after.standing.open_tasks] if after.book else [],
    )


def _received(given: Mapping[str, Any]) -> str:
    """The day of receipt as it was given, in words; a time only where one was given."""
    happened = answers.happened(str(given[HAPPENED]), current.now())
    return wording.happened(happened) if happened else wording.day(current.today())


def _carried(shown: Form | None = None, *, keeps_place: bool = False) -> list[tuple[str, str]]:
    """What was typed on the other pages: everything posted that the page shown does not ask itself."""
    asked = {field.name for field in shown.fields} if shown else set()
    if shown and not keeps_place:
        asked |= {HAPPENED}
    found = []
    for name, value in request.form.items(multi=True):
        of = re.sub(r"-(day|month|year|time|other)$", "", name)
        if name not in NOT_CARRIED and of not in asked and value:
            found.append((name, value))
    return [*found, ("wizard", request.form.get("wizard") or acting.new_request_key())]


def _request_key(policy: str, said: Said) -> str:
    """One for all presses of the button on the same answers, and another once they were changed."""
    sent = request.form.get("wizard", "")
    if not re.fullmatch(r"[\w-]{16,40}", sent, re.ASCII):
        return ""
    when = answers.read_happened(request.form)
    what = hashlib.sha256(repr((policy, when, sorted(said.answers.items()))).encode()).hexdigest()[:16]
    return f"{current.person().id}:{sent}:{what}"
