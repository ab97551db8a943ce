"""Word, Excel and OpenDocument files: which of them a zip is, and whether it may be taken in.

A zip can say anything about itself, so every part is really unpacked, in pieces that are thrown away, until a limit is
passed. Archives inside it are not opened. What carries macros, or fetches them from elsewhere, is refused.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

MOST_PARTS = 2_000
MOST_UNPACKED_PART = 100 * 2**20
MOST_UNPACKED = 150 * 2**20
#: How many times its own size a file may unpack to, once that is more than `ALWAYS_ALLOWED`.
MOST_RATIO = 200
ALWAYS_ALLOWED = 10 * 2**20
_MOST_READ = 2**20  # of a part that is looked into
_CHUNK = 2**16
_CENTRAL_HEADER = b"PK\x01\x02"

_MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": ".xlsx",
}
_OPEN_DOCUMENT_TEXT = b"application/vnd.oasis.opendocument.text"
_ODD_NAME = re.compile(r"(^|/)\.\.(/|$)|^/|\\|^[A-Za-z]:|[\x00-\x1f\x7f]")
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|^(basic|scripts)/", re.IGNORECASE)
_PROGRAMS = (b"MZ", b"\x7fELF")
_FETCHED = ("/attachedtemplate", "/oleobject", "/frame", "/subdocument")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    KeyError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


class Unfit(Exception):
    """Why a zip cannot be taken in: words that go on after the file's name, such as 'is damaged.'"""


def ending_of(content: bytes) -> str | None:
    """'.docx', '.xlsx' or '.odt': what a zip is, once all of it was unpacked; None where it is another archive.

    Raises Unfit with the reason where it is damaged, odd, unpacks to too much, or carries macros.
    """
    if content.count(_CENTRAL_HEADER) > 2 * MOST_PARTS:  # before a list of a million parts is built
        raise Unfit("holds too many parts.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _ending_of(archive, len(content))
    except _BROKEN as problem:
        raise Unfit("is damaged: it cannot be unpacked. Open it, save it again and attach that.") from problem


def _ending_of(archive: zipfile.ZipFile, size: int) -> str | None:
    parts = archive.infolist()
    _look_at_names(parts)
    _unpack_all(archive, parts, size)
    names = {part.filename for part in parts}
    if "[Content_Types].xml" in names:
        _look_at_relations(archive, parts)
        return _microsoft(_attributes(archive, "[Content_Types].xml", "ContentType"))
    if {"mimetype", "content.xml"} <= names:
        with archive.open("mimetype") as opened:
            return ".odt" if opened.read(100).strip() == _OPEN_DOCUMENT_TEXT else None
    return None


def _look_at_names(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Unfit("holds too many parts.")
    names = [part.filename for part in parts]
    if len({name.casefold() for name in names}) != len(names) or any(_ODD_NAME.search(name) for name in names):
        raise Unfit("is not put together as such a file is: some of its parts have odd names.")
    if any(_MACROS.search(name) for name in names):
        raise Unfit("carries macros, which are programs. Save it without them, or as a PDF, and attach that.")
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit("is protected by a password. Save it without the password and attach that.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Unfit("is packed in a way such files never are.")


def _unpack_all(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], size: int) -> None:
    """Unpack every part and count, believing nothing the archive says of sizes."""
    most = min(MOST_UNPACKED, max(ALWAYS_ALLOWED, size * MOST_RATIO))
    total = 0
    for part in parts:
        unpacked = 0
        for chunk in _chunks(archive, part):
            if not unpacked and chunk.startswith(_PROGRAMS):
                raise Unfit("carries a program.")
            unpacked += len(chunk)
            if unpacked > MOST_UNPACKED_PART or total + unpacked > most:
                raise Unfit("unpacks to far more than a document holds. Save it as a PDF and attach that.")
        total += unpacked


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _microsoft(types: list[str]) -> str | None:
    lowered = [each.lower() for each in types]
    if any("macroenabled" in each or "vbaproject" in each for each in lowered):
        raise Unfit("carries macros, which are programs. Save it without them, or as a PDF, and attach that.")
    endings = {_MAIN_PARTS[each] for each in types if each in _MAIN_PARTS}
    return endings.pop() if len(endings) == 1 else None


def _look_at_relations(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Refuse what would fetch a template or an object from elsewhere once it is opened: macros could come with it."""
    for part in parts:
        if not part.filename.lower().endswith(".rels"):
            continue
        for relation in _root(archive, part.filename).iter("{*}Relationship"):
            is_elsewhere = relation.get("TargetMode", "").lower() == "external"
            if is_elsewhere and relation.get("Type", "").lower().endswith(_FETCHED):
                raise Unfit("fetches parts of itself from elsewhere. Save it as a PDF and attach that.")


def _attributes(archive: zipfile.ZipFile, name: str, attribute: str) -> list[str]:
    return [element.get(attribute, "").strip() for element in _root(archive, name).iter("{*}Override", "{*}Default")]


def _root(archive: zipfile.ZipFile, name: str) -> etree._Element:
    with archive.open(name) as opened:
        text = opened.read(_MOST_READ + 1)
    if len(text) > _MOST_READ:
        raise Unfit("is not put together as such a file is.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as problem:
        raise Unfit("is damaged: it cannot be read. Open it, save it again and attach that.") from problem
    if root.getroottree().docinfo.doctype:
        raise Unfit("is not put together as such a file is.")
    return root
