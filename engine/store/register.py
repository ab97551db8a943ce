"""The register of cases, open and closed: a page of those a person may see, newest first, all or those that match."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true, tuple_

from engine.store import search
from engine.store.database import Transaction
from engine.store.schema import complaint_case, reference_counter

PAGE = 25
#: Where a page ended: `logged` and `id` of its last case.
Cursor = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the register shows it."""

    id: int
    reference: str
    policy: str
    version_id: int | None
    received: datetime
    logged: datetime
    status: str
    stage: str | None
    finding: str | None
    ending: str | None
    hold: str | None
    due: date | None
    resident: str
    address: str
    brief: str
    area: str | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """Which cases a person may see: all, or by policy and area (an empty area is every one). A case whose area is not
    yet decided is seen by all who see any area of its policy; a restricted one only where `restricted` says so."""

    places: tuple[tuple[str, str], ...] = ()
    everything: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of the register; `after` leads to the next one, None on the last."""

    cases: tuple[CaseLine, ...]
    after: Cursor | None


def page_of_cases(
    tx: Transaction,
    sight: Sight,
    *,
    text: str | None = None,
    statuses: Iterable[str] = (),
    only_held: bool = False,
    after: Cursor | None = None,
    size: int = PAGE,
) -> RegisterPage:
    """The cases in sight, the latest logged first; `text` searches reference, name, address and postcode;
    `only_held`: those on hold."""
    query = _seen(select(*(complaint_case.c[field.name] for field in fields(CaseLine))), sight)
    if text:
        query = query.where(complaint_case.c.id.in_(search.cases_matching(tx, text)))
    if wanted := list(statuses):
        query = query.where(complaint_case.c.status.in_(wanted))
    if only_held:
        query = query.where(complaint_case.c.hold.is_not(None))
    place = (complaint_case.c.logged, complaint_case.c.id)
    if after:
        query = query.where(tuple_(*place) < tuple_(*after))
    rows: list[Any] = list(tx.execute(query.order_by(*(column.desc() for column in place)).limit(size + 1)))
    cases = tuple(CaseLine(*row) for row in rows[:size])
    return RegisterPage(cases, (cases[-1].logged, cases[-1].id) if len(rows) > size else None)


def all_case_ids(tx: Transaction) -> list[int]:
    """The id of every case, in the order registered: for `redress verify`."""
    return list(tx.execute(select(complaint_case.c.id).order_by(complaint_case.c.id)).scalars())


def last_numbers(tx: Transaction) -> dict[str, int]:
    """The last number given out in each series of references, such as SEH-2024."""
    rows = tx.execute(select(reference_counter.c.series, reference_counter.c.last))
    return {series: int(last) for series, last in rows}


def all_cases(tx: Transaction) -> list[tuple[int, str]]:
    """The id and the reference of every case, in the order registered."""
    found = tx.execute(select(complaint_case.c.id, complaint_case.c.reference).order_by(complaint_case.c.id))
    return [(row[0], row[1]) for row in found]


def _seen(query: Select[Any], sight: Sight) -> Select[Any]:
    if not sight.restricted:
        query = query.where(complaint_case.c.restricted.is_(False))
    if sight.everything:
        return query
    return query.where(or_(false(), *(_in_place(policy, area) for policy, area in sight.places)))


def _in_place(policy: str, area: str) -> ColumnElement[bool]:
    of_area = or_(complaint_case.c.area == area, complaint_case.c.area.is_(None)) if area else true()
    return and_(complaint_case.c.policy == policy, of_area)
