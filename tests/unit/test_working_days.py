"""Laws of counting days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy import Within
from engine.working_days import OutsideCalendar, WorkingDays, add_months, last_day

CHRISTMAS = {date(2024, 12, 25): "Christmas Day", date(2024, 12, 26): "Boxing Day", date(2025, 1, 1): "New Year's Day"}
DAYS = WorkingDays("test", date(2012, 1, 1), date(2035, 12, 31), CHRISTMAS)
SOME_DAY = st.dates(date(2013, 1, 1), date(2033, 12, 31))


def test_the_day_it_starts_is_day_nought():
    assert DAYS.add(date(2024, 12, 20), 5) == date(2024, 12, 31)


def test_a_version_may_count_the_first_day():
    assert DAYS.add(date(2024, 12, 20), 5, first_day_counts=True) == date(2024, 12, 30)


def test_a_start_on_a_day_off_needs_no_special_case():
    assert DAYS.add(date(2024, 12, 22), 1) == date(2024, 12, 23)


@given(SOME_DAY, st.integers(1, 60))
def test_counting_back_gives_the_number_counted(start, count):
    due = DAYS.add(start, count)
    assert DAYS.between(start, due) == count
    assert DAYS.is_working(due)
    assert len(DAYS.count(start, due).counted) == count


@given(SOME_DAY, st.integers(1, 60))
def test_every_day_is_either_counted_or_skipped_with_a_reason(start, count):
    due = DAYS.add(start, count)
    worked = DAYS.count(start, due)
    named = sorted([*worked.counted, *(one.date for one in worked.skipped)])
    assert named == [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert all(one.why for one in worked.skipped)


@given(SOME_DAY, st.integers(1, 30), st.integers(1, 30))
def test_more_time_is_never_earlier(start, few, more):
    assert DAYS.add(start, few) <= DAYS.add(start, few + more)


@given(SOME_DAY, st.integers(1, 36))
def test_months_end_on_the_corresponding_date_or_the_months_last_day(start, months):
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("within", "due"),
    [
        (Within(8, "weeks"), date(2022, 10, 31)),
        (Within(56, "days"), date(2022, 10, 31)),
        (Within(12, "months"), date(2023, 9, 5)),
    ],
    ids=str,
)
def test_weeks_days_and_months_are_calendar_time(within, due):
    assert last_day(DAYS, date(2022, 9, 5), within) == due


def test_a_leap_day_has_its_anniversary_on_the_28th():
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_what_the_calendar_does_not_cover_is_not_guessed():
    with pytest.raises(OutsideCalendar, match="covers 2012-01-01 to 2035-12-31 and says nothing about"):
        DAYS.add(date(2035, 12, 20), 30)
    with pytest.raises(OutsideCalendar):
        DAYS.is_working(date(2011, 12, 31))
