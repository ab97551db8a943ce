"""A published version that no case uses, withdrawn by a policy approver with a reason. It is never changed."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from engine import drafting
from engine.forms import Field, Form
from engine.policy import PolicyVersion
from web import answers, current, forms, studio, studio_ahead
from web.access import may
from web.acting import Failed, attempt
from web.studio import Answer

pages = Blueprint("studio_withdrawal", __name__, url_prefix="/studio/withdraw")

ASKED = Form("withdrawal", "Withdraw", (Field("reason", "Why is it withdrawn?", "long_text", required=True),))


@pages.get("/<policy>/<version>")
@may("policy_approver")
def page(policy: str, version: str) -> Answer:
    """Ask for the reason."""
    return _page(_found(policy, version))


@pages.post("/<policy>/<version>")
@may("policy_approver")
def withdraw(policy: str, version: str) -> Answer:
    """Withdraw it."""
    found, given = _found(policy, version), answers.read(ASKED, request.form)
    reason = str(given.get("reason", ""))
    failed = attempt(
        ASKED,
        lambda: drafting.withdraw(current.office(), policy, version, current.person(), current.now(), reason),
    )
    if failed:
        return _page(found, failed), failed.code
    current.see_anew()
    flash(f"{found.title} is withdrawn: it governs nothing from now on.")
    return redirect(url_for("policies.page"))


def _found(policy: str, version: str) -> PolicyVersion:
    there = current.office().shelved.get(f"{policy}/{version}")
    return there.book.version if there and studio.may_approve(policy) else abort(404)


def _page(version: PolicyVersion, failed: Failed | None = None) -> str:
    fields = forms.fields(ASKED, answers.read(ASKED, request.form), failed.wrong if failed else {}, asks_when=False)
    problems = failed.problems if failed else []
    stays = studio_ahead.why_not_withdrawn(version)
    return render_template("studio_withdrawal.html", version=version, fields=fields, problems=problems, stays=stays)
