"""`redress record`: what people did, from the record, with the filters of its page; as text, CSV or JSON."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import click
import orjson

from engine.store import people, recorded
from engine.store.recorded import Recorded, Sought
from web import cli_record, csv_text, record_words
from web.cli_acting import DAY, AtWork, at_work
from web.cli_record import READER
from web.cli_words import DATABASE, LIBRARY, InOrder, in_a_sentence
from web.record import AGAIN, HEADINGS, MOST_LINES, USUAL_DAYS, midnight, row_of
from web.record_words import GROUPS

FILE = click.Path(dir_okay=False, path_type=Path)
A_PAGE = 1000


@click.group("record", cls=InOrder, short_help="What people did: acts, sign-ins, views, exports; who saw a case.")
def verbs() -> None:
    """The record of what people did: every act, sign-in, look at private details, draft, approval, publication, move,
    setting and export, with what stood before and after; everything recorded in cases, and who saw them.

    \b
    redress record acts --kind sign_in --from 2026-03-01
    redress record acts --about SEH-2026-00012 --csv acts.csv --as odette
    redress record seen-by SEH-2026-00012
    """


@verbs.command("kinds", short_help="The kinds the record is narrowed to.")
def kinds() -> None:
    """The kinds that acts can be narrowed to.

    \b
    redress record kinds
    """
    for key, group in GROUPS.items():
        if key:
            click.echo(f"{key}: {group.title}")


@verbs.command("acts", short_help="What people did, the latest first.")
@click.option("--kind", default="", metavar="KIND", help="Only of that kind: 'redress record kinds' lists them.")
@click.option("--by", default="", metavar="SIGN-IN", help="Only what that person did.")
@click.option(
    "--about", default="", metavar="CASE|P/V", help="Only about that case, by its reference, or that version."
)
@click.option(
    "--from", "first", type=DAY, metavar="DATE", help="The first day; thirty days before the last by default."
)
@click.option("--to", "last", type=DAY, metavar="DATE", help="The last day, itself included; today by default.")
@click.option("--csv", "csv_file", type=FILE, metavar="FILE", help="Write them to a file as CSV.")
@click.option("--json", "json_file", type=FILE, metavar="FILE", help="Write them to a file as JSON.")
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def acts(
    kind: str,
    by: str,
    about: str,
    first: date | None,
    last: date | None,
    csv_file: Path | None,
    json_file: Path | None,
    sign_in: str,
    database: str,
    library: Path | None,
) -> None:
    """What people did, the latest first, with what stood before and after. Writing it to a file is recorded, with what
    was asked for and how many lines it had.

    \b
    redress record acts --kind settings
    redress record acts --by ada --from 2026-03-01 --to 2026-03-31 --csv acts.csv
    redress record acts --about SEH-2026-00012 --json acts.json
    """
    if kind not in GROUPS:
        raise click.UsageError(f"There is no kind '{kind}'. There are: {', '.join(filter(None, GROUPS))}.")
    with at_work(database, library) as work:
        ends = last or work.today
        begins = first or ends - timedelta(days=USUAL_DAYS)
        if begins > ends:
            raise click.UsageError("The first day must not come after the last.")
        group = GROUPS[kind]
        sought = Sought(
            acts=group.acts,
            events=group.events,
            with_views=group.with_views,
            person_id=_person_id(work, by) if by else None,
            about=about,
            since=midnight(begins),
            until=midnight(ends + timedelta(days=1)),
        )
        given = {"of": kind, "by": by, "about": about, "from": begins.isoformat(), "to": ends.isoformat()}
        _told(work, sought, given, csv_file, json_file, sign_in)


@verbs.command("seen-by", short_help="Who saw a case.")
@click.argument("reference")
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def seen_by(reference: str, sign_in: str, database: str, library: Path | None) -> None:
    """Everybody who had a case before them, in the browser or on the command line, looked at its private details,
    opened a document of it or was given a file, the latest first.

    \b
    redress record seen-by SEH-2026-00012
    """
    with at_work(database, library) as work:
        sought = Sought(acts=record_words.SEEING, events=(), with_views=True, about=reference)
        _told(work, sought, {"about": reference}, None, None, sign_in)


def _told(
    work: AtWork, sought: Sought, given: dict[str, str], csv_file: Path | None, json_file: Path | None, sign_in: str
) -> None:
    """The lines printed, or written to files, which is recorded before."""
    found = _all(work, sought)
    if len(found) > MOST_LINES:
        raise click.ClickException(f"That is more than {MOST_LINES:,} lines. Ask for fewer days, a person or a kind.")
    names = _names(work)
    lines = record_words.lines(found, names)
    files = [one for one in (csv_file, json_file) if one is not None]
    for file in files:
        who = work.person(sign_in) if sign_in else None
        said = {name: value for name, value in given.items() if value} | {"lines": len(lines), "file": file.name}
        cli_record.note(work.office.database, AGAIN, "record", work.now, who, **said)
    rows = [row_of(line) for line in lines]
    if csv_file is not None:
        csv_file.write_bytes(csv_text.csv_bytes([HEADINGS, *rows]))
    if json_file is not None:
        told = [dict(zip(HEADINGS, row, strict=True)) for row in rows]
        json_file.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    for when, who_did, what, about, before, after, more in rows if not files else ():
        changed = f" was: {before or 'nothing'}; is: {after or 'nothing'}." if before or after else ""
        click.echo(f"{when}  {who_did}: {what}{f', {about}' if about else ''}.{changed}{f' {more}' if more else ''}")
    click.echo(f"{len(lines)} {'line' if len(lines) == 1 else 'lines'}.")


def _all(work: AtWork, sought: Sought) -> list[Recorded]:
    found: list[Recorded] = []
    after = None
    while len(found) <= MOST_LINES:
        with work.office.database.reading() as tx:
            page, after = recorded.page_of_record(tx, sought, after=after, size=A_PAGE)
        found += page
        if after is None:
            break
    return found


def _person_id(work: AtWork, sign_in: str) -> int:
    """The id of a person, who may have left. Raises ClickException for nobody."""
    with work.office.database.reading() as tx:
        row = people.person_by_sign_in(tx, sign_in)
    if row is None:
        raise click.ClickException(f"Nobody here signs in as '{sign_in}'.")
    return row.id


def _names(work: AtWork) -> dict[int, str]:
    with work.office.database.reading() as tx:
        return {row.id: row.name for row in people.people(tx)}
