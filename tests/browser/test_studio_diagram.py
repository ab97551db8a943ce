"""The modeler on the page of a diagram: drawn with a mouse, marked while one draws, walked through, saved; and the same
by keyboard alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine import drafting, gate
from engine.diagrams import Shape
from engine.events import moment
from engine.office import Office
from engine.rights import AUTHOR, Grant, Person
from engine.store import people
from engine.store.people import GrantRow
from tests.browser.desk import Desk
from tests.unit.test_diagram_import import MISTAKES

POLICY, STAGE = "council-housing", "workflows/stages/investigated-stage.bpmn"
SPINE = "workflows/complaints/two-stage.bpmn"
WITHIN = 10_000  # milliseconds, on a machine that does much else


@pytest.fixture
def mina(office: Office, sign_in: Callable[..., Desk]) -> Desk:
    """A policy author at her desk, with a draft of the council's version begun."""
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "mina")
        assert row is not None
        people.give_grant(tx, row.id, given=GrantRow(POLICY, AUTHOR))
    who = Person(str(row.id), row.name, studio=(Grant(POLICY, AUTHOR),))
    new: dict[str, Any] = {"version": "two-stage-2026", "in_force_from": date(2026, 9, 1)}
    drafting.begin(office, POLICY, "two-stage-2024", who, moment("2024-06-03T09:00"), **new)
    return sign_in("mina")


def opened(desk: Desk, file: str = STAGE) -> Page:
    """The page of a diagram, its modeler ready and what it draws judged by the server."""
    desk.page.goto(f"{desk.address}/studio/1/diagram?file={file}")
    expect(desk.page.locator("[data-diagram-editor][data-ready]")).to_be_visible(timeout=WITHIN)
    judged(desk, re.compile("problem"))
    return desk.page


def judged(desk: Desk, words: str | re.Pattern[str]) -> None:
    expect(desk.page.locator("[data-diagram-status]")).to_have_text(words, timeout=WITHIN)


def shape(page: Page, name: str) -> Any:
    return page.locator(f'.djs-element[data-element-id="{name}"]')


def kept(office: Office, file: str = STAGE) -> Any:
    return gate.examine(drafting.opened(office, 1).files[file], file).readable


def test_the_page_of_a_diagram_has_no_fault_before_during_and_after_drawing(mina, accessibility_faults):
    page = opened(mina, SPINE)
    assert accessibility_faults(page) == []
    shape(page, "decide_late_request").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Decide on a late request")
    assert accessibility_faults(page) == []
    mina.look()


def test_the_five_mistakes_are_marked_while_one_draws_and_named_by_the_server(mina, office):
    page = opened(mina)
    for name, (xml, said, element) in MISTAKES.items():
        sent = {"file": STAGE, "xml": {"name": "d.bpmn", "mimeType": "application/xml", "buffer": xml}}
        token = page.locator("[data-diagram-save] [name=csrf_token]").input_value()
        answer = page.request.post(f"{mina.address}/studio/1/diagram", multipart={**sent, "csrf_token": token})
        assert answer.ok, name
        opened(mina)
        # the modeler forgets where the arrow led; what is not drawn is marked where it begins, or at what is first
        said = "leads to nothing" if name == "an arrow to nowhere" else said
        drawn = {"review_panel": "look", "f3": "look"}.get(element, element)
        assert page.locator("[data-diagram-problems] li").filter(has_text=said).count() == 1, name
        assert "redress-has-problem" in (shape(page, drawn).first.get_attribute("class") or ""), name
        assert page.locator(".bjsl-icon-error").count() > 0, name  # the mark of the browser's own rules
    assert kept(office).nodes


def test_a_timer_is_given_a_deadline_in_the_panel_and_saved(mina, office):
    xml, _, element = MISTAKES["a timer without a time"]
    page = opened(mina)
    token = page.locator("[data-diagram-save] [name=csrf_token]").input_value()
    sent = {"file": STAGE, "csrf_token": token, "xml": {"name": "d", "mimeType": "text/xml", "buffer": xml}}
    assert page.request.post(f"{mina.address}/studio/1/diagram", multipart=sent).ok
    opened(mina)
    shape(page, element).click()
    page.get_by_label("Which deadline it waits for").select_option("response")
    expect(page.locator("[data-diagram-problems]")).not_to_contain_text("without a time", timeout=WITHIN)
    with page.expect_navigation():
        page.get_by_role("button", name="Save the diagram").click()
    assert "The diagram is saved." in mina.told
    assert kept(office).node("wait").deadline == "response"


def test_what_is_mechanical_is_mended_by_a_button_beside_its_sentence(mina, office):
    xml, said, _ = MISTAKES["no start"]
    page = opened(mina)
    token = page.locator("[data-diagram-save] [name=csrf_token]").input_value()
    sent = {"file": STAGE, "csrf_token": token, "xml": {"name": "d", "mimeType": "text/xml", "buffer": xml}}
    assert page.request.post(f"{mina.address}/studio/1/diagram", multipart=sent).ok
    opened(mina)
    sentence = page.locator("[data-diagram-problems] li").filter(has_text=said)
    sentence.get_by_role("button", name="Draw a start", exact=True).click()
    expect(page.locator("[data-diagram-problems]")).not_to_contain_text(said, timeout=WITHIN)
    with page.expect_navigation():
        page.get_by_role("button", name="Save the diagram").click()
    assert "startEvent" in {node.kind for node in kept(office).nodes}


