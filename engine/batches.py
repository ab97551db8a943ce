"""Many cases worked through in batches, by as many processes as the machine has cores.

What is parsed is handed to each process once. What is found is given to whoever asked; nothing is written here.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from engine.store.database import Database, open_database

BATCH = 40
FEW = 400  #: so many cases are done sooner in one process than others are started
MOST_PROCESSES = 4

#: how far it is: done and total; False to stop
Told = Callable[[int, int], bool]
#: a case to be listed: its id, its kinds, what is shown of it
Found = tuple[int, str, dict[str, Any]]


class Stopped(Exception):
    """It was to stop, or is no longer this worker's."""


class Totals(Protocol):
    """Counts that can be added to others of their kind."""

    def merge(self, other: Any) -> None:
        """Add what another part counted."""


class Study(Protocol):
    """Something asked of many cases. It is handed to other processes, so it holds everything it needs."""

    @property
    def url(self) -> str:
        """The database the cases are in."""

    def ready(self, database: Database) -> Any:
        """What each process makes once, from which `batch` works."""

    def batch(self, database: Database, ids: Sequence[int], ready: Any) -> tuple[Any, list[Found]]:
        """Some of the cases: what they add up to, and those to be listed."""


def gone_through(
    study: Study,
    database: Database,
    ids: Sequence[int],
    totals: Totals,
    on: Callable[[int], None],
    keep: Callable[[Sequence[Found]], None],
    processes: int | None = None,
) -> None:
    """Go through these cases and add up in `totals`. `on` hears how many more are done, `keep` gets those to be listed.
    `processes`: by default as many as there are cores, and one alone for few cases."""
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    count = processes or (1 if len(ids) < FEW else min(_cores(), MOST_PROCESSES))
    for size, part, found in _worked(study, database, batches, count):
        totals.merge(part)
        keep(found)
        on(size)


class Progress:
    """How far it is: told as it goes on. Raises Stopped when it is to stop."""

    def __init__(self, total: int, told: Told) -> None:
        self.total, self.told, self.done = total, told, 0
        self.on(0)

    def on(self, more: int) -> None:
        self.done += more
        if not self.told(self.done, self.total):
            raise Stopped


def _worked(
    study: Study, database: Database, batches: Sequence[Sequence[int]], count: int
) -> Iterator[tuple[int, Any, list[Found]]]:
    if count > 1:
        yield from _in_processes(study, batches, min(count, len(batches)))
        return
    ready = study.ready(database)
    for ids in batches:
        yield (len(ids), *study.batch(database, ids, ready))


def _in_processes(study: Study, batches: Sequence[Sequence[int]], count: int) -> Iterator[tuple[int, Any, list[Found]]]:
    """Hand the batches to processes of their own, one at a time to each. They end when this one does, however."""
    context = multiprocessing.get_context("spawn")
    left = list(reversed(batches))
    helpers = []
    busy: dict[Connection, int] = {}
    try:
        for _ in range(count):
            here, there = context.Pipe()
            process = context.Process(target=_helper, args=(there, study), daemon=True)
            process.start()
            there.close()
            helpers.append((process, here))
            _hand(here, left, busy)
        while busy:
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                size, answer = busy.pop(ready), ready.recv()
                if isinstance(answer, str):
                    raise RuntimeError(answer)
                yield (size, *answer)
                _hand(ready, left, busy)
    finally:
        for process, here in helpers:
            here.close()
            process.join(timeout=2)
            if process.is_alive():
                process.terminate()


def _hand(helper: Connection, left: list[Sequence[int]], busy: dict[Connection, int]) -> None:
    if left:
        ids = left.pop()
        helper.send(ids)
        busy[helper] = len(ids)


def _helper(orders: Connection, study: Study) -> None:
    """Batch after batch, until nobody orders any more."""
    database = open_database(study.url)
    ready = study.ready(database)
    while True:
        try:
            ids = orders.recv()
        except (EOFError, OSError):
            return
        try:
            answer: object = study.batch(database, ids, ready)
        except Exception as failed:
            answer = f"{type(failed).__name__}: {failed}"
        orders.send(answer)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
