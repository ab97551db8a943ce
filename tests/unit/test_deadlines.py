"""Laws of the deadline ledger, told with the shipped versions and dates counted by hand."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Calendar, CalendarDay
from engine.dated_data import law_ended, read_calendar, read_law
from engine.deadlines import Ledger, latest_allowed, ledger, request_is_in_time
from engine.events import CaseEvent, at, moment
from engine.policy import PolicyVersion, Receipt
from engine.policy_files import read_version

ROOT = Path(__file__).parents[2]


def version(key: str) -> PolicyVersion:
    path = ROOT / f"policies/{key}.yaml"
    read, problems = read_version(path.read_bytes(), str(path))
    assert read, problems
    return read


CODE = version("south-essex-homes/two-stage-2024")
COUNCIL = version("council-housing/two-stage-2024")
ST_LEGER = version("st-leger-homes/two-stage-2024")
LEGACY = version("south-essex-homes/three-stage-2018")
PANEL = version("south-essex-homes/four-stage")


def _england() -> Calendar:
    calendar, _ = read_calendar((ROOT / "policies/calendars/england.yaml").read_bytes(), "england.yaml")
    assert calendar
    return calendar


ENGLAND = _england()
LAW = law_ended(read_law((ROOT / "policies/law.yaml").read_bytes(), "law.yaml")[0] or {})


def happened(when: str, name: str, **fields: object) -> CaseEvent:
    return CaseEvent(name, moment(when), moment(when), fields=fields)


def seen(policy: PolicyVersion, on: str, *events: CaseEvent, calendar: Calendar = ENGLAND) -> Ledger:
    return ledger(policy, events, moment(on), calendar, LAW)


RECEIVED = happened("2024-12-20", "complaint_received")
ACKNOWLEDGED = happened("2024-12-31", "stage_1.acknowledged")


def test_an_unacknowledged_complaint_still_has_an_answer_date():
    response = seen(CODE, "2024-12-20", RECEIVED).deadlines["stage_1.response"]
    assert (response.state, response.due, response.is_expected) == ("expected", date(2025, 1, 15), True)


def test_an_expected_date_that_passed_is_overdue():
    response = seen(CODE, "2025-01-16", RECEIVED).deadlines["stage_1.response"]
    assert response.state == "overdue"


def test_a_deadline_is_met_by_anything_done_by_the_end_of_its_day():
    late_in_the_evening = happened("2024-12-31T23:59", "stage_1.acknowledged")
    assert seen(CODE, "2025-01-02", RECEIVED, late_in_the_evening).deadlines["stage_1.acknowledgement"].state == "met"


def test_the_day_after_is_late():
    next_day = happened("2025-01-02", "stage_1.acknowledged")
    assert seen(CODE, "2025-01-02", RECEIVED, next_day).deadlines["stage_1.acknowledgement"].state == "late"


def test_a_late_acknowledgement_leaves_a_backstop():
    late = happened("2024-05-15", "stage_1.acknowledged")
    response = seen(COUNCIL, "2024-05-16", happened("2024-05-02", "complaint_received"), late).deadlines[
        "stage_1.response"
    ]
    assert (response.due, response.backstop) == (date(2024, 5, 30), date(2024, 5, 24))


def test_a_second_acknowledgement_buys_no_time():
    """Where triage was struck out and done again, the diagram asks for another; the resident had the first."""
    again = happened("2025-01-20", "stage_1.acknowledged")
    found = seen(CODE, "2025-01-21", RECEIVED, ACKNOWLEDGED, again).deadlines
    assert found["stage_1.acknowledgement"].met == date(2024, 12, 31)
    assert (found["stage_1.response"].start, found["stage_1.response"].due) == (date(2024, 12, 31), date(2025, 1, 15))


def test_an_acknowledgement_in_time_leaves_no_backstop():
    assert seen(CODE, "2025-01-02", RECEIVED, ACKNOWLEDGED).deadlines["stage_1.response"].backstop is None


def test_an_extension_does_not_move_the_acknowledgement():
    extended = happened("2025-01-15", "stage_1.extension_given", to="2025-01-29", reason="An inspection")
    ledger_seen = seen(CODE, "2025-01-16", RECEIVED, ACKNOWLEDGED, extended)
    assert ledger_seen.deadlines["stage_1.acknowledgement"].due == date(2024, 12, 31)
    assert ledger_seen.deadlines["stage_1.response"].due == date(2025, 1, 29)


def test_an_extension_on_the_last_day_counts_and_one_a_day_later_does_not():
    for when, due in (("2025-01-15", date(2025, 1, 29)), ("2025-01-16", date(2025, 1, 15))):
        given_then = happened(when, "stage_1.extension_given", to="2025-01-29", reason="An inspection")
        assert seen(CODE, "2025-01-20", RECEIVED, ACKNOWLEDGED, given_then).deadlines["stage_1.response"].due == due


def test_the_limit_of_an_extension_counts_from_the_original_due_date():
    days = ENGLAND.known_by(date(2025, 1, 1))
    rule = ST_LEGER.deadline("stage_2.response")
    assert latest_allowed(rule, date(2025, 1, 16), days) == date(2025, 2, 13)


def test_a_holding_reply_has_no_limit_and_moves_the_date_to_the_one_it_promised():
    story = (
        happened("2019-09-30T09:00", "complaint_received"),
        happened("2019-10-02", "stage_1.acknowledged"),
        happened("2019-10-11", "stage_1.holding_reply_sent", to="2019-10-31", reason="Other teams"),
        happened("2019-10-31", "stage_1.response_sent"),
    )
    response = seen(LEGACY, "2019-11-01", *story).deadlines["stage_1.response"]
    assert (response.original, response.due, response.state) == (date(2019, 10, 14), date(2019, 10, 31), "met")


def test_a_panel_put_off_keeps_the_policys_date():
    story = (
        happened("2017-01-17T15:00", "stage_3.requested"),
        happened("2017-02-10", "stage_3.panel_postponed", to="2017-02-20", reason="A member is ill"),
        happened("2017-02-20", "stage_3.panel_met"),
    )
    ledger_seen = seen(PANEL, "2017-02-21", happened("2016-11-14", "complaint_received"), *story)
    panel = ledger_seen.deadlines["stage_3.panel"]
    assert (panel.due, panel.promised, panel.state) == (date(2017, 2, 15), date(2017, 2, 20), "late")
    assert ledger_seen.deadlines["stage_3.response"].due == date(2017, 2, 22)


def test_the_eight_weeks_end_by_law_whichever_comes_first():
    def direct_from(letter: str) -> date | None:
        story = (happened("2022-06-01", "complaint_received"), happened(letter, "stage_2.response_sent"))
        return seen(LEGACY, "2024-01-01", *story).deadlines["ombudsman.direct_from"].due

    assert direct_from("2022-07-01") == date(2022, 8, 26)
    assert direct_from("2022-09-05") == date(2022, 10, 1)
    assert direct_from("2023-01-10") == date(2023, 1, 10)


def test_a_date_that_only_says_from_when_is_in_no_state():
    story = (happened("2019-06-01", "complaint_received"), happened("2019-07-01", "stage_2.response_sent"))
    assert seen(LEGACY, "2024-01-01", *story).deadlines["ombudsman.direct_from"].state is None


@pytest.mark.parametrize(
    ("channel", "last_day"), [("email", date(2024, 8, 14)), ("post", date(2024, 8, 16))], ids=("email", "post")
)
def test_an_answer_counts_as_received_by_the_delivery_rule_until_that_is_recorded(channel, last_day):
    story = (
        happened("2024-07-01", "complaint_received"),
        happened("2024-07-17", "stage_1.response_sent", channel=channel),
    )
    assert seen(ST_LEGER, "2024-07-18", *story).deadlines["stage_2.request_window"].due == last_day
    told = happened("2024-07-22", "stage_1.response_received")
    assert seen(ST_LEGER, "2024-07-23", *story, told).deadlines["stage_2.request_window"].due == date(2024, 8, 19)


def test_a_window_lapses_and_stays_lapsed_when_a_late_request_comes():
    story = (
        happened("2024-07-01", "complaint_received"),
        happened("2024-07-17", "stage_1.response_sent", channel="email"),
    )
    assert seen(ST_LEGER, "2024-08-14", *story).deadlines["stage_2.request_window"].state == "running"
    assert seen(ST_LEGER, "2024-08-15", *story).deadlines["stage_2.request_window"].state == "lapsed"
    late = seen(ST_LEGER, "2024-08-20", *story, happened("2024-08-20", "stage_2.requested"))
    assert late.deadlines["stage_2.request_window"].state == "lapsed"
    assert not request_is_in_time(late, ST_LEGER, "stage_2", date(2024, 8, 20))


def test_where_there_is_no_window_every_request_is_in_time():
    assert request_is_in_time(seen(COUNCIL, "2030-01-01", RECEIVED), COUNCIL, "stage_2", date(2030, 1, 1))


def test_twelve_months_count_from_when_the_resident_knew():
    knew = happened("2025-02-28T16:00", "complaint_received", issue_occurred="2023-05-15", resident_aware="2024-02-29")
    assert seen(COUNCIL, "2025-03-03", knew).deadlines["complain_by"].state == "met"
    too_late = replace(knew, happened=moment("2025-03-01T10:00"))
    assert seen(COUNCIL, "2025-03-03", too_late).deadlines["complain_by"].state == "lapsed"


def test_a_holiday_proclaimed_later_moves_the_date_and_keeps_the_promise():
    story = (
        happened("2022-09-05", "complaint_received"),
        happened("2022-09-06", "stage_1.acknowledged", promised="2022-09-19"),
    )
    before = seen(LEGACY, "2022-09-09", *story).deadlines["stage_1.response"]
    after = seen(LEGACY, "2022-09-12", *story).deadlines["stage_1.response"]
    assert (before.due, after.due) == (date(2022, 9, 19), date(2022, 9, 20))
    assert after.promised == after.sort_date == date(2022, 9, 19)


def test_rule_b_moves_our_clocks_and_never_shortens_the_residents_window():
    deemed = replace(PANEL, receipt=Receipt(time(17, 0)))
    story = (
        happened("2017-06-05T10:00", "complaint_received"),
        happened("2017-07-03", "stage_2.response_sent"),
        happened("2017-07-24T20:45", "stage_3.requested"),
    )
    ledger_seen = seen(deemed, "2017-07-25", *story)
    assert ledger_seen.deadlines["stage_3.request_window"].state == "met"
    assert ledger_seen.deadlines["stage_3.panel"].due == date(2017, 8, 23)
    assert seen(PANEL, "2017-07-25", *story).deadlines["stage_3.panel"].due == date(2017, 8, 22)


def test_a_timer_whose_deadline_the_version_does_not_have_never_passes():
    assert not seen(COUNCIL, "2030-01-01", RECEIVED).has_passed("stage_2.request_window")


def test_a_case_that_ended_first_stops_what_was_running_and_keeps_what_was_overdue():
    stopped = seen(CODE, "2025-01-10", RECEIVED).stopped_on(date(2025, 1, 2))
    assert stopped.deadlines["stage_1.acknowledgement"].state == "overdue"
    assert stopped.deadlines["stage_1.response"].state == "stopped"


def test_a_closure_as_data_moves_a_date():
    closed = ENGLAND.with_days(CalendarDay(date(2024, 12, 30), "Office closed", date(2024, 11, 1), kind="closure"))
    moved = seen(CODE, "2024-12-20", RECEIVED, calendar=closed).deadlines["stage_1.acknowledgement"]
    assert moved.due == date(2025, 1, 2)


@given(st.dates(date(2024, 4, 1), date(2034, 12, 31)), st.integers(0, 30))
def test_acknowledging_sooner_never_gives_a_later_answer_date(received, wait):
    days = ENGLAND.known_by(date(2034, 12, 31))
    came = CaseEvent("complaint_received", at(received), at(received))
    sooner, later = days.add(received, wait + 1), days.add(received, wait + 2)
    dues = [
        ledger(CODE, [came, CaseEvent("stage_1.acknowledged", at(day), at(day))], at(later), ENGLAND, LAW)
        .deadlines["stage_1.response"]
        .due
        for day in (sooner, later)
    ]
    assert dues[0] <= dues[1]


@given(st.dates(date(2024, 4, 1), date(2034, 6, 30)))
def test_the_channel_of_a_complaint_moves_no_date(received):
    dues = {
        channel: [
            deadline.due
            for deadline in ledger(
                CODE,
                [CaseEvent("complaint_received", at(received), at(received), fields={"channel": channel})],
                at(received),
                ENGLAND,
                LAW,
            ).deadlines.values()
        ]
        for channel in CODE.channels
    }
    assert len({tuple(each) for each in dues.values()}) == 1


def test_a_window_still_open_when_the_case_ended_is_stopped_and_never_lapses():
    story = (
        happened("2024-07-01", "complaint_received"),
        happened("2024-07-17", "stage_1.response_sent", channel="email"),
    )
    long_after = seen(ST_LEGER, "2024-12-01", *story).stopped_on(date(2024, 7, 20))
    assert long_after.deadlines["stage_2.request_window"].state == "stopped"
    assert long_after.deadlines["stage_1.response"].state == "met"
