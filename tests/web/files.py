"""Files as residents and colleagues send them, made here byte by byte: a PDF, a picture, an e-mail, and bad ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart


def pdf(words: str = "A page") -> bytes:
    """The smallest PDF that is one."""
    body = (
        f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%{words}\n"
    )
    return body.encode() + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def png() -> bytes:
    """One white pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


def eml(
    *,
    sender: str = "Ada Lovelace <ada@example.org>",
    to: str = "complaints@landlord.example",
    subject: str = "The boiler again",
    text: str = "Nobody came on Monday either.",
    sent: str = "Mon, 09 Mar 2026 14:05:00 +0000",
    attached: tuple[tuple[str, bytes], ...] = (),
) -> bytes:
    """An e-mail as a mail program saves it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = sender, to, subject, sent
    message["Message-ID"] = "<one@example.org>"
    message.set_content(text)
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def zip_bomb() -> bytes:
    """A Word file by its members that would unpack to a hundred megabytes of nothing."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 100_000_000)
    return made.getvalue()


PROGRAM = b"MZ\x90\x00\x03" + b"\0" * 200
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


def sent(*files: tuple[str, bytes], **answers: Any) -> dict[str, Any]:
    """What a browser posts: answers, and files of the one input."""
    return {**answers, "files": [(io.BytesIO(content), name) for name, content in files]}


def body(*files: tuple[str, bytes], **answers: Any) -> dict[str, Any]:
    """The same as the bytes of a request, for files too large for the test client to hold."""
    return as_bytes(**answers, files=[FileStorage(io.BytesIO(content), name) for name, content in files])


def as_bytes(**sent: Any) -> dict[str, Any]:
    """A form as the bytes of a request. What is larger than half a megabyte the test client would put into a file that
    it never closes."""
    boundary, content = encode_multipart(MultiDict(sent))
    return {"data": content, "content_type": f'multipart/form-data; boundary="{boundary}"'}
