"""`redress calendar`: bank holidays and closures as data, with a drill first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from engine import calendar_days, refreshing
from engine.calendar_days import Change, Drill, Touched
from engine.office import Office
from engine.store import calendar_rows
from engine.wordings import day_in_words
from web import names
from web.cli_acting import AS, DAY, AtWork, at_work
from web.cli_words import DATABASE, LIBRARY, InOrder, in_a_sentence, progress

CALENDAR = click.option("--calendar", "name", default="england", show_default=True, metavar="NAME")
THE_DAY = click.argument("day", type=DAY, metavar="DATE")
KNOWN = click.option(
    "--known", type=DAY, default="today", show_default=True, metavar="DATE", help="Known from that day."
)
CONFIRM = click.option("--confirm", is_flag=True, help="Do it; without this it is only a drill.")


@click.group(cls=InOrder, short_help="Bank holidays and closures, with a drill first.")
def calendar() -> None:
    """The days nobody works, and since when each was known. Adding or withdrawing one is a drill, which says every date
    that would move and every promise that would then differ, until it is confirmed.

    \b
    redress calendar list --year 2026
    redress calendar add 2026-12-24 "Office closed" --closure --as bo
    redress calendar add 2026-12-24 "Office closed" --closure --confirm --as bo
    """


@calendar.command("list", short_help="The days of a calendar.")
@click.option("--year", type=int, help="Of one year.")
@CALENDAR
@DATABASE
@LIBRARY
@in_a_sentence
def list_days(year: int | None, name: str, database: str, library: Path | None) -> None:
    """The bank holidays and closures of a calendar, each with the day it became known.

    \b
    redress calendar list
    redress calendar list --year 2026
    """
    with at_work(database, library) as work:
        calendar_days.policies_by(work.office, name)
        with work.office.database.reading() as tx:
            rows = calendar_rows.recorded_days(tx, name)
            left = refreshing.left(tx)
        for row in rows:
            if year in (None, row.date.year):
                gone = f", withdrawn from {row.withdrawn}" if row.withdrawn else ""
                click.echo(f"{row.date:%a} {row.date}  {row.name}  {row.kind}, known from {row.known}{gone}")
        if left:
            click.echo(f"{left} {'case is' if left == 1 else 'cases are'} still to be brought up to date.")


@calendar.command(short_help="Add a bank holiday or closure.")
@THE_DAY
@click.argument("title", metavar="NAME")
@click.option("--closure", is_flag=True, help="A closure of our own, not a bank holiday.")
@KNOWN
@CALENDAR
@CONFIRM
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def add(
    day: date, title: str, closure: bool, known: date, name: str, confirm: bool, sign_in: str, database: str,
    library: Path | None,
) -> None:  # fmt: skip
    """Add a day on which nobody works. It is a drill until --confirm is given.

    \b
    redress calendar add 2026-12-24 "Office closed" --closure --as bo
    redress calendar add 2027-06-07 "Day of Thanksgiving" --known 2027-03-01 --confirm --as bo
    """
    with at_work(database, library) as work:
        kind = "closure" if closure else "bank_holiday"
        asked = calendar_days.added(work.office, name, day=day, name=title, kind=kind, known=known, now=work.now)
        _drilled(work, asked, sign_in, confirm)


@calendar.command(short_help="Take a day away that was moved.")
@THE_DAY
@KNOWN
@CALENDAR
@CONFIRM
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def withdraw(
    day: date, known: date, name: str, confirm: bool, sign_in: str, database: str, library: Path | None
) -> None:
    """Take a day away that was moved, so that it is a working day again. It is a drill until --confirm is given.

    \b
    redress calendar withdraw 2026-12-24 --as bo
    redress calendar withdraw 2026-12-24 --confirm --as bo
    """
    with at_work(database, library) as work:
        asked = calendar_days.withdrawn(work.office, name, day=day, known=known, now=work.now)
        _drilled(work, asked, sign_in, confirm)


@calendar.command(short_help="What adding a day would do.")
@THE_DAY
@click.option("--closure", is_flag=True, help="A closure of our own, not a bank holiday.")
@CALENDAR
@DATABASE
@LIBRARY
@in_a_sentence
def drill(day: date, closure: bool, name: str, database: str, library: Path | None) -> None:
    """What a day on which nobody works would do to the open cases, if it were known today. Nothing is written.

    \b
    redress calendar drill 2026-12-24
    """
    with at_work(database, library) as work:
        kind = "closure" if closure else "bank_holiday"
        asked = calendar_days.added(
            work.office, name, day=day, name="A drill", kind=kind, known=work.today, now=work.now
        )
        _say(work.office, _drill(work, asked))


def _drilled(work: AtWork, asked: Change, sign_in: str, confirm: bool) -> None:
    who = work.person(sign_in)
    shown = _drill(work, asked)
    _say(work.office, shown)
    if not confirm:
        click.echo("\nNothing was written. Add --confirm to do it.")
        return
    learned, moved = calendar_days.confirm(work.office, shown, who, work.now)
    while more := _left(learned):
        moved += refreshing.go_on(learned, work.now, watch=lambda ids: progress(ids, f"{more} cases to go"))
    click.echo(f"\nWritten. {moved} {'case has' if moved == 1 else 'cases have'} another date.")


def _left(office: Office) -> int:
    with office.database.reading() as tx:
        return refreshing.left(tx)


def _drill(work: AtWork, asked: Change) -> Drill:
    return calendar_days.drill(work.office, asked, work.now, lambda ids: progress(ids, "Working out dates"))


def _say(office: Office, found: Drill) -> None:
    click.echo(found.change.says)
    count = len(found.moved)
    cases = "open case" if found.looked_at == 1 else "open cases"
    click.echo(f"\n{count} {'date moves' if count == 1 else 'dates move'}, in {found.looked_at} {cases} looked at.")
    for one in found.moved:
        was, now = (day_in_words(day) if day else "none" for day in (one.before, one.after))
        turns = f"; {one.turns}" if one.turns else ""
        click.echo(f"  {one.reference}  {_deadline(office, one)}: {was} becomes {now}{turns} ({_who(one)})")
    if found.promised:
        click.echo(
            "\nPromised in letters. These dates do not move; the policy's date beside them does, or the day is off:"
        )
    for one in found.promised:
        told, now = (day_in_words(day) if day else "none" for day in (one.promised, one.after))
        click.echo(f"  {one.reference}  {_deadline(office, one)}: promised {told}, policy {now} ({_who(one)})")


def _deadline(office: Office, one: Touched) -> str:
    return names.deadline(office.shelved[one.version].book.version, one.deadline)


def _who(one: Touched) -> str:
    if one.is_window:
        return "the resident's own time"
    return f"{one.holder}, {one.role}" if one.holder else f"{one.role}, nobody yet"
