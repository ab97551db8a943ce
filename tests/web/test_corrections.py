"""Mending the record: previewed before it is saved, both values kept; versions are chosen by who answers for them."""

from __future__ import annotations

import html
import re

import html5lib
import pytest

from engine import case_moves, case_saving, steps
from engine.events import moment
from engine.process import OverBudget
from engine.store import acts, cases, people
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


def typed(answer) -> dict[str, object]:
    """What a browser would send of the form on a page: every input as it was filled in."""
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    given: dict[str, object] = {}
    for one in tree.iter():
        name, kind = one.get("name"), one.get("type")
        if not name or one.tag not in ("input", "textarea", "select"):
            continue
        if kind in ("radio", "checkbox") and one.get("checked") is None:
            continue
        value = one.get("value", "")
        if one.tag == "textarea":
            value = "".join(one.itertext())
        if one.tag == "select":
            value = next((option.get("value") for option in one if option.get("selected") is not None), "")
        given[name] = [*given.get(name, []), value] if kind == "checkbox" else value
    return given


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


def test_what_was_said_is_corrected_previewed_and_both_values_stand_on_the_timeline(office, as_person):
    reference = office_work.log(office, "2026-03-06", representative="Bob", issue_occurred="2026-02-01")
    officer = as_person("officer")
    page = officer.get(f"{new(reference)}?event=1")
    office_work.assert_valid(page.text)
    given = typed(page)
    assert (given["said_resident"], given["said_channel"]) == ("Ada Lovelace", "email")
    assert given["said_description"].splitlines() == office_work.COMPLAINT["description"].splitlines()
    given |= {
        "said_resident": "Ada King", "said_address": "9 New Street", "said_channel": "phone", "said_representative": "",
        "said_resident_aware-day": "3", "said_resident_aware-month": "2", "said_resident_aware-year": "2026",
        "said_issue_occurred-day": "2", "reason": "Misheard on the telephone.",
    }  # fmt: skip
    preview = officer.post(new(reference), data=given)
    said = text_of(preview)
    assert "Name of the resident Ada Lovelace Ada King" in said
    assert "Does someone speak for the resident? If so, who? Bob Nothing" in said
    assert "When did it happen? 1 February 2026 2 February 2026" in said
    assert len(opened(office, reference).record) == 1
    assert typed(preview)["said_address"] == "9 New Street"
    assert officer.post(new(reference), data=typed(preview) | {"step": "save"}).status_code == 302
    file = opened(office, reference)
    assert set(file.record[-1].fields["now_fields"]) == {
        "resident", "address", "channel", "representative", "resident_aware", "issue_occurred",
    }  # fmt: skip
    assert (file.row.resident, file.row.address, file.row.channel) == ("Ada King", "9 New Street", "phone")
    assert file.events[0].day.isoformat() == "2026-03-06"
    timeline = text_of(officer.get(f"/cases/{reference}"))
    assert "Name of the resident: was Ada Lovelace, is now Ada King." in timeline
    assert "Its answers were corrected by Chidi Officer on 10 March 2026: Misheard on the telephone." in timeline
    assert "Recorded first as" not in timeline


