"""The shipped calendar against two independent lists, and what was known when."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from engine.calendars import Calendar, CalendarDay
from engine.dated_data import read_calendar

ROOT = Path(__file__).parents[2]
FAR = date(2030, 1, 1)


@pytest.fixture(scope="module")
def england() -> Calendar:
    path = ROOT / "policies/calendars/england.yaml"
    calendar, problems = read_calendar(path.read_bytes(), str(path))
    assert not problems
    return calendar


def hand_copied() -> set[date]:
    days = set()
    for line in (ROOT / "tests/data/bank_holidays_ew_2012_2027.txt").read_text().splitlines():
        year, colon, rest = line.partition(":")
        if colon and year.isdigit():
            days |= {date.fromisoformat(f"{year}-{day}") for day in rest.split()}
    return days


def test_the_shipped_days_are_those_of_the_hand_copied_list(england):
    known = england.known_by(FAR)
    shipped = {day for day in known.off if day.year <= 2027 and day.weekday() < 5}
    assert shipped == hand_copied()


def test_the_shipped_days_are_those_of_the_holidays_library(england):
    library = holidays.country_holidays("GB", subdiv="ENG", years=range(2012, 2036))
    weekdays = {day for day in library if day.weekday() < 5}
    assert {day for day in england.known_by(FAR).off if day.weekday() < 5} == weekdays


def test_a_proclaimed_day_counts_as_working_until_it_is_announced(england):
    funeral = date(2022, 9, 19)
    assert england.known_by(date(2022, 9, 9)).is_working(funeral)
    assert not england.known_by(date(2022, 9, 10)).is_working(funeral)


def test_a_moved_day_was_a_holiday_until_it_was_moved(england):
    assert not england.known_by(date(2019, 6, 6)).is_working(date(2020, 5, 4))
    assert england.known_by(date(2019, 6, 7)).is_working(date(2020, 5, 4))
    assert england.known_by(FAR).is_working(date(2022, 5, 30))


def test_a_closure_is_a_day_off_once_it_is_known():
    closed = CalendarDay(date(2026, 12, 29), "Office closed", date(2026, 10, 1), kind="closure")
    calendar = Calendar("office", date(2026, 1, 1), date(2026, 12, 31), ()).with_days(closed)
    assert not calendar.known_by(date(2026, 10, 1)).is_working(date(2026, 12, 29))
    assert calendar.known_by(date(2026, 9, 30)).is_working(date(2026, 12, 29))


def test_every_day_of_the_calendar_says_since_when_it_was_known(england):
    assert all(row.known <= row.date for row in england.days)
    assert england.covers_to - england.covers_from > timedelta(days=365 * 20)
