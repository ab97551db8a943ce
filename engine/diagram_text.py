"""BPMN text to diagram nouns.

`of(root, file)` never fails: it reads what is there, right or wrong, so that `engine/gate.py` can say everything that
is wrong at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from engine.diagrams import Box, Diagram, Edge, Flow, Lane, Node, Shape

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

#: lxml ships no types; this is its `_Element`
Element = Any

_NOT_NODES = frozenset({
    "sequenceFlow", "laneSet", "documentation", "extensionElements", "textAnnotation", "association", "incoming",
    "outgoing",
})  # fmt: skip


def words(text: str | None) -> str:
    """A name as one line of text; modelers break long names."""
    return " ".join((text or "").split())


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(element).localname)


def children(element: Element, *kinds: str) -> Iterator[Element]:
    """The element's own BPMN children of these kinds."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(f"{{{BPMN}}}") and local(child) in kinds:
            yield child


def of(root: Element, file: str) -> Diagram:
    """What stands in a file. Where it has several processes the first one is read; the gate refuses the rest."""
    process = next(children(root, "process"), root)
    names = {message.get("id", ""): words(message.get("name")) for message in children(root, "message")}
    lanes = tuple(_lanes(process))
    lane_of = {name: lane.id for lane in lanes for name in lane.nodes}
    nodes = tuple(_nodes(process, process.get("id", ""), names, lane_of, lane=""))
    flows = tuple(_flows(process, process.get("id", "")))
    participant: Element = next((part for part in root.iter(f"{{{BPMN}}}participant")), None)
    messages: dict[str, int] = {}
    for node in nodes:
        if node.event == "message":
            messages.setdefault(node.message, node.line)
    named = _Named(root, nodes, flows)
    return Diagram(
        process=process.get("id", ""),
        name=words(process.get("name")),
        file=file,
        line=process.sourceline or 1,
        nodes=nodes,
        flows=flows,
        lanes=lanes,
        messages=messages,
        shapes=tuple(named.shapes()),
        edges=tuple(named.edges()),
        participant=participant.get("id", "") if participant is not None else "",
        documentation=words(next((one.text for one in children(process, "documentation")), "")),
    )


def _lanes(process: Element) -> Iterator[Lane]:
    for lane in process.iter(f"{{{BPMN}}}lane"):
        nodes = tuple(words(ref.text) for ref in children(lane, "flowNodeRef"))
        yield Lane(lane.get("id", ""), words(lane.get("name")), lane.sourceline or 1, nodes)


def _nodes(
    scope: Element, scope_id: str, messages: Mapping[str, str], lane_of: Mapping[str, str], *, lane: str
) -> Iterator[Node]:
    """The nodes of a scope and, after each subprocess, those inside it, in its lane unless in another."""
    for element in scope:
        if not isinstance(element.tag, str) or not element.tag.startswith(f"{{{BPMN}}}"):
            continue
        if local(element) in _NOT_NODES:
            continue
        name = element.get("id", "")
        own_lane = lane_of.get(name, lane)
        yield _node(element, scope_id, messages, own_lane)
        if local(element) == "subProcess":
            yield from _nodes(element, name, messages, lane_of, lane=own_lane)


def _node(element: Element, scope: str, messages: Mapping[str, str], lane: str) -> Node:
    event: Element = next((child for child in element if isinstance(child.tag, str) and _is_event(child)), None)
    kind = local(event).removesuffix("EventDefinition") if event is not None else ""
    date = next(children(event, "timeDate"), None) if event is not None else None
    if event is not None and next(children(event, "timeDuration", "timeCycle"), None) is not None:
        kind = "duration"  # no timer as we know it, and refused as such
    return Node(
        id=element.get("id", ""),
        name=words(element.get("name")),
        kind=local(element),
        line=element.sourceline or 1,
        scope=scope,
        lane=lane,
        event=kind,
        message=messages.get(event.get("messageRef", ""), "") if kind == "message" else "",
        deadline=words(date.text) if date is not None else "",
        calls=element.get("calledElement", "") if local(element) == "callActivity" else "",
        attached_to=element.get("attachedToRef", ""),
        is_interrupting=element.get("cancelActivity", "true") != "false",
        default=element.get("default", ""),
    )


