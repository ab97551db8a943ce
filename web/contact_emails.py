"""An e-mail among the documents of a case, read: what a contact's form is filled with, and what of it can be kept.

Nothing is recorded here. The text of the e-mail is shown as it was written, shortened where a form takes no more; the
e-mail itself is stored whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from engine import attachments, email_files
from engine.case_files import CaseFile
from engine.email_files import ReceivedEmail
from engine.events import RECEIVED, ZONE, latest
from engine.forms import LONGEST, Unfit, clean_text
from engine.refusals import Refused
from engine.store import documents, people
from engine.store.documents import ContentDamaged, ContentMissing, DocumentRow, NewDocument
from web import answers, current
from web.answers import HAPPENED

GOES_ON = "\n\n(The e-mail is longer than this. It stands whole among the documents of the case.)"


@dataclass(frozen=True)
class Email:
    """An e-mail of a case: its row, what was read of it, the documents to keep (itself first) and what cannot be kept
    of its attachments, a sentence each."""

    row: DocumentRow
    read: ReceivedEmail
    documents: tuple[NewDocument, ...]
    refused: tuple[str, ...]

    @property
    def attachments(self) -> tuple[NewDocument, ...]:
        return self.documents[1:]

    def answers(self, file: CaseFile, now: datetime) -> dict[str, Any]:
        """What the form of a contact begins with: whose e-mail it was, when it came, and what it says."""
        is_out = self._is_ours(file)
        with_whom = self.read.to if is_out else self.read.sender
        return {
            **answers.fresh(now),
            **({HAPPENED: _when(self.read.sent)} if self.read.sent and self.read.sent <= now else {}),
            "direction": "out" if is_out else "in",
            "how": "email",
            "with_whom": _short(_plain(_whose(with_whom)), LONGEST["text"]),
            "said": _said(self.read.subject, self.read.text),
        }

    def _is_ours(self, file: CaseFile) -> bool:
        """Whether one of us wrote it: not the resident, and to them or from an address of somebody who works here."""
        complaint = latest(file.events, RECEIVED)
        resident = complaint.text("email").casefold() if complaint else ""
        sender, to = _address(self.read.sender), self.read.to.casefold()
        if resident and sender == resident:
            return False
        if resident and resident in to:
            return True
        with current.database().reading() as tx:
            return any(row.email.casefold() == sender for row in people.people(tx) if row.email)


def of_case(file: CaseFile, document_id: str | None) -> Email | None:
    """The e-mail with that id among the documents of the case; None where there is none, or it cannot be read."""
    if file.row is None or not document_id or not document_id.isascii() or not document_id.isdecimal():
        return None
    if len(document_id) > len("9" * 18):
        return None
    with current.database().reading() as tx:
        row = documents.one(tx, file.row.id, int(document_id))
        if row is None or row.kind != documents.EMAIL:
            return None
        try:
            content = documents.content(tx, row.sha256)
        except (ContentMissing, ContentDamaged):
            return None
    return opened(row, content)


def opened(row: DocumentRow, content: bytes) -> Email | None:
    """The e-mail, read; None where it cannot be."""

    try:
        read = email_files.read(content)
    except Refused:
        return None
    kept, refused = _attachments(read.attachments)
    itself = NewDocument(row.kind, row.title, row.file_name, row.media_type, content)
    return Email(row, read, (itself, *kept), refused)


def subject_of(content: bytes) -> str:
    """What an e-mail is about, in one line; empty where it does not say, or cannot be read."""
    try:
        subject = email_files.read(content).subject
    except Refused:
        return ""
    return _short(" ".join(_plain(subject).split()), LONGEST["person"])


def _attachments(given: Sequence[tuple[str, bytes]]) -> tuple[tuple[NewDocument, ...], tuple[str, ...]]:
    kept, refused = [], []
    for name, content in given:
        try:
            kept.append(attachments.checked(name, content))
        except Refused as why:
            refused.append(str(why))
    return tuple(kept), tuple(refused)


def _when(sent: datetime) -> str:
    return sent.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def _said(subject: str, text: str) -> str:
    said = _plain("\n\n".join(part for part in (subject.strip(), text.strip()) if part))
    longest = LONGEST["long_text"] - len(GOES_ON)
    return said if len(said) <= longest else said[:longest].rstrip() + GOES_ON


def _plain(text: str) -> str:
    """Text that a form takes: what cannot be seen is left out."""
    try:
        return clean_text(text)
    except Unfit:
        return clean_text("".join(mark for mark in text if mark.isprintable() or mark in "\n\t"))


def _whose(text: str) -> str:
    name, address = parseaddr(text)
    return f"{name} ({address})" if name and address else address or text


def _address(text: str) -> str:
    return parseaddr(text)[1].casefold()


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
