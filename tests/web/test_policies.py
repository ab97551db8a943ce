"""A version as people read it: its promises, its readings, its answers for its source, its shortfalls and its seal."""

from __future__ import annotations

import html
import re

import pytest

from engine import drafting
from tests.web import office_work, studio_work
from tests.web.conftest import BEGINNING

VERSIONS = (
    "south-essex-homes/four-stage",
    "south-essex-homes/three-stage-2018",
    "south-essex-homes/two-stage-2024",
    "st-leger-homes/two-stage-2024",
    "council-housing/two-stage-2024",
)


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_every_policy_is_listed_with_the_days_its_versions_govern(as_person):
    said = text_of(as_person("manager").get("/policies"))
    assert "For complaints received from 1 November 2018 to 31 March 2024" in said
    assert "For complaints received from 1 April 2024 In force" in said
    assert "St Leger Homes" in said


def test_a_policy_stands_on_a_time_line_with_the_cases_each_version_governs(as_person, office):
    for day in ("2014-05-06", "2024-01-10", "2026-02-02", "2026-03-02"):
        office_work.log(office, day)
    office_work.log(office, "2012-03-05")  # before any version
    answer = as_person("officer").get("/policies/south-essex-homes")
    office_work.assert_valid(answer.text)
    said = text_of(answer)
    assert "Governs Complaints received from 1 April 2024 Cases under it 2 cases: 2 open" in said
    assert "Governs Complaints received from 1 November 2018 to 31 March 2024 Cases under it 1 case: 1 open" in said
    assert "1 case of this policy waits for a person's choice of version" in said
    assert "Shipped with Redress: no approval is recorded here" in said
    assert said.index("two stages In force") < said.index("three stages Earlier") < said.index("four stages Earlier")
    assert "Change this policy" not in said
    assert "Drafts" not in said


def test_an_author_finds_the_drafts_and_the_button_to_change_the_policy(as_person, draft):
    answer = as_person("ann").get("/policies/council-housing")
    said = text_of(answer)
    assert 'href="/studio/new/council-housing/two-stage-2024"' in answer.text
    assert "Change this policy" in said
    assert "two-stage-2026 Being written a copy of two-stage-2024, begun 10 March 2026 at 9:30am by Ann Author" in said
    assert "Change this policy" in text_of(as_person("ann").get("/policies/council-housing/two-stage-2024"))
    assert "Change this policy" not in text_of(as_person("ann").get("/policies/st-leger-homes"))
    assert "Being written" not in text_of(as_person("officer").get("/policies/council-housing"))


def test_a_published_version_says_who_approved_it_and_a_withdrawn_one_why(as_person, office, draft):
    studio_work.add_approver(office)
    ann, cora = office_work.person(office, "ann"), office_work.person(office, "cora")
    drafting.ask_approval(office, draft.row.id, ann, BEGINNING)
    drafting.approve(office, draft.row.id, cora, BEGINNING, body="The Housing Committee", minute="14 of 3 March 2026")
    drafting.publish(office, draft.row.id, ann, BEGINNING)
    said = text_of(as_person("officer").get("/policies/council-housing"))
    assert "To come" in said
    assert "Approved by The Housing Committee, minute 14 of 3 March 2026; recorded by Cora Approver" in said
    assert "Published 10 March 2026 at 9:30am by Ann Author" in said
    assert "Complaints received from 1 April 2024 to 31 March 2026" in said
    drafting.withdraw(office, "council-housing", "two-stage-2026", cora, BEGINNING, "The Committee thought again.")
    said = text_of(as_person("officer").get("/policies/council-housing"))
    assert "Withdrawn 10 March 2026 at 9:30am by Cora Approver: The Committee thought again." in said
    assert "Nothing. It was to govern complaints received from 1 April 2026." in said
    assert "Complaints received from 1 April 2024 Cases" in said


def test_a_policy_there_is_not_is_not_found(as_person):
    assert as_person("officer").get("/policies/nobody").status_code == 404


