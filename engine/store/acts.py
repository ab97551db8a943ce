"""What people did outside cases, kept for ever; and what the same button pressed twice led to the first time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from engine.store.database import Transaction
from engine.store.schema import act, request_key


@dataclass(frozen=True, slots=True)
class Act:
    """What someone did: `what` in the past tense, `about` whom or what it was done to. `at` is UTC."""

    id: int
    at: datetime
    person_id: int | None
    what: str
    about: str
    detail: Mapping[str, Any] | None


class SameRequest(Exception):
    """The same request was committed by another transaction meanwhile; read its result with `result_of_request`."""


_RESULT = select(request_key.c.result).where(request_key.c.key == bindparam("which"))
_KEEP = insert(request_key)
_RECORD = insert(act)


def record_act(
    tx: Transaction,
    person_id: int | None,
    *,
    what: str,
    about: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record an act; `person_id` None where nobody is known, as in a failed sign-in."""
    kept = None if detail is None else dict(detail)
    tx.execute(_RECORD, {"at": now, "person_id": person_id, "what": what, "about": about, "detail": kept})


def acts(
    tx: Transaction,
    *,
    about: str | None = None,
    person_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Act]:
    """Acts, newest first: of a person, about something, or all; `before_id` leads to the next page."""
    query = select(act).order_by(act.c.id.desc()).limit(limit)
    for column, value in ((act.c.about, about), (act.c.person_id, person_id)):
        query = query if value is None else query.where(column == value)
    query = query if before_id is None else query.where(act.c.id < before_id)
    return [Act(*row) for row in tx.execute(query)]


def done(tx: Transaction, *what: str) -> list[Act]:
    """Every act of these kinds, the first first."""
    return [Act(*row) for row in tx.execute(select(act).where(act.c.what.in_(what)).order_by(act.c.id))]


def result_of_request(tx: Transaction, key: str) -> Any:
    """What the request with this key led to, or None where it is new."""
    return tx.execute(_RESULT, {"which": key}).scalar_one_or_none()


def keep_request(tx: Transaction, key: str, *, result: Any, now: datetime) -> None:
    """Keep what a request led to, in its own transaction, so that the second press gives the same.

    `result` is any JSON value but null. Raises SameRequest where another transaction was quicker: roll this one back.
    """
    try:
        tx.execute(_KEEP, {"key": key, "made": now, "result": result})
    except IntegrityError as problem:
        raise SameRequest(key) from problem


def forget_requests(tx: Transaction, before: datetime) -> int:
    """Drop request keys made before a moment; how many there were."""
    return tx.execute(delete(request_key).where(request_key.c.made < before)).rowcount
