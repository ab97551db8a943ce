"""Passing a complaint on: one page for any member of staff, with a role or without, a minute's work.

The day they were told is the day of receipt, so the version in force on that day governs and its clocks run from it.
Whoever passes it on need not be able to open the case; they get its reference, to give to the resident.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import steps
from engine.casework import Said
from engine.events import local_day
from engine.forms import Field, Form, check_answers
from engine.refusals import BadAnswers, Refused, Unknown
from engine.working_days import OutsideCalendar
from web import acting, answers, current, forms
from web.access import may
from web.answers import HAPPENED

pages = Blueprint("pass_on", __name__, url_prefix="/pass-on")

WHEN = "When were you told?"
REFERENCE = re.compile(r"[A-Z]{1,6}-\d{4}-\d{5,}", re.ASCII)
CHANNELS = {
    "in_person": "In person",
    "phone": "By telephone",
    "email": "By e-mail",
    "post": "In a letter",
    "text": "By text message",
}
TOLD_BY = Field("channel", "How did they tell you?", "choice", required=True, other_allowed=True, choices=CHANNELS)
WHO_HINT = "The name of the resident, even when someone else spoke for them."
WHO = Field("resident", "Who complained?", "person", WHO_HINT, required=True)
REACH = Field("reach", "What is their telephone number or e-mail address?", "text", "Leave blank if you do not know.")
WHERE = Field("address", "Where do they live?", "long_text", "As much of the address as you know.")
WHAT = Field("description", "What did they say?", "long_text", "In their own words, as far as you can.", required=True)

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("signed_in")
def page() -> Answer:
    """The one page: at most seven questions."""
    return _page(answers.fresh(current.now()), {})


@pages.post("")
@may("signed_in")
def send() -> Answer:
    """Log what was passed on; then its reference, and what happens next."""
    form = _form()
    typed = {**answers.read(form, request.form), HAPPENED: answers.read_happened(request.form)}
    try:
        policy, said = _told(form, typed)
        reference = steps.pass_on(current.office(), policy, current.person(), said, acting.request_key())
    except BadAnswers as bad:
        return _page(typed, bad.errors), 400
    except (Refused, OutsideCalendar) as refused:
        return _page(typed, {"": str(refused)}), 409
    return redirect(url_for("pass_on.sent", reference=reference))


@pages.get("/sent/<reference>")
@may("signed_in")
def sent(reference: str) -> Answer:
    """Says that it was passed on: the reference and what happens next, to everybody alike."""
    known = reference if REFERENCE.fullmatch(reference) else ""
    return render_template("pass_on_sent.html", reference=known, may_open=bool(known) and _may_open(known))


def _told(form: Form, typed: Mapping[str, Any]) -> tuple[str, Said]:
    """The policy, and what the resident told them, as the form of a complaint has it. Raises BadAnswers."""
    given, errors = check_answers(form, {name: value for name, value in typed.items() if name != HAPPENED})
    policies = current.office().policies()
    policy = str(given.pop("policy", "")) if len(policies) > 1 else next(iter(policies))
    reach = str(given.pop("reach", ""))
    found = _reached(reach)
    if reach and not found:
        errors["reach"] = "Enter a telephone number, such as 01632 960 001, or an e-mail address"
    happened = None
    try:
        happened = answers.happened(str(typed.get(HAPPENED) or ""), current.now())
    except ValueError as wrong:
        errors[HAPPENED] = str(wrong).replace("When it happened", "When you were told")
    if happened and local_day(happened) > current.today():
        errors[HAPPENED] = "The day you were told must be today or in the past"
    if errors:
        raise BadAnswers(errors)
    return policy, Said({**given, **found}, happened, current.now())


def _reached(text: str) -> dict[str, str]:
    """The answer to how they can be reached, as the complaint's own; nothing where it is neither."""
    asked = Form("reach", "", (Field("email", "E-mail", "email"), Field("phone", "Telephone", "phone")))
    for name in asked.names:
        clean, errors = check_answers(asked, {name: text})
        if clean and not errors:
            return {name: str(clean[name])}
    return {}


def _form() -> Form:
    policies = dict(sorted(current.office().policies().items(), key=lambda one: one[1]))
    whose = Field("policy", "Which landlord is it about?", "choice", required=True, choices=policies)
    asked = (TOLD_BY, WHO, REACH, WHERE, WHAT)
    return Form("pass_on", "Pass on a complaint", (whose, *asked) if len(policies) > 1 else asked)


def _page(typed: Mapping[str, Any], problems: Mapping[str, str]) -> str:
    form = _form()
    return render_template(
        "pass_on.html",
        fields=forms.fields(form, typed, problems, when=WHEN),
        problems=forms.error_list(form, problems),
        request_key=request.form.get("request_key") or acting.new_request_key(),
    )


def _may_open(reference: str) -> bool:
    who = current.person()
    if not (who.grants or who.is_auditor):
        return False
    try:
        steps.seen_by(current.office(), reference, who, current.now())
    except Unknown:
        return False
    return True
