"""What a report is made of: tables of figures, each with the cases behind it, control totals, and what a chart draws.

A page, a CSV file, a workbook, the command line and JSON all show the same report. Pure but for the counting itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from engine.store import measure_counts
from engine.store.database import Transaction
from engine.store.measure_counts import Key, Selection
from engine.store.measure_figures import Span

Value = int | float | str | date | None
#: a share has no value where nothing was there to be shared out
NOTHING_TO_SHARE = None


@dataclass(frozen=True)
class Column:
    """A column: how many are in a figure; or the share of some figures in others; or average days of a figure's cases.

    `kind`: count, share (in percent), days (on average), text. `figure` is what its numbers lead to.
    """

    title: str
    kind: str
    figure: str = ""
    parts: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    days: str = ""

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in (self.figure, *self.parts, *self.whole) if one))


def count(figure: str, title: str) -> Column:
    """A column of how many are in a figure."""
    return Column(title, "count", figure)


def share(title: str, parts: Sequence[str], whole: Sequence[str]) -> Column:
    """A column of the percentage that some figures are of others; its numbers lead to the first of the parts."""
    return Column(title, "share", parts[0] if len(parts) == 1 else "", tuple(parts), tuple(whole))


def average(title: str, days: str, figure: str) -> Column:
    """A column of the days a figure's cases took, on average."""
    return Column(title, "days", figure, days=days)


@dataclass(frozen=True)
class Cell:
    """A value and, for a number, the figure whose cases are behind it; `select` narrows further than its row does."""

    value: Value
    figure: str = ""
    kind: str = "count"
    select: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A line of a table. `select` narrows the report's selection to it, `span` its period where it is another."""

    title: str
    cells: tuple[Cell, ...]
    select: Mapping[str, str] = field(default_factory=dict)
    span: tuple[date, date] | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    is_total: bool = False
    reference: str = ""  # of a case, where the line is about one


@dataclass(frozen=True)
class Check:
    """A control total: a sum in words, and whether both sides are the same."""

    about: str
    words: str
    holds: bool


@dataclass(frozen=True)
class Chart:
    """What a chart draws: bars for each label, of one or more named series laid end to end (`is_stacked`)."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    is_stacked: bool = True
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a report, and the chart that draws it. `select` narrows the report's selection to all it counts."""

    key: str
    title: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    says: str = ""
    checks: tuple[Check, ...] = ()
    chart: Chart | None = None
    select: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is counted and no case is named."""
        return not any(
            row.reference or any(cell.value for cell in row.cells if cell.kind == "count") for row in self.rows
        )


@dataclass(frozen=True)
class Report:
    """A report over a span and a selection. `says` is what it counts; `notes` what to know of it."""

    name: str
    title: str
    says: str
    span: Span
    selection: Selection
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    unmeasured: int = 0
    is_of_today: bool = False

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for table in self.tables for check in table.checks)

    @property
    def is_empty(self) -> bool:
        return all(table.is_empty for table in self.tables)


@dataclass(frozen=True)
class Group:
    """How a table is grouped: what by, its heading, the words for a group and how a link selects it."""

    by: str
    heading: str
    title: Callable[[Key], str]
    select: Callable[[Key], Mapping[str, str]]
    order: Callable[[Key], object] = str


@dataclass(frozen=True)
class Reading:
    """Where a report counts: a transaction, the span and the selection."""

    tx: Transaction
    span: Span
    selection: Selection

    @property
    def own(self) -> Reading:
        """The same for the landlord's own stages alone."""
        return replace(self, selection=replace(self.selection, ours="yes"))

    def at(self, stage: str) -> Reading:
        """The same for one stage, as a selection names it."""
        return replace(self, selection=replace(self.selection, stage=stage))

    def numbers(self, columns: Iterable[Column], by: str = "") -> dict[Key, dict[str, int]]:
        """Every count the columns need, by group; days in all stand under `days:figure`."""
        there = list(columns)
        names = list(dict.fromkeys(name for one in there for name in one.figures))
        found = measure_counts.counts(self.tx, self.span, self.selection, names, by)
        wanted = {one.figure: one.days for one in there if one.kind == "days"}
        for key, days in self._days(wanted, by).items():
            if key in found:
                found[key].update({f"days:{name}": total for name, total in days.items()})
        return found

    def _days(self, wanted: Mapping[str, str], by: str) -> dict[Key, dict[str, int]]:
        return measure_counts.total_days(self.tx, self.span, self.selection, wanted, by) if wanted else {}


