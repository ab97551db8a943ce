"""`redress report find`: cases by what governed them and what happened, as the lists of the compliance pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import orjson

from engine.problems import did_you_mean
from engine.store import marks
from web import cli_record, csv_text, find_words
from web.cli_acting import DAY, AtWork, at_work
from web.cli_record import READER
from web.cli_words import DATABASE, LIBRARY, in_a_sentence
from web.find_words import HEADS, LISTS, List

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("find", short_help="Cases by what governed them and what happened.")
@click.argument("which", metavar="LIST", type=click.Choice(tuple(LISTS)))
@click.option("--version", default="", metavar="P/V", help="For governed: the version.")
@click.option("--on", type=DAY, metavar="DATE", help="For governed and open: on which day.")
@click.option("--from", "first", type=DAY, metavar="DATE", help="The first day.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="The last day, itself included.")
@click.option(
    "--days", type=click.IntRange(1, 1000), help="For late: at least so many working days later; 3 by default."
)
@click.option("--policy", default="", metavar="P", help="Only cases of that policy.")
@click.option("--csv", "csv_file", type=FILE, metavar="FILE", help="Write them to a file as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def find(
    which: str,
    version: str,
    on: date | None,
    first: date | None,
    last: date | None,
    days: int | None,
    policy: str,
    csv_file: Path | None,
    as_json: bool,
    sign_in: str,
    database: str,
    library: Path | None,
) -> None:
    """Cases a version governed, open on a day, received between two days, that changed version, written down late,
    promises missed, corrections: each line a case. They name residents, so that they were listed is recorded.

    \b
    redress report find governed --version st-leger-homes/two-stage-2024 --on 2026-03-31
    redress report find open --on 2026-03-31 --csv open.csv
    redress report find late --days 5 --from 2026-01-01
    """
    kind = LISTS[which]
    given = {"version": version, "on": on, "from": first, "to": last, "days": days}
    _refuse_what_it_does_not_ask(which, kind, given)
    with at_work(database, library) as work:
        _refuse_unknown(work, kind, version, policy)
        sought = find_words.sought(
            kind,
            work.today,
            version_id=work.office.shelved[version].id if version else None,
            on=on,
            first=first,
            last=last,
            least_days=(days or int(kind.defaults["days"])) if "days" in kind.asks else 0,
            policy=policy,
        )
        lines = list(marks.every_mark(work.office.database, sought))
        asked = {name: str(value) for name, value in {**given, "policy": policy}.items() if value}
        who = work.person(sign_in) if sign_in else None
        said = {"asked": asked, "lines": len(lines)}
        cli_record.note_file(work.office.database, f"list {which}", work.now, who, csv_file, **said)
        rows = [find_words.cells(work.office, each, sought, work.today) for each in lines]
        if csv_file is not None:
            csv_file.write_bytes(csv_text.csv_bytes([HEADS, *rows]))
        if as_json:
            found = [dict(zip(HEADS, row, strict=True)) for row in rows]
            click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
            return
        for each in lines if csv_file is None else ():
            shown = find_words.line(work.office, each, sought, work.today)
            click.echo(f"{shown.reference}  {shown.says} {shown.more}".rstrip())
        click.echo(f"{len(lines)} {'line' if len(lines) == 1 else 'lines'}.")


def _refuse_what_it_does_not_ask(which: str, kind: List, given: dict[str, object]) -> None:
    """Refuse an option that the list does not go by, rather than overlook it; and governed without its version."""
    for name, value in given.items():
        if value and name not in kind.asks:
            asks = ", ".join(f"--{one}" for one in kind.asks)
            raise click.UsageError(f"'{which}' does not go by --{name}. It goes by {asks}, --policy.")
    if "version" in kind.asks and not given["version"]:
        raise click.UsageError("Say of which version: --version P/V. 'redress policy list' lists them.")
    first, last = given["from"], given["to"]
    if isinstance(first, date) and isinstance(last, date) and first > last:
        raise click.UsageError("The first day must not be after the last day.")


def _refuse_unknown(work: AtWork, kind: List, version: str, policy: str) -> None:
    for word, there, what in ((version, work.office.shelved, "version"), (policy, work.office.policies(), "policy")):
        if word and word not in there:
            raise click.ClickException(f"There is no {what} '{word}'. {did_you_mean(word, there)}".rstrip())
