"""What the command line puts into the record: a case that was read, a file that was written, and by whom.

Who it was is the account of the operating system, and the person that `--as` names. What cannot be recorded is not
shown: the line is written first.
"""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

import click

from engine.rights import Person
from engine.store import acts
from engine.store.database import Database

READ, EXPORTED = "read_case", "exported"
#: that the whole record was verified, and what such an act is about
VERIFIED, VERIFICATION = "verified_record", "verification"
#: for verbs that only read, and that whoever holds the machine may use
READER = click.option(
    "--as",
    "sign_in",
    default="",
    envvar="REDRESS_AS",
    metavar="SIGN-IN",
    help="Who reads it (or set REDRESS_AS): the record names them beside your account on this machine.",
)


def account() -> str:
    """The account of the operating system that runs the verb."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "an account without a name"


def note(database: Database, what: str, about: str, now: datetime, who: Person | None, /, **said: object) -> None:
    """Record an act of the command line."""
    detail = {"account": account(), **said}
    with database.writing() as tx:
        acts.record_act(tx, int(who.id) if who else None, what=what, about=about, now=now, detail=detail)


def note_read(database: Database, reference: str, now: datetime, who: Person | None) -> None:
    """Record that somebody is about to read a case."""
    note(database, READ, f"case {reference}", now, who, verb=_verb())


def note_file(
    database: Database, about: str, now: datetime, who: Person | None, file: Path | None = None, /, **said: object
) -> None:
    """Record that a file is about to be written, or something printed that programs read on; its name, not its path."""
    note(database, EXPORTED, about, now, who, verb=_verb(), file=file.name if file else "printed", **said)


def _verb() -> str:
    """The verb as it was typed, without its options: `case show`."""
    context = click.get_current_context(silent=True)
    return context.command_path.partition(" ")[2] if context else ""
