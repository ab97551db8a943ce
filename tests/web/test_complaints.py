"""Logging a complaint: what follows is shown before it is saved, the day of receipt decides, nothing typed is lost."""

from __future__ import annotations

import html
import re

import pytest

from engine import steps
from engine.events import moment
from engine.refusals import Unknown
from engine.store import people
from engine.store.people import GrantRow
from tests.web import office_work

TODAY = {"happened-day": "10", "happened-month": "3", "happened-year": "2026"}
TOLD = {
    "channel": "email",
    "resident": "Ada Lovelace",
    "description": "The boiler is broken.",
    "service_area": "repairs",
}
WIZARD = {"wizard": "one-wizard-of-the-tests"}


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def carried(answer) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in found if name != "step"}


def day(text: str) -> dict[str, str]:
    year, month, number = text.split("-")
    return {"happened-day": number, "happened-month": month, "happened-year": year}


def post(browser, step, **answers):
    return browser.post("/complaints/new", data={"step": step, **answers})


def test_who_works_for_one_landlord_is_not_asked_which(as_person, office):
    page = as_person("officer").get("/complaints/new")
    assert "It is dealt with under the policy of South Essex Homes" in text_of(page)
    assert "When did we receive the complaint?" in text_of(page)
    assert 'name="policy"' not in page.text
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "officer")
        people.give_grant(tx, row.id, given=GrantRow("st-leger-homes", "complaints_officer"))
    page = as_person("officer").get("/complaints/new").text
    assert 'value="st-leger-homes"' in page
    assert 'value="council-housing"' not in page


def test_the_day_of_receipt_must_be_a_day_that_has_come(as_person):
    officer = as_person("officer")
    for wrong in (day("2026-03-11"), day("2026-02-30"), {}, {**TODAY, "happened-time": "23:00"}):
        answer = post(officer, "what", **wrong)
        assert (answer.status_code, "There is a problem" in answer.text) == (400, True), wrong
        assert 'href="#answer-happened-day"' in answer.text


def test_the_form_is_that_of_the_version_in_force_on_the_day_of_receipt(as_person):
    officer = as_person("officer")
    assert "In person" in post(officer, "what", **TODAY).text
    old = post(officer, "what", **day("2019-05-01"))
    assert "Freephone" in old.text
    assert "three-stage-2018" in old.text
    assert "When did this happen?" not in old.text


def test_before_it_is_saved_it_shows_the_version_and_every_date_with_its_working(as_person, office):
    answer = post(as_person("officer"), "check", **TODAY, **TOLD)
    said = text_of(answer)
    assert "Received on 10 March 2026; two-stage-2024 is in force from 1 April 2024." in said
    assert "Tuesday 17 March 2026" in said
    assert "5 working days from 10 March 2026, not counting one weekend." in said
    assert "Ada Lovelace" in said
    assert "What comes next: Decide what this is." in said
    with pytest.raises(Unknown):
        steps.seen_by(office, "SEH-2026-00001", office_work.person(office, "officer"), moment("2026-03-10T09:30"))


def test_a_complaint_logged_late_is_governed_by_its_day_of_receipt_and_says_what_is_late(as_person):
    said = text_of(post(as_person("officer"), "check", **day("2024-03-28"), **TOLD))
    assert "Received on 28 March 2024; three-stage-2018 is in force from 1 November 2018." in said
    assert "It is logged later than it was received. The day of receipt, 28 March 2024, decides" in said
    assert "Overdue by" in said


def test_where_no_version_was_in_force_it_is_registered_and_held(as_person):
    officer = as_person("officer")
    given = {**day("2012-05-01"), **TOLD}
    assert "registered and held until somebody chooses" in text_of(post(officer, "check", **given))
    saved = post(officer, "save", **given)
    assert saved.status_code == 302
    assert "No version of the policy was in force on 1 May 2012." in text_of(officer.get(saved.location))


def test_a_saved_complaint_leads_to_its_case(as_person):
    officer = as_person("officer")
    saved = post(officer, "save", **TODAY, **TOLD, **WIZARD)
    assert saved.location == "/cases/SEH-2026-00001"
    said = text_of(officer.get(saved.location))
    assert "The complaint is logged. Its reference is SEH-2026-00001." in said
    assert "Decide what this is" in said


