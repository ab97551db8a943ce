"""The periods of reports: months, reporting years, and the day by which something is due soon."""

from __future__ import annotations

from datetime import date, timedelta

from engine.office import Office
from engine.store.measure_figures import Span
from engine.working_days import OutsideCalendar

SOON = 3  # working days left at which a date is due soon, as in the inbox
YEAR_BEGINS = (4, 1)  # 1 April (domain B5, from memory of the Regulator's text)


def span_of(office: Office, first: date, last: date, today: date) -> Span:
    """A period, with the last day that is due soon today by the calendar of the policies."""
    return Span(first, last, today, _soon(office, today))


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def last_month(today: date) -> tuple[date, date]:
    """The month before that of a day: the last whole one."""
    return month_of(today.replace(day=1) - timedelta(days=1))


def reporting_year(day: date) -> tuple[date, date]:
    """The first and the last day of the reporting year a day is in."""
    begins = date(day.year if (day.month, day.day) >= YEAR_BEGINS else day.year - 1, *YEAR_BEGINS)
    return begins, date(begins.year + 1, *YEAR_BEGINS) - timedelta(days=1)


def year_before(today: date) -> tuple[date, date]:
    """The twelve whole months before that of a day."""
    last = today.replace(day=1) - timedelta(days=1)
    return (last + timedelta(days=1)).replace(year=last.year - 1 if last.month != 12 else last.year), last


def year_words(begins: date) -> str:
    """`2024 to 2025`, the reporting year that begins then."""
    return f"{begins.year} to {begins.year + 1}"


def _soon(office: Office, today: date) -> date:
    for key in sorted(office.calendars):
        try:
            return office.calendars[key].known_by(today).add(today, SOON)
        except OutsideCalendar:
            continue
    return today + timedelta(days=SOON)
