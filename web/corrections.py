"""Correcting what was recorded: when something happened, or that it never did; previewed, then saved.

Whoever works in the case's service area may correct its record (`web.case_rights`): always with a reason, and both
values are kept. The preview is the plan of `engine.corrections.correct`, not saved: every date worked out again, the
version that would govern, and what would no longer fit the process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import corrections, steps
from engine.case_files import CaseFile, Plan
from engine.events import ABOUT_THE_RECORD, RECEIVED, CaseEvent, local_day
from engine.forms import Field, Form
from engine.process import OverBudget
from engine.refusals import BadAnswers, Refused
from web import acting, answers, case_rights, changes_words, current, event_words, forms, wording
from web.access import may
from web.answers import HAPPENED

pages = Blueprint("corrections", __name__, url_prefix="/cases/<reference>/corrections")

KEPT = "Both values and the reason are kept."
REASON = Field(
    "reason", "Why is it corrected?", "long_text", required=True, hint="Both values and the reason are kept."
)
STRIKE, MOVE = "strike", "date"

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Asked:
    """What the person wants mended: which event, when it happened (None: it never did), and why."""

    event: CaseEvent
    happened: datetime | None
    reason: str
    given: Mapping[str, Any] = field(default_factory=dict)


@pages.get("/new")
@may("caseworker")
def page(reference: str) -> Answer:
    """The form for one event."""
    file = _opened(reference)
    event = _event(file, request.args.get("event", ""))
    shown = _stands(file, event)
    given = {"kind": MOVE, "happened_then": _as_typed(shown.happened)}
    return _form_page(file, event, given, {})


@pages.post("/new")
@may("caseworker")
def step(reference: str) -> Answer:
    """The preview; saved, once it has been seen."""
    file = _opened(reference)
    event = _event(file, request.form.get("event", ""))
    given = _given(event)
    if request.form.get("step") == "ask":
        return _form_page(file, event, given, {})
    try:
        asked = _asked(file, event, given)
    except BadAnswers as bad:
        return _form_page(file, event, given, bad.errors), 400

    def act(opened: CaseFile) -> Plan:
        return corrections.correct(
            current.office(), opened, event.number, current.person(),
            happened=asked.happened, reason=asked.reason, now=current.now(),
        )  # fmt: skip

    if request.form.get("step") == "save":
        return _saved(file, event, given, act)
    plans: list[Plan] = []
    failed = acting.attempt(None, lambda: plans.append(_planned(act, file)))
    if failed:
        return _form_page(file, event, given, failed.wrong, failed.problems), failed.code
    return _preview(file, event, asked, plans[0])


def _planned(act: steps.Act, file: CaseFile) -> Plan:
    """The plan. A workflow that would go over its budget is refused in words."""
    try:
        return act(file)
    except OverBudget as over:
        raise Refused(f"The case would go over its budget: {over}") from over


def _saved(file: CaseFile, event: CaseEvent, given: Mapping[str, Any], act: steps.Act) -> Answer:
    office, who, now = current.office(), current.person(), current.now()
    key, seen = acting.request_key(), acting.seen()
    failed = acting.attempt(None, lambda: steps.take(office, file.reference, who, act, now, request_key=key, seen=seen))
    if failed:
        return _form_page(_opened(file.reference), event, given, failed.wrong, failed.problems), failed.code
    flash("The record is corrected, and every date was worked out again.")
    return redirect(url_for("cases.page", reference=file.reference))


def _opened(reference: str) -> CaseFile:
    """The case, for somebody who may correct it."""
    file = steps.seen_by(current.office(), reference, current.person(), current.now())
    if not case_rights.may_correct(current.person(), file):
        abort(403)
    return file


def _event(file: CaseFile, number: str) -> CaseEvent:
    found = next((one for one in file.record if str(one.number) == number and one.name not in ABOUT_THE_RECORD), None)
    return found or abort(404)


def _stands(file: CaseFile, event: CaseEvent) -> CaseEvent:
    """The event with the corrections made so far; as recorded, where it was struck out."""
    return next((one for one in file.events if one.number == event.number), event)


def _form(event: CaseEvent) -> Form:
    """The complaint itself cannot be struck out: it was received."""
    when = Field("happened_then", "When did it happen?", "date", required=True)
    if event.name == RECEIVED:
        return Form("correction", "Correct what was recorded", (when, REASON))
    kind = Field(
        "kind",
        "What is wrong?",
        "choice",
        required=True,
        choices={MOVE: "It happened at another time", STRIKE: "It did not happen, or it belongs to another case"},
    )
    inside = Field("happened_then", "When did it happen?", "date", required=True, shown_when={"kind": (MOVE,)})
    return Form("correction", "Correct what was recorded", (kind, inside, REASON))


def _given(event: CaseEvent) -> dict[str, Any]:
    return answers.read(_form(event), request.form)


def _asked(file: CaseFile, event: CaseEvent, given: Mapping[str, Any]) -> Asked:
    """What is wanted. Raises BadAnswers with every field that is wrong."""
    errors: dict[str, str] = {}
    kind = given.get("kind") if event.name != RECEIVED else MOVE
    if kind not in (MOVE, STRIKE):
        errors["kind"] = "Choose what is wrong"
    if not str(given.get("reason") or "").strip():
        errors["reason"] = "Say why it is corrected"
    happened = None
    if kind == MOVE:
        try:
            happened = _moment(str(given.get("happened_then") or ""), _stands(file, event))
        except ValueError as wrong:
            errors["happened_then"] = str(wrong)
    if errors:
        raise BadAnswers(errors)
    return Asked(event, happened, str(given["reason"]), given)


def _moment(text: str, stands: CaseEvent) -> datetime:
    """The instant of a day: the time that is recorded, where the day is the same, else noon; never in the future."""
    if not text:
        raise ValueError("Enter the day it happened")
    found = answers.happened(text, current.now()) or current.now()
    if local_day(found) > current.today():
        raise ValueError("When it happened must be today or in the past")
    return stands.happened if local_day(found) == local_day(stands.happened) and "T" not in text else found


def _as_typed(moment: datetime) -> str:
    return local_day(moment).isoformat()


def _form_page(
    file: CaseFile,
    event: CaseEvent,
    given: Mapping[str, Any],
    wrong: Mapping[str, str],
    problems: list[dict[str, str]] | None = None,
) -> str:
    form = _form(event)
    errors = {"happened_then" if name == HAPPENED else name: text for name, text in wrong.items()}
    shown = _stands(file, event)
    return render_template(
        "correction_ask.html",
        file=file,
        event=event,
        title=event_words.title(file.governing.version, event.name),
        happened=shown.happened,
        is_struck=shown is event
        and event not in file.events
        and not any(one.number == event.number for one in file.events),
        recorded=event.recorded,
        told=event_words.said(file, shown),
        fields=forms.fields(form, given, errors, asks_when=False),
        problems=forms.error_list(form, errors) if errors else (problems or []),
    )


def _preview(file: CaseFile, event: CaseEvent, asked: Asked, plan: Plan) -> str:
    was = _stands(file, event)
    return render_template(
        "correction_preview.html",
        heading="Check what this would change",
        about=event_words.title(file.governing.version, event.name),
        action=url_for("corrections.step", reference=file.reference),
        file=file,
        summary=[
            ("What happened", event_words.title(file.governing.version, event.name)),
            ("As it stands", wording.happened(was.happened)),
            ("As corrected", wording.happened(asked.happened) if asked.happened else "Struck out"),
            ("Reason", asked.reason),
        ],
        why=plan.after_file.governing.why,
        rows=changes_words.rows(plan),
        departures=changes_words.departures(plan),
        carried=[*_typed(), ("event", str(event.number)), ("request_key", acting.new_request_key())],
        seen=file.record[-1].number,
        button="Save the correction",
    )


def _typed() -> list[tuple[str, str]]:
    """What was posted, to be posted again with the preview."""
    own = ("csrf_token", "step", "event", "request_key", "seen")
    return [(name, value) for name, value in request.form.items(multi=True) if name not in own]