@pytest.mark.parametrize("key", VERSIONS)
def test_every_letter_of_a_version_can_be_read_in_full(as_person, office, key):
    page, book = as_person("officer").get(f"/policies/{key}"), office.shelved[key].book
    said = text_of(page)
    for template in book.templates.values():
        assert template.title in said
    assert "((" not in said
    assert "[the resident's name]" in said
    assert "[the date of the answer]" in said


@pytest.mark.parametrize("key", VERSIONS)
def test_every_version_has_its_leaflet_as_a_page_and_on_paper(as_person, office, key):
    browser, version = as_person("officer"), office.shelved[key].book.version
    answer = browser.get(f"/policies/{key}/leaflet")
    office_work.assert_valid(answer.text)
    said = text_of(answer)
    for stage in version.stages:
        assert stage.title in said
    assert "Addresses and law as of 10 March 2026." in said
    paper = browser.get(f"/policies/{key}/leaflet.pdf?print=large")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF")


def test_a_leaflet_without_our_address_says_so_to_staff_and_prints_none(as_person):
    said = text_of(as_person("officer").get("/policies/st-leger-homes/two-stage-2024/leaflet"))
    assert "Until then, do not give the leaflet to residents." in said


@pytest.mark.parametrize("key", VERSIONS)
def test_every_version_reads_whole_and_is_valid_html(as_person, office, key):
    answer = as_person("officer").get(f"/policies/{key}")
    assert answer.status_code == 200
    office_work.assert_valid(answer.text)
    version, said = office.shelved[key].book.version, text_of(answer)
    assert office.shelved[key].seal in said
    for rule in version.deadlines:
        assert rule.says in said, rule.key
    for reading in version.readings:
        assert " ".join(reading.reading.split()) in said, reading.key
    for clause in version.clauses:
        assert clause.rule in said
        assert " ".join(clause.to_come.split()) in said


def test_a_clause_that_a_report_carries_names_the_report_by_its_title(as_person):
    said = text_of(as_person("officer").get("/policies/south-essex-homes/three-stage-2018"))
    assert "Report: Monthly performance report" in said
    assert "Report: By contractor" in said


def test_a_promise_stands_with_where_it_is_written_and_how_it_may_be_extended(as_person):
    said = text_of(as_person("officer").get("/policies/south-essex-homes/two-stage-2024"))
    assert "Answer, 10 working days of the acknowledgement" in said
    assert "An extension of at most 10 working days, counted from the first due date" in said
    assert "Complaint Handling Code 2024, 6.3" in said
    assert "Never the same person as at Stage 1" in said


def test_a_legacy_version_shows_its_shortfalls_and_how_the_law_ended_its_wait(as_person):
    said = text_of(as_person("officer").get("/policies/south-essex-homes/three-stage-2018"))
    assert "It makes the resident wait 8 weeks of" in said
    assert "Number and wording checked" in said
    assert "The eight-week wait for the Housing Ombudsman" in said
    assert "Ended by law on 1 October 2022." in said
    assert "a Member of Parliament, a local councillor" in said


def test_what_carries_a_rule_is_said_in_words_never_by_its_key(as_person, office):
    page = as_person("officer").get("/policies/st-leger-homes/two-stage-2024").text
    cells = text_of(type("Cells", (), {"text": page[page.index('id="clauses"') :]}))
    assert not re.search(r"\b(stage_\d|assumed|roles|decisions)\.\w+", cells)
    assert "To come" in cells


@pytest.mark.parametrize("key", ["south-essex-homes/nine-stage", "nobody/two-stage-2024"])
def test_a_version_there_is_not_is_not_found(as_person, key):
    assert as_person("officer").get(f"/policies/{key}").status_code == 404


def test_even_the_administrator_reads_the_policies(as_person):
    assert as_person("admin").get("/policies").status_code == 200


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_the_policies_are_accessible_and_fit(request, viewport, app, serve, accessibility_faults):
    browser, address = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address, "officer")
    paths = ("", "/south-essex-homes", *(f"/{key}" for key in VERSIONS[:2]), f"/{VERSIONS[2]}/leaflet")
    for path in (f"/policies{path}" for path in paths):
        browser.goto(f"{address}{path}")
        browser.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
