"""The words for dates and states are the same everywhere, and say what a person would say."""

from datetime import UTC, date, datetime

import pytest

from web import wording


def test_a_day_is_written_with_its_month_in_words():
    assert wording.day(date(2025, 12, 23)) == "23 December 2025"
    assert wording.short_day(date(2025, 9, 1)) == "1 Sep 2025"
    assert wording.weekday(date(2025, 12, 23)) == "Tuesday 23 December 2025"


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (datetime(2025, 12, 23, 14, 5, tzinfo=UTC), "23 December 2025 at 2:05pm"),
        (datetime(2025, 7, 23, 8, 0, tzinfo=UTC), "23 July 2025 at 9am"),
        (datetime(2025, 7, 23, 23, 30, tzinfo=UTC), "24 July 2025 at 12:30am"),
        (datetime(2025, 1, 23, 12, 0, tzinfo=UTC), "23 January 2025 at midday"),
        (datetime(2025, 1, 23, 0, 0, tzinfo=UTC), "23 January 2025 at midnight"),
    ],
)
def test_a_moment_is_said_in_local_time(instant, words):
    assert wording.moment(instant) == words


def test_noon_stands_for_a_day_whose_time_nobody_gave():
    assert wording.happened(datetime(2025, 7, 23, 11, 0, tzinfo=UTC)) == "23 July 2025"
    assert wording.happened(datetime(2025, 7, 23, 9, 15, tzinfo=UTC)) == "23 July 2025 at 10:15am"


@pytest.mark.parametrize(
    ("due", "working_days", "key", "words"),
    [
        (date(2025, 12, 18), 3, "overdue", "Overdue by 3 working days"),
        (date(2025, 12, 22), 1, "overdue", "Overdue by 1 working day"),
        (date(2025, 12, 21), 0, "overdue", "Overdue"),
        (date(2025, 12, 23), 0, "today", "Due today"),
        (date(2025, 12, 24), 1, "soon", "Due soon"),
        (date(2025, 12, 29), 2, "soon", "Due soon"),
        (date(2025, 12, 30), 3, "soon", "Due soon"),
        (date(2025, 12, 31), 4, "in_time", "In time"),
    ],
)
def test_how_pressing_a_date_is_stands_in_words(due, working_days, key, words):
    found = wording.urgency(due, date(2025, 12, 23), working_days)
    assert (found.key, found.words) == (key, words)


def test_counts_agree_with_their_noun():
    assert wording.count(1, "case") == "1 case"
    assert wording.count(1204, "case") == "1,204 cases"
    assert wording.count(0, "person", "people") == "0 people"


def test_every_state_and_status_has_words_and_a_colour():
    for key in (*wording.STATES, *wording.STATUSES):
        assert wording.state(key)
        assert key in wording.COLOURS


def test_an_unknown_id_is_still_readable():
    assert wording.plain("stage_1.extension_given") == "Stage 1: extension given"
