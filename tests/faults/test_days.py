"""Days that are not like others: the clocks change, 29 February, ten days down, a bank holiday announced late, a case
that cannot be worked out any more. Dates stay right, each timer is caught up with once, and nothing else waits for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from engine import casework, steps
from engine.calendars import CalendarDay
from engine.casework import Said
from engine.events import local_day, moment
from engine.office import Office, office_of
from engine.rights import Person
from engine.store import cases as stored
from engine.store import library
from tests.faults import caseload


@pytest.fixture
def ann(any_office: Office) -> Person:
    return caseload.staff(any_office, "Ann")[0]


def deadline(office: Office, reference: str, who: Person, key: str, now: datetime):
    return steps.seen_by(office, reference, who, now).standing.ledger.deadlines[key]


@pytest.mark.parametrize("day", ["2025-03-30", "2024-10-27"])
def test_a_case_worked_through_the_night_the_clocks_change_keeps_its_order(any_office: Office, ann: Person, day: str):
    midnight = moment(f"{day}T00:00")
    for half_hours in range(8):
        when = midnight + timedelta(minutes=30 * half_hours)
        reference = caseload.logged(any_office, ann, when=when)
        caseload.completed(any_office, reference, ann, "triage", when + timedelta(minutes=20))
        caseload.completed(any_office, reference, ann, "stage_1.acknowledge", when + timedelta(minutes=40))
        file = steps.seen_by(any_office, reference, ann, when + timedelta(hours=1))
        assert [event.happened for event in file.events] == sorted(event.happened for event in file.events)
        assert {event.day for event in file.events} == {date.fromisoformat(day)}
        assert file.standing.ledger.deadlines["stage_1.acknowledgement"].state == "met"
    assert caseload.differences(any_office) == []


@pytest.mark.parametrize(("said", "is_instant"), [
    ("2025-03-30T01:30", "2025-03-30T01:30:00+00:00"),  # a time that no clock showed
    ("2024-10-27T01:30", "2024-10-27T00:30:00+00:00"),  # a time that every clock showed twice: the first
])  # fmt: skip
def test_a_time_of_the_changing_hour_is_taken_and_on_its_day(
    any_office: Office, ann: Person, said: str, is_instant: str
):
    now = moment(said) + timedelta(days=1)
    reference = steps.register(
        any_office, caseload.POLICY, ann, Said({"service_area": "repairs"}, moment(said), now, is_story=True)
    )
    received = steps.seen_by(any_office, reference, ann, now).received
    assert (received, local_day(received)) == (datetime.fromisoformat(is_instant), date.fromisoformat(said[:10]))
    assert caseload.differences(any_office) == []


@pytest.mark.parametrize(("moment_done", "state"), [("2024-06-19T23:59:59", "met"), ("2024-06-20T00:00", "late")])
def test_a_due_date_lasts_to_the_end_of_the_local_day(any_office: Office, ann: Person, moment_done: str, state: str):
    """23:59 in summer is 22:59 in UTC, and the first minute of the next day is still the due day there."""
    reference, now = caseload.to_answer(any_office, ann), moment(moment_done)
    caseload.completed(any_office, reference, ann, "stage_1.respond", now)
    found = deadline(any_office, reference, ann, "stage_1.response", now)
    assert (found.due, found.state) == (date(2024, 6, 19), state)
    assert caseload.differences(any_office) == []


def test_twelve_months_of_29_february_end_on_28_february(any_office: Office, ann: Person):
    when = moment("2025-02-28")
    reference = steps.register(
        any_office, caseload.POLICY, ann, Said({"issue_occurred": "2024-02-29"}, when, when, is_story=True)
    )
    found = deadline(any_office, reference, ann, "complain_by", when)
    assert (found.due, found.state) == (date(2025, 2, 28), "met")
    leap = moment("2028-02-29")
    reference = caseload.logged(any_office, ann, when=leap)
    assert deadline(any_office, reference, ann, "stage_1.acknowledgement", leap).due == date(2028, 3, 7)
    assert caseload.differences(any_office) == []


def test_after_ten_days_down_each_timer_is_caught_up_with_once_on_its_real_day(any_office: Office, ann: Person):
    references = [caseload.answered(any_office, ann) for _ in range(22)]  # more than a worker takes at a time
    back = moment("2024-07-21T03:00")
    assert steps.fire_due(any_office, moment("2024-07-10T23:30")) == 0
    assert steps.fire_due(any_office, back) == len(references)
    assert [steps.fire_due(any_office, back + timedelta(minutes=minute)) for minute in range(3)] == [0, 0, 0]
    for reference in references:
        file = steps.seen_by(any_office, reference, ann, back)
        fired = [event for event in file.record if event.name == "timer_fired"]
        assert [(event.happened, event.recorded) for event in fired] == [(moment("2024-07-11T00:00"), back)]
        assert (file.standing.status, file.standing.ending) == ("closed", "lapsed")
    assert caseload.differences(any_office) == []


def test_a_timer_waits_for_the_end_of_its_local_day_in_summer(any_office: Office, ann: Person):
    caseload.answered(any_office, ann)
    assert steps.fire_due(any_office, datetime(2024, 7, 10, 22, 59, tzinfo=UTC)) == 0
    assert steps.fire_due(any_office, datetime(2024, 7, 10, 23, 1, tzinfo=UTC)) == 1


def test_a_worker_whose_clock_jumps_back_fires_nothing_twice(any_office: Office, ann: Person):
    reference = caseload.answered(any_office, ann)
    for day, moved in (("2024-07-20", 1), ("2024-06-20", 0), ("2024-07-20", 0), ("2034-07-20", 0)):
        assert steps.fire_due(any_office, moment(day)) == moved
    assert caseload.seen(any_office, reference).events.count("timer_fired") == 1
    assert caseload.differences(any_office) == []


def test_a_bank_holiday_announced_late_moves_what_runs_and_no_promise_already_kept(any_office: Office, ann: Person):
    running, kept = caseload.to_answer(any_office, ann), caseload.answered(any_office, ann)
    told = date(2024, 6, 13)
    there = any_office.shelf.calendars["england"]
    announced = CalendarDay(date(2024, 6, 18), "A day of thanksgiving", told, None, "bank_holiday")
    with any_office.database.writing() as tx:
        library.put_calendar(tx, replace(there, days=(*there.days, announced)), now=moment("2024-06-13"))
    office = office_of(any_office.database, any_office.shelf)
    before, after = moment("2024-06-12T18:00"), moment("2024-06-14")
    assert deadline(office, running, ann, "stage_1.response", before).due == date(2024, 6, 19)
    assert deadline(office, running, ann, "stage_1.response", after).due == date(2024, 6, 20)
    assert deadline(office, kept, ann, "stage_1.response", after).state == "met"
    assert deadline(office, kept, ann, "stage_2.request_window", after).due == date(2024, 7, 11)
    assert caseload.differences(office) == []
    assert steps.fire_due(office, moment("2024-07-11T12:00")) == 0, "the window was open a day longer"
    assert steps.fire_due(office, moment("2024-07-12T12:00")) == 1
    caseload.completed(office, running, ann, "stage_1.respond", moment("2024-06-20"))
    assert deadline(office, running, ann, "stage_1.response", moment("2024-06-21")).state == "met"
    assert caseload.differences(office) == []


def test_a_case_that_cannot_be_worked_out_keeps_no_other_waiting(
    any_office: Office, ann: Person, caplog: pytest.LogCaptureFixture
):
    broken, *others = [caseload.answered(any_office, ann) for _ in range(3)]
    with any_office.database.writing() as tx:
        row = stored.case_by_reference(tx, broken)
        tx.execute(
            text("UPDATE event_content SET content = 'not JSON' WHERE case_id = :id AND number = 2"), {"id": row.id}
        )
    steps.fire_due(any_office, caseload.WINDOW_OVER)
    assert [caseload.seen(any_office, one).status for one in others] == ["closed", "closed"]
    assert [broken in record.getMessage() for record in caplog.records] == [True]
    assert caseload.differences(any_office) == [f"{broken}: event 2: Its content was changed after it was recorded."]


def test_what_is_recorded_out_of_order_and_late_gives_the_dates_of_what_happened(any_office: Office, ann: Person):
    """The request came first and was written down last, after the window was closed by the worker."""
    reference = caseload.answered(any_office, ann)
    steps.fire_due(any_office, caseload.WINDOW_OVER)
    assert caseload.seen(any_office, reference).status == "closed"
    late = moment("2024-07-22")
    said = Said({}, moment("2024-06-20"), late, is_story=True)
    for _ in range(2):  # and written down twice: the same press
        steps.take(
            any_office,
            reference,
            ann,
            lambda file: casework.record_message(any_office, file, "stage_2.requested", ann, said),
            late,
            request_key="one press",
        )
    file = steps.seen_by(any_office, reference, ann, late)
    assert file.standing.status == "open"
    assert [event.day for event in file.events if event.name == "stage_2.requested"] == [date(2024, 6, 20)]
    assert caseload.differences(any_office) == []
