"""Outgoing letters: what waits to go by e-mail, what has gone, and what needs a person, in the cases one may see.

A letter that perhaps went is never sent again by itself: somebody who works the case decides. A letter that is taken
back strikes its event, so that its task opens again. One that came back has done so already: there is nothing left to
decide, only to write again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import case_files, casework, returns, writing
from engine.refusals import Refused
from engine.rights import Person
from engine.store import outbox
from engine.store.database import Transaction
from engine.store.outbox import Stuck
from web import current, errors, event_words, letter_lines, letter_steps, letters_for_me, wording
from web.access import may
from web.inbox import scope_of

pages = Blueprint("outgoing", __name__, url_prefix="/letters")

DECISIONS = {
    "arrived": (outbox.SENT, "It arrived", "{who} found out on {day} that it arrived."),
    "again": (outbox.WAITING, "Send it again", "{who} had it sent again on {day}."),
    "back": (outbox.CANCELLED, "Take it back", "{who} took it back on {day}."),
    "off": (outbox.CANCELLED, "Take it off this list", "{who} took it off the list on {day}."),
}
TO_DECIDE, TO_TAKE_BACK, OVER = ("arrived", "again", "back"), ("back",), ("off",)
SAID = {
    "arrived": "The letter counts as sent.",
    "again": "The letter goes again with the next round.",
    "back": "The letter is taken back. What it recorded is struck out, and its task is open again.",
    "off": "The letter is off the list. Its case keeps what happened.",
}
SETTLED = "Somebody decided about this letter already, or it has gone meanwhile."

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Again:
    """Where a letter that came back is written anew: its task, which is open again; without one it is not open."""

    title: str = ""
    href: str = ""


@dataclass(frozen=True)
class OutgoingLine:
    """A letter of the outbox as a row shows it."""

    id: int
    reference: str
    subject: str
    to: str
    state: str
    colour: str
    said: str
    when: datetime
    tries: int
    may_decide: bool
    choices: tuple[tuple[str, str], ...]
    again: Again | None = None


@pages.get("")
@may("case_reader")
def page() -> Answer:
    """What needs a person first, then what waits, then what has gone."""
    return _page()


@pages.post("/<int:item_id>")
@may("caseworker")
def decide(item_id: int) -> Answer:
    """A person decides about a letter that perhaps went or did not go."""
    who, choice = current.person(), request.form.get("decision", "")
    with current.database().reading() as tx:
        mine = {one.item.id for one in letters_for_me.stuck(tx, letters_for_me.keys_of(who))}
    if item_id not in mine:  # the same is said of one that nobody has: it gives nothing away
        return errors.page(409, "There is nothing to decide", SETTLED)
    if choice not in DECISIONS:
        return errors.page(400, "Nothing was decided", "Go back and press one of the buttons beside the letter.")
    status, _, words = DECISIONS[choice]
    said = words.format(who=who.name, day=wording.day(current.today()))
    try:
        is_done = returns.decided(current.office(), item_id, status=status, who=who, now=current.now(), said=said)
    except Refused as refused:
        return errors.page(409, "That cannot be done now", str(refused))
    flash(SAID[choice] if is_done else SETTLED)
    return redirect(url_for("outgoing.page"))


def _page() -> str:
    who = current.person()
    keys = tuple(scope_of(who, "all").keys) if who.is_auditor else letters_for_me.keys_of(who)
    kind = letter_lines.LETTER
    with current.database().reading() as tx:
        stuck = letters_for_me.stuck(tx, keys)
        known = {one.item.id for one in stuck}
        going = (outbox.WAITING, outbox.TAKEN, outbox.SENDING)
        waiting = [one for one in outbox.listed(tx, keys=keys, statuses=going, kind=kind) if one.item.id not in known]
        gone = outbox.listed(tx, keys=keys, statuses=(outbox.SENT, outbox.CANCELLED), kind=kind)
        back = {one.item.id: _again(tx, one) for one in stuck if letters_for_me.is_back(tx, one)}
    lines = [[_line(one, who, back.get(one.item.id)) for one in some] for some in (stuck, waiting, gone)]
    return render_template(
        "letters_outgoing.html",
        stuck=[line for line in lines[0] if not line.again],
        back=[line for line in lines[0] if line.again],
        waiting=lines[1],
        gone=lines[2],
    )


def _again(tx: Transaction, one: Stuck) -> Again:
    """The step of a letter that came back, where it may be taken again."""
    file = case_files.load(tx, current.office(), str(one.reference), current.now())
    event = next((event for event in file.record if event.number == one.item.event_number), None)
    name, open_tasks = event.name if event else "", [task.key for task in file.standing.open_tasks]
    tasks = [key for key in open_tasks if file.book and writing.step_event(file, key) == name]
    step = letter_steps.step_of(file, tasks[0] if tasks else name)
    if step is None or not (tasks or casework.is_possible(file, step.key)):
        return Again()
    title = event_words.task_title(file.book_or_refuse(), step.key) if step.is_task else step.title
    return Again(title, step.href)


def _line(one: Stuck, who: Person, again: Again | None) -> OutgoingLine:
    item = one.item
    state, colour = ("Came back", "red") if again else letter_lines.state_of(item)
    keys = TO_DECIDE if item.status in outbox.FOR_A_PERSON else TO_TAKE_BACK if item.status == outbox.WAITING else ()
    keys = OVER if again else keys
    return OutgoingLine(
        id=item.id,
        reference=str(one.reference),
        subject=str(item.payload.get("subject", "")),
        to=str(item.payload.get("to", "")),
        state=state,
        colour=colour,
        said=item.said,
        when=item.sent_at or item.created,
        tries=item.attempts,
        may_decide=not who.is_auditor,
        choices=tuple((key, DECISIONS[key][1]) for key in keys),
        again=again,
    )
