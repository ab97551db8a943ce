"""Correcting what was recorded: when something happened, what was said of it, or that it never did.

Whoever works in the case's service area may correct its record (`web.case_rights`): always with a reason, and both
values are kept. The preview is the plan of `engine.corrections.correct`, not saved: every date worked out again, the
version that would govern, and what would no longer fit the process. What an event says is asked by
`web.correction_answers`.
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
from engine.refusals import BadAnswers, Refused, Unknown
from engine.store import acts
from web import acting, answers, case_rights, changes_words, current, event_words, forms, wording
from web import correction_answers as answers_of
from web.access import may
from web.answers import HAPPENED

pages = Blueprint("corrections", __name__, url_prefix="/cases/<reference>/corrections")

REASON = Field(
    "reason", "Why is it corrected?", "long_text", required=True, hint="Both values and the reason are kept."
)
STRIKE, MOVE = "strike", "date"

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Asked:
    """What the person wants mended: which event, when it happened (None: it never did), why, and what it says."""

    event: CaseEvent
    happened: datetime | None
    reason: str
    fields: Mapping[str, object] = field(default_factory=dict)


@pages.get("/new")
@may("caseworker")
def page(reference: str) -> Answer:
    """The form for one event."""
    file = _opened(reference)
    event = _event(file, request.args.get("event", ""))
    stands = _stands(file, event)
    given = {"kind": MOVE, "happened_then": _as_typed(stands.happened)}
    return _form_page(file, event, given | answers_of.standing(_answers_form(file, event), stands, private=False), {})


@pages.post("/new")
@may("caseworker")
def step(reference: str) -> Answer:
    """The private answers, once somebody with the right asks for them; the preview; saved, once it has been seen."""
    try:
        file = _opened(reference)
    except Unknown:
        return _gone(reference)
    event = _event(file, request.form.get("event", ""))
    given = _given(file, event)
    if request.form.get("step") == "private":
        return _with_private(file, event, given)
    if request.form.get("step") == "ask":
        return _form_page(file, event, given, {})
    try:
        asked = _asked(file, event, given)
    except BadAnswers as bad:
        return _form_page(file, event, given, bad.errors), 400

    def act(opened: CaseFile) -> Plan:
        return corrections.correct(
            current.office(), opened, event.number, current.person(),
            happened=asked.happened, reason=asked.reason, now=current.now(), fields=asked.fields,
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
    try:
        failed = acting.attempt(
            None, lambda: steps.take(office, file.reference, who, act, now, request_key=key, seen=seen)
        )
        file = _opened(file.reference)
    except Unknown:
        return _gone(file.reference)
    if failed:
        return _form_page(file, event, given, failed.wrong, failed.problems), failed.code
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


def _gone(reference: str) -> Answer:
    """Says that a correction the person saved took the case out of their sight; else there is no such case."""
    key = acting.request_key()
    with current.database().reading() as tx:
        was_saved = bool(key) and acts.result_of_request(tx, key) == reference
    return render_template("correction_gone.html", reference=reference) if was_saved else abort(404)


def _form(file: CaseFile, event: CaseEvent) -> Form:
    """What the page asks beside the answers and the reason. The complaint itself cannot be struck out."""
    if event.name == RECEIVED:
        return Form("when", "", (Field("happened_then", "When did we receive it?", "date", required=True),))
    says = ", or what was recorded of it is wrong" if _answers_form(file, event).fields else ""
    kind = Field(
        "kind",
        "What is wrong?",
        "choice",
        required=True,
        choices={
            MOVE: f"It happened at another time{says}",
            STRIKE: "It did not happen, or it belongs to another case",
        },
    )
    inside = Field("happened_then", "When did it happen?", "date", required=True, shown_when={"kind": (MOVE,)})
    return Form("what", "", (kind, inside))


def _answers_form(file: CaseFile, event: CaseEvent) -> Form:
    return answers_of.form_of(file, _stands(file, event))


def _with_private(file: CaseFile, event: CaseEvent, given: Mapping[str, Any]) -> Answer:
    """The page with the private answers too, for who may see them. The view is recorded."""
    if not case_rights.may_see_private(current.person(), file):
        abort(403)
    answers_of.record_view(file)
    private = answers_of.standing(_answers_form(file, event), _stands(file, event), private=True)
    return _form_page(file, event, {**given, **private}, {}, is_private_open=True)


def _given(file: CaseFile, event: CaseEvent) -> dict[str, Any]:
    """What was typed; what stands, where the page did not ask for the answers."""
    own = answers.read(Form("own", "", (*_form(file, event).fields, REASON)), request.form)
    form = _answers_form(file, event)
    if answers_of.ASKED not in request.form:
        return answers_of.standing(form, _stands(file, event), private=False) | own
    return answers_of.typed(form, with_private=answers_of.is_private_open(file)) | own


def _asked(file: CaseFile, event: CaseEvent, given: Mapping[str, Any]) -> Asked:
    """What is wanted. Raises BadAnswers with every field that is wrong."""
    errors: dict[str, str] = {}
    kind = given.get("kind") if event.name != RECEIVED else MOVE
    if kind not in (MOVE, STRIKE):
        errors["kind"] = "Choose what is wrong"
    if not str(given.get("reason") or "").strip():
        errors["reason"] = "Say why it is corrected"
    happened, fields, stands = None, {}, _stands(file, event)
    if kind == MOVE:
        try:
            happened = _moment(str(given.get("happened_then") or ""), stands)
        except ValueError as wrong:
            errors["happened_then"] = str(wrong)
        try:
            is_open = answers_of.ASKED in request.form and answers_of.is_private_open(file)
            fields = answers_of.mended(_answers_form(file, event), stands, given, with_private=is_open)
        except BadAnswers as bad:
            errors |= bad.errors
    if errors:
        raise BadAnswers(errors)
    return Asked(event, happened, str(given["reason"]), fields)


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
    *,
    is_private_open: bool | None = None,
) -> str:
    form, answers_form, stands = _form(file, event), _answers_form(file, event), _stands(file, event)
    is_open = answers_of.is_private_open(file) if is_private_open is None else is_private_open
    says = answers_of.on_page(answers_form, with_private=is_open)
    when = "kind" if given.get("kind") == STRIKE else "happened_then"
    errors = {when if name == HAPPENED else name: text for name, text in wrong.items()}
    whole = Form("correction", "Correct what was recorded", (*form.fields, *says.fields, REASON))
    before = answers_of.standing(answers_form, stands, private=False)
    return render_template(
        "correction_ask.html",
        file=file,
        event=event,
        title=event_words.title(file.governing.version, event.name),
        happened=stands.happened,
        is_struck=not any(one.number == event.number for one in file.events),
        fields=forms.fields(form, given, errors, asks_when=False),
        answers=forms.fields(says, given, errors, asks_when=False) if says.fields else "",
        answers_open=is_open or any(name in errors or _differs(given, before, name) for name in says.names),
        reason=forms.fields(Form("why", "", (REASON,)), given, errors, asks_when=False),
        private="open" if is_open else answers_of.private_of(file, answers_form),
        problems=forms.error_list(whole, errors) if errors else (problems or []),
    )


def _differs(given: Mapping[str, Any], before: Mapping[str, Any], name: str) -> bool:
    return answers.as_sent(given.get(name)) != answers.as_sent(before.get(name))


def _preview(file: CaseFile, event: CaseEvent, asked: Asked, plan: Plan) -> str:
    was, form = _stands(file, event), _answers_form(file, event)
    if any(one.sensitive and one.name in asked.fields for one in form.fields):
        answers_of.record_view(file)
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
        answers=changes_words.answers(plan, form),
        why=plan.after_file.governing.why,
        rows=changes_words.rows(plan),
        departures=[*changes_words.areas(plan, current.person()), *changes_words.departures(plan)],
        carried=[*_typed(), ("event", str(event.number)), ("request_key", acting.new_request_key())],
        seen=file.record[-1].number,
        button="Save the correction",
    )


def _typed() -> list[tuple[str, str]]:
    """What was posted, to be posted again with the preview."""
    own = ("csrf_token", "step", "event", "request_key", "seen")
    return [(name, value) for name, value in request.form.items(multi=True) if name not in own]
