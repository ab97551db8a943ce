"""Open tasks as lists: a page by what is due first, a count up to 99+, and who has a task.

A page is one index read however many tasks are open: tasks of a person by `person_id`, those of a group or team by its
key, 25 of each key and then the first 25 of them all. Closed tasks are not here, and what a person may see is in the
keys that are asked for, never filtered afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, false, func, or_, select, tuple_, union_all

from engine.store import search
from engine.store.case_rows import RESTRICTED
from engine.store.database import Transaction
from engine.store.schema import open_task, person

PAGE = 25
#: A count stops here: it is shown as "99+".
MOST_COUNTED = 100

#: Where a page ended: the `sort_due` and `id` of its last task.
Cursor = tuple[date, int]


@dataclass(frozen=True, slots=True)
class InboxTask:
    """An open task as a list shows it. `person_id` and `person_name` are of who has it; `claimed_at`: since when."""

    id: int
    case_id: int
    key: str
    title: str
    stage: str | None
    role: str
    policy: str
    version_id: int | None
    area: str | None
    sort_due: date
    due: date | None
    promised: date | None
    waits_for: str
    reference: str
    resident: str
    address: str
    created: datetime
    person_id: int | None
    claimed_at: datetime | None
    person_name: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tasks: those one person has, or those of keys (`policy:role:area`, or `policy:role` for every area).

    The tasks of restricted cases have keys of their own, closed by RESTRICTED, and are seen only where these are given.
    """

    person_id: int | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What else must be true of a task; None asks nothing. `text` searches reference, name and address;
    `due_from` is the first day counted in, `due_before` the first that is not."""

    role: str | None = None
    stage: str | None = None
    version_id: int | None = None
    person_id: int | None = None
    only_unclaimed: bool = False
    text: str | None = None
    due_from: date | None = None
    due_before: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of tasks; `after` leads to the next one, None on the last."""

    tasks: tuple[InboxTask, ...]
    after: Cursor | None


ANY = Filters()
_SHOWN = tuple(field.name for field in fields(InboxTask) if field.name != "person_name")
_ORDER = (open_task.c.sort_due, open_task.c.id)
_TASKS_SHOWN: Select[Any] = select(*(open_task.c[name] for name in _SHOWN), person.c.name).outerjoin_from(
    open_task, person, person.c.id == open_task.c.person_id
)
_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "role": open_task.c.role == bindparam("role"),
    "stage": open_task.c.stage == bindparam("stage"),
    "version_id": open_task.c.version_id == bindparam("version_id"),
    "person_id": open_task.c.person_id == bindparam("person_id"),
    "only_unclaimed": open_task.c.person_id.is_(None),
    "due_from": open_task.c.sort_due >= bindparam("due_from"),
    "due_before": open_task.c.sort_due < bindparam("due_before"),
    "after": tuple_(*_ORDER) > tuple_(bindparam("after_due"), bindparam("after_id")),
    "cases": open_task.c.case_id.in_(bindparam("cases", expanding=True)),
    "mine": open_task.c.person_id == bindparam("mine"),
}


def page(
    tx: Transaction, scope: Scope, *, filters: Filters = ANY, after: Cursor | None = None, size: int = PAGE
) -> Page:
    """The next tasks in order of what is due first (the earlier of the policy's date and a promised one)."""
    values = _values(tx, scope, filters)
    if after:
        values |= {"after": True, "after_due": after[0], "after_id": after[1]}
    query = _page_query(*_shape(scope, filters, values))
    rows: Sequence[Any] = tx.execute(query, values | {"size": size + 1}).all()
    tasks = tuple(InboxTask(*row) for row in rows[:size])
    return Page(tasks, (tasks[-1].sort_due, tasks[-1].id) if len(rows) > size else None)