def _is_event(element: Element) -> bool:
    return element.tag.startswith(f"{{{BPMN}}}") and local(element).endswith("EventDefinition")


def _flows(scope: Element, scope_id: str) -> Iterator[Flow]:
    for element in children(scope, "sequenceFlow", "subProcess"):
        if local(element) == "subProcess":
            yield from _flows(element, element.get("id", ""))
            continue
        condition = next(children(element, "conditionExpression"), None)
        yield Flow(
            id=element.get("id", ""),
            name=words(element.get("name")),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            line=element.sourceline or 1,
            scope=scope_id,
            condition=(condition.text or "").strip() if condition is not None else None,
            condition_line=condition.sourceline or 1 if condition is not None else 0,
        )


class _Named:
    """Puts what is drawn together with what it draws."""

    def __init__(self, root: Element, nodes: tuple[Node, ...], flows: tuple[Flow, ...]) -> None:
        self.root = root
        self.nodes = {node.id: node for node in nodes}
        self.flows = {flow.id: flow for flow in flows}
        self.others = {one.get("id"): one for one in root.iter() if isinstance(one.tag, str) and one.get("id")}

    def shapes(self) -> Iterator[Shape]:
        for drawn in self.root.iter(f"{{{BPMNDI}}}BPMNShape"):
            about = drawn.get("bpmnElement", "")
            node, other = self.nodes.get(about), self.others.get(about)
            x, y, w, h = box(drawn) or (math.nan,) * 4
            yield Shape(
                id=about,
                kind=local(other) if other is not None else "",
                name=_name_of(other),
                x=x,
                y=y,
                w=w,
                h=h,
                label=_label(drawn),
                event=node.event if node else "",
                is_interrupting=node.is_interrupting if node else True,
                line=drawn.sourceline or 1,
            )

    def edges(self) -> Iterator[Edge]:
        for drawn in self.root.iter(f"{{{BPMNDI}}}BPMNEdge"):
            about = drawn.get("bpmnElement", "")
            flow, other = self.flows.get(about), self.others.get(about)
            points = tuple((number(one.get("x")), number(one.get("y"))) for one in drawn.iter(f"{{{DI}}}waypoint"))
            ends = {"sourceRef": flow.source, "targetRef": flow.target} if flow else dict(getattr(other, "attrib", {}))
            source, target = ends.get("sourceRef", ""), ends.get("targetRef", "")
            yield Edge(about, source, target, _name_of(other), points, _label(drawn), drawn.sourceline or 1)


def _name_of(element: Element | None) -> str:
    if element is None:
        return ""
    if local(element) == "textAnnotation":
        return words(next((text.text for text in children(element, "text")), ""))
    return words(element.get("name"))


def box(drawn: Element) -> Box | None:
    """The Bounds directly below a shape or label, None where there are none."""
    bounds = next((one for one in drawn if one.tag == f"{{{DC}}}Bounds"), None)
    if bounds is None:
        return None
    x, y, w, h = (number(bounds.get(side)) for side in ("x", "y", "width", "height"))
    return x, y, w, h


def _label(drawn: Element) -> Box | None:
    label = next((one for one in drawn if one.tag == f"{{{BPMNDI}}}BPMNLabel"), None)
    return box(label) if label is not None else None


def number(text: str | None) -> float:
    """A coordinate, not a number (NaN) where it is missing or no plain decimal of a sensible size."""
    if text is None or len(text) > 20 or not text.strip("-").replace(".", "", 1).isascii():
        return math.nan
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if abs(value) <= 100_000 else math.nan
