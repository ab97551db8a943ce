"""Lengths of time in the words of a promise: what a sentence names, and the sentence with another length in its place.

A promise is a number the engine counts by and a sentence the resident reads. The two are kept from saying different
things: where the number changes, the sentence is offered adapted; where it names another length, that is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.policy import Within

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = {word: number for number, word in enumerate(_SMALL)} | {
    f"{ten}{'-' + _SMALL[one] if one else ''}": (at + 2) * 10 + one for at, ten in enumerate(_TENS) for one in range(10)
}
SPELT = {number: word for word, number in WORDS.items()}

_NUMBER = "|".join([r"\d{1,4}", *sorted((word.replace("-", "[- ]") for word in WORDS), key=len, reverse=True)])
_LENGTH = re.compile(
    rf"\b(?P<number>{_NUMBER})(?P<again>\s*\(\s*(?:{_NUMBER})\s*\))?(?P<gap>\s+|-)"
    r"(?P<unit>(?:(?P<kind>working|business|clear|calendar)(?P<kind_gap>\s+|-))?(?P<noun>days?|weeks?|months?))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Named:
    """A length of time that a sentence names, and where in it."""

    within: Within
    text: str
    start: int
    end: int


def lengths(text: str) -> list[Named]:
    """Every length of time a text names: `ten working days`, `10-day`, `ten (10) working days`, `twelve months`."""
    return [
        Named(Within(_number(one["number"]), _unit(one)), one.group(), one.start(), one.end())
        for one in _LENGTH.finditer(text)
    ]


def contradiction(says: str, within: Within) -> str:
    """The first length that a promise's words name where none of them is the one it is counted by; else empty."""
    named = lengths(says)
    return "" if not named or any(one.within == within for one in named) else named[0].text


def adapted(says: str, before: Within, after: Within) -> str:
    """The words with the new length wherever they named the old one, spelt as the old one was."""
    for one in reversed(lengths(says)):
        if one.within == before:
            says = says[: one.start] + _like(one.text, after) + says[one.end :]
    return says


def _number(text: str) -> int:
    return int(text) if text.isdigit() else WORDS[re.sub(r"\s", "-", text.lower())]


def _unit(found: re.Match[str]) -> str:
    noun = found["noun"].lower().rstrip("s") + "s"
    is_working = (found["kind"] or "").lower() in ("working", "business")
    return "working days" if noun == "days" and is_working else noun


def _like(text: str, within: Within) -> str:
    """The length in the way the old text had it: figures or words, its capital, its hyphen, its plural."""
    found = _LENGTH.fullmatch(text)
    assert found is not None
    in_words = not found["number"].isdigit() and within.count in SPELT
    number = SPELT[within.count] if in_words else str(within.count)
    number = number.capitalize() if found["number"][:1].isupper() else number
    again = f" ({within.count})" if found["again"] and in_words else ""
    unit = str(within.unit)
    is_kept_single = found["gap"] == "-" and not found["noun"].lower().endswith("s")  # `a ten-day wait`
    unit = unit[:-1] if within.count == 1 or is_kept_single else unit
    return f"{number}{again}{found['gap']}{unit}"
