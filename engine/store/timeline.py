"""A case's events in the database: appended to the chain, read back, never changed."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import bindparam, insert, select

from engine.store import chain
from engine.store.case_rows import CaseRow, NewEvent, StoredEvent
from engine.store.database import Transaction
from engine.store.schema import case_event, event_content

_INSERT_EVENT = insert(case_event)
_INSERT_CONTENT = insert(event_content)

_WITH_CONTENT = case_event.outerjoin(
    event_content,
    (event_content.c.case_id == case_event.c.case_id) & (event_content.c.number == case_event.c.number),
)
_OF_CASE = case_event.c.case_id == bindparam("case")
_UNTIL = case_event.c.number <= bindparam("until")
_EVENTS = (
    select(
        case_event.c.number,
        case_event.c.name,
        case_event.c.happened,
        case_event.c.recorded,
        case_event.c.by_person,
        case_event.c.by_name,
        event_content.c.content,
    )
    .select_from(_WITH_CONTENT)
    .where(_OF_CASE, _UNTIL)
    .order_by(case_event.c.number)
)
_LINKS = (
    select(
        *(column for column in case_event.c if column.name != "case_id"),
        event_content.c.salt,
        event_content.c.content,
    )
    .select_from(_WITH_CONTENT)
    .where(_OF_CASE)
    .order_by(case_event.c.number)
)
_NO_END = 2**31 - 1


@dataclass(frozen=True)
class NewLinks:
    """Links ready to be written: rows of the chain, their contents, and the hash the chain then ends in."""

    rows: list[dict[str, Any]]
    contents: list[dict[str, Any]]
    head_hash: str


def links_after(case: CaseRow, events: Sequence[NewEvent]) -> NewLinks:
    """The links that put events at the end of a case's chain. Raises ValueError for a field that cannot be recorded."""
    head_hash = case.head_hash
    rows: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for number, event in enumerate(events, case.last_event_number + 1):
        salt, content = secrets.token_hex(16), chain.content_text(event.by_name, event.fields)
        covered: dict[str, Any] = {
            "name": event.name,
            "happened": event.happened,
            "recorded": event.recorded,
            "by_person": event.by_person,
            "field_names": chain.field_names_of(event.fields),
            "content_hash": chain.content_hash(salt, content),
            "previous_hash": head_hash,
        }
        head_hash = chain.event_hash(case.reference, number, **covered)
        rows.append({"case_id": case.id, "number": number, "by_name": event.by_name, "hash": head_hash, **covered})
        contents.append({"case_id": case.id, "number": number, "salt": salt, "content": content})
    return NewLinks(rows, contents, head_hash)


def write_links(tx: Transaction, links: NewLinks) -> None:
    """Write links to the chain. The case's row must be locked by its UPDATE before, so that numbers never collide."""
    if links.rows:
        tx.execute(_INSERT_EVENT, links.rows)
        tx.execute(_INSERT_CONTENT, links.contents)


def events_of(tx: Transaction, case_id: int, *, until_number: int | None = None) -> list[StoredEvent]:
    """A case's events in the order they were recorded, all or up to a number."""
    until = _NO_END if until_number is None else until_number
    rows = tx.execute(_EVENTS, {"case": case_id, "until": until})
    return [StoredEvent(*row[:-1], *_fields_of(row[-1])) for row in rows.all()]


def _fields_of(content: str | None) -> tuple[Mapping[str, Any], bool]:
    """What an event says, and whether that was erased."""
    return ({}, True) if content is None else (orjson.loads(content)["fields"], False)


def chained_events_of(tx: Transaction, case_id: int) -> list[chain.ChainedEvent]:
    """A case's links, hashes and all, for `chain.verify_case` and for a proof."""
    return [chain.ChainedEvent(**row) for row in tx.execute(_LINKS, {"case": case_id}).mappings()]


def erase_content(tx: Transaction, case_id: int, *, numbers: Sequence[int]) -> None:
    """Erase what some events say. The chain still verifies: it holds only the salted hash of it."""
    chosen = event_content.c.case_id == case_id, event_content.c.number.in_(numbers)
    tx.execute(event_content.delete().where(*chosen))
