"""What a complaint is about and what the resident would like, as it stands at one stage of its case.

A stage begins with what the resident then says, and we tell them how we understand it in its acknowledgement. So the
stage's own acknowledgement goes first, then its own request, and only then what was said at the stages before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.events import RECEIVED, CaseEvent, latest

if TYPE_CHECKING:
    from engine.case_files import CaseFile

Kinds = tuple[tuple[str, tuple[str, ...]], ...]

#: the events of a stage that say it, the first that is there first, with the questions that ask for it
DEFINED: Kinds = (("acknowledged", ("understanding",)), ("requested", ("reasons", "expectations")))
WANTED: Kinds = (("acknowledged", ("outcomes_sought",)), ("requested", ("outcome_sought", "remedy_required")))


def definition(file: CaseFile, stage: str | None) -> list[tuple[CaseEvent, str]]:
    """Where the complaint as it stands at that stage is told: the event and each of its answers that does. Without a
    stage: at the last there is. Empty where nobody said."""
    return _told(file, stage, DEFINED, "description")


def outcomes(file: CaseFile, stage: str | None) -> list[tuple[CaseEvent, str]]:
    """Where what the resident would like at that stage is told, likewise."""
    return _told(file, stage, WANTED, "outcome_sought")


def in_words(told: Sequence[tuple[CaseEvent, str]]) -> str:
    """Those answers, one after the other."""
    return "\n\n".join(event.text(name) for event, name in told)


def _told(file: CaseFile, stage: str | None, kinds: Kinds, at_first: str) -> list[tuple[CaseEvent, str]]:
    for key in _stages(file, stage):
        for kind, names in kinds:
            event = latest(file.events, f"{key}.{kind}")
            told = [(event, name) for name in names if event.text(name)] if event else []
            if told:
                return told
    received = latest(file.events, RECEIVED)
    return [(received, at_first)] if received and received.text(at_first) else []


def _stages(file: CaseFile, stage: str | None) -> Iterator[str]:
    """That stage and those before it, the nearest first."""
    keys = [one.key for one in file.book.version.stages] if file.book else []
    yield from reversed(keys[: keys.index(stage) + 1] if stage in keys else keys)
