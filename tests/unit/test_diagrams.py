"""The drawing of a diagram says where the case stands, in shapes and words, and is sound SVG for any text."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

from web import diagram_shapes, diagrams

SVG = "{http://www.w3.org/2000/svg}"
DIAGRAMS = sorted(Path("workflows").glob("*/*.bpmn"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"


@dataclass(frozen=True)
class Shape:
    id: str
    kind: str
    name: str
    x: float
    y: float
    w: float
    h: float
    label: tuple | None = None
    event: str = ""
    is_interrupting: bool = True


@dataclass(frozen=True)
class Edge:
    id: str
    name: str
    source: str
    target: str
    waypoints: tuple
    label: tuple | None = None


@dataclass(frozen=True)
class Diagram:
    shapes: tuple
    edges: tuple


def box(element):
    found = element.find(f"{DC}Bounds") if element is not None else None
    return tuple(float(found.get(key)) for key in ("x", "y", "width", "height")) if found is not None else None


def read(path):
    root = ET.parse(path).getroot()
    elements = {element.get("id"): element for element in root.iter() if element.get("id")}
    shapes, edges = [], []
    for shape in root.iter(f"{BPMNDI}BPMNShape"):
        element = elements[shape.get("bpmnElement")]
        kind = element.tag.removeprefix(BPMN)
        events = [child.tag.removeprefix(BPMN) for child in element if child.tag.endswith("EventDefinition")]
        event = events[0].removesuffix("EventDefinition") if events else ""
        name, label = element.get("name", ""), box(shape.find(f"{BPMNDI}BPMNLabel"))
        keeps = element.get("cancelActivity") != "false"
        shapes.append(Shape(shape.get("bpmnElement"), kind, name, *box(shape), label, event, keeps))
    for edge in root.iter(f"{BPMNDI}BPMNEdge"):
        element = elements[edge.get("bpmnElement")]
        points = tuple((float(p.get("x")), float(p.get("y"))) for p in edge.iter(f"{DI}waypoint"))
        label = box(edge.find(f"{BPMNDI}BPMNLabel"))
        ends = element.get("sourceRef"), element.get("targetRef")
        edges.append(Edge(element.get("id"), element.get("name", ""), *ends, points, label))
    return Diagram(tuple(shapes), tuple(edges))


def drawn(diagram, **states):
    html = diagrams.svg(diagram, title="Stage 1", description="The answer is late.", **states)
    return html, ET.fromstring(html)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_shipped_diagram_is_drawn_whole(path):
    diagram = read(path)
    html, figure = drawn(diagram)
    words = " ".join(figure.itertext()).split()
    for named in (*diagram.shapes, *diagram.edges):
        assert all(word in words for word in named.name.split())
    assert len(list(figure.iter(f"{SVG}polyline"))) == len(diagram.edges)
    assert "style=" not in html


def test_states_are_told_by_marks_and_words_not_by_colour_alone():
    task = {"kind": "userTask", "w": 100, "h": 80, "y": 0}
    shapes = tuple(Shape(name.lower(), name=name, x=at * 150, **task) for at, name in enumerate(("Log", "Ask", "Answer")))
    _, figure = drawn(Diagram(shapes, ()), done=["log"], current=["ask"], late=["answer"])
    titles = [title.text for title in figure.iter(f"{SVG}title")]
    assert {"Log: done", "Ask: now", "Answer: late"} <= set(titles)
    words = [text for one in figure.iter(f"{SVG}text") for text in one.itertext()]
    assert "Now" in words
    assert "Late" in words
    classes = [rect.get("class") for rect in figure.iter(f"{SVG}rect")]
    assert [f"redress-shape redress-shape--{state}" in classes for state in ("done", "current", "late")] == [True] * 3


def test_the_figure_has_a_name_and_says_in_words_where_the_case_stands():
    _, figure = drawn(read(DIAGRAMS[0]))
    svg = next(figure.iter(f"{SVG}svg"))
    ids = {one.get("id") for one in figure.iter() if one.get("id")}
    assert svg.get("role") == "img"
    assert {svg.get("aria-labelledby"), svg.get("aria-describedby")} <= ids
    assert "The answer is late." in list(figure.itertext())


def test_names_are_text_and_never_markup():
    shape = Shape("a", "userTask", "<script>alert(1)</script> & so on", 0, 0, 100, 80)
    html, _ = drawn(Diagram((shape,), ()))
    assert "<script>" not in html


def test_everything_drawn_lies_in_the_view_box():
    diagram = Diagram(
        (Shape("a", "startEvent", "Begun", 200, 50, 36, 36, label=(150, 300, 90, 14)),),
        (Edge("f", "Yes", "a", "b", ((236, 68), (500, 68))),),
    )
    assert diagrams.extent(diagram) == (130, 30, 390, 304)


def test_a_flow_between_what_was_done_is_done():
    shapes = tuple(Shape(one, "userTask", one, at * 150, 0, 100, 80) for at, one in enumerate("abc"))
    edges = (Edge("ab", "", "a", "b", ((100, 40), (150, 40))), Edge("bc", "", "b", "c", ((250, 40), (300, 40))))
    _, figure = drawn(Diagram(shapes, edges), done=["a"], current=["b"])
    lines = [line.get("class") for line in figure.iter(f"{SVG}polyline")]
    assert lines == ["redress-flow redress-flow--done", "redress-flow"]


def test_text_is_broken_at_words_to_fit():
    lines = diagram_shapes.wrap("Decide what the resident says about it", 86)
    assert len(lines) > 1
    assert all(diagram_shapes.text_width(line) <= 86 for line in lines)
    assert diagram_shapes.wrap("", 86) == []
