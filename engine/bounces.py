"""Mail that says a letter could not be delivered: which one, and why. A delay is no return, nor is an absence note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from engine.email_headers import as_text, header

MOST_REASON = 300
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")
_MESSAGE_ID_LINE = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]{1,990}>)", re.IGNORECASE | re.MULTILINE)
_DAEMON = re.compile(r"\b(mailer-daemon|postmaster|mail delivery (sub)?system|microsoftexchange\w*)\b", re.IGNORECASE)
_SAYS_IT_FAILED = re.compile(
    r"undeliver|not deliver|delivery (status notification \(failure|fail)|returned mail|failure notice",
    re.IGNORECASE,
)
_SAYS_WHY = re.compile(r"^.{0,40}\b[45]\d\d[ -]([45]\.\d{1,3}\.\d{1,3}\b)?.{0,300}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter that came back: the Message-ID it went out with, in its angle brackets, and the reason given."""

    message_id: str
    reason: str


def bounce_of(message: Message, text: str) -> Bounce | None:
    """What came back according to this message, whose words are `text`; None where it reports no failure.

    A delivery report (RFC 3464) is believed where an action of it is 'failed'. Other messages are where a mail program
    wrote them, they say in the subject that delivery failed, and they quote the Message-ID.
    """
    if message.get_content_type() == "multipart/report":
        return _of_report(message)
    is_failure = bool(_SAYS_IT_FAILED.search(header(message, "Subject"))) or bool(
        header(message, "X-Failed-Recipients")
    )
    if not is_failure or not _DAEMON.search(header(message, "From")):
        return None
    found = _MESSAGE_ID_LINE.search(text) or _MESSAGE_ID_LINE.search(_quoted(message))
    why = _SAYS_WHY.search(text)
    return Bounce(found.group(1), _reason(why.group() if why else "")) if found else None


def _of_report(message: Message) -> Bounce | None:
    parts = list(message.walk())
    blocks = [block for part in parts if part.get_content_type() == "message/delivery-status" for block in _inner(part)]
    failed = [block for block in blocks if header(block, "Action").lower().startswith("failed")]
    message_id = next((found for part in parts for found in _original_id(part)), "")
    if not failed or not message_id:
        return None
    said = header(failed[0], "Diagnostic-Code").partition(";")[2] or header(failed[0], "Status")
    return Bounce(message_id, _reason(said))


def _original_id(part: Message) -> list[str]:
    """The Message-ID of the message a report gives back, whole or its headers only."""
    if part.get_content_type() == "message/rfc822":
        return [found for block in _inner(part) for found in _MESSAGE_ID.findall(header(block, "Message-ID"))]
    if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
        return _MESSAGE_ID_LINE.findall(_words(part))
    return []


def _inner(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [block for block in inner if isinstance(block, Message)] if isinstance(inner, list) else []


def _quoted(message: Message) -> str:
    """The headers of messages that are given back as parts, as lines."""
    ids = [found for part in message.walk() for found in _original_id(part)]
    return "\n".join(f"Message-ID: {found}" for found in ids)


def _words(part: Message) -> str:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content.decode("utf-8", "replace")
    return "\n".join(f"{name}: {value}" for block in _inner(part) for name, value in block.raw_items())


def _reason(said: str) -> str:
    return as_text(said)[:MOST_REASON] or "No reason was given."
