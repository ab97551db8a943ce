"""The verbs about versions of policies: which there are, what one promises, what changed from one to the next, and how
it stands against the Code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import click

from engine import compliance, version_differences
from engine import version_tree as trees
from engine.events import local_day
from engine.office import Office, Shelved
from engine.policy import PolicyVersion, stage_of
from engine.refusals import Refused
from engine.store import library as stored
from engine.store import publications
from engine.wordings import day_in_words
from web.cli_acting import DAY, AtWork, at_work
from web.cli_words import DATABASE, LIBRARY, SHIPPED, in_a_sentence

VERSION = click.argument("version", metavar="POLICY/VERSION")
ANY_FOLDER = click.Path(file_okay=False, path_type=Path)
TREE = click.option(
    "--tree", type=ANY_FOLDER, metavar="DIR", help="A checkout to compare with, in place of what is shipped."
)


@click.command("list", short_help="Every version, and where this installation and the files disagree.")
@TREE
@DATABASE
@LIBRARY
@in_a_sentence
def list_versions(tree: Path | None, database: str, library: Path | None) -> None:
    """Every version of every policy: from when it governs, how many cases it does, its seal, drafts at work. Then where
    what is sealed here and what stands in the files do not agree.

    \b
    redress policy list
    redress policy list --tree ~/redress
    """
    with at_work(database, library) as work:
        office, today = work.office, local_day(work.now)
        with office.database.reading() as tx:
            cases = {key: publications.cases_under(tx, one.id) if one.id else 0 for key, one in office.shelved.items()}
        for policy_key, landlord in sorted(office.policies().items()):
            click.echo(f"{policy_key} ({landlord})")
            mine = [one for one in office.shelved.values() if one.book.version.policy == policy_key]
            for one in sorted(mine, key=lambda each: each.book.version.in_force_from):
                click.echo(f"  {_line(office, one, cases[one.book.version.key], today)}")
        found = list(trees.disagreements(office, tree or library or SHIPPED))
        click.echo(
            "\nWhere this installation and the files disagree" if found else "\nEvery version agrees with its file."
        )
        for sentence in found:
            click.echo(f"  {sentence}")


@click.command(short_help="What a version promises, who does what, and how it came to be.")
@VERSION
@DATABASE
@LIBRARY
@in_a_sentence
def show(version: str, database: str, library: Path | None) -> None:
    """A version as people read it: its promises by stage with their clauses, who does what, the readings chosen, and
    who approved and published it. A draft is shown by its number, or by its own policy/version.

    \b
    redress policy show council-housing/two-stage-2024
    redress policy show 3
    """
    with at_work(database, library) as work:
        there = work.office.shelved.get(version)
        found = there.book.version if there else work.checked(work.draft(version)).version
        if found is None:
            raise Refused("The draft's own file cannot be read. 'redress policy draft check' says why.")
        for line in _told(found):
            click.echo(line)
        for line in _how_it_came(there) if there else ():
            click.echo(line)


@click.command(short_help="What changed from one version to another, in sentences.")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--text", "as_text", is_flag=True, help="Show the longer texts before and after, too.")
@DATABASE
@LIBRARY
@in_a_sentence
def diff(before: str, after: str, as_text: bool, database: str, library: Path | None) -> None:
    """What changed from A to B, in sentences, with what the Complaint Handling Code allows. Either may be a draft.

    \b
    redress policy diff south-essex-homes/three-stage-2018 south-essex-homes/two-stage-2024
    redress policy diff council-housing/two-stage-2024 3
    """
    with at_work(database, library) as work:
        sides = [_files(work, one) for one in (before, after)]
        found = version_differences.differences(
            sides[0][1], sides[1][1], before_key=sides[0][0], after_key=sides[1][0], code=work.office.shelf.yardstick
        )
        for title, those in version_differences.by_subject(found):
            click.echo(title)
            for one in those:
                click.echo(f"  {one.says}")
                if as_text:
                    for mark, text in (("-", one.before), ("+", one.after)):
                        for line in text.splitlines():
                            click.echo(f"    {mark} {line}")
        if not found:
            click.echo("Nothing.")


@click.command(short_help="Where a version promises less than the Code asks.")
@VERSION
@click.option("--on", "day", type=DAY, metavar="DATE", help="The Code as of that day; today by default.")
@DATABASE
@LIBRARY
@in_a_sentence
def yardstick(version: str, day: date | None, database: str, library: Path | None) -> None:
    """Where a version, or a draft, promises less than the Complaint Handling Code asks: the provision, both sides in
    words, and how sure we are of it.

    \b
    redress policy yardstick st-leger-homes/two-stage-2024
    redress policy yardstick south-essex-homes/three-stage-2018 --on 2024-04-01
    """
    with at_work(database, library) as work:
        there = work.office.shelved.get(version)
        found = there.book.version if there else work.checked(work.draft(version)).version
        code = work.office.shelf.yardstick
        if found is None or code is None:
            raise Refused("There is nothing to hold against the Code here.")
        short = compliance.shortfalls(found, code, day or local_day(work.now))
        for one in short:
            click.echo(f"{one.title}. {one}")
        click.echo(f"{len(short)} {'shortfall' if len(short) == 1 else 'shortfalls'}." if short else "No shortfall.")


def _line(office: Office, one: Shelved, cases: int, today: date) -> str:
    version = one.book.version
    governs = office.governing(version.policy, today)
    state = "withdrawn" if one.is_withdrawn else "in force" if governs == version else ""
    count = f"{cases} {'case' if cases == 1 else 'cases'}"
    parts = [f"{version.version}", f"from {version.in_force_from}", count, f"seal {one.seal[:12]}", state]
    return "  ".join(part for part in parts if part)


def _files(work: AtWork, name: str) -> tuple[str, Mapping[str, bytes]]:
    """A version's key and files, or a draft's."""
    there = work.office.shelved.get(name)
    if there is not None and there.id is not None:
        with work.office.database.reading() as tx:
            return name, stored.version_files(tx, there.id)
    draft = work.draft(name)
    return draft.key, draft.files


def _told(version: PolicyVersion) -> Iterator[str]:
    yield f"{version.title} ({version.key}), {version.landlord}"
    yield f"In force for complaints received from {day_in_words(version.in_force_from)}."
    for stage in version.stages:
        yield f"\n{stage.title} ({stage.key})"
        for name, role in (("handler", stage.handler), ("panel", stage.panel), ("desk", stage.desk)):
            if role:
                yield f"  {name}: {version.roles[role].title if role in version.roles else role}"
        if stage.not_the_same_person_as:
            yield f"  never the same person as at {', '.join(stage.not_the_same_person_as)}"
        yield from _deadlines(version, stage.key)
    yield "\nThe case as a whole"
    yield from _deadlines(version, None)
    if version.readings:
        yield "\nReadings chosen"
    for reading in version.readings:
        yield f"  {reading.question} {reading.reading} ({reading.by}, {reading.on})"


def _deadlines(version: PolicyVersion, stage: str | None) -> Iterator[str]:
    for rule in version.deadlines:
        if stage_of(rule.key) == stage:
            cites = f" [{', '.join(map(str, rule.cites))}]" if rule.cites else ""
            yield f"  {rule.key}: within {rule.within} of {rule.of}. {rule.says}{cites}"


def _how_it_came(one: Shelved) -> Iterator[str]:
    yield f"\nSeal: {one.seal}"
    row = one.publication
    if row is None:
        yield "Shipped with the program."
    else:
        yield f"Approved by {row.approved_by_name} for {row.body} ({row.minute}); published by {row.published_by_name}"
        reason = f" {row.reason}" if row.reason else ""
        yield f"on {day_in_words(local_day(row.published_at))}, as the next of {row.based_on}.{reason}"
    if one.withdrawal:
        gone = one.withdrawal
        yield f"Withdrawn by {gone.withdrawn_by_name} on {day_in_words(local_day(gone.withdrawn_at))}: {gone.reason}"
