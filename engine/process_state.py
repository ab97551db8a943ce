"""The tasks of one running process, and how they are written down and read back.

SpiffWorkflow's own tasks carry a log, a clock, a copy of all data and a forecast of what may come; its serializer
writes all of it, specs included, at every step. A case here is a tree of bare tasks: what is written is their place
in the sealed diagrams by number, and of what is finished only what still bears on what is open.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.process_definition import INTAKE, Definition, Element

#: The form of a saved state. A state of another form is refused; the case's events are replayed instead.
FORMAT = 1

WAITING, READY = TaskState.WAITING, TaskState.READY
LIVE = WAITING | READY | TaskState.STARTED


class StateRefused(ValueError):
    """A saved state that is not of this format, or not of these diagrams. Replay the case's events instead."""


@dataclass
class Progress:
    """What is known of a process beside its tasks; all of it is saved."""

    steps: int = 0
    stage: str | None = None
    ended_at: str | None = None
    answers: dict[str, str] = field(default_factory=dict)  #: deciding answers by task key; the newest replaces
    done: dict[str, int] = field(default_factory=dict)  #: shapes passed, a set of bits by diagram and stage


class CaseTask(Task):
    """A task without log, clock or forecast: its children come to be when it runs."""

    def __init__(self, workflow: Any, task_spec: Any, parent: Any = None, state: int = TaskState.MAYBE) -> None:
        self.levels = workflow.levels if parent is None else parent.levels + 1
        super().__init__(workflow, task_spec, parent, state, workflow.top_workflow.counted(self))

    @property
    def element(self) -> Element | None:
        """The shape this task stands for; none for those the library adds between shapes."""
        process = self.workflow
        found: Element | None = process.top_workflow.definition.elements.get((process.spec.name, self.task_spec.name))
        return found

    @property
    def stage(self) -> str | None:
        """The stage this task belongs to: the one its process runs under, else the one it leads to."""
        under: str | None = self.workflow.stage
        if under is None and self.element is not None:
            return self.element.about
        return under

    @property
    def sheet(self) -> str:
        """The diagram this task is drawn on, and for a stage's diagram which stage it is drawn for."""
        diagram = self.element.diagram if self.element else ""
        return f"{diagram}@{self.workflow.stage}" if self.workflow.stage else diagram

    @property
    def is_boundary(self) -> bool:
        """Whether this is an event on the border of a task, and so not where the case stands."""
        return isinstance(self.task_spec, BoundaryEvent)

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> CaseTask:
        return CaseTask(self.workflow, task_spec, self, state)

    def _inherit_data(self) -> None:
        """Tasks carry no data: what a condition asks about is in the process's answers and in the ledger."""

    def _set_state(self, value: int) -> None:
        self._state = value
        if value == READY and not self.task_spec.manual:
            self.workflow.top_workflow.ready.append(self)

    def run(self) -> Any:
        if not isinstance(self.task_spec, MultiChoice):  # a choice makes the one child it chooses
            self.task_spec._predict_hook(self)
        return super().run()


class _CasePart:
    """What the whole process and each process it calls have in common."""

    def begin(self: Any) -> None:
        self.task_tree = CaseTask(self, self.spec.start, state=TaskState.FUTURE)
        self.task_tree._ready()

    def update_waiting_tasks(self: Any) -> None:
        """Look again at the joins, which wait for other tasks; what waits for an event is told of it."""
        for task in list(self.tasks.values()):
            if task._state == WAITING and isinstance(task.task_spec, Join):
                task.task_spec._update(task)

    def collect_log_extras(self: Any, _said: object = None) -> dict[str, object]:
        """Nothing for a log that nobody keeps: the library would list every task of the process at each end."""
        return {}

    def _task_completed_notify(self: Any, task: Any) -> None:
        if isinstance(task.task_spec, EndEvent):
            self.top_workflow.end_reached(self, task)
        super()._task_completed_notify(task)  # type: ignore[misc]  # a mixin: the library's class comes after it


class CasePart(_CasePart, BpmnSubWorkflow):
    """A called or embedded process of a case. `stage` is the call activity of the spine it runs under, save intake."""

    def __init__(self, spec: Any, parent: Any, top: CaseProcess) -> None:
        self.levels = parent.levels + 1
        self.parent_task = parent
        self.stage: str | None = parent.workflow.stage
        calls = isinstance(parent.task_spec, CallActivity)
        if self.stage is None and calls and parent.task_spec.name != INTAKE:
            self.stage = parent.task_spec.name
        super().__init__(spec, parent.id, top, deserializing=True)
        self.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)

    @property
    def parent_workflow(self) -> Any:
        return self.parent_task.workflow


