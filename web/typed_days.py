"""A day as people type it into a search: 27/3/2025, 27 March 2025, 2025-03-27. The day comes before the month."""

from __future__ import annotations

import re
from datetime import date

from web import wording

MONTHS = tuple(name.casefold() for name in wording.MONTHS)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NUMBERS = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
WORDS = re.compile(r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9}),? (\d{4})")


def day_in(text: str) -> date | None:
    """The day that was typed and nothing else beside it; None where it is no day."""
    plain = " ".join(text.casefold().split())
    if found := ISO.fullmatch(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := NUMBERS.fullmatch(plain):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := WORDS.fullmatch(plain):
        months = [number for number, name in enumerate(MONTHS, start=1) if name.startswith(found[2])]
        return _day(int(found[3]), months[0], int(found[1])) if len(months) == 1 else None
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
