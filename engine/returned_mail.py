"""Mail that came back, read from a folder: each file's letter is found by its Message-ID and taken back, once.

Whatever brings the mail of the sender's address (a rule of the mail server, fetchmail) puts it there as .eml files.
What was read goes to the folder `done` in it, what is about no letter of ours to `unknown`.
"""

from __future__ import annotations

import hmac
import logging
from collections import Counter
from datetime import datetime
from pathlib import Path

from engine import email_files, returns, sending
from engine.mail import LETTER, digest, identity, without_addresses
from engine.office import Office
from engine.refusals import Refused
from engine.store import outbox

DONE, UNKNOWN = "done", "unknown"
MOST_BYTES = 30 * 1024 * 1024

LOG = logging.getLogger("redress.worker")


def read_folder(office: Office, folder: Path, now: datetime) -> Counter[str]:
    """Read every returned mail that lies there; how many were DONE and how many UNKNOWN. A folder that cannot be read
    is reported, and read the next time."""
    count: Counter[str] = Counter()
    try:
        for path in sorted(folder.glob("*.eml")):
            if path.is_file() and not path.is_symlink():
                became = DONE if _is_of_ours(office, path, now) else UNKNOWN
                _move(path, folder / became)
                count[became] += 1
    except OSError as problem:
        LOG.error("The folder of returned mail could not be read: %s.", problem.strerror)
    return count


def _is_of_ours(office: Office, path: Path, now: datetime) -> bool:
    """Whether it says that a letter of ours came back; then that letter is taken back, where it was not before."""
    if path.stat().st_size > MOST_BYTES:
        return False
    try:
        bounce = email_files.read(path.read_bytes()).bounced
    except Refused:
        return False
    ours = identity(bounce.message_id) if bounce else None
    if bounce is None or ours is None:
        return False
    key, figures = ours
    with office.database.reading() as tx:
        row = outbox.by_key(tx, key)
    if row is None or row.kind != LETTER:
        return False
    mail = sending.letter(row, None)
    if not hmac.compare_digest(digest(mail), figures):
        LOG.warning("A returned mail names %s, but not as it was sent. It was left alone.", row.idempotency_key)
        return False
    returns.returned(office, row, without_addresses(bounce.reason, mail), now)
    return True


def _move(path: Path, folder: Path) -> None:
    """Into a folder, under a name that nothing there has."""
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        target, number = folder / f"{path.stem}-{number}{path.suffix}", number + 1
    path.rename(target)
