"""Several PDFs made one, and the one module that knows pypdf: the pages of each after the other, tags kept.

The pages of a tagged PDF of ours bring their tags along. Those of a PDF somebody sent become a figure each, whose
alternative text is what stands on the page, so that a screen reader reads them too. Nothing of them is ever run or
decoded but their text; what they would do when opened, and what is attached to them, is left behind.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

MOST_PAGES = 300  # of one file
MOST_BYTES = 2_000_000  # of a page's drawing, beyond which its text is not looked for
MOST_WORDS = 4_000  # characters of a page's text that stand as its alternative text

logging.getLogger("pypdf").setLevel(logging.ERROR)  # what is odd in a file somebody sent is no news of ours

_NOT_TAKEN = ("/Annots", "/AA", "/B", "/StructParents", "/Tabs", "/PieceInfo", "/Metadata", "/Thumb")


class CannotJoin(Exception):
    """A PDF whose pages cannot be taken over: it is damaged."""


@dataclass(frozen=True)
class Added:
    """A PDF to come after the first: what it is called in the list of contents, and whether its tags are ours."""

    title: str
    content: bytes
    is_ours: bool


def pages_of(content: bytes) -> int:
    """How many pages a PDF has; 0 where it cannot be read, is locked, or has more than MOST_PAGES."""
    try:
        reader = PdfReader(io.BytesIO(content))
        count = 0 if reader.is_encrypted else len(reader.pages)
        sizes = [page.mediabox for page in reader.pages] if count <= MOST_PAGES else []
    except Exception:  # a file somebody sent may break its reader in any way
        return 0
    return len(sizes)


def words_of(content: bytes) -> str:
    """What stands on the pages of a PDF of ours, in lines; empty where it cannot be read."""
    try:
        return "\n\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages[:MOST_PAGES]).strip()
    except Exception:  # what is stored may have been damaged in any way
        return ""


def joined(first: bytes, others: Sequence[Added]) -> bytes:
    """The pages of the first with those of the others after them: one tagged PDF, the same bytes for the same files.

    Raises CannotJoin where one of the others is damaged.
    """
    try:
        return _joined(first, others)
    except Exception as error:  # a file somebody sent may break its reader in any way
        raise CannotJoin(str(error)) from error


def _joined(first: bytes, others: Sequence[Added]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(first))
    tags = _Tags(writer)
    for other in others:
        begin = len(writer.pages)
        reader = PdfReader(io.BytesIO(other.content))
        for page in reader.pages:
            writer.add_page(page, _NOT_TAKEN)
        if other.is_ours and "/StructTreeRoot" in reader.root_object:
            tags.bring(reader, begin, other.title)
        else:
            tags.make_figures(begin, other.title)
        writer.add_outline_item(title=other.title, page_number=begin)
    tags.close()
    _say_what_it_is(writer, is_all_ours=all(other.is_ours for other in others))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


class _Tags:
    """The structure tree of the whole, to which the pages of each added PDF are tied by numbers of their own."""

    def __init__(self, writer: PdfWriter) -> None:
        self.writer = writer
        catalogue: Any = writer.root_object
        self.root: Any = catalogue["/StructTreeRoot"]
        parents = self.root["/ParentTree"].get_object()
        self.numbers = _numbered(parents)
        self.next = max([number for number, _ in self.numbers], default=-1) + 1
        kids = self.root["/K"].get_object()
        self.document: Any = kids if isinstance(kids, DictionaryObject) else kids[0].get_object()

    def bring(self, reader: PdfReader, begin: int, title: str) -> None:
        """Tie in the tags of a PDF of ours, as a part of the document."""
        catalogue: Any = reader.trailer["/Root"]
        copied: Any = catalogue["/StructTreeRoot"].clone(self.writer)
        offset = self.next
        own: Any = zip(list(self.writer.pages)[begin:], reader.pages, strict=True)
        for page, original in own:
            page[NameObject("/StructParents")] = NumberObject(int(original["/StructParents"]) + offset)
        for number, what in _numbered(copied["/ParentTree"].get_object()):
            self._number(number + offset, what)
        part = self._part(title)
        kids = copied["/K"].get_object()
        for kid in [kids] if isinstance(kids, DictionaryObject) else kids:
            whole: Any = kid.get_object()
            whole.update({NameObject("/P"): part.indirect_reference, NameObject("/S"): NameObject("/Art")})
            self._add(part, kid if isinstance(kid, IndirectObject) else kid.indirect_reference)

    def make_figures(self, begin: int, title: str) -> None:
        """Make each page of a PDF that somebody sent a figure with its text."""
        part = self._part(title)
        pages: Any = list(self.writer.pages)[begin:]
        for number, page in enumerate(pages, 1):
            words = _words_of(page)
            told = (
                f"{title}, page {number}. {words}" if words else f"{title}, page {number}. It has no text to read out."
            )
            _made_one_figure(self.writer, page)
            figure = self.writer._add_object(
                DictionaryObject(
                    {
                        NameObject("/Type"): NameObject("/StructElem"),
                        NameObject("/S"): NameObject("/Figure"),
                        NameObject("/P"): part.indirect_reference,
                        NameObject("/Pg"): page.indirect_reference,
                        NameObject("/K"): NumberObject(0),
                        NameObject("/Alt"): TextStringObject(told),
                    }
                )
            )
            page[NameObject("/StructParents")] = NumberObject(self.next)
            self._number(self.next, ArrayObject([figure]))
            self._add(part, figure)

    def close(self) -> None:
        """Write down which numbers belong to which tags."""
        numbers = ArrayObject()
        for number, what in self.numbers:
            numbers += [NumberObject(number), what]
        tree = DictionaryObject({NameObject("/Nums"): numbers})
        self.root[NameObject("/ParentTree")] = self.writer._add_object(tree)
        self.root[NameObject("/ParentTreeNextKey")] = NumberObject(self.next)

    def _part(self, title: str) -> Any:
        made = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/StructElem"),
                NameObject("/S"): NameObject("/Part"),
                NameObject("/T"): TextStringObject(title),
                NameObject("/P"): self.document.indirect_reference,
                NameObject("/K"): ArrayObject(),
            }
        )
        self._add(self.document, self.writer._add_object(made))
        return made

    def _number(self, number: int, what: Any) -> None:
        self.numbers.append((number, what))
        self.next = max(self.next, number + 1)

    @staticmethod
    def _add(parent: Any, kid: Any) -> None:
        kids = parent.get("/K", ArrayObject())
        kids = kids.get_object()
        if not isinstance(kids, ArrayObject):
            kids = ArrayObject([parent.raw_get("/K")])
        kids.append(kid)
        parent[NameObject("/K")] = kids


def _made_one_figure(writer: PdfWriter, page: Any) -> None:
    """Draw all that stands on a page as one thing, marked as a figure: marks within it no longer count."""
    contents = page.get_contents()
    drawing = StreamObject()
    drawing.set_data(contents.get_data() if contents is not None else b"")
    drawing.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(page.mediabox),
            NameObject("/Resources"): page.get("/Resources", DictionaryObject()),
        }
    )
    if "/Group" in page:
        drawing[NameObject("/Group")] = page["/Group"]
    placed = StreamObject()
    placed.set_data(b"/Figure <</MCID 0>> BDC /Drawing Do EMC")
    drawn = DictionaryObject({NameObject("/Drawing"): writer._add_object(drawing.flate_encode())})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
    page[NameObject("/Contents")] = writer._add_object(placed)


def _words_of(page: Any) -> str:
    """What stands on a page, in one line; empty where it is a picture, is too much to read, or cannot be read."""
    try:
        contents = page.get_contents()
        if contents is None or len(contents.get_data()) > MOST_BYTES:
            return ""
        return " ".join(page.extract_text().split())[:MOST_WORDS]
    except Exception:  # a file somebody sent may break its reader in any way
        return ""


def _numbered(tree: Any) -> list[tuple[int, Any]]:
    """The numbers of a number tree and what they stand for, where it has kids too (ISO 32000-1, 7.9.7)."""
    found = []
    for kid in tree.get("/Kids", ()):
        found += _numbered(kid.get_object())
    numbers = tree.get("/Nums", ArrayObject())
    for place in range(0, len(numbers), 2):
        found.append((int(numbers[place]), list.__getitem__(numbers, place + 1)))
    return found


def _say_what_it_is(writer: PdfWriter, *, is_all_ours: bool) -> None:
    """Mend what the PDF says of itself: its pages, and that it is PDF/UA only where every page of it is ours."""
    described: Any = writer.root_object["/Metadata"].get_object()
    said = described.get_data()
    said = re.sub(rb"<xmpTPg:NPages>\d+<", b"<xmpTPg:NPages>%d<" % len(writer.pages), said)
    if not is_all_ours:
        said = re.sub(rb"<pdfuaid:part>\d+</pdfuaid:part>", b"", said)
    described.set_data(said)
