"""Many cases gone through in batches, one after another by one process: the other cores stay with those at work.

What is found is given to whoever asked; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from engine.store.database import Database

BATCH = 100

#: how far it is: done and total; False to stop
Told = Callable[[int, int], bool]
#: a case to be listed: its id, its kinds, what is shown of it
Found = tuple[int, str, dict[str, Any]]
#: gets the cases to be listed, some at a time
Keep = Callable[[Sequence[Found]], None]


class Stopped(Exception):
    """It was to stop, or is no longer this worker's."""


class Study(Protocol):
    """What is to be worked out of many cases, whole, for another process: the database they are in, its name in
    the log, and the moment we look."""

    @property
    def url(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def now(self) -> datetime: ...

    def carried_out(self, database: Database, told: Told, keep: Keep) -> dict[str, Any]:
        """All of it worked out, as it is kept. Raises Stopped when `told` says so."""


class Progress:
    """How far it is: told as it goes on. Raises Stopped when it is to stop."""

    def __init__(self, total: int, told: Told) -> None:
        self.total, self.told, self.done = total, told, 0
        self.on(0)

    def on(self, more: int) -> None:
        """So many more are done."""
        self.done += more
        if not self.told(self.done, self.total):
            raise Stopped


def go_through(
    ids: Sequence[int],
    batch: Callable[[Sequence[int]], list[Found]],
    progress: Progress,
    keep: Keep,
) -> None:
    """Go through these cases. `batch` looks at some of them and gives those to be listed, which `keep` gets. Raises
    Stopped."""
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        keep(batch(some))
        progress.on(len(some))
