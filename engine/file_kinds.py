"""What a file is, told by its bytes alone: the kinds an attachment may be, and words for what it is otherwise.

Each kind has its own strict test here, on the first bytes and the plainest facts of the format; puremagic, which knows
hundreds of formats, only finds words for a file that is none of them. Nothing is decoded.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import puremagic

MOST_PIXELS = 200_000_000
#: How far browsers look when they guess what a file is, and more.
SNIFFED = 4096
_MOST_SEGMENTS = 2_000
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # the markers that begin a picture and tell its size
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]")
_MAIL_HEADERS = re.compile(rb"^(from|to|subject|date|received|message-id|return-path):", re.IGNORECASE | re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_WEB_PAGE = re.compile(r"<(!doctype|html|head|body|svg|iframe|script|meta|style|object|embed)\b", re.IGNORECASE)
_SCRIPT = re.compile(r"\s*(#!|<\?|@?echo\s+off\b|<%|<job\b|<package\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be attached: its words, the endings its names have, and the test of its bytes."""

    words: str
    endings: tuple[str, ...]
    media_type: str
    is_this: Callable[[bytes], bool]


def pixels_of(content: bytes) -> int:
    """How many pixels a PNG, GIF or JPEG says it has; 0 where it does not say."""
    width, height = _size_of(content)
    return width * height


def text_of(content: bytes) -> str | None:
    """The text of a plain text file, UTF-8 or Windows-1252; None where it is neither or holds control characters."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def words_for(content: bytes) -> str:
    """What a file is, for a sentence: 'a PDF', 'a program', 'a web page', or 'something else'."""
    for kind in KINDS[:-1]:  # not yet plain text: a web page is text too
        if kind.is_this(content):
            return kind.words
    for start, words in _OTHERS_IN_TEXT:
        if content.startswith(start):
            return words
    text = text_of(content)
    if text is not None:
        return _words_for_text(text)
    return next((words for start, words in _OTHERS if content.startswith(start)), None) or _by_puremagic(content)


def _words_for_text(text: str) -> str:
    if _is_web_page(text):
        return "a web page or an SVG drawing"
    return "a script" if _SCRIPT.match(text) else "plain text"


def _by_puremagic(content: bytes) -> str:
    try:
        best = puremagic.magic_string(content)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return "something else"
    return f"of another kind ({best.name})" if best.name and best.confidence >= 0.4 else "something else"


def _is_web_page(text: str) -> bool:
    return bool(_WEB_PAGE.search(text[:SNIFFED])) or "<script" in text.lower()


def _is_text(content: bytes) -> bool:
    """Plain text that nothing would take for anything else: no web page, no script, no head of another format."""
    text = text_of(content)
    if text is None or any(content.startswith(start) for start, _ in _OTHERS_IN_TEXT):
        return False
    return not _is_web_page(text) and not _SCRIPT.match(text)


def _is_pdf(content: bytes) -> bool:
    return re.match(rb"%PDF-[12]\.\d", content) is not None and b"%%EOF" in content


def _is_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") and _has_size(content) and b"IEND" in content


def _is_gif(content: bytes) -> bool:
    return content[:6] in (b"GIF87a", b"GIF89a") and _has_size(content) and b";" in content[13:]


def _is_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff") and _has_size(content) and b"\xff\xd9" in content


def _is_webp(content: bytes) -> bool:
    if len(content) < 20 or content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return False
    (told,) = struct.unpack_from("<I", content, 4)
    return content[12:16] in (b"VP8 ", b"VP8L", b"VP8X") and 12 <= told <= len(content) - 8


def _is_heic(content: bytes) -> bool:
    if len(content) < 24 or content[4:8] != b"ftyp":
        return False
    (told,) = struct.unpack_from(">I", content)
    if told % 4 or not 16 <= told <= min(len(content) - 8, 256):
        return False
    brands = {content[8:12], *(content[start : start + 4] for start in range(16, told, 4))}
    return content[8:12] in _HEIC_BRANDS and bool(brands & (_HEIC_BRANDS - {b"mif1", b"msf1"}))


def _is_zip(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def _is_mail(content: bytes) -> bool:
    """A message as mail programs save it: header lines, an empty line, and headers that every message has."""
    head = re.split(rb"\r?\n\r?\n", content[:65_536], maxsplit=1)[0]
    return bool(_HEADER.match(head)) and b"\0" not in head and len(_MAIL_HEADERS.findall(head)) >= 2


def _has_size(content: bytes) -> bool:
    width, height = _size_of(content)
    return width > 0 and height > 0


def _size_of(content: bytes) -> tuple[int, int]:
    """Width and height in pixels; 0, 0 where they are not told."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        width, height = struct.unpack_from(">II", content, 16)
    elif content.startswith(b"GIF8") and len(content) >= 10:
        width, height = struct.unpack_from("<HH", content, 6)
    elif content.startswith(b"\xff\xd8"):
        height, width = next(_jpeg_sizes(content), (0, 0))
    else:
        width, height = 0, 0
    return width, height


