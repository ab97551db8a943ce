"""Draws small diagrams for tests: nodes and arrows in, a whole BPMN file with every shape placed out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

XMLNS = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


@dataclass(frozen=True)
class N:
    """A node: its BPMN kind, its id, further attributes as they are written, and what stands inside."""

    kind: str
    id: str
    more: str = ""
    inside: str = ""


@dataclass(frozen=True)
class A:
    """An arrow, with its condition where it has one."""

    source: str
    target: str
    condition: str | None = None

    @property
    def id(self) -> str:
        return f"{self.source}_to_{self.target}"


def start(name: str = "begun") -> N:
    return N("startEvent", name)


def end(name: str = "ended", inside: str = "") -> N:
    return N("endEvent", name, inside=inside)


def task(name: str) -> N:
    return N("userTask", name)


def decision(name: str, default: str) -> N:
    return N("exclusiveGateway", name, f'default="{default}"')


def parallel(name: str) -> N:
    return N("parallelGateway", name)


def call(name: str, process: str) -> N:
    return N("callActivity", name, f'calledElement="{process}"')


def message(name: str, event: str = "", kind: str = "intermediateCatchEvent", more: str = "") -> N:
    return N(
        kind, name, more, f'<bpmn:messageEventDefinition messageRef="message_{(event or name).replace(".", "_")}" />'
    )


def timer(name: str, inside: str, kind: str = "intermediateCatchEvent", more: str = "") -> N:
    return N(kind, name, more, f"<bpmn:timerEventDefinition>{inside}</bpmn:timerEventDefinition>")


def date(name: str) -> str:
    return f"<bpmn:timeDate>{name}</bpmn:timeDate>"


def draw(
    nodes: Iterable[N], arrows: Iterable[A], *, process: str = "small", messages: Iterable[str] = (), lane: str = "desk"
) -> bytes:
    """One process in one lane, an element a line."""
    nodes, arrows = list(nodes), list(arrows)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<bpmn:definitions {XMLNS} id="{process}_definitions" targetNamespace="https://redress.example/workflows">',
        f'<bpmn:process id="{process}" name="A process" isExecutable="true">',
        f'<bpmn:laneSet id="lanes"><bpmn:lane id="{lane}" name="Complaints desk">',
        *(f"<bpmn:flowNodeRef>{node.id}</bpmn:flowNodeRef>" for node in nodes),
        "</bpmn:lane></bpmn:laneSet>",
        *(_node(node) for node in nodes),
        *(_arrow(arrow) for arrow in arrows),
        "</bpmn:process>",
        *(f'<bpmn:message id="message_{name.replace(".", "_")}" name="{name}" />' for name in messages),
        f'<bpmndi:BPMNDiagram id="page"><bpmndi:BPMNPlane id="plane" bpmnElement="{process}">',
        *(_shape(name, at) for at, name in enumerate([lane, *(node.id for node in nodes)])),
        *(_edge(arrow) for arrow in arrows),
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
        "</bpmn:definitions>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _node(node: N) -> str:
    name = "" if "name=" in node.more else f"name={quoteattr(_title(node.id))}"
    return f'<bpmn:{node.kind} id="{node.id}" {name} {node.more}>{node.inside}</bpmn:{node.kind}>'


def _arrow(arrow: A) -> str:
    said = ""
    if arrow.condition is not None:
        asked = escape(arrow.condition)
        said = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{asked}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="{arrow.id}" name="{_title(arrow.target)}" sourceRef="{arrow.source}" '
        f'targetRef="{arrow.target}">{said}</bpmn:sequenceFlow>'
    )


def _shape(name: str, at: int) -> str:
    return (
        f'<bpmndi:BPMNShape id="{name}_shape" bpmnElement="{name}">'
        f'<dc:Bounds x="{at * 150}" y="100" width="100" height="80" /></bpmndi:BPMNShape>'
    )


def _edge(arrow: A) -> str:
    return (
        f'<bpmndi:BPMNEdge id="{arrow.id}_edge" bpmnElement="{arrow.id}">'
        '<di:waypoint x="0" y="0" /><di:waypoint x="50" y="50.5" /></bpmndi:BPMNEdge>'
    )


#: A decision, a task with a deadline, and a wait: every shape that the checks are about, drawn rightly.
GOOD_NODES = (
    start(),
    decision("is_it_a_complaint", "is_it_a_complaint_to_passed_on"),
    task("answer"),
    end("passed_on"),
    N("eventBasedGateway", "what_comes"),
    message("satisfied"),
    timer("time_is_up", date("stage_2.request_window")),
    end("closed"),
    end("lapsed"),
)
GOOD_ARROWS = (
    A("begun", "is_it_a_complaint"),
    A("is_it_a_complaint", "answer", "triage == 'complaint'"),
    A("is_it_a_complaint", "passed_on"),
    A("answer", "what_comes"),
    A("what_comes", "satisfied"),
    A("what_comes", "time_is_up"),
    A("satisfied", "closed"),
    A("time_is_up", "lapsed"),
)
GOOD = draw(GOOD_NODES, GOOD_ARROWS, messages=["satisfied"])
