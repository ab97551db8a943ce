"""Diagrams that carry code in every place where SpiffWorkflow would run it.

Run as a program, this file gives them to the untouched library and prints which of them ran their code. That is how
`test_forced_past_the_gate.py` knows that its payloads are live.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CODE = "__import__('pathlib').Path(r'MARK').touch() or {then}"
TRUE, ONE, DATE = CODE.format(then="True"), CODE.format(then="1"), CODE.format(then="'2020-01-01T00:00:00'")
SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
XMLNS = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {SPIFF}'
)


@dataclass(frozen=True)
class Kind:
    """One place in a diagram that the library evaluates. `node` stands between start and end, with the id `n`."""

    node: str
    beside: str = ""  #: further elements of the process
    above: str = ""  #: further elements of the file
    table: str = ""  #: a decision table


def _extension(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def _catch(definition: str) -> Kind:
    return Kind(f'<bpmn:intermediateCatchEvent id="n">{definition}</bpmn:intermediateCatchEvent>')


def _throw(definition: str, above: str = "") -> Kind:
    return Kind(f'<bpmn:intermediateThrowEvent id="n">{definition}</bpmn:intermediateThrowEvent>', above=above)


def _border(definition: str) -> Kind:
    boundary = f'<bpmn:boundaryEvent id="b" attachedToRef="n">{definition}</bpmn:boundaryEvent>'
    return Kind('<bpmn:userTask id="n" />', boundary + '<bpmn:endEvent id="e2" />'
                '<bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="e2" />')  # fmt: skip


def _loop(inside: str, kind: str = "multiInstanceLoopCharacteristics", attributes: str = "") -> Kind:
    return Kind(f'<bpmn:task id="n"><bpmn:{kind} {attributes}>{inside}</bpmn:{kind}></bpmn:task>')


def _timer(kind: str, code: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{code}</bpmn:{kind}></bpmn:timerEventDefinition>"


def _chosen(gateway: str) -> Kind:
    return Kind(
        f'<bpmn:{gateway} id="n" default="f2" />',
        '<bpmn:endEvent id="e2" /><bpmn:sequenceFlow id="f3" sourceRef="n" targetRef="e2">'
        f"<bpmn:conditionExpression>{TRUE}</bpmn:conditionExpression></bpmn:sequenceFlow>",
    )


def _table(reads: str = "1", matches: str = "1", says: str = "1") -> Kind:
    node = (
        '<bpmn:businessRuleTask id="n">'
        + _extension("<spiffworkflow:calledDecisionId>d</spiffworkflow:calledDecisionId>")
        + "</bpmn:businessRuleTask>"
    )
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t"><decision id="d" name="d">'
        f'<decisionTable id="dt"><input id="i" label="i"><inputExpression id="ie" typeRef="string"><text>{reads}</text>'
        '</inputExpression></input><output id="o" label="o" name="o" typeRef="string" /><rule id="r">'
        f'<inputEntry id="en"><text>{matches}</text></inputEntry>'
        f'<outputEntry id="ou"><text>{says}</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    )
    return Kind(node, table=table)


_CONDITIONAL = (
    f"<bpmn:conditionalEventDefinition><bpmn:condition>{TRUE}</bpmn:condition></bpmn:conditionalEventDefinition>"
)
_MESSAGE = '<bpmn:message id="m" name="m" />'
_CORRELATED = (
    f'{_MESSAGE}<bpmn:collaboration id="c"><bpmn:participant id="p" processRef="hostile" />'
    '<bpmn:correlationKey name="k"><bpmn:correlationPropertyRef>q</bpmn:correlationPropertyRef></bpmn:correlationKey>'
    '</bpmn:collaboration><bpmn:correlationProperty id="q" name="q"><bpmn:correlationPropertyRetrievalExpression '
    f'messageRef="m"><bpmn:formalExpression>{TRUE}</bpmn:formalExpression></bpmn:correlationPropertyRetrievalExpression>'
    "</bpmn:correlationProperty>"
)
_PAYLOAD = f"<spiffworkflow:payloadExpression>{TRUE}</spiffworkflow:payloadExpression>"
_MESSAGE_PAYLOAD = f"<spiffworkflow:messagePayload>{CODE.format(then='dict()')}</spiffworkflow:messagePayload>"
_LOADED = f'<bpmn:messageEventDefinition messageRef="m">{_extension(_MESSAGE_PAYLOAD)}</bpmn:messageEventDefinition>'
_EMPTY = "<spiffworkflow:messagePayload>dict()</spiffworkflow:messagePayload>"
_HALF = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
_OPERATOR = (
    '<spiffworkflow:serviceTaskOperator id="op" resultVariable="x"><spiffworkflow:parameters>'
    f'<spiffworkflow:parameter id="a" type="any" value="{ONE}" /></spiffworkflow:parameters>'
    "</spiffworkflow:serviceTaskOperator>"
)
_PROCESS_VALUE = (
    "<spiffworkflow:processVariableCorrelation><spiffworkflow:propertyId>q</spiffworkflow:propertyId>"
    f"<spiffworkflow:expression>{TRUE}</spiffworkflow:expression></spiffworkflow:processVariableCorrelation>"
)

KINDS = {
    "the condition of an exclusive gateway": _chosen("exclusiveGateway"),
    "the condition of an inclusive gateway": _chosen("inclusiveGateway"),
    "a script": Kind(f'<bpmn:scriptTask id="n"><bpmn:script>{ONE}</bpmn:script></bpmn:scriptTask>'),
    "a script before a task": Kind(
        f'<bpmn:task id="n">{_extension(f"<spiffworkflow:preScript>{ONE}</spiffworkflow:preScript>")}</bpmn:task>'
    ),
    "a script after a task": Kind(
        f'<bpmn:task id="n">{_extension(f"<spiffworkflow:postScript>{ONE}</spiffworkflow:postScript>")}</bpmn:task>'
    ),
    "a date to wait for": _catch(_timer("timeDate", DATE)),
    "a duration to wait for": _catch(_timer("timeDuration", CODE.format(then="'PT1S'"))),
    "a cycle to wait for": _catch(_timer("timeCycle", CODE.format(then="'R1/PT1S'"))),
    "a date on a border": _border(_timer("timeDate", DATE)),
    "a duration on a border": _border(_timer("timeDuration", CODE.format(then="'PT1S'"))),
    "a cycle on a border": _border(_timer("timeCycle", CODE.format(then="'R1/PT1S'"))),
    "a condition to wait for": _catch(_CONDITIONAL),
    "a condition on a border": _border(_CONDITIONAL),
    "how often in parallel": _loop(f"<bpmn:loopCardinality>{ONE}</bpmn:loopCardinality>"),
    "how often in sequence": _loop(
        f"<bpmn:loopCardinality>{ONE}</bpmn:loopCardinality>", attributes='isSequential="true"'
    ),
    "when several are enough": _loop(f"{_HALF}<bpmn:completionCondition>{TRUE}</bpmn:completionCondition>"),
    "when a loop goes on": _loop(
        f"<bpmn:loopCondition>{TRUE}</bpmn:loopCondition>", "standardLoopCharacteristics", 'loopMaximum="2"'
    ),
    "when an ad hoc part is done": Kind(
        '<bpmn:adHocSubProcess id="n"><bpmn:task id="inner" />'
        f"<bpmn:completionCondition>{TRUE}</bpmn:completionCondition></bpmn:adHocSubProcess>"
    ),
    "what a message is told apart by": _throw(
        '<bpmn:messageEventDefinition messageRef="m">' + _extension(_EMPTY) + "</bpmn:messageEventDefinition>",
        _CORRELATED,
    ),
    "what a process is told apart by": Kind(
        '<bpmn:intermediateCatchEvent id="n"><bpmn:messageEventDefinition messageRef="m">'
        f"{_extension(_PROCESS_VALUE)}</bpmn:messageEventDefinition></bpmn:intermediateCatchEvent>",
        above=_MESSAGE,
    ),
    "what a message carries": _throw(_LOADED, _MESSAGE),
    "what a sent message carries": Kind(
        f'<bpmn:sendTask id="n" messageRef="m">{_LOADED}</bpmn:sendTask>', above=_MESSAGE
    ),
    "what a signal carries": _throw(
        '<bpmn:signalEventDefinition signalRef="s" />',
        f'<bpmn:signal id="s" name="s">{_extension(_PAYLOAD)}</bpmn:signal>',
    ),
    "what an escalation carries": _throw(
        '<bpmn:escalationEventDefinition escalationRef="s" />',
        f'<bpmn:escalation id="s" name="s" escalationCode="1">{_extension(_PAYLOAD)}</bpmn:escalation>',
    ),
    "what a service is given": Kind(f'<bpmn:serviceTask id="n">{_extension(_OPERATOR)}</bpmn:serviceTask>'),
    "what a decision table reads": _table(reads=ONE),
    "what a decision table matches": _table(matches=ONE),
    "what a decision table says": _table(says=ONE),
}


def diagram(kind: Kind, mark: Path) -> bytes:
    """A whole diagram with the payload in its place; running the payload creates the file `mark`."""
    return (
        f'<bpmn:definitions {XMLNS} id="d" targetNamespace="x"><bpmn:process id="hostile" isExecutable="true">'
        f'<bpmn:startEvent id="s" />{kind.node}<bpmn:endEvent id="e" />{kind.beside}'
        '<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="n" />'
        '<bpmn:sequenceFlow id="f2" sourceRef="n" targetRef="e" />'
        f"</bpmn:process>{kind.above}</bpmn:definitions>"
    ).replace("MARK", str(mark)).encode()  # fmt: skip


def run_on_the_library(kind: Kind, mark: Path) -> None:
    """Give a diagram to SpiffWorkflow as it comes, with its own defaults, and lead it as far as it goes."""
    from lxml import etree
    from SpiffWorkflow.bpmn import BpmnWorkflow
    from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
    from SpiffWorkflow.util.task import TaskState

    parser: Any = SpiffBpmnParser()
    parser.add_bpmn_xml(etree.fromstring(diagram(kind, mark)))
    if kind.table:
        parser.add_dmn_xml(etree.fromstring(kind.table.replace("MARK", str(mark)).encode()))
    workflow: Any = BpmnWorkflow(parser.get_spec("hostile"), parser.get_subprocess_specs("hostile"))
    for _ in range(5):
        workflow.do_engine_steps()
        for task in workflow.get_tasks(state=TaskState.READY, manual=True):
            task.run()


def those_that_run(folder: Path) -> list[str]:
    """The kinds whose code the library runs."""
    ran = []
    for number, (name, kind) in enumerate(KINDS.items()):
        mark = folder / str(number)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                run_on_the_library(kind, mark)
        except Exception:  # what matters is whether the code ran first
            pass
        if mark.exists():
            ran.append(name)
    return ran


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write("\n".join(those_that_run(Path(folder))))
    sys.exit()
