"""The record of what people did, read as one list, newest first: acts outside cases, events of cases, and who had a
case before them.

The three lie in tables of their own, each indexed by when it was recorded. A page is the next lines of each, merged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, tuple_

from engine.store.database import Transaction
from engine.store.schema import act, case_event, case_view, complaint_case, event_content, person

PAGE = 50
ACT, EVENT, VIEW = "act", "event", "view"
#: the order of lines of one moment
_ORDER = {VIEW: 0, EVENT: 1, ACT: 2}
#: what somebody, perhaps another, did in the name of a person: it is found with what that person did
IN_A_NAME = ("failed_sign_in", "held_off_sign_in")
#: Where a page ended: the moment, the kind of the line, and its place within its kind.
Cursor = tuple[datetime, str, int, int]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line: who did what, to what, when it was recorded. `said` is None where there is nothing, or it was erased.

    `source` is ACT, EVENT or VIEW; `about` an act's own word for what it was done to, else a case's reference.
    """

    source: str
    at: datetime
    person_id: str
    name: str
    what: str
    about: str
    said: Mapping[str, Any] | None
    place: tuple[int, int]

    @property
    def cursor(self) -> Cursor:
        return self.at, self.source, *self.place


@dataclass(frozen=True)
class Sought:
    """Which lines: of these acts and events (None: every one), of a person, of a case by its reference, recorded from
    a moment until before another. `with_views`: who had a case before them, too."""

    acts: Sequence[str] | None = None
    events: Sequence[str] | None = None
    with_views: bool = False
    person_id: int | None = None
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None


def page_of_record(
    tx: Transaction, sought: Sought, *, after: Cursor | None = None, size: int = PAGE
) -> tuple[list[Recorded], Cursor | None]:
    """A page of the record, and where the next begins; None on the last."""
    found: list[Recorded] = []
    for read in _sources(sought):
        found += read(tx, sought, after, size + 1)
    found.sort(key=lambda one: (one.at, _ORDER[one.source], one.place), reverse=True)
    shown = found[:size]
    named = _with_names(tx, shown)
    return named, shown[-1].cursor if len(found) > size else None


def _sources(sought: Sought) -> list[Callable[[Transaction, Sought, Cursor | None, int], list[Recorded]]]:
    chosen = [
        (_acts, sought.acts is None or bool(sought.acts)),
        (_events, sought.events is None or bool(sought.events)),
        (_views, sought.with_views),
    ]
    return [read for read, wanted in chosen if wanted]


def _acts(tx: Transaction, sought: Sought, after: Cursor | None, most: int) -> list[Recorded]:
    query = select(act.c.at, act.c.person_id, act.c.what, act.c.about, act.c.detail, act.c.id)
    if sought.acts is not None:
        query = query.where(act.c.what.in_(sought.acts))
    if sought.about:
        query = query.where(act.c.about.in_((f"case {sought.about}", sought.about)))
    if sought.person_id is not None:
        in_their_name = and_(act.c.what.in_(IN_A_NAME), act.c.about == f"person {sought.person_id}")
        query = query.where(or_(act.c.person_id == sought.person_id, in_their_name))
    place = (act.c.at, act.c.id)
    rows = tx.execute(_within(query, sought, ACT, place, after, most))
    return [
        Recorded(ACT, row.at, str(row.person_id or ""), "", row.what, row.about, row.detail, (row.id, 0))
        for row in rows
    ]


def _events(tx: Transaction, sought: Sought, after: Cursor | None, most: int) -> list[Recorded]:
    query = (
        select(
            case_event.c.recorded.label("at"),
            case_event.c.by_person,
            case_event.c.by_name,
            case_event.c.name,
            complaint_case.c.reference,
            event_content.c.content,
            case_event.c.case_id,
            case_event.c.number,
        )
        .join(complaint_case, complaint_case.c.id == case_event.c.case_id)
        .outerjoin(
            event_content,
            and_(event_content.c.case_id == case_event.c.case_id, event_content.c.number == case_event.c.number),
        )
    )
    if sought.events is not None:
        query = query.where(case_event.c.name.in_(sought.events))
    if sought.about:
        query = query.where(case_event.c.case_id == _case_id(tx, sought.about))
    if sought.person_id is not None:
        query = query.where(case_event.c.by_person == str(sought.person_id))
    place = (case_event.c.recorded, case_event.c.case_id, case_event.c.number)
    rows = tx.execute(_within(query, sought, EVENT, place, after, most))
    return [
        Recorded(
            EVENT, row.at, row.by_person, row.by_name, row.name, row.reference,
            orjson.loads(row.content)["fields"] if row.content else None, (row.case_id, row.number),
        )
        for row in rows
    ]  # fmt: skip


def _views(tx: Transaction, sought: Sought, after: Cursor | None, most: int) -> list[Recorded]:
    query = select(
        case_view.c.at, case_view.c.person_id, complaint_case.c.reference, case_view.c.case_id, literal(0)
    ).join(complaint_case, complaint_case.c.id == case_view.c.case_id)
    if sought.about:
        query = query.where(case_view.c.case_id == _case_id(tx, sought.about))
    if sought.person_id is not None:
        query = query.where(case_view.c.person_id == sought.person_id)
    place = (case_view.c.at, case_view.c.case_id, case_view.c.person_id)
    rows = tx.execute(_within(query, sought, VIEW, place, after, most))
    return [
        Recorded(VIEW, row.at, str(row.person_id), "", "saw_case", row.reference, None, (row.case_id, row.person_id))
        for row in rows
    ]


def _case_id(tx: Transaction, reference: str) -> int:
    """The id of the case with that reference; one that no case has where there is none."""
    found = tx.execute(select(complaint_case.c.id).where(complaint_case.c.reference == reference)).scalar_one_or_none()
    return -1 if found is None else int(found)


def _within(
    query: Select[Any],
    sought: Sought,
    source: str,
    place: Sequence[ColumnElement[Any]],
    after: Cursor | None,
    most: int,
) -> Select[Any]:
    """The lines of one source in their order, within the period, after where the page before ended."""
    at = place[0]
    if sought.since:
        query = query.where(at >= sought.since)
    if sought.until:
        query = query.where(at < sought.until)
    if after:
        query = query.where(_after(source, place, after))
    return query.order_by(*(column.desc() for column in place)).limit(most)


def _after(source: str, place: Sequence[ColumnElement[Any]], after: Cursor) -> ColumnElement[bool]:
    moment, kind, *rest = after
    if source == kind:
        return tuple_(*place) < tuple_(moment, *rest[: len(place) - 1])
    return place[0] <= moment if _ORDER[source] < _ORDER[kind] else place[0] < moment


def _with_names(tx: Transaction, lines: Sequence[Recorded]) -> list[Recorded]:
    """With the name of each person, where the line has only their id."""
    ids = {int(one.person_id) for one in lines if one.person_id.isdecimal() and not one.name}
    rows = tx.execute(select(person.c.id, person.c.name).where(person.c.id.in_(ids)))
    names = {str(row.id): row.name for row in rows}
    return [replace(one, name=one.name or names.get(one.person_id, "")) for one in lines]