def count(tx: Transaction, scope: Scope, *, filters: Filters = ANY, most: int = MOST_COUNTED) -> int:
    """How many tasks there are, counting no further than `most`."""
    values = _values(tx, scope, filters)
    counted = tx.execute(_count_query(*_shape(scope, filters, values)), values | {"size": most}).scalar_one()
    return min(int(counted), most)


def tasks_of(tx: Transaction, case_id: int) -> list[InboxTask]:
    """The open tasks of a case, by what is due first."""
    return [InboxTask(*row) for row in tx.execute(_OF_CASE, {"case": case_id})]


def _values(tx: Transaction, scope: Scope, filters: Filters) -> dict[str, Any]:
    """The parameters of a query; which of them there are decides its shape."""
    values = {name: value for name in _FILTERS if (value := getattr(filters, name, None))}
    if filters.text:
        values["cases"] = search.cases_matching(tx, filters.text)
    if scope.person_id is not None:
        return values | {"mine": scope.person_id}
    return values | {f"key_{place}": key for place, key in enumerate(_keys(scope, filters))}


def _keys(scope: Scope, filters: Filters) -> list[str]:
    """The keys to ask for: of the wanted role only, and no area's key where the team's own is asked for as well."""
    teams = {key for key in scope.keys if key.count(":") == 1}
    keys = [key for key in scope.keys if key in teams or _team_of(key) not in teams]
    return [key for key in dict.fromkeys(keys) if filters.role in (None, key.rstrip(RESTRICTED).split(":")[1])]


def _team_of(key: str) -> str:
    return ":".join(key.rstrip(RESTRICTED).split(":")[:2]) + (RESTRICTED if key.endswith(RESTRICTED) else "")


def _shape(scope: Scope, filters: Filters, values: Mapping[str, Any]) -> tuple[tuple[bool, ...], tuple[str, ...]]:
    """What a query is made from: for each key whether it is a team's, and the names of the conditions."""
    keys = () if "mine" in values else _keys(scope, filters)
    return tuple(key.count(":") == 1 for key in keys), tuple(name for name in _FILTERS if name in values)


@lru_cache(maxsize=256)
def _page_query(teams: tuple[bool, ...], conditions: tuple[str, ...]) -> Select[Any]:
    """The first tasks by id, from the indexes alone, and only then what is shown of them."""
    found = _found(teams, conditions)
    first = select(found).order_by(found.c.sort_due, found.c.id).limit(bindparam("size")).subquery()
    return _TASKS_SHOWN.join(first, first.c.id == open_task.c.id).order_by(*_ORDER)


@lru_cache(maxsize=256)
def _count_query(teams: tuple[bool, ...], conditions: tuple[str, ...]) -> Select[Any]:
    found = _found(teams, conditions, ordered=False)
    return select(func.count()).select_from(select(found).limit(bindparam("size")).subquery())


def _found(teams: tuple[bool, ...], conditions: tuple[str, ...], *, ordered: bool = True) -> Subquery:
    """The first tasks of each key in its own index, one under the other; or, where a person or some cases are asked
    for, the tasks of these that the keys allow."""
    where = [_FILTERS[name] for name in conditions]
    of_keys = [
        (open_task.c.team_key if is_team else open_task.c.group_key) == bindparam(f"key_{place}")
        for place, is_team in enumerate(teams)
    ]
    if "mine" in conditions:
        return _first(where, ordered)
    if not of_keys:
        return _first([false()], ordered)
    if {"person_id", "cases"} & set(conditions):
        return _first([*where, or_(*of_keys)], ordered)
    return union_all(*(select(_first([of_key, *where], ordered)) for of_key in of_keys)).subquery()


def _first(where: Sequence[ColumnElement[bool]], ordered: bool) -> Subquery:
    first = select(*_ORDER).where(*where).limit(bindparam("size"))
    return (first.order_by(*_ORDER) if ordered else first).subquery()


_OF_CASE = _TASKS_SHOWN.where(open_task.c.case_id == bindparam("case")).order_by(*_ORDER)
