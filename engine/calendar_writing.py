"""A calendar as the file the repository keeps, `policies/calendars/<name>.yaml`, with what an installation added."""

from __future__ import annotations

from engine.calendars import Calendar, CalendarDay
from engine.dated_data import read_calendar
from engine.yaml_writing import Value, one_line


def written(calendar: Calendar, shipped: bytes | None, path: str) -> bytes:
    """The calendar's file: the shipped one as it is where it says the same, else with the same words above and every
    row written anew, a year a paragraph."""
    there = read_calendar(shipped, path)[0] if shipped is not None else None
    if shipped is not None and there is not None and _same(there, calendar):
        return shipped
    lines = _above(shipped.decode()) if shipped is not None else []
    lines += [f"calendar: {calendar.name}"]
    lines += [f"covers: {{from: {calendar.covers_from}, to: {calendar.covers_to}}}", "days:"]
    year = None
    for day in sorted(calendar.days, key=lambda one: (one.date, one.known)):
        lines += [] if day.date.year == year else ["", f"  # {day.date.year}"]
        lines += [f"  - {_row(day)}"]
        year = day.date.year
    return ("\n".join(lines) + "\n").encode()


def _same(one: Calendar, other: Calendar) -> bool:
    whole = [(each.name, each.covers_from, each.covers_to, frozenset(each.days)) for each in (one, other)]
    return whole[0] == whole[1]


def _above(text: str) -> list[str]:
    """The comment that stands above everything else."""
    lines = text.splitlines()
    begins = next((number for number, line in enumerate(lines) if line and not line.startswith("#")), 0)
    return lines[:begins]


def _row(day: CalendarDay) -> str:
    row: dict[str, Value] = {"date": day.date.isoformat(), "name": day.name, "known": day.known.isoformat()}
    row |= {"withdrawn": day.withdrawn.isoformat()} if day.withdrawn else {}
    row |= {"kind": day.kind} if day.kind != "bank_holiday" else {}
    return one_line(row)
