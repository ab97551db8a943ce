"""`redress demo`: an office to try out, made on the spot and served on this machine."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import click

from engine import clock
from web import app as application
from web import demo as making
from web import posting, serving
from web.cli_words import LIBRARY, SHIPPED, in_a_sentence, progress
from web.demo_people import Member

PLACE = click.Path(file_okay=False, path_type=Path)


@click.command(short_help="Make and serve an office to try out.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes a free one.")
@click.option("--folder", type=PLACE, metavar="DIR", help="Keep it there; by default it is gone when you stop.")
@click.option("--no-serve", is_flag=True, help="Only make it.")
@click.option("--seed", type=int, default=making.SEED, show_default=True, help="Another seed, other names.")
@LIBRARY
@posting.sends_where_told
@in_a_sentence
def demo(port: int, folder: Path | None, no_serve: bool, seed: int, library: Path | None, **letters: str) -> None:
    """Make an office to try out: made-up people, the shipped policies, and some ninety cases over all versions and
    stages as they would stand today. Then serve it on this machine, and print the address, who may sign in, and the
    password they share: first those of the policy studio, who write and approve policies, with a draft begun. Letters
    are written into a folder, which is printed too: nobody is sent anything.

    \b
    redress demo
    redress demo --port 8080 --folder my-demo
    """
    if no_serve and folder is None:
        raise click.UsageError("Say where to keep it: --folder DIR.")
    with _place(folder) as place:
        mailing = posting.mailing_of(f"sqlite:///{place / making.DATABASE}", **letters)
        made = _made(place, library or SHIPPED, seed)
        _introduce(made)
        click.echo(f"\n{posting.where(mailing)}")
        if no_serve:
            made.office.database.close()
            return
        settings = replace(made.settings(library or SHIPPED), mailing=mailing)
        app = application.create_app(settings, made.office)
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
        try:
            serving.serve(app, host="127.0.0.1", port=port, is_https=False, ready=_say_where)
        finally:
            made.office.database.close()


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """The folder to keep it in: the one given, else one that is gone in the end."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="redress-demo-") as temporary:
        yield Path(temporary)


def _made(place: Path, library: Path, seed: int) -> making.Demonstration:
    click.echo("Making an office with people and cases; this takes some seconds.")
    try:
        return making.make(
            place, library, clock.now(), lambda told: progress(told, f"Working {len(told)} cases"), seed=seed
        )
    except FileExistsError as there:
        raise click.ClickException(f"There is a demonstration in {place} already. Name another folder.") from there


def _introduce(made: making.Demonstration) -> None:
    """Who may sign in, and what each is there for."""
    click.echo(
        f"\n{len(made.references)} cases, {len(made.members)} people. They sign in with their name and one password."
    )
    widest = max(len(one.sign_in) for one in made.members)
    for about, theirs in groupby(made.members, key=_heading):
        click.echo(f"\n{about[0]}")
        for one in theirs:
            landlord = f" ({one.landlord})" if one.is_of_the_studio or one.is_of_records else ""
            click.echo(f"  {one.sign_in:{widest}}  {one.does}{landlord}")
    click.echo(f"\nPassword: {made.password}")


def _heading(one: Member) -> tuple[str, bool]:
    """What somebody is listed under: the policy studio, disposal, their landlord, or the whole installation."""
    if one.is_of_records:
        return "Disposal", False
    return "The policy studio" if one.is_of_the_studio else one.landlord or "The whole installation", one.is_all_round


def _say_where(address: str) -> None:
    click.echo(f"Address:  {address}\n\nStop with Ctrl+C.")
