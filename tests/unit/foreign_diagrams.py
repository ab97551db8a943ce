"""Diagrams as other modelers write them, made up by the hundred from a seed: their dress, their ids, their mistakes.

Nothing here is anybody's file. Each maker gives a whole BPMN file in the manner of a known modeler.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
MAKERS = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "signavio": "http://www.signavio.com",
    "activiti": "http://activiti.org/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "yaoqiang": "http://bpmn.sourceforge.net",
    "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "trisobpmn": "http://www.trisotech.com/2014/triso/bpmn",
    "drools": "http://www.jboss.org/drools",
}
SAYS_NOTHING = {
    "camunda": ('camunda:assignee="demo"', "<camunda:properties><camunda:property name='a'/></camunda:properties>"),
    "zeebe": ('zeebe:modelerTemplate="t"', "<zeebe:userTask/>"),
    "signavio": ("", "<signavio:signavioMetaData metaKey='bgcolor' metaValue='#ffffff'/>"),
    "activiti": ('activiti:candidateGroups="clerks"', "<activiti:formProperty id='x' name='X'/>"),
    "flowable": ('flowable:priority="3"', "<flowable:formKey>f</flowable:formKey>"),
    "yaoqiang": ('yaoqiang:style="x"', "<yaoqiang:pageFormat height='841'/>"),
    "bioc": ('bioc:stroke="#205022"', ""),
    "trisobpmn": ('trisobpmn:shapeId="7"', "<trisobpmn:signature/>"),
    "drools": ('drools:taskName="n"', "<drools:metaValue>plain words</drools:metaValue>"),
}  # fmt: skip
RUNS = {
    "camunda": ('camunda:expression="${bean.pay()}"', "<camunda:executionListener class='org.Evil' event='start'/>"),
    "zeebe": ("", "<zeebe:ioMapping><zeebe:input source='=a' target='b'/></zeebe:ioMapping>"),
    "activiti": ('activiti:class="org.Evil"', "<activiti:taskListener class='org.Evil'/>"),
    "flowable": ('flowable:delegateExpression="${evil}"', ""),
    "drools": ("", "<drools:onEntry-script><drools:script>System.exit(0)</drools:script></drools:onEntry-script>"),
}
NAMES = (
    "Check the claim", "Prüfe Antrag", "审批", "Ask for more", "Yes?", "Send “it”", "A & B <c>", "", "1st look",
    "Very long " + "name " * 30, "Task\nof two lines", "___", "done",
)  # fmt: skip
TIMER = (
    "<bpmn:intermediateCatchEvent id='T1' name='Wait'><bpmn:timerEventDefinition id='td'/>"
    "</bpmn:intermediateCatchEvent>"
)


@dataclass
class Foreign:
    """One made-up file: its bytes, and what of it was put in on purpose."""

    xml: bytes
    maker: str
    has_code: bool
    mistakes: tuple[str, ...]


@dataclass
class _Drawn:
    """What is being drawn: the elements of the process, their shapes and lines."""

    chance: random.Random
    maker: str
    with_code: bool
    nodes: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


def many(seed: int, count: int) -> Iterator[Foreign]:
    """So many files, always the same for a seed."""
    chance = random.Random(seed)
    for number in range(count):
        yield _one(chance, sorted(MAKERS)[number % len(MAKERS)])


def _one(chance: random.Random, maker: str) -> Foreign:
    drawn = _Drawn(chance, maker, with_code=maker in RUNS and chance.random() < 0.3)
    heads = ("Activity", "sid-", "Task", "_", "usertask")
    ids = [f"{chance.choice(heads)}_{number}x{chance.randrange(99)}" for number in range(chance.randrange(1, 9))]
    chain = ["StartEvent_1", *ids, "EndEvent_1"]
    if chance.random() < 0.2:
        drawn.mistakes.append("no start")
        chain = chain[1:]
    for name in chain:
        _node(drawn, name)
    flows = list(pairwise(chain))
    _mistakes(drawn, chain, flows)
    lines = [_flow(drawn, number, source, target) for number, (source, target) in enumerate(flows)]
    body = "".join([*drawn.nodes, *lines])
    placed = chance.random() < 0.7
    shapes = f"<bpmndi:BPMNPlane id='p' bpmnElement='Process_1'>{''.join(drawn.shapes)}</bpmndi:BPMNPlane>"
    plane = f"<bpmndi:BPMNDiagram id='d'>{shapes}</bpmndi:BPMNDiagram>"
    dress = "" if chance.random() < 0.5 else "expressionLanguage='http://www.w3.org/1999/XPath' "
    runs = chance.choice(("true", "false"))
    xml = (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<bpmn:definitions {SPACES} xmlns:{maker}={quoteattr(MAKERS[maker])} "
        f"{dress}id='defs' targetNamespace='http://example.org'>"
        f"<bpmn:process id='Process_1' name='P' isExecutable='{runs}'>{body}</bpmn:process>{plane if placed else ''}"
        "</bpmn:definitions>"
    )
    return Foreign(xml.encode(), maker, drawn.with_code, tuple(drawn.mistakes))


def _node(drawn: _Drawn, name: str) -> None:
    chance = drawn.chance
    kind = "startEvent" if name.startswith("Start") else "endEvent" if name.startswith("End") else ""
    kind = kind or chance.choice(("task", "userTask", "manualTask", "userTask", "callActivity", "serviceTask"))
    setting, inside = (RUNS if drawn.with_code else SAYS_NOTHING)[drawn.maker]
    holds = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>" if inside else ""
    if drawn.maker == "bioc":
        setting = ""
    title = chance.choice(NAMES)
    drawn.nodes.append(f"<bpmn:{kind} id={quoteattr(name)} name={quoteattr(title)} {setting}>{holds}</bpmn:{kind}>")
    colour = 'bioc:stroke="#205022"' if drawn.maker == "bioc" else ""
    if chance.random() < 0.9:
        x = 100 + 150 * len(drawn.shapes)
        drawn.shapes.append(
            f"<bpmndi:BPMNShape id='s{len(drawn.shapes)}' bpmnElement={quoteattr(name)} {colour}>"
            f"<dc:Bounds x='{x}' y='{chance.choice((80, 80.5, -20))}' width='100' height='80'/></bpmndi:BPMNShape>"
        )


def _mistakes(drawn: _Drawn, chain: list[str], flows: list[tuple[str, str]]) -> None:
    chance = drawn.chance
    tasks = [name for name in chain if not name.startswith(("Start", "End"))]
    for mistake in ("nowhere", "several", "timer", "label"):
        if chance.random() > 0.3 or not tasks:
            continue
        drawn.mistakes.append(mistake)
        name = chance.choice(tasks)
        if mistake == "nowhere":
            flows.append((name, "gone_1"))
        elif mistake == "several":
            flows.append((name, chain[-1]))
        elif mistake == "timer":
            drawn.nodes.append(TIMER)
            flows.extend([(name, "T1"), ("T1", chain[-1])])
        else:
            drawn.nodes.append("<bpmn:exclusiveGateway id='G1' name='Which?'/>")
            flows.extend([(name, "G1"), ("G1", tasks[0]), ("G1", chain[-1])])


def _flow(drawn: _Drawn, number: int, source: str, target: str) -> str:
    name = "Yes" if source == "G1" else ""
    if drawn.chance.random() < 0.8:
        drawn.shapes.append(
            f"<bpmndi:BPMNEdge id='e{number}' bpmnElement='Flow_{number}'><di:waypoint x='1' y='2'/>"
            "<di:waypoint x='30' y='2'/></bpmndi:BPMNEdge>"
        )
    return f"<bpmn:sequenceFlow id='Flow_{number}' name='{escape(name)}' sourceRef='{source}' targetRef='{target}'/>"
