"""Counting measures by figure, and listing the cases behind a figure: the same condition serves both.

A report is one read of a narrow table, whatever it groups by; a list is keyset-paged over an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, false, func, or_, select, tuple_

from engine.store.database import Transaction
from engine.store.measure_figures import Span, bound, condition
from engine.store.measures import COLUMNS, MeasureRow
from engine.store.schema import case_stage_measure, complaint_case, open_task, person

C = case_stage_measure.c
PAGE = 50
#: what stands for "none" where a selection names a value that may be missing: an area nobody decided
NONE = "-"
#: what may be grouped by, and the columns of it
BY: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "stage": (C.place, C.stage),
    "area": (C.area,),
    "channel": (C.channel,),
    "outcome": (C.outcome,),
    "version": (C.policy, C.version_id),
    "policy": (C.policy,),
    "contractor": (C.contractor,),
    "tenure": (C.tenure,),
    "edition": (C.edition,),
    "month_received": (func.substr(cast(C.received, Text), 1, 7),),
    "year_received": (func.substr(cast(C.received, Text), 1, 4),),
}
#: the days that may be averaged, by the figure whose cases they are of
DAYS = {"days_to_log": C.days_to_log, "days_to_answer": C.days_to_answer, "days_late": C.days_late}
Cursor = tuple[date, int, str]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which measures a report is about; what is empty does not narrow it. NONE asks for those without a value.

    `stage` is the place and the key of a stage, as `1-stage_1`; `version` the id of a sealed version, as text.
    `ours` leaves out stages outside the landlord, whatever it says.
    """

    policy: str = ""
    version: str = ""
    area: str = ""
    channel: str = ""
    outcome: str = ""
    contractor: str = ""
    tenure: str = ""
    stage: str = ""
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A case behind a figure, at the stage that was counted, with what a list shows of the case."""

    case_id: int
    reference: str
    resident: str
    brief: str
    restricted: bool
    measure: MeasureRow


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the cases behind a figure; `after` leads to the next one, None on the last."""

    lines: tuple[Line, ...]
    after: Cursor | None


def counts(
    tx: Transaction, span: Span, selection: Selection, figures: Iterable[str], by: str = ""
) -> dict[Key, dict[str, int]]:
    """How many measures count in each figure, by the values of what is grouped by (one empty key where nothing is)."""
    names = list(figures)
    groups = _groups(by)
    counted = (func.sum(case((condition(name, span), 1), else_=0)) for name in names)
    query = _narrowed(select(*groups, *counted).where(bound(names, span)), selection).group_by(*groups)
    found = {}
    for row in tx.execute(query):
        numbers = dict(zip(names, (int(number or 0) for number in row[len(groups) :]), strict=True))
        if any(numbers.values()) or not by:
            found[tuple(row[: len(groups)])] = numbers
    return found


def total_days(
    tx: Transaction, span: Span, selection: Selection, wanted: Mapping[str, str], by: str = ""
) -> dict[Key, dict[str, int]]:
    """The days in all of the cases of a figure, by figure: `wanted` names the days (`days_late`) of each."""
    groups = _groups(by)
    summed = (func.sum(case((condition(name, span), DAYS[days]), else_=0)) for name, days in wanted.items())
    query = _narrowed(select(*groups, *summed).where(bound(wanted, span)), selection).group_by(*groups)
    return {
        tuple(row[: len(groups)]): dict(zip(wanted, (int(days or 0) for days in row[len(groups) :]), strict=True))
        for row in tx.execute(query)
    }


def values(tx: Transaction, selection: Selection, by: str) -> list[Key]:
    """Every value there is of what may be grouped by, for the choices of a filter."""
    groups = _groups(by)
    return sorted((tuple(row) for row in tx.execute(_narrowed(select(*groups).distinct(), selection))), key=str)


def page_of(
    tx: Transaction, figure: str, span: Span, selection: Selection, after: Cursor | None = None, size: int = PAGE
) -> Lines:
    """The cases behind a figure, the latest received first. Raises KeyError for a figure there is not."""
    place = (C.received, C.case_id, C.stage)
    query = _narrowed(_LIST.where(condition(figure, span)), selection)
    if after:
        query = query.where(tuple_(*place) < tuple_(*after))
    query = query.order_by(*(column.desc() for column in place))
    rows = list(tx.execute(query.limit(size + 1) if size else query))
    shown = rows[:size] if size else rows
    lines = tuple(Line(row[0], row[1], row[2], row[3], row[4], MeasureRow(*row[5:])) for row in shown)
    more = bool(size) and len(rows) > size
    last = lines[-1] if more else None
    return Lines(lines, (last.measure.received, last.case_id, last.measure.stage) if last else None)


def owners(tx: Transaction, case_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """Who has the open task of each case and stage: the name of a person. Nobody is left out."""
    who = select(open_task.c.case_id, open_task.c.stage, person.c.name).join(
        person, person.c.id == open_task.c.person_id
    )
    return {
        (int(row[0]), str(row[1])): str(row[2])
        for row in tx.execute(who.where(open_task.c.case_id.in_(list(case_ids))))
    }


_LIST = select(
    C.case_id,
    complaint_case.c.reference,
    complaint_case.c.resident,
    complaint_case.c.brief,
    complaint_case.c.restricted,
    *(C[name] for name in COLUMNS),
).join(complaint_case, complaint_case.c.id == C.case_id)


def _groups(by: str) -> tuple[ColumnElement[Any], ...]:
    """The columns grouped by: `month_received+stage` are those of both."""
    return tuple(column for one in by.split("+") if one for column in BY[one])


def _narrowed(query: Select[Any], selection: Selection) -> Select[Any]:
    wheres = [
        _is(C[name], wanted)
        for name in ("policy", "area", "channel", "outcome", "contractor", "tenure")
        if (wanted := str(getattr(selection, name)))
    ]
    if selection.version:
        wheres.append(_version(selection.version))
    if selection.stage:
        number, _, key = selection.stage.partition("-")
        wheres.append(and_(C.place == int(number), C.stage == key) if _is_number(number, 3) else false())
    if selection.ours:
        wheres.append(C.external.is_(False))
    return query.where(*wheres) if wheres else query


def _is(column: ColumnElement[Any], wanted: str) -> ColumnElement[bool]:
    return or_(column.is_(None), column == "") if wanted == NONE else column == wanted


def _version(wanted: str) -> ColumnElement[bool]:
    if wanted == NONE:
        return C.version_id.is_(None)
    return C.version_id == int(wanted) if _is_number(wanted, 15) else false()


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most


SELECTS = tuple(field.name for field in fields(Selection))
"""The names a selection has in addresses."""
