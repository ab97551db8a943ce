"""What may happen now has a form that says what the policy allows; anything else is answered with what may happen."""

from __future__ import annotations

import html
import re

import pytest

from engine import steps
from engine.events import moment
from engine.store import people
from engine.store.people import GrantRow
from tests.web import office_work

TODAY = {"happened-day": "10", "happened-month": "3", "happened-year": "2026"}


def address(reference: str, name: str) -> str:
    return f"/cases/{reference}/record/{name}"


def said(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def on(day: str, name: str = "happened") -> dict[str, str]:
    return dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), day.split("-"), strict=True))


def case(office, reference):
    return steps.seen_by(office, reference, office_work.person(office, "officer"), moment("2026-03-10T10:00"))


def test_an_extension_page_names_the_latest_date_and_the_days_counted(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    page = said(as_person("manager").get(address(reference, "stage_1.extension_given")))
    assert "The answer is due on 17 March 2026 now." in page
    latest = "The latest date allowed is 31 March 2026: 10 working days from 17 March 2026, not counting two weekends."
    assert latest in page
    assert "To go past it, give the good reason, and how often or when the resident hears from us." in page
    assert "Somebody else must approve it (" in page
    assert "you ask for that once you have seen the letter" in page


def test_an_extension_moves_the_date_and_the_promise(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    manager = as_person("manager")
    given = on("2026-03-27", "to") | {"reason": "A part is on order."}
    answer = office_work.write_and_send(manager, address(reference, "stage_1.extension_given"), **given)
    assert answer.headers["Location"] == f"/cases/{reference}"
    assert case(office, reference).standing.ledger.deadlines["stage_1.response"].due.isoformat() == "2026-03-27"
    assert "Recorded: Stage 1: give an extension." in said(manager.get("/account"))


def test_an_extension_past_its_limit_says_the_latest_date_and_what_else_it_needs(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    manager = as_person("manager")
    given = on("2026-04-30", "to") | {"reason": "A part is on order."}
    written = office_work.write(manager, address(reference, "stage_1.extension_given"), **given)
    page = manager.get(written.headers["Location"])
    assert "The latest date allowed is 31 March 2026: 10 working days from 17 March 2026" in said(page)
    assert "Give the good reason for taking longer than the Code allows." in said(page)
    assert f'href="{address(reference, "stage_1.extension_given")}#answer-to-day"' in page.text
    assert "A part is on order." in page.text
    assert office_work.send(manager, written.headers["Location"]).status_code == 409
    assert [event.name for event in case(office, reference).record][-1] == "stage_1.acknowledged"


def test_somebody_senior_and_never_oneself_approves_going_past_the_limit(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    password_hash = office_work.person_row(office, "officer").password_hash
    hired = {"hana": ("head_of_service", ""), "ines": ("head_of_service", "income"), "olu": ("complaints_officer", "")}
    with office.database.writing() as tx:
        for name, held in hired.items():
            began = moment("2026-03-01")
            row = people.add_person(tx, name, name=name.title(), email="", password_hash=password_hash, now=began)
            people.give_grant(tx, row.id, given=GrantRow(office_work.POLICY, *held))
    manager, hana, olu, ines = (as_person(name) for name in ("manager", "hana", "olu", "ines"))
    given = {"reason": "A part is on order.", "good_reason": "It is made to order.", "update_interval": "Every Friday."}
    given |= office_work.on("2026-03-13", "next_update")
    path = address(reference, "stage_1.extension_given")
    preview = office_work.write(manager, path, **given, **on("2026-04-30", "to")).headers["Location"]
    page = manager.get(preview)
    assert "Somebody else must approve this letter before it goes: Head of" in said(page)
    assert office_work.send(manager, preview).status_code == 409
    asked = office_work.hidden(page.text) | {"role": "head_of_service"}
    assert manager.post(f"{preview}/approval", data=asked).status_code == 302
    for nobody in (manager, olu):
        answer = nobody.post(f"{preview}/approve", data=office_work.hidden(nobody.get(preview).text))
        assert answer.status_code == 409
    assert ines.post(f"{preview}/approve").status_code == 404  # another service area
    assert "1 letter waits for your approval" in said(hana.get("/inbox/mine"))
    assert "your approval" not in said(manager.get("/inbox/mine"))
    assert hana.post(f"{preview}/approve", data=office_work.hidden(hana.get(preview).text)).status_code == 302
    assert "Hana approved this letter on 10 March 2026 at 9:30am." in said(manager.get(preview))
    assert office_work.send(manager, preview).headers["Location"] == f"/cases/{reference}"
    assert case(office, reference).record[-1].fields["approved_by"] == "Hana"


def test_after_the_due_date_the_page_says_plainly_that_it_is_too_late(office, as_person):
    reference = office_work.to_answer(office, "2026-02-20")
    manager = as_person("manager")
    page = said(manager.get(address(reference, "stage_1.extension_given")))
    assert "The answer was due on 6 March 2026; send an apology with a new date, which is no extension." in page
    path, given = address(reference, "stage_1.extension_given"), {"reason": "A part is on order."}
    written = office_work.write(manager, path, **on("2026-03-20", "to"), **given)
    refused = manager.get(written.headers["Location"])
    assert "The latest date that would have been allowed is 20 March 2026." in said(refused)
    assert "A part is on order." in refused.text
    told = office_work.write(manager, path, "2026-03-05", **on("2026-03-20", "to"), **given)
    by_post = {"way": "post", **on("2026-03-05", "sent_on")}
    read = said(manager.get(told.headers["Location"]))
    assert (
        "The answer was due before today, and this letter is dated 5 March 2026. To approve it is to say that" in read
    )
    not_alone = office_work.send(manager, told.headers["Location"], **by_post)
    assert not_alone.status_code == 409
    assert "Somebody else must approve this letter before it goes" in said(not_alone)


def test_a_request_page_says_whether_today_is_inside_the_window(office, as_person):
    officer_role = {"who": "manager", "policy": "st-leger-homes"}
    give_st_leger(office)
    reference = st_leger_answered(office, "2026-03-03", **officer_role)
    page = said(as_person("manager").get(address(reference, "stage_2.requested")))
    assert "Today is inside the time to ask for Stage 2, which ends on 31 March 2026." in page
    assert "When did the request reach us?" in page


def test_a_letter_found_later_opens_the_closed_case_again(office, as_person):
    give_st_leger(office)
    reference = st_leger_answered(office, "2026-01-20", who="manager", policy="st-leger-homes")
    steps.fire_due(office, moment("2026-03-01"))
    manager = as_person("manager")
    page = said(manager.get(address(reference, "stage_2.requested")))
    assert "The time to ask for Stage 2 ended on 17 February 2026." in page
    assert "counts from the day it came" in page
    answer = manager.post(address(reference, "stage_2.requested"), data=on("2026-02-10"))
    assert answer.status_code == 302
    who = office_work.person(office, "manager")
    opened = steps.seen_by(office, reference, who, moment("2026-03-10T10:00"))
    assert opened.standing.status == "open"
    assert [task.key for task in opened.standing.open_tasks] == ["stage_2.acknowledge"]


def test_what_the_case_does_not_wait_for_is_answered_with_what_it_does(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    officer = as_person("officer")
    for answer in (
        officer.get(address(reference, "stage_2.requested")),
        officer.post(address(reference, "stage_2.requested"), data=TODAY),
    ):
        assert answer.status_code == 409
        assert "The case does not wait for this where it stands" in answer.text
        assert f'href="{address(reference, "withdrawn")}"' in answer.text
    assert [event.name for event in case(office, reference).record][-1] == "stage_1.acknowledged"


@pytest.mark.parametrize(
    "name",
    [
        "nonsense",
        "stage_9.extension_given",
        "extension_given",
        "complaint_received",
        "triaged",
        "stage_1.conflict_declared",
    ],
)
def test_what_can_never_happen_is_not_found(office, as_person, name):
    reference = office_work.to_answer(office, "2026-03-03")
    officer = as_person("officer")
    assert officer.get(address(reference, name)).status_code == 404
    assert officer.post(address(reference, name), data=TODAY).status_code == 404


def test_a_withdrawal_is_possible_at_any_moment_and_closes_the_case(office, as_person):
    for reference in (office_work.log(office, "2026-03-03"), office_work.to_answer(office, "2026-03-03")):
        officer = as_person("officer")
        assert "This closes the case." in officer.get(address(reference, "withdrawn")).text
        assert officer.post(address(reference, "withdrawn"), data=TODAY).status_code == 302
        assert case(office, reference).standing.status == "closed"


def test_facts_may_be_recorded_wherever_the_case_stands(office, as_person):
    reference = office_work.answered(office, "2026-03-03")
    officer = as_person("officer")
    for name, given in (
        ("stage_1.response_received", {"how_known": "They rang."}),
        ("authority_received", {"kind": "signed"}),
        ("conflict_declared", {"reason": "The resident is my aunt."}),
    ):
        assert officer.get(address(reference, name)).status_code == 200
        assert officer.post(address(reference, name), data=TODAY | given).status_code == 302
        assert case(office, reference).record[-1].name == name


def test_an_answer_not_sent_cannot_have_been_received(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    officer = as_person("officer")
    assert officer.get(address(reference, "stage_1.response_received")).status_code == 409
    assert officer.get(address(reference, "stage_7.response_received")).status_code == 404


def test_pressed_twice_it_happened_once(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    officer = as_person("officer")
    page = officer.get(address(reference, "conflict_declared")).text
    given = TODAY | {
        "reason": "My aunt.",
        "request_key": re.search(r'name="request_key" value="([^"]+)"', page)[1],
        "seen": re.search(r'name="seen" value="([^"]+)"', page)[1],
    }
    for _ in range(2):
        assert officer.post(address(reference, "conflict_declared"), data=given).status_code == 302
    assert [event.name for event in case(office, reference).record].count("conflict_declared") == 1


def test_who_may_not_see_the_case_finds_nothing_and_an_auditor_changes_nothing(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03", service_area="income")
    assert as_person("manager").get(address(reference, "withdrawn")).status_code == 404
    assert as_person("manager").post(address(reference, "withdrawn"), data=TODAY).status_code == 404
    auditor = as_person("auditor")
    page = auditor.get(address(reference, "withdrawn"))
    assert page.status_code == 200
    assert "Record it" not in page.text
    assert auditor.post(address(reference, "withdrawn"), data=TODAY).status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_every_page_of_a_happening_is_accessible_and_fits(request, viewport, app, office, serve, accessibility_faults):
    late, answered = office_work.to_answer(office, "2026-02-20"), office_work.answered(office, "2026-03-03")
    browser, address_of = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address_of, "officer")
    for path in (
        address(late, "stage_1.extension_given"),
        address(late, "stage_2.requested"),
        address(answered, "stage_2.requested"),
        address(answered, "stage_1.response_received"),
        address(answered, "withdrawn"),
    ):
        browser.goto(f"{address_of}{path}")
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_every_page_of_a_happening_is_valid_html(office, as_person):
    late, answered = office_work.to_answer(office, "2026-02-20"), office_work.answered(office, "2026-03-03")
    officer = as_person("officer")
    for path in (address(late, "stage_1.extension_given"), address(late, "stage_2.requested")):
        office_work.assert_valid(officer.get(path).text)
        office_work.assert_valid(officer.post(path, data=TODAY).text)
    for name in ("stage_2.requested", "satisfied", "withdrawn", "authority_received", "conflict_declared"):
        office_work.assert_valid(officer.get(address(answered, name)).text)


def give_st_leger(office):
    """The manager works for St Leger Homes too, in every role of its first stage."""
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "manager")
        for role in ("complaints_officer", "service_manager"):
            people.give_grant(tx, row.id, given=GrantRow("st-leger-homes", role))


def st_leger_answered(office, day, **who):
    """A complaint to St Leger Homes that was received and answered at stage 1 on one day."""
    reference = office_work.log(office, day, **who)
    office_work.complete(office, reference, "triage", day, "manager", kind="complaint", decision="complaint")
    office_work.complete(office, reference, "stage_1.acknowledge", day, "manager", understanding="A boiler.")
    office_work.complete(office, reference, "stage_1.respond", day, "manager", **office_work.ANSWERED)
    return reference
