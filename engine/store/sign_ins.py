"""Attempts to sign in, kept so that guessing can be slowed down."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select

from engine.store.database import Transaction
from engine.store.people import sign_in_name
from engine.store.schema import sign_in_attempt


def record_attempt(tx: Transaction, sign_in: str, *, ok: bool, from_address: str, now: datetime) -> None:
    """Record an attempt, whether or not there is such a person."""
    values = {"sign_in": sign_in_name(sign_in), "from_address": from_address, "at": now, "ok": ok}
    tx.execute(insert(sign_in_attempt), values)


def failures_for(tx: Transaction, sign_in: str, *, since: datetime) -> int:
    """How often signing in by this name failed since a moment, counted from its last success."""
    return _failures(tx, sign_in_attempt.c.sign_in == sign_in_name(sign_in), since)


def failures_from(tx: Transaction, from_address: str, *, since: datetime) -> int:
    """How often signing in from this address failed since a moment. A success does not end the count: whoever guesses
    may have an account of their own."""
    tried = (sign_in_attempt.c.from_address == from_address, sign_in_attempt.c.at >= since)
    return _count(tx, *tried, sign_in_attempt.c.ok.is_(False))


def forget_attempts(tx: Transaction, before: datetime) -> int:
    """Drop attempts made before a moment; how many there were."""
    return tx.execute(delete(sign_in_attempt).where(sign_in_attempt.c.at < before)).rowcount


def _failures(tx: Transaction, whose: ColumnElement[bool], since: datetime) -> int:
    last_success = select(func.max(sign_in_attempt.c.at)).where(whose, sign_in_attempt.c.ok.is_(True))
    success = tx.execute(last_success).scalar_one()
    start = max(since, success) if success else since
    return _count(tx, whose, sign_in_attempt.c.at >= start, sign_in_attempt.c.ok.is_(False))


def _count(tx: Transaction, *where: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(sign_in_attempt).where(*where)).scalar_one())
