"""The verbs that work a case from the command line: log a complaint, do a step, see what may be done. Each calls the
verb of the engine that its page calls; a step that has a letter is done by sending it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from engine import casework, steps, writing
from engine.case_files import CaseFile, Plan
from engine.casework import Said
from engine.events import FACTS, local_day
from engine.letters_out import EMAIL, Sending
from engine.policy import bare
from engine.refusals import Refused
from engine.rights import Person
from web.cli_acting import AS, DAY, AtWork, at_work
from web.cli_words import DATABASE, LIBRARY, WHEN, in_a_sentence

WAYS = ("email", "post", "by_hand", "telephone", "text")
ANSWER = click.option(
    "--answer", "answers", multiple=True, metavar="NAME=VALUE", help="An answer of the form; repeatable."
)


@click.command(short_help="Log a complaint.")
@click.option("--policy", required=True, metavar="P", help="The policy's key, such as council-housing.")
@click.option("--received", type=WHEN, metavar="WHEN", help="When it reached us; now by default.")
@ANSWER
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def log(
    policy: str, received: datetime | None, answers: tuple[str, ...], sign_in: str, database: str, library: Path | None
) -> None:
    """Log a complaint: it is governed by the version in force on the day it was received. What the form still wants is
    said by name.

    \b
    redress case log --policy council-housing --answer resident="Mary Example" --answer channel=email \\
        --answer email=mary@example.org --answer description="The lift is broken." --as ann
    """
    with at_work(database, library) as work:
        said = Said(_answers(answers), received, work.now)
        reference = steps.register(work.office, policy, work.person(sign_in), said)
        file = steps.seen_by(work.office, reference, work.person(sign_in), work.now)
        click.echo(f"{reference}: {file.governing.why}")
        _say_next(file)


@click.command("do", short_help="Do a task of a case, or record what happened.")
@click.argument("reference")
@click.argument("step", metavar="TASK|EVENT")
@click.option("--on", "happened", type=WHEN, metavar="WHEN", help="When it happened; now by default.")
@ANSWER
@click.option("--by", "channel", type=click.Choice(WAYS), help="How the letter goes, where there is one.")
@click.option("--to", "address", default="", metavar="EMAIL", help="The address an e-mail goes to; the resident's own.")
@click.option("--sent-on", type=DAY, metavar="DATE", help="The day a posted letter went; today by default.")
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def do(
    reference: str,
    step: str,
    happened: datetime | None,
    answers: tuple[str, ...],
    channel: str | None,
    address: str,
    sent_on: date | None,
    sign_in: str,
    database: str,
    library: Path | None,
) -> None:
    """Do an open task by its key (stage_1.respond), or record an event that may happen now, or a fact.
    A step with a letter is done by sending it: say with --by how it goes.

    \b
    redress case do CH-2027-00003 triage --answer decision=complaint --answer service_area=repairs --as ann
    redress case do CH-2027-00003 stage_1.acknowledge --answer understanding="The lift." --by email --as ann
    redress case do CH-2027-00003 stage_2.requested --answer reasons="Nobody came." --as ann
    """
    with at_work(database, library) as work:
        who, given = work.person(sign_in), _answers(answers)
        file = steps.seen_by(work.office, reference, who, work.now)
        day = sent_on or local_day(work.now)
        letter = writing.letter_for(work.office, file, step, given, day=day, who=who, channel=channel or "")
        if letter is None:
            told = Said(given, happened, work.now)
            steps.take(work.office, reference, who, lambda there: _step(work, there, step, who, told), work.now)
        else:
            _send(work, file, step, who, given, channel, address, sent_on)
        after = steps.seen_by(work.office, reference, who, work.now)
        click.echo(f"{reference}: {after.events[-1].name}, by {who.name}{', with its letter' if letter else ''}.")
        _say_next(after)


def _send(
    work: AtWork,
    file: CaseFile,
    step: str,
    who: Person,
    given: dict[str, object],
    channel: str | None,
    address: str,
    sent_on: date | None,
) -> None:
    """The step by its letter, which is composed, checked and sent by the same functions as in the browser."""
    if channel is None:
        raise Refused("This step is done by its letter. Say with --by how it goes: by email, by post, by hand.")
    today = local_day(work.now)
    to = address or file.events[0].text("email") if channel == EMAIL else ""
    sending = Sending(channel, None if sent_on in (None, today) else sent_on, to)

    def act(there: CaseFile) -> Plan:
        return writing.plan_sending(work.office, there, step, given, who, sending, work.now, draft_day=sent_on or today)

    steps.send(work.office, file.reference, who, act, work.now)


def _step(work: AtWork, file: CaseFile, step: str, who: Person, said: Said) -> Plan:
    """A task by its key, else what may happen to the case, else a fact."""
    if any(task.key == step for task in file.standing.open_tasks):
        return casework.complete_task(work.office, file, step, who, said)
    if bare(step) in FACTS:
        return casework.record_fact(work.office, file, step, who, said)
    return casework.record_message(work.office, file, step, who, said)


def _say_next(file: CaseFile) -> None:
    for task in file.standing.open_tasks:
        click.echo(f"  Open: {task.key}")
    if file.standing.may_happen:
        click.echo(f"  May happen: {', '.join(file.standing.may_happen)}")


def _answers(given: Sequence[str]) -> dict[str, object]:
    """Answers by name; one given several times is a list."""
    found: dict[str, object] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"'{one}' is no answer. Write NAME=VALUE.")
        there = found.get(name)
        found[name] = value if there is None else [*(there if isinstance(there, list) else [there]), value]
    return found
