"""Where SpiffWorkflow would run code or read the clock, and what stands there instead.

Everything a diagram can say in SpiffWorkflow ends in Python's own evaluator, and every timer in the machine's clock.
Importing this module takes both away for the whole Python process: the stock evaluator refuses, wherever it is
reached from, and a timer in a diagram is the name of a deadline, which passes when the ledger says so.
"""

from __future__ import annotations

from typing import Any, NoReturn

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    EventBasedGatewayParser,
    IntermediateCatchEventParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent

__all__ = ["DeadlineEvent", "DiagramParser", "EvaluatorDisabled", "deliver", "disable", "waits_for"]


class EvaluatorDisabled(RuntimeError):
    """Something asked for Python to be evaluated that came from a definition. Nothing in this process does that."""


def _refuse(*_: object, **__: object) -> NoReturn:
    raise EvaluatorDisabled("Text from a diagram is never run as Python.")


def disable() -> None:
    """Take the stock evaluator out of SpiffWorkflow, so that a forgotten engine argument fails closed."""
    for door in (PythonScriptEngine, TaskDataEnvironment):
        for verb in ("evaluate", "execute", "call_service"):
            setattr(door, verb, _refuse)


disable()


class DeadlineEvent(EventDefinition):
    """The passing of a deadline, by the name the diagram gives it.

    It is delivered like a message, when the ledger says the deadline has passed, and is asked again each time: so it
    caches no date, reads no clock and never fires by itself. Stock timers do all three.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)

    def __eq__(self, other: object) -> bool:
        return type(other) is DeadlineEvent and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class _NamesDeadlines:
    """Reads a timer event as the name of a deadline."""

    def parse_timer_event(self, event: Any) -> DeadlineEvent:
        dates = [child for child in event if child.tag == full_tag("timeDate")]
        return DeadlineEvent((dates[0].text or "").strip())


class _CatchParser(_NamesDeadlines, IntermediateCatchEventParser):
    pass


class _BoundaryParser(_NamesDeadlines, BoundaryEventParser):
    pass


class DiagramParser(BpmnParser):
    """SpiffWorkflow's plain BPMN parser, cut down to what a diagram here may hold."""

    PARSER_CLASSES = {  # noqa: RUF012  # the library reads it from the class
        full_tag("startEvent"): (StartEventParser, defaults.StartEvent),
        full_tag("endEvent"): (EndEventParser, defaults.EndEvent),
        full_tag("userTask"): (TaskParser, defaults.UserTask),
        full_tag("subProcess"): (SubWorkflowParser, defaults.SubWorkflowTask),
        full_tag("callActivity"): (CallActivityParser, defaults.CallActivity),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, defaults.ExclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, defaults.ParallelGateway),
        full_tag("eventBasedGateway"): (EventBasedGatewayParser, defaults.EventBasedGateway),
        full_tag("intermediateCatchEvent"): (_CatchParser, defaults.IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_BoundaryParser, defaults.BoundaryEvent),
    }


def waits_for(task: Any, kind: type[Any]) -> list[str]:
    """The names, as the diagram writes them, of the messages or deadlines a waiting task would catch.

    An event-based gateway waits for several at once; anything else for one.
    """
    definition = task.task_spec.event_definition
    each = definition.event_definitions if isinstance(definition, MultipleEventDefinition) else [definition]
    return [one.name for one in each if isinstance(one, kind)]


def deliver(task: Any, kind: type[Any], name: str) -> None:
    """Hand a message or the passing of a deadline to one waiting task."""
    task.task_spec.catch(task, BpmnEvent(kind(name)))
    task.task_spec._update(task)


#: The class the parser gives a message; equality compares classes, so nothing else is ever caught.
Message = MessageEventDefinition
