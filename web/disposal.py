"""Disposal in the browser: what is due to be erased, what was asked for, holds, what was erased, and how long each
class of case is kept.

A records keeper asks, a records approver approves; an auditor looks on. No page here shows a word of a resident's.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import disposal, retention
from engine.disposal import MOST_AT_ONCE, Outcome
from engine.refusals import BadAnswers, Refused
from engine.retention import CLASSES
from engine.store import disposals
from engine.store.disposals import ERASED
from web import current, disposal_pages, wording
from web.access import may

pages = Blueprint("disposal", __name__, url_prefix="/compliance/disposal")

Answer = str | Response | tuple[str, int]
MOST_DONE = 100


@pages.get("")
@may("disposal")
def page() -> Answer:
    """The closed cases whose time is over, the first to close first."""
    return disposal_pages.due([])


@pages.post("/ask")
@may("records_keeper")
def ask() -> Answer:
    """Ask that the cases ticked be erased."""
    chosen = request.form.getlist("case")[: MOST_AT_ONCE + 1]
    if not chosen:
        return disposal_pages.due([{"text": "Tick the cases to ask for", "href": "#cases"}]), 400
    done = disposal.ask(current.office(), current.person(), chosen, current.now())
    _say(done, "asked for")
    if not done.done:
        return disposal_pages.due([{"text": f"{reference}: {why}"} for reference, why in done.refused]), 409
    return redirect(url_for("disposal.asked", policy=request.form.get("policy")))


@pages.get("/asked")
@may("disposal")
def asked() -> Answer:
    """What was asked for and waits for somebody else's approval."""
    return disposal_pages.asked([])


@pages.post("/approve")
@may("records_approver")
def approve() -> Answer:
    """Approve the requests ticked, after a page that says what will be gone; then erase their cases."""
    chosen = [int(one) for one in request.form.getlist("request") if one.isascii() and one.isdecimal()]
    chosen = [one for one in chosen if 0 < one < 2**31][: MOST_AT_ONCE + 1]
    if not chosen:
        return disposal_pages.asked([{"text": "Tick the requests to approve", "href": "#requests"}]), 400
    if request.form.get("confirm") != "yes":
        return disposal_pages.confirm(chosen)
    done = disposal.approve(current.office(), current.person(), chosen, current.now())
    _say(done, "erased")
    if not done.done:
        return disposal_pages.asked([{"text": f"{reference}: {why}"} for reference, why in done.refused]), 409
    return redirect(url_for("disposal.erased", policy=request.form.get("policy")))


@pages.post("/asked/<int:request_id>/refuse")
@may("records_approver")
def refuse(request_id: int) -> Answer:
    """Refuse a request, with a reason."""
    return _done(
        lambda: disposal.refuse(
            current.office(), current.person(), request_id, request.form.get("reason", ""), current.now()
        ),
        "Disposal of {} is refused.",
        disposal_pages.asked,
        f"#reason-{request_id}",
    )


@pages.post("/asked/<int:request_id>/take-back")
@may("records_keeper")
def take_back(request_id: int) -> Answer:
    """Take back a request of one's own."""
    return _done(
        lambda: disposal.take_back(current.office(), current.person(), request_id, current.now()),
        "The request for {} is taken back.",
        disposal_pages.asked,
        "#requests",
    )


@pages.get("/holds")
@may("disposal")
def holds() -> Answer:
    """The cases that are held back from disposal, and why."""
    return disposal_pages.holds([])


@pages.post("/holds")
@may("records")
def place_hold() -> Answer:
    """Hold a case back, with a reason."""
    reference = " ".join(request.form.get("reference", "").split()).upper()[:60]
    try:
        disposal.hold(current.office(), current.person(), reference, request.form.get("reason", ""), current.now())
    except BadAnswers as bad:
        return disposal_pages.holds([{"text": text, "href": f"#{name}"} for name, text in bad.errors.items()]), 400
    flash(f"{reference} is held back from disposal.")
    return redirect(url_for("disposal.holds", policy=request.form.get("policy")))


@pages.post("/holds/<int:hold_id>/end")
@may("records")
def end_hold(hold_id: int) -> Answer:
    """End a hold, with a reason."""
    return _done(
        lambda: disposal.end_hold(
            current.office(), current.person(), hold_id, request.form.get("reason", ""), current.now()
        ),
        "{} is no longer held back.",
        disposal_pages.holds,
        f"#reason-{hold_id}",
    )


@pages.get("/erased")
@may("disposal")
def erased() -> Answer:
    """What was erased, refused and taken back, the latest first."""
    policy, shared = disposal_pages.shared("erased")
    before = request.args.get("before", "")
    with current.database().reading() as tx:
        rows = disposals.requests(
            tx,
            policy,
            (ERASED, disposals.REFUSED, disposals.TAKEN_BACK),
            before=int(before) if before.isascii() and before.isdecimal() and len(before) < 10 else None,
            size=MOST_DONE,
        )
    next_url = url_for("disposal.erased", policy=policy, before=rows[-1].id) if len(rows) == MOST_DONE else None
    return render_template("disposal_erased.html", rows=rows, next_url=next_url, classes=CLASSES, **shared)


@pages.get("/periods")
@may("disposal")
def periods() -> Answer:
    """How long each class of a landlord's cases is kept."""
    return disposal_pages.periods({}, {})


@pages.post("/periods")
@may("records_keeper")
def change_periods() -> Answer:
    """Decide how long, with a reason; recorded with what stood before."""
    policy, given = disposal_pages.policy_asked(), {key: request.form.get(key, "") for key in (*CLASSES, "reason")}
    try:
        retention.change(current.office(), current.person(), policy, given, given["reason"], current.now())
    except BadAnswers as bad:
        return disposal_pages.periods(given, bad.errors), 400
    except Refused as why:
        return disposal_pages.periods(given, {"reason": str(why)}), 409
    flash("The periods are changed.")
    return redirect(url_for("disposal.periods", policy=policy))


def _done(act: Callable[[], str], said: str, page_of: Callable[[list[dict[str, str]]], str], field: str) -> Answer:
    """Do one thing, and go back to its list; the list again with what is wrong, where it cannot be done."""
    try:
        reference = act()
    except BadAnswers as bad:
        return page_of([{"text": text, "href": field} for text in bad.errors.values()]), 400
    except Refused as why:
        return page_of([{"text": str(why), "href": field}]), 409
    flash(said.format(reference))
    name = "holds" if page_of is disposal_pages.holds else "asked"
    return redirect(url_for(f"disposal.{name}", policy=request.form.get("policy")))


def _say(done: Outcome, what: str) -> None:
    if done.done:
        flash(f"{wording.count(len(done.done), 'case')} {what}: {', '.join(done.done)}.")
        for reference, why in done.refused:
            flash(f"{reference} was not: {why}")
