"""A case on SpiffWorkflow as it comes, with its own tasks, data and forecasts: what ours must agree with, step by step.

Only the evaluator and the timers are given, because the stock ones run Python and read the machine's clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import BoundaryEventParser, IntermediateCatchEventParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from engine.expressions import holds, parse
from engine.process import Facts

OF_THE_CASE = {"satisfied", "withdrawn"}


class AskedTimer(TimeDateEventDefinition):
    """A stock timer that asks for its date to have passed instead of working it out."""

    def has_fired(self, my_task: Any) -> bool:
        engine = my_task.workflow.script_engine
        return bool(engine.facts.has_passed(whole(self.expression, stage_of(my_task))))


class _Timers:
    def parse_timer_event(self, event: Any) -> AskedTimer:
        (date,) = event
        return AskedTimer(date.text, date.text)


class _Catch(_Timers, IntermediateCatchEventParser):
    pass


class _Boundary(_Timers, BoundaryEventParser):
    pass


class _Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012  # the library reads it from the class
        full_tag("intermediateCatchEvent"): (_Catch, defaults.IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_Boundary, defaults.BoundaryEvent),
    }


class _Engine(PythonScriptEngine):
    """Answers conditions from the data of the task, as the library means it, else from the facts."""

    def __init__(self, facts: Facts, tasks: set[str], windowed: str) -> None:
        super().__init__()
        self.facts, self.tasks, self.windowed = facts, tasks, windowed

    def evaluate(self, task: Any, expression: str, external_context: object = None) -> bool:
        condition = parse(expression)
        return holds(condition, {name: self._value(task, name) for name in condition.names})

    def _value(self, task: Any, name: str) -> object:
        if name in self.tasks:
            return task.data.get(name)
        return self.facts.is_true(name, stage_of(task) or self.windowed)


class StockProcess:
    """The same questions and moves as `engine.process.Process`, answered by the library."""

    def __init__(self, files: Mapping[str, bytes], spine: str, facts: Facts, windowed: str = "") -> None:
        """`windowed` is the stage that tasks and questions between two stages are about."""
        parser = _Parser()
        trees = {path: etree.fromstring(text) for path, text in files.items()}
        for path, tree in trees.items():
            parser.add_bpmn_xml(tree, filename=path)
        tasks = {node.get("id") for tree in trees.values() for node in tree.iter(full_tag("userTask"))}
        self.windowed = windowed
        self.workflow: Any = BpmnWorkflow(
            parser.get_spec(spine), parser.get_subprocess_specs(spine), script_engine=_Engine(facts, tasks, windowed)
        )
        self.workflow.do_engine_steps()

    def open_tasks(self) -> set[str]:
        return {self._key(task) for task in self._open()}

    def waiting_messages(self) -> set[str]:
        return {
            whole(one.name, stage_of(task)) for task, one in self._waited() if isinstance(one, MessageEventDefinition)
        }

    def waiting_timers(self) -> set[str]:
        return {whole(one.expression, stage_of(task)) for task, one in self._waited() if isinstance(one, AskedTimer)}

    @property
    def is_ended(self) -> bool:
        return bool(self.workflow.is_completed())

    def complete(self, key: str, answer: str | None) -> None:
        (task,) = [task for task in self._open() if self._key(task) == key]
        task.data[task.task_spec.name] = answer
        task.run()
        self.workflow.do_engine_steps()

    def send(self, name: str) -> None:
        written = {one.name for task, one in self._waited() if whole(one.name, stage_of(task)) == name}
        for bare in written:
            self.workflow.send_event(BpmnEvent(MessageEventDefinition(bare)))
        self.workflow.do_engine_steps()

    def look_at_the_timers(self) -> None:
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()

    def _open(self) -> list[Any]:
        found: list[Any] = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return found

    def _key(self, task: Any) -> str:
        late = self.windowed if task.task_spec.name == "decide_late_request" else None
        return whole(task.task_spec.name, stage_of(task) or late)

    def _waited(self) -> Iterator[tuple[Any, Any]]:
        for task in self.workflow.event_manager.tasks.values():
            definition = task.task_spec.event_definition
            for one in getattr(definition, "event_definitions", [definition]):
                yield task, one


def stage_of(task: Any) -> str | None:
    """The call activity of the spine a task runs under, unless that is intake."""
    found, workflow = None, task.workflow
    while workflow.parent_task_id is not None:
        above = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
        if isinstance(above.task_spec, defaults.CallActivity):
            found = above.task_spec.name
        workflow = above.workflow
    return None if found == "intake" else found


def whole(bare: str, stage: str | None) -> str:
    return bare if not stage or "." in bare or bare in OF_THE_CASE else f"{stage}.{bare}"
