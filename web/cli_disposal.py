"""The verbs of disposal: what is due, asking, approving, holds and periods; by the same functions as the pages."""

from __future__ import annotations

from pathlib import Path

import click

from engine import disposal, retention
from engine.disposal import Outcome
from engine.refusals import Unknown
from engine.retention import CLASSES
from engine.store import disposals
from web.cli_acting import AS, AtWork, at_work
from web.cli_words import DATABASE, LIBRARY, InOrder, in_a_sentence

REFERENCES = click.argument("references", metavar="REFERENCE...", nargs=-1, required=True)
POLICY = click.argument("policy", metavar="POLICY")
REASON = click.option("--reason", required=True, metavar="TEXT", help="Why; name nobody.")


@click.group("disposal", cls=InOrder, short_help="Erase closed cases past their time: one asks, another approves.")
def verbs() -> None:
    """What was said in a closed case is erased once its time of retention is over: a records keeper asks, a records
    approver approves. Its chain still verifies and reports still count it.

    \b
    redress disposal due council-housing
    redress disposal ask CH-2014-00001 --as kay
    redress disposal approve CH-2014-00001 --as abe
    """


@verbs.command("due", short_help="The cases whose time is over.")
@POLICY
@DATABASE
@LIBRARY
@in_a_sentence
def due(policy: str, database: str, library: Path | None) -> None:
    """The closed cases of a landlord whose time is over, the first to close first, and those that were asked for.

    \b
    redress disposal due council-housing
    """
    with at_work(database, library) as work, work.office.database.reading() as tx:
        _known(work, policy)
        found, after, count = [], None, 0
        days = disposal.closed_by(tx, policy, work.today)
        while True:
            found, after = disposals.due(tx, policy, days, after=after)
            for one in found:
                held = ", held back" if one.is_held else ""
                click.echo(f"{one.reference}  closed {one.closed}  {CLASSES[one.class_key]}{held}")
            count += len(found)
            if after is None:
                break
        asked = disposals.requests(tx, policy, [disposals.ASKED], size=1000)
        for row in asked:
            click.echo(f"{row.reference}  asked for by {row.asked_by_name}")
    click.echo(f"{count} due, {len(asked)} asked for." if days else "Nobody has decided how long cases are kept.")


@verbs.command("ask", short_help="Ask that cases be erased.")
@REFERENCES
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def ask(references: tuple[str, ...], sign_in: str, database: str, library: Path | None) -> None:
    """Ask that cases be erased. Somebody else approves it.

    \b
    redress disposal ask CH-2014-00001 CH-2014-00002 --as kay
    """
    with at_work(database, library) as work:
        _say(disposal.ask(work.office, work.person(sign_in), references, work.now), "asked for")


@verbs.command("approve", short_help="Approve what somebody else asked for, and erase it.")
@REFERENCES
@AS
@click.option("--yes", is_flag=True, help="Do not ask again. It cannot be undone.")
@DATABASE
@LIBRARY
@in_a_sentence
def approve(references: tuple[str, ...], sign_in: str, yes: bool, database: str, library: Path | None) -> None:
    """Approve the disposal of cases that somebody else asked for, and erase what was said in them.

    \b
    redress disposal approve CH-2014-00001 --as abe
    """
    with at_work(database, library) as work:
        who = work.person(sign_in)
        with work.office.database.reading() as tx:
            waiting = [disposals.undecided(tx, reference) for reference in references]
        missing = [one for one, found in zip(references, waiting, strict=True) if found is None]
        if missing:
            raise Unknown(f"Nobody has asked for the disposal of {', '.join(missing)}.")
        if not yes:
            click.confirm(f"Erase what was said in {', '.join(references)}? It cannot be undone", abort=True)
        _say(disposal.approve(work.office, who, [one for one in waiting if one is not None], work.now), "erased")


@verbs.command("hold", short_help="Keep a case from being erased.")
@click.argument("reference")
@REASON
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def hold(reference: str, reason: str, sign_in: str, database: str, library: Path | None) -> None:
    """Keep a case from being erased until somebody ends the hold.

    \b
    redress disposal hold CH-2014-00001 --reason "A claim is before the court" --as kay
    """
    with at_work(database, library) as work:
        disposal.hold(work.office, work.person(sign_in), reference, reason, work.now)
    click.echo(f"{reference} is held back from disposal.")


@verbs.command("end-hold", short_help="End the hold on a case.")
@click.argument("reference")
@REASON
@AS
@DATABASE
@LIBRARY
@in_a_sentence
def end_hold(reference: str, reason: str, sign_in: str, database: str, library: Path | None) -> None:
    """End the hold on a case.

    \b
    redress disposal end-hold CH-2014-00001 --reason "The claim was settled" --as kay
    """
    with at_work(database, library) as work:
        with work.office.database.reading() as tx:
            there = disposals.hold_named(tx, reference)
        if there is None:
            raise Unknown(f"There is no hold on {reference}.")
        disposal.end_hold(work.office, work.person(sign_in), there.id, reason, work.now)
    click.echo(f"{reference} is no longer held back.")


@verbs.command("periods", short_help="How long each class of case is kept; and change it.")
@POLICY
@click.option("--set", "given", multiple=True, metavar="CLASS=DAYS", help="Days after closing; nothing for never.")
@click.option("--reason", default="", metavar="TEXT", help="Who decided it, or why.")
@click.option("--as", "sign_in", default="", envvar="REDRESS_AS", metavar="SIGN-IN", help="Who changes it.")
@DATABASE
@LIBRARY
@in_a_sentence
def periods(
    policy: str, given: tuple[str, ...], reason: str, sign_in: str, database: str, library: Path | None
) -> None:
    """How long what was said in each class of a landlord's cases is kept, in days after closing.

    \b
    redress disposal periods council-housing
    redress disposal periods council-housing --set withdrawn=1096 --reason "The schedule of 2026" --as kay
    """
    with at_work(database, library) as work:
        _known(work, policy)
        with work.office.database.reading() as tx:
            kept = {one.key: "" if one.days is None else str(one.days) for one in retention.periods(tx, policy)}
        if given:
            wanted = dict(one.partition("=")[::2] for one in given)
            if unknown := set(wanted) - set(CLASSES):
                raise Unknown(f"There is no class '{min(unknown)}'. There is: {', '.join(CLASSES)}.")
            kept |= wanted
            retention.change(work.office, work.person(sign_in), policy, kept, reason, work.now)
    for key, title in CLASSES.items():
        click.echo(f"{key}: {f'{kept[key]} days' if kept[key] else 'never due'}. {title}.")


def _known(work: AtWork, policy: str) -> None:
    if policy not in work.office.policies():
        raise Unknown(f"There is no policy '{policy}'. There is: {', '.join(sorted(work.office.policies()))}.")


def _say(done: Outcome, what: str) -> None:
    for reference in done.done:
        click.echo(f"{reference}: {what}.")
    for reference, why in done.refused:
        click.echo(f"{reference}: not {what}. {why}")
    if done.refused:
        raise SystemExit(1)
