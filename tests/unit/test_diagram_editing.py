"""Whatever can be drawn can be done by one change after another, and what comes of it is drawn whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine import diagram_editing, gate
from engine.diagram_editing import NotThere
from engine.diagrams import NODES, Flow, Node

STAGE, SPINE = "workflows/stages/investigated-stage.bpmn", "workflows/complaints/two-stage.bpmn"
FILES = {name: Path(name).read_bytes() for name in (STAGE, SPINE, "workflows/stages/review-panel.bpmn")}
KINDS = sorted(diagram_editing.KINDS)


def read(xml: bytes, file: str = STAGE):
    return gate.examine(xml, file).readable


def ends(xml: bytes, file: str = STAGE) -> set[tuple[str, str]]:
    return {(flow.source, flow.target) for flow in read(xml, file).flows}


def assert_drawn_whole(xml: bytes, file: str) -> None:
    """Every node and arrow has a place, and what each says of its arrows is so."""
    said = [one.what for one in gate.examine(xml, file).problems]
    assert not [one for one in said if "is not placed" in one or "names the arrow" in one or "is used twice" in one]
    diagram = read(xml, file)
    assert not any(math.isnan(shape.x) for shape in diagram.shapes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", FILES)
def test_what_is_put_on_an_arrow_and_taken_away_again_leaves_what_was(file, kind):
    before = FILES[file]
    for flow in read(before, file).flows[KINDS.index(kind) :: len(KINDS)]:
        after, name = diagram_editing.add(before, file, flow.id, kind, "Something new")
        assert (flow.source, name) in ends(after, file)
        assert (name, flow.target) in ends(after, file)
        assert_drawn_whole(after, file)
        assert ends(diagram_editing.remove(after, file, name), file) == ends(before, file)


def test_what_is_new_stands_beside_and_on_nothing():
    after, name = diagram_editing.add(FILES[STAGE], STAGE, "ready_to_answer_to_respond", "task", "Check it")
    boxes = {shape.id: shape for shape in read(after).shapes if shape.kind in ("userTask", "exclusiveGateway")}
    new = boxes.pop(name)
    for other in boxes.values():
        apart = new.x >= other.x + other.w or other.x >= new.x + new.w or new.y >= other.y + other.h
        assert apart or other.y >= new.y + new.h, other.id


def test_a_new_task_is_in_the_lane_of_what_comes_before():
    after, name = diagram_editing.add(FILES[STAGE], STAGE, "ready_to_answer_to_respond", "task", "Check it")
    assert read(after).node(name).lane == "handler"


def test_an_id_is_made_of_the_name_and_never_twice():
    after, first = diagram_editing.add(FILES[STAGE], STAGE, "ready_to_answer_to_respond", "task", "Respond!")
    after, second = diagram_editing.add(after, STAGE, "ready_to_answer_to_respond", "task", "審査")
    assert (first, second) == ("respond_2", "task")


def test_conditions_and_the_default_change_places():
    yes, no = "is_it_an_accepted_complaint_to_stage_1", "is_it_an_accepted_complaint_to_not_taken_further"
    after = diagram_editing.default(FILES[SPINE], SPINE, yes)
    after = diagram_editing.condition(after, SPINE, no, "triage == 'service_request'")
    gateway = read(after, SPINE).node("is_it_an_accepted_complaint")
    conditions = {flow.id: flow.condition for flow in read(after, SPINE).flows}
    assert gateway.default == yes
    assert (conditions[yes], conditions[no]) == (None, "triage == 'service_request'")
    assert gate.examine(after, SPINE).clean is not None


def test_messages_are_there_while_something_waits_for_them():
    after, name = diagram_editing.add(FILES[STAGE], STAGE, "ready_to_answer_to_respond", "message", "Wait for papers")
    after = diagram_editing.message(after, STAGE, name, "papers_came")
    assert "papers_came" in read(after).messages
    assert gate.examine(after, STAGE).clean is not None
    assert b"papers_came" not in diagram_editing.remove(after, STAGE, name)


def test_a_subprocess_goes_with_all_that_is_in_it():
    after = diagram_editing.remove(FILES[SPINE], SPINE, "handling")
    assert {node.id for node in read(after, SPINE).nodes} == {
        "complaint_received", "handling_ended", "withdrawn_end",
    }  # fmt: skip
    assert {shape.id for shape in read(after, SPINE).shapes} & {"stage_1", "withdrawn"} == set()


@pytest.mark.parametrize("name", ["", "nothing", "x" * 300, "<script>"])
def test_what_is_not_there_is_said(name):
    for change in (diagram_editing.remove, diagram_editing.default):
        with pytest.raises(NotThere):
            change(FILES[STAGE], STAGE, name)
    with pytest.raises(NotThere):
        diagram_editing.deadline(FILES[STAGE], STAGE, "respond", "response")


def acted(act: str, xml: bytes, file: str, flow: Flow, node: Node, data: Any) -> bytes:
    """The file after one act on an arrow or a node of it."""
    acts: dict[str, Callable[[], bytes]] = {
        "add": lambda: diagram_editing.add(xml, file, flow.id, data.draw(some.sampled_from(KINDS)), "New")[0],
        "remove": lambda: diagram_editing.remove(xml, file, node.id),
        "lead": lambda: diagram_editing.lead_to(xml, file, flow.id, node.id),
        "arrow": lambda: diagram_editing.add_arrow(xml, file, node.id, flow.target, "Yes"),
        "name": lambda: diagram_editing.name(xml, file, node.id, data.draw(some.text("ab <&é\n", max_size=9))),
        "condition": lambda: diagram_editing.condition(xml, file, flow.id, "triage == 'complaint'"),
        "default": lambda: diagram_editing.default(xml, file, flow.id),
    }
    return acts[act]()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.data())
def test_any_changes_one_after_another_leave_a_diagram_that_is_drawn_whole(data):
    file = data.draw(some.sampled_from(sorted(FILES)))
    xml = FILES[file]
    for _ in range(data.draw(some.integers(1, 5))):
        diagram = read(xml, file)
        if not diagram.flows:
            break
        flow = data.draw(some.sampled_from(diagram.flows))
        nodes = [one for one in diagram.nodes if one.kind in NODES and one.scope == flow.scope]
        node = data.draw(some.sampled_from(nodes or list(diagram.nodes)))
        act = data.draw(some.sampled_from(["add", "remove", "lead", "arrow", "name", "condition", "default"]))
        xml = acted(act, xml, file, flow, node, data)
        assert_drawn_whole(xml, file)
