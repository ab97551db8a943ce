"""Under which version a case is dealt with: choosing one for a held case, moving it, undoing that; taking a hold off.

These are decisions of a named person with a reason (law 4), previewed first. Who may decide is said in
`web.case_rights`: those who answer for the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import case_moves, corrections, steps
from engine.case_files import NO_VERSION, OVER_BUDGET, CaseFile, Plan
from engine.forms import Field, Form
from engine.process import OverBudget
from engine.refusals import BadAnswers, Refused
from web import acting, answers, case_rights, changes_words, current, forms, wording
from web.access import may

pages = Blueprint("moves", __name__, url_prefix="/cases/<reference>")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Decision:
    """A kind of decision: its words, what it asks beside the reason, and the plan it makes."""

    endpoint: str
    heading: str
    says: str
    button: str
    done: str
    form: Form
    plan: Callable[[CaseFile, Mapping[str, Any]], Plan]


@pages.route("/version", methods=["GET", "POST"])
@may("caseworker")
def version(reference: str) -> Answer:
    """Choose the version of a held case, or, where an administrator turned that on, move a case to another."""
    file = _opened(reference)
    if file.hold != NO_VERSION and not case_moves.is_on(current.office()):
        return render_template("moving_is_off.html", file=file, off=case_moves.OFF), 409
    return _decide(file, _of_version(file))


@pages.route("/version/undo", methods=["GET", "POST"])
@may("caseworker")
def undo(reference: str) -> Answer:
    """Undo the last move. That stays possible where moving is turned off."""
    file = _opened(reference)
    if not any(event.name == "moved_to" for event in file.record):
        abort(404)
    return _decide(file, _UNDO)


@pages.route("/hold", methods=["GET", "POST"])
@may("caseworker")
def hold(reference: str) -> Answer:
    """Take a case off hold after its workflow went over a budget."""
    file = _opened(reference)
    if file.hold != OVER_BUDGET:
        abort(404)
    return _decide(file, _HOLD)


def _opened(reference: str) -> CaseFile:
    file = steps.seen_by(current.office(), reference, current.person(), current.now())
    if not case_rights.may_decide(current.person(), file):
        abort(403)
    return file


def _decide(file: CaseFile, decision: Decision) -> Answer:
    """Ask, preview, save: one address, and nothing is written before it was seen."""
    if request.method == "GET":
        return _ask(file, decision, {})
    given = answers.read(decision.form, request.form)
    step = request.form.get("step")
    if step == "ask":
        return _ask(file, decision, given)
    if step == "save":
        return _save(file, decision, given)
    plans: list[Plan] = []
    failed = acting.attempt(decision.form, lambda: plans.append(_planned(decision, file, given)))
    if failed:
        return _ask(file, decision, given, failed), failed.code
    return _preview(file, decision, given, plans[0])


def _planned(decision: Decision, file: CaseFile, given: Mapping[str, Any]) -> Plan:
    """The plan. A workflow that goes over its budget again is refused in words."""
    try:
        return decision.plan(file, given)
    except OverBudget as over:
        raise Refused(f"It would go over its budget again: {over}") from over


def _save(file: CaseFile, decision: Decision, given: Mapping[str, Any]) -> Answer:
    key, seen = acting.request_key(), acting.seen()

    def act(opened: CaseFile) -> Plan:
        return decision.plan(opened, given)

    failed = acting.attempt(
        decision.form,
        lambda: steps.take(
            current.office(), file.reference, current.person(), act, current.now(), request_key=key, seen=seen
        ),
    )
    if failed:
        return _ask(_opened(file.reference), decision, given, failed), failed.code
    flash(decision.done)
    return redirect(url_for("cases.page", reference=file.reference))


def _ask(file: CaseFile, decision: Decision, given: Mapping[str, Any], failed: acting.Failed | None = None) -> str:
    return render_template(
        "correction_decide.html",
        file=file,
        decision=decision,
        fields=forms.fields(decision.form, given, failed.wrong if failed else {}, asks_when=False),
        problems=failed.problems if failed else [],
    )


def _preview(file: CaseFile, decision: Decision, given: Mapping[str, Any], plan: Plan) -> str:
    before, after = (one.governing.version for one in (plan.file, plan.after_file))
    summary = [
        ("Governs now", before.title if before else "No version"),
        ("Would govern", after.title if after else ""),
    ]
    return render_template(
        "correction_preview.html",
        heading="Check what this would change",
        about=decision.heading,
        action=url_for(decision.endpoint, reference=file.reference),
        file=file,
        summary=[*(summary if before != after else []), ("Reason", str(given.get("reason", "")))],
        why=plan.after_file.governing.why,
        rows=changes_words.rows(plan),
        departures=changes_words.departures(plan),
        carried=[
            *((name, value) for name, value in request.form.items(multi=True) if name in decision.form.names),
            ("request_key", acting.new_request_key()),
        ],
        seen=file.record[-1].number,
        button=decision.button,
    )


def _of_version(file: CaseFile) -> Decision:
    """Choosing for a case without one, or moving: every other version of its policy."""
    now = file.governing.version
    others = {
        one.version: f"{one.title}, in force from {wording.day(one.in_force_from)}"
        for one in current.office().versions_of(file.policy)
        if one != now
    }
    is_held = file.hold == NO_VERSION
    which = Field("version", "Which version should govern it?", "choice", required=True, choices=others)
    why = Field("reason", "Why this version?", "long_text", required=True, hint="Your name and the reason are kept.")
    return Decision(
        endpoint="moves.version",
        heading="Choose a version" if is_held else "Move to another version",
        says=file.governing.why
        if is_held
        else "Clocks already running keep their start: what happened stays when it happened, and every date is worked "
        "out again under the other version. It can be undone.",
        button="Choose this version" if is_held else "Move the case",
        done="A version governs the case now." if is_held else "The case is moved, and its dates are worked out again.",
        form=Form("version", "Choose a version", (which, why)),
        plan=_move,
    )


def _move(file: CaseFile, given: Mapping[str, Any]) -> Plan:
    chosen, reason = str(given.get("version", "")), str(given.get("reason", ""))
    return corrections.move(current.office(), file, chosen, current.person(), reason=reason, now=current.now())


def _undo(file: CaseFile, given: Mapping[str, Any]) -> Plan:
    reason = _reason(given, "Say why the move is undone")
    return corrections.undo_move(current.office(), file, current.person(), reason=reason, now=current.now())


def _end_hold(file: CaseFile, given: Mapping[str, Any]) -> Plan:
    reason = _reason(given, "Say why the hold can be taken off")
    return corrections.end_hold(current.office(), file, current.person(), reason=reason, now=current.now())


def _reason(given: Mapping[str, Any], missing: str) -> str:
    reason = str(given.get("reason", ""))
    if not reason:
        raise BadAnswers({"reason": missing})
    return reason


_UNDO = Decision(
    endpoint="moves.undo",
    heading="Undo the last move",
    says="The version that governed the case before it was moved governs it again. The move stays in the record.",
    button="Undo the move",
    done="The move is undone, and the dates are worked out again.",
    form=Form("undo", "Undo", (Field("reason", "Why is the move undone?", "long_text", required=True),)),
    plan=_undo,
)
_HOLD = Decision(
    endpoint="moves.hold",
    heading="Take the case off hold",
    says="Everything is worked out again from what happened. If a limit is passed again, it stays on hold.",
    button="Take it off hold",
    done="The case is off hold.",
    form=Form("hold", "Hold", (Field("reason", "Why can the hold be taken off?", "long_text", required=True),)),
    plan=_end_hold,
)
