"""The dates letters gave, each with what became of it: kept, missed, put off in time, or no longer owed.

The ledger keeps the last date told beside the policy's; here is every one. A new date told while the old one had not
passed takes its place; one told afterwards does not, so a date that passed stays missed (law 7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine.deadlines import TOLD_WITH
from engine.events import CaseEvent
from engine.policy import PolicyVersion, bare, stage_of

Became = Literal["kept", "missed", "put_off", "stopped", "running"]
_DONE_BY = {"response": "response_sent", "panel": "panel_met"}


@dataclass(frozen=True)
class Promise:
    """A date a letter gave: what for (a deadline's whole key), and the event that told it. `done`: the day it was done;
    `put_off`: the day another date was told, where that was in time; `ended`: the day the case ended without it."""

    key: str
    day: date
    told: CaseEvent
    done: date | None = None
    put_off: date | None = None
    ended: date | None = None

    def became(self, today: date) -> Became:
        """What became of it by that day."""
        if self.put_off is not None:
            return "put_off"
        if self.done is not None:
            return "kept" if self.done <= self.day else "missed"
        if self.ended is not None and self.ended <= self.day:
            return "stopped"
        return "missed" if today > self.day else "running"

    @property
    def may_be_missed(self) -> bool:
        """Whether it was missed, or will be once its day has passed, by what has happened so far."""
        return self.became(date.max) == "missed"


def promises(version: PolicyVersion, events: Sequence[CaseEvent], ended: date | None) -> list[Promise]:
    """Every date told, in the order told. `events`: those that stand, as they happened; `ended`: the day the case
    ended, None while it has not."""
    first = version.stages[0].key if version.stages else ""
    told = [(key, day, event) for event in events for key, day in _told(event, first)]
    return [_promise(version, events, told[place + 1 :], one, ended) for place, one in enumerate(told)]


def _told(event: CaseEvent, first_stage: str) -> Iterator[tuple[str, date]]:
    """The dates one event told, and what for."""
    stage = stage_of(event.name) or first_stage
    promised, about = event.date_of("promised"), TOLD_WITH.get(bare(event.name))
    if promised:
        yield f"{stage}.response", promised
    to = event.date_of("to") if about else None
    if to and about:
        yield f"{stage}.{about}", to


def _promise(
    version: PolicyVersion,
    events: Sequence[CaseEvent],
    later: Sequence[tuple[str, date, CaseEvent]],
    told: tuple[str, date, CaseEvent],
    ended: date | None,
) -> Promise:
    key, day, event = told
    rule = version.deadline(key)
    met_by = (rule.met_by if rule else None) or f"{stage_of(key)}.{_DONE_BY.get(bare(key), bare(key))}"
    done = next((one.day for one in events if one.name == met_by), None)
    after = next((one.day for name, _, one in later if name == key), None)
    put_off = after if after is not None and after <= day and (done is None or done >= after) else None
    return Promise(key, day, event, done, put_off, ended if done is None else None)
