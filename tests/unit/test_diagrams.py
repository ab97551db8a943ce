"""The drawing of a diagram says where the case stands, in shapes and words, and is sound SVG for any text."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from engine import gate
from engine.diagrams import Diagram, Edge, Shape
from web import diagram_shapes, diagrams

SVG = "{http://www.w3.org/2000/svg}"
DIAGRAMS = sorted(Path("workflows").glob("*/*.bpmn"))


def read(path):
    clean, problems = gate.clean(path.read_bytes(), path.name)
    assert clean is not None, problems
    return gate.read_diagram(clean, path.name)


def diagram(shapes, edges=()):
    nothing = {"process": "p", "name": "", "file": "", "line": 1, "nodes": (), "flows": (), "lanes": (), "messages": {}}
    return Diagram(**nothing, shapes=tuple(shapes), edges=tuple(edges))


def task(name, x=0.0):
    return Shape(name.lower(), "userTask", name, x, 0, 100, 80)


def drawn(drawing, **states):
    html = diagrams.svg(drawing, title="Stage 1", description="The answer is late.", **states)
    return html, ET.fromstring(html)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_shipped_diagram_is_drawn_whole(path):
    drawing = read(path)
    html, figure = drawn(drawing)
    words = " ".join(figure.itertext()).split()
    for named in (*drawing.shapes, *drawing.edges):
        assert all(word in words for word in named.name.split())
    assert len(list(figure.iter(f"{SVG}polyline"))) == len(drawing.edges)
    assert "style=" not in html


def test_states_are_told_by_marks_and_words_not_by_colour_alone():
    shapes = [task(name, at * 150) for at, name in enumerate(("Log", "Ask", "Answer"))]
    _, figure = drawn(diagram(shapes), done=["log"], current=["ask"], late=["answer"])
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
    html, _ = drawn(diagram([task("<script>alert(1)</script> & so on")]))
    assert "<script>" not in html


def test_everything_drawn_lies_in_the_view_box():
    begun = Shape("a", "startEvent", "Begun", 200, 50, 36, 36, label=(150, 300, 90, 14))
    yes = Edge("f", "a", "b", "Yes", ((236, 68), (500, 68)))
    assert diagrams.extent(diagram([begun], [yes])) == (130, 30, 390, 304)


def test_a_flow_between_what_was_done_is_done():
    shapes = [task(name, at * 150) for at, name in enumerate("abc")]
    edges = [Edge("ab", "a", "b", "", ((100, 40), (150, 40))), Edge("bc", "b", "c", "", ((250, 40), (300, 40)))]
    _, figure = drawn(diagram(shapes, edges), done=["a"], current=["b"])
    lines = [line.get("class") for line in figure.iter(f"{SVG}polyline")]
    assert lines == ["redress-flow redress-flow--done", "redress-flow"]


def test_text_is_broken_at_words_to_fit():
    lines = diagram_shapes.wrap("Decide what the resident says about it", 86)
    assert len(lines) > 1
    assert all(diagram_shapes.text_width(line) <= 86 for line in lines)
    assert diagram_shapes.wrap("", 86) == []


def test_the_answer_of_a_decision_that_was_not_given_is_not_drawn_as_taken():
    promised = Edge("yes", "is_promised", "acknowledge", "Yes", ((0, 0), (9, 0)))
    not_promised = Edge("no", "is_promised", "ready", "No", ((0, 0), (9, 9)))
    after = Edge("after", "acknowledge", "ready", "", ((9, 0), (9, 9)))
    states = {"is_promised": "done", "acknowledge": "done", "ready": "done"}
    assert diagrams._taken([promised, not_promised, after], states) == {"yes", "after"}
    assert diagrams._taken([promised, not_promised, after], {"is_promised": "done", "ready": "done"}) == {"no"}


def test_what_a_draft_changes_is_told_by_words_on_shapes_and_arrows():
    shapes = [task(name, at * 150) for at, name in enumerate(("Log", "Ask", "Answer"))]
    led = Edge("f", "log", "ask", "", ((100, 40), (150, 40)))
    marks = {"log": "added", "ask": "removed", "answer": "changed", "f": "added"}
    _, figure = drawn(diagram(shapes, [led]), marks=marks)
    assert {"Log: new", "Ask: gone", "Answer: changed"} <= {title.text for title in figure.iter(f"{SVG}title")}
    words = [text for one in figure.iter(f"{SVG}text") for text in one.itertext()]
    assert [words.count(one) for one in ("New", "Gone", "Changed")] == [2, 1, 1]
    lines = [line.get("class") for line in figure.iter(f"{SVG}polyline")]
    assert lines == ["redress-flow redress-flow--added"]


def test_a_problem_is_marked_with_its_number_where_it_is():
    led = Edge("f", "log", "ask", "", ((100, 40), (150, 40)))
    _, figure = drawn(diagram([task("Log"), task("Ask", 150)], [led]), problems={"log": "1, 3", "f": "2"})
    words = [text for one in figure.iter(f"{SVG}text") for text in one.itertext()]
    assert {"! 1, 3", "! 2"} <= set(words)
    assert "Log: problem" in {title.text for title in figure.iter(f"{SVG}title")}


def test_what_has_no_place_is_left_out_of_the_picture():
    nowhere = Shape("lost", "userTask", "Lost", *(float("nan"),) * 4)
    unled = Edge("f", "log", "lost", "", ((float("nan"), 1.0), (2.0, 3.0)))
    html, _ = drawn(diagram([task("Log"), nowhere], [unled]), marks={"lost": "added"}, problems={"f": "1"})
    assert "Log" in html
    assert "nan" not in html
