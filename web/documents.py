"""The documents of a case: the list, adding to them, and opening one; and the pack for a review panel.

What a browser is given is never shown as a page of ours: it is downloaded, under a policy that lets nothing in it run.
An id of another case is the address of nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from engine import panel_pack, steps
from engine.case_files import CaseFile
from engine.forms import Field, Form, check_answers
from engine.store import acts, documents
from engine.store.case_rows import By
from engine.store.documents import (
    EMAIL,
    LETTER,
    PACK,
    ContentDamaged,
    ContentMissing,
    DocumentRow,
    NewDocument,
)
from engine.typesetting import CannotSet
from web import (
    answers,
    came_back,
    case_documents,
    case_rights,
    contact_emails,
    current,
    errors,
    forms,
    uploads,
    wording,
)
from web.access import may

pages = Blueprint("documents", __name__, url_prefix="/cases/<reference>/documents")

SANDBOX = "sandbox; default-src 'none'"
NOT_FOR_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
NONE = "Choose a file"
TITLE = Field(
    "title",
    "What is it?",
    "text",
    "For example, photographs of the ceiling. Leave blank to use the file's name.",
)
FORM = Form("documents", "Add an e-mail or a document", (TITLE,))

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("case_reader")
def page(reference: str) -> Answer:
    """The documents of a case, and the form to add to them."""
    return _page(_file(reference))


@pages.post("")
@may("caseworker")
@uploads.takes_files
def add(reference: str) -> Answer:
    """Add documents. A single e-mail leads on to the contact it was; one that came back, to the letter it was."""
    file, chosen = _file_to_change(reference), uploads.chosen()
    typed = answers.read(FORM, request.form)
    given, wrong = check_answers(FORM, typed)
    refused = " ".join(chosen.refused) or ("" if chosen.documents else NONE)
    if refused or wrong:
        problems = {**wrong, **({uploads.FILES: refused} if refused else {})}
        return _page(file, typed, problems, is_again=bool(chosen.how_many)), 400
    title = str(given.get("title") or "")
    added = tuple(_titled(one, title) for one in chosen.documents)
    ids = _put(file, added)
    if len(chosen.emails) == len(added) == 1:
        return _email_added(file, ids[0])
    flash(f"Added: {wording.listed([one.title for one in added])}.")
    return redirect(url_for("documents.page", reference=reference))


@pages.get("/<int:document_id>")
@may("case_reader")
def one(reference: str, document_id: int) -> Answer:
    """What one document is, and the button that opens it."""
    file = _file(reference)
    row = _row(file, document_id)
    email = contact_emails.of_case(file, str(row.id)) if row.kind == EMAIL else None
    return render_template(
        "document.html",
        file=file,
        row=row,
        line=case_documents.line(row),
        email=email,
        returned=came_back.of_document(file, row, email),
        may_change=case_rights.may_act(current.person(), file),
    )


@pages.get("/<int:document_id>/file")
@may("case_reader")
def letter(reference: str, document_id: int) -> Answer:
    """A letter as it was sent. Anything else is opened by its button, for each opening is recorded."""
    file = _file(reference)
    row = _row(file, document_id)
    if row.kind != LETTER:
        return redirect(url_for("documents.one", reference=reference, document_id=document_id))
    with current.database().reading() as tx:
        return _download(row, documents.content(tx, row.sha256))


@pages.post("/<int:document_id>/file")
@may("case_reader")
def opened(reference: str, document_id: int) -> Answer:
    """A document, recorded as opened by this person."""
    file = _file(reference)
    row = _row(file, document_id)
    with current.database().writing() as tx:
        about, detail = f"case {file.reference}", {"document": row.id, "kind": row.kind}
        acts.record_act(tx, current.person_id(), what="opened_document", about=about, now=current.now(), detail=detail)
        return _download(row, documents.content(tx, row.sha256))


@pages.post("/pack")
@may("caseworker")
def pack(reference: str) -> Answer:
    """Make the pack for the review panel: one PDF of the case and its documents, kept among them."""
    file = _file_to_change(reference)
    stage = case_documents.panel_stage(file)
    if stage is None:
        abort(404)
    office, today = current.office(), current.today()
    with current.database().reading() as tx:
        parts = [(row, documents.content(tx, row.sha256)) for row in case_documents.rows(file) if row.kind != PACK]

    content = panel_pack.pack(office, file, parts)
    name = f"{file.reference} panel pack {today.isoformat()}.pdf"
    made = NewDocument(PACK, f"Panel pack, {wording.day(today)}", name, "application/pdf", content)
    (number,) = _put(file, (made,))
    flash(f"The panel pack is made: {case_documents.size_in_words(len(content))}.")
    return redirect(url_for("documents.one", reference=reference, document_id=number))


@pages.errorhandler(ContentMissing)
@pages.errorhandler(ContentDamaged)
def lost(error: Exception) -> tuple[str, int]:
    """A document whose bytes are gone, or are no longer what was stored, is not handed out."""
    return errors.page(409, "This document cannot be opened", str(error))


@pages.errorhandler(CannotSet)
def not_made(error: Exception) -> tuple[str, int]:
    """A pack that cannot be typeset."""
    current_app.logger.error("A panel pack could not be made: %s", error)
    return errors.page(
        409, "The panel pack could not be made", "Nothing was changed. Look at the documents of the case."
    )


def _page(
    file: CaseFile, typed: answers.Answers | None = None, wrong: forms.Problems | None = None, *, is_again: bool = False
) -> str:
    problems = wrong or {}
    refused = problems.get(uploads.FILES, "")
    rest = {name: text for name, text in problems.items() if name != uploads.FILES}
    lines = [{"text": refused, "href": f"#{forms.field_id(uploads.FILES)}"}] if refused else []
    return render_template(
        "documents.html",
        file=file,
        lines=[case_documents.line(row) for row in reversed(case_documents.rows(file))],
        fields=forms.fields(FORM, typed or {}, rest, asks_when=False),
        files=uploads.field("Files", refused, again=is_again),
        problems=[*forms.error_list(FORM, rest), *lines],
        may_change=case_rights.may_act(current.person(), file),
        panel=case_documents.panel_stage(file),
    )


def _email_added(file: CaseFile, document_id: int) -> Response:
    email = contact_emails.of_case(file, str(document_id))
    if email is None:
        flash("The e-mail is added. Its text could not be read; it can be opened as a file.")
        return redirect(url_for("documents.page", reference=file.reference))
    if email.read.bounced:
        flash("The e-mail is added. It says that a message could not be delivered.")
        return redirect(url_for("documents.one", reference=file.reference, document_id=document_id))
    flash("The e-mail is added. Now record the contact it was.")
    return redirect(url_for("contacts.page", reference=file.reference, fact="contact_made", email=document_id))


def _titled(document: NewDocument, title: str) -> NewDocument:
    """The document under the title it was given; an e-mail under its own subject."""
    if document.kind == EMAIL and not title:
        title = contact_emails.subject_of(document.content)
    return replace(document, title=title) if title else document


def _put(file: CaseFile, new: tuple[NewDocument, ...]) -> list[int]:
    who = current.person()
    assert file.row is not None
    about, now = f"case {file.reference}", current.now()
    with current.database().writing() as tx:
        ids = documents.put(tx, file.row.id, documents=new, by=By(who.id, who.name), now=now)
        for number, one in zip(ids, new, strict=True):
            # no title: it may name the resident, and an act stays; by the hash, 'redress verify' knows the document
            said = {"document": number, "kind": one.kind, "sha256": one.sha256}
            acts.record_act(tx, int(who.id), what="added_document", about=about, now=now, detail=said)
    return ids


def _file(reference: str) -> CaseFile:
    return steps.seen_by(current.office(), reference, current.person(), current.now())


def _file_to_change(reference: str) -> CaseFile:
    file = _file(reference)
    if not case_rights.may_act(current.person(), file):
        abort(403)
    return file


def _row(file: CaseFile, document_id: int) -> DocumentRow:
    """The document, or a 404 where it is none of this case."""
    assert file.row is not None
    with current.database().reading() as tx:
        return documents.one(tx, file.row.id, document_id) or abort(404)


def _download(row: DocumentRow, content: bytes) -> Response:
    """Always a file to keep, never a page: under a name without a path, with nothing in it allowed to run."""
    name = NOT_FOR_A_NAME.sub("_", row.file_name).strip(" .") or "document"
    answer = send_file(BytesIO(content), row.media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer
