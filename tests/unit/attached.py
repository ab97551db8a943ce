"""Small files of every kind that may be attached, and of some that may not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0\0\0" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int = 3, height: int = 2) -> bytes:
    exif = b"\xff\xe1\x00\x08Exif\0\0"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + exif + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x2a\xff\xd9"


def gif(width: int = 3, height: int = 2) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;"


def webp() -> bytes:
    body = b"WEBPVP8L" + struct.pack("<I", 6) + b"\x2f\x00\x00\x00\x00\x00"
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(brand: bytes = b"heic") -> bytes:
    kind = b"ftyp" + brand + b"\0\0\0\0mif1heic"
    return struct.pack(">I", len(kind) + 4) + kind + struct.pack(">I", 12) + b"meta\0\0\0\0"


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def zipped(parts: Mapping[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def office(main: str, parts: Mapping[str, str | bytes] | None = None, types: str = "") -> bytes:
    """A Word or Excel file with this type of main part, and with these parts and types besides."""
    override = f'<Override PartName="/main.xml" ContentType="{main}"/>'
    return zipped({"[Content_Types].xml": TYPES.format(override + types), "main.xml": "<x/>"} | dict(parts or {}))


def docx(parts: Mapping[str, str | bytes] | None = None, types: str = "") -> bytes:
    return office(WORD, parts, types)


def xlsx() -> bytes:
    return office(EXCEL)


def odt(parts: Mapping[str, str | bytes] | None = None) -> bytes:
    own = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}
    return zipped(own | dict(parts or {}))


def eml() -> bytes:
    return b"From: mary@example.org\r\nTo: us@example.org\r\nSubject: Damp\r\n\r\nThe damp is back.\r\n"


#: A file of each kind, by the ending its name has.
FILES = {
    ".pdf": pdf(),
    ".jpg": jpeg(),
    ".png": png(),
    ".gif": gif(),
    ".webp": webp(),
    ".heic": heic(),
    ".docx": docx(),
    ".xlsx": xlsx(),
    ".odt": odt(),
    ".eml": eml(),
    ".txt": "The damp is back, says Zo\u00eb.\n".encode(),
}
