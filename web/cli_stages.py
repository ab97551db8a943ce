"""The verbs that change the stages of a draft: added, taken away, moved and worked by others, in the policy and the
diagram together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine import version_editing
from engine.drafting import Draft
from engine.version_text import KEPT
from web.cli_acting import AS, DRAFT, AtWork
from web.cli_changes import changed, given_of
from web.cli_words import DATABASE, LIBRARY, in_a_sentence

STAGE = click.argument("key", metavar="STAGE")
ROLES = {"handler": "Who considers it.", "panel": "Who sits on its panel.", "desk": "Who keeps its record."}
NOT_AS = click.option("--not-the-same-person-as", "apart", multiple=True, metavar="STAGE", help="Repeatable.")


@click.command("add-stage", short_help="Add a stage, in the policy and the diagram together.")
@DRAFT
@STAGE
@click.option("--title", required=True, help="What people call it.")
@click.option("--kind", type=click.Choice(["investigated", "review_panel"]), default="investigated", show_default=True)
@click.option("--after", default="", metavar="STAGE", help="The stage it follows; before all others by default.")
@click.option("--handler", default="", metavar="ROLE", help=ROLES["handler"])
@click.option("--panel", default="", metavar="ROLE", help=ROLES["panel"])
@click.option("--desk", default="", metavar="ROLE", help=ROLES["desk"])
@click.option("--within", default="", help="A panel's time to meet; an investigated stage's time to answer.")
@click.option("--answer-within", default="", help="A panel's time to answer after it met.")
@click.option("--acknowledge-within", default="", help="The time to acknowledge, where it is promised.")
@click.option("--extension", default="", help="How much more time there may be at most.")
@click.option("--window", default="", help="The resident's time to ask for the stage.")
@NOT_AS
@click.option("--says", default="", help="What the stage is, in a sentence.")
@click.option("--by", default="", help="Who chose what the sources leave open; whoever adds it, by default.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def add_stage(
    draft: str,
    key: str,
    apart: tuple[str, ...],
    by: str,
    sign_in: str,
    database: str,
    library: Path | None,
    **given: Any,
) -> None:
    """Add a stage: in the policy, the diagram, its tasks, forms and letters, so that it can be worked at once.

    \b
    redress policy draft change add-stage 3 review --title "Panel review" --kind review_panel --after stage_1 \\
        --panel review_panel --within "15 working days" --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        return version_editing.add_stage(
            there.files,
            work.office.shelf,
            there.path,
            key=key,
            not_the_same_person_as=apart or None,
            by=by or work.person(sign_in).name,
            on=work.today,
            **given,
        )

    changed(draft, sign_in, database, library, edit, f"stage {key} added after {given['after'] or 'nothing'}")


@click.command("remove-stage", short_help="Take a stage away.")
@DRAFT
@STAGE
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def remove_stage(draft: str, key: str, sign_in: str, database: str, library: Path | None) -> None:
    """Take a stage away, in the policy and the diagram together.

    \b
    redress policy draft change remove-stage 3 review --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        return version_editing.remove_stage(there.files, work.office.shelf, there.path, key)

    changed(draft, sign_in, database, library, edit, f"stage {key} taken away")


@click.command("move-stage", short_help="Put a stage behind another.")
@DRAFT
@STAGE
@click.option("--after", default="", metavar="STAGE", help="The stage it follows; before all others by default.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def move_stage(draft: str, key: str, after: str, sign_in: str, database: str, library: Path | None) -> None:
    """Put a stage behind another one.

    \b
    redress policy draft change move-stage 3 review --after stage_2 --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        return version_editing.move_stage(there.files, work.office.shelf, there.path, key, after=after)

    changed(draft, sign_in, database, library, edit, f"stage {key} moved behind {after or 'nothing'}")


@click.command(short_help="Change who works a stage, its title and words.")
@DRAFT
@STAGE
@click.option("--title", help="What people call it.")
@click.option("--says", help="What the stage is, in a sentence.")
@click.option("--handler", metavar="ROLE", help=ROLES["handler"])
@click.option("--panel", metavar="ROLE", help=ROLES["panel"])
@click.option("--desk", metavar="ROLE", help=ROLES["desk"])
@NOT_AS
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def stage(
    draft: str,
    key: str,
    title: str | None,
    apart: tuple[str, ...],
    sign_in: str,
    database: str,
    library: Path | None,
    **given: str | None,
) -> None:
    """Change a stage's title, who works it, and whose handlers it must not share.

    \b
    redress policy draft change stage 3 stage_2 --title "Stage 2, review" --handler head_of_service --as ann
    """

    def edit(work: AtWork, there: Draft) -> Mapping[str, bytes]:
        files: Mapping[str, bytes] = there.files
        if title is not None:
            files = version_editing.rename_stage(files, work.office.shelf, there.path, key, title)
        separated = apart or KEPT
        return version_editing.set_stage(files, there.path, key, not_the_same_person_as=separated, **given_of(given))

    changed(draft, sign_in, database, library, edit, f"stage {key} changed")
