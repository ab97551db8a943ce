"""The verbs about a draft's stories: told to the real engine, and brought to what they mean now."""

from __future__ import annotations

from pathlib import Path

import click

from engine import draft_library, example_mending
from engine.example_mending import Mending
from engine.refusals import Refused
from web.cli_acting import AS, DRAFT, at_work, save
from web.cli_words import DATABASE, LIBRARY, in_a_sentence


@click.command(short_help="Tell a draft's own stories.")
@DRAFT
@DATABASE
@LIBRARY
@in_a_sentence
def examples(draft: str, database: str, library: Path | None) -> None:
    """Tell the stories of a draft to the real engine, and say where something else came than was expected. The exit
    code is 1 when a story fails.

    \b
    redress policy draft examples council-housing/two-stage-2027
    """
    with at_work(database, library) as work:
        found = work.checked(work.draft(draft))
        if found.book is None:
            raise Refused("The draft has problems, so no story can be told. 'redress policy draft check' says which.")
        told = draft_library.stories(work.office, found)
        for one in told:
            for failure in one.failures:
                click.echo(f"{failure.file}:{failure.line}: {one.example.name}: {failure.what}")
        failed = sum(not one.passed for one in told)
        click.echo(f"{len(told) - failed} passed, {failed} failed")
        if failed:
            raise SystemExit(1)


@click.command(short_help="Let a draft's stories expect what comes now.")
@DRAFT
@click.option("--leave-out", is_flag=True, help="Leave out the stories that can no longer happen, too.")
@click.option("--confirm", is_flag=True, help="Do it; without this it is only shown.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def expect(draft: str, leave_out: bool, confirm: bool, sign_in: str, database: str, library: Path | None) -> None:
    """After a change that is meant, let the stories of a draft expect what comes now: each expectation is shown before
    and after. A story that can no longer happen is named, and is left out where --leave-out says so.

    \b
    redress policy draft expect council-housing/two-stage-2027 --as ann
    redress policy draft expect council-housing/two-stage-2027 --leave-out --confirm --as ann
    """
    with at_work(database, library) as work:
        there = work.draft(draft)
        found = work.checked(there)
        mending = example_mending.mending(work.office, found)
        _say(mending)
        leaving = [one.number for one in mending.impossible] if leave_out else []
        if not mending.changes and not leaving:
            return
        if not confirm:
            click.echo("Nothing was written. Add --confirm to do it.")
            return
        text = example_mending.mended(found, mending, leaving=leaving)
        files = {**there.files, there.examples_path: text}
        save(work, there, work.person(sign_in), files, "stories expect what comes now")


def _say(mending: Mending) -> None:
    for change in mending.changes:
        what = f"{change.key} {change.cell}".strip()
        click.echo(f"{change.story}: {what}: {change.before} becomes {change.after}")
    for title, those in (("can no longer happen", mending.impossible), ("needs a person", mending.others)):
        for one in those:
            click.echo(f"{one.story}: {title}: {one.why}")
    if not (mending.changes or mending.impossible or mending.others):
        click.echo("Every story comes true.")
