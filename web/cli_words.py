"""What the verbs of the command line share: where the shipped library lies, moments as people type them, and refusals
that end a verb with a sentence instead of a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

import engine
from engine.events import moment
from engine.problems import Broken
from engine.refusals import Refused
from engine.store.database import Database, StoreBusy, StoreUnavailable, is_current, open_database
from engine.working_days import OutsideCalendar

#: the folder that holds the shipped policies/ and workflows/
SHIPPED = Path(engine.__file__).resolve().parents[1]

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")


class InOrder(click.Group):
    """Lists its verbs in the order they were added, which is the order a newcomer meets them in."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


class Moment(click.ParamType[datetime]):
    """A date, or a date and time in the policy's zone."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return moment(str(value))
        except ValueError:
            self.fail(f"'{value}' is no date. Write 2024-12-20, or 2024-12-20T09:30 with the local time.", param, ctx)


WHEN = Moment()
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
LIBRARY = click.option(
    "--library",
    type=FOLDER,
    metavar="DIR",
    help="A folder with policies/ and workflows/, in place of the shipped ones.",
)
DATABASE = click.option(
    "--database",
    envvar="REDRESS_DATABASE",
    default="sqlite:///redress.db",
    show_default=True,
    metavar="URL",
    help="sqlite:///FILE or postgresql://... (or set REDRESS_DATABASE).",
)


def progress(through: Sequence[V], label: str) -> AbstractContextManager[Iterable[V]]:
    """Goes through a list and shows on a terminal how far it has come; elsewhere it shows nothing."""
    return click.progressbar(through, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


@contextmanager
def progress_to(label: str) -> Iterator[Callable[[int, int], bool]]:
    """A bar on a terminal for work that says how far it is: `told(done, total)`; elsewhere it shows nothing."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def told(done: int, total: int) -> bool:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)
            return True

        yield told


def in_a_sentence(verb: Callable[P, R]) -> Callable[P, R]:
    """Ends a verb with what was refused, in a sentence and exit code 1, where the engine refuses it."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except Broken as broken:
            raise click.ClickException(
                f"These files have problems; 'redress check' shows them all.\n{broken}"
            ) from broken
        except (Refused, OutsideCalendar, StoreBusy, StoreUnavailable) as refused:
            raise click.ClickException(str(refused)) from refused

    return run


@contextmanager
def existing_database(url: str) -> Iterator[Database]:
    """The database of an installation. Raises ClickException where there is none, or one of another version."""
    missing = click.ClickException(f"There is no Redress at {url}. 'redress init --database URL' makes one.")
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        raise missing
    database = open_database(url)
    try:
        if not is_current(database):
            raise click.ClickException(
                f"The database at {url} is not as this program needs it. 'redress init' brings it up to date."
            )
        yield database
    finally:
        database.close()
