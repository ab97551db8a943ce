"""What of the letters waits for one person: those that need somebody to decide, and those they are to approve."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from engine import returns
from engine.rights import Person
from engine.store import drafts, outbox, people
from engine.store.database import Transaction
from engine.store.drafts import WaitingDraft
from engine.store.outbox import Stuck
from engine.store.people import GrantRow
from web import current, letter_lines

LONG = timedelta(hours=24)  # after which a letter that still waits is somebody's to look at


@dataclass(frozen=True)
class Approval:
    """A letter somebody asks this person to approve."""

    reference: str
    href: str
    writer: str
    asked: datetime | None


@dataclass(frozen=True)
class ForMe:
    """How many letters need a person to decide, how many came back and are to be written again, the letters to approve,
    and one's own that were sent back to be changed."""

    stuck: int
    back: int
    approvals: tuple[Approval, ...]
    to_change: tuple[Approval, ...]


def for_me(tx: Transaction, who: Person) -> ForMe:
    """What of the letters waits for this person, for their inbox; nothing for an auditor."""
    if who.is_auditor:
        return ForMe(0, 0, (), ())
    keys = keys_of(who)
    waiting = [one for one in drafts.waiting_for(tx, keys) if one.draft.writer != who.id]
    found = stuck(tx, keys)
    back = sum(is_back(tx, one) for one in found)
    to_change = drafts.sent_back_to(tx, who.id)
    return ForMe(len(found) - back, back, tuple(map(_approval, waiting)), tuple(map(_approval, to_change)))


def keys_of(who: Person) -> tuple[str, ...]:
    """The groups of cases in which a person works, as the store knows them."""
    return tuple(people.keys_of(GrantRow(one.policy, one.role, one.area) for one in who.grants))


def stuck(tx: Transaction, keys: Collection[str]) -> list[Stuck]:
    """The letters of these groups that perhaps went, did not go, or wait far too long."""
    found = outbox.attention(tx, keys=keys, waiting_before=current.now() - LONG)
    return [one for one in found if one.item.kind == letter_lines.LETTER and one.reference]


def is_back(tx: Transaction, one: Stuck) -> bool:
    """Whether a letter came back, or did not go, and its step is struck out already: nobody need decide about it."""
    return one.item.status == outbox.FAILED and not returns.still_stands(tx, one.item)


def _approval(one: WaitingDraft) -> Approval:
    href = url_for("letters.page", reference=one.reference, step=one.draft.step)
    return Approval(one.reference, href, one.draft.writer_name, one.draft.asked_at)