def test_the_button_pressed_twice_logs_one_complaint_and_other_answers_another(as_person):
    officer = as_person("officer")
    first, again = (post(officer, "save", **TODAY, **TOLD, **WIZARD) for _ in range(2))
    assert first.location == again.location
    other = post(officer, "save", **TODAY, **TOLD | {"resident": "Grace Hopper"}, **WIZARD)
    assert other.location != first.location


def test_going_back_keeps_everything_that_was_typed(as_person):
    officer = as_person("officer")
    checked = post(officer, "check", **TODAY, **TOLD, **WIZARD)
    what = post(officer, "what", **carried(checked))
    assert 'value="Ada Lovelace"' in what.text
    assert "The boiler is broken." in what.text
    where = post(officer, "where", **carried(checked))
    assert 'value="2026"' in where.text
    assert carried(where)["resident"] == "Ada Lovelace"
    onward = post(officer, "what", **carried(where), **day("2026-03-06"))
    assert 'value="Ada Lovelace"' in onward.text
    assert "Received on 6 March 2026" in text_of(onward)


def test_a_form_not_filled_as_it_asks_says_each_thing_and_keeps_the_rest(as_person):
    answer = post(as_person("officer"), "check", **TODAY, resident="Ada Lovelace", email="ada", address="12 Engine Row")
    assert answer.status_code == 400
    for field in ("channel", "description", "email"):
        assert f'href="#answer-{field}"' in answer.text
    assert 'value="Ada Lovelace"' in answer.text
    assert "12 Engine Row" in answer.text


def test_any_member_of_staff_may_log_and_is_told_when_the_case_is_anothers(as_person):
    manager = as_person("manager")  # of repairs
    saved = post(manager, "save", **TODAY, **TOLD | {"service_area": "income"})
    said = text_of(manager.get(saved.location))
    assert "Complaint logged Its reference is SEH-2026-00001" in said
    assert "you cannot open the case" in said
    for who in ("auditor", "admin"):
        assert as_person(who).get("/complaints/new").status_code == 403


def test_a_policy_one_does_not_work_for_is_refused(as_person, office):
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "officer")
        people.give_grant(tx, row.id, given=GrantRow("st-leger-homes", "complaints_officer"))
    answer = post(as_person("officer"), "save", policy="council-housing", **TODAY, **TOLD)
    assert answer.status_code == 400
    assert 'href="#answer-policy"' in answer.text


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_a_complaint_is_logged_in_a_browser(request, viewport, app, serve, accessibility_faults):
    app.config["WTF_CSRF_ENABLED"] = True
    browser, address = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address, "officer")
    browser.goto(f"{address}/complaints/new")
    log_by_hand(browser, lambda: looks_right(browser, accessibility_faults))
    browser.get_by_text("The complaint is logged.").wait_for()


def test_a_complaint_is_logged_without_javascript(app, serve, open_page):
    browser, address = open_page(java_script_enabled=False), serve(app)
    office_work.sign_in(browser, address, "officer")
    browser.goto(f"{address}/complaints/new")
    log_by_hand(browser, lambda: None)
    browser.get_by_role("heading", name="Ada Lovelace").wait_for()


def looks_right(browser, accessibility_faults) -> None:
    assert accessibility_faults(browser) == [], browser.title()
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), browser.title()


def log_by_hand(browser, look) -> None:
    look()
    browser.get_by_role("button", name="Continue").click()
    look()
    browser.get_by_role("button", name="Continue").click()
    look()
    browser.get_by_label("E-mail", exact=True).first.check()
    browser.get_by_label("Name of the resident").fill("Ada Lovelace")
    browser.get_by_label("What has happened?").fill("The boiler is broken.")
    browser.get_by_role("button", name="Continue").click()
    look()
    browser.get_by_role("button", name="Back").click()
    assert browser.get_by_label("Name of the resident").input_value() == "Ada Lovelace"
    browser.get_by_role("button", name="Continue").click()
    browser.get_by_role("button", name="Log the complaint").click()
    look()
