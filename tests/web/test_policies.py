"""A version as people read it: its promises, its readings, its answers for its source, its shortfalls and its seal."""

from __future__ import annotations

import html
import re

import pytest

from tests.web import office_work

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
    for path in ("/policies", *(f"/policies/{key}" for key in VERSIONS[:2])):
        browser.goto(f"{address}{path}")
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
