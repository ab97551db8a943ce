"""Mending the record: previewed before it is saved, both values kept; versions are chosen by who answers for them."""

from __future__ import annotations

import html
import re

import pytest

from engine import case_saving, steps
from engine.events import moment
from engine.process import OverBudget
from engine.store import cases, people
from engine.store.people import GrantRow
from tests.web import office_work

NOW = moment("2026-03-10T10:00")


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def carried(answer) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in found}


def then(text: str) -> dict[str, str]:
    year, month, number = text.split("-")
    return {"happened_then-day": number, "happened_then-month": month, "happened_then-year": year}


def opened(office, reference):
    return steps.seen_by(office, reference, office_work.person(office, "officer"), NOW)


def new(reference: str) -> str:
    return f"/cases/{reference}/corrections/new"


@pytest.fixture
def head(office, as_person):
    """The manager of repairs is head of service for all areas too."""
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "manager")
        people.give_grant(tx, row.id, given=GrantRow(office_work.POLICY, "head_of_service"))
    return as_person("manager")


def test_a_correction_is_previewed_with_every_date_before_and_after_and_nothing_is_saved(office, as_person):
    reference = office_work.log(office, "2024-04-03")
    before = opened(office, reference)
    given = {"event": "1", **then("2024-03-27"), "reason": "The letter was stamped a week before."}
    answer = as_person("officer").post(new(reference), data=given)
    said = text_of(answer)
    assert "Nothing is saved yet." in said
    assert "Received on 27 March 2024; three-stage-2018 is in force from 1 November 2018." in said
    assert (
        "Governing version Complaints service standard, two stages Comments, compliments and complaints, three stages"
        in said
    )
    assert "Stage 1: acknowledgement 10 April 2024: overdue 2 April 2024: overdue" in said
    assert opened(office, reference).record == before.record


