"""The contact record: calls, visits and e-mails, what was asked of a team and came back, updates, the follow-up call.

Each is a fact of the case and moves no date. Files may come with it: event and documents are stored in one step. An
e-mail among the documents of the case fills the form with its sender, its date and its text; on recording, the e-mail
and those of its attachments that may be kept stand with the contact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import casework, facts, steps
from engine.case_files import CaseFile, Plan
from engine.events import (
    CONTACT_MADE,
    FOLLOW_UP_CALL_MADE,
    INFORMATION_ASKED,
    INFORMATION_RECEIVED,
    UPDATE_GIVEN,
)
from engine.forms import Field, Form
from engine.refusals import BadAnswers, Refused
from engine.workflows import MessageDefinition
from web import acting, beside, contact_emails, current, errors, forms, names, prefill, uploads, wording
from web.access import may
from web.acting import Failed
from web.contact_emails import Email
from web.task_links import CONTACTS
from web.uploads import Chosen

pages = Blueprint("contacts", __name__, url_prefix="/cases/<reference>/contacts/<fact>")

QUESTIONS = {
    CONTACT_MADE: "When was it?",
    INFORMATION_ASKED: "When did you ask?",
    INFORMATION_RECEIVED: "When did it come?",
    UPDATE_GIVEN: "When was the resident told?",
    FOLLOW_UP_CALL_MADE: "When was the call?",
}
WITH = "Add files that belong to it"
ABOUT = "Which of these does it answer?"
WHICH = "Choose what it answers"
NOTHING_ASKED = "Everything that was asked for has been answered. If something came unasked, record it as a contact."

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("case_reader")
def page(reference: str, fact: str) -> Answer:
    """The form of a contact; filled from an e-mail of the case where one is named."""
    file = _file(reference, fact)
    email = contact_emails.of_case(file, request.args.get("email"))
    return _page(file, fact, email=email)


@pages.post("")
@may("caseworker")
@uploads.takes_files
def record(reference: str, fact: str) -> Answer:
    """Record it, with the files that came with it, in one step."""
    file = _file(reference, fact)
    email = contact_emails.of_case(file, request.form.get("email"))
    if file.book is None or file.hold or not _is_asked_for(file, fact):
        return _page(file, fact)
    form, chosen = file.book.form(fact, _definition(file, fact).form), uploads.chosen()
    typed = acting.typed(form)
    office, who, now = current.office(), current.person(), current.now()
    documents = tuple(dict.fromkeys((*(email.documents if email else ()), *chosen.documents)))

    def act(opened: CaseFile) -> Plan:
        said = acting.said(form, typed)
        if chosen.refused:
            raise BadAnswers({uploads.FILES: chosen.problem})
        if fact == INFORMATION_RECEIVED and typed.get("about") not in asked(opened):
            raise BadAnswers({"about": WHICH})
        return replace(casework.record_fact(office, opened, fact, who, said), documents=documents)

    failed = acting.attempt(
        form,
        lambda: steps.take(office, reference, who, act, now, request_key=acting.request_key(), seen=acting.seen()),
    )
    if failed:
        return _page(file, fact, typed, failed, email=email, chosen=chosen)
    kept = f", with {wording.count(len(documents), 'document')}" if documents else ""
    return acting.done(reference, f"{names.happening(file.book, fact)}{kept}")


def asked(file: CaseFile) -> dict[str, str]:
    """What was asked of a team or contractor and is not answered: the number of the event, and its words."""
    return {
        str(event.number): f"{event.text('of_whom')}, asked on {wording.day(event.day)}: {event.text('what')}"
        for event in facts.unanswered(file.events)
    }


def _file(reference: str, fact: str) -> CaseFile:
    file = steps.seen_by(current.office(), reference, current.person(), current.now())
    if fact not in CONTACTS or (file.book and fact not in file.book.workflows.facts):
        abort(404)
    return file


def _definition(file: CaseFile, fact: str) -> MessageDefinition:
    return file.book_or_refuse().workflows.facts[fact]


def _is_asked_for(file: CaseFile, fact: str) -> bool:
    return fact != INFORMATION_RECEIVED or bool(asked(file))


def _page(
    file: CaseFile,
    fact: str,
    typed: Mapping[str, Any] | None = None,
    failed: Failed | None = None,
    *,
    email: Email | None = None,
    chosen: Chosen | None = None,
) -> tuple[str, int]:
    try:
        book = file.book_or_refuse()
    except Refused as held:
        return errors.page(409, "This case is on hold", str(held))
    if not _is_asked_for(file, fact):
        return errors.page(409, "Nothing is waited for", NOTHING_ASKED)
    definition = _definition(file, fact)
    form = book.form(fact, definition.form)
    shown, sent = failed or Failed([], {}, 200), chosen or Chosen()
    given = typed if typed is not None else _beginning(file, fact, form, email)
    problems = [one for one in shown.problems if one["text"] != sent.problem] + uploads.as_problem(sent)
    page_itself = render_template(
        "contact.html",
        file=file,
        title=names.happening(book, fact),
        brief=definition.brief,
        fields=forms.fields(_asking(file, form), given, shown.wrong, when=QUESTIONS[fact]),
        files=uploads.field(WITH, sent.problem, again=bool(sent.how_many)),
        problems=problems,
        email=email,
        reads_email=fact == CONTACT_MADE,
        beside=beside.of_happening(file, fact, form, ()),
        why_not="An auditor reads every case and changes none." if current.person().is_auditor else "",
        request_key=request.form.get("request_key") or acting.new_request_key(),
        last_number=len(file.record),
        here=url_for("contacts.page", reference=file.reference, fact=fact),
    )
    return page_itself, shown.code


def _asking(file: CaseFile, form: Form) -> Form:
    """The form as it is shown: which request an answer is about is chosen from those that are open."""
    if form.field("about") is None:
        return form
    first = Field("about", ABOUT, "choice", required=True, choices=asked(file))
    return replace(form, fields=(first, *(one for one in form.fields if one.name != "about")))


def _beginning(file: CaseFile, fact: str, form: Form, email: Email | None) -> dict[str, Any]:
    """What the form begins with."""
    if email and fact == CONTACT_MADE:
        return email.answers(file, current.now())
    given = prefill.happening(file, form, current.now(), is_letter=False)
    if form.field("about"):
        given["about"] = request.args.get("about") or next(iter(asked(file)))
    return given
