"""The checkpoints of the record a page at a time, and where each was put: the mail it went with, and what the worker
last said of the folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine.store import settings
from engine.store.database import Transaction
from engine.store.schema import checkpoint, outbox

PAGE = 50
#: what the worker last said of the copies
SETTING = "checkpoint_copies"


@dataclass(frozen=True, slots=True)
class Listed:
    """A checkpoint without the lines of its cases."""

    number: int
    day: date
    made: datetime
    head: str
    hash: str


@dataclass(frozen=True, slots=True)
class Mailed:
    """The mail a checkpoint went with: its status in the outbox, since when, to whom, and what was said of it."""

    status: str
    changed: datetime
    to: str
    said: str


_LISTED = select(checkpoint.c.number, checkpoint.c.day, checkpoint.c.made, checkpoint.c.head, checkpoint.c.hash)


def page(tx: Transaction, *, before: int | None = None, size: int = PAGE) -> tuple[list[Listed], int | None]:
    """Checkpoints, the newest first, and before which number the next page begins; None on the last."""
    query = _LISTED.order_by(checkpoint.c.number.desc()).limit(size + 1)
    found = [Listed(*row) for row in tx.execute(query if before is None else query.where(checkpoint.c.number < before))]
    return found[:size], found[size - 1].number if len(found) > size else None


def one(tx: Transaction, number: int) -> Listed | None:
    """A checkpoint by its number, or None."""
    row = tx.execute(_LISTED.where(checkpoint.c.number == number)).one_or_none()
    return None if row is None else Listed(*row)


def mails(tx: Transaction, keys: Sequence[str]) -> dict[str, Mailed]:
    """The mails with these keys, by key."""
    columns = (outbox.c.idempotency_key, outbox.c.status, outbox.c.changed, outbox.c.payload, outbox.c.said)
    rows = tx.execute(select(*columns).where(outbox.c.idempotency_key.in_(keys)))
    return {row[0]: Mailed(row[1], row[2], str(row[3].get("to", "")), row[4]) for row in rows}


def last_said(tx: Transaction) -> dict[str, Any]:
    """What the worker last said of the copies: `folder`, `by_default`, `to`, the `number` of the last checkpoint in the
    folder, the `problem` it has with it, and `since` when all this stands. Empty where no worker has said anything."""
    found: dict[str, Any] = settings.get(tx, SETTING, {})
    return found


def say(tx: Transaction, said: dict[str, Any]) -> None:
    """Keep what the worker says of the copies."""
    settings.put(tx, SETTING, said)
