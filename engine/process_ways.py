"""The ways that cases go through diagrams, each move worked out once: for driving thousands of cases through a version.

What a move leads to follows from the place a process stands at, what is done there and what the facts answer, and from
nothing else. Cases stand at few places: so what a move led to is kept, and whoever makes the same move from the same
place with the same answers is there at once. What is driven so is looked at; it is never saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.process import Budget, Definition, Facts, OpenTask, Process, ProcessStuck

MOST = 20_000  #: moves kept; past that all are forgotten, so that no number of cases fills the memory


@dataclass(frozen=True)
class Place:
    """Where a process stands, and what may be asked of it there."""

    state: bytes
    open_tasks: tuple[OpenTask, ...]
    messages: frozenset[str]
    timers: frozenset[str]
    stage: str | None
    ended_at: str | None
    is_ended: bool


class Move(NamedTuple):
    """A move from a place: what is done with what, and the deciding answer."""

    definition: Definition
    place: bytes
    verb: str
    name: str
    answer: str | None = None


#: what was asked of the facts during a move, in that order, with the answers
Asked = tuple[tuple[str, str | None, bool], ...]


class Ways:
    """The moves known so far, of any diagrams."""

    def __init__(self) -> None:
        self._known: dict[Move, list[tuple[Asked, Place]]] = {}

    def begin(self, definition: Definition, facts: Facts, budget: Budget) -> Process:
        """A new case, run as far as its first task: as `Process.start`."""
        return _Way(self, definition, facts, budget)

    def led_to(self, move: Move, facts: Facts, make: Callable[[Facts], Process]) -> Place:
        """Where a move leads to; `make` makes it really, where nobody has before."""
        for asked, place in self._known.get(move, ()):
            if all(facts.is_true(question, stage) == answer for question, stage, answer in asked):
                return place
        noting = _Noting(facts)
        place = _place_of(make(noting))
        if len(self._known) >= MOST:
            self._known.clear()
        self._known.setdefault(move, []).append((tuple(noting.asked), place))
        return place


class _Noting:
    """Facts that note what they are asked."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.asked: list[tuple[str, str | None, bool]] = []

    def is_true(self, question: str, stage: str | None) -> bool:
        answer = self.facts.is_true(question, stage)
        self.asked.append((question, stage, answer))
        return answer

    def has_passed(self, deadline: str) -> bool:
        raise ProcessStuck(f"No move asks whether {deadline} has passed: that is asked before it.")


class _Way(Process):
    """One case on its way from place to place."""

    def __init__(self, ways: Ways, definition: Definition, facts: Facts, budget: Budget) -> None:
        self._ways, self._definition, self._facts, self._budget = ways, definition, facts, budget
        self._moving = False
        begun = Move(definition, b"", "begin", "")
        self._at = ways.led_to(begun, facts, lambda noting: Process.start(definition, noting, budget))

    def open_tasks(self) -> tuple[OpenTask, ...]:
        return self._at.open_tasks

    def waiting_messages(self) -> frozenset[str]:
        return self._at.messages

    def waiting_timers(self) -> frozenset[str]:
        return self._at.timers

    def complete(self, task_key: str, answer: str | None = None) -> None:
        self._go("complete", task_key, lambda process: process.complete(task_key, answer), answer)

    def send(self, message: str) -> None:
        self._go("send", message, lambda process: process.send(message))

    def let_pass(self, deadline: str) -> None:
        self._go("let_pass", deadline, lambda process: process.let_pass(deadline))

    @property
    def is_ended(self) -> bool:
        return self._at.is_ended

    @property
    def stage(self) -> str | None:
        return self._at.stage

    @property
    def ended_at(self) -> str | None:
        return self._at.ended_at

    @property
    def _process(self) -> Any:  # type: ignore[override]  # there is none: whoever wants to save or draw it is told
        raise ProcessStuck("What is driven to be looked at is not saved, and has no drawing.")

    def _go(self, verb: str, name: str, act: Callable[[Process], None], answer: str | None = None) -> None:
        def made(noting: Facts) -> Process:
            process = Process.restore(self._definition, self._at.state, noting, self._budget)
            act(process)
            return process

        move = Move(self._definition, self._at.state, verb, name, answer)
        self._at = self._ways.led_to(move, self._facts, made)


def _place_of(process: Process) -> Place:
    return Place(
        state=process.place(),
        open_tasks=process.open_tasks(),
        messages=process.waiting_messages(),
        timers=process.waiting_timers(),
        stage=process.stage,
        ended_at=process.ended_at,
        is_ended=process.is_ended,
    )
