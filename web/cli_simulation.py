"""The verbs about what a version would do to cases: past ones by replay, and live ones that are moved to it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import click

from engine import case_moves, impact_jobs, impact_run
from engine.case_files import CaseFile
from engine.impact_run import Result
from engine.impact_totals import Totals
from engine.rights import Person
from web import case_rights, changes_words, cli_record
from web.cli_acting import AS, DAY, DRAFT, AtWork, at_work
from web.cli_words import DATABASE, LIBRARY, in_a_sentence, progress_to

REASON = click.option("--reason", required=True, help="Why.")


@click.command(short_help="What a draft would have done to past cases, and would do to live ones.")
@DRAFT
@click.option("--from", "begins", type=DAY, metavar="DATE", help="The first day of receipt; 24 months ago by default.")
@click.option("--to", "ends", type=DAY, metavar="DATE", help="The last day of receipt; today by default.")
@DATABASE
@LIBRARY
@in_a_sentence
def simulate(draft: str, begins: date | None, ends: date | None, database: str, library: Path | None) -> None:
    """What a draft would do: to the stories of the version it comes from, to the real cases of a period by replay, and
    to those that are live now. Nothing is written.

    \b
    redress policy simulate council-housing/two-stage-2027
    redress policy simulate council-housing/two-stage-2027 --from 2025-01-01 --to 2025-12-31
    """
    with at_work(database, library) as work:
        there = work.draft(draft)
        usual = impact_jobs.default_period(work.today)
        period = (begins or usual[0], ends or usual[1])
        asked = impact_run.wanted(work.office, work.checked(there), there.row.based_on, period, work.now)
        said = {"draft": there.row.id, "from": period[0].isoformat(), "to": period[1].isoformat()}
        cli_record.note(work.office.database, "asked_what_it_would_do", there.key, work.now, None, **said)
        with progress_to("Replaying cases") as told:
            found = impact_run.simulate(asked, work.office.database, told=told)
        click.echo(f"Cases received from {period[0]} to {period[1]}, under {there.key} in place of what governed them.")
        for line in _told(found):
            click.echo(line)


@click.command(short_help="Move live cases to another version, with a preview first.")
@click.argument("references", nargs=-1, required=True, metavar="CASE...")
@click.option("--to", "version", required=True, metavar="VERSION", help="The version of the same policy.")
@REASON
@click.option("--confirm", is_flag=True, help="Do it; without this it is only a preview.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def move(
    references: tuple[str, ...], version: str, reason: str, confirm: bool, sign_in: str, database: str,
    library: Path | None,
) -> None:  # fmt: skip
    """Move live cases to another version. Clocks keep their start; each case has it written down; it is undone with
    "redress policy move-back". It is off until an administrator turns it on: "redress policy moving on".

    \b
    redress policy move CH-2026-00012 --to two-stage-2027 --reason "The resident asked for it." --as di
    redress policy move CH-2026-00012 --to two-stage-2027 --reason "The resident asked for it." --confirm --as di
    """
    with at_work(database, library) as work:
        who = work.person(sign_in)
        case_moves.refuse_unless_on(work.office)
        may = _may(work, who)
        seen = {}
        for one in case_moves.previewed(work.office, references, version, who, work.now, may=may):
            click.echo(f"{one.reference}: {one.kind}. {one.why}".rstrip())
            seen[one.reference] = one.file.record[-1].number
            for what, before, after in changes_words.rows(one.plan) if one.plan else ():
                click.echo(f"    {what}: {before or 'none'} becomes {after or 'none'}")
        if not confirm:
            click.echo("Nothing was written. Add --confirm to do it.")
            return
        group = case_moves.move_group(
            work.office, references, version, who, work.now, reason=reason, group=str(uuid.uuid4()), may=may, seen=seen
        )
        click.echo(f"Moved: {', '.join(group.moved) or 'none'}. The key of this move, to undo it: {group.key}")
        for reference, why in group.left_out:
            click.echo(f"Left where it is: {reference}. {why}")


@click.command("move-back", short_help="Undo a move of cases with one act.")
@click.argument("group", metavar="GROUP")
@click.option("--policy", required=True, metavar="P", help="The policy the cases are of.")
@REASON
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def move_back(group: str, policy: str, reason: str, sign_in: str, database: str, library: Path | None) -> None:
    """Undo a move of cases: each is governed again by what governed it before.

    \b
    redress policy move-back 0c0e8f4e-0000-4000-8000-000000000000 --policy council-housing --reason "Too early." --as di
    """
    with at_work(database, library) as work:
        who = work.person(sign_in)
        done = case_moves.undo_group(work.office, policy, group, who, work.now, reason=reason, may=_may(work, who))
        click.echo(f"Moved back: {', '.join(done.moved) or 'none'}.")
        for reference, why in done.left_out:
            click.echo(f"Left where it is: {reference}. {why}")


@click.command(short_help="Turn the moving of live cases on or off.")
@click.argument("state", type=click.Choice(["on", "off"]))
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def moving(state: str, sign_in: str, database: str, library: Path | None) -> None:
    """Turn the moving of live cases between versions on or off. It is off by default; an administrator decides.

    \b
    redress policy moving on --as ada
    """
    with at_work(database, library) as work:
        case_moves.turn(work.office, work.person(sign_in), work.now, on=state == "on")
        click.echo(f"Moving cases between versions is {state}.")


def _may(work: AtWork, who: Person) -> Callable[[CaseFile], bool]:
    """Whether this person decides about the version of a case, as in the browser."""

    def may(file: CaseFile) -> bool:
        return case_rights.may_decide_among(work.office.versions_of(file.policy), who, file)

    return may


def _told(found: Result) -> Iterator[str]:
    totals = found.totals
    yield f"\n{totals.cases} cases replayed, {totals.changed} would have gone otherwise."
    if totals.failed:
        yield f"{sum(totals.failed.values())} could not be replayed: {'; '.join(totals.failed)}"
    yield from _counts("Dates that would have been others", _joined(totals.dates))
    yield from _counts("Breaches gained", totals.gained)
    yield from _counts("Breaches lost", totals.lost)
    yield from _counts("What happened that the diagram would not have allowed", totals.paths)
    yield from _counts("Where a resident would be worse off than the Code", _joined(totals.worse))
    yield from _work(totals)
    yield from _counts("Live cases, if they were moved", totals.live)
    yield from _counts("Why those stay", totals.live_why)
    otherwise = [one for one in found.stories if one.otherwise]
    yield f"\nStories of the version it comes from: {len(found.stories)}, {len(otherwise)} come otherwise."
    for one in otherwise:
        yield f"  {one.name}: {' '.join(one.otherwise)}"


def _joined(pairs: Mapping[tuple[str, str], int]) -> Counter[str]:
    return Counter({f"{first}, {second}": count for (first, second), count in pairs.items()})


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield f"\n{title}"
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {count:6}  {name}"


def _work(totals: Totals) -> Iterator[str]:
    """How much work there was for each role, and would have been, in all and in the fullest week."""
    roles = sorted({role for role, _ in (*totals.work_was, *totals.work_now)})
    if roles:
        yield "\nWork: tasks in all, and in the fullest week"
    for role in roles:
        sides = []
        for counts in (totals.work_was, totals.work_now):
            weeks = [count for (whose, _), count in counts.items() if whose == role]
            sides.append(f"{sum(weeks)} ({max(weeks, default=0)})")
        yield f"  {role}: {sides[0]} becomes {sides[1]}"
