"""Laws of extensions and holding replies: told in time, within the limit, once; else with approval."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import casework, more_time
from engine.deadlines import Deadline
from engine.events import moment
from engine.office import Office
from engine.policy import MoreTime, Within
from engine.refusals import BadAnswers, Refused
from engine.rights import Grant, Person
from engine.wordings import counted
from tests.unit.case_acts import extend, recorded, seen, under_way
from tests.unit.casting import hired

OUTSIDE = {"good_reason": "A court visit", "approved_by": "The director", "update_interval": "Every Friday"}


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def answer_of(office: Office, reference: str, who: Person, day: str) -> Deadline:
    return seen(office, reference, who, day).standing.ledger.deadlines["stage_1.response"]


def refused_fields(office: Office, reference: str, who: Person, day: str, **said: object) -> dict[str, str]:
    with pytest.raises(BadAnswers) as bad:
        extend(office, reference, who, day, **said)
    return bad.value.errors


def test_an_extension_after_the_due_date_is_refused_with_the_latest_date_and_the_days_counted(office, ann):
    reference = under_way(office, ann)
    with pytest.raises(Refused) as refused:
        extend(office, reference, ann, "2024-06-20", to="2024-07-03")
    told = str(refused.value)
    assert "The answer was due on 19 June 2024: an extension had to be told by then." in told
    assert "send an apology with a new date, which is no extension" in told
    assert "The latest date that would have been allowed is 3 July 2024." in told
    assert told.endswith("That is 10 working days from 19 June 2024, not counting two weekends.")


def test_a_first_extension_within_the_limit_wants_no_approval(office, ann):
    reference = under_way(office, ann)
    extend(office, reference, ann, "2024-06-19", to="2024-07-03")
    answer = answer_of(office, reference, ann, "2024-06-20")
    assert (answer.due, answer.more_time[0].is_outside) == (date(2024, 7, 3), False)


def test_an_extension_past_its_limit_says_everything_it_lacks_by_name_at_once(office, ann):
    reference = under_way(office, ann)
    errors = refused_fields(office, reference, ann, "2024-06-19", to="2024-07-04")
    assert list(errors) == ["to", "good_reason", "approved_by", "update_interval"]
    assert errors["to"].startswith("The latest date allowed is 3 July 2024: 10 working days from 19 June 2024, not")
    extend(office, reference, ann, "2024-06-19", to="2024-07-04", **OUTSIDE)
    answer = answer_of(office, reference, ann, "2024-06-20")
    assert (answer.due, answer.more_time[0].is_beyond) == (date(2024, 7, 4), True)


@pytest.mark.parametrize("left_out", OUTSIDE)
def test_past_the_limit_each_of_the_three_is_wanted(office, ann, left_out: str):
    reference = under_way(office, ann)
    rest = {name: value for name, value in OUTSIDE.items() if name != left_out}
    assert list(refused_fields(office, reference, ann, "2024-06-19", to="2024-07-04", **rest)) == ["to", left_out]


def test_a_second_extension_inside_the_limit_is_outside_the_codes_time_too(office, ann):
    reference = under_way(office, ann)
    extend(office, reference, ann, "2024-06-19", to="2024-06-26")
    errors = refused_fields(office, reference, ann, "2024-06-25", to="2024-07-01")
    assert list(errors) == ["to", "good_reason", "approved_by", "update_interval"]
    assert "A second extension is outside the Code's time" in errors["to"]
    extend(office, reference, ann, "2024-06-25", to="2024-07-01", **OUTSIDE)
    first, second = answer_of(office, reference, ann, "2024-06-26").more_time
    assert (first.is_outside, second.is_second, second.is_beyond, second.is_outside) == (False, True, False, True)


def test_a_date_for_the_next_update_does_for_an_interval(office, ann):
    reference = under_way(office, ann)
    said = {name: value for name, value in OUTSIDE.items() if name != "update_interval"}
    extend(office, reference, ann, "2024-06-19", to="2024-07-04", next_update="2024-06-26", **said)
    assert answer_of(office, reference, ann, "2024-06-20").due == date(2024, 7, 4)


def test_a_next_update_is_not_promised_for_a_day_that_is_over(office, ann):
    reference = under_way(office, ann)
    errors = refused_fields(office, reference, ann, "2024-06-19", to="2024-07-03", next_update="2024-06-18")
    assert "must not be before 19 June 2024" in errors["next_update"]


def test_whoever_gives_more_time_outside_the_limit_does_not_approve_it(office, ann):
    reference = under_way(office, ann)
    for approver in (ann.id, "Ann", " ann "):
        said = OUTSIDE | {"approved_by": approver}
        errors = refused_fields(office, reference, ann, "2024-06-19", to="2024-07-04", **said)
        assert errors == {"approved_by": more_time.NOT_ONESELF}
    extend(office, reference, ann, "2024-06-19", to="2024-07-04", **OUTSIDE | {"approved_by": "Anna"})


def test_an_extension_whose_notice_lacks_the_ombudsmans_contact_is_none(office, ann):
    reference = under_way(office, ann)
    told = refused_fields(office, reference, ann, "2024-06-10", to="2024-07-01", ombudsman_given=False)
    assert told["ombudsman_given"].startswith(
        "The notice must give the Ombudsman's contact details (feedback Stages, code 6.4, code 6.5)."
    )
    assert "by 19 June 2024" in told["ombudsman_given"]


def test_an_extension_never_brings_the_answer_forward(office, ann):
    reference = under_way(office, ann)
    told = refused_fields(office, reference, ann, "2024-06-10", to="2024-06-18")
    assert "must be after 19 June 2024" in told["to"]


def test_a_new_date_more_than_a_year_away_is_a_mistyped_year(office, ann):
    reference = under_way(office, ann)
    told = refused_fields(office, reference, ann, "2024-06-10", to="2042-07-01", **OUTSIDE)
    assert "more than a year" in told["to"]


def test_an_extension_told_in_time_and_recorded_late_still_moves_the_answer(office, ann):
    reference = under_way(office, ann)
    file = seen(office, reference, ann, "2024-06-25")
    said = casework.Said({"to": "2024-07-01"}, moment("2024-06-18"), moment("2024-06-25"), is_story=True)
    plan = casework.record_message(office, file, "stage_1.extension_given", ann, said)
    assert plan.after.ledger.deadlines["stage_1.response"].due == date(2024, 7, 1)


def test_holding_replies_have_no_limit_where_the_source_sets_none(office, ann):
    reference = under_way(office, ann, policy="south-essex-homes", received="2019-03-05")
    for told, to in (("2019-03-18", "2019-04-01"), ("2019-03-29", "2019-05-01")):
        recorded(office, reference, ann, "stage_1.holding_reply_sent", told, to=to)
    answer = answer_of(office, reference, ann, "2019-04-02")
    assert answer.due == date(2019, 5, 1)
    assert [one.is_outside for one in answer.more_time] == [False, False]
    with pytest.raises(Refused, match=r"a holding reply had to be told by then\. .* which is no extension\.$"):
        recorded(office, reference, ann, "stage_1.holding_reply_sent", "2019-05-02", to="2019-06-03")


def test_only_who_answers_or_the_desk_gives_more_time(office, ann):
    reference = under_way(office, ann)
    director = hired(office, "Dee", Grant("council-housing", "service_director"))
    manager = hired(office, "Max", Grant("council-housing", "service_manager"))
    with pytest.raises(Refused, match="Dee does not hold it"):
        extend(office, reference, director, "2024-06-10", to="2024-07-01")
    extend(office, reference, manager, "2024-06-10", to="2024-07-01")


@given(told=st.integers(0, 30), to=st.integers(0, 60), given_before=st.booleans())
def test_more_time_is_allowed_unapproved_just_where_it_is_first_in_time_and_in_the_limit(told, to, given_before):
    """Days after the day the answer is due, less ten: so the answer is due on day 10, the limit is day 24."""
    begin = date(2024, 6, 9)
    due, limit = begin + timedelta(days=10), begin + timedelta(days=24)
    rule = MoreTime("extension_given", Within(10, "working days"))
    room = more_time.Room(due, due, limit, "10 working days", given_before, rule)
    answers = {"to": begin + timedelta(days=to)}
    is_allowed = told <= 10 < to <= 24 and not given_before
    try:
        more_time.refuse(room, "stage_1.extension_given", answers, begin + timedelta(days=told), Person("1", "Ann"))
    except Refused:
        assert not is_allowed
    else:
        assert is_allowed


def test_the_days_counted_are_said_as_on_the_page(office):
    calendar = office.book(office.versions_of("council-housing")[0]).calendar
    days = calendar.known_by(date(2024, 12, 20))
    text = counted(days, date(2024, 12, 20), Within(5, "working days"), date(2024, 12, 31))
    assert text == "5 working days from 20 December 2024, not counting 25 and 26 December and two weekends"
