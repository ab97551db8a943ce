"""The ways of real modelers, each in a small file made in its manner: what comes in, and that nothing goes unsaid.

What the exports of a dozen vendors do was read in their own files, which `python -m tests.bench.foreign_diagrams` takes
from any folder; what stands here was written for these tests.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine import diagram_report
from engine.diagram_import import Brought, brought
from engine.diagram_marks import Marked
from engine.problems import Problem
from tests.bench import foreign_diagrams
from tests.unit.foreign_diagrams import many

FILE = "workflows/stages/review-panel.bpmn"
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPACES = (
    f'xmlns="{MODEL}" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:tns="urn:x" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:adonis="http://www.boc-group.com" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
)
NODES = (
    '<startEvent id="begun" name="Begun"/><task id="look" name="Look at it">{task}</task><endEvent id="ended" '
    'name="Ended"/><sequenceFlow id="f1" sourceRef="begun" targetRef="look"/>'
    '<sequenceFlow id="f2" sourceRef="look" targetRef="ended">{flow}</sequenceFlow>'
)


def whole(
    *, task: str = "", flow: str = "", more: str = "", beside: str = "", drawn: str = "", head: str = "", pool: str = ""
) -> str:
    """A diagram of one task: with something in the task, in an arrow, in the process, beside it, drawn, or before."""
    nodes = NODES.format(task=task, flow=flow)
    plane = f'<di:BPMNDiagram><di:BPMNPlane bpmnElement="tns:p">{drawn}</di:BPMNPlane></di:BPMNDiagram>'
    return (
        f'{head}<definitions {SPACES} targetNamespace="urn:x">\n{pool}\n<process id="p" name="P">\n{nodes}\n{more}'
        f"</process>\n{beside}\n{plane if drawn else ''}</definitions>"
    )


def came_in(text: str | bytes, file: str = FILE) -> Brought:
    """It comes in with nothing wrong and nothing untold."""
    xml = text.encode() if isinstance(text, str) else text
    made = brought(xml, file)
    assert made.xml is not None
    assert [str(one.problem) for one in made.wrong] == []
    assert list(foreign_diagrams.untold(xml, made)) == []
    return made


def left(made: Brought) -> list[tuple[str, str]]:
    return [(one.name, one.what) for one in made.dropped]


@pytest.mark.parametrize(
    ("name", "how"), [("windows-1252", "cp1252"), ("ISO-8859-1", "latin-1"), ("UTF-16", "utf-16"), ("utf-16", "utf-8")]
)
def test_a_file_in_another_encoding_is_read_and_said(name, how):
    text = whole(head=f'<?xml version="1.0" encoding="{name}"?>\n').replace("Look at it", "Prüfe es")
    made = came_in(text.encode(how))
    assert made.diagram.node("look").name == "Prüfe es"
    assert ("the file", f"was written in {name}, and is UTF-8 now") in [(one.name, one.what) for one in made.changed]


def test_what_is_in_no_encoding_that_is_read_is_refused_in_a_sentence():
    made = brought(whole(head='<?xml version="1.0" encoding="UTF-7"?>\n').encode(), FILE)
    assert made.xml is None
    assert "This file says that it is 'UTF-7'." in str(made.wrong[0].problem)
    assert brought("<?xml version='1.0'?>Prüfe".encode("latin-1"), FILE).xml is None


def test_an_empty_line_before_the_declaration_does_no_harm():
    came_in(whole(head='\n  <?xml version="1.0" encoding="UTF-8"?>\n'))


def test_data_is_left_out_with_what_led_to_it_and_what_drew_it():
    made = came_in(
        whole(
            task='<ioSpecification id="io"><inputSet/><outputSet/></ioSpecification>',
            more='<dataObject id="o" name="Papers"/><dataObjectReference id="r" dataObjectRef="o" name="The papers"/>'
            '<association id="a" sourceRef="look" targetRef="r"/>',
            beside='<itemDefinition id="i"/><dataStore id="s" name="Archive"/><signal id="g" name="Alarm"/>',
            drawn='<di:BPMNShape bpmnElement="r"><dc:Bounds x="1" y="2" width="36" height="50"/></di:BPMNShape>',
        )
    )
    assert left(made) == [
        ("i", "item definition: what is known belongs in forms here"),
        ("Archive", "data store: what is known belongs in forms here"),
        ("Alarm", "signal: only a name for other parts of the file"),
        ("Papers", "data object: what is known belongs in forms here"),
        ("The papers", "data object reference: what is known belongs in forms here"),
        ("Look at it", "io specification: what is known belongs in forms here"),
        ("from Look at it to The papers", "a dotted line to something that is not in the diagram"),
    ]
    assert b"The papers" not in made.xml


def test_whether_a_start_interrupts_says_nothing_where_there_is_nothing_to_interrupt():
    made = came_in(whole().replace('<startEvent id="begun"', '<startEvent id="begun" isInterrupting="false"'))
    assert left(made) == [("Begun", "isInterrupting (false)")]


def test_code_that_stands_within_data_is_told_as_code():
    held = '<itemDefinition id="i"><extensionElements><camunda:script>x()</camunda:script></extensionElements>'
    made = brought(whole(beside=f"{held}</itemDefinition>").encode(), FILE)
    assert made.is_refused
    assert [one.element for one in made.code] == ["i"]


def test_data_that_another_engine_would_work_out_is_code():
    inside = "<assignment><from>a()</from><to>b</to></assignment>"
    made = brought(whole(task=f'<dataInputAssociation id="d">{inside}</dataInputAssociation>').encode(), FILE)
    assert made.xml is None
    assert [(one.name, one.what) for one in made.code] == [
        ("Look at it", "data input association: what is known belongs in forms here")
    ]


def test_a_pool_in_which_nothing_is_drawn_goes_with_what_it_sends():
    pool = (
        '<collaboration id="c"><participant id="ours" name="Office" processRef="tns:p"/>'
        '<participant id="theirs" name="Resident"/><messageFlow id="m" sourceRef="theirs" targetRef="look"/>'
        '</collaboration>\n<process id="void" name="Nothing" processType="None"/>'
    )
    drawn = "".join(
        f'<di:BPMNShape bpmnElement="{one}"><dc:Bounds x="0" y="{at * 300}" width="600" height="200"/></di:BPMNShape>'
        for at, one in enumerate(("p", "theirs"))
    )
    made = came_in(whole(pool=pool, drawn=drawn))
    assert left(made) == [
        ("from Resident to Look at it", "message flow: what passes between pools is not read here"),
        ("Nothing", "a process in which nothing is drawn"),
        ("Resident", "a pool in which nothing is drawn"),
    ]
    assert made.diagram.participant == "ours"
    assert ("Office", "was drawn as a process, and is drawn as the pool it is") in [
        (one.name, one.what) for one in made.changed
    ]


def test_two_pools_that_both_do_something_are_told_apart_by_their_names():
    other = '<process id="second" name="The bank"><task id="t" name="Pay"/></process>'
    made = brought(whole(beside=other).encode(), FILE)
    assert any("is a second process in this file" in one.problem.what for one in made.wrong)
    assert made.xml is not None


def test_an_arrow_a_node_speaks_of_wrongly_is_taken_as_it_is_drawn():
    said = "<incoming>f1</incoming><incoming>a1</incoming><outgoing>f1</outgoing>"
    made = came_in(whole(task=said))
    assert left(made) == [
        ("Look at it", "incoming: it names an arrow that is drawn otherwise (a1)"),
        ("Look at it", "outgoing: it names an arrow that is drawn otherwise (f1)"),
    ]


def test_how_a_place_is_written_is_rounded_and_said_once():
    shape = (
        '<di:BPMNShape bpmnElement="tns:look"><dc:Bounds x="{0}" y="-0.00000000000001" width="110.50000000000001" {1}/>'
    )
    drawn = shape.format("1.1E2", 'height="80"') + "</di:BPMNShape>"
    made = came_in(whole(drawn=drawn))
    assert [one.what for one in made.changed if one.name == "the drawing"] == [
        "has 3 places given more exactly than is read, rounded to a hundredth"
    ]
    assert (made.diagram.shapes[0].x, made.diagram.shapes[0].w) == (110, 110.5)


def test_what_eclipse_adds_to_every_line_is_left_out_and_listed_as_one_kind():
    point = '<dd:waypoint xsi:type="dc:Point" x="{0}" y="2"/>'
    edge = '<di:BPMNEdge id="e{0}" bpmnElement="f{0}" sourceElement="a" targetElement="b">{1}</di:BPMNEdge>'
    shape = '<di:BPMNShape bpmnElement="{0}"><dc:Bounds x="{1}" y="0" width="40" height="40"/></di:BPMNShape>'
    boxes = "".join(shape.format(name, at * 100) for at, name in enumerate(("begun", "look", "ended")))
    lines = "".join(edge.format(at, point.format(at * 40) + point.format(at * 99)) for at in (1, 2))
    made = came_in(whole(drawn=boxes + lines))
    assert {one.what: len(one.places) for one in diagram_report.kinds(made.dropped)} == {
        "sourceElement": 2, "targetElement": 2, "the XML standard: type": 2,
    }  # fmt: skip


def test_what_one_modeler_notes_at_many_places_is_one_entry():
    text = whole().replace('name="', 'xmlns:ot="urn:tracker" ot:alias="a (b)" name="')
    [kind] = diagram_report.kinds(came_in(text).dropped)
    assert (kind.what, len(kind.places)) == ("another modeler, urn:tracker: alias", 4)
    assert kind.places[1] == "Begun (a (b))"


def test_what_has_no_id_is_given_one():
    text = whole().replace(' id="f1"', "").replace('<process id="p"', "<process")
    made = came_in(text)
    assert ("sequence_flow", "had no id, and has the id sequence_flow") in [(o.element, o.what) for o in made.changed]
    assert made.diagram.process == "review_panel"


def test_an_empty_mark_of_another_engine_is_no_code_and_one_that_says_something_is():
    held = "<extensionElements>{}</extensionElements>"
    made = came_in(whole(flow=held.format("<adonis:connector/>")))
    assert left(made) == [("from Look at it to Ended", "ADONIS: connector")]
    refused = brought(whole(flow=held.format('<adonis:connector run="x"/>')).encode(), FILE)
    assert [one.what for one in refused.code] == ["ADONIS: connector (x)"]


def test_comments_and_instructions_are_listed_with_their_line():
    made = came_in(whole(head="<?pi for nobody?>\n<!-- made by hand -->\n", more="<!-- ask Jo -->"))
    assert [(one.line, one.what) for one in made.dropped] == [
        (1, "an instruction to a program (pi for nobody)"),
        (2, "a comment (made by hand)"),
        (7, "a comment (ask Jo)"),
    ]


@pytest.mark.parametrize(
    "more", ["<!---->" * 140_000, "<?a?>" * 190_000, "<lane/>" * 5_900, "<incoming>q</incoming>" * 5_900]
)
def test_much_of_the_like_costs_no_more_than_its_length(more):
    begun = time.process_time()
    made = brought(whole(task=more).encode(), FILE)
    assert made.dropped or made.changed
    assert time.process_time() - begun < 5


def test_a_file_with_code_is_told_of_all_that_is_wrong_on_its_own_lines():
    text = whole(task="<extensionElements>\n\n<camunda:script>x()</camunda:script></extensionElements>")
    text = text.replace('<endEvent id="ended" name="Ended"/>', '\n<endEvent id="Event_9" name=""/>').replace(
        'targetRef="ended"', 'targetRef="Event_9"'
    )
    made = brought(text.encode(), FILE)
    assert made.is_refused
    assert [(one.element, one.problem.line, one.problem.what) for one in made.wrong] == [
        ("look", 6, "'Look at it' carries what another engine would run (Camunda: script (x()))."),
        ("end_event", 7, "The end 'end_event' has no name."),
    ]
    assert "Event_9" in text.splitlines()[6]


def test_the_mark_of_code_stands_at_the_element_under_the_id_it_has_now():
    text = whole(task="<extensionElements><camunda:script>x()</camunda:script></extensionElements>")
    made = brought(text.replace('"look"', '"Activity_07"').encode(), FILE)
    assert made.wrong[0].element == "look_at_it"
    assert made.diagram.node("look_at_it") is not None


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<startEvent id='s2' name='Mail'><messageEventDefinition/></startEvent>",
         "'Mail' is a start that waits for something (message event)."),
        ("<endEvent id='e2' name='Done'><errorEventDefinition/></endEvent>",
         "'Done' is an end that does something (error event)."),
        ("<intermediateThrowEvent id='t' name='Sent'/>",
         "'Sent' is an intermediate throw event, which diagrams here do not have."),
        ("<intermediateCatchEvent id='c' name='Alarm'><signalEventDefinition/></intermediateCatchEvent>",
         "'Alarm' is a signal event, which diagrams here do not have."),
        ("<subProcess id='u' name='Call' triggeredByEvent='true'/>",
         "'Call' is an event subprocess (triggeredByEvent), which cannot be done here."),
        ("<userTask id='w' name='Undo' isForCompensation='true'/>",
         "'Undo' is done only to undo something (isForCompensation), which cannot be done here."),
    ],
)  # fmt: skip
def test_what_cannot_be_had_here_is_said_in_words_with_a_way_to_draw_it(inside, said):
    found = [one.problem for one in brought(whole(more=inside).encode(), FILE).wrong]
    assert [one.what for one in found if one.what == said] == [said]
    assert all(one.mend.endswith((".", "?")) for one in found)


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        (
            '<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>',
            "written for 'http://schema.omg.org/spec/BPMN/2.0'",
        ),
        ("<definitions/>", "it does not say that it is BPMN 2.0"),
        (f'<process xmlns="{MODEL}"/>', "a piece of a BPMN file: it begins with 'process'"),
        ('<Package xmlns="http://www.wfmc.org/2008/XPDL2.1"/>', "This is no BPMN file: it begins with 'Package'"),
    ],
)
def test_what_is_no_diagram_is_refused_with_what_it_is(begins, said):
    made = brought(begins.encode(), FILE)
    assert made.is_refused
    assert said in made.wrong[0].problem.what


def test_eighty_mistakes_of_one_kind_are_one_entry_with_every_place():
    problems = [Marked(f"t{at}", Problem(FILE, at, f"The task 'T {at}' has no name.", "Name it.")) for at in range(80)]
    problems.insert(3, Marked("", Problem(FILE, 4, "The process has no end.", "Draw an end event.")))
    found = diagram_report.alike(problems)
    assert [len(one.all) for one in found] == [80, 1]
    assert diagram_report.few(diagram_report.place(one) for one in found[0].others).endswith(
        "'T 8' (line 8); and 71 more"
    )


def test_nothing_of_many_made_up_files_goes_unsaid():
    for number, one in enumerate(many(seed=11, count=120)):
        made = brought(one.xml, FILE, without_code=True)
        assert list(foreign_diagrams.untold(one.xml, made)) == [], f"file {number} of {one.maker}"


def test_the_table_of_a_folder_says_what_came_of_each_file(tmp_path: Path, capsys):
    (tmp_path / "good.bpmn").write_text(whole())
    (tmp_path / "code.bpmn").write_text(whole(task='<script camunda:class="x"/>'))
    (tmp_path / "none.xml").write_text("<html/>")
    assert foreign_diagrams.main(tmp_path) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[1:4]] == ["code", "imported", "refused"]
    assert said[4].startswith("3 files: 1 code, 1 imported, 1 refused; 0 with something untold; slowest ")
