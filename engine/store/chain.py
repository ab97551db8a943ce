"""The hash chain of a case: pure functions from what an event is to its hash, and the check of a whole chain.

An event's hash covers the case's reference, the event's number, name and two instants, the id of who recorded it, the
names of its fields, the salted hash of its content, and the hash before it. It never covers personal data: that stands
in the content, which may be erased while the chain stays verifiable.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson

#: What stands before the first event of every case.
GENESIS = "0" * 64
#: Named in every hash, so that a later way of counting can never be mistaken for this one.
FORMAT = "redress-event-1"

_PLAIN = (str, bool, type(None), datetime, date)
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """One link as stored. `salt` and `content` are None once erased. `content` is the very text that was hashed."""

    number: int
    name: str
    happened: datetime
    recorded: datetime
    by_person: str
    by_name: str
    field_names: str
    content_hash: str
    previous_hash: str
    hash: str
    salt: str | None
    content: str | None


@dataclass(frozen=True, slots=True)
class BadPlace:
    """The first place where a chain does not hold: the event's number, and what is wrong there."""

    number: int
    what: str


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8, dates as ISO text.

    Raises ValueError for what has no such text: NaN, infinity, numbers beyond 64 bits, keys that are not text, lone
    surrogates, objects.
    """
    _check(value)
    try:
        return orjson.dumps(value, option=_OPTIONS).decode()
    except TypeError as problem:
        raise ValueError(f"This cannot be recorded: {problem}") from problem


def content_hash(salt: str, content: str) -> str:
    """The salted SHA-256 of a content's canonical text; without the salt, short contents could be guessed."""
    return hashlib.sha256(f"{salt}\n{content}".encode()).hexdigest()


def field_names_of(fields: Mapping[str, Any]) -> str:
    """The names of an event's fields, sorted, as canonical JSON."""
    return orjson.dumps(sorted(fields)).decode()


def event_hash(
    reference: str,
    number: int,
    *,
    name: str,
    happened: datetime,
    recorded: datetime,
    by_person: str,
    field_names: str,
    content_hash: str,
    previous_hash: str,
) -> str:
    """The hash of one event. The parts are hashed as one JSON list, so that none can run over into the next."""
    parts = [
        FORMAT,
        reference,
        number,
        name,
        instant_text(happened),
        instant_text(recorded),
        by_person,
        field_names,
        content_hash,
        previous_hash,
    ]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()


def instant_text(instant: datetime) -> str:
    """An instant as it is hashed: UTC with six decimals and a Z. Raises ValueError where it has no zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone.")
    in_utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return f"{in_utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def content_text(by_name: str, fields: Mapping[str, Any]) -> str:
    """The canonical text of an event's content: its fields, and the name of who recorded it as it was then."""
    return canonical_json({"by": by_name, "fields": fields})


def verify_case(reference: str, events: Iterable[ChainedEvent], *, last_number: int, head_hash: str) -> BadPlace | None:
    """The first bad place of a case's chain, or None where it holds.

    `last_number` and `head_hash` come from the case's own row: they show a chain whose tail was cut.
    """
    previous, expected = GENESIS, 1
    for event in events:
        what = _what_is_wrong(reference, event, expected, previous)
        if what:
            return BadPlace(event.number, what)
        previous, expected = event.hash, expected + 1
    if expected - 1 != last_number or previous != head_hash:
        return BadPlace(expected, f"The case says it has {last_number} events; the chain ends at {expected - 1}.")
    return None


def _what_is_wrong(reference: str, event: ChainedEvent, expected: int, previous: str) -> str:
    if event.number != expected:
        return f"Event {expected} is missing or out of its place."
    if event.previous_hash != previous:
        return "It does not follow from the event before it."
    counted = event_hash(
        reference,
        event.number,
        name=event.name,
        happened=event.happened,
        recorded=event.recorded,
        by_person=event.by_person,
        field_names=event.field_names,
        content_hash=event.content_hash,
        previous_hash=event.previous_hash,
    )
    if counted != event.hash:
        return "It was changed after it was recorded."
    return _what_is_wrong_inside(event)


def _what_is_wrong_inside(event: ChainedEvent) -> str:
    if event.salt is None or event.content is None:
        return ""  # erased: its hash still holds the chain together
    if content_hash(event.salt, event.content) != event.content_hash:
        return "Its content was changed after it was recorded."
    content = orjson.loads(event.content)
    if content["by"] != event.by_name or field_names_of(content["fields"]) != event.field_names:
        return "Who recorded it, or the names of its fields, are not those of its content."
    return ""


def _check(value: Any) -> None:
    """Refuse what JSON would change in silence: NaN becomes null, a naive instant loses its zone."""
    if isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            if type(part) is not str:
                _check(part)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number that can be recorded.")
    elif isinstance(value, datetime):
        instant_text(value)
    elif not isinstance(value, (*_PLAIN, int)):
        raise ValueError(f"A {type(value).__name__} cannot be recorded.")
