"""What residents of the demonstration attach: a photograph that is none, and an e-mail; both made here."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from struct import pack

from engine import attachments
from engine.case_files import CaseFile
from engine.events import ZONE
from engine.store.documents import EMAIL, NewDocument

WIDE, HIGH = 160, 120
WALL, MOULD = (226, 219, 203), (58, 66, 52)
PATCHES = ((125, 20, 35), (142, 45, 22), (107, 12, 20), (150, 10, 30))  # where across, where down, how wide


def documents(names: str, file: CaseFile, now: datetime) -> tuple[NewDocument, ...]:
    """The files of those names, as they would be taken in from somebody who attaches them."""
    return tuple(_taken(name, _MADE[name](file, now)) for name in names.split())


def _taken(name: str, content: bytes) -> NewDocument:
    document = attachments.checked(name, content)
    return replace(document, kind=EMAIL) if name.endswith(".eml") else document


def picture(file: CaseFile, now: datetime) -> bytes:
    """A wall with mould in its corner, as a PNG."""
    return _drawn()


@cache
def _drawn() -> bytes:
    rows = b"".join(
        b"\0" + bytes(part for across in range(WIDE) for part in _colour(across, down)) for down in range(HIGH)
    )
    head = pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _colour(across: int, down: int) -> tuple[int, ...]:
    """Wall, darker the deeper in a patch; some grain, so that it does not look painted."""
    depth = max(0.0, *(1 - ((across - x) ** 2 + (down - y) ** 2) ** 0.5 / wide for x, y, wide in PATCHES))
    grain = (across * 7919 + down * 104_729) % 13 - 6
    mixed = (wall + (mould - wall) * min(1.0, depth * 1.4) + grain for wall, mould in zip(WALL, MOULD, strict=True))
    return tuple(max(0, min(255, round(part))) for part in mixed)


def email(file: CaseFile, now: datetime) -> bytes:
    """An e-mail of the resident about their complaint, as a mail program saves it, with the picture."""
    received = file.events[0]
    message = EmailMessage()
    message["From"] = f"{received.text('resident')} <{received.text('email')}>"
    message["To"] = "Complaints <complaints@example.org>"
    message["Subject"] = f"Complaint {file.reference}"
    message["Date"] = format_datetime(now.astimezone(ZONE))
    message.set_content("Here is what it looks like this morning. It comes back whenever it is wiped off.\n")
    message.add_attachment(picture(file, now), maintype="image", subtype="png", filename="corner.png")
    message.set_boundary("=_made_up")
    return message.as_bytes()


_MADE: Mapping[str, Callable[[CaseFile, datetime], bytes]] = {"corner.png": picture, "this-morning.eml": email}