class CaseProcess(_CasePart, BpmnWorkflow):
    """The whole process of a case: its tasks, what is ready to run, and what else is known of it."""

    stage = None
    levels = 0

    def __init__(self, definition: Definition, engine: Any, progress: Progress) -> None:
        self.definition, self.progress = definition, progress
        self.ready: deque[CaseTask] = deque()
        self.count = self.deepest = 0
        super().__init__(definition.specs[definition.spine], definition.specs, engine, deserializing=True)

    def counted(self, task: CaseTask) -> int:
        """The number of a new task. How many there are and how deep they go is watched against the budget."""
        self.count += 1
        self.deepest = max(self.deepest, task.levels)
        return self.count

    def create_subprocess(self, my_task: Any, spec_name: str) -> CasePart:
        part = self.add_part(my_task, spec_name)
        self.progress.stage = part.stage or self.progress.stage
        part.begin()
        part.completed_event.disconnect(my_task.task_spec._on_subworkflow_completed)  # the library connects it itself
        return part

    def add_part(self, task: Any, process: str) -> CasePart:
        """A called process under a task, without tasks yet."""
        part = CasePart(self.definition.specs[process], task, self)
        self.subprocesses[task.id] = part
        return part

    def end_reached(self, part: Any, task: Any) -> None:
        """Remember where the handling ended: inside it, or at the end that follows an interruption."""
        inside = part is not self and part.spec.name in self.definition.own
        if inside or (part is self and self.progress.ended_at is None):
            self.progress.ended_at = task.task_spec.name

    def parts(self) -> Iterator[Any]:
        """This process and every one under way beneath it, those that call before those that are called."""
        yield self
        yield from (part for part in self.subprocesses.values() if _is_under_way(part))


def _is_under_way(part: Any) -> bool:
    return bool(part.parent_task._state == TaskState.STARTED)


def write(process: CaseProcess, *, is_whole: bool = True) -> bytes:
    """The saved state: numbers into the definition's tables, and only what still bears on what is open. Where it is not
    whole it lacks what was passed, so that all who stand at one place have the same."""
    place: dict[int, tuple[int, int]] = {}
    parts: list[list[int]] = []
    for part in process.parts():
        numbers = process.definition.numbers[part.spec.name]
        row = list(place[part.parent_task_id]) if part is not process else []
        for at, (task, above) in enumerate(_kept(part, whole=part.spec.name in process.definition.whole)):
            row += numbers[task.task_spec.name], task._state, above
            place[task.id] = (len(parts), at)
        parts.append(row)
    known = process.progress
    steps, passed = (known.steps, known.done) if is_whole else (0, {})
    done = {key: format(bits, "x") for key, bits in passed.items()}
    state = [FORMAT, process.definition.fingerprint, steps, known.stage, known.ended_at, known.answers, done]
    return orjson.dumps([*state, parts])


def read(definition: Definition, state: bytes, engine: Any) -> CaseProcess:
    """The process a saved state describes. Raises StateRefused when it does not fit these diagrams."""
    try:
        number, fingerprint, steps, stage, ended_at, answers, done, parts = orjson.loads(state)
        if number != FORMAT:
            raise StateRefused(f"The saved state is of format {number}; this is format {FORMAT}.")
        if fingerprint != definition.fingerprint:
            raise StateRefused(f"The saved state was written for other diagrams than these of '{definition.spine}'.")
        passed = {key: int(bits, 16) for key, bits in done.items()}
        process = CaseProcess(definition, engine, Progress(steps, stage, ended_at, answers, passed))
        _place(process, parts)
    except StateRefused:
        raise
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StateRefused("The saved state cannot be read.") from error
    return process


def renewed(process: CaseProcess) -> CaseProcess:
    """The same process without the tasks that no longer bear on anything."""
    return read(process.definition, write(process), process.script_engine)


def _place(process: CaseProcess, parts: list[list[int]]) -> None:
    tasks: list[list[CaseTask]] = []
    for row in parts:
        part: Any = process
        if tasks:
            caller = tasks[row[0]][row[1]]
            part, row = process.add_part(caller, caller.task_spec.spec), row[2:]
        tasks.append(_tasks(part, process.definition, row))
    process.completed = not any(task.has_state(LIVE) for task in tasks[0])
    process.ready.clear()


def _tasks(part: Any, definition: Definition, row: list[int]) -> list[CaseTask]:
    names, specs = definition.names[part.spec.name], part.spec.task_specs
    made: list[CaseTask] = []
    for at in range(0, len(row), 3):
        spec, state, above = specs[names[row[at]]], row[at + 1], row[at + 2]
        task = CaseTask(part, spec, made[above] if above >= 0 else None, state)
        if state == WAITING and isinstance(spec, CatchingEvent):
            part.top_workflow.event_manager.add_task(task)
        made.append(task)
    part.task_tree = made[0]
    return made


def _kept(part: Any, *, whole: bool) -> Iterator[tuple[CaseTask, int]]:
    """The tasks of a process worth writing, each with the place of the nearest kept one above it (-1 for the root)."""
    keep = {part.task_tree.id, *(part.tasks if whole else _bearing(part))}
    places: dict[int, int] = {}
    stack: list[tuple[CaseTask, int]] = [(part.task_tree, -1)]
    while stack:
        task, above = stack.pop()
        if task.id in keep:
            places[task.id] = len(places)
            yield task, above
            above = places[task.id]
        stack.extend((child, above) for child in reversed(task.children))


def _bearing(part: Any) -> Iterator[int]:
    """What is open, and the boundary splits it is still inside, with their branches: a join looks back at those."""
    for task in part.tasks.values():
        if not task._state & LIVE:
            continue
        yield task.id
        above = task.parent
        while above is not None:
            if isinstance(above.task_spec, BoundaryEventSplit) and not _is_joined(above):
                yield above.id
                yield from above._children
            above = above.parent


def _is_joined(split: CaseTask) -> bool:
    """Whether the task with events on its border is over: one of its branches has passed the join."""
    return any(
        after._state == TaskState.COMPLETED and isinstance(after.task_spec, BoundaryEventJoin)
        for branch in split.children
        for after in branch.children
    )
