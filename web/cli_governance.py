"""`redress case governance`: what governed a case as of a day, in the words of its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson

from engine import governance as governing
from engine.events import local_day
from engine.governance import Demand, Governance
from engine.wordings import day_in_words, working
from web import governance_history, names
from web.cli_acting import DAY, at_work
from web.cli_reading import READER, read_case
from web.cli_words import DATABASE, LIBRARY, in_a_sentence


@click.command("governance", short_help="Which version governed a case, why, and whether it was followed.")
@click.argument("reference")
@click.option("--as-of", type=DAY, metavar="DATE", help="As it was known at the end of that day; today by default.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@READER
@DATABASE
@LIBRARY
@in_a_sentence
def governance(
    reference: str, as_of: date | None, as_json: bool, sign_in: str, database: str, library: Path | None
) -> None:
    """Which version, calendar and edition of the Code governed a case on a day, and why; each demand with its date,
    what was done and what was promised; what the version did not allow, and where it promises less than the Code.
    Worked out from what was recorded by then, with the calendar and the law of then. That it was read is recorded.

    \b
    redress case governance SEH-2026-00012
    redress case governance SEH-2026-00012 --as-of 2026-03-31 --json
    """
    with at_work(database, library) as work:
        if as_of is not None and as_of > work.today:
            raise click.ClickException(f"Choose today, {day_in_words(work.today)}, or a day before it.")
        seen = governing.end_of(as_of) if as_of is not None and as_of < work.today else work.now
        found = governing.governance(work.office, read_case(work, reference, seen, sign_in), seen)
        if as_json:
            click.echo(orjson.dumps(said_of(found), option=orjson.OPT_INDENT_2).decode())
            return
        for line in _lines(found):
            click.echo(line)


def said_of(found: Governance) -> dict[str, Any]:
    """What governed a case, as data: dates as ISO text, nothing that a resident told us."""
    version = found.version
    return {
        "reference": found.file.reference,
        "as_of": found.seen.isoformat(),
        "version": version.key if version else None,
        "why": found.file.governing.why,
        "received": found.received.happened.isoformat(),
        "in_force_from": version.in_force_from.isoformat() if version else None,
        "seal": found.shelved.seal if found.shelved else None,
        "code": found.edition.title if found.edition else None,
        "code_in_force": found.edition_then.title if found.edition_then else None,
        "calendar": found.ledger.days.name if version else None,
        "changes": [
            {"event": one.number, "what": one.what, "by": one.by, "reason": one.reason, "recorded": one.recorded}
            for one in governance_history.lines(found)
        ],
        "demands": [_demand(one) for one in found.demands],
        "not_allowed": [{"kind": one.kind, "event": one.number, "says": one.says} for one in found.findings],
        "shortfalls": [
            {"provision": one.provision, "asks": one.asks, "promises": one.promises} for one in found.shortfalls
        ],
        "law": [{"key": one.key, "says": one.says, "source": one.source} for one in found.law],
    }


def _demand(one: Demand) -> dict[str, Any]:
    deadline, code = one.deadline, one.code.deadline if one.code else None
    return {
        "deadline": deadline.key,
        "due": deadline.due,
        "is": deadline.state,
        "met": deadline.met,
        "backstop": deadline.backstop,
        "rules": [rule.id for rule in one.rules],
        "started_by": one.started.number if one.started else None,
        "done_by": one.done.number if one.done else None,
        "recorded": one.done.recorded if one.done else None,
        "code_due": code.due if code else None,
        "promised": [{"day": each.day, "told_by": each.told.number} for each in one.promises],
    }


def _lines(found: Governance) -> Iterator[str]:
    version = found.version
    yield f"{found.file.reference}, as of {day_in_words(found.ledger.today)}"
    yield f"  Governed by: {version.key if version else 'no version'}. {found.file.governing.why}"
    yield f"  Measured by: {found.edition.title if found.edition else 'no edition of the Code that is kept here'}"
    if found.edition_then and found.edition_then != found.edition:
        yield f"  The Code in force that day: {found.edition_then.title}"
    if version and found.shelved:
        yield f"  Calendar: {found.ledger.days.name}. Seal: {found.shelved.seal}"
    for line in governance_history.lines(found):
        reason = f" Reason: {line.reason}" if line.reason else ""
        yield f"  Event {line.number}, by {line.by}: {line.what}{reason}"
    for one in found.demands:
        if version and one.deadline.due is not None:
            yield from _demand_lines(found, one, names.promise(version, one.deadline.rule))
    yield "Not allowed by the policy:" if found.findings else "Not allowed by the policy: nothing."
    yield from (f"  {one.says}{f' (event {one.number})' if one.number else ''}" for one in found.findings)
    if found.shortfalls:
        yield "Where this version promises less than the Code:"
        yield from (f"  {one.provision}: {one.asks} {one.promises}" for one in found.shortfalls)


def _demand_lines(found: Governance, one: Demand, promise: str) -> Iterator[str]:
    deadline = one.deadline
    assert deadline.due is not None
    state = f", {deadline.state}" if deadline.state else ""
    yield f"{promise}"
    yield f"  {deadline.key}: {day_in_words(deadline.due)}{state}; {working(deadline, found.ledger)}"
    if one.done is not None:
        written = day_in_words(local_day(one.done.recorded))
        yield f"  Done: {day_in_words(one.done.day)} by {one.done.by_name or 'nobody named'}, written down {written}"
    for each in one.promises:
        yield f"  Promised: {day_in_words(each.day)}, {each.became(found.ledger.today)}"
    if one.code and one.code.deadline.due:
        yield f"  The Code ({one.code.provision}): {day_in_words(one.code.deadline.due)}"
