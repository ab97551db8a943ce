"""Counting days: working days, calendar days, weeks and months, with each counted and each skipped day named.

The rules are those of `tests/data/worked_cases.yaml` (`meta.rules`): the day something starts is day 0; the next
working day is day 1; done by the end of day n is in time. Months go by the corresponding date (Dodds v Walker [1981]).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.policy import Within

SATURDAY = 5
WEEKEND = "weekend"


class OutsideCalendar(Exception):
    """A date that a calendar says nothing about: it is not guessed."""

    def __init__(self, calendar: str, day: date, first: date, last: date) -> None:
        super().__init__(
            f"The calendar '{calendar}' covers {first} to {last} and says nothing about {day}. "
            f"Add the days it needs to policies/calendars/{calendar}.yaml."
        )


@dataclass(frozen=True)
class Skipped:
    """A day that did not count, and why: 'weekend' or the holiday's name."""

    date: date
    why: str


@dataclass(frozen=True)
class Count:
    """How a date was worked out: from day 0, each day counted, each skipped."""

    start: date
    due: date
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]


class WorkingDays:
    """Mondays to Fridays between two dates, less the days named as off. Immutable; every question is a look-up."""

    def __init__(self, name: str, first: date, last: date, off: Mapping[date, str]) -> None:
        self.name, self.first, self.last, self.off = name, first, last, dict(off)
        start = first.toordinal()
        self._days = [
            number
            for number in range(start, last.toordinal() + 1)
            if (number + 6) % 7 < SATURDAY and date.fromordinal(number) not in self.off
        ]

    def is_working(self, day: date) -> bool:
        """Whether that day counts. Raises OutsideCalendar."""
        self._check(day)
        return day.weekday() < SATURDAY and day not in self.off

    def next_working(self, day: date) -> date:
        """The first working day after that one."""
        return self.add(day, 1)

    def add(self, start: date, count: int, *, first_day_counts: bool = False) -> date:
        """The last day of `count` working days from `start`, which is day 0 (day 1 where the first day counts).

        >>> days = WorkingDays("plain", date(2024, 1, 1), date(2024, 12, 31), {})
        >>> days.add(date(2024, 3, 1), 1)  # a Friday: the weekend is skipped
        datetime.date(2024, 3, 4)
        """
        self._check(start)
        number = start.toordinal()
        place = (bisect_left if first_day_counts else bisect_right)(self._days, number) + count - 1
        if count < 1 or place >= len(self._days):
            if count == 0:
                return start
            raise OutsideCalendar(self.name, start + timedelta(days=count * 2), self.first, self.last)
        return date.fromordinal(self._days[place])

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative where `end` is earlier."""
        self._check(start)
        self._check(end)
        return bisect_right(self._days, end.toordinal()) - bisect_right(self._days, start.toordinal())

    def count(self, start: date, due: date, *, first_day_counts: bool = False) -> Count:
        """Each day from `start` to `due`, counted or skipped with its reason."""
        first = start if first_day_counts else start + timedelta(days=1)
        days = [first + timedelta(days=n) for n in range((due - first).days + 1)]
        return Count(
            start,
            due,
            tuple(day for day in days if self.is_working(day)),
            tuple(Skipped(day, self.off.get(day, WEEKEND)) for day in days if not self.is_working(day)),
        )

    def _check(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise OutsideCalendar(self.name, day, self.first, self.last)


def add_months(start: date, months: int) -> date:
    """The corresponding date that many months on; the month's last day where it is too short.

    >>> add_months(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    """
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def last_day(days: WorkingDays, start: date, within: Within, *, first_day_counts: bool = False) -> date:
    """The last day on which something due `within` that time of `start` is in time."""
    if within.unit == "working days":
        return days.add(start, within.count, first_day_counts=first_day_counts)
    if within.unit == "months":
        return add_months(start, within.count)
    return start + timedelta(days=within.count * (7 if within.unit == "weeks" else 1))