def _jpeg_sizes(content: bytes) -> Iterator[tuple[int, int]]:
    """Height and width from the segments before the picture begins."""
    place = 2
    for _ in range(_MOST_SEGMENTS):
        if place + 9 > len(content) or content[place] != 0xFF:
            return
        marker = content[place + 1]
        (length,) = struct.unpack_from(">H", content, place + 2)
        if marker in _JPEG_SIZES:
            yield struct.unpack_from(">HH", content, place + 5)
        if marker == 0xDA:
            return
        place += 1 if marker == 0xFF else 2 + length  # one more 0xFF only fills


#: What may be attached. Word, Excel and OpenDocument files are all zips: `office_files` tells them apart. Text is last.
KINDS = (
    Kind("a PDF", (".pdf",), "application/pdf", _is_pdf),
    Kind("a JPEG picture", (".jpg", ".jpeg", ".jpe", ".jfif"), "image/jpeg", _is_jpeg),
    Kind("a PNG picture", (".png",), "image/png", _is_png),
    Kind("a GIF picture", (".gif",), "image/gif", _is_gif),
    Kind("a WebP picture", (".webp",), "image/webp", _is_webp),
    Kind("a HEIC picture", (".heic", ".heif"), "image/heic", _is_heic),
    Kind(
        "a Word document",
        (".docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _is_zip,
    ),
    Kind("an Excel workbook", (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _is_zip),
    Kind("an OpenDocument text", (".odt",), "application/vnd.oasis.opendocument.text", _is_zip),
    Kind("an e-mail", (".eml",), "message/rfc822", _is_mail),
    Kind("plain text", (".txt",), "text/plain", _is_text),
)
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}

#: Formats that may be written in letters only, so that the bytes alone would pass as text.
_OTHERS_IN_TEXT = (
    (b"{\\rtf", "a rich text document"),
    (b"%!PS", "a PostScript document"),
    (b"%PDF", "a PDF that is damaged or cut short"),
    (b"GIF8", "a picture that is damaged or cut short"),
)
_OTHERS = (
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xfe\xed\xfa", "a program"),
    (b"\xce\xfa\xed\xfe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Word, Excel or Outlook file of the old kind"),
    (b"L\0\0\0\x01\x14\x02\0", "a shortcut to a program"),
    (b"\xff\xfe", "text in UTF-16, which must be saved as UTF-8"),
    (b"\x89PNG", "a picture that is damaged or cut short"),
    (b"\xff\xd8\xff", "a picture that is damaged or cut short"),
    (b"RIFF", "a sound, a film or a picture that is damaged"),
    (b"PK", "a zip archive"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"BZh", "an archive"),
    (b"\xfd7zXZ", "an archive"),
)
