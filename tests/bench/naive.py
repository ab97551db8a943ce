"""The naive way, for comparison: SpiffWorkflow as it comes, the whole workflow one JSON text with form data and specs.

It has the questions and moves of `engine.process.Process`, so that both ways are driven by the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition

from engine.process import Definition, Facts, OpenTask
from tests.unit.stock_process import AskedTimer, StockProcess, stage_of

WORKFLOWS = Path(__file__).parents[2] / "workflows"
SHIPPED = {str(path.relative_to(WORKFLOWS)): path.read_bytes() for path in sorted(WORKFLOWS.rglob("*.bpmn"))}

_SERIALIZER = BpmnWorkflowSerializer(
    BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, AskedTimer: DEFAULT_CONFIG[TimeDateEventDefinition]})
)


class NaiveProcess(StockProcess):
    """One case, restored from its JSON and written back whole at each step."""

    def __init__(self, diagrams: Diagrams, workflow: Any, facts: Facts) -> None:
        self.windowed, self._elements, self.workflow = diagrams.windowed, diagrams.definition.elements, workflow
        workflow.script_engine = diagrams.script_engine
        workflow.script_engine.facts = facts
        self.form: Mapping[str, object] = {}  #: what was said with the next move

    def state(self) -> bytes:
        """Everything: specs, every task ever, and the forms in their data."""
        text: str = _SERIALIZER.serialize_json(self.workflow)
        return text.encode()

    def complete(self, key: str, answer: str | None = None) -> None:
        """Complete an open task, its form kept in the task's data."""
        (task,) = [task for task in self._open() if self._key(task) == key]
        task.data[f"{key.replace('.', '_')}_form"] = dict(self.form)
        super().complete(key, answer)
        self._note_stage()

    def send(self, name: str) -> None:
        """Let a message come, its form kept in the workflow's data."""
        self.workflow.data[f"form_{len(self.workflow.data)}"] = dict(self.form)
        super().send(name)
        self._note_stage()

    def fire_timers(self) -> tuple[str, ...]:
        """Look at the timers; the library does not say which fired."""
        self.look_at_the_timers()
        return ()

    def open_tasks(self) -> tuple[OpenTask, ...]:
        """What somebody may do now."""
        return tuple(self._described(task) for task in self._open())

    @property
    def stage(self) -> str | None:
        """The stage last entered."""
        return self.workflow.data.get("stage")

    def _described(self, task: Any) -> OpenTask:
        shape = self._elements[task.workflow.spec.name, task.task_spec.name]
        stage = stage_of(task) or shape.about
        return OpenTask(self._key(task), shape.id, stage, shape.diagram, shape.lane, shape.title)

    def _note_stage(self) -> None:
        under_way = [stage_of(task) for task in (*self._open(), *(task for task, _ in self._waited()))]
        self.workflow.data["stage"] = next((stage for stage in under_way if stage), self.stage)


class Diagrams:
    """The parsed diagrams of a spine, as the library keeps them: what a new case begins with."""

    def __init__(self, files: Mapping[str, bytes], definition: Definition, facts: Facts, windowed: str) -> None:
        self.definition, self.windowed = definition, windowed
        first = StockProcess(files, definition.spine, facts, windowed).workflow
        self.script_engine = first.script_engine
        self._specs = first.spec, first.subprocess_specs

    def started(self, facts: Facts, form: Mapping[str, object] | None = None) -> NaiveProcess:
        """A new case."""
        process = NaiveProcess(self, BpmnWorkflow(*self._specs, script_engine=self.script_engine), facts)
        if form:
            process.workflow.data["complaint"] = dict(form)
        process.workflow.do_engine_steps()
        return process

    def restored(self, state: bytes, facts: Facts) -> NaiveProcess:
        """A case out of its JSON."""
        return NaiveProcess(self, _SERIALIZER.deserialize_json(state.decode()), facts)
