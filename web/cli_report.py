"""`redress report`: every report of the compliance pages on the command line, as text, CSV, a workbook or JSON; the
cases behind a figure; and every event, so that anybody can work the figures out again without this program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson

from engine import measures_keeping, report_names, reports
from engine.events import CONTENT_ERASED
from engine.office import Office
from engine.report_names import Names
from engine.report_periods import last_month, reporting_year, span_of, year_before
from engine.report_tables import Report, Table
from engine.reports import Definition
from engine.store import cases as stored
from engine.store import measure_counts, register
from engine.store import measures as kept
from engine.store.measure_counts import Selection
from engine.store.measure_figures import FIGURES
from web import cli_record, csv_text, monitoring_cases, monitoring_files, monitoring_words
from web.cli_acting import DAY, AtWork, at_work
from web.cli_words import DATABASE, LIBRARY, InOrder, in_a_sentence, progress

FILE = click.Path(dir_okay=False, path_type=Path)
EVENT_HEADINGS = (
    "reference", "policy", "number", "event", "happened", "recorded", "by_person", "by_name", "answers",
    "kept",
)  # fmt: skip
#: what a selection may narrow a report to, on the command line and in addresses
NARROWS = {
    "policy": "A policy's key, such as st-leger-homes.",
    "version": "A version of it, such as two-stage-2024.",
    "stage": "A stage by its place and key, such as 1-stage_1.",
    "area": "A service area's key; - for none decided.",
    "channel": "A channel, such as email.",
    "outcome": "An outcome, such as upheld.",
    "contractor": "A contractor, as the forms name it.",
}


def narrows(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a verb the options that narrow a report."""
    for name, says in reversed(NARROWS.items()):
        verb = click.option(f"--{name}", default="", metavar=name.upper(), help=says)(verb)
    return verb


