"""Dates and the working of dates, said in words that go on pages, in letters and on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from engine.deadlines import Deadline, Ledger
from engine.policy import Within
from engine.working_days import WEEKEND, Skipped, WorkingDays, last_day

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


_ARTICLE = re.compile(r"(?:the|a|an|our|your) ", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:stage|step|level)\b", re.IGNORECASE)


def lower(title: str) -> str:
    """A title inside a sentence: `Stage 2` becomes `stage 2`; what begins with two capitals stays."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def stage_named(title: str) -> str:
    """A stage as a letter names it: one with a number by its title, any other with an article.

    >>> stage_named("Stage 2"), stage_named("Review panel"), stage_named("A second look"), stage_named("Review Panel")
    ('Stage 2', 'the review panel', 'a second look', 'the Review Panel')
    """
    if _NUMBERED.match(title) or not title:
        return title
    if _ARTICLE.match(title):
        return lower(title)
    return f"the {title}" if title[1:] != title[1:].lower() else f"the {lower(title)}"


def in_sentence(title: str) -> str:
    """A stage in the middle of a sentence: `stage 2`, `the review panel`.

    >>> in_sentence("Stage 2"), in_sentence("Review panel"), in_sentence("The Board"), in_sentence("A second look")
    ('stage 2', 'the review panel', 'the Board', 'a second look')
    """
    return lower(stage_named(title))


def day_in_words(day: date) -> str:
    """`27 December 2024`."""
    return f"{day.day} {day:%B %Y}"


def working(deadline: Deadline, seen: Ledger, *, first_day_counts: bool = False) -> str:
    """How a date was worked out, in a sentence: `10 working days from 23 December 2024, not counting 25 and 26
    December, 1 January and two weekends`. Empty where there is no date."""
    if deadline.start is None or deadline.original is None:
        return ""
    expected = ", as if what starts it were done on its last day" if deadline.is_expected else ""
    text = f"{deadline.rule.within} from {day_in_words(deadline.start)}{expected}{_why_from(deadline)}"
    count = seen.count(deadline, first_day_counts=first_day_counts)
    if count and count.skipped:
        text += f", not counting {skipped_in_words(count.skipped)}"
    text += _ended_by_law(deadline, seen)
    for given in deadline.more_time:
        moved = f"moved from {day_in_words(given.was)} to {day_in_words(given.to)}"
        text += f"; {moved} by what was told on {day_in_words(given.told)}"
    return text


def _ended_by_law(deadline: Deadline, seen: Ledger) -> str:
    """That a date is not the end of the count, because law that the count rested on had ended by then."""
    if not deadline.rule.ended_by_law or deadline.start is None or deadline.original is None:
        return ""
    counted = last_day(seen.days, deadline.start, deadline.rule.within)
    if deadline.original >= counted:
        return ""
    ended = "the law had ended that wait before" if deadline.original == deadline.start else "the law ended that wait"
    return f", which would be {day_in_words(counted)}; {ended}, so it is {day_in_words(deadline.original)}"


def counted(days: WorkingDays, start: date, within: Within, end: date) -> str:
    """How a date was counted, each day that did not count named: `10 working days from 2 March 2026, not counting two
    weekends`. `end` is the date that came of it."""
    text = f"{within} from {day_in_words(start)}"
    skipped = days.count(start, end).skipped if within.unit == "working days" else ()
    return f"{text}, not counting {skipped_in_words(skipped)}" if skipped else text


def _why_from(deadline: Deadline) -> str:
    """Why it counts from a later day than the one on which it reached us."""
    if deadline.arrived is None or deadline.start is None:
        return ""
    came, counted = day_in_words(deadline.arrived), day_in_words(deadline.start)
    if deadline.arrived_after:
        return f" (received after {deadline.arrived_after:%H:%M} on {came}, so counted from {counted})"
    return f" (received on {came}, which is no working day, so counted from {counted})"


def skipped_in_words(skipped: Sequence[Skipped]) -> str:
    """The days that did not count: holidays by date, weekends by number."""
    holidays = [one.date for one in skipped if one.why != WEEKEND]
    weekends = len({one.date.isocalendar()[:2] for one in skipped if one.why == WEEKEND})
    parts = [_days_of_month(list(days)) for _, days in groupby(holidays, key=lambda day: (day.year, day.month))]
    if weekends:
        parts.append(
            f"{NUMBERS[weekends] if weekends < len(NUMBERS) else weekends} weekend{'s' if weekends > 1 else ''}"
        )
    return listed(parts)


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _days_of_month(days: list[date]) -> str:
    return f"{listed([str(day.day) for day in days])} {days[0]:%B}"
