"""Places on the page of a diagram, and how they are written into its file as diagram interchange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from engine import diagram_text
from engine.diagram_text import BPMNDI, DC, DI, Element
from engine.diagrams import Diagram

Point = tuple[float, float]


@dataclass
class Box:
    """A place: left, top, width and height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> Point:
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    def moved(self, dx: float, dy: float) -> None:
        self.x += dx
        self.y += dy


@dataclass
class Places:
    """Where everything of a file stands: boxes and lines by the id of what they draw, and which of them were made."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Point]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)


def write(root: Element, process: Element, diagram: Diagram, places: Places) -> None:
    """The places made, as diagram interchange; one already there for the same element is replaced."""
    plane = next(root.iter(f"{{{BPMNDI}}}BPMNPlane"), None)
    if plane is None:
        page = next(root.iter(f"{{{BPMNDI}}}BPMNDiagram"), None)
        page = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", id="page") if page is None else page
        plane = etree.SubElement(page, f"{{{BPMNDI}}}BPMNPlane", id="plane")
        collaboration = next(diagram_text.children(root, "collaboration"), None)
        about = collaboration if collaboration is not None else process
        plane.set("bpmnElement", about.get("id") or process.get("id"))
    made = set(places.made) | {one.id for one in diagram.nodes if one.kind == "subProcess"}
    made |= {diagram.participant} | {lane.id for lane in diagram.lanes}
    there = {one.get("bpmnElement"): one for one in plane.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")}
    frames = [diagram.participant, *(lane.id for lane in diagram.lanes)]
    names = [*frames, *(one.id for one in diagram.nodes)]
    for name in dict.fromkeys(name for name in names if name in made and name in places.boxes):
        _shape(plane, there.get(name), name, places.boxes[name], diagram)
    for name in [flow.id for flow in diagram.flows if flow.id in made and flow.id in places.lines]:
        _edge(plane, there.get(name), name, places.lines[name])


def _shape(plane: Element, there: Element | None, name: str, box: Box, diagram: Diagram) -> None:
    if there is None:
        there = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", bpmnElement=name)
    node = diagram.node(name)
    if node is None:
        there.set("isHorizontal", "true")
    elif node.kind == "subProcess":
        there.set("isExpanded", "true")
    for old in list(there.iterchildren(f"{{{DC}}}Bounds")):
        there.remove(old)
    bounds = etree.Element(f"{{{DC}}}Bounds")
    for key, value in (("x", box.x), ("y", box.y), ("width", box.w), ("height", box.h)):
        bounds.set(key, f"{value:.0f}")
    there.insert(0, bounds)


def _edge(plane: Element, there: Element | None, name: str, points: Sequence[Point]) -> None:
    if there is None:
        there = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", bpmnElement=name)
    for old in list(there):
        there.remove(old)
    for x, y in points:
        etree.SubElement(there, f"{{{DI}}}waypoint", x=f"{x:.0f}", y=f"{y:.0f}")
