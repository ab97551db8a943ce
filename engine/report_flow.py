"""How many complaints: by stage and by month; and how long they took from receipt to being logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

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
NOT_COUNTED = (
    "of what was recorded as received in the period, triage found to be no complaint and nothing here counts it"
)
LOGGED_WORDS = {
    "logged_same_day": "The same day",
    "logged_1": "1 day later",
    "logged_2": "2 days later",
    "logged_3_to_5": "3 to 5 days later",
    "logged_6_to_10": "6 to 10 days later",
    "logged_over_10": "More than 10 days later",
}


def volumes(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """Complaints by stage and by month."""
    stages = flow_by_stage(reading, names)
    monthly = _by_month(reading, names)
    return [bars(stages, "Received and closed by stage", ["Received", "Closed"], is_stacked=False), monthly], _notes(
        reading
    )


def flow_by_stage(reading: Reading, names: Names) -> Table:
    """Open, received, closed and open again, with its control totals; the first stage is always there."""
    there = table(reading, "stages", "By stage", by_stage(names), FLOW, always=[FIRST_STAGE], check=report_checks.flow)
    return replace(there, checks=(*there.checks, *(report_checks.closing(row) for row in there.rows)))


def _by_month(reading: Reading, names: Names) -> Table:
    """What was received in each month of the period, by stage."""
    received = [count("received", "Received")]
    found = reading.numbers(received, "month_received+stage")
    stages = sorted({key[1:] for key in found}) or [FIRST_STAGE]
    rows = [_month_row(reading, found, stages, first) for first in _months(reading.span.first, reading.span.last)]
    columns = tuple(count("received", names.stage(stage)) for stage in stages)
    if len(rows) > 1:
        rows.append(_month_total(rows))
    says = "Each month's numbers are of the days of it that lie in the period."
    there = Table("months", "Received, month by month", "Month", columns, tuple(rows), says)
    return replace(there, chart=_chart(there))


def _month_row(reading: Reading, found: dict[Key, dict[str, int]], stages: Sequence[Key], first: date) -> Row:
    ends = month_of(first)[1]
    span = (max(first, reading.span.first), min(ends, reading.span.last))
    text = f"{first:%Y-%m}"
    numbers = [found.get((text, *stage), {}).get("received", 0) for stage in stages]
    cells = tuple(
        replace(row_of("", [count("received", "")], {"received": many}).cells[0], select=stage_select(stage))
        for many, stage in zip(numbers, stages, strict=True)
    )
    return Row(month(text), cells, span=span)


def _month_total(rows: Sequence[Row]) -> Row:
    cells = zip(*(row.cells for row in rows), strict=True)
    return Row("All", tuple(replace(of[0], value=int(sum(map(number, of)))) for of in cells), is_total=True)


def _chart(there: Table) -> Chart:
    rows = [row for row in there.rows if not row.is_total]
    drawn = zip(there.columns, zip(*(row.cells for row in rows), strict=True), strict=True)
    series = tuple((column.title, tuple(map(number, cells))) for column, cells in drawn)
    return Chart("Received, month by month", tuple(row.title for row in rows), series)


def _months(first: date, last: date) -> list[date]:
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(day)
        day = (month_of(day)[1]).replace(day=1)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found


def _notes(reading: Reading) -> list[str]:
    turned_out = reading.numbers([count("turned_out", "")]).get((), {}).get("turned_out", 0)
    return [f"{turned_out:,} {NOT_COUNTED}."]


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