def table(
    reading: Reading,
    key: str,
    title: str,
    group: Group,
    columns: Sequence[Column],
    *,
    says: str = "",
    always: Iterable[Key] = (),
    with_total: bool = True,
    check: Callable[[Row], Check | None] | None = None,
) -> Table:
    """Count a table: a line for each group there is (and for those `always` there that are selected), and their sum."""
    found = reading.numbers(columns, group.by)
    for one in always:
        if _is_selected(reading.selection, group.select(one)):
            found.setdefault(one, {})
    rows = [
        row_of(group.title(one), columns, found[one], select=group.select(one))
        for one in sorted(found, key=lambda one: str(group.order(one)))
    ]
    if with_total and len(rows) > 1:
        rows.append(row_of("All", columns, _summed(found.values()), is_total=True))
    checks = tuple(each for row in rows if check and (each := check(row)))
    of = reading.selection
    select = {name: text for name, text in (("ours", of.ours), ("stage", of.stage)) if text}
    return Table(key, title, group.heading, tuple(columns), tuple(rows), says, checks, select=select)


def _is_selected(selection: Selection, select: Mapping[str, str]) -> bool:
    """Whether a line is part of the selection: another stage's line would lead to cases that are not counted here."""
    return all(getattr(selection, name) in ("", text) for name, text in select.items())


def row_of(
    title: str,
    columns: Sequence[Column],
    numbers: Mapping[str, int],
    *,
    select: Mapping[str, str] | None = None,
    is_total: bool = False,
    span: tuple[date, date] | None = None,
) -> Row:
    """A line of the columns' values, out of its numbers."""
    cells = tuple(_cell(column, numbers) for column in columns)
    return Row(title, cells, select or {}, span, numbers, is_total)


def bars(there: Table, title: str, columns: Sequence[str], *, is_stacked: bool = True) -> Table:
    """The table with a chart of some of its columns, by title; its line of sums is left out."""
    rows = [row for row in there.rows if not row.is_total]
    places = [next(place for place, one in enumerate(there.columns) if one.title == name) for name in columns]
    series = tuple((there.columns[place].title, tuple(number(row.cells[place]) for row in rows)) for place in places)
    unit = "%" if all(there.columns[place].kind == "share" for place in places) else ""
    chart = Chart(title, tuple(row.title for row in rows), series, is_stacked, unit)
    return replace(there, chart=chart if rows else None)


def percent(part: int, whole: int) -> float | None:
    """What percentage a part is of a whole, to a tenth; None of nothing."""
    return round(100 * part / whole, 1) if whole else NOTHING_TO_SHARE


def _cell(column: Column, numbers: Mapping[str, int]) -> Cell:
    if column.kind == "share":
        part, whole = (sum(numbers.get(name, 0) for name in names) for names in (column.parts, column.whole))
        return Cell(percent(part, whole), column.figure, "share")
    there = numbers.get(column.figure, 0)
    if column.kind == "days":
        days = round(numbers.get(f"days:{column.figure}", 0) / there, 1) if there else None
        return Cell(days, column.figure, "days")
    return Cell(there, column.figure)


def number(cell: Cell) -> float:
    """The number a cell holds; 0 where it holds none."""
    return float(cell.value) if isinstance(cell.value, int | float) else 0.0


def _summed(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for row in rows:
        for name, number in row.items():
            total[name] = total.get(name, 0) + number
    return total
