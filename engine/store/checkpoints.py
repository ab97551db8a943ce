"""The checkpoints of the record in the database, where each case stood at the last, and the chain of the acts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, insert, select
from sqlalchemy.exc import IntegrityError

from engine.store.acts import Act
from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import act, act_link, checkpoint, checkpoint_case, complaint_case

AT_ONCE = 5_000
#: how far behind the last linked act one may lie that was written at the same time and committed later
LOOK_BACK = 1_000


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A checkpoint as stored: every column of `checkpoint`."""

    number: int
    day: date
    made: datetime
    head: str
    hash: str
    changed: str


class End(NamedTuple):
    """Where the chain of a case ends: its reference, the number of its last event and that event's hash."""

    case_id: int
    reference: str
    number: int
    hash: str


class LinkedAct(NamedTuple):
    """An act in the chain of the acts. `act` is None where the act itself is gone."""

    number: int
    act_id: int
    hash: str
    act: Act | None


class AlreadyThere(Exception):
    """Another worker was quicker: it wrote the checkpoint, or linked the acts."""


_CHECKPOINT = select(*(checkpoint.c[field.name] for field in fields(CheckpointRow)))
_ACT = tuple(act.c[field.name] for field in fields(Act))


def latest(tx: Transaction) -> CheckpointRow | None:
    """The last checkpoint, or None before the first."""
    row = tx.execute(_CHECKPOINT.order_by(checkpoint.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else CheckpointRow(*row)


def all_of_them(tx: Transaction) -> list[CheckpointRow]:
    """Every checkpoint, the first first."""
    return [CheckpointRow(*row) for row in tx.execute(_CHECKPOINT.order_by(checkpoint.c.number))]


def ends(tx: Transaction) -> list[End]:
    """Where each case's chain ends now, in the order of their references."""
    row = complaint_case.c
    found = tx.execute(select(row.id, row.reference, row.last_event_number, row.head_hash))
    return sorted((End(*one) for one in found), key=lambda end: end.reference)


def ends_then(tx: Transaction) -> list[End]:
    """Where each case's chain ended at the last checkpoint, in the order of their references."""
    then = checkpoint_case.c
    joined = checkpoint_case.join(complaint_case, complaint_case.c.id == then.case_id)
    found = tx.execute(select(then.case_id, complaint_case.c.reference, then.number, then.hash).select_from(joined))
    return sorted((End(*one) for one in found), key=lambda end: end.reference)


def put(tx: Transaction, row: CheckpointRow, moved: Sequence[End]) -> None:
    """Write a checkpoint, and where the cases that moved on stand at it. Raises AlreadyThere."""
    try:
        tx.execute(insert(checkpoint), {field.name: getattr(row, field.name) for field in fields(row)})
    except IntegrityError as problem:
        raise AlreadyThere from problem
    for start in range(0, len(moved), AT_ONCE):
        rows = [{"case_id": end.case_id, "number": end.number, "hash": end.hash} for end in moved[start:][:AT_ONCE]]
        adding = insert_for(tx, checkpoint_case)
        values = {name: adding.excluded[name] for name in ("number", "hash")}
        tx.execute(adding.on_conflict_do_update(index_elements=["case_id"], set_=values), rows)


def last_link(tx: Transaction) -> tuple[int, str]:
    """The number and hash of the last link of the acts' chain; 0 and nothing before the first."""
    link = act_link.c
    row = tx.execute(select(link.number, link.hash).order_by(link.number.desc()).limit(1)).one_or_none()
    return (0, "") if row is None else (row[0], row[1])


def acts_to_link(tx: Transaction, *, every: bool = False) -> list[Act]:
    """Acts that are no link of the chain yet, oldest first: those since the last, or `every` one wherever it lies."""
    query = select(*_ACT).outerjoin_from(act, act_link, act_link.c.act_id == act.c.id)
    query = query.where(act_link.c.act_id.is_(None)).order_by(act.c.id).limit(AT_ONCE)
    if not every:
        last = tx.execute(select(func.max(act_link.c.act_id))).scalar_one_or_none() or 0
        query = query.where(act.c.id > last - LOOK_BACK)
    return [Act(*row) for row in tx.execute(query)]


def put_links(tx: Transaction, links: Sequence[Mapping[str, Any]]) -> None:
    """Add links (number, act_id, hash) to the chain of the acts. Raises AlreadyThere."""
    try:
        tx.execute(insert(act_link), [dict(link) for link in links])
    except IntegrityError as problem:
        raise AlreadyThere from problem


def linked_acts(tx: Transaction) -> Iterator[LinkedAct]:
    """The chain of the acts, in order, some thousand at a time."""
    after = 0
    while True:
        page = list(tx.execute(_links_after(after)))
        for number, act_id, link_hash, *row in page:
            yield LinkedAct(number, act_id, link_hash, None if row[0] is None else Act(*row))
        if len(page) < AT_ONCE:
            return
        after = page[-1][0]


def count_of_acts(tx: Transaction) -> int:
    """How many acts are recorded."""
    return int(tx.execute(select(func.count()).select_from(act)).scalar_one())


def _links_after(number: int) -> Select[Any]:
    query = select(act_link.c.number, act_link.c.act_id, act_link.c.hash, *_ACT)
    query = query.outerjoin_from(act_link, act, act.c.id == act_link.c.act_id)
    return query.where(act_link.c.number > number).order_by(act_link.c.number).limit(AT_ONCE)
