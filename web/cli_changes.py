"""The verbs that change a draft as the form of stages and timescales does: deadlines, stages, roles, its head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from engine import version_editing
from engine.drafting import Draft
from engine.version_text import KEPT
from web.cli_acting import AS, DAY, DRAFT, AtWork, at_work, save
from web.cli_words import DATABASE, LIBRARY, InOrder, in_a_sentence

DEADLINE = click.argument("key", metavar="DEADLINE")
WITHIN = click.option("--within", help="How long: '7 working days', '3 weeks'.")
OF = click.option("--of", help="The event that starts it, such as acknowledged.")
MET_BY = click.option("--met-by", help="The event that meets it, such as response_sent.")
SAYS = click.option("--says", help="The sentence people read; the time in it follows by itself.")
AT_MOST = click.option("--extension", "at_most", help="How much more time there may be at most; '' takes it away.")


@click.group(cls=InOrder, short_help="Change a draft as the form of stages and timescales does.")
def change() -> None:
    """Change deadlines, stages and roles of a draft. Comments in its files stay; what is not named stays as it is.

    \b
    redress policy draft change deadline 3 stage_1.response --within "7 working days" --as ann
    redress policy draft change add-role 3 review_panel --title "Review panel" --as ann
    redress policy draft change add-stage 3 review --title "Panel review" --kind review_panel --after stage_1 \\
        --panel review_panel --within "15 working days" --as ann
    """


def changed(
    name: str,
    sign_in: str,
    database: str,
    library: Path | None,
    edit: Callable[[AtWork, Draft], Mapping[str, bytes]],
    what: str,
) -> None:
    """Change a draft by a function from its files to its files."""
    with at_work(database, library) as work:
        who, draft = work.person(sign_in), work.draft(name)
        save(work, draft, who, edit(work, draft), what)


@change.command(short_help="Change a deadline or window.")
@DRAFT
@DEADLINE
@WITHIN
@OF
@MET_BY
@SAYS
@AT_MOST
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def deadline(draft: str, key: str, sign_in: str, database: str, library: Path | None, **given: str | None) -> None:
    """Change the time, the start, the end, the words or the extension of a deadline or window.

    \b
    redress policy draft change deadline 3 stage_1.response --within "7 working days" --as ann
    redress policy draft change deadline 3 stage_2.response --extension "" --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        return version_editing.set_deadline(there.files, there.path, key, **given_of(given))

    said = ", ".join(f"{name.replace('_', ' ')} {value or 'none'}" for name, value in given_of(given).items())
    changed(draft, sign_in, database, library, edit, f"{key}: {said}")


@change.command("add-deadline", short_help="Add a deadline, or a window of the resident's.")
@DRAFT
@DEADLINE
@click.option("--within", required=True, help="How long: '7 working days', '3 weeks'.")
@click.option("--of", required=True, help="The event that starts it.")
@MET_BY
@click.option("--says", default="", help="The sentence people read; a usual one by default.")
@click.option("--extension", "at_most", default="", help="How much more time there may be at most.")
@click.option("--resident", is_flag=True, help="It is the resident's own time, a window.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def add_deadline(
    draft: str, key: str, resident: bool, sign_in: str, database: str, library: Path | None, **given: Any
) -> None:
    """Add a deadline to a stage, or to the case as a whole.

    \b
    redress policy draft change add-deadline 3 stage_2.acknowledgement --within "5 working days" \\
        --of requested --met-by acknowledged --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        whose = "resident" if resident else "landlord"
        return version_editing.add_deadline(there.files, there.path, key, whose=whose, shelf=work.office.shelf, **given)

    changed(draft, sign_in, database, library, edit, f"{key} added: within {given['within']} of {given['of']}")


@change.command("remove-deadline", short_help="Take a deadline away.")
@DRAFT
@DEADLINE
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def remove_deadline(draft: str, key: str, sign_in: str, database: str, library: Path | None) -> None:
    """Take a deadline or window away.

    \b
    redress policy draft change remove-deadline 3 stage_2.acknowledgement --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        return version_editing.remove_deadline(there.files, there.path, key)

    changed(draft, sign_in, database, library, edit, f"{key} taken away")


@change.command("add-role", short_help="Add a role.")
@DRAFT
@click.argument("key", metavar="ROLE")
@click.option("--title", required=True, help="What people call it.")
@click.option("--says", default="", help="What it does, in a sentence.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def add_role(draft: str, key: str, title: str, says: str, sign_in: str, database: str, library: Path | None) -> None:
    """Add a role, to be bound to a stage and given to people.

    \b
    redress policy draft change add-role 3 review_panel --title "Review panel" --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        return version_editing.add_role(there.files, there.path, key, title=title, says=says)

    changed(draft, sign_in, database, library, edit, f"role {key} added")


@change.command(short_help="Change the title, or the day from which it governs.")
@DRAFT
@click.option("--title", help="Its title.")
@click.option("--from", "begins", type=DAY, metavar="DATE", help="The first day of receipt it governs.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def head(draft: str, title: str | None, begins: date | None, sign_in: str, database: str, library: Path | None) -> None:
    """Change the title of a draft, or the day from which it governs.

    \b
    redress policy draft change head 3 --from 2027-05-01 --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        return version_editing.set_head(
            there.files, there.path, title=KEPT if title is None else title, in_force_from=begins or KEPT
        )

    changed(draft, sign_in, database, library, edit, "title or day changed")


def given_of(options: Mapping[str, str | None]) -> dict[str, Any]:
    """The options somebody gave; the rest stays as it is."""
    return {name: value for name, value in options.items() if value is not None}
