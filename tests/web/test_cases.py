"""The case page says where a case stands, what may happen and what did; and shows nobody more than is theirs to see."""

from __future__ import annotations

import html
import re

import pytest

from engine import casework, corrections, steps
from engine.casework import Said
from engine.events import moment
from engine.store import acts, people
from engine.store.people import GrantRow
from tests.web import office_work

NOW = "2026-03-10T09:30"


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def buttons(answer) -> list[str]:
    return re.findall(r'href="/cases/[^/"]+/record/([\w.]+)"', answer.text)


def grant(office, sign_in, role, area=""):
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, sign_in)
        people.give_grant(tx, row.id, given=GrantRow(office_work.POLICY, role, area))


def correct(office, reference, number, happened, day=NOW):
    who, now = office_work.person(office, "officer"), moment(day)
    steps.take(
        office, reference, who,
        lambda file: corrections.correct(
            office, file, number, who, happened=moment(happened) if happened else None, reason="A wrong stamp", now=now
        ),
        now,
    )  # fmt: skip


def test_an_open_case_says_so_and_names_its_task_its_date_and_its_resident(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    said = text_of(as_person("officer").get(f"/cases/{reference}"))
    assert f"{reference}, South Essex Homes Ada Lovelace Open Stage 1" in said
    assert "Stage 1: acknowledge the complaint Complaints officer; nobody has taken it yet; due Friday 13 March" in said
    assert "Received on 6 March 2026; two-stage-2024 is in force from 1 April 2024." in said


def test_there_is_a_button_for_what_may_happen_now_and_for_nothing_else(office, as_person):
    officer = as_person("officer")
    fresh = office_work.to_acknowledge(office, "2026-03-06")
    assert buttons(officer.get(f"/cases/{fresh}")) == ["withdrawn", "conflict_declared", "ombudsman.contacted"]
    answered = office_work.answered(office, "2026-03-06")
    assert set(buttons(officer.get(f"/cases/{answered}"))) == {
        "satisfied", "stage_2.requested", "withdrawn", "stage_1.response_received", "ombudsman.contacted",
    }  # fmt: skip
    working = office_work.to_answer(office, "2026-03-06")
    assert "stage_1.extension_given" in buttons(officer.get(f"/cases/{working}"))


def test_a_case_that_ended_says_how_and_offers_nothing_more_of_ours(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-05")
    office_work.record(office, reference, "withdrawn", "2026-03-06", own_wish="yes")
    answer = as_person("officer").get(f"/cases/{reference}")
    assert "Closed on 6 March 2026: the resident withdrew the complaint." in text_of(answer)
    assert set(buttons(answer)) == {"withdrawal_confirmed", "ombudsman.contacted"}, (
        "a letter, and what is at any moment"
    )
    assert "No longer runs" in text_of(answer)


def test_every_date_says_what_was_promised_and_each_day_that_was_counted(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    said = text_of(as_person("officer").get(f"/cases/{reference}"))
    assert "We acknowledge, define and log every complaint within five working days of receiving it." in said
    assert "5 working days from 6 March 2026, not counting one weekend." in said
    assert "Friday 6 March 2026: Day 0 Saturday 7 March 2026: Not counted: weekend" in said
    assert "Friday 13 March 2026: Working day 5" in said
    assert "No date until the resident asks for this stage" in said


def test_what_is_overdue_is_late_on_the_diagram_and_in_words(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-02-02")
    answer = as_person("officer").get(f"/cases/{reference}")
    assert "Overdue by 21 working days" in text_of(answer)
    assert "redress-shape--late" in answer.text
    assert "The case stands at: Stage 1, which is late." in text_of(answer)
    assert "The case stands at: Acknowledge the complaint, which is late." in text_of(answer)


def test_an_extension_is_shown_with_both_dates_and_its_reason(office, as_person):
    reference = office_work.to_answer(office, "2026-03-02")
    given = {"to": "2026-03-26", "reason": "A part is on order.", "explained": "yes"}
    form = office_work.person(office, "manager")
    fields = {name: value for name, value in given.items() if name != "explained"}
    now = moment("2026-03-10T09:00")
    steps.take(
        office, reference, form,
        lambda file: casework.record_message(
            office, file, "stage_1.extension_given", form, Said(fields, now, now, is_story=True)
        ),
        now,
    )  # fmt: skip
    said = text_of(as_person("officer").get(f"/cases/{reference}"))
    assert "Extended on 10 March 2026, from 16 March 2026 to 26 March 2026. Reason: A part is on order." in said


def test_what_was_written_down_late_shows_both_days_and_who_did(office, as_person):
    who = office_work.person(office, "officer")
    said = Said(office_work.COMPLAINT, moment("2026-03-02"), moment("2026-03-09T14:00"))
    reference = steps.register(office, office_work.POLICY, who, said)
    shown = text_of(as_person("officer").get(f"/cases/{reference}"))
    assert "Complaint received by Chidi Officer 2 March 2026 , written down on 9 March 2026 at 2pm" in shown


def test_a_correction_shows_both_values_and_the_reason(office, as_person):
    reference = office_work.log(office, "2026-03-05")
    correct(office, reference, 1, "2026-03-03")
    said = text_of(as_person("officer").get(f"/cases/{reference}"))
    assert "Complaint received: was 5 March 2026, is now 3 March 2026." in said
    assert "Recorded first as 5 March 2026." in said
    assert "Corrected to 3 March 2026 by Chidi Officer on 10 March 2026: A wrong stamp." in said


def test_what_was_struck_out_stays_visible_and_struck(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-05")
    office_work.record(office, reference, "withdrawn", "2026-03-06", own_wish="yes")
    correct(office, reference, 3, None)
    answer = as_person("officer").get(f"/cases/{reference}")
    assert "<s>Resident withdrew the complaint</s>" in answer.text
    assert "Struck out" in text_of(answer)
    assert "Open" in text_of(answer)


def test_a_representative_without_authority_is_warned_of_until_it_comes(office, as_person):
    reference = office_work.log(office, "2026-03-06", representative="Grace Hopper", authority="none")
    page = f"/cases/{reference}"
    assert "share nothing private about the resident with Grace Hopper" in text_of(as_person("officer").get(page))
    assert "authority_received" in buttons(as_person("officer").get(page))
    who, now = office_work.person(office, "officer"), moment(NOW)
    steps.take(
        office, reference, who,
        lambda file: casework.record_fact(office, file, "authority_received", who, Said({"kind": "signed"}, None, now)),
        now,
    )  # fmt: skip
    said = text_of(as_person("officer").get(page))
    assert "share nothing private" not in said
    assert "The resident's signed permission" in said


def test_private_details_are_shown_to_who_handles_the_case_and_each_view_is_recorded(office, as_person):
    reference = office_work.log(office, "2026-03-06", vulnerabilities="Uses a wheelchair", adjustments=["large_print"])
    for who in ("officer", "manager", "auditor"):
        assert "wheelchair" not in as_person(who).get(f"/cases/{reference}").text
    shown = as_person("manager").post(f"/cases/{reference}/private")
    assert "Uses a wheelchair" in text_of(shown)
    assert "Large print" in text_of(shown)
    assert as_person("auditor").post(f"/cases/{reference}/private").status_code == 403
    with office.database.reading() as tx:
        views = acts.acts(tx, about=f"case {reference}")
    manager = office_work.person(office, "manager")
    assert [(act.what, str(act.person_id)) for act in views] == [("viewed_private_details", manager.id)]


def test_private_details_stay_private_under_a_version_that_never_asks_them(office, as_person):
    asked = {"is_at_risk": True, "urgent_action": "Ring her doctor"}
    reference = office_work.log(office, "2026-03-06", vulnerabilities="Uses a wheelchair")
    office_work.complete(office, reference, "triage", "2026-03-06", kind="complaint", decision="complaint", **asked)
    who, now = office_work.person(office, "officer"), moment(NOW)
    for version in ("four-stage", "three-stage-2018"):
        steps.take(
            office, reference, who,
            lambda file, to=version: corrections.move(office, file, to, who, reason="A trial.", now=now), now,
        )  # fmt: skip
        shown = as_person("officer").get(f"/cases/{reference}").text
        assert "wheelchair" not in shown
        assert "doctor" not in shown


def test_a_case_of_another_area_does_not_exist_for_who_may_not_see_it(office, as_person):
    reference = office_work.log(office, "2026-03-06", service_area="income")
    answer = as_person("manager").get(f"/cases/{reference}")
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)
    assert as_person("manager").post(f"/cases/{reference}/private").status_code == 404
    assert as_person("manager").get(f"/cases/{reference}/corrections/new?event=1").status_code == 404
    assert as_person("officer").get("/cases/SEH-2026-99999").status_code == 404


def test_the_administrator_sees_no_case_and_the_auditor_sees_all_and_has_no_button(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06", service_area="income")
    assert as_person("admin").get(f"/cases/{reference}").status_code == 403
    assert as_person("admin").get("/cases").status_code == 403
    answer = as_person("auditor").get(f"/cases/{reference}")
    assert "Ada Lovelace" in answer.text
    assert buttons(answer) == []
    assert "Correct this" not in answer.text


def test_a_held_case_says_why_and_who_may_choose(office, as_person):
    reference = office_work.log(office, "2012-05-01")
    page = f"/cases/{reference}"
    said = text_of(as_person("officer").get(page))
    assert "No version of the policy was in force on 1 May 2012. The first version began on 1 April 2013." in said
    assert "This is for: Head of Service" in said
    assert "Choose a version" not in said
    grant(office, "manager", "head_of_service")
    assert "Choose a version" in text_of(as_person("manager").get(page))


def test_a_legacy_case_says_from_when_the_ombudsman_could_be_reached_and_how_the_law_ended_that(office, as_person):
    grant(office, "officer", "corporate_services_officer")
    reference = office_work.log(office, "2019-05-01")
    said = text_of(as_person("officer").get(f"/cases/{reference}"))
    assert "The law ended this on 1 October 2022" in said
    assert "PO Box 1484" in said


def test_cases_are_found_by_reference_name_and_address(office, as_person):
    ada = office_work.log(office, "2026-03-06")
    grace = office_work.log(office, "2026-03-06", resident="Grace Hopper", address="9 Compiler Close", postcode="")
    officer = as_person("officer")
    for words in ("hopper", grace, "compiler"):
        page = officer.get("/cases", query_string={"q": words}).text
        assert grace in page, words
        assert f"/cases/{ada}" not in page, words
    assert "No case matches" in officer.get("/cases?q=nobody").text


def test_cases_are_filtered_by_status_and_those_of_other_areas_are_not_listed(office, as_person):
    open_one = office_work.to_acknowledge(office, "2026-03-05")
    closed = office_work.to_acknowledge(office, "2026-03-05")
    office_work.record(office, closed, "withdrawn", "2026-03-06", own_wish="yes")
    other = office_work.log(office, "2026-03-06", service_area="income")
    page = as_person("officer").get("/cases?status=closed").text
    assert (closed in page, f"/cases/{open_one}" in page) == (True, False)
    assert "The resident withdrew the complaint" in page
    seen = as_person("manager").get("/cases").text
    assert (open_one in seen, other in seen) == (True, False)
    assert other in as_person("auditor").get(f"/cases?policy={office_work.POLICY}").text


def test_a_long_register_has_a_next_page_and_a_way_back(office, as_person):
    references = [office_work.log(office, "2026-03-06") for _ in range(26)]
    officer = as_person("officer")
    first = officer.get("/cases").text
    assert (references[-1] in first, references[0] in first) == (True, False)
    onward = html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
    second = officer.get(onward).text
    assert references[0] in second
    assert "Back to the first page" in second
    assert officer.get("/cases?after=nonsense").status_code == 200


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_the_case_and_the_register_are_accessible_and_fit(request, viewport, app, office, serve, accessibility_faults):
    reference = office_work.answered(office, "2026-02-02", representative="Grace Hopper", authority="none")
    held = office_work.log(office, "2012-05-01")
    browser, address = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address, "officer")
    for path in ("/cases", f"/cases/{reference}", f"/cases/{held}"):
        office_work.assert_valid(browser.goto(f"{address}{path}").text())
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
