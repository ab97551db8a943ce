"""What was read of a file's text, kept for the next time that very text is read.

A save in the studio, an approval and a check each read a whole library, of which one file is new: the rest is known.
Only readers of text and name alone can be kept, and only where nobody changes what they give.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from engine.problems import Problem

#: the shipped library has some seventy files, of which the longest has 42,000 bytes; longer ones are read each time
MOST_KEPT = 256
MOST_BYTES = 65_536

Read = TypeVar("Read")


def read_once(
    reader: Callable[[bytes, str], tuple[Read, list[Problem]]],
) -> Callable[[bytes, str], tuple[Read, list[Problem]]]:
    """A reader of a file's text that does not read the same text under the same name twice. Who asks is given a list of
    the problems of its own, to add to."""

    @lru_cache(maxsize=MOST_KEPT)
    def remembered(text: bytes, file: str) -> tuple[Read, tuple[Problem, ...]]:
        found, problems = reader(text, file)
        return found, tuple(problems)

    @wraps(reader)
    def read(text: bytes, file: str) -> tuple[Read, list[Problem]]:
        if len(text) > MOST_BYTES:
            return reader(text, file)
        found, problems = remembered(text, file)
        return found, list(problems)

    return read
