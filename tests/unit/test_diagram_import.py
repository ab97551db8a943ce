"""A diagram of another modeler is brought in, or refused with what and where; nothing runs, nothing goes unseen."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from engine import gate, xml_text
from engine.diagram_import import brought
from engine.diagram_strangers import maker
from tests.hostile.code_in_diagrams import KINDS, diagram
from tests.hostile.exhausting_diagrams import SINGLE
from tests.unit.foreign_diagrams import MAKERS, many

FILE = "workflows/stages/review-panel.bpmn"
SHIPPED = sorted(Path("workflows").glob("*/*.bpmn"))
SPACES = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def whole(inside: str, more: str = "") -> bytes:
    process = f'<process id="Process_1" {more}>{inside}</process>'
    return f'<definitions {SPACES} id="d" targetNamespace="x">{process}</definitions>'.encode()


def of(*nodes: str, flows: str = "") -> bytes:
    return whole("".join(nodes) + flows, 'isExecutable="true"')


def arrow(name: str, source: str, target: str, more: str = "") -> str:
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}" {more}/>'


START, END = '<startEvent id="begun" name="Begun"/>', '<endEvent id="ended" name="Ended"/>'
TASK = '<userTask id="look" name="Look at it"/>'
TIMER = '<intermediateCatchEvent id="wait" name="Wait"><timerEventDefinition id="t"/></intermediateCatchEvent>'
#: what people really get wrong: a diagram with it, the words that must be said, and the element they are marked at
MISTAKES = {
    "a condition only in the label": (
        of(START, '<exclusiveGateway id="is_it" name="Is it?" default="f3"/>', TASK, END,
           flows=arrow("f1", "begun", "is_it") + arrow("f2", "is_it", "look", 'name="Yes"')
           + arrow("f3", "is_it", "ended", 'name="No"') + arrow("f4", "look", "ended")),
        "has its condition only in its label", "f2",
    ),
    "a timer without a time": (
        of(START, TIMER, END, flows=arrow("f1", "begun", "wait") + arrow("f2", "wait", "ended")),
        "is a timer without a time", "wait",
    ),
    "an arrow to nowhere": (
        of(START, TASK, END, flows=arrow("f1", "begun", "look") + arrow("f2", "look", "ended")
           + arrow("f3", "look", "gone")),
        "leads to 'gone', which is not in the diagram", "f3",
    ),
    "several arrows out of a task": (
        of(START, TASK, '<userTask id="other" name="Other"/>', END, flows=arrow("f1", "begun", "look")
           + arrow("f2", "look", "ended") + arrow("f3", "look", "other") + arrow("f4", "other", "ended")),
        "2 arrows leave the task 'Look at it'", "look",
    ),
    "no start": (of(TASK, END, flows=arrow("f2", "look", "ended")), "has no start", "review_panel"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_each_of_the_five_mistakes_gets_a_sentence_and_a_mark(name):
    xml, words, element = MISTAKES[name]
    made = brought(xml, FILE)
    assert made.xml is not None  # it may be kept in a draft, to be mended there
    found = [one for one in made.wrong if words in one.problem.what]
    assert [one.element for one in found] == [element]
    assert found[0].problem.mend


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_our_own_diagrams_come_in_as_they_are(path):
    made = brought(path.read_bytes(), path.as_posix())
    assert (made.dropped, made.changed, made.code, made.wrong) == ((), (), (), ())
    before, after = (gate.examine(xml, path.as_posix()).clean for xml in (path.read_bytes(), made.xml))
    assert b"".join(before.split()) == b"".join(after.split())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_nobody_drew_is_placed_and_said(path):
    text = path.read_text(encoding="utf-8")
    begins, ends = text.index("<bpmndi:BPMNDiagram"), text.index("</bpmndi:BPMNDiagram>") + len("</bpmndi:BPMNDiagram>")
    made = brought((text[:begins] + text[ends:]).encode(), path.as_posix())
    assert made.wrong == ()
    placed = {one.element for one in made.changed if "given a place" in one.what}
    assert {node.id for node in made.diagram.nodes} <= placed
    boxes = [(one.x, one.y, one.x + one.w, one.y + one.h) for one in made.diagram.shapes if one.kind == "userTask"]
    apart = [a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for a in boxes for b in boxes if a != b]
    assert all(apart)


@pytest.mark.parametrize("name", KINDS)
def test_code_wherever_the_library_would_run_it_is_refused_or_marked(name, tmp_path):
    made = brought(diagram(KINDS[name], tmp_path / "mark"), FILE)
    assert made.wrong
    assert gate.examine(made.xml or b"", FILE).clean is None
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("name", SINGLE)
def test_what_would_exhaust_the_machine_is_refused_in_good_time(name):
    begun = time.process_time()
    made = brought(SINGLE[name][0], FILE)
    assert time.process_time() - begun < 5
    assert made.xml is None or gate.examine(made.xml, FILE).clean is None or made.dropped
    assert made.wrong or made.dropped or made.changed


def test_what_says_nothing_here_is_left_out_and_listed_by_name_and_element():
    task = '<userTask id="look" name="Look at it" camunda:assignee="demo" camunda:formKey="f"/>'
    made = brought(of(START, task, END, flows=arrow("f1", "begun", "look") + arrow("f2", "look", "ended")), FILE)
    assert [(one.element, one.name, one.what) for one in made.dropped] == [
        ("look", "Look at it", "Camunda: assignee (demo)"),
        ("look", "Look at it", "Camunda: formKey (f)"),
    ]
    assert made.wrong == ()
    assert b"camunda:" not in made.xml


def test_what_carries_code_goes_only_when_a_person_says_so():
    task = '<userTask id="look" name="Look at it" camunda:assignee="${boss}"/>'
    xml = of(START, task, END, flows=arrow("f1", "begun", "look") + arrow("f2", "look", "ended"))
    refused = brought(xml, FILE)
    assert refused.is_refused
    assert [(one.element, one.what) for one in refused.code] == [("look", "Camunda: assignee (${boss})")]
    assert refused.problems[0].element == "look"
    kept = brought(xml, FILE, without_code=True)
    assert b"boss" not in kept.xml
    assert [one.what for one in kept.dropped] == ["Camunda: assignee (${boss})"]
    assert kept.wrong == ()


def test_ids_become_words_wherever_they_stand_and_the_process_is_called_as_its_file():
    xml = of(
        '<startEvent id="StartEvent_1" name="Begun"/>', '<task id="Activity_0x" name="Look at it"/>',
        '<endEvent id="sid-77" name="Ended"/>',
        flows=arrow("Flow_1", "StartEvent_1", "Activity_0x") + arrow("Flow_2", "Activity_0x", "sid-77"),
    )  # fmt: skip
    made = brought(xml, FILE)
    assert [node.id for node in made.diagram.nodes] == ["begun", "look_at_it", "ended"]
    ends = [(flow.source, flow.target) for flow in made.diagram.flows]
    assert ends == [("begun", "look_at_it"), ("look_at_it", "ended")]
    assert made.diagram.process == "review_panel"
    said = {one.element: one.what for one in made.changed if "has the id" in one.what}
    assert said["look_at_it"] == "had the id Activity_0x, and has the id look_at_it"
    assert made.diagram.node("look_at_it").kind == "userTask"
    assert made.wrong == ()


def test_hundreds_of_foreign_files_come_in_or_are_refused_with_what_and_where():
    begun = time.process_time()
    for number, one in enumerate(many(seed=4, count=450)):
        made = brought(one.xml, FILE)
        place = f"file {number} of {one.maker}"
        assert made.is_refused == one.has_code, place
        known = (maker(MAKERS[one.maker]), "expressionLanguage")
        assert all(told.what.startswith(known) for told in (*made.dropped, *made.code)), place
        for marked in made.wrong:
            assert marked.problem.what.endswith((".", "?", "!")), place
            assert marked.problem.mend, place
            assert marked.element or marked.problem.line > 0, place
        drawn = {one.id for one in (*made.diagram.nodes, *made.diagram.flows)} | {made.diagram.process, ""}
        assert {marked.element for marked in made.problems} <= drawn | {told.element for told in made.code}, place
        if made.xml is not None:
            again = brought(made.xml, FILE)
            assert (again.dropped, again.changed, again.xml) == ((), (), made.xml), place
        assert bool(made.wrong) or not one.mistakes, place
    assert time.process_time() - begun < 60


def test_no_mutation_of_a_file_makes_bringing_it_in_fail():
    chance = random.Random(20261122)
    pieces = [
        b"<",
        b">",
        b'"',
        b"&",
        b"</bpmn:process>",
        b"\xc3\xa9",
        b"bpmn:",
        b" id=",
        b"\x00",
        b"]]>",
        b"<!--",
        b"'",
    ]
    files = [one.xml for one in many(seed=5, count=12)] + [path.read_bytes() for path in SHIPPED]
    for _ in range(500):
        xml = chance.choice(files)
        for _ in range(chance.randrange(1, 5)):
            at, length = chance.randrange(len(xml)), chance.choice((0, 1, 5, 60))
            xml = xml[:at] + chance.choice([*pieces, xml[at : at + 90]]) + xml[at + length :]
        made = brought(xml, FILE)
        assert made.xml is not None or made.wrong
        if made.xml is not None:
            assert xml_text.read(made.xml, FILE)[1] == []


def test_a_diagram_of_a_megabyte_is_answered_within_seconds():
    tasks = "".join(f'<userTask id="T{at}" name="{"long " * 90}"/>' for at in range(1_000))
    flows = "".join(arrow(f"f{at}", f"T{at}", f"T{at + 1}", f'name="{"words " * 60}"') for at in range(999))
    xml = of(START, tasks, END, flows=flows + arrow("fa", "begun", "T0") + arrow("fz", "T999", "ended"))
    assert 900_000 < len(xml) < 1_000_000
    begun = time.process_time()
    made = brought(xml, FILE)
    assert time.process_time() - begun < 5
    assert any(one.problem.what.startswith("There are 1002 tasks") for one in made.wrong)
    longer = brought(xml + b" " * 200_000, FILE)
    assert longer.is_refused
    assert "the most that is read is 1,000,000" in longer.wrong[0].problem.what
