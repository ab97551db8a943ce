"""The bytes of a diagram from elsewhere as UTF-8, and what is written in them beside the diagram.

Modelers for Windows and older ones for Java write other encodings; the gate reads UTF-8 alone. What is made of them is
read there with every guard it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine import xml_text

#: what a file may say of itself, and how it is read: Windows writes its own characters under the name of Latin 1
_READ = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252",
    "iso-8859-15": "iso-8859-15", "windows-1250": "cp1250", "iso-8859-2": "iso-8859-2",
}  # fmt: skip
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be"}
_NAME = re.compile(r"(<\?xml[^>]{0,200}?encoding\s*=\s*[\"'])([A-Za-z0-9._-]{1,40})")
_BEGINS = 300  # characters in which a declaration stands


def in_utf8(xml: bytes) -> tuple[bytes, str]:
    """The same file in UTF-8, and what it was written in: empty where nothing had to be done, or nothing can be."""
    if len(xml) > 2 * xml_text.MOST_BYTES:
        return xml, ""
    if xml[:1].isspace() and xml.lstrip().startswith(b"<?xml"):
        xml = xml.lstrip()  # an empty line that an editor left
    declared = _NAME.search(xml[:_BEGINS].decode("latin-1"))
    says = declared[2].lower() if declared else ""
    how = next((one for mark, one in _MARKS.items() if xml.startswith(mark)), "") or _READ.get(says, "")
    if not how and says.startswith("utf-16"):
        how = "utf-8"  # what a program keeps as UTF-16 in its memory, it writes so into a file of UTF-8
    if not how:
        return xml, ""
    try:
        text = xml.decode(how)
    except UnicodeDecodeError:
        return xml, ""
    begins = _NAME.sub(r"\g<1>UTF-8", text[:_BEGINS], count=1)
    return f"{begins}{text[_BEGINS:]}".removeprefix("\ufeff").encode(), (declared[2] if declared else how.upper())


def notes(xml: bytes) -> Iterator[tuple[int, str]]:
    """The comments and instructions of a file that can be read, each with its line: nobody sees them on a diagram."""
    text = xml.decode("utf-8", errors="replace")
    for opens, closes, kind in (("<!--", "-->", "a comment"), ("<?", "?>", "an instruction to a program")):
        at, line, counted = text.find(opens), 1, 0
        while at >= 0:
            ends = text.find(closes, at + len(opens))
            if ends < 0:
                break
            line, counted = line + text.count("\n", counted, at), at
            inside = " ".join(text[at + len(opens) : ends].split())
            if not inside.startswith("xml "):
                yield line, f"{kind} ({inside[:60]})"
            at = text.find(opens, ends + len(closes))
