"""Where a case stands: its status, stage, finding and ending, out of its run and its ledger.

Pure: `standing` is told the moment. What is stored about a case is this, written for speed (law 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from engine.deadlines import Ledger
from engine.events import OMBUDSMAN_CONTACTED, RECEIVED, SATISFIED, TRIAGED, WITHDRAWN, CaseEvent
from engine.policy import PolicyVersion, bare

if TYPE_CHECKING:
    from engine.process import OpenTask
    from engine.replay import Departure, Run

Status = Literal["open", "answered", "closed"]


@dataclass(frozen=True)
class Standing:
    """Where a case stands at one moment. `outcome` is what we found; `ending` how the case ended, both where known."""

    status: Status
    stage: str | None
    outcome: str | None
    ending: str | None
    ledger: Ledger
    open_tasks: tuple[OpenTask, ...]
    may_happen: tuple[str, ...]
    may_be_noted: tuple[str, ...]  # recordable now although nothing waits for it, and moves nothing
    allowed: tuple[str, ...]
    waiting_timers: frozenset[str]
    departures: tuple[Departure, ...]
    letters: tuple[str, ...]
    ended: date | None


def standing(run: Run) -> Standing:
    """Where the run has come to."""
    seen, events, process = run.facts.ledger(), run.facts.events, run.process
    tasks, may_happen = process.open_tasks(), run.may_happen()
    departed = {id(departure.event) for departure in run.departures}
    steps = [event for event in events if _moves(event) and id(event) not in departed]
    is_satisfied = bool(not tasks and steps and bare(steps[-1].name) == SATISFIED)
    lapsed = None if tasks or is_satisfied else _lapsed_window(seen, process.waiting_messages())
    status: Status = "open" if tasks else "closed" if process.is_ended or is_satisfied or lapsed else "answered"
    ended = _ended_on(steps, lapsed) if status == "closed" else None
    return Standing(
        status=status,
        stage=process.stage or _first_stage(run.book.version),
        outcome=_finding(events),
        ending=_ending(steps, is_lapsed=lapsed is not None) if status == "closed" else None,
        ledger=seen.stopped_on(ended) if ended else seen,
        open_tasks=tasks,
        may_happen=may_happen,
        may_be_noted=tuple(name for name in run.may_be_noted() if name not in may_happen),
        allowed=run.allowed(),
        waiting_timers=frozenset(process.waiting_timers()),
        departures=tuple(run.departures),
        letters=_letters(run, events),
        ended=ended,
    )


def _first_stage(version: PolicyVersion) -> str | None:
    """A case not yet through intake stands at the first stage: its clocks run from receipt."""
    return version.stages[0].key if version.stages else None


def _lapsed_window(seen: Ledger, waiting: frozenset[str]) -> date | None:
    """The last day of the resident's window that closed the case: only a late request is waited for now."""
    for message in waiting:
        window = seen.deadlines.get(f"{message.rpartition('.')[0]}.request_window")
        if bare(message) == "requested" and window and window.state == "lapsed":
            return window.due
    return None


def _ended_on(steps: Sequence[CaseEvent], lapsed: date | None) -> date | None:
    last = steps[-1].day if steps else None
    over = lapsed + timedelta(days=1) if lapsed else None  # a window is over the day after its last
    return max((day for day in (last, over) if day), default=None)


def _moves(event: CaseEvent) -> bool:
    """Whether an event may be what ended a case: a fact never is, nor that somebody went to the Ombudsman."""
    return not event.is_fact and event.name != OMBUDSMAN_CONTACTED


def _finding(events: Sequence[CaseEvent]) -> str | None:
    found = (event.text("outcome") for event in reversed(events) if event.name.endswith(".response_sent"))
    return next((text for text in found if text), None)


def _ending(steps: Sequence[CaseEvent], *, is_lapsed: bool) -> str | None:
    last = steps[-1] if steps else None
    if last is None or last.name == RECEIVED:
        return None
    if last.name in {WITHDRAWN, SATISFIED}:
        return last.name
    if last.name == TRIAGED:
        decision = last.text("decision")
        return "refused" if decision == "refuse" else decision
    if bare(last.name) == "late_request_decided":
        return "refused"
    if bare(last.name) == "satisfied":
        return SATISFIED
    return "lapsed" if is_lapsed else last.name


def _letters(run: Run, events: Sequence[CaseEvent]) -> tuple[str, ...]:
    """The templates of the letters that went out, in order: each step's own, where its task or message names one."""
    letters = run.book.letters
    return tuple(letters[event.name] for event in events if event.name in letters)