def test_a_task_drawn_and_named_gets_its_id_from_its_name_and_is_a_task_for_a_person(mina, office):
    page = opened(mina)
    shape(page, "acknowledge").click()
    page.get_by_role("button", name="Add a task after it").click()
    page.keyboard.type("Ring the resident")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name in the files")).to_have_value("ring_the_resident", timeout=WITHIN)
    judged(mina, re.compile(r"^\d+ problems?, each marked"))
    with page.expect_navigation():
        page.get_by_role("button", name="Save the diagram").click()
    assert kept(office).node("ring_the_resident").kind == "userTask"


def test_what_is_appended_stands_on_nothing_that_is_drawn_and_stays_with_the_same_people(mina, office):
    page = opened(mina)
    shape(page, "respond").click()
    page.get_by_role("button", name="Add a task after it").click()
    page.keyboard.type("Ring the resident")
    page.keyboard.press("Enter")
    judged(mina, re.compile(r"^\d+ problems?, each marked"))
    with page.expect_navigation():
        page.get_by_role("button", name="Save the diagram").click()
    drawn = kept(office)
    assert drawn.node("ring_the_resident").lane == drawn.node("respond").lane
    [new] = [one for one in drawn.shapes if one.id == "ring_the_resident"]
    holders = {drawn.process, drawn.participant, *(lane.id for lane in drawn.lanes), new.id}
    assert [one.id for one in drawn.shapes if one.id not in holders and over(new, one)] == []


def over(one: Shape, other: Shape) -> bool:
    """Whether two shapes share a point of the sheet."""
    across = one.x < other.x + other.w and other.x < one.x + one.w
    return across and one.y < other.y + other.h and other.y < one.y + one.h


def test_a_condition_is_chosen_as_question_and_answer(mina, office):
    page = opened(mina, SPINE)
    shape(page, "is_it_an_accepted_complaint_to_stage_1").first.click(force=True)
    expect(page.get_by_label("What it depends on")).to_have_value("triage")
    page.get_by_label("Followed when the answer is").select_option("==service_request")
    expect(page.get_by_label("The condition, written out")).to_have_value("triage == 'service_request'")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the diagram").click()
    flows = {flow.id: flow.condition for flow in kept(office, SPINE).flows}
    assert flows["is_it_an_accepted_complaint_to_stage_1"] == "triage == 'service_request'"


def test_a_diagram_can_be_walked_through(mina, accessibility_faults):
    page = opened(mina)
    page.locator(".bts-toggle-mode").click()
    expect(page.locator(".bts-context-pad").first).to_be_visible(timeout=WITHIN)
    assert accessibility_faults(page) == []
    page.locator(".bts-toggle-mode").click()


def test_the_whole_of_it_can_be_changed_by_keyboard_and_without_javascript(mina, sign_in, office):
    desk = sign_in("mina", java_script_enabled=False)
    desk.go(f"/studio/1/diagram?file={STAGE}")
    assert desk.page.locator("[data-diagram-editor]").is_hidden()
    desk.follow("Change arrow On from Ready to be answered")
    desk.fill({"What comes here?": "A task somebody does", "Its name, in plain words": "Check the letter"})
    desk.press("Put it here")
    desk.fill({
        "What is to be done, in a sentence": "Read it.", "Which form does it ask?": "Update the resident",
        "What has happened once it is done?": "letter_checked",
    })  # fmt: skip
    desk.press("Save")
    assert desk.told == "Saved."
    assert kept(office).node("check_the_letter").kind == "userTask"


def test_a_foreign_diagram_is_reported_with_its_marks_before_it_is_kept(mina, tmp_path, office):
    theirs = tmp_path / "theirs.bpmn"
    text = Path(STAGE).read_text(encoding="utf-8")
    theirs.write_text(
        text.replace('<bpmn:userTask id="respond"', '<bpmn:userTask xmlns:v="urn:v" v:x="1" id="respond"')
    )
    mina.go(f"/studio/1/diagram?file={STAGE}")
    mina.follow("Bring in a diagram in its place")
    mina.page.get_by_label("A diagram as a file").set_input_files(theirs)
    mina.press("Look at it first")
    assert "another modeler, urn:v: x Investigate and answer (1)" in mina.text
    mina.press("Put it into the draft")
    assert "The diagram is in the draft." in mina.told
    assert b"urn:v" not in drafting.opened(office, 1).files[STAGE]


def test_who_only_reads_moves_about_the_same_drawing(mina, sign_in, accessibility_faults):
    auditor = sign_in("auditor")
    auditor.go(f"/studio/1/diagram?file={SPINE}")
    expect(auditor.page.locator("[data-diagram-viewer][data-ready]")).to_be_visible(timeout=WITHIN)
    expect(shape(auditor.page, "stage_1")).to_be_visible()
    assert auditor.page.get_by_role("button", name="Save the diagram").count() == 0
    assert accessibility_faults(auditor.page) == []


def test_on_a_telephone_the_page_stays_within_the_screen(mina, sign_in):
    desk = sign_in("mina", viewport={"width": 375, "height": 800})
    for path in ("/studio/1/diagram", f"/studio/1/diagram?file={SPINE}", f"/studio/1/diagram/import?file={SPINE}"):
        desk.go(path)
    desk.go(f"/studio/1/diagram/element?file={SPINE}&element=stage_1")
