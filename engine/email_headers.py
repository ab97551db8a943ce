"""The headers of an e-mail as text, whoever wrote them: decoded where they can be, on one line, of a bounded length."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parsedate_to_datetime

MOST_HEADER = 4_000
_CHARSETS = re.compile(
    r"(utf-?8|utf-?16(le|be)?|iso-?8859-\d{1,2}|windows-?125\d|cp125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis"
    r"|iso-2022-jp|euc-(jp|kr)|mac-?roman)",
    re.IGNORECASE,
)
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_YEARS = range(1980, 2101)


class BoundedPolicy(Compat32):
    """The standard library's plain reading of headers, each cut off where it grows too long to be a header.

    Its newer policies parse each header as they meet it, and some headers people make crash or stall them.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value of a header."""
        name, value = super().header_source_parse(sourcelines)
        return name[:MOST_HEADER], value[:MOST_HEADER]


def header(message: Message, name: str) -> str:
    """The first header of that name, decoded, on one line; empty where there is none."""
    wanted = name.lower()
    return next((as_text(str(value)) for found, value in message.raw_items() if found.lower() == wanted), "")


def as_text(raw: str) -> str:
    """The value of a header as text: encoded words decoded, bytes that are no ASCII taken for UTF-8 or Windows-1252."""
    whole = decoded(raw[:MOST_HEADER].encode("utf-8", "surrogateescape"), "")
    try:
        pieces = decode_header(whole)
    except (MessageError, ValueError):
        pieces = [(whole, None)]
    text = "".join(piece if isinstance(piece, str) else decoded(piece, charset or "") for piece, charset in pieces)
    return " ".join(seen(text).split())


def decoded(content: bytes, charset: str) -> str:
    """Bytes as text: in the character set they say, if it is one of those mail is written in, else in a likely one."""
    declared = [charset] if _CHARSETS.fullmatch(charset) and charset.lower() != "iso-8859-1" else []
    for encoding in (*declared, "utf-8"):
        try:
            return content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def seen(text: str) -> str:
    """Text in NFC, with plain line ends, without control and direction characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", lines))


def moment_of(date: str) -> datetime | None:
    """The moment of a Date header, in UTC; None where it says none that can be."""
    try:
        found = parsedate_to_datetime(date)
        in_utc = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return in_utc if in_utc.year in _YEARS else None
