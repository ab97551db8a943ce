"""The verbs about drafts of policy versions: begun, looked at, changed, discarded. How a form would change one is in
`web.cli_changes`; approval and publication are in `web.cli_approval`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import BinaryIO

import click

from engine import drafting, problems
from engine.refusals import Refused
from engine.store.policy_drafts import AT_WORK
from web import cli_changes, cli_record, cli_stories
from web.cli_acting import AS, DAY, DRAFT, at_work, save, say_problems
from web.cli_words import DATABASE, LIBRARY, InOrder, in_a_sentence


@click.group(cls=InOrder, short_help="Begin a draft, look at it, change it, discard it.")
def draft() -> None:
    """A draft is a copy of a version, being changed. It is named by its number, or by the policy/version it will be.

    \b
    redress policy draft begin council-housing/two-stage-2024 two-stage-2027 --from 2027-04-01 --as ann
    redress policy draft change deadline council-housing/two-stage-2027 stage_1.response \\
        --within "7 working days" --as ann
    redress policy draft check council-housing/two-stage-2027
    """


@draft.command(short_help="Copy a version into a draft.")
@click.argument("based_on", metavar="POLICY/VERSION")
@click.argument("name", metavar="NEW")
@click.option("--from", "begins", type=DAY, required=True, metavar="DATE", help="The first day it governs; or today.")
@click.option("--title", default="", help="Its title; that of the version it copies by default.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def begin(
    based_on: str, name: str, begins: date, title: str, sign_in: str, database: str, library: Path | None
) -> None:
    """Copy a sealed version into a draft under a new name. Nothing changes for any case.

    \b
    redress policy draft begin council-housing/two-stage-2024 two-stage-2027 --from 2027-04-01 --as ann
    redress policy draft begin council-housing/two-stage-2024 panel-2027 --from today --title "With a panel" --as ann
    """
    with at_work(database, library) as work:
        policy, _, version = based_on.partition("/")
        who = work.person(sign_in)
        begun = drafting.begin(
            work.office, policy, version, who, work.now, version=name, in_force_from=begins, title=title
        )
        click.echo(f"Draft {begun.row.id}: {begun.key}, a copy of {based_on}, for complaints received from {begins}.")
        say_problems(work.checked(begun))


@draft.command("list", short_help="The drafts there are.")
@click.option("--all", "is_all", is_flag=True, help="Those published or discarded, too.")
@DATABASE
@LIBRARY
@in_a_sentence
def list_drafts(is_all: bool, database: str, library: Path | None) -> None:
    """Every draft that somebody is at work on: its number, the version it will be, how far it has come.

    \b
    redress policy draft list
    redress policy draft list --all
    """
    with at_work(database, library) as work:
        rows = drafting.drafts_of(work.office, list(work.office.policies()))
        shown = [row for row in rows if is_all or row.state in AT_WORK]
        for row in shown:
            click.echo(
                f"{row.id:4}  {row.policy}/{row.version}  {row.state}  from {row.based_on}, {row.created_by_name}"
            )
        if not shown:
            click.echo("There is none.")


@draft.command(short_help="Every problem of a draft, by file and line.")
@DRAFT
@DATABASE
@LIBRARY
@in_a_sentence
def check(draft: str, database: str, library: Path | None) -> None:
    """Everything "redress check" knows of a draft's files, each problem with its cure. The exit code is 1 when there is
    a problem.

    \b
    redress policy draft check council-housing/two-stage-2027
    """
    with at_work(database, library) as work:
        found = work.checked(work.draft(draft))
        say_problems(found, remarks=True)
        if problems.only_problems(found.problems):
            raise SystemExit(1)


@draft.command(short_help="Print a file of a draft, or list its files.")
@DRAFT
@click.argument("path", default="", metavar="[FILE]")
@DATABASE
@LIBRARY
@in_a_sentence
def get(draft: str, path: str, database: str, library: Path | None) -> None:
    """Print a file of a draft as it is now; without a FILE, list them all.

    \b
    redress policy draft get 3
    redress policy draft get 3 policies/council-housing/two-stage-2027.yaml
    """
    with at_work(database, library) as work:
        there = work.draft(draft).files
        if path and path not in there:
            raise Refused(f"The draft has no file '{path}'. {problems.did_you_mean(path, there)}")
        if path:
            cli_record.note_file(work.office.database, work.draft(draft).key, work.now, None, path=path)
        click.echo(there[path] if path else "\n".join(sorted(there)), nl=not path)


@draft.command(short_help="Write a file of a draft, or take one away.")
@DRAFT
@click.argument("path", metavar="FILE")
@click.argument("source", type=click.File("rb"), required=False, metavar="[SOURCE]")
@click.option("--gone", is_flag=True, help="Take the file away.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def put(
    draft: str, path: str, source: BinaryIO | None, gone: bool, sign_in: str, database: str,
    library: Path | None,
) -> None:  # fmt: skip
    """Write a file of a draft from a SOURCE (- reads standard input), whatever way it was edited.

    \b
    redress policy draft put 3 policies/council-housing/two-stage-2027.letters.yaml letters.yaml --as ann
    redress policy draft put 3 workflows/forms/review.yaml - --as ann < review.yaml
    """
    if gone == (source is not None):
        raise click.UsageError("Give a SOURCE, or --gone.")
    with at_work(database, library) as work:
        there = work.draft(draft)
        files = {name: text for name, text in there.files.items() if name != path}
        if source is not None:
            files[path] = source.read()
        save(work, there, work.person(sign_in), files, f"{'took away' if gone else 'wrote'} {path}")


@draft.command(short_help="Give a draft up.")
@DRAFT
@click.option("--reason", default="", help="Why.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def discard(draft: str, reason: str, sign_in: str, database: str, library: Path | None) -> None:
    """Give a draft up. What was written stays to be looked at, and its name is free again.

    \b
    redress policy draft discard council-housing/two-stage-2027 --reason "The Board decided otherwise." --as ann
    """
    with at_work(database, library) as work:
        there = work.draft(draft)
        drafting.discard(work.office, there.row.id, work.person(sign_in), work.now, reason)
        click.echo(f"Discarded {there.key}.")


for verb in (cli_changes.change, cli_stories.examples, cli_stories.expect):
    draft.add_command(verb)
