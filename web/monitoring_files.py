"""A report as a file: CSV, a workbook, or JSON, with the numbers of its page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from engine.report_tables import Column, Report, Row, Table
from engine.store.measure_counts import SELECTS
from web import csv_text

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": csv_text.TYPE, "xlsx": WORKBOOK}
NO_CASES = "There are no cases in this period."


def as_csv(report: Report, chosen: Sequence[tuple[str, str]] = ()) -> bytes:
    """The report as CSV: what it is, then each table with its heading, then its control totals."""
    return csv_text.csv_bytes(_rows(report, chosen))


def as_workbook(report: Report, chosen: Sequence[tuple[str, str]] = ()) -> bytes:
    """The report as a workbook, a sheet for what it is and one for each table. Text is only ever text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, day, share = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"}), "0.0"
    formats = {"bold": bold, "date": day, "share": book.add_format({"num_format": share})}
    first = book.add_worksheet("Report")
    for number, row in enumerate([*_head(report, chosen), *([note] for note in report.notes), *_checks(report)]):
        for place, value in enumerate(row):
            _write(first, number, place, value, formats)
    first.set_column(0, 0, 40)
    for number, table in enumerate(report.tables, 1):
        _sheet(book.add_worksheet(f"{number} {_sheet_name(table.title)}"[:31]), table, formats)
    book.close()
    return out.getvalue()


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain data, for a program. A share is in percent; nothing stands for no value."""
    selection = {name: getattr(report.selection, name) for name in SELECTS if getattr(report.selection, name)}
    return {
        "report": report.name,
        "title": report.title,
        "from": report.span.first.isoformat(),
        "to": report.span.last.isoformat(),
        "seen_on": report.span.today.isoformat(),
        "selection": selection,
        "is_empty": report.is_empty,
        "cases_not_yet_measured": report.unmeasured,
        "tables": [_table_json(table) for table in report.tables],
        "control_totals": [{"about": one.about, "sum": one.words, "holds": one.holds} for one in report.checks],
        "notes": list(report.notes),
    }


def _table_json(table: Table) -> dict[str, Any]:
    figures = {column.title: column.figure for column in table.columns if column.figure}
    rows = [_row_json(table, row) for row in table.rows]
    return {"table": table.key, "title": table.title, "figures": figures, "rows": rows}


def _row_json(table: Table, row: Row) -> dict[str, Any]:
    """A line with what it selects: for all its numbers, and for those that differ under `figures` and `selects`."""
    cells = list(zip(table.columns, row.cells, strict=True))
    span = {"from": row.span[0].isoformat(), "to": row.span[1].isoformat()} if row.span else {}
    figures = {column.title: cell.figure for column, cell in cells if cell.figure and cell.figure != column.figure}
    selects = {column.title: dict(cell.select) for column, cell in cells if cell.select}
    return {
        "line": row.title,
        "select": {**table.select, **row.select},
        **span,
        **({"figures": figures} if figures else {}),
        **({"selects": selects} if selects else {}),
        **{column.title: _plain(cell.value) for column, cell in cells},
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _rows(report: Report, chosen: Sequence[tuple[str, str]]) -> Iterator[list[object]]:
    yield from _head(report, chosen)
    for table in report.tables:
        yield []
        yield [table.title]
        yield [table.heading, *(_heading(column) for column in table.columns)]
        for row in table.rows:
            yield _cells(row)
    yield []
    yield from _checks(report)
    yield from ([note] for note in report.notes)


def _head(report: Report, chosen: Sequence[tuple[str, str]]) -> Iterator[list[object]]:
    yield [report.title]
    if not report.is_of_today:
        yield ["From", report.span.first, "to", report.span.last]
    yield ["As the record stood on", report.span.today]
    for name, value in chosen:
        yield [name, value]
    if report.unmeasured:
        yield ["Cases not yet measured", report.unmeasured]
    if report.is_empty:
        yield [NO_CASES]


def _checks(report: Report) -> Iterator[list[object]]:
    for check in report.checks:
        yield ["Control total", check.about, check.words, "holds" if check.holds else "DOES NOT HOLD"]


def _cells(row: Row) -> list[object]:
    return [row.title, *(cell.value for cell in row.cells)]


def _heading(column: Column) -> str:
    return f"{column.title} (%)" if column.kind == "share" else column.title


def _sheet(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    sheet.write_string(0, 0, table.heading, formats["bold"])
    for place, column in enumerate(table.columns, 1):
        sheet.write_string(0, place, _heading(column), formats["bold"])
    for number, row in enumerate(table.rows, 1):
        for place, value in enumerate(_cells(row)):
            is_share = place > 0 and table.columns[place - 1].kind == "share"
            _write(sheet, number, place, value, formats, "share" if is_share else "")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(table.columns), 16)
    sheet.freeze_panes(1, 1)


def _write(sheet: Any, row: int, place: int, value: object, formats: dict[str, Any], kind: str = "") -> None:
    """A value into a cell, by what it is: text is written as text, whatever it looks like."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, formats.get(kind))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, formats["date"])
    else:
        sheet.write_string(row, place, str(value)[:32_767])


def _sheet_name(title: str) -> str:
    """A sheet's name may hold no brackets, slashes, colons, stars, question marks or apostrophes."""
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)
