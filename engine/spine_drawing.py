"""A spine's XML as it is being changed: its nodes, arrows, messages and where each is drawn.

Everything that is not touched stays in the file, comments and notes included. `engine.spine_editing` says what changes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from lxml import etree

from engine import gate
from engine.diagram_text import BPMN, BPMNDI, DC, DI, XSI, Element, children, local, number, words
from engine.problems import only_problems
from engine.refusals import Refused

Box = tuple[float, float, float, float]
Point = tuple[float, float]
USE_THE_DIAGRAM = "Change it on the page of the diagram instead."


class CannotDraw(Refused):
    """The diagram is not of a shape that the form of stages can change. Its sentence says why and what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} {USE_THE_DIAGRAM}")


def _tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


class Drawing:
    """One BPMN file, to be changed in place and written out again."""

    def __init__(self, xml: bytes, file: str) -> None:
        problems = only_problems(gate.examine(xml, file).problems)
        if problems:
            raise Refused(f"The diagram has to be mended first: {problems[0].what} {problems[0].mend}".rstrip())
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)
        self.root: Element = etree.fromstring(xml, parser)
        process = next(children(self.root, "process"), None)
        if process is None:
            raise CannotDraw("There is no process in the diagram.")
        self.process: Element = process
        self.scope: Element = next(
            (one.getparent() for one in process.iter(_tag(BPMN, "callActivity"))), process
        )  # where the stages are drawn
        self._read()

    def _read(self) -> None:
        self.nodes: dict[str, Element] = {}
        self.flows: list[Element] = []
        for child in self.scope:
            if not isinstance(child.tag, str) or not child.tag.startswith(f"{{{BPMN}}}"):
                continue
            if local(child) == "sequenceFlow":
                self.flows.append(child)
            elif child.get("id") and local(child) not in ("laneSet", "textAnnotation", "association"):
                self.nodes[child.get("id")] = child
        self.plane: Element = next(self.root.iter(_tag(BPMNDI, "BPMNPlane")), None)
        if self.plane is None:
            raise CannotDraw("The diagram has no page that it is drawn on.")
        self.drawn: dict[str, Element] = {one.get("bpmnElement", ""): one for one in self.plane}

    # --- what there is --------------------------------------------------------------------------

    def out(self, node: str) -> list[Element]:
        return [flow for flow in self.flows if flow.get("sourceRef") == node]

    def into(self, node: str) -> list[Element]:
        return [flow for flow in self.flows if flow.get("targetRef") == node]

    def message_of(self, node: str) -> str:
        """The name of the message a node waits for, empty where it waits for none."""
        event = next(self.nodes[node].iter(_tag(BPMN, "messageEventDefinition")), None)
        wanted = event.get("messageRef") if event is not None else None
        found = (one for one in children(self.root, "message") if wanted and one.get("id") == wanted)
        return next((words(one.get("name")) for one in found), "")

    def deadline_of(self, node: str) -> str:
        """The deadline a timer waits for, empty where the node is none."""
        return next((words(one.text) for one in self.nodes[node].iter(_tag(BPMN, "timeDate"))), "")

    def box(self, name: str) -> Box:
        """Where a node is drawn: left, top, width, height."""
        drawn = self.drawn.get(name)
        bounds = next(iter(drawn.iter(_tag(DC, "Bounds"))), None) if drawn is not None else None
        if bounds is None:
            raise CannotDraw(f"'{name}' has no place in the diagram.")
        x, y, w, h = (number(bounds.get(side)) for side in ("x", "y", "width", "height"))
        return x, y, w, h

    # --- what is changed ------------------------------------------------------------------------

    def free_id(self, wanted: str) -> str:
        """An id like the wanted one that nothing has yet."""
        taken = {one.get("id") for one in self.root.iter() if isinstance(one.tag, str)}
        name, count = wanted, 1
        while name in taken:
            count += 1
            name = f"{wanted}_{count}"
        return name

    def add_node(self, kind: str, name: str, title: str, attributes: dict[str, str] | None = None) -> Element:
        node = etree.Element(_tag(BPMN, kind), {"id": name, "name": title, **(attributes or {})})
        flows = [number for number, child in enumerate(self.scope) if child.tag == _tag(BPMN, "sequenceFlow")]
        self.scope.insert(flows[0] if flows else len(self.scope), node)
        self.nodes[name] = node
        if self.scope is self.process:
            lane = next(self.process.iter(_tag(BPMN, "lane")), None)
            if lane is not None:
                etree.SubElement(lane, _tag(BPMN, "flowNodeRef")).text = name
        return node

    def wait_for_message(self, node: Element, message: str) -> None:
        """Make a node wait for a message, which is declared where it is not yet."""
        known = {words(one.get("name")): one.get("id") for one in children(self.root, "message")}
        if message not in known:
            known[message] = self.free_id(f"message_{message.replace('.', '_')}")
            declared = etree.Element(_tag(BPMN, "message"), {"id": known[message], "name": message})
            self.process.addnext(declared)
        definition = etree.SubElement(node, _tag(BPMN, "messageEventDefinition"))
        definition.set("id", self.free_id(f"{node.get('id')}_message"))
        definition.set("messageRef", known[message])

    def wait_for_deadline(self, node: Element, deadline: str) -> None:
        definition = etree.SubElement(node, _tag(BPMN, "timerEventDefinition"))
        definition.set("id", self.free_id(f"{node.get('id')}_timer"))
        date = etree.SubElement(definition, _tag(BPMN, "timeDate"))
        date.set(_tag(XSI, "type"), "bpmn:tFormalExpression")
        date.text = deadline

    def add_flow(self, source: str, target: str, title: str = "", condition: str = "") -> str:
        """An arrow between two nodes; its id says which."""
        name = self.free_id(f"{source}_to_{target}")
        attributes = {"id": name, **({"name": title} if title else {}), "sourceRef": source, "targetRef": target}
        flow = etree.SubElement(self.scope, _tag(BPMN, "sequenceFlow"), attributes)
        if condition:
            below = etree.SubElement(flow, _tag(BPMN, "conditionExpression"))
            below.set(_tag(XSI, "type"), "bpmn:tFormalExpression")
            below.text = condition
        self.flows.append(flow)
        self._refer(source, "outgoing", name)
        self._refer(target, "incoming", name)
        return name

    def retarget(self, flow: Element, *, source: str = "", target: str = "") -> None:
        """Let an arrow begin or end at another node; its words, its condition and being the default stay."""
        old = flow.get("id")
        usual = old == f"{flow.get('sourceRef')}_to_{flow.get('targetRef')}"
        self._forget(flow)
        flow.set("sourceRef", source or flow.get("sourceRef"))
        flow.set("targetRef", target or flow.get("targetRef"))
        if usual:
            flow.set("id", "")
            new = self.free_id(f"{flow.get('sourceRef')}_to_{flow.get('targetRef')}")
            flow.set("id", new)
            for one in self.nodes.values():
                if one.get("default") == old:
                    one.set("default", new)
            drawn = self.drawn.pop(old, None)
            if drawn is not None:
                drawn.set("bpmnElement", new)
                drawn.set("id", self.free_id(f"{new}_edge"))
                self.drawn[new] = drawn
        self._refer(flow.get("sourceRef"), "outgoing", flow.get("id"))
        self._refer(flow.get("targetRef"), "incoming", flow.get("id"))

    def remove_flow(self, flow: Element) -> None:
        self._forget(flow)
        self.flows.remove(flow)
        self.scope.remove(flow)
        self._undraw(flow.get("id"))

    def remove_node(self, name: str) -> None:
        """Take out a node, its arrows and its place."""
        for flow in [*self.into(name), *self.out(name)]:
            if flow in self.flows:
                self.remove_flow(flow)
        self.scope.remove(self.nodes.pop(name))
        self._undraw(name)
        refs: list[Element] = list(self.process.iter(_tag(BPMN, "flowNodeRef")))
        for ref in refs:
            if words(ref.text) == name:
                above: Element = ref.getparent()
                above.remove(ref)

    def remove_unused_messages(self) -> None:
        used = {one.get("messageRef") for one in self.root.iter(_tag(BPMN, "messageEventDefinition"))}
        for message in list(children(self.root, "message")):
            if message.get("id") not in used:
                self.root.remove(message)

    def _refer(self, node: str, side: str, flow: str) -> None:
        """Say at a node that an arrow leaves or reaches it, in the order the format asks for."""
        element = self.nodes[node]
        before = ("documentation", "extensionElements", "incoming") + (("outgoing",) if side == "outgoing" else ())
        place = sum(1 for child in element if isinstance(child.tag, str) and local(child) in before)
        ref = etree.Element(_tag(BPMN, side))
        ref.text = flow
        element.insert(place, ref)

    def _forget(self, flow: Element) -> None:
        for end, side in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            node: Element = self.nodes.get(flow.get(end, ""))
            for ref in list(children(node, side)) if node is not None else ():
                if words(ref.text) == flow.get("id"):
                    node.remove(ref)

    def _undraw(self, name: str) -> None:
        drawn = self.drawn.pop(name, None)
        if drawn is not None:
            self.plane.remove(drawn)

    # --- where it is drawn ----------------------------------------------------------------------

    def place(self, name: str, box: Box, label: Box | None = None, *, marker: bool = False) -> None:
        """Draw a node at a place, with its label where it has one outside."""
        shape = etree.SubElement(self.plane, _tag(BPMNDI, "BPMNShape"))
        shape.set("id", self.free_id(f"{name}_shape"))
        shape.set("bpmnElement", name)
        if marker:
            shape.set("isMarkerVisible", "true")
        _bounds(shape, box)
        if label:
            _bounds(etree.SubElement(shape, _tag(BPMNDI, "BPMNLabel")), label)
        self.drawn[name] = shape

    def route(self, name: str, points: Iterable[Point], label: Box | None = None) -> None:
        """Draw an arrow along points, in place of how it was drawn before."""
        kept = self.drawn.get(name)
        edge = kept if kept is not None else etree.SubElement(self.plane, _tag(BPMNDI, "BPMNEdge"))
        if kept is None:
            edge.set("id", self.free_id(f"{name}_edge"))
            edge.set("bpmnElement", name)
        for child in list(edge):
            if child.tag == _tag(DI, "waypoint") or label is not None:
                edge.remove(child)
        for place, (x, y) in enumerate(points):
            point = etree.Element(_tag(DI, "waypoint"), {"x": plain_number(x), "y": plain_number(y)})
            edge.insert(place, point)
        if label:
            _bounds(etree.SubElement(edge, _tag(BPMNDI, "BPMNLabel")), label)
        self.drawn[name] = edge

    def points(self, flow: str) -> list[Point]:
        drawn = self.drawn.get(flow)
        found = drawn.iter(_tag(DI, "waypoint")) if drawn is not None else ()
        return [(number(one.get("x")), number(one.get("y"))) for one in found]

    def shift(self, name: str, by: float) -> None:
        """Move a shape or an arrow sideways, with its label."""
        drawn = self.drawn.get(name)
        for one in drawn.iter(_tag(DC, "Bounds"), _tag(DI, "waypoint")) if drawn is not None else ():
            one.set("x", plain_number(number(one.get("x")) + by))

    def widen(self, name: str, by: float) -> None:
        """Make a box wider to the right."""
        bounds = next(iter(self.drawn[name].iter(_tag(DC, "Bounds"))))
        bounds.set("width", plain_number(number(bounds.get("width")) + by))

    def written(self) -> bytes:
        """The file, one element a line, as modelers write it."""
        text: bytes = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        return re.sub(rb"^<\?xml version='1.0' encoding='UTF-8'\?>", b'<?xml version="1.0" encoding="UTF-8"?>', text)


def _bounds(above: Element, box: Box) -> None:
    sides = zip(("x", "y", "width", "height"), box, strict=True)
    etree.SubElement(above, _tag(DC, "Bounds"), {side: plain_number(value) for side, value in sides})


def plain_number(value: float) -> str:
    """A coordinate as it is written; that of a label without one is none."""
    if math.isnan(value):
        return "0"
    return str(round(value)) if abs(value - round(value)) < 0.01 else f"{value:.1f}"
