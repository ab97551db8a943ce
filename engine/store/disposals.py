"""Disposal in the database: which closed cases are due, what was asked and decided, holds, and the erasing itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, false, func, insert, or_, select, tuple_
from sqlalchemy import update as change
from sqlalchemy.exc import IntegrityError

from engine.store import outbox as out
from engine.store.database import Transaction
from engine.store.schema import (
    case_document,
    case_mark,
    case_stage_measure,
    complaint_case,
    disposal,
    disposal_hold,
    document_content,
    letter_draft,
    outbox,
)

PAGE = 50
ASKED, ERASED, REFUSED, TAKEN_BACK = "asked", "erased", "refused", "taken_back"
#: Where a page ended: the day of closing and the case of its last line.
Cursor = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed case, the day it closed, and the class it is of."""

    case_id: int
    reference: str
    policy: str
    closed: date
    class_key: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class DisposalRow:
    """A case asked to be erased. `days` is the period it was asked under; `state` ASKED, ERASED, REFUSED or
    TAKEN_BACK."""

    id: int
    case_id: int
    policy: str
    class_key: str
    days: int
    closed: date
    state: str
    asked_by: int
    asked_by_name: str
    asked_at: datetime
    decided_by: int | None
    decided_by_name: str
    decided_at: datetime | None
    said: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class HoldRow:
    """What keeps a case from being erased, since `at`, until `ended_at`."""

    id: int
    case_id: int
    reason: str
    by_person: int
    by_name: str
    at: datetime
    ended_at: datetime | None
    ended_by: int | None
    ended_by_name: str
    end_reason: str
    reference: str = ""
    policy: str = ""


class AlreadyThere(Exception):
    """Somebody else asked for it, or placed a hold, a moment ago."""


_measure = case_stage_measure.c
_OF_THE_CASE = _measure.case_id == complaint_case.c.id
#: by class, in the order in which they are tried (see `engine.retention`)
_FITS: tuple[tuple[str, ColumnElement[bool]], ...] = (
    ("outside", exists().where(_OF_THE_CASE, _measure.external)),
    ("no_complaint", exists().where(_OF_THE_CASE, _measure.counts.is_(False))),
    ("withdrawn", complaint_case.c.ending == "withdrawn"),
    ("later_stage", exists().where(_OF_THE_CASE, _measure.place > 1)),
)
_of_class = case(*((fits, key) for key, fits in _FITS), else_="first_stage")
_HELD = exists().where(disposal_hold.c.case_id == complaint_case.c.id, disposal_hold.c.ended_at.is_(None))
_IN_HAND = exists().where(disposal.c.case_id == complaint_case.c.id, disposal.c.state.in_((ASKED, ERASED)))
_later = case_mark.alias("later")
_LAST_SPAN = and_(
    case_mark.c.kind == "open",
    ~exists().where(
        _later.c.case_id == case_mark.c.case_id, _later.c.kind == "open", _later.c.number > case_mark.c.number
    ),
)
_CLOSED = (
    select(
        complaint_case.c.id, complaint_case.c.reference, complaint_case.c.policy, case_mark.c.until,
        _of_class.label("class_key"), _HELD.label("is_held"),
    )
    .join(case_mark, case_mark.c.case_id == complaint_case.c.id)
    .where(complaint_case.c.status == "closed", _LAST_SPAN, case_mark.c.until.is_not(None))
)  # fmt: skip
_REQUESTS: Select[Any] = select(
    *(disposal.c[field.name] for field in fields(DisposalRow) if field.name != "reference"), complaint_case.c.reference
).join(complaint_case, complaint_case.c.id == disposal.c.case_id)
_HOLDS: Select[Any] = select(
    *(disposal_hold.c[field.name] for field in fields(HoldRow) if field.name not in ("reference", "policy")),
    complaint_case.c.reference,
    complaint_case.c.policy,
).join(complaint_case, complaint_case.c.id == disposal_hold.c.case_id)


