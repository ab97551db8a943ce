"""The documents of a case as they go into a pack: pages that follow, a picture, a text, or only a name in the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine import email_files
from engine.case_words import moment_in_words
from engine.file_kinds import pixels_of, text_of
from engine.fonts import Data
from engine.pdf_pages import Added, CannotJoin, joined, pages_of
from engine.refusals import Refused
from engine.store.documents import LETTER, PACK, DocumentRow
from engine.typesetting import CannotSet, typeset
from engine.wordings import day_in_words, listed

#: how the name of a picture that typst can show ends, by media type
PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
MOST_TEXT = 100_000  # characters of a text that are printed
MOST_PIXELS = 60_000_000  # of a picture that is printed: it is decoded, four bytes a pixel
NOT_SHOWN = "Not shown here"


@dataclass(frozen=True)
class Paper:
    """A document in a pack. `pages`: how many of its own follow; `how` it is shown."""

    number: int
    row: DocumentRow
    content: bytes
    how: Literal["pages", "picture", "text", "name"]
    pages: int = 0

    @property
    def title(self) -> str:
        """`Document 3: The ceiling (IMG_20.jpg)`; only the file's name where the title says no more."""
        name, title = self.row.file_name, self.row.title
        is_same = not title or not name or name.startswith(title)
        return f"Document {self.number}: {(name or title) if is_same else f'{title} ({name})'}"

    @property
    def file(self) -> str:
        """What a picture is called beside the template."""
        return f"document-{self.number}.{PICTURES.get(self.row.media_type, 'bin')}"

    @property
    def added(self) -> Added:
        """The document as pages that follow."""
        return Added(self.title, self.content, is_ours=self.row.kind == LETTER)


def papers_of(documents: Iterable[tuple[DocumentRow, bytes]]) -> list[Paper]:
    """The documents in the order given, each with how it can be shown; earlier packs are left out."""
    kept = [(row, content) for row, content in documents if row.kind != PACK]
    return [_paper(number, row, content) for number, (row, content) in enumerate(kept, 1)]


def without_broken(papers: Sequence[Paper], folder: Path) -> list[Paper]:
    """The same, where a picture that cannot be shown and a PDF that cannot be joined are only named."""
    return [replace(paper, how="name") if _is_broken(paper, folder) else paper for paper in papers]


def listed_papers(papers: Sequence[Paper], first_pages: int) -> dict[str, Data]:
    """What the template is told about the documents: the list, the texts, the pictures, and on which page each of those
    begins that follow after `first_pages` pages."""
    begins = first_pages + 1
    later: list[Data] = []
    rows: list[Data] = []
    for paper in papers:
        place = {"picture": "In these pages", "text": "In these pages"}.get(paper.how, NOT_SHOWN)
        if paper.how == "pages":
            place = f"Page {begins}" if paper.pages == 1 else f"Pages {begins} to {begins + paper.pages - 1}"
            later.append({"title": paper.title, "page": str(begins)})
            begins += paper.pages
        title = paper.title.partition(": ")[2]
        added = day_in_words(paper.row.added.date())
        rows.append({"number": str(paper.number), "title": title, "added": added, "place": place})
    shown = [_shown(paper) for paper in papers if paper.how in ("picture", "text")]
    return {"pages": str(begins - 1), "later": later, "documents": rows, "shown": shown}


def _paper(number: int, row: DocumentRow, content: bytes) -> Paper:
    if row.media_type == "application/pdf":
        pages = pages_of(content)
        return Paper(number, row, content, "pages" if pages else "name", pages)
    if row.media_type in PICTURES and pixels_of(content) <= MOST_PIXELS:
        return Paper(number, row, content, "picture")
    return Paper(number, row, content, "text" if _text_of(row, content) else "name")


def _text_of(row: DocumentRow, content: bytes) -> str:
    """What a text or an e-mail says; empty where it cannot be read."""
    if row.media_type.startswith("text/plain"):
        return text_of(content) or ""
    if row.media_type != "message/rfc822":
        return ""
    try:
        email = email_files.read(content)
    except Refused:
        return ""
    head = [f"From {email.sender}", f"To {email.to}", f"Subject: {email.subject}"]
    sent = [f"Sent {moment_in_words(email.sent)}"] if email.sent else []
    names = [name for name, _ in email.attachments]
    came = f"\n\nWith it came {listed(names)}." if names else ""
    return "\n".join([*head, *sent]) + f"\n\n{email.text}{came}"


def _is_broken(paper: Paper, folder: Path) -> bool:
    """Whether a document cannot be shown, tried alone."""
    shown = [_shown(paper)] if paper.how == "picture" else []
    try:
        made = typeset("picture.typ", {"shown": shown}, paper.row.added.date(), root=folder)
        if paper.how == "pages":
            joined(made, [paper.added])
    except (CannotSet, CannotJoin):
        return True
    return False


def _shown(paper: Paper) -> Data:
    if paper.how == "text":
        return {"title": paper.title, "file": "", "pieces": _pieces(_text_of(paper.row, paper.content))}
    return {"title": paper.title, "file": paper.file, "alt": f"{paper.title}. A picture that nobody has described."}


def _pieces(text: str) -> list[Data]:
    pieces = [piece.strip() for piece in text[:MOST_TEXT].replace("\r\n", "\n").split("\n\n")]
    kept: list[Data] = [piece for piece in pieces if piece]
    return [*kept, "The rest of this text is not printed here."] if len(text) > MOST_TEXT else kept
