"""Recording something that happened to a case: the messages its process waits for now, and facts it never waits for.

Only what may happen now has a form; anything else that the policy knows is answered with what may happen instead.
The form says beforehand what the policy allows: the latest date, whether a window is still open, and when it is too
late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import casework, steps
from engine.case_files import CaseFile, Plan
from engine.events import CONTACTS
from engine.policy import bare, stage_of
from engine.refusals import BadAnswers, Refused
from engine.replay import Rulebook
from engine.workflows import MessageDefinition
from web import (
    acting,
    allowances,
    beside,
    current,
    errors,
    fact_offers,
    forms,
    letter_steps,
    letter_writing,
    names,
    prefill,
)
from web.access import may
from web.acting import Failed
from web.colleagues import people_of

pages = Blueprint("happenings", __name__, url_prefix="/cases/<reference>/record/<name>")

NO_CHANGE = "An auditor reads every case and changes none."
QUESTIONS = {
    "requested": "When did the request reach us?",
    "extension_given": "When was the resident told?",
    "holding_reply_sent": "When was the holding reply sent?",
    "panel_postponed": "When was the resident told?",
    "response_received": "When did the answer reach the resident?",
    "authority_received": "When did it reach us?",
    "withdrawn": "When did the resident tell us?",
    "satisfied": "When did the resident tell us?",
}

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("case_reader")
def page(reference: str, name: str) -> Answer:
    """The form of something that may happen now. A contact has a page of its own, where files come with it."""
    file = _file(reference)
    if file.book and name in CONTACTS and name in file.book.workflows.facts and name not in file.book.letters:
        return redirect(url_for("contacts.page", reference=reference, fact=name, **request.args))
    return _page(file, name)


@pages.post("")
@may("caseworker")
def record(reference: str, name: str) -> Answer:
    """Record that it happened, on the day it did: the step the diagram takes, and every date that moves with it."""
    file = _file(reference)
    if not _may_be_recorded(file, name):
        return _page(file, name)
    if letter_steps.is_written(file, name):
        return _write(file, name)
    form = _form(file.book_or_refuse(), name)
    typed = acting.typed(form)
    office, who, now = current.office(), current.person(), current.now()
    verb = casework.record_fact if fact_offers.is_fact(file.book_or_refuse(), name) else casework.record_message

    def act(opened: CaseFile) -> Plan:
        _refuse_who_may_not_approve(opened, name, typed)
        return verb(office, opened, name, who, acting.said(form, typed))

    failed = acting.attempt(
        form,
        lambda: steps.take(office, reference, who, act, now, request_key=acting.request_key(), seen=acting.seen()),
    )
    if failed:
        return _page(_file(reference), name, typed, failed)
    return acting.done(reference, names.happening(file.book_or_refuse(), name))


def _write(file: CaseFile, name: str) -> Answer:
    """Keep the letter that goes with it, and go on to its preview."""
    step, who = letter_steps.step_of(file, name), current.person()
    assert step is not None  # there is a letter for it
    typed = acting.typed(step.form)
    if why_not := letter_steps.why_not(file, step, who):
        return _page(file, name, typed, Failed([{"text": why_not}], {}, 409))
    kept = letter_writing.written(file, step)
    return _page(file, name, *kept) if isinstance(kept, tuple) else kept


def _refuse_who_may_not_approve(file: CaseFile, name: str, typed: Mapping[str, Any]) -> None:
    """Only who the page offers may approve; where nobody is offered, somebody senior who is not in Redress is named."""
    approver, offered = typed.get("approved_by"), people_of(file, stage_of(name))["approved_by"]
    if approver and offered and approver not in offered:
        raise BadAnswers({"approved_by": casework.NOT_ONESELF})


def messages_of(book: Rulebook) -> Iterator[str]:
    """The whole name of every message that can ever happen to a case under a version."""
    for called, process in book.workflows.calls(book.spine):
        for message in book.workflows.messages_of(process):
            is_whole = process == book.spine or "." in message.name
            if is_whole or book.version.has_stage(called):
                yield message.name if is_whole else f"{called}.{message.name}"


def _file(reference: str) -> CaseFile:
    return steps.seen_by(current.office(), reference, current.person(), current.now())


def _may_be_recorded(file: CaseFile, name: str) -> bool:
    if file.book is None or file.hold:
        return False
    if fact_offers.is_fact(file.book, name):
        return not fact_offers.why_not(file, name)
    return name in (*file.standing.may_happen, *file.standing.may_be_noted)


def _definition(book: Rulebook, name: str) -> MessageDefinition:
    return (book.workflows.facts[bare(name)] if fact_offers.is_fact(book, name) else book.message(name)) or abort(404)


def _form(book: Rulebook, name: str) -> Any:
    return book.form(name, _definition(book, name).form)


def _page(
    file: CaseFile, name: str, typed: Mapping[str, Any] | None = None, failed: Failed | None = None
) -> tuple[str, int]:
    try:
        book = file.book_or_refuse()
    except Refused as held:
        return errors.page(409, "This case is on hold", str(held))
    if not fact_offers.is_fact(book, name) and name not in messages_of(book):
        abort(404)
    if not _may_be_recorded(file, name):
        return _not_now(file, book, name), 409
    definition, form, who = _definition(book, name), _form(book, name), current.person()
    shown = failed or Failed([], {}, 200)
    given = (
        typed if typed is not None else prefill.happening(file, form, current.now(), is_letter=bool(definition.letter))
    )
    when, choices = QUESTIONS.get(bare(name), ""), people_of(file, stage_of(name))
    step = letter_steps.step_of(file, name) if letter_steps.is_written(file, name) else None
    page_itself = render_template(
        "happening.html",
        file=file,
        title=names.happening(book, name),
        brief=definition.brief,
        allowed=allowances.of(file, name, current.today()),
        letter=letter_writing.begun(file, step, typed, shown.wrong, choices) if step else None,
        fields="" if step else forms.fields(form, given, shown.wrong, choices=choices, when=when),
        problems=shown.problems,
        beside=beside.of_happening(file, name, form, allowances.deadlines(file, name)),
        why_not=letter_steps.why_not(file, step, who) if step else NO_CHANGE if who.is_auditor else "",
        request_key=request.form.get("request_key") or acting.new_request_key(),
        last_number=len(file.record),
        here=url_for("happenings.page", reference=file.reference, name=name),
    )
    return page_itself, shown.code


def _not_now(file: CaseFile, book: Rulebook, name: str) -> str:
    return render_template(
        "happening_not_now.html",
        file=file,
        title=names.happening(book, name),
        why=fact_offers.why_not(file, name) if fact_offers.is_fact(book, name) else "",
        may_happen=[(names.happening(book, one), one) for one in file.standing.may_happen],
    )
