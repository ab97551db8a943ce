"""How many complaints: by stage and by month; and how long they took from receipt to being logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from engine import report_checks
from engine.report_names import FIRST_STAGE, Names, by_area, by_channel, by_stage, month, stage_select
from engine.report_periods import month_of
from engine.report_tables import (
    Chart,
    Column,
    Reading,
    Row,
    Table,
    average,
    bars,
    count,
    number,
    percent,
    row_of,
    share,
    table,
)
from engine.store.measure_counts import Key
from engine.store.measure_figures import LOGGED

FLOW = (
    count("open_at_start", "Open at the start"),
    count("received", "Received"),
    count("closed", "Closed"),
    count("answered", "of them answered"),
    count("ended", "of them ended without an answer"),
    count("open_at_end", "Open at the end"),
)
NOT_COUNTED = "recorded as received in the period, which triage found to be no complaint"
MOST_DAYS_BY_MONTH = 2 * 366
LOGGED_WORDS = {
    "logged_same_day": "The same day",
    "logged_1": "1 day later",
    "logged_2": "2 days later",
    "logged_3_to_5": "3 to 5 days later",
    "logged_6_to_10": "6 to 10 days later",
    "logged_over_10": "More than 10 days later",
}


class _Step(NamedTuple):
    """A month or a year: as it is counted by, as it is called, and its days."""

    text: str
    title: str
    first: date
    last: date


def volumes(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """Complaints by stage and by month."""
    stages = flow_by_stage(reading, names)
    over_time = _over_time(reading, names)
    return [bars(stages, "Received and closed by stage", ["Received", "Closed"], is_stacked=False), over_time], _notes(
        reading
    )


def flow_by_stage(reading: Reading, names: Names) -> Table:
    """Open, received, closed and open again, with its control totals; the first stage is always there."""
    there = table(reading, "stages", "By stage", by_stage(names), FLOW, always=[FIRST_STAGE], check=report_checks.flow)
    return replace(there, checks=(*there.checks, *(report_checks.closing(row) for row in there.rows)))


def _over_time(reading: Reading, names: Names) -> Table:
    """What was received in each month of the period, or in each year of a long one, by stage."""
    received = [count("received", "Received")]
    steps = _steps(reading.span.first, reading.span.last)
    by, word = ("month_received", "Month") if len(steps[0].text) > len("2024") else ("year_received", "Year")
    found = reading.numbers(received, f"{by}+stage")
    stages = sorted({key[1:] for key in found}, key=lambda key: (key[0] or 999, key[1])) or [FIRST_STAGE]
    rows = [_step_row(reading, found, stages, step) for step in steps]
    columns = tuple(count("received", names.stage(stage)) for stage in stages)
    if len(rows) > 1:
        rows.append(_total(rows))
    says = f"Each {word.casefold()}'s numbers are of the days of it that lie in the period."
    title = f"Received, {word.casefold()} by {word.casefold()}"
    there = Table("over-time", title, word, columns, tuple(rows), says)
    return replace(there, chart=_chart(there))


def _step_row(reading: Reading, found: dict[Key, dict[str, int]], stages: Sequence[Key], step: _Step) -> Row:
    span = (max(step.first, reading.span.first), min(step.last, reading.span.last))
    numbers = [found.get((step.text, *stage), {}).get("received", 0) for stage in stages]
    cells = tuple(
        replace(row_of("", [count("received", "")], {"received": many}).cells[0], select=stage_select(stage))
        for many, stage in zip(numbers, stages, strict=True)
    )
    return Row(step.title, cells, span=span)


def _total(rows: Sequence[Row]) -> Row:
    cells = zip(*(row.cells for row in rows), strict=True)
    return Row("All", tuple(replace(of[0], value=int(sum(map(number, of)))) for of in cells), is_total=True)


def _chart(there: Table) -> Chart:
    rows = [row for row in there.rows if not row.is_total]
    drawn = zip(there.columns, zip(*(row.cells for row in rows), strict=True), strict=True)
    series = tuple((column.title, tuple(map(number, cells))) for column, cells in drawn)
    return Chart(there.title, tuple(row.title for row in rows), series)


def _steps(first: date, last: date) -> list[_Step]:
    """The months of a period; of one of more than two years, its calendar years."""
    if (last - first).days > MOST_DAYS_BY_MONTH:
        return [_Step(str(y), str(y), date(y, 1, 1), date(y, 12, 31)) for y in range(first.year, last.year + 1)]
    found, day = [], first.replace(day=1)
    while day <= last:
        ends = month_of(day)[1]
        found.append(_Step(f"{day:%Y-%m}", month(f"{day:%Y-%m}"), day, ends))
        day = ends + timedelta(days=1)
    return found


def _notes(reading: Reading) -> list[str]:
    turned_out = reading.numbers([count("turned_out", "")]).get((), {}).get("turned_out", 0)
    return [f"Not counted here: {turned_out:,} {NOT_COUNTED}."]


def logging(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """Days from receipt to logging of the complaints received in the period, at stage 1."""
    columns = [count(name, words) for name, words in LOGGED_WORDS.items()]
    numbers = reading.numbers(columns).get((), {})
    whole = sum(numbers.values())
    rows = [
        Row(
            words,
            (
                row_of("", [count(name, "")], numbers).cells[0],
                replace(
                    row_of("", [count(name, "")], {}).cells[0], value=percent(numbers.get(name, 0), whole), kind="share"
                ),
            ),
            numbers=numbers,
        )
        for name, words in LOGGED_WORDS.items()
    ]
    two = (Column("Complaints", "count"), Column("Share", "share"))
    spread = Table("days", "Days from receipt to logging", "Logged", two, tuple(rows))
    of_all = (count("received", "Complaints"), average("Days on average", "days_to_log", "received"))
    late = share("Logged on the day", ["logged_same_day"], list(LOGGED))
    first = reading.at("1-stage_1") if not reading.selection.stage else reading
    tables = [
        bars(spread, "Complaints by days from receipt to logging", ["Complaints"]),
        table(first, "areas", "By service area", by_area(names), (*of_all, late)),
        table(first, "channels", "By channel", by_channel(names), (*of_all, late)),
    ]
    return tables, [
        "Days are calendar days. A complaint recorded as received after it was logged counts as logged that day."
    ]
