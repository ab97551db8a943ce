"""The documents of a case as people read them: what each is, how large, who added it and when; and how it is opened.

A letter is opened by a link. An attachment, an e-mail or a panel pack may hold private details nobody has marked (a
doctor's letter, a photograph of a home), so it is opened by a button and each opening is recorded, as each view of
private details is; a letter names none of these (its template cannot), and says what the case page says anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.case_files import CaseFile
from engine.policy import Stage, stage_of
from engine.store import documents
from engine.store.documents import ATTACHMENT, EMAIL, LETTER, PACK, DocumentRow
from web import current, wording

KINDS = {LETTER: "Letter", ATTACHMENT: "Document", EMAIL: "E-mail", PACK: "Panel pack"}
TYPES = {
    "application/pdf": "PDF",
    "message/rfc822": "E-mail",
    "text/plain": "text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.oasis.opendocument.text": "OpenDocument",
}


@dataclass(frozen=True)
class DocumentLine:
    """A document as a list shows it. `is_waiting`: an e-mail that nobody has recorded as a contact yet."""

    id: int
    title: str
    file_name: str
    kind: str
    what: str
    size: str
    by: str
    added: datetime
    event_number: int | None
    is_letter: bool
    is_waiting: bool


def rows(file: CaseFile) -> list[DocumentRow]:
    """The documents of a case, oldest first; an e-mail that was recorded as a contact stands with that alone."""
    if file.row is None:
        return []
    with current.database().reading() as tx:
        found = documents.of_case(tx, file.row.id)
    recorded = {one.sha256 for one in found if one.kind == EMAIL and one.event_number is not None}
    return [one for one in found if one.event_number is not None or one.kind != EMAIL or one.sha256 not in recorded]


def line(row: DocumentRow) -> DocumentLine:
    """One document in words."""
    kind = KINDS.get(row.kind, wording.plain(row.kind))
    return DocumentLine(
        id=row.id,
        title=row.title or row.file_name,
        file_name=row.file_name if row.file_name != row.title else "",
        kind=kind,
        what=", ".join(dict.fromkeys((kind, type_in_words(row.media_type), size_in_words(row.size)))),
        size=size_in_words(row.size),
        by=row.added_by_name,
        added=row.added,
        event_number=row.event_number,
        is_letter=row.kind == LETTER,
        is_waiting=row.kind == EMAIL and row.event_number is None,
    )


def panel_stage(file: CaseFile) -> Stage | None:
    """The stage a review panel works, once the case has come to it; None before, or where the version has none."""
    version = file.governing.version
    if version is None:
        return None
    met = {stage_of(event.name) for event in file.events} | {file.standing.stage}
    return next((stage for stage in version.stages if stage.panel and stage.key in met), None)


def size_in_words(size: int) -> str:
    """`812 bytes`, `34 KB`, `2.4 MB`."""
    if size < 1000:
        return f"{size} bytes"
    return f"{round(size / 1000):,} KB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"


def type_in_words(media_type: str) -> str:
    """What a media type is called: `PDF`, `picture`, `Word`."""
    if media_type.startswith("image/"):
        return "picture"
    return TYPES.get(media_type.partition(";")[0], "file")
