"""A made-up case comes to where each letter goes out, and the letter is the one a real case would send."""

from __future__ import annotations

from datetime import date

import pytest

from engine import letter_pdf, made_up_case
from engine.office import Office
from engine.store import cases
from engine.working_days import OutsideCalendar

BEGINS = date(2026, 11, 23)
VERSIONS = (
    "council-housing/two-stage-2024", "south-essex-homes/four-stage", "south-essex-homes/three-stage-2018",
    "south-essex-homes/two-stage-2024", "st-leger-homes/two-stage-2024",
)  # fmt: skip


def pinned(office: Office, key: str) -> Office:
    policy, version = key.split("/")
    return office.pinned(policy, version)


@pytest.mark.parametrize("key", VERSIONS)
def test_every_letter_a_version_sends_can_be_shown_whole(office: Office, key: str):
    there = pinned(office, key)
    policy = key.split("/")[0]
    sent = [one for one in there.book(there.versions_of(policy)[0]).outgoing.values() if one.is_offered]
    assert sent
    for one in sent:
        found = made_up_case.case_for(there, policy, one.event, BEGINS)
        assert found is not None, one.event
        letter = made_up_case.letter_for(found[0], there, one.event, found[1])
        assert letter is not None
        assert letter.stops() == [], one.event


def test_a_letter_whose_officer_answered_little_says_what_it_lacks(office: Office):
    there = pinned(office, "council-housing/two-stage-2024")
    file, day = made_up_case.case_for(there, "council-housing", "stage_1.acknowledged", BEGINS)
    letter = made_up_case.letter_for(file, there, "stage_1.acknowledged", day, only_needed=True)
    assert any("responsible for" in one for one in letter.stops())


def test_a_letter_about_a_late_request_is_shown_after_a_late_one(office: Office):
    there = pinned(office, "st-leger-homes/two-stage-2024")
    file, _ = made_up_case.case_for(there, "st-leger-homes", "stage_2.late_request_decided", BEGINS)
    assert file.standing.ledger.deadlines["stage_2.request_window"].state == "lapsed"


def test_nothing_of_a_made_up_case_is_written_anywhere(office: Office):
    there = pinned(office, "council-housing/two-stage-2024")
    file, _ = made_up_case.case_for(there, "council-housing", "stage_2.response_sent", BEGINS)
    with office.database.reading() as tx:
        assert cases.case_by_reference(tx, file.reference) is None


def test_an_event_that_no_case_comes_to_has_no_letter(office: Office):
    there = pinned(office, "council-housing/two-stage-2024")
    assert made_up_case.case_for(there, "council-housing", "stage_9.response_sent", BEGINS) is None


def test_a_day_the_calendar_does_not_reach_is_told(office: Office):
    there = pinned(office, "council-housing/two-stage-2024")
    with pytest.raises(OutsideCalendar):
        made_up_case.case_for(there, "council-housing", "stage_1.response_sent", date(2035, 12, 30))


def test_the_letter_can_be_printed(office: Office):
    there = pinned(office, "council-housing/two-stage-2024")
    file, day = made_up_case.case_for(there, "council-housing", "stage_1.response_sent", BEGINS)
    letter = made_up_case.letter_for(file, there, "stage_1.response_sent", day)
    assert letter_pdf.pdf(letter).startswith(b"%PDF")
