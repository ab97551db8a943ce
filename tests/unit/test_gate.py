"""What passes the gate, what it says of the rest, and what a diagram becomes. The messages themselves stand in
`tests/broken/workflows`, the attacks in `tests/hostile`."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import gate
from engine.gate import Diagram
from engine.problems import Broken, only_problems
from tests.hostile.drawing import (
    GOOD,
    GOOD_ARROWS,
    GOOD_NODES,
    A,
    N,
    date,
    draw,
    end,
    message,
    parallel,
    start,
    task,
    timer,
)

SHIPPED = sorted(Path(__file__).parents[2].glob("workflows/*/*.bpmn"))
KNOWN = frozenset({"triage", "is_request_in_time"})


def diagram(xml: bytes = GOOD) -> Diagram:
    found = gate.examine(xml, "good.bpmn", KNOWN)
    assert found.problems == ()
    assert found.diagram is not None
    return found.diagram


def said(xml: bytes) -> list[str]:
    clean, problems = gate.clean(xml, "f.bpmn", KNOWN)
    assert (clean is None) is bool(only_problems(problems))
    return [str(problem) for problem in problems]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_diagram_passes_without_a_remark(path: Path) -> None:
    clean, problems = gate.clean(path.read_bytes(), path.name)
    assert clean is not None
    assert problems == []
    assert gate.clean(clean, path.name) == (clean, [])


def test_what_goes_on_says_the_same_as_what_was_drawn() -> None:
    clean, _ = gate.clean(GOOD, "good.bpmn")
    assert clean is not None
    again, drawn = gate.read_diagram(clean, "good.bpmn"), diagram()
    assert [node.id for node in again.nodes] == [node.id for node in drawn.nodes]
    assert [flow.condition for flow in again.flows] == [flow.condition for flow in drawn.flows]
    assert [(shape.id, shape.x, shape.y, shape.w, shape.h) for shape in again.shapes] == [
        (shape.id, shape.x, shape.y, shape.w, shape.h) for shape in drawn.shapes
    ]


def test_a_diagram_says_what_stands_in_it_and_where() -> None:
    found = diagram()
    assert (found.process, found.name, found.file) == ("small", "A process", "good.bpmn")
    assert [(one.id, one.name, one.kind, one.lane) for one in found.tasks] == [("answer", "Answer", "userTask", "desk")]
    lines = GOOD.decode().splitlines()
    assert all(f'id="{node.id}"' in lines[node.line - 1] for node in found.nodes)
    assert all(f'id="{flow.id}"' in lines[flow.line - 1] for flow in found.flows)
    assert [(one.id, one.deadline) for one in found.timers] == [("time_is_up", "stage_2.request_window")]
    assert list(found.messages) == ["satisfied"]
    assert [one.condition for one in found.conditions] == ["triage == 'complaint'"]
    answer = next(shape for shape in found.shapes if shape.id == "answer")
    assert (answer.kind, answer.name, answer.w, answer.h, answer.label) == ("userTask", "Answer", 100, 80, None)
    edge = next(edge for edge in found.edges if edge.id == "answer_to_what_comes")
    assert (edge.source, edge.target, edge.waypoints) == ("answer", "what_comes", ((0, 0), (50, 50.5)))


def test_labels_boundaries_and_ends_are_known_to_whoever_draws_them() -> None:
    spine = gate.read_diagram(next(p for p in SHIPPED if p.stem == "two-stage").read_bytes(), "two-stage.bpmn")
    withdrawn = next(shape for shape in spine.shapes if shape.id == "withdrawn")
    assert (withdrawn.kind, withdrawn.event, withdrawn.is_interrupting) == ("boundaryEvent", "message", True)
    assert withdrawn.label is not None
    stage = gate.read_diagram(next(p for p in SHIPPED if p.stem == "investigated-stage").read_bytes(), "s.bpmn")
    kinds = {shape.id: (shape.event, shape.is_interrupting) for shape in stage.shapes}
    assert kinds["extension_given"] == ("message", False)
    assert kinds["complaint_answered"] == ("terminate", True)
    inner = spine.node("decide_late_request")
    assert inner is not None
    assert (inner.scope, inner.lane) == ("handling", "desk")


def test_bytes_that_are_no_xml_have_no_diagram() -> None:
    with pytest.raises(Broken, match="no XML file"):
        gate.read_diagram(b"hello", "f.bpmn")


def test_a_condition_speaks_only_of_what_is_known() -> None:
    assert said(GOOD.replace(b"triage ==", b"tirage ==")) == [
        "f.bpmn:25: In the condition of the arrow 'Answer': 'tirage' is not something that can be asked here. "
        "Did you mean 'triage'?"
    ]


def test_every_problem_of_a_file_is_reported_at_once() -> None:
    wrong = GOOD.replace(b"triage ==", b"triage =").replace(b"stage_2.request_window", b"PT5S")
    wrong = wrong.replace(b'name="Answer" ', b"", 1).replace(b'id="answer_shape"', b'id="begun_shape"')
    assert [int(one.split(":")[1]) for one in said(wrong)] == [17, 21, 25, 38]


def test_problems_without_number_are_cut_short() -> None:
    found = said(GOOD.replace(b"</bpmn:process>", b"<bpmn:scriptTask/>" * 500 + b"</bpmn:process>"))
    assert len(found) <= gate.MOST_PROBLEMS + 1


def test_what_a_modeler_notes_for_itself_is_left_out_with_a_remark() -> None:
    noted = GOOD.replace(
        b"<bpmn:definitions ",
        b'<bpmn:definitions xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="x" ',
    )
    clean, problems = gate.clean(noted, "f.bpmn")
    assert clean is not None
    assert b"modeler" not in clean
    assert [problem.severity for problem in problems] == ["remark"]


def test_properties_for_another_engine_are_left_out_and_its_scripts_refused() -> None:
    zeebe = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    inside = f"<bpmn:extensionElements><zeebe:properties {zeebe}>{{}}</zeebe:properties></bpmn:extensionElements>"
    nodes = {
        what: [N("userTask", "answer", inside=inside.format(what)) if one.id == "answer" else one for one in GOOD_NODES]
        for what in ('<zeebe:property name="a" value="b" />', '<zeebe:script expression="1" />')
    }
    found = [gate.clean(draw(drawn, GOOD_ARROWS, messages=["satisfied"]), "f.bpmn") for drawn in nodes.values()]
    assert [(clean is not None, [one.severity for one in problems]) for clean, problems in found] == [
        (True, ["remark"]), (False, ["problem"]),
    ]  # fmt: skip
    assert b"zeebe" not in (found[0][0] or b"")


def test_any_prefix_or_none_is_the_same_diagram() -> None:
    plain = GOOD.replace(b"xmlns:bpmn=", b"xmlns=").replace(b"<bpmn:", b"<").replace(b"</bpmn:", b"</")
    assert gate.clean(plain, "f.bpmn") == gate.clean(GOOD, "f.bpmn")


def test_comments_and_instructions_do_not_go_on() -> None:
    clean, problems = gate.clean(GOOD.replace(b"<bpmn:process ", b"<?php x ?><!-- hello --><bpmn:process "), "f.bpmn")
    assert clean is not None
    assert problems == []
    assert b"hello" not in clean
    assert b"php" not in clean


def test_an_empty_holder_of_extensions_is_nothing() -> None:
    inside = N("userTask", "answer", inside="<bpmn:extensionElements></bpmn:extensionElements>")
    nodes = [inside if node.id == "answer" else node for node in GOOD_NODES]
    clean, _ = gate.clean(draw(nodes, GOOD_ARROWS, messages=["satisfied"]), "f.bpmn")
    assert clean is not None
    assert b"extensionElements" not in clean


def test_a_repeatable_message_is_a_wait_that_comes_back_to_itself() -> None:
    nodes = [
        start(), task("respond"), end("answered", "<bpmn:terminateEventDefinition />"),
        message("extension_given", kind="boundaryEvent", more='attachedToRef="respond" cancelActivity="false"'),
        N("exclusiveGateway", "given_before"), message("given_again", "extension_given"),
    ]  # fmt: skip
    arrows = [
        A("begun", "respond"), A("respond", "answered"), A("extension_given", "given_before"),
        A("given_before", "given_again"), A("given_again", "given_before"),
    ]  # fmt: skip
    assert diagram(draw(nodes, arrows, messages=["extension_given"])).messages.keys() == {"extension_given"}


def test_what_runs_beside_a_task_does_not_run_into_what_follows_it() -> None:
    nodes = [
        start(), task("respond"), N("exclusiveGateway", "either"), task("close"), end(),
        message("extension_given", kind="boundaryEvent", more='attachedToRef="respond" cancelActivity="false"'),
    ]  # fmt: skip
    arrows = [A("begun", "respond"), A("respond", "either"), A("extension_given", "either"), A("either", "close"),
              A("close", "ended")]  # fmt: skip
    assert "reached by two paths at the same time" in said(draw(nodes, arrows, messages=["extension_given"]))[0]


def test_paths_side_by_side_meet_in_a_parallel_gateway() -> None:
    nodes = [start(), parallel("both"), task("answer"), task("call_them"), parallel("both_done"), end()]
    arrows = [A("begun", "both"), A("both", "answer"), A("both", "call_them"), A("answer", "both_done"),
              A("call_them", "both_done"), A("both_done", "ended")]  # fmt: skip
    assert len(diagram(draw(nodes, arrows)).tasks) == 2


def test_a_deadline_that_leads_back_to_its_own_task_would_turn_for_ever() -> None:
    nodes = [start(), N("exclusiveGateway", "again"), task("respond"), end(),
             timer("late", date("response"), kind="boundaryEvent", more='attachedToRef="respond"')]  # fmt: skip
    arrows = [A("begun", "again"), A("again", "respond"), A("respond", "ended"), A("late", "again")]
    assert "could turn for ever" in said(draw(nodes, arrows))[0]


def test_a_loop_through_a_person_is_no_problem() -> None:
    nodes = [start(), N("exclusiveGateway", "again"), task("respond"),
             N("exclusiveGateway", "is_it_done", 'default="is_it_done_to_again"'), end()]  # fmt: skip
    arrows = [A("begun", "again"), A("again", "respond"), A("respond", "is_it_done"),
              A("is_it_done", "ended", "is_request_in_time"), A("is_it_done", "again")]  # fmt: skip
    assert len(diagram(draw(nodes, arrows)).tasks) == 1


def test_a_task_outside_every_lane_is_nobodys() -> None:
    assert said(GOOD.replace(b"<bpmn:flowNodeRef>answer</bpmn:flowNodeRef>", b"")) == [
        "f.bpmn:17: The task 'Answer' is in no lane, so nobody's. Put it in a lane."
    ]
