"""CH01 and CH02 for a reporting year (domain B5): complaints for every 1,000 homes, and the share answered in the times
of the Code, each at stages 1 and 2, with both counts CH02 may be divided by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine import measure_years, report_checks
from engine.report_names import FIRST_STAGE, Names, by_tenure, stage_select
from engine.report_periods import year_words
from engine.report_tables import Cell, Check, Column, Group, Reading, Row, Table, bars, count, percent, share, table
from engine.report_times import answer_columns
from engine.store import reporting_years
from engine.store.measure_counts import Key
from engine.store.reporting_years import YearRow
from engine.wordings import day_in_words

STAGES = (FIRST_STAGE, (2, "stage_2"))
ASKED = ("stage_1.response", "stage_2.response")
OF_RECEIVED = ("of_received_in_time", "of_received_extended", "of_received_late", "of_received_unpromised")
RECEIVED = (
    count("received", "Received"),
    count(OF_RECEIVED[0], "Answered in time"),
    count(OF_RECEIVED[1], "Answered within an extension"),
    count(OF_RECEIVED[2], "Answered late"),
    count(OF_RECEIVED[3], "Answered, not measured"),
    count("of_received_ended", "Ended without an answer"),
    count("of_received_not_yet_due", "Not yet due"),
    count("of_received_overdue", "Overdue"),
    count("of_received_unmeasured", "Open, not measured"),
    share("CH02, of those received", OF_RECEIVED[:2], ["received"]),
)
ANSWERED = (
    *answer_columns("code_")[:5],
    share("CH02, of those answered", ["code_in_time", "code_extended"], ["answered"]),
)


def tsm(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """CH01, CH02 by both denominators, and the complaints by the resident's connection."""
    first = reading.span.first
    policies = [one for one in sorted(names.policies) if reading.selection.policy in ("", one)]
    entered = {one: reporting_years.year(reading.tx, one, first) for one in policies}
    rows = {one: entered[one] or measure_years.empty(one, first) for one in policies}
    group = _group(names)
    always = [(policy, *stage) for policy in policies for stage in STAGES]
    title = "CH02, of the complaints received in the year"
    of_received = table(
        reading.own, "ch02-received", title, group, RECEIVED, always=always, with_total=False, check=_all_received
    )
    title, check = "CH02, of the complaints answered in the year", report_checks.answers("code_")
    answered = table(reading.own, "ch02-answered", title, group, ANSWERED, always=always, with_total=False, check=check)
    of_received, answered = _two(of_received), _two(answered)
    tables = [
        _ch01(of_received, rows),
        _chosen(of_received, answered, rows),
        bars(of_received, "Complaints received in the year, as they stand now", [one.title for one in RECEIVED[1:9]]),
        answered,
        _tenures(reading, names),
    ]
    return tables, [*_notes(reading, names, rows)]


def _group(names: Names) -> Group:
    """By landlord and stage."""

    def title(key: Key) -> str:
        stage = names.stage(key[1:])
        return f"{names.policies.get(key[0], key[0])}, {stage}" if len(names.policies) > 1 else stage

    def select(key: Key) -> dict[str, str]:
        return {"policy": str(key[0]), **stage_select(key[1:])}

    return Group("policy+stage", "Landlord and stage", title, select)


def _two(there: Table) -> Table:
    """The Regulator's two parts: stages 1 and 2 alone."""
    wanted = {stage_select(stage)["stage"] for stage in STAGES}
    rows = tuple(row for row in there.rows if row.select.get("stage") in wanted)
    shown = {row.title for row in rows}
    return replace(there, rows=rows, checks=tuple(one for one in there.checks if one.about in shown))


def _ch01(there: Table, years: dict[str, YearRow]) -> Table:
    """Complaints received for every 1,000 homes."""
    rows = []
    for row in there.rows:
        year = years[row.select["policy"]]
        homes = _homes(year)
        rate = round(1000 * row.numbers.get("received", 0) / homes, 1) if homes else None
        cells = (
            row.cells[0],
            *(Cell(value, kind="number") for value in (year.homes_rental, year.homes_ownership, homes)),
            Cell(rate, "received", "number"),
        )
        rows.append(Row(row.title, cells, row.select, numbers=row.numbers))
    columns = (
        count("received", "Received"),
        *(Column(title, "number") for title in ("Low-cost rental homes", "Low-cost ownership homes", "Homes")),
        Column("CH01, for every 1,000 homes", "number", "received"),
    )
    return Table("ch01", "CH01", there.heading, columns, tuple(rows))


