"""The verbs from a draft to a version: approval asked for and given by somebody else, publication, withdrawal."""

from __future__ import annotations

from pathlib import Path

import click

from engine import drafting
from engine.wordings import day_in_words
from web.cli_acting import AS, DRAFT, at_work
from web.cli_versions import VERSION
from web.cli_words import DATABASE, LIBRARY, in_a_sentence

REASON = click.option("--reason", default="", help="Why.")


@click.command(short_help="Ask for a draft to be approved.")
@DRAFT
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def ask(draft: str, sign_in: str, database: str, library: Path | None) -> None:
    """Ask for a draft to be approved as it is now. It must have no problem, and its stories must come true.

    \b
    redress policy ask council-housing/two-stage-2027 --as ann
    """
    with at_work(database, library) as work:
        there = work.draft(draft)
        drafting.ask_approval(work.office, there.row.id, work.person(sign_in), work.now)
        click.echo(f"Approval of {there.key} is asked for. Somebody who changed nothing in it approves it.")


@click.command("take-back", short_help="Take the request for approval back.")
@DRAFT
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def take_back(draft: str, sign_in: str, database: str, library: Path | None) -> None:
    """Take the request for approval back, or the approval, to write on.

    \b
    redress policy take-back council-housing/two-stage-2027 --as ann
    """
    with at_work(database, library) as work:
        there = work.draft(draft)
        drafting.take_back(work.office, there.row.id, work.person(sign_in), work.now)
        click.echo(f"{there.key} can be changed again.")


@click.command("send-back", short_help="Send a draft back to its authors.")
@DRAFT
@click.option("--reason", required=True, help="What should be changed.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def send_back(draft: str, reason: str, sign_in: str, database: str, library: Path | None) -> None:
    """Send a draft back to its authors, with what should be changed.

    \b
    redress policy send-back council-housing/two-stage-2027 --reason "Say who sits on the panel." --as bo
    """
    with at_work(database, library) as work:
        there = work.draft(draft)
        drafting.send_back(work.office, there.row.id, work.person(sign_in), work.now, reason)
        click.echo(f"{there.key} is sent back to its authors.")


@click.command(short_help="Approve a draft, for a body and under its minute.")
@DRAFT
@click.option("--body", required=True, help="The body that decided it, such as Cabinet.")
@click.option("--minute", required=True, help="The minute or decision it stands in.")
@click.option("--seal", default="", help="Approve only if this is still its seal, as 'redress policy show' prints it.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def approve(draft: str, body: str, minute: str, seal: str, sign_in: str, database: str, library: Path | None) -> None:
    """Approve exactly what stands in a draft. Whoever changed anything in it may not.

    \b
    redress policy approve council-housing/two-stage-2027 --body Cabinet --minute "12 of 3 March 2027" --as bo
    """
    with at_work(database, library) as work:
        there = work.draft(draft)
        who = work.person(sign_in)
        row = drafting.approve(work.office, there.row.id, who, work.now, body=body, minute=minute, seen=seal)
        click.echo(f"{there.key} is approved by {row.approved_by_name} for {row.body}. Seal {row.approved_seal}.")


@click.command(short_help="Seal an approved draft: a version from its day on.")
@DRAFT
@click.option("--reason", default="", help="Why, where it is in force from a day in the past.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def publish(draft: str, reason: str, sign_in: str, database: str, library: Path | None) -> None:
    """Seal an approved draft as a version. It governs complaints received from its day on; every case that is logged
    already stays where it is.

    \b
    redress policy publish council-housing/two-stage-2027 --as bo
    redress policy publish council-housing/two-stage-2027 --reason "The Board set the day in March." --as bo
    """
    with at_work(database, library) as work:
        there, who = work.draft(draft), work.person(sign_in)
        row = drafting.publish(work.office, there.row.id, who, work.now, in_force_from_reason=reason)
        begins = day_in_words(row.in_force_from)
        click.echo(f"Published {row.policy}/{row.version}, in force for complaints received from {begins}.")
        click.echo(f"Seal {row.seal}.")


@click.command(short_help="Withdraw a version that no case uses.")
@VERSION
@REASON
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def withdraw(version: str, reason: str, sign_in: str, database: str, library: Path | None) -> None:
    """Withdraw a published version that no case uses or used. It governs nothing from now on, and its text stays.

    \b
    redress policy withdraw council-housing/two-stage-2027 --reason "The Board decided otherwise." --as bo
    """
    with at_work(database, library) as work:
        policy, _, name = version.partition("/")
        drafting.withdraw(work.office, policy, name, work.person(sign_in), work.now, reason)
        click.echo(f"Withdrawn: {version}.")
