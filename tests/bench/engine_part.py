"""What the engine and its state cost alone: restore, one move, the bytes to be stored. No database, no dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from engine.process import Definition, Process, parse
from tests.bench.figures import Figures
from tests.bench.naive import SHIPPED, Diagrams
from tests.bench.walks import WORDS, Move, Walk

LOOP = {"loop.bpmn": (Path(__file__).parent / "loop.bpmn").read_bytes()}
AGAIN = Move("looked_again", "look", "wrong", {"what_was_seen": WORDS * 10}, None, datetime(2024, 1, 8, 12, tzinfo=UTC))


class Calm:
    """A ledger under which everything is in time."""

    def is_true(self, question: str, stage: str | None) -> bool:
        """Requests are in time; the four-stage version promises an acknowledgement at stage 1 alone."""
        return question == "is_request_in_time" or stage == "stage_1"

    def has_passed(self, deadline: str) -> bool:
        """Nothing has passed."""
        return False


class Way(Protocol):
    """One way to keep a case: the bytes it begins as, and one step from the stored bytes to the next."""

    def begun(self, form: Mapping[str, object]) -> bytes: ...

    def stepped(self, state: bytes, move: Move) -> bytes: ...


class Ours:
    """`engine.process`: the parsed diagrams are shared, only the tasks of the case are stored."""

    def __init__(self, definition: Definition) -> None:
        self.definition, self.facts = definition, Calm()

    def begun(self, form: Mapping[str, object]) -> bytes:
        return Process.start(self.definition, self.facts).state()

    def stepped(self, state: bytes, move: Move) -> bytes:
        process = Process.restore(self.definition, state, self.facts)
        process.fire_timers()
        _make(process, move)
        return process.state()


class Naive:
    """The whole workflow as JSON."""

    def __init__(self, diagrams: Diagrams) -> None:
        self.diagrams, self.facts = diagrams, Calm()

    def begun(self, form: Mapping[str, object]) -> bytes:
        return self.diagrams.started(self.facts, form).state()

    def stepped(self, state: bytes, move: Move) -> bytes:
        process = self.diagrams.restored(state, self.facts)
        process.fire_timers()
        process.form = move.form
        _make(process, move)
        return process.state()


def both(walk: Walk, definition: Definition) -> tuple[Ours, Naive]:
    """The two ways to walk a case of that version."""
    return Ours(definition), Naive(Diagrams(SHIPPED, definition, Calm(), walk.windowed))


def walked(way: Way, walk: Walk, figures: Figures) -> list[int]:
    """Walk a case, noting what each step takes; the bytes stored after each."""
    first, *moves = walk.moves
    state = figures.noted(partial(way.begun, first.form))
    sizes = [len(state)]
    for move in moves:
        state = figures.noted(partial(way.stepped, state, move))
        sizes.append(len(state))
    return sizes


def looped(way: Way, times: int) -> tuple[Figures, list[int]]:
    """The same task over and over: what each round took and the bytes stored after it, as far as the way goes."""
    figures, sizes, state = Figures(), [], way.begun({})
    for _ in range(times):
        try:
            state = figures.noted(partial(way.stepped, state, AGAIN))
        except RecursionError:
            break
        sizes.append(len(state))
    return figures, sizes


def looping() -> tuple[Ours, Naive]:
    """The two ways to walk a small diagram that goes round one task."""
    definition = parse(LOOP, "loop")
    return Ours(definition), Naive(Diagrams(LOOP, definition, Calm(), ""))


def _make(process: Any, move: Move) -> None:
    if move.task is None:
        process.send(move.event)
    else:
        process.complete(move.task, move.answer)
