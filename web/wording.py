"""Dates, counts and states as people say them; the same words on every page.

Functions here take what the engine worked out and give text. They know no request and read no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engine.events import ZONE
from engine.wordings import listed

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SOON = 3  # working days left at which a date is marked as due soon

STATES = {
    "expected": "Not started",
    "running": "Running",
    "met": "Met in time",
    "late": "Done late",
    "overdue": "Overdue",
    "lapsed": "Passed",
    "stopped": "No longer runs",
}
STATUSES = {"open": "Open", "answered": "Answered", "closed": "Closed", "held": "On hold"}

#: the colours of GOV.UK tags; the words always say the same
COLOURS = {
    "expected": "grey",
    "running": "blue",
    "met": "green",
    "late": "orange",
    "overdue": "red",
    "lapsed": "grey",
    "stopped": "grey",
    "open": "blue",
    "answered": "purple",
    "closed": "grey",
    "held": "red",
}


@dataclass(frozen=True)
class Urgency:
    """How pressing a date is: its key for filters, the words for people, the colour of the tag that carries them."""

    key: str  # overdue, today, soon, in_time
    words: str
    colour: str


def day(value: date) -> str:
    """`23 December 2025`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """`23 Dec 2025`, for tables."""
    return f"{value.day} {MONTHS[value.month - 1][:3]} {value.year}"


def weekday(value: date) -> str:
    """`Tuesday 23 December 2025`."""
    return f"{WEEKDAYS[value.weekday()]} {day(value)}"


def clock_time(value: datetime) -> str:
    """The local time as `2:05pm`, `9am`, `midday` or `midnight`."""
    local = value.astimezone(ZONE)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midday" if local.hour else "midnight"
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{hour}{minutes}{'am' if local.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """The local date and time of an instant: `23 December 2025 at 2:05pm`."""
    return f"{day(value.astimezone(ZONE).date())} at {clock_time(value)}"


def happened(value: datetime) -> str:
    """An instant when something happened; noon stands for a day whose time nobody gave, so only the day is said."""
    local = value.astimezone(ZONE)
    return day(local.date()) if (local.hour, local.minute) == (12, 0) else moment(value)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 case`, `2 cases`, `1,204 cases`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def urgency(due: date, today: date, working_days: int) -> Urgency:
    """How pressing a due date is today.

    `working_days` is the number of working days between the two days, whichever comes first. A date is met by
    anything done by the end of that day, so it is overdue only from the next.
    """
    if due < today:
        by = f" by {count(working_days, 'working day')}" if working_days else ""
        return Urgency("overdue", f"Overdue{by}", "red")
    if due == today:
        return Urgency("today", "Due today", "orange")
    if working_days <= SOON:
        return Urgency("soon", "Due soon", "yellow")
    return Urgency("in_time", "In time", "green")


def state(key: str) -> str:
    """The state of a deadline, or the status of a case, in words."""
    return STATES.get(key) or STATUSES.get(key) or plain(key)


def colour(key: str) -> str:
    """The colour of the tag for a state or status."""
    return COLOURS.get(key, "grey")


def plain(name: str) -> str:
    """An id as words where nothing better is known: `Stage 1: extension given` of `stage_1.extension_given`."""
    words = name.replace(".", ": ").replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


FILTERS = {
    "day": day,
    "short_day": short_day,
    "weekday": weekday,
    "moment": moment,
    "happened": happened,
    "counted": count,
    "listed": listed,
    "plain": plain,
    "state": state,
    "colour": colour,
}
"""What templates may call, by name: `{{ due | day }}`."""