def period(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a verb the options of a period."""
    verb = click.option("--to", "last", type=DAY, metavar="DATE", help="The last day, itself included.")(verb)
    return click.option("--from", "first", type=DAY, metavar="DATE", help="The first day.")(verb)


@click.group(cls=InOrder, short_help="Figures, each with its cases; every event for working them out again.")
def report() -> None:
    """Reports over a period: what the compliance pages show, on the command line. Without a period each takes its usual
    one: the last twelve months, the last month, or this reporting year.

    \b
    redress report list
    redress report timeliness --from 2025-04-01 --to 2026-03-31 --policy st-leger-homes --csv times.csv
    redress report cases answered_late --from 2025-04-01 --to 2026-03-31
    """


@report.command("list", short_help="The reports there are, and the figures of each.")
def list_reports() -> None:
    """The reports there are and what each counts, then the figures whose cases can be listed.

    \b
    redress report list
    """
    for one in reports.REPORTS.values():
        click.echo(f"{one.name}\n    {one.says}")
    click.echo("\nFigures, for 'redress report cases':")
    for name in FIGURES:
        click.echo(f"  {name}: {monitoring_words.TITLES[name]}")


@report.command("cases", short_help="The cases behind a figure.")
@click.argument("figure")
@period
@narrows
@click.option("--csv", "csv_file", type=FILE, metavar="FILE", help="Write them to a file as CSV.")
@DATABASE
@LIBRARY
@in_a_sentence
def cases(
    figure: str,
    first: date | None,
    last: date | None,
    csv_file: Path | None,
    database: str,
    library: Path | None,
    **narrow: str,
) -> None:
    """The cases that are counted in a figure of a report, the latest received first, and how many.

    \b
    redress report cases answered_late --from 2026-01-01 --to 2026-03-31 --csv late.csv
    """
    if figure not in FIGURES:
        raise click.ClickException(f"There is no figure '{figure}'. 'redress report list' lists them.")
    with at_work(database, library) as work:
        begins, ends = first or year_before(work.today)[0], last or work.today
        with work.office.database.reading() as tx:
            names = report_names.names(tx, work.office)
            span, chosen = span_of(work.office, begins, ends, work.today), _selection(narrow, names)
            lines = measure_counts.page_of(tx, figure, span, chosen, size=0).lines
        rows = [monitoring_cases.row(line, names) for line in lines]
        about, asked = f"report cases {figure}", f"from={begins}&to={ends}"
        cli_record.note_file(work.office.database, about, work.now, None, csv_file, asked=asked, lines=len(lines))
    if csv_file is not None:
        csv_file.write_bytes(csv_text.csv_bytes([monitoring_cases.HEADINGS, *rows]))
    else:
        for line in lines:
            click.echo(f"{line.reference}  {names.stage((line.measure.place, line.measure.stage))}")
    click.echo(f"{len(lines)} counted.")


@report.command("events", short_help="Every event of every case, as CSV or JSON.")
@click.option("--csv", "csv_file", type=FILE, metavar="FILE", help="Write them to a file as CSV.")
@click.option("--json", "json_file", type=FILE, metavar="FILE", help="Write them to a file as JSON, an event a line.")
@DATABASE
@LIBRARY
@in_a_sentence
def events(csv_file: Path | None, json_file: Path | None, database: str, library: Path | None) -> None:
    """Every event of every case as it was recorded, corrections and all, so that the figures can be worked out again
    without this program: when it happened, when it was recorded, and its answers as JSON (none where they were erased).
    The last event of an erased case carries what reports go on counting of it, stage by stage, as JSON ("kept").
    The file holds what residents told us: keep it as you keep the cases. That it was written is recorded.

    \b
    redress report events --csv events.csv
    redress report events --json events.jsonl
    """
    if csv_file is None and json_file is None:
        raise click.ClickException("Say where to: --csv FILE, or --json FILE.")
    with at_work(database, library) as work:
        with work.office.database.reading() as tx:
            ids = register.all_case_ids(tx)
            with progress(ids, "Reading cases") as bar:
                rows = [row for case_id in bar for row in _events_of(tx, work.office, case_id)]
        said = {"events": len(rows), "cases": len(ids)}
        cli_record.note(work.office.database, "exported_events", "record", work.now, None, **said)
    if csv_file is not None:
        csv_file.write_bytes(csv_text.csv_bytes([EVENT_HEADINGS, *rows]))
    if json_file is not None:
        lines = (dict(zip(EVENT_HEADINGS, row, strict=True)) for row in rows)
        json_file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    click.echo(f"{len(rows)} events of {len(ids)} cases.")


def _events_of(tx: Any, office: Office, case_id: int) -> Iterator[list[object]]:
    row = stored.load_case(tx, case_id)
    assert row is not None  # the list of cases is of this transaction
    for one in stored.events_of(tx, row.id):
        said = "" if one.is_erased else orjson.dumps(one.fields, option=orjson.OPT_SORT_KEYS).decode()
        left = orjson.dumps(_kept(tx, office, case_id)).decode() if one.name == CONTENT_ERASED else ""
        instants = (one.happened.isoformat(), one.recorded.isoformat())
        yield [row.reference, row.policy, one.number, one.name, *instants, one.by_person, one.by_name, said, left]


def _kept(tx: Any, office: Office, case_id: int) -> list[dict[str, object]]:
    """What reports go on counting of a case whose content was erased, a stage each: its events no longer say it."""
    versions = {one.id: one.book.version.version for one in office.shelved.values()}
    stages = (asdict(one) for one in kept.measures_of(tx, case_id))
    return [{"version": versions.get(one.pop("version_id")), **one} for one in stages]


def _verb(there: Definition) -> click.Command:
    """The verb of one report."""

    @period
    @narrows
    @click.option("--csv", "csv_file", type=FILE, metavar="FILE", help="Write it to a file as CSV.")
    @click.option("--xlsx", "xlsx_file", type=FILE, metavar="FILE", help="Write it to a file as a workbook.")
    @click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
    @DATABASE
    @LIBRARY
    @in_a_sentence
    def run(
        first: date | None,
        last: date | None,
        csv_file: Path | None,
        xlsx_file: Path | None,
        as_json: bool,
        database: str,
        library: Path | None,
        **narrow: str,
    ) -> None:
        with at_work(database, library) as work:
            made, chosen = _made(work, there, first, last, narrow)
            _note(work, made, there.name, csv_file, xlsx_file, as_json)
        for file, make in ((csv_file, monitoring_files.as_csv), (xlsx_file, monitoring_files.as_workbook)):
            if file is not None:
                file.write_bytes(make(made, chosen))
                click.echo(f"Written: {file}", err=as_json)
        if as_json:
            click.echo(orjson.dumps(monitoring_files.as_json(made), option=orjson.OPT_INDENT_2).decode())
        elif csv_file is None and xlsx_file is None:
            for line in _lines(made):
                click.echo(line)
        if not all(check.holds for check in made.checks):
            raise click.ClickException(
                "A control total does not hold. 'redress verify' says which case is stored wrongly."
            )

    run.__doc__ = f"{there.says}\n\n\b\nredress report {there.name} --from 2026-01-01 --to 2026-03-31 --json"
    return click.command(there.name, short_help=there.title)(run)


def _note(work: AtWork, made: Report, name: str, csv_file: Path | None, xlsx_file: Path | None, as_json: bool) -> None:
    """Record what is given for other programs to read: each file, and what is printed as JSON."""
    written = [one for one in (csv_file, xlsx_file) if one]
    for file in [*written, *([None] if as_json else [])]:
        asked = f"from={made.span.first}&to={made.span.last}"
        cli_record.note_file(work.office.database, f"report {name}", work.now, None, file, asked=asked)


def _made(
    work: AtWork, there: Definition, first: date | None, last: date | None, narrow: dict[str, str]
) -> tuple[Report, list[tuple[str, str]]]:
    usual = (year_before(work.today)[0], work.today)
    if there.is_by_month:
        usual = last_month(work.today)
    if there.is_by_year:
        usual = reporting_year(first or last or work.today)
        if last is not None and not usual[0] <= last <= usual[1]:
            raise click.UsageError(
                f"'{there.name}' is of one reporting year, which ends on 31 March: name days of one."
            )
        first, last = usual
    with work.office.database.reading() as tx:
        names = report_names.names(tx, work.office)
        chosen = _selection(narrow, names)
        made = reports.report(tx, work.office, there.name, chosen, first or usual[0], last or usual[1], work.today)
        if measures_keeping.left(tx):
            click.echo("Some cases are not measured yet: 'redress worker' measures them.", err=True)
    return made, [(label, value) for _, label, value in monitoring_words.chosen(chosen, names)]


def _selection(narrow: dict[str, str], names: Names) -> Selection:
    """What the options narrow to. Raises ClickException for a version there is not."""
    wanted = narrow.pop("version")
    key = f"{narrow['policy']}/{wanted}" if narrow["policy"] else wanted
    found = [str(number) for number, one in names.versions.items() if key in (one.key, one.version)]
    if wanted and len(found) != 1:
        said = "which of them" if found else "none"
        raise click.ClickException(f"'{key}' is {said} of the versions here. 'redress policy list' lists them.")
    if narrow["policy"] and narrow["policy"] not in names.policies:
        raise click.ClickException(
            f"There is no policy '{narrow['policy']}'. There is: {', '.join(sorted(names.policies))}."
        )
    return Selection(version=found[0] if wanted else "", **narrow)


def _lines(made: Report) -> Iterator[str]:
    yield made.title
    if not made.is_of_today:
        yield monitoring_words.period(made.span.first, made.span.last)
    if made.is_empty:
        yield monitoring_files.NO_CASES
    for table in made.tables:
        yield ""
        yield from _table_lines(table)
    if made.notes:
        yield ""
        yield from made.notes


def _table_lines(table: Table) -> Iterator[str]:
    yield table.title
    rows = [[table.heading, *(column.title for column in table.columns)]]
    rows += [[row.title, *map(monitoring_words.shown, row.cells)] for row in table.rows]
    wide = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(text.ljust(wide[place]) for place, text in enumerate(row)).rstrip()
    for check in table.checks:
        yield f"  {'' if check.holds else 'DOES NOT HOLD: '}{check.about}: {check.words}"


for _one in reports.REPORTS.values():
    report.add_command(_verb(_one))
