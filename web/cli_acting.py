"""Who acts on the command line, on which draft, and what is said of a draft: shared by the verbs of the studio.

`--as` names a person by their sign-in name; the engine asks for their rights exactly as it does in the browser, and the
record has their name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from engine import clock, draft_library, drafting, library, version_editing
from engine.draft_library import Checked
from engine.drafting import Draft
from engine.events import local_day
from engine.office import Office, office_of
from engine.problems import Problem
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import Person
from engine.store import people
from engine.store.database import Database
from web.cli_words import SHIPPED, Moment, existing_database
from web.current import as_person

AS = click.option(
    "--as", "sign_in", required=True, envvar="REDRESS_AS", metavar="SIGN-IN", help="Who does it (or set REDRESS_AS)."
)
DRAFT = click.argument("draft", metavar="DRAFT")
"""A draft by its number, or as `policy/version` while somebody is at work on it."""


class Day(click.ParamType[Any]):
    """A date, as 2027-04-01, or `today`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        if value == "today":
            return local_day(clock.now())
        return Moment().convert(value, param, ctx).date()


DAY = Day()


@dataclass(frozen=True)
class AtWork:
    """An installation opened for one verb, at one moment."""

    office: Office
    now: datetime

    @property
    def today(self) -> date:
        return local_day(self.now)

    def person(self, sign_in: str) -> Person:
        """Who signs in by that name. Raises Refused for nobody, or somebody who left."""
        return person_named(self.office.database, sign_in)

    def draft(self, name: str) -> Draft:
        """A draft by its number or its key. Raises Unknown."""
        if name.isdigit():
            return drafting.opened(self.office, int(name))
        policy, _, version = name.partition("/")
        rows = [one for one in drafting.drafts_of(self.office, [policy]) if one.version == version]
        if not rows:
            raise Unknown(f"There is no draft '{name}'. 'redress policy draft list' lists them.")
        return drafting.opened(self.office, rows[0].id)

    def checked(self, draft: Draft) -> Checked:
        return draft_library.checked(self.office, draft.files, draft.key)


@contextmanager
def at_work(database: str, folder: Path | None) -> Iterator[AtWork]:
    """The installation at that address. What a form would refuse field by field is refused in a sentence."""
    with existing_database(database) as opened:
        try:
            yield AtWork(office_of(opened, library.load(folder or SHIPPED)[0]), clock.now())
        except BadAnswers as bad:
            said = "\n".join(f"{name}: {sentence}" for name, sentence in bad.errors.items())
            raise click.ClickException(said) from bad


def person_named(database: Database, sign_in: str) -> Person:
    """Who signs in by that name, with the roles they hold now. Raises Refused for nobody, or somebody who left."""
    with database.reading() as tx:
        row = people.person_by_sign_in(tx, sign_in)
        if row is None or not row.is_active:
            raise Refused(f"Nobody here signs in as '{sign_in}'.")
        return as_person(row, people.grants_of(tx, row.id))


def save(work: AtWork, draft: Draft, who: Person, files: Mapping[str, bytes], what: str) -> None:
    """Write changed files into a draft, and say what became of it: its problems, by file and line."""
    changed = version_editing.changes(draft.files, files)
    after = drafting.change(work.office, draft.row.id, who, work.now, files=changed, numbers=draft.numbers, what=what)
    if not changed:  # told only to who may change it
        click.echo("Nothing changed.")
        return
    click.echo(f"{draft.key}: {what}.")
    for path in sorted(changed):
        click.echo(f"  {'taken away' if changed[path] is None else 'written'}: {path}")
    say_problems(work.checked(after))


def say_problems(found: Checked, *, remarks: bool = False) -> None:
    """The problems of a draft, each by file and line with its cure; remarks where they are asked for."""
    for problem in (one for one in found.problems if one.severity == "problem"):
        click.echo(str(problem))
    count = sum(one.severity == "problem" for one in found.problems)
    click.echo(f"{count} {'problem' if count == 1 else 'problems'}." if count else "No problems.")
    for kind, title in (("later", "To be judged once the above is mended"), ("remark", "Remarks")):
        rows: list[Problem] = [one for one in found.problems if one.severity == kind]
        if rows and (remarks or kind == "later"):
            click.echo(f"\n{title}")
            for one in rows:
                click.echo(f"  {one}")
