"""Calendars: which days are bank holidays or closures, and since when that was known.

The rows are dated data (law 5), read from `policies/calendars/` or from an installation's own table. The `holidays`
library filled the shipped rows once and cross-checks them in the tests; it is never asked at run time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from engine.working_days import WorkingDays

Day = date


@dataclass(frozen=True)
class CalendarDay:
    """A day on which nobody works. `known` is the day it was announced; `withdrawn` the day it was moved away again."""

    date: Day
    name: str
    known: Day
    withdrawn: Day | None = None
    kind: Literal["bank_holiday", "closure"] = "bank_holiday"


@dataclass(frozen=True)
class Calendar:
    """All that was ever announced for one calendar, and the days it covers (both ends included)."""

    name: str
    covers_from: date
    covers_to: date
    days: tuple[CalendarDay, ...]

    @cached_property
    def _changes(self) -> tuple[date, ...]:
        """The days on which what is known changed, in order."""
        told = {row.known for row in self.days} | {row.withdrawn for row in self.days if row.withdrawn}
        return tuple(sorted(told))

    def known_by(self, day: date) -> WorkingDays:
        """The working days as they were known on that day. One object per state of knowledge, shared."""
        return _as_known(self, bisect_right(self._changes, day))

    def with_days(self, *added: CalendarDay) -> Calendar:
        """The calendar with newly proclaimed days or closures."""
        return Calendar(self.name, self.covers_from, self.covers_to, (*self.days, *added))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.covers_from, self.covers_to, self.days))


@lru_cache(maxsize=256)
def _as_known(calendar: Calendar, changes: int) -> WorkingDays:
    on = calendar._changes[changes - 1] if changes else date.min
    off = {
        row.date: row.name for row in calendar.days if row.known <= on and (row.withdrawn is None or row.withdrawn > on)
    }
    return WorkingDays(calendar.name, calendar.covers_from, calendar.covers_to, off)
