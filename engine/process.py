"""One case's progress through its diagrams: the only door to SpiffWorkflow, whose words never leave it.

A `Definition` is the parsed diagrams of a spine, shared between cases. A `Process` is one case in it: it says which
tasks are open and which messages and deadlines are waited for, and it moves when a task is completed, a message comes
or a deadline passes. It asks `Facts` for everything that is not a deciding answer, anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import thread_time
from typing import Any, NoReturn, Protocol

from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine import process_drawing
from engine import process_state as states
from engine.expressions import ExpressionProblem, holds
from engine.process_definition import Definition, DefinitionRefused, definition_of, parse
from engine.process_state import CaseProcess, CaseTask, Progress, StateRefused
from engine.process_timers import DeadlineEvent, EvaluatorDisabled, Message, deliver, waits_for

__all__ = [
    "Budget", "Definition", "DefinitionRefused", "Facts", "NotOpen", "NotWaiting", "OpenTask", "OverBudget", "Process",
    "ProcessStuck", "StateRefused", "definition_of", "parse",
]  # fmt: skip

#: Messages about the case as a whole, by whichever diagram they are waited for.
OF_THE_CASE = frozenset({"satisfied", "withdrawn"})

#: How deep a tree of tasks may grow before what is finished is cut away, as saving does.
_GROWN = 30


@dataclass(frozen=True)
class Budget:
    """How much one move of a process may take before the case is put on hold."""

    steps: int = 500  #: shapes run through
    seconds: float = 2.0  #: of work; a machine that stalls holds no case
    depth: int = 60  #: tasks one under another; what is finished is cut away between moves
    tasks: int = 2000  #: tasks alive and gone; likewise


class NotOpen(ValueError):
    """The task is not open. `open` has the keys of those that are."""

    def __init__(self, key: str, open_keys: tuple[str, ...]) -> None:
        self.key, self.open = key, open_keys
        super().__init__(f"The task '{key}' is not open. Open now: {', '.join(open_keys) or 'none'}.")


class NotWaiting(ValueError):
    """The process does not wait for this message. `waiting` has the names of those it waits for."""

    def __init__(self, message: str, waiting: frozenset[str]) -> None:
        self.message, self.waiting = message, waiting
        super().__init__(f"'{message}' is not waited for. Waited for now: {', '.join(sorted(waiting)) or 'nothing'}.")


class OverBudget(RuntimeError):
    """One move took more than its budget; `budget` names which. Nothing of it can be saved: put the case on hold."""

    def __init__(self, budget: str, limit: float) -> None:
        self.budget = budget
        super().__init__(f"One move of this case took more than its {limit:g} {budget}.")


class ProcessStuck(RuntimeError):
    """The diagram cannot go on: a question without an answer, or one the ledger does not know."""


class Facts(Protocol):
    """What a process asks of the ledger, each time anew."""

    def is_true(self, question: str, stage: str | None) -> bool:
        """The answer to a gateway's question, such as is_request_in_time, for the stage it is about."""

    def has_passed(self, deadline: str) -> bool:
        """Whether a deadline, by its whole name, has passed; no for one the version does not have."""


@dataclass(frozen=True)
class OpenTask:
    """A task somebody may do now. `process` is the id of the diagram it is drawn on, `lane` that of its lane."""

    key: str
    task: str
    stage: str | None
    process: str
    lane: str | None
    title: str


class _Questions:
    """Answers conditions, in place of the library's evaluator: from the deciding answers, else from the facts."""

    def __init__(self, definition: Definition, facts: Facts) -> None:
        self.definition, self.facts = definition, facts
        self.environment = self

    def evaluate(self, task: Any, condition: str, external_context: object = None) -> bool:
        expression = self.definition.expressions.get(condition)
        if expression is None or not isinstance(task, CaseTask):
            raise EvaluatorDisabled("Only the conditions of a diagram's arrows are evaluated.")
        try:
            return holds(expression, {name: self._value(task, name) for name in expression.names})
        except (ExpressionProblem, KeyError) as problem:
            raise ProcessStuck(f"The condition {condition} cannot be answered: {problem}") from problem

    def _value(self, task: Any, name: str) -> object:
        answers = task.workflow.top_workflow.progress.answers
        stage, _, bare = name.rpartition(".")
        stage = stage or task.stage or ""
        if bare in self.definition.tasks:
            return answers.get(_whole(bare, stage), answers.get(name))
        return self.facts.is_true(bare, stage or None)

    def execute(self, *_: object, **__: object) -> NoReturn:
        raise EvaluatorDisabled("A diagram runs no script.")

    call_service = execute


