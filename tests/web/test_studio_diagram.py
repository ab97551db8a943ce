"""The diagrams of a draft as pages: drawn, checked, saved beside others, brought in, and changed without drawing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from engine import drafting, gate
from engine.drafting import Draft
from engine.office import Office
from engine.rights import AUTHOR, Grant, Person
from tests.hostile.exhausting_diagrams import LAUGHS, STOLEN
from tests.unit.test_diagram_import import MISTAKES
from tests.web import files
from tests.web.conftest import BEGINNING
from tests.web.office_work import assert_valid

STAGE, SPINE = "workflows/stages/investigated-stage.bpmn", "workflows/complaints/two-stage.bpmn"
BASE = "/studio/1/diagram"
Browser = Callable[[str], FlaskClient]


@pytest.fixture
def ann(draft: Draft, as_person: Browser) -> FlaskClient:
    """A policy author at her browser, with a draft begun."""
    return as_person("ann")


def drawn(name: str = STAGE) -> str:
    return Path(name).read_text(encoding="utf-8")


def words(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def sent(xml: str | bytes, file: str = STAGE, **more: str) -> dict[str, object]:
    content = xml.encode() if isinstance(xml, str) else xml
    return {"file": file, "xml": (io.BytesIO(content), "diagram.bpmn"), **more}


def kept(office: Office, file: str = STAGE) -> bytes:
    return drafting.opened(office, 1).files[file]


# --- looking --------------------------------------------------------------------------------------


def test_every_diagram_of_the_draft_is_listed_the_spine_first(ann):
    answer = ann.get(BASE)
    assert_valid(answer.text)
    found = re.findall(r"file=(workflows/[a-z/-]+\.bpmn)", answer.text)
    assert found[0] == SPINE
    assert set(found) == {SPINE, STAGE, "workflows/stages/external-stage.bpmn", "workflows/intake/intake.bpmn"}


def test_without_javascript_the_page_has_a_picture_and_every_part_in_words(ann):
    answer = ann.get(f"{BASE}?file={SPINE}")
    assert_valid(answer.text)
    assert "<svg" in answer.text
    said = words(answer)
    assert "Is it an accepted complaint?: Yes Arrow Leads to Stage 1, when 'Decide what this is: " in said
    assert "Decide on a late request Task Done by: Customer Relations team" in said
    assert "Works: A stage that is investigated" in said


def test_the_modeler_is_given_what_the_version_knows(ann):
    page = ann.get(f"{BASE}?file={STAGE}").text
    data = json.loads(unescape(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1]))
    assert {one["value"] for one in data["known"]["deadlines"]} == {"acknowledgement", "response"}
    assert "extension_given" in {one["value"] for one in data["known"]["messages"]}
    triage = next(one for one in data["known"]["questions"] if one["value"] == "triage")
    assert "==complaint" in {one["value"] for one in triage["answers"]}
    assert data["known"]["roles"]["handler"] == ["Service manager", "Service director"]


def test_a_diagram_that_cannot_be_read_still_has_its_page(ann, draft, office):
    who = Person("1", "Ann", studio=(Grant("council-housing", AUTHOR),))
    for broken in (b"no diagram at all", b"<x/>", MISTAKES["no start"][0]):
        now = drafting.opened(office, 1)
        said = {"files": {STAGE: broken}, "numbers": now.numbers, "what": "broken"}
        drafting.change(office, 1, replace(who, id=str(draft.row.created_by)), BEGINNING, **said)
        for address in (BASE, f"{BASE}?file={STAGE}", f"{BASE}/file?file={STAGE}"):
            answer = ann.get(address)
            assert answer.status_code == 200, (broken, address)


def test_who_reads_and_does_not_write_sees_the_picture_and_no_modeler(ann, as_person):
    page = as_person("auditor").get(f"{BASE}?file={STAGE}").text
    assert "<svg" in page
    assert "data-diagram-editor" not in page
    assert "diagram.js" not in page


def test_a_draft_of_another_policy_is_not_there(draft, as_person):
    assert as_person("officer").get(BASE).status_code == 403


@pytest.mark.parametrize("file", ["workflows/stages/none.bpmn", "policies/council-housing/two-stage-2026.yaml", "../x"])
def test_what_is_no_diagram_of_the_draft_is_not_there(ann, file):
    for path in ("", "/file", "/import", "/element"):
        assert ann.get(f"{BASE}{path}", query_string={"file": file}).status_code == 404, path


def test_the_file_is_handed_out_for_another_modeler(ann):
    answer = ann.get(f"{BASE}/file?file={STAGE}")
    assert answer.data == Path(STAGE).read_bytes()
    assert 'filename="investigated-stage.bpmn"' in answer.headers["Content-Disposition"]


# --- checking -------------------------------------------------------------------------------------


def test_a_drawing_is_judged_with_the_draft_around_it_and_nothing_is_kept(ann, office):
    broken = drawn().replace('<bpmn:userTask id="respond" name="Investigate and answer">',
                             '<bpmn:userTask id="answer_it" name="Investigate and answer">')  # fmt: skip
    answer = ann.post(f"{BASE}/check", data=sent(broken))
    found = answer.get_json()["problems"]
    assert "respond_to_complaint_answered" in {one["element"] for one in found}
    assert all(one["what"] and one["mend"] for one in found)
    assert kept(office) == Path(STAGE).read_bytes()


@pytest.mark.parametrize("name", MISTAKES)
def test_each_of_the_five_mistakes_is_answered_with_its_element(ann, name):
    xml, said, element = MISTAKES[name]
    found = ann.post(f"{BASE}/check", data=sent(xml)).get_json()["problems"]
    marks = [one["element"] for one in found if said in one["what"]]
    assert marks == [element if element != "review_panel" else "Process_1"]


def test_a_good_drawing_has_no_problems(ann):
    assert ann.post(f"{BASE}/check", data=sent(drawn())).get_json() == {"problems": []}


HOSTILE = {
    "laughs": LAUGHS, "a stolen file": STOLEN, "nothing": b"", "no diagram": b"<x/>", "no text": b"\xff\xfe\x00",
    "many brackets": b"<" * 5_000,
}  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_answered_with_a_sentence_and_never_kept(ann, office, hostile):
    told = ann.post(f"{BASE}/check", data=sent(hostile))
    assert told.status_code == 200
    assert told.get_json()["problems"]
    refused = ann.post(BASE, data=sent(hostile))
    assert refused.status_code == 400
    assert "This was not saved, because it cannot be read as a diagram." in words(refused)
    assert kept(office) == Path(STAGE).read_bytes()


def test_a_file_of_two_megabytes_is_refused_in_a_sentence(ann):
    said = '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + STAGE + "\r\n"
    said += '--b\r\nContent-Disposition: form-data; name="diagram"; filename="big.bpmn"\r\n\r\n'
    body = said.encode() + b" " * 2_000_000 + b"\r\n--b--\r\n"
    answer = ann.post(f"{BASE}/import", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 400
    assert "This file has 2,000,000 bytes; the most that is read is 1,000,000." in words(answer)


# --- saving ---------------------------------------------------------------------------------------


def test_what_is_drawn_is_saved_into_this_draft_alone(ann, office):
    sealed = office.shelf.files[STAGE]
    changed = drawn().replace('name="Investigate and answer"', 'name="Look into it and answer"')
    answer = ann.post(BASE, data=sent(changed, **{f"number:{STAGE}": "1"}), follow_redirects=True)
    assert "The diagram is saved." in words(answer)
    assert gate.examine(kept(office), STAGE).diagram.node("respond").name == "Look into it and answer"
    assert office.shelf.files[STAGE] == sealed


def test_a_drawing_with_a_mistake_is_saved_and_says_so(ann, office):
    xml, said, _ = MISTAKES["a timer without a time"]
    answer = ann.post(BASE, data=sent(xml), follow_redirects=True)
    assert answer.status_code == 200
    assert said in words(answer)
    assert b"timerEventDefinition" in kept(office)


def test_code_is_never_saved(ann, office):
    xml = drawn().replace(
        '<bpmn:userTask id="respond"',
        '<bpmn:userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="${x}" id="respond"',
    )
    answer = ann.post(BASE, data=sent(xml))
    assert answer.status_code == 400
    assert "'Investigate and answer' carries what another engine would run (Camunda: assignee (${x}))" in words(answer)
    assert kept(office) == Path(STAGE).read_bytes()


def test_two_who_draw_at_once_lose_nothing(ann, as_person, office):
    number = {f"number:{STAGE}": str(drafting.opened(office, 1).numbers[STAGE])}
    hers = drawn().replace('name="Investigate and answer"', 'name="Hers"')
    mine = drawn().replace('name="Investigate and answer"', 'name="Mine"')
    assert as_person("bea").post(BASE, data=sent(hers, **number)).status_code == 302
    answer = ann.post(BASE, data=sent(mine, **number))
    assert answer.status_code == 409
    assert "Bea Author changed this at" in words(answer)
    assert "Hers" in answer.text
    assert "Mine" in answer.text
    assert gate.examine(kept(office), STAGE).diagram.node("respond").name == "Hers"
    newer = re.search(rf'name="number:{STAGE}" value="(\d+)"', answer.text)[1]
    assert ann.post(BASE, data=sent(mine, **{f"number:{STAGE}": newer})).status_code == 302
    assert gate.examine(kept(office), STAGE).diagram.node("respond").name == "Mine"


# --- bringing in ----------------------------------------------------------------------------------


FOREIGN = drawn().replace(
    '<bpmn:userTask id="respond"',
    '<bpmn:userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="demo" id="respond"',
)


def test_a_foreign_diagram_is_first_reported_then_kept(ann, office):
    given = {"file": STAGE, "diagram": (io.BytesIO(FOREIGN.encode()), "theirs.bpmn")}
    report = ann.post(f"{BASE}/import", data=given)
    assert_valid(report.text)
    assert "Nothing is in the draft yet." in words(report)
    assert "Camunda: assignee Investigate and answer (demo)" in words(report)
    assert kept(office) == Path(STAGE).read_bytes()
    again = unescape(re.search(r'<textarea hidden name="xml"[^>]*>\n(.*?)</textarea>', report.text, re.DOTALL)[1])
    answer = ann.post(f"{BASE}/import", data={"file": STAGE, "keep": "yes", "xml": again}, follow_redirects=True)
    assert "The diagram is in the draft." in words(answer)
    assert b"camunda:assignee" not in kept(office)


def test_a_long_foreign_diagram_in_another_encoding_is_reported_and_kept(ann, office):
    notes = "".join(f"<bpmn:documentation>ä{'a' * 4_000}</bpmn:documentation>\r\n" for _ in range(200))
    text = FOREIGN.replace("UTF-8", "windows-1252", 1).replace("<bpmn:laneSet", f"{notes}<bpmn:laneSet", 1)
    diagram = FileStorage(io.BytesIO(text.encode("cp1252")), "theirs.bpmn")
    report = ann.post(f"{BASE}/import", **files.as_bytes(file=STAGE, diagram=diagram))
    assert "was written in windows-1252, and is UTF-8 now" in words(report)
    again = unescape(re.search(r'<textarea hidden name="xml"[^>]*>\n(.*?)</textarea>', report.text, re.DOTALL)[1])
    body = files.as_bytes(file=STAGE, keep="yes", xml=again.replace("\r\n", "\n").replace("\n", "\r\n"))
    answer = ann.post(f"{BASE}/import", **body, follow_redirects=True)
    assert "The diagram is in the draft." in words(answer)
    assert kept(office).decode().count("äaaa") == 200


def test_code_in_a_foreign_diagram_is_refused_and_goes_only_when_asked(ann, office):
    given = {"file": STAGE, "diagram": (io.BytesIO(FOREIGN.replace("demo", "${x.y()}").encode()), "theirs.bpmn")}
    refused = ann.post(f"{BASE}/import", data=given)
    assert refused.status_code == 400
    assert "Put it into the draft without its code" in words(refused)
    assert kept(office) == Path(STAGE).read_bytes()
    again = unescape(re.search(r'<textarea hidden name="xml"[^>]*>\n(.*?)</textarea>', refused.text, re.DOTALL)[1])
    keeping = {"file": STAGE, "keep": "yes", "xml": again}
    assert ann.post(f"{BASE}/import", data=keeping).status_code == 400
    assert ann.post(f"{BASE}/import", data={**keeping, "without_code": "yes"}).status_code == 302
    assert b"x.y" not in kept(office)


def test_no_file_is_asked_for(ann):
    answer = ann.post(f"{BASE}/import", data={"file": STAGE})
    assert answer.status_code == 400
    assert "Choose the file of a diagram" in words(answer)


# --- without drawing ------------------------------------------------------------------------------


def change(ann: FlaskClient, element: str, file: str = STAGE, **given: str) -> TestResponse:
    return ann.post(f"{BASE}/element", data={"file": file, "element": element, **given})


def test_every_part_of_every_diagram_has_a_form(ann):
    for file in (SPINE, STAGE):
        page = ann.get(f"{BASE}?file={file}").text
        links = [unescape(link) for link in re.findall(rf'href="({BASE}/element\?[^"]+)"', page)]
        assert len(links) > 20
        for link in links[::5]:
            answer = ann.get(link)
            assert answer.status_code == 200, link
            assert_valid(answer.text)


def test_a_task_is_put_on_an_arrow_described_and_taken_away_again(ann, office):
    put = change(
        ann, "ready_to_answer_to_respond", do="add", **{"answer-kind": "", "kind": "task", "words": "Check it"}
    )
    assert put.status_code == 302, words(put)
    assert "element=check_it" in put.headers["Location"]
    diagram = gate.examine(kept(office), STAGE).diagram
    ends = {(flow.source, flow.target) for flow in diagram.flows if "check_it" in (flow.source, flow.target)}
    assert ends == {("ready_to_answer", "check_it"), ("check_it", "respond")}
    told = {"name": "Check it", "lane": "handler", "brief": "Read it.", "form": "update", "records": "letter_checked"}
    assert change(ann, "check_it", **told).status_code == 302
    assert ann.post(f"{BASE}/check", data=sent(kept(office))).get_json() == {"problems": []}
    assert change(ann, "check_it", do="remove").status_code == 302
    ends = [(flow.source, flow.target) for flow in gate.examine(kept(office), STAGE).diagram.flows]
    assert ("ready_to_answer", "respond") in ends


def test_a_condition_is_chosen_as_a_question_and_its_answer(ann, office):
    arrow = "is_it_an_accepted_complaint_to_stage_1"
    answer = change(ann, arrow, SPINE, name="Yes", when="triage ==service_request")
    assert answer.status_code == 302, words(answer)
    flows = {flow.id: flow for flow in gate.examine(kept(office, SPINE), SPINE).diagram.flows}
    assert flows[arrow].condition == "triage == 'service_request'"
    written = change(ann, arrow, SPINE, name="Yes", when="written", condition="not is_request_in_time")
    assert written.status_code == 302
    flows = {flow.id: flow for flow in gate.examine(kept(office, SPINE), SPINE).diagram.flows}
    assert flows[arrow].condition == "not is_request_in_time"


def test_a_timer_is_given_a_deadline_of_the_version(ann, office):
    put = change(ann, "ready_to_answer_to_respond", do="add", kind="timer", words="Wait")
    assert put.status_code == 302, words(put)
    assert "is a timer without a time" in words(ann.get(f"{BASE}?file={STAGE}"))
    assert change(ann, "wait", name="Wait", lane="handler", deadline="response").status_code == 302
    assert gate.examine(kept(office), STAGE).diagram.node("wait").deadline == "response"


def test_an_arrow_is_led_elsewhere_and_another_drawn(ann, office):
    assert change(ann, "respond_to_complaint_answered", do="lead", target="ready_to_answer").status_code == 302
    assert change(ann, "acknowledge", do="lead", target="complaint_answered", words="").status_code == 302
    ends = [(flow.source, flow.target) for flow in gate.examine(kept(office), STAGE).readable.flows]
    assert {("respond", "ready_to_answer"), ("acknowledge", "complaint_answered")} <= set(ends)
    assert change(ann, "acknowledge", do="lead", target="nowhere").status_code == 400


def test_a_form_left_empty_says_what_is_missing_and_changes_nothing(ann, office):
    empty = (("respond", {"name": ""}), ("respond_to_complaint_answered", {"do": "add"}), ("respond", {"do": "lead"}))
    for element, given in empty:
        answer = change(ann, element, **given)
        assert answer.status_code == 400
        assert "There is a problem" in words(answer)
        assert_valid(answer.text)
    assert kept(office) == Path(STAGE).read_bytes()