def test_a_wrong_answer_is_said_beside_it_and_nothing_typed_is_lost(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    officer = as_person("officer")
    given = typed(officer.get(f"{new(reference)}?event=1"))
    given |= {"said_resident": "", "said_issue_occurred-day": "31", "said_issue_occurred-month": "2",
              "said_issue_occurred-year": "2026", "said_address": "9 New Street", "reason": ""}  # fmt: skip
    answer = officer.post(new(reference), data=given)
    assert answer.status_code == 400
    for address in ("#answer-said_resident", "#answer-said_issue_occurred-day", "#answer-reason"):
        assert f'href="{address}"' in answer.text
    again = typed(answer)
    assert (again["said_address"], again["said_issue_occurred-day"]) == ("9 New Street", "31")
    assert '<details class="govuk-details" open>' in answer.text


def test_a_correction_that_changes_nothing_is_refused(office, as_person):
    reference = office_work.log(office, "2026-03-06", adjustments=["large_print"], vulnerabilities="Asthma.")
    officer = as_person("officer")
    given = typed(officer.get(f"{new(reference)}?event=1")) | {"reason": "Why not."}
    answer = officer.post(new(reference), data=given)
    assert answer.status_code == 400
    assert "That is what stands already." in text_of(answer)
    assert len(opened(office, reference).record) == 1


@pytest.mark.parametrize("name", ["triage", "stage_1.acknowledge", "stage_1.respond"])
def test_every_event_is_shown_as_it_stands_so_that_sending_it_back_changes_nothing(office, as_person, name):
    reference = office_work.answered(office, "2026-03-05")
    number = {"triage": 2, "stage_1.acknowledge": 3, "stage_1.respond": 4}[name]
    officer = as_person("officer")
    page = officer.get(f"{new(reference)}?event={number}")
    office_work.assert_valid(page.text)
    answer = officer.post(new(reference), data=typed(page) | {"reason": "Why not."})
    assert "That is what stands already." in text_of(answer)


def test_what_came_of_a_designated_person_is_added_once_it_is_known(office, as_person):
    reference = office_work.log(office, "2018-11-02")
    name = "ombudsman.designated_person_approached"
    with office.database.writing() as tx:
        row = cases.case_by_reference(tx, reference)
        when = moment("2018-12-05")
        by = cases.By("1", "Chidi Officer")
        event = cases.NewEvent(name, when, when, by.person_id, by.name, {"kind": "mp"})
        cases.save_step(tx, row, changes={}, new_events=[event], state=b"", tasks=[], timers=[], deadlines=[],
                        by=by, now=when)  # fmt: skip
    number = next(event.number for event in opened(office, reference).record if event.name == name)
    officer = as_person("officer")
    given = typed(officer.get(f"{new(reference)}?event={number}")) | {"said_result": "resolved", "reason": "Heard now."}
    preview = officer.post(new(reference), data=given)
    assert "What came of it? Nothing Resolved locally" in text_of(preview)
    officer.post(new(reference), data=typed(preview) | {"step": "save"})
    assert opened(office, reference).record[-1].fields["now_fields"] == {"result": "resolved"}
    assert "What came of it? Was: nothing. Is now: Resolved locally." in text_of(officer.get(f"/cases/{reference}"))


def viewed(office, reference) -> int:
    with office.database.reading() as tx:
        return len(acts.acts(tx, about=f"case {reference}"))


def test_private_answers_are_opened_by_who_may_see_them_and_each_view_is_recorded(office, as_person):
    reference = office_work.log(office, "2026-03-06", adjustments=["large_print"], vulnerabilities="Asthma.")
    officer = as_person("officer")
    page = officer.get(f"{new(reference)}?event=1")
    assert "Asthma" not in page.text
    assert viewed(office, reference) == 0
    opened_page = officer.post(new(reference), data=typed(page) | {"step": "private", "said_resident": "Ada King"})
    assert viewed(office, reference) == 1
    given = typed(opened_page)
    assert (given["said_vulnerabilities"], given["said_adjustments"]) == ("Asthma.", ["large_print"])
    assert given["said_resident"] == "Ada King"
    given |= {"said_vulnerabilities": "Bronchitis.", "reason": "Her daughter rang."}
    preview = officer.post(new(reference), data=given)
    assert "Asthma. Bronchitis." in text_of(preview)
    officer.post(new(reference), data=typed(preview) | {"step": "save"})
    file = opened(office, reference)
    assert file.record[-1].fields["now_fields"] == {"resident": "Ada King", "vulnerabilities": "Bronchitis."}
    assert "Bronchitis" not in officer.get(f"/cases/{reference}").text


def test_private_answers_stay_as_they_are_for_who_may_not_see_them(office, as_person, monkeypatch):
    reference = office_work.log(office, "2026-03-06", vulnerabilities="Asthma.")
    monkeypatch.setattr("web.case_rights.may_see_private", lambda who, file: False)
    officer = as_person("officer")
    page = officer.get(f"{new(reference)}?event=1")
    assert "Show private answers" not in page.text
    assert officer.post(new(reference), data=typed(page) | {"step": "private"}).status_code == 403
    forged = {"private": "yes", "said_vulnerabilities": "None.", "said_resident": "Ada King", "reason": "A mistake."}
    preview = officer.post(new(reference), data=typed(page) | forged)
    assert "Asthma" not in preview.text
    officer.post(new(reference), data=typed(preview) | {"step": "save"})
    file = opened(office, reference)
    assert file.record[-1].fields["now_fields"] == {"resident": "Ada King"}
    assert file.events[0].fields["vulnerabilities"] == "Asthma."


def test_who_moves_a_case_out_of_their_sight_is_told_before_and_after_and_pressing_twice_is_harmless(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    manager = as_person("manager")  # repairs alone
    given = typed(manager.get(f"{new(reference)}?event=1")) | {"said_service_area": "income", "reason": "About rent."}
    preview = manager.post(new(reference), data=given)
    assert "You do not work there: once this is saved you no longer see the case." in text_of(preview)
    for _ in range(2):
        saved = manager.post(new(reference), data=typed(preview) | {"step": "save"})
        assert saved.status_code == 200
        office_work.assert_valid(saved.text)
        assert f"The case is {reference}" in text_of(saved)
    assert manager.get(f"{new(reference)}?event=1").status_code == 404
    assert manager.post(new(reference), data=given | {"step": "save"}).status_code == 404
    file = opened(office, reference)
    assert (len(file.record), file.row.area) == (2, "income")


def test_a_service_that_a_later_step_named_stays_and_the_preview_says_so(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    office_work.complete(
        office, reference, "triage", "2026-03-06", kind="complaint", decision="complaint", service_area="repairs"
    )
    officer = as_person("officer")
    given = typed(officer.get(f"{new(reference)}?event=1")) | {"said_service_area": "income", "reason": "About rent."}
    assert "The case stays with the service: Repairs." in text_of(officer.post(new(reference), data=given))


@pytest.mark.parametrize("address", ["?event=99", "?event=x", ""])
def test_an_event_that_is_not_there_is_not_found(office, as_person, address):
    reference = office_work.log(office, "2026-03-06")
    assert as_person("officer").get(new(reference) + address).status_code == 404


def test_an_auditor_corrects_nothing(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    assert as_person("auditor").get(f"{new(reference)}?event=1").status_code == 403
    assert as_person("auditor").post(new(reference), data={"event": "1"}).status_code == 403


def moving_is_on(office):
    """As an administrator turned it on."""
    case_moves.turn(office, office_work.person(office, "admin"), NOW, on=True)


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
    assert "Mina Manager placed it under" in file.governing.why


def test_a_case_is_moved_and_the_move_is_undone_each_with_a_reason(office, head):
    moving_is_on(office)
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
    moving_is_on(office)
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
    browser.get_by_text("The record is corrected").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_what_was_said_is_corrected_in_a_browser(request, viewport, app, office, serve, accessibility_faults):
    app.config["WTF_CSRF_ENABLED"] = True
    reference = office_work.log(office, "2026-03-06", vulnerabilities="Asthma.")
    browser, address = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address, "manager")
    browser.goto(f"{address}/cases/{reference}/corrections/new?event=1")
    browser.get_by_text("Correct what was recorded of it").click()
    for button in ("Show private answers", "See what it would change", "Save the correction"):
        assert accessibility_faults(browser) == []
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if button.startswith("See"):
            assert browser.get_by_label("bear in mind").input_value() == "Asthma."
            browser.get_by_label("Name of the resident").fill("Ada King")
            browser.get_by_label("Which service is it about?").select_option("income")
            browser.get_by_label("Why is it corrected?").fill("She rang to say so.")
        browser.get_by_role("button", name=button).click()
    browser.get_by_role("heading", name="Correction saved").wait_for()
    assert accessibility_faults(browser) == []
