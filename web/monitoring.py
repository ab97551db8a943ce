"""Monitoring: the reports there are, each as a page with charts, tables and control totals, and as a file.

Every figure leads to the list of its cases (`web.monitoring_cases`). The engine works reports out (`engine.reports`);
here they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine import measures_keeping, report_names, reports
from engine.report_names import Names
from engine.report_tables import Cell, Check, Report, Row, Table
from engine.reports import Definition
from web import charts, current, forms, monitoring_asked, monitoring_files, monitoring_words
from web.access import may
from web.monitoring_asked import Asked

pages = Blueprint("monitoring", __name__, url_prefix="/compliance/reports")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page has it: its words, where they lead, and for whom that is told in full."""

    text: str
    href: str
    hidden: str
    is_number: bool


@dataclass(frozen=True)
class ShownTable:
    """A table as the page has it, with its chart. `sums` are the control totals of its line of sums."""

    table: Table
    rows: list[tuple[Row, list[ShownCell]]]
    chart: Markup

    @property
    def sums(self) -> list[Check]:
        totals = {row.title for row, _ in self.rows if row.is_total}
        return [check for check in self.table.checks if check.about in totals or not check.holds]


@pages.get("")
@may("compliance")
def page() -> Answer:
    """The reports there are."""
    with current.database().reading() as tx:
        left = measures_keeping.left(tx)
    return render_template("monitoring.html", reports=reports.REPORTS.values(), left=left)


@pages.get("/<report_name>")
@may("compliance")
def report(report_name: str) -> Answer:
    """One report over a period and a selection."""
    there = _definition(report_name)
    asked = monitoring_asked.asked(request.args, current.today(), there)
    with current.database().reading() as tx:
        made = _made(tx, there, asked)
        names = report_names.names(tx, current.office())
        questions = monitoring_asked.questions(tx, names, asked.selection)
    given = {"report_name": report_name, **asked.given}
    answer = render_template(
        "monitoring_report.html",
        there=there,
        report=made,
        period=monitoring_words.period(asked.first, asked.last),
        tables=[] if asked.wrong else [_shown(table, made, asked) for table in made.tables],
        ways=_ways(there, asked),
        questions=questions,
        chosen=monitoring_asked.tags("monitoring.report", asked.given, asked.selection, names, report_name=report_name),
        clear=url_for("monitoring.report", report_name=report_name, **{"from": given["from"], "to": given["to"]}),
        problems=_problems(there, asked),
        files={kind: url_for("monitoring.file", as_file=kind, **given) for kind in monitoring_files.TYPES},
        hidden=_hidden(there, asked),
        no_cases=monitoring_files.NO_CASES,
    )
    return (answer, 400) if asked.wrong else answer


@pages.get("/<report_name>/<as_file>")
@may("compliance")
def file(report_name: str, as_file: str) -> Answer:
    """The same report as a file."""
    there = _definition(report_name)
    asked = monitoring_asked.asked(request.args, current.today(), there)
    if as_file not in monitoring_files.TYPES:
        abort(404)
    if asked.wrong:
        abort(400)
    with current.database().reading() as tx:
        made = _made(tx, there, asked)
        words = _selected(asked, report_names.names(tx, current.office()))
    make = monitoring_files.as_csv if as_file == "csv" else monitoring_files.as_workbook
    return download(make(made, words), as_file, f"{report_name}-{asked.first}-{asked.last}")


def download(content: bytes, kind: str, name: str) -> Response:
    """A file to be saved, never shown. That it was given is recorded by `web.seen_by`, as for every file."""
    answer = Response(content, mimetype=monitoring_files.TYPES[kind].partition(";")[0])
    answer.headers["Content-Type"] = monitoring_files.TYPES[kind]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


def _definition(name: str) -> Definition:
    return reports.REPORTS[name] if name in reports.REPORTS else abort(404)


def _made(tx: Any, there: Definition, asked: Asked) -> Report:
    office, today = current.office(), current.today()
    return reports.report(tx, office, there.name, asked.selection, asked.first, asked.last, today)


def _ways(there: Definition, asked: Asked) -> dict[str, Any]:
    """How the period is asked for: two days, a month, a year, or not at all."""
    if there.is_by_month:
        return {"select": monitoring_asked.months(current.today(), asked.first)}
    if there.is_by_year:
        return {"select": monitoring_asked.years(current.today(), asked.first)}
    if there.is_of_today:
        return {}
    return {"fields": forms.fields(monitoring_asked.PERIOD, asked.sent, asked.wrong, asks_when=False)}


def _problems(there: Definition, asked: Asked) -> list[dict[str, str]]:
    """What is wrong with the period, each leading to what asks for it: where that is a list of months or years, a day
    can only be wrong in the address."""
    select = _ways(there, asked).get("select")
    found = forms.error_list(monitoring_asked.PERIOD, asked.wrong)
    return [{**one, "href": f"#{select['id']}"} if select else one for one in found]


def _hidden(there: Definition, asked: Asked) -> dict[str, str]:
    """The connection, which no select asks for, stays as it is."""
    return {"tenure": asked.selection.tenure} if asked.selection.tenure else {}


def _selected(asked: Asked, names: Names) -> list[tuple[str, str]]:
    return [(label, value) for _, label, value in monitoring_words.chosen(asked.selection, names)]


def _shown(table: Table, made: Report, asked: Asked) -> ShownTable:
    rows = [
        (
            row,
            [
                _cell(table, row, cell, column.title, asked)
                for column, cell in zip(table.columns, row.cells, strict=True)
            ],
        )
        for row in table.rows
    ]
    chart = charts.picture(table.chart, f"chart-{table.key}") if table.chart else Markup("")
    return ShownTable(table, rows, chart)


def _cell(table: Table, row: Row, cell: Cell, column: str, asked: Asked) -> ShownCell:
    text = monitoring_words.shown(cell)
    is_number = isinstance(cell.value, int | float) or cell.value is None
    href = _figure(table, row, cell, asked) if cell.figure and cell.value is not None else ""
    return ShownCell(text, href, f"{column}, {row.title}", is_number)


def _figure(table: Table, row: Row, cell: Cell, asked: Asked) -> str:
    given = dict(asked.given)
    if row.span:
        given |= {"from": row.span[0].isoformat(), "to": row.span[1].isoformat()}
    return url_for(
        "monitoring_cases.page", figure=cell.figure, **{**given, **table.select, **row.select, **cell.select}
    )
