"""The way a letter goes decides what it says: its date by e-mail, and the dates counted from when an answer arrives.

So a letter is always shown, downloaded and sent as it goes one way. The way is the one just chosen, else the one the
resident asked for; where another way would make the letter read otherwise, its page says so and shows that too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.case_files import CaseFile
from engine.letters import Letter
from engine.letters_out import mark_of
from engine.writing import Sending, letter_day
from web import case_people, current, prefill

EMAIL = "email"
WAYS = {
    "post": "By post",
    "in_person": "Handed over",
    "phone": "Read out by telephone",
    "text": "As a text message",
}
GOES = {
    EMAIL: "by e-mail",
    "post": "by post",
    "in_person": "handed over",
    "phone": "read out by telephone",
    "text": "as a text message",
}


@dataclass(frozen=True)
class Other:
    """Ways of sending that make the letter say something else, in words, and the first of them."""

    way: str
    words: str


def of(file: CaseFile, given: Mapping[str, Any]) -> str:
    """How the letter goes: as was just chosen, else as the resident would like, else by e-mail where there is an
    address, and by post where there is none."""
    wish = prefill.preferred_way(file)
    usual = EMAIL if case_people.complaint(file).text(EMAIL) else "post"
    chosen = EMAIL if given.get("channel") == EMAIL else given.get("way")
    return next((way for way in (chosen, wish) if way in GOES), usual)


def day_of(way: str, draft_day: date) -> date:
    """The date the letter bears, sent that way now."""
    return letter_day(Sending(way), draft_day, current.now())


def others(way: str, letter: Letter, composed: Callable[[str], Letter | None]) -> list[Other]:
    """The other ways that make the letter read otherwise, those alike together."""
    alike: dict[str, list[str]] = {}
    for one in GOES:
        other = composed(one) if one != way else None
        if other and mark_of(other) != mark_of(letter):
            alike.setdefault(mark_of(other), []).append(one)
    return [Other(ways[0], " or ".join(GOES[one] for one in ways)) for ways in alike.values()]
