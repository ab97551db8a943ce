"""Anybody who works here passes a complaint on in a minute; the day they were told is the day of receipt."""

from __future__ import annotations

import html
import re

from engine import steps
from engine.events import local_day, moment
from engine.store import people
from tests.web import office_work

TOLD = {
    "policy": "south-essex-homes", "happened-day": "6", "happened-month": "3", "happened-year": "2026",
    "channel": "in_person", "resident": "Ada Lovelace", "reach": "01632 960 001", "address": "12 Engine Row",
    "description": "The boiler is still broken.",
}  # fmt: skip


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def hire(office, sign_in="porter"):
    """Somebody who works here and holds no role."""
    with office.database.writing() as tx:
        known = people.person_by_sign_in(tx, "officer")
        people.add_person(
            tx, sign_in, name="Petra Porter", email="", password_hash=known.password_hash, now=moment("2026-03-01")
        )


def logged(office, answer):
    reference = answer.headers["Location"].rpartition("/")[2]
    return steps.seen_by(office, reference, office_work.person(office, "auditor"), moment("2026-03-10T10:00"))


def test_somebody_without_a_role_passes_a_complaint_on_and_is_given_its_reference(office, as_person):
    hire(office)
    porter = as_person("porter")
    assert porter.get("/").headers["Location"] == "/pass-on", "it is all they can do here"
    answer = porter.post("/pass-on", data=TOLD)
    file = logged(office, answer)
    told = porter.get(answer.headers["Location"])
    assert f"Its reference is {file.reference}" in text_of(told)
    assert "What happens next" in text_of(told)
    assert 'href="/pass-on"' in told.text
    assert "Open the case" not in text_of(told)
    assert porter.get(f"/cases/{file.reference}").status_code in (403, 404)


def test_the_day_they_were_told_is_the_day_of_receipt_and_its_version_governs(office, as_person):
    officer = as_person("officer")
    file = logged(office, officer.post("/pass-on", data=TOLD))
    assert local_day(file.received).isoformat() == "2026-03-06"
    assert file.standing.ledger.deadlines["stage_1.acknowledgement"].due.isoformat() == "2026-03-13"
    long_ago = TOLD | {"happened-day": "4", "happened-month": "3", "happened-year": "2019"}
    assert logged(office, officer.post("/pass-on", data=long_ago)).governing.version.version == "three-stage-2018"


def test_what_they_know_stands_in_the_complaint_and_who_passed_it_on(office, as_person):
    hire(office)
    file = logged(office, as_person("porter").post("/pass-on", data=TOLD | {"reach": "ada@example.org"}))
    received = file.events[0]
    assert received.text("resident") == "Ada Lovelace"
    assert (received.text("email"), received.text("phone")) == ("ada@example.org", "")
    assert received.by_name == "Petra Porter"
    assert received.text("description") == "The boiler is still broken."


def test_little_is_needed_and_nothing_typed_is_lost(office, as_person):
    officer = as_person("officer")
    little = {name: value for name, value in TOLD.items() if name not in ("reach", "address")}
    assert officer.post("/pass-on", data=little).status_code == 302
    answer = officer.post("/pass-on", data=TOLD | {"resident": "", "reach": "ring the daughter"})
    assert answer.status_code == 400
    assert 'href="#answer-resident"' in answer.text
    assert "Enter a telephone number, such as 01632 960 001, or an e-mail address" in text_of(answer)
    assert "ring the daughter" in answer.text
    assert "The boiler is still broken." in answer.text


def test_a_day_to_come_is_refused(office, as_person):
    for day in ("11", "32", ""):
        answer = as_person("officer").post("/pass-on", data=TOLD | {"happened-day": day})
        assert answer.status_code == 400
        assert 'href="#answer-happened-day"' in answer.text


def test_pressed_twice_it_is_one_complaint(office, as_person):
    officer = as_person("officer")
    key = re.search(r'name="request_key" value="([^"]+)"', officer.get("/pass-on").text)[1]
    places = {officer.post("/pass-on", data=TOLD | {"request_key": key}).headers["Location"] for _ in range(3)}
    assert len(places) == 1


def test_the_page_asks_at_most_seven_questions_and_everybody_signed_in_finds_it(office, as_person):
    hire(office)
    for who in ("officer", "porter"):
        browser = as_person(who)
        page = browser.get("/pass-on").text
        questions = re.findall(r"<(?:label|legend)[^>]*govuk-(?:label|fieldset__legend)--s", page)
        assert 5 <= len(questions) <= 7
        assert 'href="/pass-on"' in browser.get("/account").text
        office_work.assert_valid(page)
        office_work.assert_valid(browser.post("/pass-on", data={}).text)


def test_a_made_up_reference_is_not_repeated(as_person):
    answer = as_person("officer").get("/pass-on/sent/%3Cb%3Eyou%20have%20won")
    assert "you have won" not in answer.text
