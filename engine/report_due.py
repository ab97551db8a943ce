"""Late and due soon: what is open today, by how pressing it is, and case by case with who has the work
(SEH18-2.6-MONITOR: the team monitors every complaint so that the reply goes out in the agreed time).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.deadlines import latest_allowed
from engine.report_names import FIRST_STAGE, Names, by_stage
from engine.report_tables import Cell, Check, Column, Reading, Row, Table, bars, count, table
from engine.store import measure_counts
from engine.store.measure_counts import Line
from engine.working_days import OutsideCalendar

MOST = 500
LISTED = ("answer_overdue", "answer_due_soon", "ack_overdue", "ack_due_soon", "panel_overdue", "panel_due_soon")
WHAT = {"answer": "Answer", "ack": "Acknowledgement", "panel": "Panel"}


def due(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """Answers, acknowledgements and panels that are owed, and a list of those overdue or due soon."""
    tables = [_owed(reading, names, "answer", "Answers")]
    tables += [
        one for key, title in (("ack", "Acknowledgements"), ("panel", "Panels"))
        if (one := _owed(reading, names, key, title)).rows
    ]  # fmt: skip
    return [*tables, _listed(reading, names)], [
        "Due soon: within three working days. A date that waits for an acknowledgement counts as if that were given on "
        "its own last day. A complaint that no version governs yet has no date.",
    ]


def _owed(reading: Reading, names: Names, key: str, title: str) -> Table:
    columns = (
        count(f"{key}_overdue", "Overdue"),
        count(f"{key}_due_soon", "Due soon"),
        count(f"{key}_due_later", "Due later"),
        *((count("answer_without_date", "No date"), count("open_now", "Open")) if key == "answer" else ()),
    )
    always = [FIRST_STAGE] if key == "answer" else []
    check = _all_open if key == "answer" else None
    there = table(reading.own, key, f"{title} owed", by_stage(names), columns, always=always, check=check)
    return bars(there, f"{title} owed", ["Due later", "Due soon", "Overdue"]) if there.rows else there


def _all_open(row: Row) -> Check:
    """Everything open is overdue, due soon, due later or without a date."""
    of = row.numbers
    parts = [of.get(f"answer_{name}", 0) for name in ("overdue", "due_soon", "due_later", "without_date")]
    words = f"{parts[0]:,} overdue + {parts[1]:,} due soon + {parts[2]:,} due later + {parts[3]:,} with no date"
    whole = of.get("open_now", 0)
    return Check(row.title, f"{words} = {whole:,} open", sum(parts) == whole)


def _listed(reading: Reading, names: Names) -> Table:
    lines = [
        (figure, line)
        for figure in LISTED
        for line in measure_counts.page_of(reading.tx, figure, reading.span, reading.own.selection, size=MOST).lines
    ]
    owners = measure_counts.owners(reading.tx, {line.case_id for _, line in lines})
    ordered = sorted(lines, key=lambda one: (_day(*one) or date.max, one[1].reference))[:MOST]
    rows = tuple(_row(reading, names, figure, line, owners) for figure, line in ordered)
    columns = tuple(
        Column(title, kind)
        for title, kind in (
            ("What", "text"), ("Stage", "text"), ("Due", "day"), ("Working days", "text"), ("Who has it", "text"),
            ("More time possible until", "day"),
        )
    )  # fmt: skip
    says = f"The {MOST} most pressing." if len(lines) > MOST else ""
    return Table("list", "Overdue and due soon, case by case", "Case", columns, rows, says)


def _row(reading: Reading, names: Names, figure: str, line: Line, owners: dict[tuple[int, str], str]) -> Row:
    of = line.measure
    what, day = figure.partition("_")[0], _day(figure, line)
    cells: Iterator[Cell] = (
        Cell(value, kind=kind)
        for value, kind in (
            (WHAT[what], "text"),
            (names.stage((of.place, of.stage)), "text"),
            (day, "day"),
            (_days_left(reading, names, line, day), "text"),
            (owners.get((line.case_id, of.stage), "Nobody yet"), "text"),
            (_until(reading, names, line, what), "day"),
        )
    )
    return Row(line.reference, tuple(cells), reference=line.reference)


def _day(figure: str, line: Line) -> date | None:
    of = line.measure
    return {"answer": of.due, "ack": of.ack_due, "panel": of.panel_due}[figure.partition("_")[0]]


def _days_left(reading: Reading, names: Names, line: Line, day: date | None) -> str:
    version, today = names.versions.get(line.measure.version_id or 0), reading.span.today
    if version is None or day is None:
        return ""
    days = names.office.book(version).calendar.known_by(today)
    try:
        number = days.between(min(day, today), max(day, today))
    except OutsideCalendar:
        return ""
    words = f"{number} working {'day' if number == 1 else 'days'}"
    return f"{words} late" if day < today else "Today" if day == today else f"{words} left"


def _until(reading: Reading, names: Names, line: Line, what: str) -> date | None:
    """The latest date an extension may still give without a good reason; None where none may be given any more: one was
    given, or the answer is overdue (after the due date there is an apology, never an extension)."""
    version, of = names.versions.get(line.measure.version_id or 0), line.measure
    rule = version.deadline(f"{of.stage}.response") if version and what == "answer" else None
    is_too_late = of.due != of.due_original or (of.due is not None and of.due < reading.span.today)
    if version is None or rule is None or of.due_original is None or is_too_late:
        return None
    try:
        return latest_allowed(rule, of.due_original, names.office.book(version).calendar.known_by(of.due_original))
    except OutsideCalendar:
        return None
