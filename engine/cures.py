"""Cures for what `redress check` finds, where mending it is mechanical: what a button on the page of problems does.

Pure: a problem and the files of a draft go in; a label for each button and the mended files come out, or nothing where
a person has to write. What a cure writes never promises anything to a resident that nobody wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine import cures_diagrams, cures_letters, cures_policy, cures_words
from engine.cures_parts import Cure
from engine.problems import Problem
from engine.refusals import Refused

__all__ = ["Cure", "cure", "cures"]

Mender = Callable[[Problem, Mapping[str, bytes]], Cure | tuple[Cure, ...] | None]
#: in the order they are tried: a word that was meant goes before taking something out
MENDERS: tuple[Mender, ...] = (
    *cures_diagrams.BEFORE_WORDS,
    *cures_words.MENDERS,
    *cures_policy.MENDERS,
    *cures_letters.MENDERS,
    *cures_diagrams.MENDERS,
)


def cures(problem: Problem, files: Mapping[str, bytes]) -> tuple[Cure, ...]:
    """What mends a problem; several where a person has to say which was meant, none where nothing mechanical does."""
    if problem.file not in files or problem.severity == "later":
        return ()
    for mender in MENDERS:
        try:
            found = mender(problem, files)
        except (Refused, LookupError, TypeError, ValueError):
            continue  # the file is wrong in other ways too, in which no button can be trusted
        ways = found if isinstance(found, tuple) else (found,)
        mending = tuple(one for one in ways if one is not None and one.files != files)
        if mending:
            return mending
    return ()


def cure(problem: Problem, files: Mapping[str, bytes], label: str = "") -> Cure | None:
    """The cure of that label, the first where none is named; None where there is none."""
    return next((one for one in cures(problem, files) if label in ("", one.label)), None)
