"""Background work: firing the timers that fell due and sending what is in the outbox, until told to stop.

Any number of workers may run, in the serving process or elsewhere: a due date is a row of its case, a letter a row of
the outbox, and two workers never take one. A round that fails is reported and tried again in the next: a due date is
never given up. The outbox is looked at every few seconds, so that a letter goes soon after it is written.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine import evidence_keeping, marks_keeping, measures_keeping, notices, refreshing, returned_mail, sending, steps
from engine.clock import Clock
from engine.evidence_keeping import Copies
from engine.impact_jobs import Background
from engine.office import Office
from engine.sending import AT_ONCE, DOWN, Post

EVERY_SECONDS = 60.0
LOOK_SECONDS = 2.0

LOG = logging.getLogger("redress.worker")


@dataclass(frozen=True)
class Round:
    """What a round did: how many cases moved, letters that came back, and outbox items by what became of them."""

    moved: int = 0
    came_back: int = 0
    sent: Counter[str] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        """Whether there may be more to send at once."""
        return sum(self.sent.values()) >= AT_ONCE


@dataclass(frozen=True)
class Mailing:
    """How a worker sends: where to, the folder that returned mail is put into, if there is one, and where copies of the
    checkpoints of the record go."""

    post: Post
    returned: Path | None = None
    copies: Copies = field(default_factory=Copies)


def one_round(office: Office, clock: Clock, mailing: Mailing | None = None) -> Round:
    """Write dates anew that a calendar moved and fire what fell due by now; then make the day's checkpoint of the
    record, write the notices of the day, take back what came back, and send."""
    refreshing.go_on(office, clock())
    measures_keeping.go_on(office)
    marks_keeping.go_on(office)
    moved = steps.fire_due(office, clock())
    if mailing is None:
        return Round(moved)
    evidence_keeping.keep(office.database, mailing.copies, clock())
    notices.plan_today(office, clock())
    came_back = sending.returned_meanwhile(office, mailing.post, clock())
    if mailing.returned is not None:
        came_back += returned_mail.read_folder(office, mailing.returned, clock())[returned_mail.DONE]
    return Round(moved, came_back, sending.send_due(office, mailing.post, clock))


def work(
    office: Callable[[], Office],
    clock: Clock,
    stop: threading.Event,
    *,
    every: float = EVERY_SECONDS,
    told: Callable[[Round], None] | None = None,
    mailing: Mailing | None = None,
) -> None:
    """A round every so many seconds until `stop` is set, and between two rounds a look at the outbox every few.
    `office` is asked anew each round, so that a version published meanwhile is worked by; `told` is given what each
    round and each sending did."""
    left = 0.0  # seconds until the next whole round
    background = Background()
    while not stop.is_set():
        is_whole = left <= 0
        left = every if is_whole else left
        done = None
        try:
            done = one_round(office(), clock, mailing) if is_whole else _sending(office(), clock, mailing)
        except Exception:
            LOG.exception("A round of the worker failed. It is tried again in %g seconds.", left)
        if done is not None and told is not None:
            told(done)
        _rest(0 if done is not None and done.is_full else _pause(done, left, mailing), background, office, clock, stop)
        left -= _pause(done, left, mailing)
    _looked(background.stop, office, clock)


def _rest(
    seconds: float, background: Background, office: Callable[[], Office], clock: Clock, stop: threading.Event
) -> None:
    """Rest so long, and every few seconds take up what somebody asked to be worked out of a draft."""
    while not stop.is_set():
        _looked(background.look, office, clock)
        stop.wait(min(LOOK_SECONDS, seconds))
        seconds -= LOOK_SECONDS
        if seconds <= 0:
            return


def _looked(act: Callable[[Office, Clock], None], office: Callable[[], Office], clock: Clock) -> None:
    try:
        act(office(), clock)
    except Exception:
        LOG.exception("What a draft would do could not be taken up. It is tried again.")


def _sending(office: Office, clock: Clock, mailing: Mailing | None) -> Round:
    return Round(sent=sending.send_due(office, mailing.post, clock)) if mailing else Round()


def _pause(done: Round | None, left: float, mailing: Mailing | None) -> float:
    """How long to wait: until the next whole round where nothing can be sent before it, else a few seconds."""
    is_idle = mailing is None or done is None or done.sent[DOWN] > 0
    return left if is_idle else min(LOOK_SECONDS, left)


def in_background(
    office: Callable[[], Office], clock: Clock, *, every: float = EVERY_SECONDS, mailing: Mailing | None = None
) -> tuple[threading.Thread, threading.Event]:
    """A worker as a thread of this process, with the event that stops it."""
    stop = threading.Event()
    options = {"every": every, "mailing": mailing}
    thread = threading.Thread(
        target=work, args=(office, clock, stop), kwargs=options, name="redress-worker", daemon=True
    )
    thread.start()
    return thread, stop
