"""The verbs that make and run an installation: init, serve and worker."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

import click
from flask import Flask

from engine import clock, verification
from engine import worker as background
from engine.library import load
from engine.office import Office, office_of, refreshed
from engine.store.database import open_database
from engine.store.people import SignInTaken
from web import app as application
from web import cli_record, installation, passwords, posting, serving
from web.cli_words import DATABASE, LIBRARY, SHIPPED, existing_database, in_a_sentence
from web.current import Settings

PASSWORD = "REDRESS_ADMIN_PASSWORD"
#: what became of what was in the outbox, as the worker says it
TOLD = {
    "sent": "sent",
    "waiting": "to be tried again",
    "down": "to be tried again: nothing can be reached",
    "unsure": "may have been sent; a person must find out",
    "failed": "could not be sent; a person must look",
}
EVERY = click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=background.EVERY_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="How often to look for dates that have passed.",
)


@click.command(short_help="Make an installation, with its first administrator.")
@DATABASE
@LIBRARY
@click.option("--administrator", metavar="SIGN-IN", help="The sign-in name of the first administrator.")
@click.option("--name", help="Their name.")
@click.option("--email", default="", help="Their e-mail address.")
@click.option("--password-stdin", is_flag=True, help="Read their password from the first line of standard input.")
@in_a_sentence
def init(
    database: str, library: Path | None, administrator: str | None, name: str | None, email: str, password_stdin: bool
) -> None:
    """Make an installation, or bring one up to date: the schema, the shipped policies sealed in it, the service areas,
    and the first administrator, who adds everybody else in the browser.

    What is missing is asked for. The password is asked for twice, or read from standard input, or taken from
    REDRESS_ADMIN_PASSWORD. Doing it again is harmless: what is sealed is never replaced.

    \b
    redress init
    redress init --database postgresql://redress@db/redress --administrator ada --name "Ada Example"
    """
    opened = open_database(database)
    try:
        _, imported = installation.make_ready(opened, library or SHIPPED, clock.now())
        if imported.sealed or imported.days:
            said = {"was": None, "now": list(imported.sealed), "days": imported.days}
            cli_record.note(opened, "brought_in_shipped", "shipped policies", clock.now(), None, **said)
        for key in imported.sealed:
            click.echo(f"Sealed {key}.")
        for key in imported.kept:
            click.echo(f"{key} is sealed here already.")
        for key in imported.differing:
            click.echo(f"Remark: {key} is sealed here with another text than this program ships. It stays as it is.")
        if administrator or not installation.has_administrator(opened):
            who = administrator or click.prompt("Sign-in name of the first administrator")
            called = name or click.prompt("Their name")
            password = _password(password_stdin)
            installation.add_administrator(opened, who, name=called, email=email, password=password, now=clock.now())
            click.echo(f"{called} signs in as '{who}'.")
    except SignInTaken as taken:
        raise click.ClickException(f"Somebody already signs in as '{taken}'.") from taken
    finally:
        opened.close()
    try:
        installation.secret_key(database, make=True)
    except installation.NoSecret as missing:
        click.echo(f"Before you serve: {missing}")
    click.echo(f"Ready: redress serve --database {database}")


@click.command(short_help="Serve the web application.")
@DATABASE
@LIBRARY
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option(
    "--https/--no-https",
    default=None,
    help="Whether people reach it by https, through a proxy that ends TLS. By default they do, except on this machine.",
)
@EVERY
@posting.sends
@in_a_sentence
def serve(
    database: str, library: Path | None, host: str, port: int, https: bool | None, every: float, **letters: str
) -> None:
    """Serve the web application, with a worker that fires the timers and sends the letters, as a thread of the same
    process.

    Put a proxy that ends TLS before it; only on this machine itself (127.0.0.1) is it served without. Letters are
    written into a folder beside the database, so nobody is sent anything, until --mail names a mail server.

    \b
    redress serve
    redress serve --database postgresql://redress@db/redress --host 0.0.0.0 --port 8080
    redress serve --mail smtp://mail.example --mail-from "Complaints <complaints@landlord.example>"
    """
    is_https = not serving.is_local(host) if https is None else https
    if not is_https and not serving.is_local(host):
        raise click.UsageError("Without https Redress is served on this machine only: leave out --host or --no-https.")
    try:
        secret = installation.secret_key(database)
    except installation.NoSecret as missing:
        raise click.ClickException(str(missing)) from missing
    mailing = posting.mailing_of(database, **letters)
    with existing_database(database):
        settings = Settings(database, secret, library or SHIPPED, is_https=is_https, mailing=mailing)
    app = application.create_app(settings)
    _say_what_fails()
    _say_what_differs(app)
    click.echo(posting.where(mailing))
    serving.serve(
        app,
        host=host,
        port=port,
        is_https=is_https,
        every=every,
        ready=lambda address: click.echo(f"Serving on {address} (stop with Ctrl+C)"),
    )


@click.command(short_help="Fire the timers that fell due and send the letters, again and again.")
@DATABASE
@LIBRARY
@EVERY
@posting.sends
@click.option("--once", is_flag=True, help="One round, then stop.")
@in_a_sentence
def worker(database: str, library: Path | None, every: float, once: bool, **letters: str) -> None:
    """Fire the timers that fell due: a resident's window that lapsed closes its case, and so on; and send the letters
    and notices that wait. "redress serve" has such a worker in it; more may run beside it, on other machines too, and
    none does another's work twice.

    \b
    redress worker --once
    redress worker --database postgresql://redress@db/redress --every 30
    """
    _say_what_fails()
    mailing = posting.mailing_of(database, **letters)
    with existing_database(database) as opened:
        kept = [office_of(opened, load(library or SHIPPED)[0])]

        def office() -> Office:
            """As it is now: with what was published since, by whatever process."""
            kept[0] = refreshed(kept[0])
            return kept[0]

        if once:
            click.echo(_words(background.one_round(office(), clock.now, mailing)))
            return
        click.echo(posting.where(mailing))
        click.echo(f"Looking for dates that have passed every {every:g} seconds (stop with Ctrl+C).")
        background.work(
            office,
            clock.now,
            threading.Event(),
            every=every,
            told=_tell,
            mailing=mailing,
        )


def _tell(done: background.Round) -> None:
    if done.moved or done.came_back or done.sent:
        click.echo(_words(done))


def _words(done: background.Round) -> str:
    """What a round did, in sentences."""
    words = [f"{done.moved} {'case' if done.moved == 1 else 'cases'} moved on."]
    words += [f"{done.came_back} came back."] if done.came_back else []
    words += [f"{done.sent[status]} {said}." for status, said in TOLD.items() if done.sent[status]]
    return " ".join(words)


def _password(from_input: bool) -> str:
    """The administrator's password: from standard input, from the environment, or asked for twice."""
    if from_input:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = os.environ.get(PASSWORD) or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    problem = passwords.why_not(password)
    if problem:
        raise click.ClickException(f"{problem}.")
    return password


def _say_what_differs(app: Flask) -> None:
    """A version that is sealed here with another text than this program ships is said, never replaced."""
    office = app.extensions["redress"].office
    with office.database.reading() as tx:
        for difference in verification.shipped_differences(tx, office.shelf):
            click.echo(f"Remark: {difference}")


def _say_what_fails() -> None:
    """What goes wrong in the background is written where whoever runs the program sees it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
