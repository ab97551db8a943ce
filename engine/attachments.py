"""What people attach: taken in only where name and bytes agree on a kind that is allowed, under a name safe to show.

Everything else is refused with a sentence that says what the file is and what to do about it.
"""

from __future__ import annotations

import re
import unicodedata

from engine import file_kinds, office_files
from engine.file_kinds import BY_ENDING, KINDS, Kind
from engine.refusals import Refused
from engine.store.documents import ATTACHMENT, NewDocument

MOST_BYTES = 20 * 2**20
MOST_NAME = 120
_OFFICE = (".docx", ".xlsx", ".odt")
_NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format (bidi among them), surrogate, private, unassigned
_NOT_IN_A_NAME = re.compile(r'[:*?"<>|]')
_ENDING = re.compile(r"\.[a-z0-9]{1,10}$", re.IGNORECASE)
_ALLOWED = "PDF, JPEG, PNG, GIF, WebP, HEIC, TXT, DOCX, XLSX, ODT or EML"


class NotAccepted(Refused):
    """A file that is not taken in. Nothing of it was kept."""


def checked(file_name: str, content: bytes) -> NewDocument:
    """The file as a document to keep, with a name that is safe to show.

    Raises NotAccepted (a Refused) with a sentence: what the file is, and what to do about it.
    """
    name = shown_name(file_name)
    _check_size(name, content)
    kind = _kind_by_name(name)
    actual = _kind_by_bytes(name, content, kind)
    if actual is not kind:
        raise NotAccepted(_disagreement(name, content, actual))
    if file_kinds.pixels_of(content) > file_kinds.MOST_PIXELS:
        raise NotAccepted(f"'{name}' is a picture of too many pixels. Make it smaller and attach that.")
    return NewDocument(ATTACHMENT, _title(name), name, kind.media_type, content)


def shown_name(file_name: str) -> str:
    """A file's name as it may be shown and stored: no folders, no control or direction characters, in NFC, at most 120
    characters, with its ending kept.

    >>> shown_name("C:\\\\Users\\\\me\\\\damp \\u202egpj.exe")
    'damp gpj.exe'
    """
    last = re.split(r"[/\\]", file_name.rstrip("/\\ "))[-1]
    whole = last.encode("utf-8", "replace").decode()  # half a surrogate pair becomes a question mark
    visible = "".join(each for each in whole if unicodedata.category(each) not in _NOT_SHOWN)
    normal = unicodedata.normalize("NFC", visible)
    name = " ".join(_NOT_IN_A_NAME.sub("_", normal).split()).rstrip(". ")
    found = _ENDING.search(name)
    ending = found.group() if found else ""
    stem = name.removesuffix(ending).strip(". ")[: MOST_NAME - len(ending)].rstrip(". ")
    return f"{stem or 'document'}{ending}"


def _title(name: str) -> str:
    return _ENDING.sub("", name)


def _check_size(name: str, content: bytes) -> None:
    if not content:
        raise NotAccepted(f"'{name}' is empty. Look at the file on your computer and attach it again.")
    if len(content) > MOST_BYTES:
        size = f"{len(content) / 2**20:.1f} MB, and the most is {MOST_BYTES // 2**20} MB"
        raise NotAccepted(f"'{name}' is {size}. Make it smaller, or attach it in parts.")


def _kind_by_name(name: str) -> Kind:
    found = _ENDING.search(name)
    if found is None:
        raise NotAccepted(
            f"'{name}' has no ending that says what it is, such as .pdf. Save it as {_ALLOWED} and attach that."
        )
    kind = BY_ENDING.get(found.group().lower())
    if kind is None:
        raise NotAccepted(f"A file called {found.group().lower()} is not accepted. Save '{name}' as {_ALLOWED}.")
    return kind


def _kind_by_bytes(name: str, content: bytes, by_name: Kind) -> Kind | None:
    """The kind these bytes are, by their own tests; None where they are none that is allowed.

    A message is text too, and a text may begin like one: between these the name decides.
    """
    if content.startswith(b"PK\x03\x04"):
        try:
            ending = office_files.ending_of(content)
        except office_files.Unfit as reason:
            raise NotAccepted(f"'{name}' {reason}") from reason
        return None if ending is None else BY_ENDING[ending]
    found = [kind for kind in KINDS if kind.endings[0] not in _OFFICE and kind.is_this(content)]
    return by_name if by_name in found else next(iter(found), None)


def _disagreement(name: str, content: bytes, actual: Kind | None) -> str:
    ending = name[name.rindex(".") :].lower()
    if actual is not None:
        mend = f"Rename it to end in {actual.endings[0]}, or attach the file you meant."
        return f"'{name}': this file is called {ending}, but it is {actual.words}. {mend}"
    is_what = "a zip archive" if content.startswith(b"PK\x03\x04") else file_kinds.words_for(content)
    return (
        f"'{name}': this file is called {ending}, but it is {is_what}. Attach the document itself, saved as {_ALLOWED}."
    )
