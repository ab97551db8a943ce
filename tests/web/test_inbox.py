"""The inbox lists what is due first, to those who may see it, and says in words how pressing each task is."""

from __future__ import annotations

import re

import pytest

from engine.store import people
from engine.store.people import GrantRow
from tests.web import office_work


def titles(page: str) -> list[str]:
    """The references of the tasks listed, in order."""
    rows = re.findall(r'<th scope="row".*?</th>', page, re.DOTALL)
    return [re.search(r"(\w+-\d{4}-\d{5})</span>", row)[1] for row in rows]


def test_the_start_page_is_ones_own_tasks(as_person):
    officer = as_person("officer")
    assert officer.get("/").headers["Location"] == "/inbox/mine"
    assert officer.get("/inbox").headers["Location"] == "/inbox/mine"
    page = officer.get("/inbox/mine").text
    assert "Nothing is in your name" in page
    assert "See what waits for your team" in page


def test_what_is_due_first_stands_first_and_says_how_late_it_is(office, as_person):
    late = office_work.to_acknowledge(office, "2026-02-26")
    soon = office_work.to_acknowledge(office, "2026-03-05")
    today = office_work.to_acknowledge(office, "2026-03-03")
    page = as_person("officer").get("/inbox/team").text
    assert titles(page) == [late, today, soon]
    assert "Overdue by 3 working days" in page
    assert "Due today" in page
    assert "Due soon" in page
    assert "5 March 2026" in page
    assert "Acknowledgement, within 5 working days of receiving the complaint" in page
    counts = dict(zip(("overdue", "today", "soon"), re.findall(r'redress-counts__number">([^<]+)<', page), strict=True))
    assert counts == {"overdue": "1", "today": "1", "soon": "1"}


def test_an_earlier_promise_decides_the_order_and_both_dates_are_shown(office, as_person):
    plain = office_work.to_answer(office, "2026-03-03")
    promised = office_work.to_acknowledge(office, "2026-03-04")
    office_work.complete(
        office, promised, "stage_1.acknowledge", "2026-03-04", understanding="As told.", promised="2026-03-12"
    )
    page = as_person("manager").get("/inbox/team").text
    assert titles(page) == [promised, plain]
    assert "Promised: 12 March 2026" in page
    assert "Policy: 18 March 2026" in page


def test_a_team_sees_the_tasks_of_its_roles_and_areas_and_no_others(office, as_person):
    repairs = office_work.to_answer(office, "2026-03-03")
    income = office_work.to_answer(office, "2026-03-03", service_area="income")
    to_acknowledge = office_work.to_acknowledge(office, "2026-03-03")
    manager = as_person("manager")
    assert titles(manager.get("/inbox/team").text) == [repairs]
    everything = titles(manager.get("/inbox/all").text)
    assert sorted(everything) == sorted([repairs, to_acknowledge])
    assert income not in everything


def test_an_auditor_sees_every_task_and_no_button(office, as_person):
    references = {office_work.to_answer(office, "2026-03-03"), office_work.log(office, "2026-03-04")}
    page = as_person("auditor").get("/inbox/all").text
    assert set(titles(page)) == references
    assert "Take it" not in page


def test_an_administrator_sees_no_case_and_is_told_why(office, as_person):
    reference = office_work.log(office, "2026-03-03")
    answer = as_person("admin").get("/inbox/all")
    assert answer.status_code == 403
    assert "An administrator cannot read cases" in answer.text
    assert reference not in answer.text


def test_who_holds_no_role_is_told_how_to_get_one(office, as_person):
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "manager")
        people.take_grant(tx, row.id, taken=GrantRow("south-essex-homes", "service_manager", "repairs"))
    assert "You hold no role yet" in as_person("manager").get("/inbox/mine").text


