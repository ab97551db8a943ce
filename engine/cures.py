"""Cures for what `redress check` finds, where mending it is mechanical: what a button on the page of problems does.

Pure: a problem and the files of a draft go in; a label for the button and the mended files come out, or None where a
person has to choose. What a cure writes never promises anything to a resident that nobody wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine import cures_diagrams, cures_letters, cures_policy, cures_words
from engine.cures_parts import Cure
from engine.problems import Problem
from engine.refusals import Refused

__all__ = ["Cure", "cure"]

Mender = Callable[[Problem, Mapping[str, bytes]], Cure | None]
#: in the order they are tried: a word that was meant goes before taking something out
MENDERS: tuple[Mender, ...] = (
    *cures_diagrams.BEFORE_WORDS,
    *cures_words.MENDERS,
    *cures_policy.MENDERS,
    *cures_letters.MENDERS,
    *cures_diagrams.MENDERS,
)


def cure(problem: Problem, files: Mapping[str, bytes]) -> Cure | None:
    """What mends a problem, None where nothing mechanical does."""
    if problem.file not in files or problem.severity == "later":
        return None
    for mender in MENDERS:
        try:
            found = mender(problem, files)
        except (Refused, LookupError, TypeError, ValueError):
            continue  # the file is wrong in other ways too, in which no button can be trusted
        if found is not None and found.files != files:
            return found
    return None
