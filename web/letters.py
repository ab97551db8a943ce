"""A letter before it goes, the second of two steps: as the resident will see it, checked, approved, and sent.

The act that sends it records its event: by e-mail it goes with the next round of the worker; posted, handed over or
read out, the day is said. Nothing but sending changes the case, and a letter that was changed since it was read does
not go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine import casework, letter_pdf, letter_words, steps, writing
from engine.case_files import CaseFile, Plan
from engine.letters_out import Sending
from engine.refusals import AlreadyDone, ChangedMeanwhile, Refused
from engine.store import drafts
from engine.store.drafts import DraftRow
from web import (
    acting,
    current,
    errors,
    event_words,
    letter_acts,
    letter_approval,
    letter_checking,
    letter_sending,
    letter_steps,
    letter_ways,
    letter_writing,
)
from web.access import may
from web.acting import Failed
from web.letter_checking import Checked
from web.letter_steps import Step

pages = Blueprint("letters", __name__, url_prefix="/cases/<reference>/letters/<step>")

SANDBOXED = "default-src 'none'; sandbox"
KINDS = {"letter.pdf": "application/pdf", "large-print.pdf": "application/pdf", "letter.txt": "text/plain"}
GONE = "Nothing is written for this letter any more. Whoever had it may have sent it: look at the case."
OTHER_BY_NOW = "The letter says something else by now. Read it again as it stands, and take the copy from here."
NOT_YOURS = "This letter holds something private, and is for those who handle the case."

Answer = str | BaseResponse | tuple[str, int]


@pages.get("")
@may("caseworker")
def page(reference: str, step: str) -> Answer:
    """The letter, the checklist beside it, and how it goes. Where nothing is written yet: the page to write it."""
    return _page(_file(reference), step, _how())


@pages.get("/<kind>")
@may("caseworker")
def download(reference: str, step: str, kind: str) -> Answer:
    """The letter as it would go, to print or to read: PDF, PDF in large print, or the text of the e-mail."""
    file = _file(reference)
    one = _step(file, step)
    draft = letter_writing.draft_of(file, step)
    if kind not in KINDS or draft is None:
        abort(404)
    if not letter_checking.may_read(file, one, draft, current.person()):
        abort(403)
    checked = letter_checking.checked(file, one, draft, current.person(), _how()) or abort(404)
    if request.args.get("shown", checked.mark) != checked.mark:
        flash(OTHER_BY_NOW)
        return redirect(url_for("letters.page", reference=reference, step=step, way=request.args.get("way")))
    if kind == "letter.txt":
        content = letter_words.plain_text(checked.letter).encode()
    else:
        content = letter_pdf.pdf(checked.letter, is_large=kind.startswith("large"))
    name = f"{file.reference} {checked.letter.title} (not sent).{kind.rpartition('.')[2]}"
    answer = Response(content, mimetype=KINDS[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = SANDBOXED
    return answer


@pages.post("/send")
@may("caseworker")
def send(reference: str, step: str) -> Answer:
    """Send it: the event it goes with, the document, and what is put out for the worker, in one step."""
    file = _file(reference)
    one, draft = _step(file, step), letter_writing.draft_of(file, step)
    if draft is None:
        is_done = acting.is_done_before()
        return acting.done(reference, _title(file, one)) if is_done else _without_draft(file, one, is_sent=True)
    typed = letter_sending.typed()
    office, who, now = current.office(), current.person(), current.now()
    sent: list[Sending] = []

    def act(opened: CaseFile) -> Plan:
        _refuse_unread(draft)
        sent.append(letter_sending.sending(typed, draft.day))
        _refuse_unready(opened, one, draft, typed)
        approved = draft if draft.status == drafts.APPROVED else None
        writer = letter_checking.writer_of(draft)
        return writing.plan_sending(
            *(office, opened, step, draft.answers, who, sent[-1], now),
            approved=approved,
            draft_day=draft.day,
            writer=writer,
            draft_number=draft.number,
            shown=request.form.get("shown", ""),
        )

    try:
        failed = acting.attempt(letter_sending.form_of(typed), lambda: _take(reference, one, act))
    except AlreadyDone:
        return _without_draft(_file(reference), one, is_sent=True)
    if failed:
        return _page(_file(reference), step, typed, failed)
    if not sent:  # the same button pressed twice: it has gone already
        return acting.done(reference, _title(file, one))
    return acting.done(reference, _title(file, one), letter_sending.went(sent[-1]))


@pages.post("/approval")
@may("caseworker")
def ask(reference: str, step: str) -> Answer:
    """Ask somebody else to approve the letter as it is."""
    file = _file(reference)
    one, draft = _step(file, step), letter_writing.draft_of(file, step)
    if draft is None:
        return _without_draft(file, one)
    checked = letter_checking.checked(file, one, draft, current.person()) or abort(404)
    role = request.form.get("role", "")
    if checked.why_not or checked.stops or role not in checked.approval.roles:
        said = checked.why_not or "The letter is not ready to be approved: mend what is named below first."
        said = said if checked.why_not or checked.stops else "Choose whom to ask for approval."
        return _page(file, step, failed=Failed([{"text": said}], {}, 409))
    if not letter_acts.ask(file, draft, _number(), role):
        return _page(file, step, failed=letter_approval.changed(draft))
    flash(f"You have asked for approval. The letter waits for the {checked.approval.roles[role]}.")
    return redirect(url_for("letters.page", reference=reference, step=step))


@pages.post("/approve")
@may("caseworker")
def approve(reference: str, step: str) -> Answer:
    """Approve the letter as it was read. Nobody approves their own."""
    file, who = _file(reference), current.person()
    one, draft = _step(file, step), letter_writing.draft_of(file, step)
    if draft is None:
        return _without_draft(file, one)
    checked = letter_checking.checked(file, one, draft, who) or abort(404)
    if not checked.approval.may_approve:
        said = "Somebody else must approve this letter." if draft.writer == who.id else "It is not yours to approve."
        return _page(file, step, failed=Failed([{"text": said}], {}, 409))
    if not letter_acts.approve(file, draft, _number()):
        return _page(file, step, failed=letter_approval.changed(draft))
    flash(f"You have approved this letter. {draft.writer_name} can send it now.")
    return redirect(url_for("letters.page", reference=reference, step=step))


@pages.post("/back")
@may("caseworker")
def send_back(reference: str, step: str) -> Answer:
    """Send the letter back to whoever wrote it, with what is to be changed."""
    file, who, note = _file(reference), current.person(), request.form.get("note", "").strip()
    one, draft = _step(file, step), letter_writing.draft_of(file, step)
    if draft is None:
        return _without_draft(file, one)
    if not letter_approval.may_approve(file, draft, who):
        return _page(file, step, failed=Failed([{"text": "It is not yours to approve."}], {}, 409))
    if not note:
        wrong = letter_approval.NO_NOTE
        return _page(file, step, failed=Failed([{"text": wrong, "href": "#note"}], {"note": wrong}, 400))
    if not letter_acts.send_back(file, draft, _number(), letter_approval.in_words(who, note)):
        return _page(file, step, failed=letter_approval.changed(draft))
    flash(f"You have sent this letter back to {draft.writer_name}, with what you said of it.")
    return redirect(url_for("inbox.page"))


@pages.post("/discard")
@may("caseworker")
def discard(reference: str, step: str) -> Answer:
    """Throw away what is written and has not gone."""
    file = _file(reference)
    one, draft = _step(file, step), letter_writing.draft_of(file, step)
    if draft is None:
        return _without_draft(file, one)
    if draft.number != _number() or draft.writer != current.person().id:
        return _page(file, step, failed=letter_approval.changed(draft))
    letter_acts.discard(file, draft)
    flash("What was written for this letter is thrown away.")
    return redirect(one.href)


def _file(reference: str) -> CaseFile:
    return steps.seen_by(current.office(), reference, current.person(), current.now())


def _step(file: CaseFile, key: str) -> Step:
    return letter_steps.step_of(file, key) or abort(404)


def _how() -> dict[str, Any]:
    """The way in which the address asks to see the letter; of no account where there is no such way."""
    way = request.args.get("way", "")
    return {"channel": way} if way == "email" else {"way": way} if way in letter_ways.WAYS else {}


def _number() -> int:
    """The number of the draft that the person had before them; 0, which none has, where the page carried none."""
    sent = request.form.get("draft", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _refuse_unread(draft: DraftRow) -> None:
    if draft.number != _number():
        raise ChangedMeanwhile(draft.writer_name, draft.saved)


def _refuse_unready(file: CaseFile, step: Step, draft: DraftRow, how: Mapping[str, Any]) -> None:
    """Refuse a letter that lacks something or waits for approval, in the words its page says it with."""
    checked = letter_checking.checked(file, step, draft, current.person(), how)
    if checked is None or checked.may_go:
        return
    if checked.why_not or checked.stops:
        raise Refused(checked.why_not or " ".join(one.text for one in checked.stops))
    raise Refused("This letter needs somebody else's approval before it goes.")


def _take(reference: str, step: Step, act: steps.Act) -> None:
    office, who, now = current.office(), current.person(), current.now()
    try:
        steps.take(office, reference, who, act, now, request_key=acting.request_key(), seen=acting.seen())
    except ChangedMeanwhile:
        file = _file(reference)
        if step.is_task and file.book and all(one.key != step.key for one in file.standing.open_tasks):
            raise casework.already_done(file, step.key) from None
        raise


def _title(file: CaseFile, step: Step) -> str:
    return event_words.task_title(file.book, step.key) if step.is_task else step.title


def _without_draft(file: CaseFile, step: Step, *, is_sent: bool = False) -> Answer:
    """Nothing is written: the page where it is; after a press, that it may have gone."""
    if is_sent:
        return errors.page(409, "This letter is no longer here", GONE)
    return redirect(step.href)


def _page(file: CaseFile, key: str, typed: Mapping[str, Any] | None = None, failed: Failed | None = None) -> Answer:
    try:
        file.book_or_refuse()
    except Refused as held:
        return errors.page(409, "This case is on hold", str(held))
    step, who = _step(file, key), current.person()
    if not letter_steps.is_written(file, key):
        abort(404)
    draft = letter_writing.draft_of(file, key)
    if draft is None:
        return _without_draft(file, step)
    if not letter_checking.may_read(file, step, draft, who):
        return errors.page(403, "You may not read this letter", NOT_YOURS)
    checked = letter_checking.checked(file, step, draft, who, typed) or abort(404)
    shown = failed or Failed([], {}, 200)
    return _rendered(file, checked, typed, shown), shown.code


def _rendered(file: CaseFile, checked: Checked, typed: Mapping[str, Any] | None, shown: Failed) -> str:
    reference, who = file.reference, current.person()
    return render_template(
        "letter_check.html",
        file=file,
        step=checked.step,
        draft=checked.draft,
        letter=checked.letter,
        checked=checked,
        to_lines=letter_pdf.to_lines(checked.letter),
        plain=letter_words.plain_text(checked.letter),
        going=letter_sending.going(file, who, checked.draft.day, typed, shown.wrong),
        problems=shown.problems,
        goes_with=_title(file, checked.step),
        wrong=shown.wrong,
        note=request.form.get("note", ""),
        here=url_for("letters.page", reference=reference, step=checked.step.key),
        carried={"way": letter_ways.of(file, typed or {}), "shown": checked.mark},
        is_writer=checked.draft.writer == who.id,
        request_key=request.form.get("request_key") or acting.new_request_key(),
        last_number=len(file.record),
    )
