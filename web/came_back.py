"""A letter of ours that came back: the page of the letter, or of the e-mail that says so, takes what it recorded back.

The letter's event is struck with the reason, so its task opens again and its date runs on (law 7). A letter that is
still waiting to go has not come back: that is decided among the outgoing letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import mail, steps, writing
from engine.case_files import CaseFile, Plan
from engine.events import CaseEvent
from engine.forms import Field, Form, check_answers
from engine.refusals import BadAnswers
from engine.store import documents, outbox
from engine.store.documents import EMAIL, LETTER, DocumentRow
from web import acting, answers, case_documents, case_rights, contact_emails, current, event_words, forms
from web.access import may
from web.acting import Failed
from web.contact_emails import Email

pages = Blueprint("came_back", __name__, url_prefix="/cases/<reference>/documents/<int:document_id>/came-back")

HINT = "For example, the envelope came back marked gone away. It stands in the record of the case."
REASON = Field("reason", "How do you know that it came back?", "long_text", HINT, required=True)
FORM = Form("came_back", "This letter came back", (REASON,))
NOT_GONE = (outbox.WAITING, outbox.TAKEN, outbox.SENDING)

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Returned:
    """A letter that may have come back: the event it recorded, in words, and the number of it."""

    event: CaseEvent
    title: str
    reason: str


@pages.get("")
@may("caseworker")
def page(reference: str, document_id: int) -> Answer:
    """The letter, and the question how it is known."""
    file, row = _opened(reference, document_id)
    return _page(file, row)


@pages.post("")
@may("caseworker")
def take_back(reference: str, document_id: int) -> Answer:
    """Strike what the letter recorded, with the reason."""
    file, row = _opened(reference, document_id)
    returned = of_document(file, row)
    if returned is None:
        return _page(file, row)
    typed = answers.read(FORM, request.form)
    email = contact_emails.of_case(file, str(row.id)) if row.kind == EMAIL else None
    told_by = email.documents[:1] if email else ()  # it stands with what it led to
    office, who, now = current.office(), current.person(), current.now()

    def act(opened: CaseFile) -> Plan:
        given, errors = check_answers(FORM, typed)
        if errors:
            raise BadAnswers(errors)
        plan = writing.came_back(office, opened, returned.event.number, who, reason=str(given["reason"]), now=now)
        return replace(plan, documents=(*plan.documents, *told_by))

    failed = acting.attempt(
        FORM,
        lambda: steps.take(office, reference, who, act, now, request_key=acting.request_key(), seen=acting.seen()),
    )
    if failed:
        return _page(file, row, typed, failed)
    flash(f"Taken back: {returned.title}. What it recorded is struck out, and what it settled is to be done again.")
    return redirect(url_for("cases.page", reference=reference))


def of_document(file: CaseFile, row: DocumentRow, email: Email | None = None) -> Returned | None:
    """The letter a document is, or of which an e-mail says that it came back; None where it is none that still
    stands, or it has not gone yet."""
    number, reason = row.event_number, ""
    if row.kind == EMAIL:
        email = email or contact_emails.of_case(file, str(row.id))
        number, reason = _of_bounce(file, email) if email else (None, "")
    event = next((one for one in file.events if one.number == number and one.text("letter")), None)
    if event is None or row.kind not in (LETTER, EMAIL) or _is_waiting(file, event.number):
        return None
    return Returned(event, event_words.title(file.governing.version, event.name), reason)


def _of_bounce(file: CaseFile, email: Email) -> tuple[int | None, str]:
    """The number of the event whose letter an e-mail reports as not delivered, and what it says of why."""
    bounced = email.read.bounced
    known = mail.identity(bounced.message_id) if bounced else None
    kind, _, rest = known[0].partition(":") if known else ("", "", "")
    reference, _, number = rest.rpartition(":")
    if bounced is None or kind != mail.LETTER or reference != file.reference or not number.isdecimal():
        return None, ""
    why = mail.without_addresses(bounced.reason)
    return int(number), f"An e-mail says that it could not be delivered: {why}" if why else "An e-mail says so."


def _is_waiting(file: CaseFile, number: int) -> bool:
    assert file.row is not None
    with current.database().reading() as tx:
        return any(one.event_number == number and one.status in NOT_GONE for one in outbox.of_case(tx, file.row.id))


def _opened(reference: str, document_id: int) -> tuple[CaseFile, DocumentRow]:
    file = steps.seen_by(current.office(), reference, current.person(), current.now())
    assert file.row is not None
    with current.database().reading() as tx:
        row = documents.one(tx, file.row.id, document_id)
    if row is None or row.kind not in (LETTER, EMAIL):
        abort(404)
    if not case_rights.may_act(current.person(), file):
        abort(403)
    return file, row


def _page(
    file: CaseFile, row: DocumentRow, typed: Mapping[str, Any] | None = None, failed: Failed | None = None
) -> tuple[str, int]:
    shown = failed or Failed([], {}, 200)
    returned = of_document(file, row)
    given = typed if typed is not None else {"reason": returned.reason if returned else ""}
    text = render_template(
        "document_came_back.html",
        file=file,
        line=case_documents.line(row),
        returned=returned,
        fields=forms.fields(FORM, given, shown.wrong, asks_when=False),
        problems=shown.problems,
        request_key=request.form.get("request_key") or acting.new_request_key(),
        last_number=len(file.record),
    )
    return text, shown.code if returned else 409
