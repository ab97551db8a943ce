"""A step on a day on which the case was not there yet: told in words of the case, with what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.case_words import title
from engine.events import FACTS
from engine.policy import bare
from engine.refusals import Refused
from engine.wordings import day_in_words

if TYPE_CHECKING:
    from engine.case_files import CaseFile
    from engine.replay import Departure


class NotThen(Refused):
    """The step could not happen on that day. `number`: the event whose day would have to be corrected, 0: none."""

    def __init__(self, sentence: str, number: int = 0) -> None:
        self.number = number
        super().__init__(sentence)


def refusal(file: CaseFile, departure: Departure) -> NotThen:
    """Why an event could not happen on its day: the later step it needs, from when it can, or what could happen."""
    version, event = file.governing.version, departure.event
    what, day = f"\u201c{title(version, event.name)}\u201d", day_in_words(event.day)
    later = [one for one in file.events if one.day > event.day and bare(one.name) not in FACTS]
    if later and event.number > len(file.record):
        step = max(later, key=lambda one: (one.happened, one.number))
        told, then = f"\u201c{title(version, step.name)}\u201d", day_in_words(step.day)
        return NotThen(
            f"{what} cannot have happened on {day}: {told} comes before it, and the case has that on {then}. Choose a "
            f"day from {then} on. If {told} happened earlier than recorded, correct its day first.",
            step.number,
        )
    could = _either(title(version, name) for name in departure.allowed)
    return NotThen(f"{what} cannot have happened on {day}. What could happen then: {could}.")


def _either(titles: Iterable[str]) -> str:
    """`“Decided what this is” or “Resident withdrew the complaint”`."""
    quoted = [f"\u201c{one}\u201d" for one in titles]
    return " or ".join(part for part in (", ".join(quoted[:-1]), quoted[-1] if quoted else "nothing") if part)