class Process:
    """One case's progress through its diagrams."""

    def __init__(self, process: CaseProcess, facts: Facts, budget: Budget) -> None:
        self._process, self._facts, self._budget = process, facts, budget
        self._moving = False

    @classmethod
    def start(cls, definition: Definition, facts: Facts, budget: Budget | None = None) -> Process:
        """A new case, run as far as its first task."""
        tasks = CaseProcess(definition, _Questions(definition, facts), Progress())
        started = cls(tasks, facts, budget or Budget())
        started._move(tasks.begin)
        return started

    @classmethod
    def restore(cls, definition: Definition, state: bytes, facts: Facts, budget: Budget | None = None) -> Process:
        """A case as it was saved. Raises StateRefused when the state is not of these diagrams."""
        return cls(states.read(definition, state, _Questions(definition, facts)), facts, budget or Budget())

    def state(self) -> bytes:
        """The case to be saved. A process whose last move failed has none."""
        if self._moving:
            raise ProcessStuck("The last move of this process failed: load the case again.")
        return states.write(self._process)

    def place(self) -> bytes:
        """The state without what was passed on the way: whatever stands at the same place goes on alike."""
        return states.write(self._process, is_whole=False)

    def open_tasks(self) -> tuple[OpenTask, ...]:
        """What somebody may do now, in the order of its keys."""
        return tuple(sorted((_open_task(task) for task in self._open()), key=lambda one: one.key))

    def waiting_messages(self) -> frozenset[str]:
        """The whole names of the messages that would be taken now."""
        return frozenset(name for name, _, _ in self._waiting(Message))

    def waiting_timers(self) -> frozenset[str]:
        """The whole names of the deadlines whose passing is waited for."""
        return frozenset(name for name, _, _ in self._waiting(DeadlineEvent))

    def complete(self, task_key: str, answer: str | None = None) -> None:
        """Complete an open task; its deciding answer, when it has one, is what gateways are told. Raises NotOpen."""
        done = next((task for task in self._open() if _open_task(task).key == task_key), None)
        if done is None:
            raise NotOpen(task_key, tuple(one.key for one in self.open_tasks()))
        answers = self._process.progress.answers
        answers.pop(task_key, None)
        if answer is not None:
            answers[task_key] = answer
        self._move(partial(self._run, done))

    def send(self, message: str) -> None:
        """Let a message come, by its whole name, to everything that waits for it. Raises NotWaiting."""
        takers = [(task, bare) for name, task, bare in self._waiting(Message) if name == message]
        if not takers:
            raise NotWaiting(message, self.waiting_messages())
        self._move(partial(_deliver, takers, Message))

    def fire_timers(self) -> tuple[str, ...]:
        """Let every waited-for deadline that has passed take effect, each once. Says which, in the order they did."""
        fired: list[str] = []
        while True:
            waiting = (name for name in sorted(self.waiting_timers()) if name not in fired)
            due = next((name for name in waiting if self._facts.has_passed(name)), None)
            if due is None:
                return tuple(fired)
            self.let_pass(due)
            fired.append(due)

    def let_pass(self, deadline: str) -> None:
        """Let one waited-for deadline take effect, by its whole name."""
        takers = [(task, bare) for name, task, bare in self._waiting(DeadlineEvent) if name == deadline]
        self._move(partial(_deliver, takers, DeadlineEvent))

    @property
    def is_ended(self) -> bool:
        return bool(self._process.completed)

    @property
    def stage(self) -> str | None:
        """The stage last entered; it stays when the stage has ended."""
        return self._process.progress.stage

    @property
    def ended_at(self) -> str | None:
        """The id of the end event that ended the handling, or of the end that followed its interruption."""
        return self._process.progress.ended_at

    @property
    def steps(self) -> int:
        """How many shapes this case has run through, ever."""
        return self._process.progress.steps

    def current_elements(self) -> dict[str, list[str]]:
        """Where the case stands: ids of shapes, by diagram (`two_stage`, `investigated_stage@stage_1`)."""
        return process_drawing.current(self._process)

    def done_elements(self) -> dict[str, list[str]]:
        """What the case has passed, in the same way; a shape it stands at again is not among them."""
        return process_drawing.done(self._process)

    def _open(self) -> Iterator[CaseTask]:
        for part in self._process.parts():
            yield from (task for task in part.tasks.values() if task._state == states.READY and task.task_spec.manual)

    def _waiting(self, kind: type[Any]) -> list[tuple[str, CaseTask, str]]:
        """What is waited for: the whole name, the task that waits, and the name as its diagram writes it."""
        tasks = self._process.event_manager.tasks.values()
        return [(_whole(bare, task.workflow.stage), task, bare) for task in tasks for bare in waits_for(task, kind)]

    def _move(self, first: Callable[[], object]) -> None:
        """Do one thing and run everything that follows from it, within the budget."""
        self._moving = True
        self._spent, self._began = 0, thread_time()
        ready = self._process.ready
        try:
            first()
            while ready:
                self._run(ready.popleft())
        except (SpiffWorkflowException, RecursionError) as error:
            raise ProcessStuck(f"The diagram cannot go on: {error}") from error
        self._moving = False
        if self._process.deepest > _GROWN or self._process.count > _GROWN * 10:
            self._process = states.renewed(self._process)

    def _run(self, task: CaseTask) -> None:
        if task._state != states.READY:  # cancelled meanwhile
            return
        self._spent += 1
        self._keep_to_the_budget()
        known = self._process.progress
        known.steps += 1
        element = task.element
        if element is not None:
            sheet = task.sheet
            known.done[sheet] = known.done.get(sheet, 0) | 1 << element.bit
        task.run()

    def _keep_to_the_budget(self) -> None:
        budget, process = self._budget, self._process
        spent = {"steps": self._spent, "depth": process.deepest, "tasks": process.count,
                 "seconds": thread_time() - self._began}  # fmt: skip
        for name, amount in spent.items():
            if amount > getattr(budget, name):
                raise OverBudget(name, getattr(budget, name))


def _deliver(takers: list[tuple[CaseTask, str]], kind: type[Any]) -> None:
    for task, bare in takers:
        deliver(task, kind, bare)


def _whole(bare: str, stage: str | None) -> str:
    return bare if not stage or "." in bare or bare in OF_THE_CASE else f"{stage}.{bare}"


def _open_task(task: CaseTask) -> OpenTask:
    element, stage = task.element, task.stage
    if element is None:
        raise ProcessStuck(f"'{task.task_spec.name}' is not on a diagram.")
    return OpenTask(_whole(element.id, stage), element.id, stage, element.diagram, element.lane, element.title)
