"""The documents of a case: letters, attachments, e-mails, packs. Their bytes are kept once each, by their hash."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

from sqlalchemy import bindparam, select

from engine.store.case_rows import By
from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import case_document, document_content

LETTER = "letter"
ATTACHMENT = "attachment"
EMAIL = "email"
PACK = "pack"
AT_ONCE = 50


class ContentMissing(Exception):
    """The bytes of a document are not in the database: erased, or lost."""


class ContentDamaged(Exception):
    """The bytes in the database are not those that were stored: they no longer have their hash."""


@dataclass(frozen=True)
class NewDocument:
    """A document to add. `kind` is LETTER, ATTACHMENT, EMAIL or PACK; `file_name` as people see it."""

    kind: str
    title: str
    file_name: str
    media_type: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the content, in hexadecimal: the name it is stored under."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of a case, without its bytes. `event_number` is of the event it came or went with, if any."""

    id: int
    case_id: int
    sha256: str
    kind: str
    title: str
    file_name: str
    media_type: str
    size: int
    event_number: int | None
    added: datetime
    added_by: str
    added_by_name: str


_SELECT = select(*(case_document.c[field.name] for field in fields(DocumentRow)))
_OF_CASE = _SELECT.where(case_document.c.case_id == bindparam("case")).order_by(case_document.c.id)
_ONE = _SELECT.where(case_document.c.case_id == bindparam("case"), case_document.c.id == bindparam("which"))
_CONTENT = select(document_content.c.content).where(document_content.c.sha256 == bindparam("which"))
_SAME = select(case_document.c.id).where(
    case_document.c.case_id == bindparam("case_id"),
    case_document.c.sha256 == bindparam("sha256"),
    case_document.c.kind == bindparam("kind"),
    case_document.c.event_number.is_not_distinct_from(bindparam("event_number")),
)


def put(
    tx: Transaction,
    case_id: int,
    *,
    documents: Sequence[NewDocument],
    event_number: int | None = None,
    by: By,
    now: datetime,
) -> list[int]:
    """Add documents to a case; their ids, in the order given.

    Bytes that any case has already are not stored again. The same bytes of the same kind with the same event are the
    same document, and keep the title and file name they were first given.
    """
    return [_put_one(tx, case_id, document, event_number, by, now) for document in documents]


def of_case(tx: Transaction, case_id: int) -> list[DocumentRow]:
    """The documents of a case, oldest first, without reading their bytes."""
    return [DocumentRow(*row) for row in tx.execute(_OF_CASE, {"case": case_id})]


def one(tx: Transaction, case_id: int, document_id: int) -> DocumentRow | None:
    """The document with that id, if it is of this case; None otherwise, so that a guessed id shows nothing."""
    row = tx.execute(_ONE, {"case": case_id, "which": document_id}).one_or_none()
    return None if row is None else DocumentRow(*row)


def content(tx: Transaction, sha256: str) -> bytes:
    """The bytes stored under a hash, compared with it. Raises ContentMissing or ContentDamaged."""
    found = tx.execute(_CONTENT, {"which": sha256}).scalar_one_or_none()
    if found is None:
        raise ContentMissing(f"The database holds no document with the hash {sha256}. Restore it from a backup.")
    stored = bytes(found)
    if hashlib.sha256(stored).hexdigest() != sha256:
        raise ContentDamaged(
            f"The document with the hash {sha256} was changed in the database: its content has another hash now. "
            "Do not use it; restore it from a backup."
        )
    return stored


def contents(tx: Transaction) -> Iterator[tuple[str, bytes]]:
    """Every content with the hash it is stored under, in their order, some at a time."""
    after, own = "", document_content.c
    while True:
        query = select(own.sha256, own.content).where(own.sha256 > after).order_by(own.sha256).limit(AT_ONCE)
        page = [(str(sha256), bytes(found)) for sha256, found in tx.execute(query)]
        yield from page
        if len(page) < AT_ONCE:
            return
        after = page[-1][0]


def known(tx: Transaction, hashes: Collection[str]) -> set[str]:
    """Those of some hashes that a content is stored under."""
    own = document_content.c.sha256
    return set(tx.execute(select(own).where(own.in_(hashes))).scalars()) if hashes else set()


def _put_one(
    tx: Transaction, case_id: int, document: NewDocument, event_number: int | None, by: By, now: datetime
) -> int:
    stored = {"sha256": document.sha256, "content": document.content, "size": len(document.content)}
    tx.execute(insert_for(tx, document_content).on_conflict_do_nothing(index_elements=["sha256"]), stored)
    identity = {
        "case_id": case_id,
        "sha256": document.sha256,
        "kind": document.kind,
        "event_number": event_number,
    }
    described = {
        "title": document.title,
        "file_name": document.file_name,
        "media_type": document.media_type,
        "size": len(document.content),
        "added": now,
        "added_by": by.person_id,
        "added_by_name": by.name,
    }
    tx.execute(insert_for(tx, case_document).on_conflict_do_nothing(), identity | described)
    return int(tx.execute(_SAME, identity).scalar_one())
