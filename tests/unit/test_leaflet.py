"""The leaflet for residents says what its version promises, in the landlord's words, with the law and the addresses of
its day, and nothing that contradicts either."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest

from engine import leaflet_pdf, library
from engine.leaflet import Beside, Leaflet, leaflet
from engine.policy import PolicyVersion, Receipt, Within

SHELF = library.load(Path(__file__).parents[2])[0]
VERSIONS = SHELF.versions
TODAY, OF_OLD = date(2026, 3, 10), date(2018, 6, 1)
CHANNELS = {
    "phone": "Telephone",
    "email": "E-mail",
    "post": "Letter",
    "online": "Online form",
    "in_person": "In person",
}
SOUTH, LEGER = "south-essex-homes/two-stage-2024", "st-leger-homes/two-stage-2024"
FOUR, THREE = "south-essex-homes/four-stage", "south-essex-homes/three-stage-2018"


def of(version: PolicyVersion, day: date = TODAY, ends: date | None = None) -> Leaflet:
    return leaflet(version, Beside(SHELF.contacts, SHELF.law, CHANNELS, True), day, ends)


def words(made: Leaflet) -> str:
    texts = [made.title, made.about]
    for section in made.sections:
        texts.append(section.heading)
        texts += [" ".join([block.text, *block.items]) for block in section.blocks]
    return " ".join(" ".join(texts).split())


@pytest.mark.parametrize("key", VERSIONS)
def test_every_promise_stands_in_the_landlords_words_with_how_it_is_counted(key):
    version, said = VERSIONS[key], words(of(VERSIONS[key]))
    for rule in version.deadlines:
        if rule.ended_by_law:
            continue
        assert f"{rule.says} We count the {rule.within} from " in said, rule.key
    for stage in version.stages:
        assert stage.title in said
    for role in {stage.handler for stage in version.stages if stage.handler}:
        assert f"Who looks at it: {version.roles[role].title}." in said


@pytest.mark.parametrize("key", VERSIONS)
def test_no_number_of_days_stands_in_it_that_the_version_does_not_have(key):
    version = VERSIONS[key]
    known = {str(rule.within) for rule in version.deadlines}
    known |= {str(rule.more_time.at_most) for rule in version.deadlines if rule.more_time and rule.more_time.at_most}
    found = set(re.findall(r"\b\d+ (?:working days?|days?|weeks?|months?)\b", words(of(version))))
    assert found <= known


def test_a_changed_number_changes_the_leaflet():
    version = VERSIONS[SOUTH]
    shorter = [
        replace(rule, within=Within(3, "working days"), says="We acknowledge it within three working days.")
        if rule.key == "stage_1.acknowledgement"
        else rule
        for rule in version.deadlines
    ]
    said = words(of(replace(version, deadlines=tuple(shorter))))
    expected = "We acknowledge it within three working days. We count the 3 working days from the day we receive"
    assert expected in said


def test_an_extension_says_its_limit_and_what_the_resident_is_told():
    assert (
        "If we need longer, we may extend the time for our answer, by at most 10 working days. "
        "Before the answer is due we tell you the reason, the new date and how to reach the Ombudsman."
        in words(of(VERSIONS[SOUTH]))
    )
    assert "If we cannot answer in time we send you a holding reply." in words(of(VERSIONS[THREE]))


def test_a_window_says_from_when_it_runs_and_that_a_late_request_is_decided():
    said = words(of(VERSIONS[LEGER]))
    assert "We count the 20 working days from the day you receive our answer at Stage 1." in said
    assert "If you ask later than that, a person decides whether we can still take it up." in said
    assert "An answer sent by post counts as received on the second working day after" in said
    assert "counts as received" not in words(of(VERSIONS[SOUTH])), "no time of this version runs from that"


@pytest.mark.parametrize("key", [FOUR, THREE])
def test_a_wait_that_the_law_has_ended_is_not_promised_any_more(key):
    then, now = words(of(VERSIONS[key], OF_OLD)), words(of(VERSIONS[key], TODAY))
    assert "eight weeks" in then
    assert "a Member of Parliament" in then
    assert "You do not have to wait" in now
    assert "The law ended that on 1 October 2022." in now
    assert "eight weeks" not in now
    assert "designated" not in now


def test_addresses_are_those_of_the_day():
    assert "81 Aldwych" in words(of(VERSIONS[FOUR], OF_OLD))
    now = words(of(VERSIONS[FOUR], TODAY))
    assert "81 Aldwych" not in now
    assert "PO Box 1484" in now
    assert "Telephone: 0800 833 160" in words(of(VERSIONS[SOUTH]))


def test_what_the_landlord_has_to_enter_first_is_said_and_never_made_up():
    assert of(VERSIONS[SOUTH]).lacks == ()
    (lacks,) = of(VERSIONS[LEGER]).lacks
    assert lacks == (
        "Our telephone number, e-mail address, website and postal address are missing: nothing is entered for 10 March"
        " 2026. Whoever looks after this installation adds them to policies/contacts.yaml, under 'st-leger-homes'."
    )


def test_the_relevant_ombudsman_is_both():
    said = words(of(VERSIONS["council-housing/two-stage-2024"]))
    assert "Housing Ombudsman Service" in said
    assert "Local Government and Social Care Ombudsman" in said


def test_the_other_way_of_counting_is_said_as_the_version_has_it():
    other = replace(VERSIONS[SOUTH], receipt=Receipt(deemed_after=None), first_day_counts=True)
    assert "The day we count from is the first day." in words(of(other))
    assert "the next working day is the first" not in words(of(other))


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("key", VERSIONS)
def test_on_paper_it_is_a_tagged_pdf_with_the_same_words(key, is_large):
    made = of(VERSIONS[key])
    paper = leaflet_pdf.pdf(made, is_large=is_large)
    assert paper == leaflet_pdf.pdf(made, is_large=is_large)
    read = pypdf.PdfReader(io.BytesIO(paper))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read.metadata.title == made.title
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    for section in made.sections:
        assert section.heading in text
    assert "Who looks at it:" in text


def test_stages_that_have_no_number_are_named_with_an_article():
    version = VERSIONS[SOUTH]
    first, second, *outside = version.stages
    panel = replace(first, key="review", title="Review panel", not_the_same_person_as=())
    last = replace(second, not_the_same_person_as=("stage_1", "review"))
    told = words(of(replace(version, stages=(first, panel, last, *outside))))
    assert "never the person who looked at it at Stage 1 and the review panel." in told
