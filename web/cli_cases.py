"""The verbs about what is recorded: a case, its history, and the check of the whole installation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from engine.case_files import CaseFile
from engine.deadlines import Deadline
from engine.events import ZONE, CaseEvent, local_day
from engine.wordings import day_in_words, working
from web import cli_governance, cli_proof, cli_work
from web.cli_acting import at_work
from web.cli_reading import READER, read_case
from web.cli_words import DATABASE, LIBRARY, WHEN, in_a_sentence

#: what a history shows of an event: never what a resident told us about themselves
SHOWN = (
    "task", "decision", "outcome", "to", "to_name", "promised", "version", "decided_by", "event", "was_happened",
    "now_happened", "deadline", "kind", "reason",
)  # fmt: skip
AS_OF = click.option("--as-of", type=WHEN, metavar="DATE", help="As it was known at that moment; now by default.")


@click.group(short_help="Show a case or its history, log one, work it.")
def case() -> None:
    """Show a case and its dates, or everything that was recorded of it; log a complaint, and do the steps of a case.

    \b
    redress case show SEH-2026-00012
    redress case history SEH-2026-00012 --as-of 2026-03-31
    redress case do SEH-2026-00012 stage_2.requested --answer reasons="Nobody came." --as ann
    """


@case.command(short_help="Where a case stands, with its dates.")
@click.argument("reference")
@AS_OF
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def show(reference: str, as_of: datetime | None, sign_in: str, database: str, library: Path | None) -> None:
    """Where a case stands: the version that governs it and why, its status, what is open, and every date. That it was
    read is recorded.

    \b
    redress case show SEH-2026-00012
    redress case show SEH-2026-00012 --as-of 2026-03-31
    """
    with at_work(database, library) as work:
        file = read_case(work, reference, as_of, sign_in)
        for line in _standing(file):
            click.echo(line)


@case.command(short_help="Everything recorded of a case.")
@click.argument("reference")
@AS_OF
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def history(reference: str, as_of: datetime | None, sign_in: str, database: str, library: Path | None) -> None:
    """The events of a case in the order they were recorded: when each happened, when it was written down, and by whom.
    That it was read is recorded.

    \b
    redress case history SEH-2026-00012
    redress case history SEH-2026-00012 --as-of 2026-03-31
    """
    with at_work(database, library) as work:
        file = read_case(work, reference, as_of, sign_in)
        click.echo(f"{file.reference}: {file.governing.why}")
        for event in file.record:
            click.echo(_event_in_words(event))
            for name in SHOWN:
                if event.text(name):
                    click.echo(f"      {name.replace('_', ' ')}: {event.text(name)}")


case.add_command(cli_governance.governance)
case.add_command(cli_work.log)
case.add_command(cli_work.do)
case.add_command(cli_proof.proof)


def _standing(file: CaseFile) -> Iterator[str]:
    row, now = file.row, file.standing
    assert row is not None
    version = file.governing.version
    yield f"{row.reference}: {row.brief}"
    yield f"  Resident: {row.resident}"
    yield f"  Governed by: {version.version if version else 'no version yet'}. {file.governing.why}"
    stage = version.stage(now.stage).title if version and now.stage and version.has_stage(now.stage) else "none"
    ended = f", ended: {now.ending}" if now.ending else ""
    found = f", found: {now.outcome}" if now.outcome else ""
    yield f"  Status: {now.status}{ended}{found}. Stage: {stage}."
    if file.hold:
        yield f"  On hold: {row.hold_reason or file.governing.why}"
    for task in now.open_tasks:
        role = file.book.role(task) if file.book else ""
        yield f"  Open: {task.key}, for {role}"
    if now.may_happen:
        yield f"  May happen: {', '.join(now.may_happen)}"
    for deadline in now.ledger.deadlines.values():
        yield from _deadline(file, deadline)


def _deadline(file: CaseFile, deadline: Deadline) -> Iterator[str]:
    if deadline.due is None:
        return
    state = f", {deadline.state}" if deadline.state else ""
    yield f"  {deadline.key}: {day_in_words(deadline.due)}{state}"
    yield f"      {working(deadline, file.standing.ledger)}"
    for word, day in (("promised", deadline.promised), ("backstop", deadline.backstop), ("done", deadline.met)):
        if day:
            yield f"      {word}: {day_in_words(day)}"


def _event_in_words(event: CaseEvent) -> str:
    late = f", written down {_minute(event.recorded)}" if local_day(event.recorded) != event.day else ""
    return f"{event.number:4}  {_minute(event.happened)}  {event.name}  by {event.by_name or 'nobody named'}{late}"


def _minute(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
