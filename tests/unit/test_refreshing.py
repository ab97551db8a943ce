"""A calendar that learns something moves the stored dates of open cases at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine import casework, refreshing, steps
from engine.calendars import CalendarDay
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.store import inbox
from tests.unit.casting import hired


def test_a_bank_holiday_proclaimed_late_moves_the_order_of_the_inbox_at_once(office: Office):
    ann, now = hired(office, "Ann"), moment("2024-06-03")
    reference = steps.register(office, "council-housing", ann, Said({}, now, now, is_story=True))
    closed = steps.register(office, "council-housing", ann, Said({}, now, now, is_story=True))
    said = Said({}, None, now, is_story=True)
    steps.take(office, closed, ann, lambda f: casework.record_message(office, f, "withdrawn", ann, said), now)
    proclaimed = CalendarDay(date(2024, 6, 6), "Day of Thanksgiving", date(2024, 6, 4))
    calendars = {
        key: replace(one, book=replace(one.book, calendar=one.book.calendar.with_days(proclaimed)))
        for key, one in office.shelved.items()
    }
    learned = replace(office, shelved=calendars)

    def stored_due() -> date | None:
        with office.database.reading() as tx:
            (task,) = inbox.tasks_of(tx, steps.seen_by(office, reference, ann, now).row.id)
            return task.due

    assert stored_due() == date(2024, 6, 10)
    assert refreshing.bring_up_to_date(learned, moment("2024-06-03")) == 0, "nobody knew of it yet"
    assert refreshing.bring_up_to_date(learned, moment("2024-06-05")) == 1
    assert stored_due() == date(2024, 6, 11)
    assert refreshing.bring_up_to_date(learned, moment("2024-06-05")) == 0
    record = steps.seen_by(learned, reference, ann, moment("2024-06-05")).record
    assert [event.name for event in record] == ["complaint_received"]
