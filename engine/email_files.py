"""An e-mail that came as a file: who wrote it, when, what it says and what was attached; or which letter came back.

Anybody can write anything into an e-mail, so size, lines, parts and headers are bounded before and while it is read,
and nothing in it, however broken, raises: what cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.feedparser import BytesFeedParser
from email.message import Message
from typing import Any, TypeVar

from engine.attachments import NotAccepted
from engine.bounces import Bounce, bounce_of
from engine.email_headers import BoundedPolicy, as_text, decoded, header, moment_of, seen
from engine.file_kinds import KINDS
from engine.html_text import text_of_html

MOST_BYTES = 30 * 2**20
MOST_LINES = 600_000
MOST_PARTS = 200
#: Each line is compared with every part it lies in: so many comparisons take a few seconds.
MOST_WORK = 20_000_000
MOST_TEXT = 200_000
MOST_NESTED = 30
_ENDINGS = {kind.media_type: kind.endings[0] for kind in KINDS}
_NOT_READABLE = "This e-mail cannot be read: {}. Open it in your mail program and copy its words into the form instead."

Value = TypeVar("Value")


@dataclass(frozen=True)
class ReceivedEmail:
    """An e-mail as read. `sent` is in UTC, None where it does not say; names and bytes of attachments are as they came
    and not checked yet. `bounced` where it says that a letter could not be delivered."""

    sender: str
    to: str
    subject: str
    sent: datetime | None
    text: str
    attachments: list[tuple[str, bytes]]
    bounced: Bounce | None


class _TooManyParts(Exception):
    """Raised while an e-mail is read that has more parts than an e-mail has."""


def read(content: bytes) -> ReceivedEmail:
    """The e-mail in a file as mail programs save it (.eml).

    Raises NotAccepted (a Refused) where it is no e-mail at all, or larger or more complicated than e-mails are.
    """
    message = _parsed(content)
    text = seen(_or(lambda: _text(message, 0), ""))[:MOST_TEXT].strip()
    return ReceivedEmail(
        sender=header(message, "From"),
        to=header(message, "To"),
        subject=header(message, "Subject"),
        sent=moment_of(header(message, "Date")),
        text=text,
        attachments=_or(lambda: list(_attachments(message, 0)), []),
        bounced=_or(lambda: bounce_of(message, text), None),
    )


def _parsed(content: bytes) -> Message:
    lines = content.count(b"\n") + content.count(b"\r")
    levels = content.lower().count(b"content-type") + 1
    if len(content) > MOST_BYTES or lines > 2 * MOST_LINES or lines * levels > MOST_WORK:
        raise NotAccepted(_NOT_READABLE.format("it is too large"))
    made = 0

    def new_part(policy: Any = None) -> Message:
        nonlocal made
        made += 1
        if made > MOST_PARTS:
            raise _TooManyParts
        return Message(policy=policy)

    parser = BytesFeedParser(new_part, policy=BoundedPolicy())
    try:
        parser.feed(content)
        message = parser.close()
    except (_TooManyParts, RecursionError) as problem:
        raise NotAccepted(_NOT_READABLE.format("it has too many parts")) from problem
    except (ValueError, TypeError, LookupError, AttributeError) as problem:
        raise NotAccepted(_NOT_READABLE.format("it is damaged")) from problem
    if not any(header(message, name) for name in ("From", "To", "Subject", "Date")):
        raise NotAccepted(_NOT_READABLE.format("it does not begin as an e-mail does"))
    return message


def _or(reading: Callable[[], Value], otherwise: Value) -> Value:
    """What is read, or `otherwise` where the standard library stumbles over what somebody made."""
    try:
        return reading()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError, OverflowError):
        return otherwise


def _text(part: Message, depth: int) -> str:
    """The words of a part and those in it; of alternatives the plain one. A message in a message is an attachment."""
    kind = _or(part.get_content_type, "text/plain")
    inner = _inner(part)
    if depth > MOST_NESTED or kind.startswith("message/") or _is_attachment(part):
        return ""
    if not inner:
        return _words(part, kind)
    if kind == "multipart/alternative":
        inner = sorted(inner, key=lambda each: _or(each.get_content_type, "") != "text/plain")
        return next((words for each in inner if (words := _text(each, depth + 1)).strip()), "")
    return "\n\n".join(words for each in inner if (words := _text(each, depth + 1)).strip())


def _words(part: Message, kind: str) -> str:
    if kind == "text/html":
        return text_of_html(_decoded(part))
    return _decoded(part) if kind == "text/plain" or kind.startswith("multipart/") else ""


def _attachments(part: Message, depth: int) -> Iterator[tuple[str, bytes]]:
    """Everything that is no words of the e-mail itself, with its name or one made from its type."""
    kind = _or(part.get_content_type, "text/plain")
    if depth > MOST_NESTED:
        return
    if kind == "message/rfc822":
        for message in _inner(part):
            name = as_text(_or(part.get_filename, None) or f"{header(message, 'Subject') or 'message'}.eml")
            yield name, _or(lambda message=message: message.as_bytes(), b"")  # type: ignore[misc]  # a bound default
    elif kind.startswith("multipart/") or _inner(part):
        for each in _inner(part):
            yield from _attachments(each, depth + 1)
    elif _is_attachment(part) or kind not in ("text/plain", "text/html"):
        yield _name(part, kind), _content(part)


def _is_attachment(part: Message) -> bool:
    return bool(_or(part.get_filename, None)) or _or(part.get_content_disposition, None) == "attachment"


def _name(part: Message, kind: str) -> str:
    return as_text(_or(part.get_filename, None) or f"attachment{_ENDINGS.get(kind, '')}")


def _inner(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []


def _content(part: Message) -> bytes:
    content = _or(lambda: part.get_payload(decode=True), None)
    return content if isinstance(content, bytes) else b""


def _decoded(part: Message) -> str:
    return decoded(_content(part)[: 4 * MOST_TEXT], _or(part.get_content_charset, None) or "")
