"""Background work: firing the timers that fell due, again and again, until told to stop.

Any number of workers may run, in the serving process or elsewhere: a due date is a row of its case, and two workers
never take one timer. A round that fails is reported and tried again in the next: a due date is never given up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from engine import steps
from engine.clock import Clock
from engine.office import Office

EVERY_SECONDS = 60.0

LOG = logging.getLogger("redress.worker")


def one_round(office: Office, clock: Clock) -> int:
    """Fire what fell due by now; how many cases moved."""
    return steps.fire_due(office, clock())


def work(
    office: Callable[[], Office],
    clock: Clock,
    stop: threading.Event,
    *,
    every: float = EVERY_SECONDS,
    told: Callable[[int], None] | None = None,
) -> None:
    """A round every so many seconds until `stop` is set. `office` is asked anew each round, so that a version published
    meanwhile is worked by; `told` is given how many cases each round moved."""
    while not stop.is_set():
        try:
            moved = one_round(office(), clock)
        except Exception:
            LOG.exception("A round of the worker failed. It is tried again in %g seconds.", every)
        else:
            if told is not None:
                told(moved)
        stop.wait(every)


def in_background(
    office: Callable[[], Office], clock: Clock, *, every: float = EVERY_SECONDS
) -> tuple[threading.Thread, threading.Event]:
    """A worker as a thread of this process, with the event that stops it."""
    stop = threading.Event()
    thread = threading.Thread(
        target=work, args=(office, clock, stop), kwargs={"every": every}, name="redress-worker", daemon=True
    )
    thread.start()
    return thread, stop