def closed_case(tx: Transaction, case_id: int) -> Closed | None:
    """A case by its id where it is closed, else None."""
    row = tx.execute(_CLOSED.where(complaint_case.c.id == case_id)).one_or_none()
    return None if row is None else Closed(*row)


def due(
    tx: Transaction,
    policy: str,
    closed_by: Iterable[tuple[str, date]],
    *,
    after: Cursor | None = None,
    size: int = PAGE,
) -> tuple[list[Closed], Cursor | None]:
    """Cases of a landlord that closed by the day given for their class and are neither asked for nor erased, the first
    to close first, and where the next page begins."""
    query = _due(_CLOSED, policy, closed_by)
    place = (case_mark.c.until, case_mark.c.case_id)
    if after:
        query = query.where(tuple_(*place) > tuple_(*after))
    found = [Closed(*row) for row in tx.execute(query.order_by(*place).limit(size + 1))]
    shown = found[:size]
    return shown, (shown[-1].closed, shown[-1].case_id) if len(found) > size else None


def due_count(tx: Transaction, policy: str, closed_by: Iterable[tuple[str, date]], most: int) -> int:
    """How many there are, held ones too, counted no further than `most`."""
    query = _due(_CLOSED.with_only_columns(complaint_case.c.id), policy, closed_by).limit(most)
    return int(tx.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _due(query: Select[Any], policy: str, closed_by: Iterable[tuple[str, date]]) -> Select[Any]:
    days = list(closed_by)
    in_time = [and_(_of_class == key, case_mark.c.until <= day) for key, day in days]
    latest = max((day for _, day in days), default=date.min)
    return query.where(
        complaint_case.c.policy == policy, case_mark.c.until <= latest, or_(false(), *in_time), ~_IN_HAND
    )


def ask(tx: Transaction, found: Closed, days: int, *, by: int, by_name: str, now: datetime) -> int:
    """Ask that a case be erased; the id of the request. Raises AlreadyThere."""
    values = {
        "case_id": found.case_id, "policy": found.policy, "class_key": found.class_key, "days": days,
        "closed": found.closed, "state": ASKED, "asked_by": by, "asked_by_name": by_name, "asked_at": now,
        "decided_by_name": "", "said": "",
    }  # fmt: skip
    try:
        return int(tx.execute(insert(disposal).values(values).returning(disposal.c.id)).scalar_one())
    except IntegrityError as there:
        raise AlreadyThere from there


def decide(tx: Transaction, request_id: int, state: str, *, by: int, by_name: str, said: str, now: datetime) -> bool:
    """Decide a request that nobody has decided yet; False where somebody has."""
    values = {"state": state, "decided_by": by, "decided_by_name": by_name, "decided_at": now, "said": said}
    still = (disposal.c.id == request_id, disposal.c.state == ASKED)
    return tx.execute(change(disposal).where(*still).values(values)).rowcount == 1


def request(tx: Transaction, request_id: int) -> DisposalRow | None:
    """A request by its id, or None."""
    row = tx.execute(_REQUESTS.where(disposal.c.id == request_id)).one_or_none()
    return None if row is None else DisposalRow(*row)


def undecided(tx: Transaction, reference: str) -> int | None:
    """The id of the request for a case that nobody has decided yet, or None."""
    asked = (complaint_case.c.reference == reference, disposal.c.state == ASKED)
    row = tx.execute(_REQUESTS.where(*asked)).one_or_none()
    return None if row is None else int(row[0])


def requests(
    tx: Transaction, policy: str, states: Sequence[str], *, before: int | None = None, size: int = PAGE
) -> list[DisposalRow]:
    """The requests of a landlord in these states, the latest first; `before` leads to the next page."""
    query = _REQUESTS.where(disposal.c.policy == policy, disposal.c.state.in_(states))
    query = query.where(disposal.c.id < before) if before else query
    return [DisposalRow(*row) for row in tx.execute(query.order_by(disposal.c.id.desc()).limit(size))]


def of_case(tx: Transaction, case_id: int) -> list[DisposalRow]:
    """What was asked of a case, the latest first."""
    return [
        DisposalRow(*row)
        for row in tx.execute(_REQUESTS.where(disposal.c.case_id == case_id).order_by(disposal.c.id.desc()))
    ]


def hold(tx: Transaction, case_id: int, reason: str, *, by: int, by_name: str, now: datetime) -> None:
    """Place a hold on a case. Raises AlreadyThere where there is one."""
    values = {
        "case_id": case_id, "reason": reason, "by_person": by, "by_name": by_name, "at": now, "ended_by_name": "",
        "end_reason": "",
    }  # fmt: skip
    try:
        tx.execute(insert(disposal_hold).values(values))
    except IntegrityError as there:
        raise AlreadyThere from there


def end_hold(tx: Transaction, hold_id: int, reason: str, *, by: int, by_name: str, now: datetime) -> bool:
    """End a hold that is in force; False where it has ended."""
    values = {"ended_at": now, "ended_by": by, "ended_by_name": by_name, "end_reason": reason}
    still = (disposal_hold.c.id == hold_id, disposal_hold.c.ended_at.is_(None))
    return tx.execute(change(disposal_hold).where(*still).values(values)).rowcount == 1


def holds(tx: Transaction, policy: str) -> list[HoldRow]:
    """The holds of a landlord that are in force, the latest first."""
    query = _HOLDS.where(complaint_case.c.policy == policy, disposal_hold.c.ended_at.is_(None))
    return [HoldRow(*row) for row in tx.execute(query.order_by(disposal_hold.c.id.desc()))]


def held(tx: Transaction) -> list[str]:
    """The references of the cases with a hold in force."""
    return [row.reference for row in tx.execute(_HOLDS.where(disposal_hold.c.ended_at.is_(None)))]


def hold_of(tx: Transaction, case_id: int) -> HoldRow | None:
    """The hold in force on a case, or None."""
    row = tx.execute(_HOLDS.where(disposal_hold.c.case_id == case_id, disposal_hold.c.ended_at.is_(None))).one_or_none()
    return None if row is None else HoldRow(*row)


def hold_named(tx: Transaction, reference: str) -> HoldRow | None:
    """The hold in force on the case with that reference, or None."""
    there = (complaint_case.c.reference == reference, disposal_hold.c.ended_at.is_(None))
    row = tx.execute(_HOLDS.where(*there)).one_or_none()
    return None if row is None else HoldRow(*row)


def hold_by_id(tx: Transaction, hold_id: int) -> HoldRow | None:
    """A hold by its id, or None."""
    row = tx.execute(_HOLDS.where(disposal_hold.c.id == hold_id)).one_or_none()
    return None if row is None else HoldRow(*row)


def is_something_to_go_out(tx: Transaction, case_id: int) -> bool:
    """Whether anything of the case still waits to be handed over, or for somebody to decide about."""
    there = exists().where(outbox.c.case_id == case_id, outbox.c.status.in_(out.NOT_AT_REST))
    return bool(tx.execute(select(there)).scalar_one())


def blank_figures(tx: Transaction, case_id: int) -> None:
    """Take the name of a contractor out of the figures that are kept of a case."""
    tx.execute(change(case_stage_measure).where(case_stage_measure.c.case_id == case_id).values(contractor=None))


def erase_beside(tx: Transaction, case_id: int) -> None:
    """Erase what stands beside the events of a case and speaks of people: documents with their bytes (those no other
    case has), drafts of letters, what was handed over, and the reasons of holds."""
    own = list(tx.execute(select(case_document.c.sha256).where(case_document.c.case_id == case_id)).scalars())
    for table in (case_document, letter_draft, outbox):
        tx.execute(delete(table).where(table.c.case_id == case_id))
    still_used = exists().where(case_document.c.sha256 == document_content.c.sha256)
    tx.execute(delete(document_content).where(document_content.c.sha256.in_(own), ~still_used))
    gone = {"reason": "Erased", "end_reason": "Erased"}
    tx.execute(change(disposal_hold).where(disposal_hold.c.case_id == case_id).values(gone))