def test_a_task_is_taken_from_the_list_and_is_then_ones_own(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-03")
    officer = as_person("officer")
    address = f"/cases/{reference}/tasks/stage_1.acknowledge/claim"
    assert officer.get(address).status_code == 405
    taken = officer.post(address, data={"back": "/inbox/team?due=soon"})
    assert taken.headers["Location"] == "/inbox/team?due=soon"
    page = officer.get("/inbox/mine").text
    assert titles(page) == [reference]
    assert "You have the task now: Stage 1: acknowledge the complaint" in page
    assert "Take it" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=complaints_officer", ["b"]),
        ("role=service_manager", ["a"]),
        ("stage=stage_1", ["b", "a"]),
        ("stage=stage_2", []),
        ("due=overdue", ["b"]),
        ("due=today", []),
        ("person=nobody", ["b", "a"]),
        ("person=999", []),
        ("version=999", []),
        ("q=hopper", ["b"]),
        ("q=engine+row", ["a"]),
        ("q=nothing+like+it", []),
        ("due=never", ["b", "a"]),
        ("after=nonsense", ["b", "a"]),
        ("after=2026-99-99.1", ["b", "a"]),
        ("person=%00", None),
    ],
)
def test_a_list_is_narrowed_by_what_is_asked(office, as_person, query, found):
    references = {
        "a": office_work.to_answer(office, "2026-03-03"),
        "b": office_work.to_acknowledge(office, "2026-02-26", resident="Grace Hopper", address="1 Navy Road"),
    }
    answer = as_person("officer").get(f"/inbox/all?{query}")
    if found is None:
        assert answer.status_code == 400
    else:
        assert titles(answer.text) == [references[one] for one in found]


def test_filters_in_force_are_named_and_can_be_taken_away(office, as_person):
    page = as_person("officer").get("/inbox/team?due=overdue&q=Ada").text
    assert "When it is due: Overdue" in page
    assert 'href="/inbox/team?q=Ada"' in page
    assert "No open task fits what you asked for" in page


def test_a_long_list_goes_on_page_by_page_and_none_is_lost_or_doubled(office, as_person):
    references = [office_work.log(office, "2026-03-03") for _ in range(27)]
    officer = as_person("officer")
    first = officer.get("/inbox/team?stage=").text
    following = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = officer.get(following).text
    assert titles(first) + titles(second) == references
    assert len(titles(second)) == 2
    assert "Back to the first page" in second
    assert 'rel="next"' not in second


def test_a_count_stops_at_ninety_nine(office, as_person, monkeypatch):
    from engine.store import inbox

    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    for _ in range(3):
        office_work.log(office, "2026-03-03")
    assert "My team&#39;s tasks (99+)" in as_person("officer").get("/inbox/team").text


def test_a_complaint_no_version_governs_is_on_hold_where_people_look(office, as_person):
    reference = office_work.log(office, "2012-05-01")
    officer = as_person("officer")
    assert "Complaints are on hold" in officer.get("/inbox/mine").text
    page = officer.get("/inbox/held").text
    assert reference in page
    assert "No version of the policy was in force on that day" in page
    assert as_person("admin").get("/inbox/held").status_code == 403


def test_a_policy_one_does_not_work_for_stays_out_of_sight(office, as_person):
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "manager")
        people.give_grant(tx, row.id, given=GrantRow("st-leger-homes", "complaints_officer"))
    elsewhere = office_work.log(office, "2026-03-03", who="manager", policy="st-leger-homes")
    assert elsewhere not in as_person("officer").get("/inbox/all").text
    assert elsewhere in as_person("manager").get("/inbox/all").text


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_every_list_is_accessible_and_fits(request, viewport, app, office, serve, accessibility_faults):
    office_work.to_acknowledge(office, "2026-02-26")
    promised = office_work.to_acknowledge(office, "2026-03-04")
    office_work.complete(
        office, promised, "stage_1.acknowledge", "2026-03-04", understanding="As told.", promised="2026-03-12"
    )
    office_work.log(office, "2012-05-01")
    browser, address = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address, "officer")
    for path in ("mine", "team", "all", "all?due=overdue&q=Ada&role=complaints_officer", "all?q=nothing", "held"):
        browser.goto(f"{address}/inbox/{path}")
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    browser.goto(f"{address}/inbox/all")
    browser.get_by_text("Filter by role, stage").click()
    assert accessibility_faults(browser) == []


def test_every_list_is_valid_html_with_each_id_once(office, as_person):
    office_work.to_acknowledge(office, "2026-02-26")
    office_work.log(office, "2012-05-01")
    officer = as_person("officer")
    for path in ("mine", "team", "all?due=overdue&q=Ada", "held"):
        office_work.assert_valid(officer.get(f"/inbox/{path}").text)
    office_work.assert_valid(as_person("admin").get("/inbox/mine").text)
