"""A mail as it goes out, whatever takes it: its words, its attachments, its identity; and the ways it may not go.

The identity is made of the outbox row's key, so that the same mail is the same mail however often it is tried, and
holds a few letters that only who received it can know, so that nobody can make up its return.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import NamedTuple
from urllib.parse import quote, unquote

from engine.events import ZONE

LETTER, NOTICE, FILING = "letter", "notice", "filing"
#: what a row of FILING says where copies are to be erased, the case being disposed of
ERASING = "erasing"

_MESSAGE_ID = re.compile(r"<?([A-Za-z0-9_.%~-]{1,400})\.([0-9a-f]{16})@[^<>@\s]{1,255}>?")
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,253}")
_SOME_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
MOST_SAID = 300


class NotNow(Exception):
    """It could not be handed over, and certainly was not: it is tried again. The text says why.

    `is_down`: the other side takes nothing at all now, so that no other mail needs to be tried either.
    """

    def __init__(self, why: str, *, is_down: bool = False) -> None:
        super().__init__(why)
        self.is_down = is_down


class Returned(Exception):
    """It was refused for good: this address does not take it. The text says why."""


class Unsure(Exception):
    """It may have been handed over, or not: a person finds out. The text says what happened."""


class NotOurs(Exception):
    """Another worker has it by now: this one leaves it alone."""


class Attachment(NamedTuple):
    """A file that goes with a mail."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A mail to one address. `key` is the idempotency key of its outbox row, `moment` when that row was written."""

    key: str
    kind: str
    to: str
    subject: str
    text: str
    moment: datetime
    attachments: tuple[Attachment, ...] = ()

    @property
    def is_notice(self) -> bool:
        """Whether a machine wrote it, of its own accord."""
        return self.kind == NOTICE


def message_id(mail: Mail, domain: str) -> str:
    """The mail's Message-ID, the same at every try.

    >>> from datetime import UTC
    >>> mail = Mail("letter:SEH-1:2", LETTER, "a@b.example", "S", "T", datetime(2024, 1, 1, tzinfo=UTC))
    >>> message_id(mail, "h.example")
    '<letter.SEH-1.2.c5e7b87c50bf2de6@h.example>'
    """
    return f"<{_local_part(mail.key)}.{digest(mail)}@{domain}>"


def digest(mail: Mail) -> str:
    """Sixteen hexadecimal figures of what the mail says and to whom."""
    said = hashlib.sha256()
    for part in (mail.key, mail.to, mail.subject, mail.text):
        said.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return said.hexdigest()[:16]


def identity(text: str) -> tuple[str, str] | None:
    """The key and the digest of a Message-ID of ours, None where it is none."""
    found = _MESSAGE_ID.fullmatch(text.strip())
    if not found:
        return None
    with suppress(UnicodeDecodeError):
        return unquote(found[1].replace(".", ":"), errors="strict"), found[2]
    return None


def one_line(text: str, most: int = 0) -> str:
    """Words as one line of visible characters, of at most so many (0: any number)."""
    line = " ".join(_INVISIBLE.sub(" ", text).split())
    return line if not most or len(line) <= most else f"{line[: most - 3]}..."


def without_addresses(said: str, mail: Mail | None = None) -> str:
    """What a server said, without the e-mail address it was said of: it is kept where no personal data is."""
    for word in (mail.to, mail.to.partition("@")[0]) if mail else ():
        said = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "the address", said, flags=re.IGNORECASE) if word else said
    return one_line(_SOME_ADDRESS.sub("the address", said), MOST_SAID)


def recipient(mail: Mail) -> Address:
    """The one address it goes to, its domain in ASCII. Raises Returned where it is no address that a server takes."""
    address = mail.to.strip()
    name, _, domain = address.rpartition("@")
    try:
        if not (_ADDRESS.fullmatch(address) and name.isascii()):
            raise ValueError(address)
        return Address(username=name, domain=domain.encode("idna").decode("ascii"))
    except (ValueError, IndexError) as wrong:
        raise Returned("The e-mail address is not one that mail can be sent to.") from wrong


def sender_of(text: str) -> Address:
    """The sender's name and address. Raises ValueError where it is no address."""
    name, address = parseaddr(text)
    if not _ADDRESS.fullmatch(address) or not address.isascii() or _INVISIBLE.search(text):
        raise ValueError(text)
    return Address(display_name=one_line(name), addr_spec=address)


class _Wire(EmailPolicy):
    """The standard policy for SMTP, with subjects written in the older way: the newer one drops a space between two
    encoded words, and a resident's subject would lose it."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header as it goes over the wire."""
        if name == "Subject" and not value.isascii():
            subject = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
            return f"{name}: {subject}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_WIRE = _Wire(linesep=SMTP.linesep)


def written(mail: Mail, sender: Address) -> bytes:
    """The mail as it goes over the wire: seven-bit, CRLF, the same bytes at every try. Raises Returned."""
    message = EmailMessage(policy=_WIRE)
    message["From"] = sender
    message["To"] = recipient(mail)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(mail.moment.astimezone(ZONE))
    message["Message-ID"] = message_id(mail, sender.domain)
    if mail.is_notice:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(_lines(mail.text), cte="quoted-printable")
    for one in mail.attachments:
        kind, _, subtype = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one_line(one.file_name))
    if mail.attachments:
        message.set_boundary(f"=_{_boundary(mail)}")
    return message.as_bytes()


def _local_part(key: str) -> str:
    """A key as the local part of a Message-ID: its colons as dots, everything unusual written with percent signs."""
    return quote(key, safe="").replace(".", "%2E").replace("%3A", ".")


def _lines(text: str) -> str:
    return re.sub(r"\r\n?|\u2028|\u2029", "\n", text).encode("utf-8", "replace").decode()


def _boundary(mail: Mail) -> str:
    said = hashlib.sha256(digest(mail).encode())
    for one in mail.attachments:
        said.update(one.content)
    return said.hexdigest()[:32]