def _chosen(received: Table, answered: Table, years: dict[str, YearRow]) -> Table:
    """CH02 by the count that is chosen for each landlord's year."""
    rows = []
    for of_received, of_answered in zip(received.rows, answered.rows, strict=True):
        by = years[of_received.select["policy"]].divides_by
        row = of_received if by == measure_years.RECEIVED else of_answered
        parts = OF_RECEIVED[:2] if by == measure_years.RECEIVED else ("code_in_time", "code_extended")
        whole = "received" if by == measure_years.RECEIVED else "answered"
        in_time = sum(row.numbers.get(part, 0) for part in parts)
        cells = (
            Cell(row.numbers.get(parts[0], 0), parts[0]),
            Cell(row.numbers.get(parts[1], 0), parts[1]),
            Cell(row.numbers.get(whole, 0), whole),
            Cell(measure_years.DIVIDES_BY[by], kind="text"),
            Cell(percent(in_time, row.numbers.get(whole, 0)), kind="share"),
        )
        rows.append(Row(row.title, cells, row.select, numbers=row.numbers))
    columns = (
        Column("In time", "count"), Column("Within an extension", "count"), Column("Divided by", "count"),
        Column("Which are", "text"), Column("CH02", "share"),
    )  # fmt: skip
    return Table("ch02", "CH02", received.heading, columns, tuple(rows), "By the count that is chosen for the year.")


def _tenures(reading: Reading, names: Names) -> Table:
    """Received at stages 1 and 2 by the connection the resident named."""
    columns = (count("received", "Received"),)
    tables = [
        table(reading.own.at(stage_select(stage)["stage"]), "", "", by_tenure(names), columns, with_total=False)
        for stage in STAGES
    ]
    keys = sorted({row.title: row for there in tables for row in there.rows}.items())
    rows = []
    for title, line in keys:
        cells = []
        for there, stage in zip(tables, STAGES, strict=True):
            number = next((row.numbers.get("received", 0) for row in there.rows if row.title == title), 0)
            cells.append(Cell(number, "received", select=stage_select(stage)))
        rows.append(Row(title, tuple(cells), line.select))
    heads = tuple(count("received", names.stage(stage)) for stage in STAGES)
    says = (
        "The Regulator counts low-cost rental and low-cost home ownership apart. The connection is the one recorded "
        "when the complaint was logged; the other tables count everybody."
    )
    return Table("tenures", "Received, by the resident's connection", "Connection", heads, tuple(rows), says)


def _all_received(row: Row) -> Check:
    """Everything received in the year is answered, ended, not yet due, overdue or not measured."""
    parts = [row.numbers.get(column.figure, 0) for column in RECEIVED[1:9]]
    whole = row.numbers.get("received", 0)
    said = (f"{part:,} {one.title.casefold()}" for part, one in zip(parts, RECEIVED[1:9], strict=True) if part)
    words = " + ".join(said)
    return Check(row.title, f"{words or '0'} = {whole:,} received", sum(parts) == whole)


def _notes(reading: Reading, names: Names, years: dict[str, YearRow]) -> Iterator[str]:
    span = reading.span
    yield f"Reporting year {year_words(span.first)}. {measure_years.defined_for(span.first)}"
    missing = [names.policies[one] for one, year in years.items() if not _homes(year)]
    if missing:
        yield f"CH01 waits for the homes of {', '.join(missing)}. An administrator enters them."
    yield from _targets(names, reading)
    yield (
        "CH02 may be divided by the complaints received in the year or by those answered in it: the sources differ, so "
        "both are counted, and the choice is made with the homes. Check the Regulator's paragraph before it is used."
    )
    yield (
        "Complaints we refused, and those withdrawn before an answer, count as received. What triage found to be no "
        "complaint does not. An answer within an extension that the Code allows counts as in time."
    )
    if span.today <= span.last:
        yield f"The year is not over: these are the figures of {day_in_words(span.today)}."


def _targets(names: Names, reading: Reading) -> Iterator[str]:
    """The times that were used, which are published with the measure."""
    yardstick = names.office.shelf.yardstick
    edition = yardstick.edition_on(reading.span.last) if yardstick else None
    if yardstick and edition:
        asked = [
            each.on(reading.span.last)
            for each in yardstick.requirements
            if each.about in ASKED and each.kind == "deadline"
        ]
        yield f"Times used, {edition.title}: {' '.join(one.asks for one in asked if one)}"


def _homes(year: YearRow) -> int | None:
    both = [one for one in (year.homes_rental, year.homes_ownership) if one is not None]
    return sum(both) if both else None
