"""What waits to go, what went, and what needs a person: whoever works the case decides, and nobody else."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from engine import returns, steps
from engine.store import outbox, people
from engine.store.people import GrantRow
from tests.web import office_work


def said(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def reference(office, as_person):
    """A case whose acknowledgement waits to go by e-mail."""
    made = office_work.to_acknowledge(office, "2026-03-06")
    path = f"/cases/{made}/tasks/stage_1.acknowledge"
    assert office_work.write_and_send(as_person("officer"), path, **office_work.ACKNOWLEDGED).status_code == 302
    return made


@pytest.fixture
def become(office, clock):
    """A worker takes the letter, and this becomes of it; its number."""

    def end(status: str, words: str = "") -> int:
        with office.database.writing() as tx:
            (row,) = outbox.take(tx, now=clock(), lease_until=clock() + timedelta(minutes=5), kinds=["letter"])
            lease = clock() + timedelta(minutes=5)
            assert outbox.begin(tx, row.id, attempts=row.attempts, now=clock(), lease_until=lease)
            assert outbox.finish(tx, row.id, attempts=row.attempts, status=status, now=clock(), said=words)
        return row.id

    return end


def letter(office, number):
    with office.database.reading() as tx:
        return outbox.one(tx, number)


def standing(office, reference, clock):
    return steps.seen_by(office, reference, office_work.person(office, "officer"), clock()).standing


def test_a_letter_that_waits_is_listed_with_where_it_goes(as_person, reference):
    page = said(as_person("officer").get("/letters"))
    assert "No letter needs a person." in page
    assert f"with what became of each Letter To What became of it We have your complaint {reference}" in page
    assert "ada@example.org Waits to go 10 March 2026 at 9:30am" in page


def test_a_letter_that_went_is_listed_as_gone(as_person, reference, become):
    become(outbox.SENT)
    page = said(as_person("officer").get("/letters"))
    assert "No letter waits to go." in page
    assert "ada@example.org Gone 10 March 2026" in page


@pytest.mark.parametrize("status", [outbox.UNSURE, outbox.FAILED])
def test_a_letter_that_perhaps_went_or_failed_needs_a_person_who_is_told_why(as_person, reference, become, status):
    become(status, "The server would not say.")
    officer = as_person("officer")
    page = said(officer.get("/letters"))
    assert "These need a person" in page
    assert "The server would not say." in page
    assert "1 letter needs a person." in said(officer.get("/inbox/mine"))


def test_a_letter_that_waits_too_long_needs_a_person(as_person, reference, clock):
    clock.now += timedelta(hours=25)
    page = as_person("officer").get("/letters")
    assert "These need a person" in said(page)
    assert re.findall(r'name="decision" value="(\w+)"', page.text) == ["back"]


@pytest.mark.parametrize(("choice", "status"), [("arrived", outbox.SENT), ("again", outbox.WAITING)])
def test_a_person_decides_that_it_arrived_or_has_it_sent_again(
    office, as_person, reference, become, clock, choice, status
):
    number, officer = become(outbox.UNSURE), as_person("officer")
    assert officer.post(f"/letters/{number}", data={"decision": choice}).headers["Location"] == "/letters"
    assert letter(office, number).status == status
    assert "Chidi Officer" in letter(office, number).said
    assert [task.key for task in standing(office, reference, clock).open_tasks] == ["stage_1.respond"]


def test_a_letter_taken_back_strikes_its_event_and_opens_its_task_again(office, as_person, reference, become, clock):
    number, officer = become(outbox.FAILED, "No such mailbox."), as_person("officer")
    assert officer.post(f"/letters/{number}", data={"decision": "back"}).status_code == 302
    assert letter(office, number).status == outbox.CANCELLED
    assert [task.key for task in standing(office, reference, clock).open_tasks] == ["stage_1.acknowledge"]
    assert "Taken back" in said(officer.get("/letters"))


@pytest.fixture
def came_back(office, become, clock):
    """The letter went, and its delivery failed after all: what it recorded is struck out. Its number."""
    number = become(outbox.SENT)
    returns.returned(office, letter(office, number), "There is nobody of that name.", clock())
    return number


def test_a_letter_that_came_back_leads_to_its_open_task_and_is_only_taken_off_the_list(
    office, as_person, reference, came_back
):
    officer = as_person("officer")
    page = officer.get("/letters")
    assert "These came back" in said(page)
    assert "These need a person" not in said(page)
    assert "There is nobody of that name." in said(page)
    assert "its task is open again: Stage 1: acknowledge the complaint" in said(page)
    assert f'href="/cases/{reference}/tasks/stage_1.acknowledge"' in page.text
    assert re.findall(r'name="decision" value="(\w+)"', page.text) == ["off"]
    assert "1 letter came back" in said(officer.get("/inbox/mine"))
    assert officer.post(f"/letters/{came_back}", data={"decision": "off"}).status_code == 302
    assert letter(office, came_back).status == outbox.CANCELLED
    assert "came back" not in said(officer.get("/inbox/mine"))


@pytest.mark.parametrize("choice", ["arrived", "again"])
def test_a_letter_that_came_back_is_neither_sent_again_nor_said_to_have_arrived(
    office, as_person, reference, came_back, choice
):
    answer = as_person("officer").post(f"/letters/{came_back}", data={"decision": choice})
    assert answer.status_code == 409
    assert "struck out meanwhile" in said(answer)
    assert letter(office, came_back).status == outbox.FAILED


def test_a_letter_said_to_have_arrived_shows_the_day_it_went_and_who_found_out_when(
    as_person, reference, become, clock
):
    number, officer = become(outbox.UNSURE), as_person("officer")
    clock.now += timedelta(hours=2)
    officer.post(f"/letters/{number}", data={"decision": "arrived"})
    page = said(officer.get("/letters"))
    assert "Gone 10 March 2026 at 9:30am Chidi Officer found out on 10 March 2026 that it arrived." in page


def test_what_went_last_stands_first(office, as_person, clock):
    made = [office_work.to_acknowledge(office, "2026-03-06") for _ in range(2)]
    officer = as_person("officer")
    for one in made:
        path = f"/cases/{one}/tasks/stage_1.acknowledge"
        office_work.write_and_send(officer, path, **office_work.ACKNOWLEDGED)
    with office.database.writing() as tx:
        rows = outbox.take(tx, now=clock(), lease_until=clock() + timedelta(minutes=5), kinds=["letter"])
        for row, minutes in zip(rows, (9, 3), strict=True):  # the first written goes last
            moment = clock() + timedelta(minutes=minutes)
            outbox.begin(tx, row.id, attempts=row.attempts, now=moment, lease_until=moment)
            outbox.finish(tx, row.id, attempts=row.attempts, status=outbox.SENT, now=moment)
    page = said(officer.get("/letters"))
    assert page.index(f"complaint {made[0]}") < page.index(f"complaint {made[1]}")


def test_it_is_decided_once(as_person, reference, become):
    number, officer = become(outbox.UNSURE), as_person("officer")
    assert officer.post(f"/letters/{number}", data={"decision": "arrived"}).status_code == 302
    again = officer.post(f"/letters/{number}", data={"decision": "again"})
    assert again.status_code == 409
    assert "Somebody decided about this letter already" in said(again)


def test_no_other_decision_is_taken(office, as_person, reference, become):
    number = become(outbox.UNSURE)
    assert as_person("officer").post(f"/letters/{number}", data={"decision": "burn"}).status_code == 400
    assert letter(office, number).status == outbox.UNSURE


def test_an_auditor_reads_and_does_not_decide(as_person, reference, become):
    number, auditor = become(outbox.UNSURE), as_person("auditor")
    page = auditor.get("/letters")
    assert "These need a person" in said(page)
    assert reference in page.text
    assert 'name="decision"' not in page.text
    assert auditor.post(f"/letters/{number}", data={"decision": "arrived"}).status_code == 403


def test_letters_of_another_area_are_neither_shown_nor_decided(office, as_person, reference, become):
    number = become(outbox.UNSURE)
    stranger = office_work.person_row(office, "manager")
    with office.database.writing() as tx:
        people.take_grant(tx, stranger.id, taken=GrantRow(office_work.POLICY, "service_manager", "repairs"))
        people.give_grant(tx, stranger.id, given=GrantRow(office_work.POLICY, "service_manager", "income"))
    manager = as_person("manager")
    assert reference not in manager.get("/letters").text
    assert manager.post(f"/letters/{number}", data={"decision": "arrived"}).status_code == 409
    assert letter(office, number).status == outbox.UNSURE


def test_the_pages_are_valid_html(as_person, reference, become):
    become(outbox.UNSURE, "The server would not say.")
    officer = as_person("officer")
    office_work.assert_valid(officer.get("/letters").text)
    office_work.assert_valid(officer.get("/inbox/mine").text)


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_the_page_is_accessible_and_fits(request, viewport, app, reference, become, serve, accessibility_faults):
    become(outbox.UNSURE, "The server would not say.")
    browser, address_of = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address_of, "officer")
    browser.goto(f"{address_of}/letters")
    assert accessibility_faults(browser) == []
    assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
