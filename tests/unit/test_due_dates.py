"""Laws of `redress due`: what people type is understood or refused with what was meant, and no date is guessed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from engine.due_dates import Answer, Asked, NotUnderstood, latest_more_time, more_time_until, work_out
from engine.events import moment
from engine.library import Library
from engine.policy import Receipt
from engine.wordings import working
from web.cli_due import in_words

NOW = datetime(2025, 6, 2, 12, tzinfo=UTC)
ST_LEGER, COUNCIL, SOUTH_ESSEX = "st-leger-homes", "council-housing", "south-essex-homes"


def asked(shelf: Library, policy: str, received: str, *happened: str) -> Answer:
    return work_out(shelf, Asked(policy, moment(received), happened, NOW))


def due(answer: Answer, key: str) -> date | None:
    assert answer.seen is not None
    return answer.seen.deadlines[key].due


@pytest.mark.parametrize(
    ("received", "version"),
    [("2018-10-31", "four-stage"), ("2018-11-01", "three-stage-2018"), ("2024-04-01", "two-stage-2024")],
)
def test_the_version_in_force_on_the_day_of_receipt_governs(shelf: Library, received: str, version: str) -> None:
    found = asked(shelf, SOUTH_ESSEX, received).version
    assert found
    assert found.version == version


def test_before_any_version_no_date_is_guessed(shelf: Library) -> None:
    answer = asked(shelf, COUNCIL, "2020-01-01")
    assert (answer.version, answer.seen) == (None, None)
    assert answer.why.startswith("No version of the policy was in force on 1 January 2020. The first version began on")


def test_what_has_not_started_is_expected_as_if_its_start_came_on_its_last_day(shelf: Library) -> None:
    assert due(asked(shelf, COUNCIL, "2025-05-01"), "stage_1.response") == date(2025, 5, 23)


def test_an_extension_given_in_time_moves_the_date(shelf: Library) -> None:
    told = ("stage_1.acknowledged=2025-05-02", "stage_1.extension_given=2025-05-16 to 2025-05-30")
    answer = asked(shelf, COUNCIL, "2025-05-01", *told)
    assert due(answer, "stage_1.response") == date(2025, 5, 30)
    assert answer.notes == ()


@pytest.mark.parametrize(
    ("told", "says"),
    [("2025-05-20 to 2025-05-30", "moves nothing"), ("2025-05-16 to 2025-06-30", "past the limit of 3 June 2025")],
)
def test_an_extension_that_is_none_or_too_long_is_said(shelf: Library, told: str, says: str) -> None:
    events = ("stage_1.acknowledged=2025-05-02", f"stage_1.extension_given={told}")
    assert says in asked(shelf, COUNCIL, "2025-05-01", *events).notes[0]


def test_the_longest_extension_counts_from_the_original_date(shelf: Library) -> None:
    events = ("stage_1.acknowledged=2025-05-02", "stage_1.extension_given=2025-05-16 to 2025-05-30")
    answer = asked(shelf, COUNCIL, "2025-05-01", *events)
    assert answer.seen
    assert latest_more_time(answer.seen.deadlines["stage_1.response"], answer.seen) == date(2025, 6, 3)


def test_more_time_may_be_given_until_the_day_the_answer_is_due_now_and_not_once_it_is_sent(shelf: Library) -> None:
    told = ["stage_1.acknowledged=2025-05-02", "stage_1.extension_given=2025-05-16 to 2025-05-30"]
    for events, until in ((told[:1], date(2025, 5, 19)), (told, date(2025, 5, 30))):
        answer = asked(shelf, COUNCIL, "2025-05-01", *events)
        assert answer.seen
        assert more_time_until(answer.seen.deadlines["stage_1.response"]) == until
    answered = asked(shelf, COUNCIL, "2025-05-01", *told, "stage_1.response_sent=2025-05-20")
    assert answered.seen
    assert more_time_until(answered.seen.deadlines["stage_1.response"]) is None
    assert "More time" not in in_words(answered)
    assert "More time had to be given by Friday 30 May 2025" in in_words(asked(shelf, COUNCIL, "2025-05-01", *told))


@pytest.mark.parametrize(
    ("received", "why"),
    [
        ("2025-12-23T17:45", " (received after 17:00 on 23 December 2025, so counted from 24 December 2025)"),
        (
            "2025-12-20T10:00",
            " (received on 20 December 2025, which is no working day, so counted from 22 December 2025)",
        ),
        ("2025-12-23T16:45", ""),
    ],
)
def test_the_working_says_why_it_counts_from_a_later_day(shelf: Library, received: str, why: str) -> None:
    version = shelf.versions[f"{COUNCIL}/two-stage-2024"]
    late = replace(version, receipt=Receipt(time(17)))
    answer = asked(replace(shelf, versions={late.key: late}), COUNCIL, received)
    assert answer.seen
    said = working(answer.seen.deadlines["stage_1.acknowledgement"], answer.seen)
    assert re.sub(r"^5 working days from \d+ December 2025", "", said).partition(", not counting")[0] == why


def test_a_letter_by_post_is_received_on_the_second_working_day(shelf: Library) -> None:
    events = ["acknowledged=2024-11-05", "stage_1.response_sent=2024-11-19 by {}"]
    by_email, by_post = (
        asked(shelf, ST_LEGER, "2024-11-04", f"stage_1.{events[0]}", events[1].format(how)) for how in ("email", "post")
    )
    assert due(by_email, "stage_2.request_window") == date(2024, 12, 17)
    assert due(by_post, "stage_2.request_window") == date(2024, 12, 19)


def test_a_promised_date_stands_beside_the_policys(shelf: Library) -> None:
    answer = asked(shelf, COUNCIL, "2025-05-01", "stage_1.acknowledged=2025-05-02 promised 2025-05-12")
    assert answer.seen
    deadline = answer.seen.deadlines["stage_1.response"]
    assert (deadline.due, deadline.promised) == (date(2025, 5, 19), date(2025, 5, 12))


def test_what_the_resident_told_us_starts_the_twelve_months(shelf: Library) -> None:
    answer = asked(shelf, COUNCIL, "2025-05-01", "issue_occurred=2024-05-02")
    assert due(answer, "complain_by") == date(2025, 5, 2)


def test_a_short_name_stands_for_the_only_event_it_can_mean(shelf: Library) -> None:
    assert due(asked(shelf, ST_LEGER, "2025-05-01", "requested=2025-05-20"), "stage_2.acknowledgement") == date(
        2025, 5, 28
    )


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("acknowledged=2025-05-02", "may be stage_1.acknowledged or stage_2.acknowledged. Write which."),
        ("stage_1.acknowleged=2025-05-02", "Did you mean 'stage_1.acknowledged'?"),
        ("stage_1.acknowledged", "Write EVENT=WHEN"),
        ("stage_1.acknowledged=yesterday", "is no date. Write 2024-12-31"),
        ("stage_1.extension_given=2025-05-16 to then", "'then' in"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_was_probably_meant(shelf: Library, typed: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        asked(shelf, COUNCIL, "2025-05-01", typed)
    assert says in str(refused.value)


def test_an_unknown_policy_is_refused_with_the_one_meant(shelf: Library) -> None:
    with pytest.raises(NotUnderstood, match="Did you mean 'council-housing'"):
        asked(shelf, "council-houses", "2025-05-01")


def test_the_readings_that_bear_on_a_date_come_with_it(shelf: Library) -> None:
    keys = {one.key for one in asked(shelf, COUNCIL, "2025-05-01").readings}
    assert {"receipt_rule", "working_day", "stage_1_response_clock"} <= keys
    assert "signed_or_consent" not in keys
