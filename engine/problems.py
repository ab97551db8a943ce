"""Problems: mistakes in a file that somebody wrote, as values: where, what, and how to mend it.

A reader never stops at the first mistake. It collects problems and hands them all back; `Broken` carries them
when a caller asked for objects and cannot have them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

#: `later`: what could not be judged, and is once other files are mended
Severity = Literal["problem", "remark", "later"]

#: How many known words are named when none of them is close to what was written.
MOST_WORDS_LISTED = 12


@dataclass(frozen=True, order=True)
class Problem:
    """A mistake in a file, or (as a remark) something its author should know.

    `what` ends with a full stop; `mend` is a sentence that says what to do. Sorts by file, then line.
    """

    file: str
    line: int
    what: str
    mend: str
    severity: Severity = "problem"

    def __str__(self) -> str:
        """The one spelling of a problem, which editors can click: `file:line: what. How to mend it.`"""
        return f"{self.file}:{self.line}: {self.what} {self.mend}".rstrip()


class Broken(Exception):
    """What was asked for could not be had, because of these problems. Its text is all of them, a line each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def only_problems(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """What of these stops a file from being used: everything but the remarks."""
    return tuple(problem for problem in found if problem.severity == "problem")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that mends a misspelt word: the known word nearest to it, else the list of what is known."""
    words = sorted(set(known))
    if not words:
        return "There is nothing here that could be named."
    # A long word costs the square of its length to compare; no known name is that long.
    close = difflib.get_close_matches(word[:100], words, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    listed = ", ".join(words[:MOST_WORDS_LISTED])
    more = len(words) - MOST_WORDS_LISTED
    return f"Known here: {listed}." if more <= 0 else f"Known here: {listed} and {more} more."
