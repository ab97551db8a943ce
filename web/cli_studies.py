"""`redress policy compare` and `conformance`: the studies of many cases that compliance has pages for, worked out here
and now by the same functions. Nothing of them is kept but that they were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson

from engine import conformance_run, impact_jobs, side_by_side
from engine.batches import Found
from engine.conformance_run import NONE, SOME
from engine.problems import did_you_mean
from engine.store import impacts
from engine.store.case_rows import CaseRow
from engine.store.database import Database
from engine.wordings import day_in_words
from web import cli_record, conformance, csv_text, side_by_side_words
from web.cli_acting import DAY, AtWork, at_work
from web.cli_record import READER
from web.cli_words import DATABASE, LIBRARY, in_a_sentence, progress_to
from web.side_by_side import HEADS
from web.side_by_side_words import Figure, Words

FILE = click.Path(dir_okay=False, path_type=Path)
FROM = click.option(
    "--from", "begins", type=DAY, metavar="DATE", help="First day of receipt; 24 months ago by default."
)
TO = click.option("--to", "ends", type=DAY, metavar="DATE", help="The last day of receipt; today by default.")
CSV = click.option("--csv", "csv_file", type=FILE, metavar="FILE", help="Write the cases to a file as CSV.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
A_BATCH = 500


@click.command("compare", short_help="What two versions would have demanded of the same cases.")
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.option("--policy", default="", metavar="P", help="Whose cases; those of A's policy by default.")
@FROM
@TO
@CSV
@JSON
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def compare(
    left: str,
    right: str,
    policy: str,
    begins: date | None,
    ends: date | None,
    csv_file: Path | None,
    as_json: bool,
    sign_in: str,
    database: str,
    library: Path | None,
) -> None:
    """What each of two versions, of any policy, would have demanded of the same cases, by replay of both: dates,
    what was kept, letters, work. Nothing is changed; that it was asked for is recorded.

    \b
    redress policy compare south-essex-homes/three-stage-2018 south-essex-homes/two-stage-2024
    redress policy compare st-leger-homes/two-stage-2024 council-housing/two-stage-2024 --csv cases.csv
    """
    with at_work(database, library) as work:
        for key in (left, right):
            if key not in work.office.shelved:
                raise click.ClickException(f"There is no version '{key}'. {did_you_mean(key, work.office.shelved)}")
        about = side_by_side.about(policy or left.partition("/")[0], left, right)
        counts, found = _study(work, side_by_side.KIND, about, (begins, ends), csv_file, sign_in)
        words = Words(work.office.shelved[left].book.version, work.office.shelved[right].book.version)
        if csv_file is not None:
            rows = (
                [case.reference, case.resident, *each]
                for case, told in _with_cases(work.office.database, found)
                for each in words.rows(told)
            )
            csv_file.write_bytes(csv_text.csv_bytes([HEADS, *rows]))
    if as_json:
        click.echo(orjson.dumps(counts, option=orjson.OPT_INDENT_2).decode())
        return
    for line in _compared(counts, words):
        click.echo(line)


@click.command("conformance", short_help="Closed cases replayed through their own version: what that did not allow.")
@click.option("--policy", default="", metavar="P", help="Only cases of that policy.")
@FROM
@TO
@CSV
@JSON
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def closed_cases(
    policy: str,
    begins: date | None,
    ends: date | None,
    csv_file: Path | None,
    as_json: bool,
    sign_in: str,
    database: str,
    library: Path | None,
) -> None:
    """Every closed case of a period replayed through the version that governed it, and what that did not allow: steps,
    dates, more time, handlers, letters, answers. Nothing is changed; that it was asked for is recorded.

    \b
    redress policy conformance --policy council-housing
    redress policy conformance --from 2025-04-01 --to 2026-03-31 --csv findings.csv
    """
    with at_work(database, library) as work:
        counts, found = _study(work, conformance_run.KIND, policy, (begins, ends), csv_file, sign_in)
        cases = list(_with_cases(work.office.database, found))
    rows = [
        [
            case.reference,
            case.resident,
            told.get("under", ""),
            conformance.KINDS.get(kind, kind),
            number or None,
            day,
            says,
        ]
        for case, told in cases
        for kind, number, day, says in told["findings"]
    ]
    if csv_file is not None:
        csv_file.write_bytes(csv_text.csv_bytes([conformance.HEADS, *rows]))
    if as_json:
        click.echo(orjson.dumps(counts, option=orjson.OPT_INDENT_2).decode())
        return
    if not counts["cases"]:
        click.echo("No complaint received in that period is closed.")
        return
    kinds = counts["kinds"]
    click.echo(
        f"{counts['cases']} closed, {kinds.get(SOME, 0)} with something not allowed, {kinds.get(NONE, 0)} without."
    )
    for key, says in conformance.KINDS.items():
        if kinds.get(key):
            click.echo(f"  {says}: {kinds[key]}")
    for reference, _, _, _, number, _, says in rows if csv_file is None else ():
        click.echo(f"{reference}  {says}{f' (event {number})' if number else ''}")


def _study(
    work: AtWork,
    kind: str,
    about: str,
    asked: tuple[date | None, date | None],
    csv_file: Path | None,
    sign_in: str,
) -> tuple[Mapping[str, Any], list[Found]]:
    """A study carried out: its counts and its cases. That it was asked for, and what file is written, is recorded."""
    usual = impact_jobs.default_period(work.today)
    period = (asked[0] or usual[0], asked[1] or usual[1])
    if period[0] > period[1]:
        raise click.UsageError("The first day must not come after the last.")
    wanted = impact_jobs.STUDIES[kind](work.office, about, period, work.now)
    who, database = work.person(sign_in) if sign_in else None, work.office.database
    said = {"study": kind, "about": about, "from": period[0].isoformat(), "to": period[1].isoformat()}
    cli_record.note(database, "asked_for_study", "study on the command line", work.now, who, **said)
    click.echo(f"Received from {day_in_words(period[0])} to {day_in_words(period[1])}.", err=True)
    found: list[Found] = []
    with progress_to("Replaying cases") as told:
        counts = wanted.carried_out(database, told, found.extend)
    if csv_file is not None:
        cli_record.note_file(database, "study on the command line", work.now, who, csv_file, lines=len(found), **said)
    return counts, found


def _with_cases(database: Database, found: Sequence[Found]) -> Iterator[tuple[CaseRow, Mapping[str, Any]]]:
    """Each case of a study with what is kept of it, some hundred at a time."""
    for start in range(0, len(found), A_BATCH):
        told = {case_id: detail for case_id, _, detail in found[start:][:A_BATCH]}
        with database.reading() as tx:
            rows = impacts.rows_of(tx, list(told))
        yield from ((row, told[row.id]) for row in rows)


def _compared(counts: Mapping[str, Any], words: Words) -> Iterator[str]:
    """A comparison as its page says it: each figure under the first and under the second."""
    found = side_by_side_words.result(counts, words)
    yield f"First: {words.left.key}. Second: {words.right.key}. Cases: {found['totals'].cases}."
    if not found["totals"].cases:
        yield "No complaint was received in that period."
        return
    yield from (f"  {says}: {count}" for says, count, _ in found["otherwise"])
    yield "What each asked for, first and second"
    for title, figures in found["demands"]:
        yield f"  {title}: {'; '.join(_pairs(figures))}"
    yield "Dates that differ"
    for title, figures, by in found["dates"]:
        moved = zip(side_by_side_words.MOVES.values(), figures, strict=True)
        told = "; ".join(f"{one.count} {how}" for how, one in moved if one.count)
        yield f"  {title}: {told}{f'. By: {by}' if by else ''}"
    yield "Letters, in cases, first and second"
    yield from (f"  {title}: {one.count}, {two.count}" for title, (one, two) in found["letters"])
    yield "Work, in tasks, first and second"
    yield from (f"  {one.title}: {one.tasks[0].shown}, {one.tasks[1].shown}" for one in found["work"])


def _pairs(figures: Sequence[Figure]) -> Iterator[str]:
    """The figures of a deadline two by two: `asked for 12, 12`."""
    hows = ("demanded", *side_by_side.SETTLED_AS, side_by_side.OTHER)
    for place, how in enumerate(hows):
        one, two = figures[place * 2 : place * 2 + 2]
        if one.count or two.count:
            yield f"{side_by_side_words.STATES[how]} {one.count}, {two.count}"
