"""A task's page says what is asked, why and by when; completing it is one effect, and nothing typed is ever lost."""

from __future__ import annotations

import html
import re

import pytest

from engine import steps
from engine.events import moment
from engine.store import acts, people
from engine.store.people import GrantRow
from tests.web import office_work

DAY = {"happened-day": "10", "happened-month": "3", "happened-year": "2026"}
ACKNOWLEDGED = {**office_work.ACKNOWLEDGED, **office_work.on("2026-03-10", "letter_date")}

BY_EMAIL = {"channel": "email", "to": "ada@example.org"}
WRITTEN = {**office_work.ANSWERED, "remedy": "A new boiler.", **office_work.on("2026-04-01", "remedy_by")}
TRIAGED = {"kind": "complaint", "decision": "complaint", "service_area": "repairs", **DAY}


def address(reference: str, task_key: str = "stage_1.acknowledge", rest: str = "") -> str:
    return f"/cases/{reference}/tasks/{task_key}{rest}"


def text_of(answer) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def record(office, reference):
    who = office_work.person(office, "officer")
    return [event.name for event in steps.seen_by(office, reference, who, moment("2026-03-10T10:00")).record]


def colleague(office, sign_in="manager", role="complaints_officer"):
    """Gives somebody the role of the desk too."""
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, sign_in)
        people.give_grant(tx, row.id, given=GrantRow(office_work.POLICY, role))


