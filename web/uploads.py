"""Files that come with a form: how much a request may bring, what was chosen, and why one is not taken.

Only a view marked `takes_files` may be sent more than the usual megabyte, and only by somebody who may use it. What a
file is, is judged by its content (`engine.attachments`); a refusal is a sentence that stands beside the input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import current_app, g, request
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from engine import attachments
from engine.refusals import Refused
from engine.store.documents import EMAIL, NewDocument
from web import access, forms

FILES = "files"
MOST_FILES = 20
MOST_BYTES = 25 * 1024 * 1024  # of one request; one file may have 20 MiB (engine.attachments)
TAKES = "PDF, pictures, Word, Excel, OpenDocument, plain text, or an e-mail saved as a file (.eml); 25 MB in all."
AN_EMAIL = "message/rfc822"
AGAIN = "Choose the files again: a browser does not keep them when a page comes back."

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Chosen:
    """What was chosen: the documents that are taken, and a sentence for each that is not. `how_many` were sent."""

    documents: tuple[NewDocument, ...] = ()
    refused: tuple[str, ...] = ()
    how_many: int = 0

    @property
    def emails(self) -> tuple[NewDocument, ...]:
        return tuple(one for one in self.documents if one.kind == EMAIL)

    @property
    def problem(self) -> str:
        """Why some of them are not taken, in one text for beside the input; empty where all are."""
        return " ".join(self.refused)


def takes_files(view: View) -> View:
    """Mark a view whose form has a file input."""
    view.takes_files = True  # type: ignore[attr-defined]  # the mark is read by `allow_more`
    return view


def allow_more() -> None:
    """Before each request, after the person is known and before anything reads the form: room for files, where the
    view takes them and the person may use it. Everybody else stays at the usual limit."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False) and access.holds(g.get("person"), getattr(view, "who_may", "signed_in")):
        request.max_content_length = MOST_BYTES


def chosen() -> Chosen:
    """The files of this request, each judged."""
    sent = [one for one in request.files.getlist(FILES) if one.filename]
    if len(sent) > MOST_FILES:
        return Chosen((), (f"Choose at most {MOST_FILES} files at once.",), len(sent))
    taken: list[NewDocument] = []
    refused: list[str] = []
    for one in sent:
        try:
            taken.append(_judged(one))
        except Refused as why:
            refused.append(str(why))
    return Chosen(tuple({(one.sha256, one.kind): one for one in taken}.values()), tuple(refused), len(sent))


def field(label: str, problem: str = "", *, again: bool = False) -> Markup:
    """The file input, with what is wrong beside it; `again`: files were sent with the page that comes back."""
    return forms.macro(
        "file-upload",
        {
            "id": forms.field_id(FILES),
            "name": FILES,
            "multiple": True,
            "javascript": True,
            "chooseFilesButtonText": "Choose files",
            "dropInstructionText": "or drop them here",
            "noFileChosenText": "No files chosen",
            "label": {"text": label, "classes": "govuk-label--s"},
            "hint": {"text": f"{TAKES} {AGAIN}" if again else TAKES},
            "errorMessage": {"text": problem} if problem else None,
        },
    )


def as_problem(chosen: Chosen) -> list[dict[str, str]]:
    """The lines of the error summary for files that are not taken."""
    return [{"text": sentence, "href": f"#{forms.field_id(FILES)}"} for sentence in chosen.refused]


def _judged(sent: FileStorage) -> NewDocument:
    document = attachments.checked(sent.filename or "", sent.stream.read())
    return replace(document, kind=EMAIL) if document.media_type.startswith(AN_EMAIL) else document