def test_a_previewed_correction_is_saved_once(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    officer = as_person("officer")
    given = {"event": "1", **then("2026-03-04"), "reason": "Stamped on the 4th."}
    save = carried(officer.post(new(reference), data=given)) | {"step": "save"}
    for _ in range(2):
        assert officer.post(new(reference), data=save).location == f"/cases/{reference}"
    file = opened(office, reference)
    assert [event.name for event in file.record] == ["complaint_received", "corrected"]
    assert file.events[0].day.isoformat() == "2026-03-04"


def test_a_mistaken_withdrawal_is_struck_out_and_the_case_is_open_again(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-05")
    office_work.record(office, reference, "withdrawn", "2026-03-06", own_wish="yes")
    officer = as_person("officer")
    given = {"event": "3", "kind": "strike", "reason": "It was for another case."}
    preview = officer.post(new(reference), data=given)
    assert "Status Closed Open" in text_of(preview)
    assert "Tasks open None Stage 1: acknowledge the complaint" in text_of(preview)
    officer.post(new(reference), data=carried(preview) | {"step": "save"})
    assert opened(office, reference).standing.status == "open"


def test_what_would_no_longer_fit_the_process_is_said(office, as_person):
    reference = office_work.to_answer(office, "2026-03-05")
    given = {"event": "2", "kind": "strike", "reason": "A mistake."}
    said = text_of(as_person("officer").post(new(reference), data=given))
    assert "Stage 1: acknowledgement sent, on 5 March 2026, would no longer fit the process." in said
    assert "Decided what this is" in said


def test_a_correction_wants_a_reason_and_a_day_that_has_come_and_keeps_what_was_typed(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    answer = as_person("officer").post(new(reference), data={"event": "1", **then("2026-03-20"), "reason": ""})
    assert answer.status_code == 400
    assert 'href="#answer-happened_then-day"' in answer.text
    assert 'href="#answer-reason"' in answer.text
    assert 'value="20"' in answer.text


def test_a_complaint_cannot_be_struck_out(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    officer = as_person("officer")
    assert "It did not happen" not in officer.get(f"{new(reference)}?event=1").text
    answer = officer.post(new(reference), data={"event": "1", "kind": "strike", "reason": "A mistake."})
    assert answer.status_code == 400


def test_nothing_can_be_moved_to_before_the_complaint_was_received(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    given = {"event": "2", "kind": "date", **then("2026-03-02"), "reason": "A mistake."}
    answer = as_person("officer").post(new(reference), data=given)
    assert answer.status_code == 400
    assert "before the complaint was received on 6 March 2026" in text_of(answer)


def test_what_somebody_else_recorded_meanwhile_is_said_and_nothing_is_lost(office, as_person):
    reference = office_work.to_answer(office, "2026-03-05")
    officer = as_person("officer")
    given = {"event": "3", "kind": "date", **then("2026-03-06"), "reason": "Sent a day later."}
    preview = officer.post(new(reference), data=given)
    office_work.complete(office, reference, "stage_1.respond", "2026-03-09", who="manager", **office_work.ANSWERED)
    answer = officer.post(new(reference), data=carried(preview) | {"step": "save"})
    assert answer.status_code == 409
    assert "Mina Manager changed this case" in answer.text
    assert "Sent a day later." in answer.text


@pytest.mark.parametrize("address", ["?event=99", "?event=x", ""])
def test_an_event_that_is_not_there_is_not_found(office, as_person, address):
    reference = office_work.log(office, "2026-03-06")
    assert as_person("officer").get(new(reference) + address).status_code == 404


def test_an_auditor_corrects_nothing(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    assert as_person("auditor").get(f"{new(reference)}?event=1").status_code == 403
    assert as_person("auditor").post(new(reference), data={"event": "1"}).status_code == 403


def test_a_version_is_chosen_for_a_held_case_by_who_answers_for_the_policy(office, as_person, head):
    reference = office_work.log(office, "2012-05-01")
    address = f"/cases/{reference}/version"
    assert as_person("officer").get(address).status_code == 403
    assert "in force from 1 April 2013" in head.get(address).text
    preview = head.post(address, data={"version": "four-stage", "reason": "It is the oldest we have."})
    assert "Governing version None yet Compliments, complaints and comments, four stages" in text_of(preview)
    assert opened(office, reference).hold == "no_version"
    saved = head.post(address, data=carried(preview) | {"step": "save"})
    assert saved.location == f"/cases/{reference}"
    file = opened(office, reference)
    assert (file.hold, file.governing.version.version) == ("", "four-stage")
    assert "Mina Manager placed under" in file.governing.why


def test_a_case_is_moved_and_the_move_is_undone_each_with_a_reason(office, head):
    reference = office_work.log(office, "2026-03-06")
    address = f"/cases/{reference}/version"
    assert head.post(address, data={"version": "three-stage-2018", "reason": ""}).status_code == 400
    assert head.get(f"{address}/undo").status_code == 404
    preview = head.post(address, data={"version": "three-stage-2018", "reason": "As agreed with the resident."})
    head.post(address, data=carried(preview) | {"step": "save"})
    assert opened(office, reference).governing.version.version == "three-stage-2018"
    assert head.post(f"{address}/undo", data={"reason": " "}).status_code == 400
    preview = head.post(f"{address}/undo", data={"reason": "It was the wrong case."})
    assert "Nothing is saved yet." in text_of(preview)
    head.post(f"{address}/undo", data=carried(preview) | {"step": "save"})
    assert opened(office, reference).governing.version.version == "two-stage-2024"


def test_a_version_there_is_not_is_refused(office, head):
    reference = office_work.log(office, "2026-03-06")
    answer = head.post(f"/cases/{reference}/version", data={"version": "five-stage", "reason": "Why not."})
    assert answer.status_code == 400
    assert "Why not." in answer.text


def test_a_mistyped_day_of_receipt_that_held_a_case_is_corrected_and_the_case_goes_on(office, as_person):
    reference = office_work.log(office, "2012-05-01")
    officer = as_person("officer")
    assert "Correct this" in officer.get(f"/cases/{reference}").text
    preview = officer.post(new(reference), data={"event": "1", **then("2026-03-09"), "reason": "Typed wrongly."})
    officer.post(new(reference), data=carried(preview) | {"step": "save"})
    file = opened(office, reference)
    assert (file.hold, file.governing.version.version) == ("", "two-stage-2024")


def test_a_case_over_its_budget_is_taken_off_hold_with_a_reason(office, as_person, head):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    with office.database.writing() as tx:
        row = cases.case_by_reference(tx, reference)
        case_saving.held(tx, row, (), OverBudget("steps", 10), NOW)
    address = f"/cases/{reference}/hold"
    assert as_person("officer").get(address).status_code == 403
    said = text_of(head.get(f"/cases/{reference}"))
    assert "Its workflow went over what a case may take." in said
    assert head.post(address, data={"reason": ""}).status_code == 400
    preview = head.post(address, data={"reason": "The loop is mended."})
    saved = head.post(address, data=carried(preview) | {"step": "save"})
    assert saved.status_code == 302, text_of(saved)
    file = opened(office, reference)
    assert (file.hold, [task.key for task in file.standing.open_tasks]) == ("", ["stage_1.acknowledge"])


def test_a_case_that_is_not_on_hold_cannot_be_taken_off_it(office, head):
    reference = office_work.log(office, "2026-03-06")
    assert head.get(f"/cases/{reference}/hold").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_a_correction_is_made_in_a_browser(request, viewport, app, office, serve, accessibility_faults):
    app.config["WTF_CSRF_ENABLED"] = True
    reference = office_work.to_answer(office, "2026-03-05")
    browser, address = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address, "officer")
    browser.goto(f"{address}/cases/{reference}")
    browser.locator("a[href$='corrections/new?event=3']").click()
    for button in ("See what it would change", "Save the correction"):
        assert accessibility_faults(browser) == []
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if button.startswith("See"):
            browser.locator("[name=happened_then-day]").fill("6")
            browser.get_by_label("Why is it corrected?").fill("Sent a day later.")
        browser.get_by_role("button", name=button).click()
    assert browser.get_by_text("The record is corrected").is_visible()