def test_the_form_stands_beside_the_date_its_working_and_the_words_of_the_policy(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    answer = as_person("officer").get(address(reference))
    said = " ".join(text_of(answer).split())
    assert "Due Friday 13 March 2026" in said
    assert "5 working days from 6 March 2026, not counting one weekend." in said
    assert "What the policy says" in said
    assert "Complaint Handling Code 2024, 6.2" in said
    assert "The boiler has been broken for three weeks." in said
    assert "Ada Lovelace" in said


def test_a_form_begins_with_today_and_what_the_case_already_knows(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    page = as_person("officer").get(address(reference)).text
    assert re.search(r'name="letter_date-day"[^>]*value="10"', page)
    assert "The boiler has been broken for three weeks.&#10;Nobody came." in page
    assert "A working boiler." in page
    assert "If this is done today, the answer is due on 24 March 2026." in page


def test_no_promise_is_written_for_an_officer_who_made_none(office, as_person):
    page = as_person("officer").get(address(office_work.to_acknowledge(office, "2026-03-06"))).text
    boxes = re.findall(r'<input[^>]*name="promised-(?:day|month|year)"[^>]*>', page)
    assert len(boxes) == 3
    assert not [box for box in boxes if re.search(r'value="\d', box)]


def test_completing_a_task_records_its_event_and_says_what_comes_next(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    officer = as_person("officer")
    answer = office_work.write_and_send(officer, address(reference), **office_work.ACKNOWLEDGED)
    assert answer.headers["Location"] == f"/cases/{reference}"
    assert record(office, reference)[-1] == "stage_1.acknowledged"
    said = " ".join(text_of(officer.get("/account")).split())
    assert "Recorded: Stage 1: acknowledge the complaint. The letter goes by e-mail to ada@example.org." in said
    assert (
        "Next: Stage 1: investigate and answer , due 24 March 2026; waiting for the Service manager to take it." in said
    )


def test_looking_changes_nothing(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    before = record(office, reference)
    officer = as_person("officer")
    for path in ("", "/claim", "/release", "/reassign"):
        officer.get(address(reference, rest=path))
    assert record(office, reference) == before


def test_the_same_button_pressed_twice_is_one_effect(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    officer = as_person("officer")
    page = officer.get(address(reference, "triage")).text
    sent = TRIAGED | {name: hidden(page, name) for name in ("request_key", "seen")}
    assert officer.post(address(reference, "triage"), data=sent).status_code == 302
    assert officer.post(address(reference, "triage"), data=sent).status_code == 302
    assert record(office, reference).count("triaged") == 1


def test_a_wrong_answer_is_named_linked_and_everything_typed_stays(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    wrong = ACKNOWLEDGED | {
        "understanding": "",
        "advocacy": "Shelter & friends",
        "promised-day": "40",
        "promised-year": "2026",
    }
    answer = as_person("officer").post(address(reference), data=wrong)
    assert answer.status_code == 400
    assert 'href="#answer-understanding"' in answer.text
    assert 'href="#answer-promised-day"' in answer.text
    assert "Shelter &amp; friends" in answer.text
    assert 'value="40"' in answer.text
    assert "<title>Error: " in re.sub(r"\s+", " ", answer.text)
    assert record(office, reference)[-1] == "triaged"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (("11", "3", "2026"), "When it happened must be today or in the past."),
        (("1", "3", "2026"), "must not be before the complaint was received, 6 March 2026"),
        (("31", "2", "2026"), "must be a real date"),
        (("", "", ""), "Enter the day it happened"),
    ],
)
def test_it_cannot_have_happened_on_such_a_day(office, as_person, day, said):
    reference = office_work.log(office, "2026-03-06")
    when = dict(zip(("happened-day", "happened-month", "happened-year"), day, strict=True))
    answer = as_person("officer").post(address(reference, "triage"), data=TRIAGED | when)
    assert answer.status_code == 400
    assert said in html.unescape(answer.text)
    assert 'href="#answer-happened-day"' in answer.text


def test_deciding_against_the_policys_advice_wants_a_reason(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    officer = as_person("officer")
    page = text_of(officer.get(address(reference, "triage")))
    assert "What the policy advises" in page
    assert "In every other case" in page
    sent = DAY | {"kind": "complaint", "decision": "comment", "service_area": "repairs"}
    answer = officer.post(address(reference, "triage"), data=sent)
    assert answer.status_code == 400
    assert "Say why you decide otherwise" in answer.text
    assert 'value="comment" checked' in answer.text
    assert officer.post(address(reference, "triage"), data=sent | {"reason": "It was praise."}).status_code == 302


def test_a_task_someone_else_completed_says_who_and_when_and_keeps_what_was_typed(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    colleague(office)
    officer = as_person("officer")
    page = officer.get(address(reference)).text
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-03-10T09:15", "manager", understanding="Mine.")
    sent = ACKNOWLEDGED | {name: hidden(page, name) for name in ("request_key", "seen")}
    answer = officer.post(address(reference), data=sent)
    assert answer.status_code == 409
    assert "Mina Manager completed this task on 10 March 2026 at 9:15am." in text_of(answer)
    assert "A boiler that does not work." in answer.text
    assert record(office, reference).count("stage_1.acknowledged") == 1
    assert "Mina Manager completed this task" in officer.get(address(reference)).text


def test_a_case_changed_meanwhile_says_by_whom_and_can_be_sent_again(office, as_person):
    reference = office_work.to_answer(office, "2026-03-06")
    manager = as_person("manager")
    office_work.write(manager, address(reference, "stage_1.respond"), **WRITTEN)
    preview = f"/cases/{reference}/letters/stage_1.respond"
    sent = BY_EMAIL | office_work.hidden(manager.get(preview).text)
    given = {"to": "2026-03-27", "reason": "A part is on order."}
    office_work.record(office, reference, "stage_1.extension_given", "2026-03-10T09:20", **given)
    answer = manager.post(f"{preview}/send", data=sent)
    assert answer.status_code == 409
    assert "Chidi Officer changed this case on 10 March 2026 at 9:20am" in text_of(answer)
    assert "Three visits were missed." in answer.text
    again = BY_EMAIL | office_work.hidden(answer.text)
    assert manager.post(f"{preview}/send", data=again).status_code == 302
    assert record(office, reference)[-1] == "stage_1.response_sent"


def test_who_does_not_hold_the_role_reads_the_task_and_is_told_whose_it_is(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    manager = as_person("manager")
    page = manager.get(address(reference))
    assert "This task is for the role Complaints" in text_of(page)
    assert "Complete this task" not in page.text
    assert manager.post(address(reference), data=ACKNOWLEDGED).status_code == 409
    assert manager.post(address(reference, rest="/claim")).status_code == 409


def test_an_auditor_reads_a_task_and_changes_nothing(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    auditor = as_person("auditor")
    page = auditor.get(address(reference)).text
    assert "An auditor reads every case and changes none." in page
    assert "<button" not in page.partition('id="main-content"')[2]
    for rest in ("", "/claim", "/release", "/reassign"):
        assert auditor.post(address(reference, rest=rest), data=ACKNOWLEDGED).status_code == 403


@pytest.mark.parametrize("who", ["manager", "officer"])
def test_a_case_one_may_not_see_is_not_found(office, as_person, who):
    reference = office_work.to_acknowledge(office, "2026-03-06", service_area="income")
    expected = 404 if who == "manager" else 200
    browser = as_person(who)
    assert browser.get(address(reference)).status_code == expected
    if expected == 404:
        for rest in ("", "/claim", "/release", "/reassign"):
            assert browser.post(address(reference, rest=rest), data=ACKNOWLEDGED).status_code == 404
    assert browser.get(address("SEH-2026-99999")).status_code == 404


@pytest.mark.parametrize(
    ("task_key", "code"),
    [("stage_2.acknowledge", 409), ("stage_1.paint_it", 404), ("nonsense", 404), ("stage_9.respond", 404)],
)
def test_a_task_that_is_not_open_is_answered_in_words_and_one_there_never_is_not_found(
    office, as_person, task_key, code
):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    officer = as_person("officer")
    assert officer.get(address(reference, task_key)).status_code == code
    assert officer.post(address(reference, task_key), data=ACKNOWLEDGED).status_code == code


def test_a_task_is_claimed_released_and_handed_over_with_a_reason(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    colleague(office)
    officer, manager = as_person("officer"), as_person("manager")
    officer.post(address(reference, rest="/claim"))
    assert "You have this task." in officer.get(address(reference)).text
    refused = manager.post(address(reference, rest="/claim"))
    assert refused.status_code == 409
    assert "Chidi Officer has this task" in refused.text
    assert manager.post(address(reference, rest="/release")).status_code == 409
    officer.post(address(reference, rest="/release"))
    assert "Nobody has this task yet" in officer.get(address(reference)).text
    to = str(office_work.person(office, "manager").id)
    no_reason = officer.post(address(reference, rest="/reassign"), data={"to": to, "reason": " "})
    assert no_reason.status_code == 400
    assert 'href="#reason"' in no_reason.text
    assert f'value="{to}" selected' in no_reason.text
    officer.post(address(reference, rest="/reassign"), data={"to": to, "reason": "Chidi is on leave."})
    assert "Mina Manager has had this task since" in officer.get(address(reference)).text
    assert record(office, reference)[-3:] == ["claimed", "released", "reassigned"]


def test_a_task_is_handed_only_to_people_who_may_do_it(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    officer = as_person("officer")
    officer.post(address(reference, rest="/claim"))
    assert "Hand this task to someone else" not in officer.get(address(reference)).text
    manager = str(office_work.person(office, "manager").id)
    answer = officer.post(address(reference, rest="/reassign"), data={"to": manager, "reason": "Please."})
    assert answer.status_code == 400
    assert record(office, reference)[-1] == "claimed"


def test_after_a_late_step_the_backstop_is_shown_beside_the_date(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-02-20")
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-03-03", understanding="Late.")
    said = text_of(as_person("manager").get(address(reference, "stage_1.respond")))
    assert "17 March 2026" in said
    assert "13 March 2026: that is the backstop" in said


def test_a_case_on_hold_says_so_on_every_task(office, as_person):
    reference = office_work.log(office, "2012-05-01")
    answer = as_person("officer").get(address(reference, "triage"))
    assert answer.status_code == 409
    assert "waits for someone to choose a version" in answer.text


def test_a_token_is_needed_to_complete_a_task(app, office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    officer = as_person("officer")
    app.config["WTF_CSRF_ENABLED"] = True
    assert officer.post(address(reference), data=ACKNOWLEDGED).status_code == 400
    assert record(office, reference)[-1] == "triaged"


def test_a_request_key_is_nobodys_but_the_persons(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    officer = as_person("officer")
    key = "k" * 20
    officer.post(address(reference, "triage"), data=TRIAGED | {"request_key": key})
    me = office_work.person(office, "officer").id
    with office.database.reading() as tx:
        assert acts.result_of_request(tx, f"{me}:{key}") == reference
        assert acts.result_of_request(tx, key) is None


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_every_page_of_a_task_is_accessible_and_fits(request, viewport, app, office, serve, accessibility_faults):
    triage = office_work.log(office, "2026-03-06")
    acknowledge = office_work.to_acknowledge(office, "2026-02-20")
    answer = office_work.to_answer(office, "2026-03-06")
    colleague(office)
    browser, address_of = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address_of, "officer")
    for path in (address(triage, "triage"), address(acknowledge), address(answer, "stage_1.respond"), address(answer)):
        browser.goto(f"{address_of}{path}")
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    browser.goto(f"{address_of}{address(triage, 'triage')}")
    browser.get_by_role("button", name="Complete this task").click()
    browser.get_by_role("link", name="Answer the question: What have you decided?").wait_for()
    assert accessibility_faults(browser) == []


def test_every_page_of_a_task_is_valid_html(office, as_person):
    triage = office_work.log(office, "2026-03-06")
    reference = office_work.to_answer(office, "2026-03-06")
    officer = as_person("officer")
    office_work.assert_valid(officer.get(address(triage, "triage")).text)
    office_work.assert_valid(officer.post(address(triage, "triage"), data=DAY).text)
    office_work.assert_valid(officer.get(address(reference)).text)
    office_work.assert_valid(officer.post(address(reference), data=ACKNOWLEDGED).text)
    office_work.assert_valid(as_person("manager").get(address(reference, "stage_1.respond")).text)
    office_work.assert_valid(as_person("auditor").get(address(reference, "stage_1.respond")).text)


def test_a_case_is_taken_and_worked_without_javascript(app, office, serve, open_page):
    reference = office_work.log(office, "2026-03-06")
    app.config["WTF_CSRF_ENABLED"] = True
    browser, address_of = open_page(java_script_enabled=False), serve(app)
    office_work.sign_in(browser, address_of, "officer")
    browser.get_by_role("link", name="My team's tasks").click()
    browser.get_by_role("button", name="Take it").click()
    browser.get_by_text(f"You have the task now: Decide what this is, {reference}").wait_for()
    browser.get_by_role("link", name="Decide what this is").click()
    browser.get_by_label("Accept it as a complaint").check()
    browser.get_by_role("button", name="Complete this task").click()
    browser.get_by_role("link", name="Acknowledge the complaint").first.click()
    browser.get_by_label("Which parts are we responsible for?").fill("All of it.")
    browser.get_by_label("Which advocacy or advice services can help the resident?").fill("Citizens Advice.")
    browser.get_by_role("button", name="Preview the letter").click()
    browser.get_by_label("E-mail address").fill("ada@example.org")
    browser.get_by_role("button", name="Send it").click()
    browser.get_by_text("Recorded: Stage 1: acknowledge the complaint.").wait_for()
    assert record(office, reference)[-1] == "stage_1.acknowledged"
