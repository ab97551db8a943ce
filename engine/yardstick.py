"""The yardstick: the Complaint Handling Code as data, its editions and what each requirement asks for by date.

`policies/complaint_handling_code.yaml` says every number with its provision and how sure we are of both.
`engine.compliance` holds a policy version against it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from engine import yaml_part
from engine.policy import Within
from engine.policy_stages import read_length
from engine.problems import Problem, did_you_mean, only_problems
from engine.read_once import read_once
from engine.yaml_part import Part, as_date
from engine.yaml_text import Scalar

Sure = Literal["verified", "content", "memory"]

#: the kinds of requirement, and what a value of each has to carry
KINDS = {
    "deadline": (),
    "more_time": ("at_most",),
    "window": ("at_least",),
    "stages": ("at_most",),
    "ombudsman_wait": (),
    "designated_person": (),
    "reasons": (),
    "another_person": ("not_the_same_person_as",),
    "channels": ("at_least",),
    "by_hand": (),
}
_COUNTED = ("stages", "channels")  # kinds whose limits are plain numbers
_VALUE_KEYS = (
    "asks", "provision", "sure", "within", "of", "at_most", "at_least", "tell_resident", "not_the_same_person_as",
    "note",
)  # fmt: skip
#: a provision as it is cited, and several of one chapter
NUMBER = re.compile(r"\d+\.\d+")
_RANGE = re.compile(r"(\d+)\.(\d+) to \1\.(\d+)")


@dataclass(frozen=True)
class Edition:
    """One edition of the Code, the day it took effect, and what else has to be known of that."""

    begins: date
    title: str
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """What a requirement asks for from one day on, in the Code's provision, and how sure we are of it.

    `sure`: verified (number and words seen), content (what it asks was seen, its number not), memory (neither).
    """

    begins: date
    asks: str
    provision: str
    sure: Sure
    within: Within | None = None
    of: str = ""
    at_most: Within | int | None = None
    at_least: Within | int | None = None
    tell_resident: tuple[str, ...] = ()
    not_the_same_person_as: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Requirement:
    """Something the Code demands, by date. `kind` says how a version is compared with it, `about` what is compared.

    `by_date` holds a value until the next date; None ends it.
    """

    key: str
    title: str
    kind: str
    about: str = ""
    by_date: tuple[tuple[date, Asked | None], ...] = ()
    note: str = ""
    line: int = 0

    def on(self, day: date) -> Asked | None:
        """What it asks for on that day; None before it began or after it ended."""
        holds = None
        for begins, asked in self.by_date:
            if begins <= day:
                holds = asked
        return holds


@dataclass(frozen=True)
class Yardstick:
    """The Complaint Handling Code as data: its editions and what each asks for."""

    title: str
    editions: tuple[Edition, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    file: str = ""

    def edition_on(self, day: date) -> Edition | None:
        """The edition in force on that day; None before the first."""
        begun = [edition for edition in self.editions if edition.begins <= day]
        return max(begun, key=lambda edition: edition.begins, default=None)

    @cached_property
    def provisions(self) -> frozenset[str]:
        """The numbers of the Code's provisions, in all its editions."""
        found: set[str] = set()
        for requirement in self.requirements:
            for _, asked in requirement.by_date:
                text = asked.provision if asked else ""
                found.update(NUMBER.findall(text))
                for part, first, last in _RANGE.findall(text):
                    found.update(f"{part}.{number}" for number in range(int(first), int(last) + 1))
        return frozenset(found)


@read_once
def read_yardstick(text: bytes, file: str) -> tuple[Yardstick | None, list[Problem]]:
    """The yardstick a file holds, or None with every problem in it."""
    part, problems = yaml_part.whole(text, file, "The yardstick")
    if part is None:
        return None, problems
    part.only(("yardstick", "title", "editions", "requirements", "note"))
    part.text("yardstick", example="complaint-handling-code")
    yardstick = Yardstick(
        title=part.text("title", example="Complaint Handling Code"),
        editions=tuple(edition for row in part.rows("editions", "An edition") if (edition := _edition(row))),
        requirements=tuple(_requirement(key, below) for key, below in part.each("requirements", "Requirement")),
        file=file,
    )
    if not yardstick.editions:
        part.missing("editions", "[{from: 2024-04-01, title: Complaint Handling Code 2024}]")
    return (None if only_problems(problems) else yardstick), problems


def _edition(row: Part) -> Edition | None:
    row.only(("from", "title", "note", "source"))
    begins, title = row.day("from", needed=True), row.text("title", example="Complaint Handling Code 2024")
    return Edition(begins, title, row.text("note")) if begins else None


def _requirement(key: str, part: Part) -> Requirement:
    part.only(("title", "kind", "about", "by_date", "note"))
    kind = part.text("kind", example="deadline")
    if kind and kind not in KINDS:
        what = f"{part.about} is of the kind '{kind}', which is none."
        part.problem(part.line_of("kind"), what, did_you_mean(kind, KINDS))
    return Requirement(
        key=key,
        title=part.text("title", example="Acknowledge stage 1"),
        kind=kind,
        about=part.text("about"),
        by_date=_by_date(part, kind),
        note=part.text("note"),
        line=part.line,
    )


def _by_date(part: Part, kind: str) -> tuple[tuple[date, Asked | None], ...]:
    whole = part.part("by_date", part.about, needed=True)
    found: list[tuple[date, Asked | None]] = []
    for written, node in whole.node.items() if whole else ():
        begins = as_date(written)
        if begins is None:
            part.problem(
                part.line_of("by_date"), f"{part.about} has '{written}' for a date.", "Write it as 2024-04-01."
            )
        elif isinstance(node, Scalar) and node.value is None:
            found.append((begins, None))
        elif whole and (below := whole.child(written, node, f"{part.about}, from {written},")):
            found.append((begins, _asked(begins, kind, below)))
    return tuple(sorted(found, key=lambda each: each[0]))


def _asked(begins: date, kind: str, part: Part) -> Asked:
    part.only(_VALUE_KEYS)
    for key in KINDS.get(kind, ()):
        if key not in part.node:
            part.missing(key, "5 working days" if key in ("within", "at_least") else "...")
    return Asked(
        begins=begins,
        asks=part.text("asks", example="Acknowledge a complaint within five working days of receiving it."),
        provision=part.text("provision", example='"6.2"'),
        sure=_sure(part),
        within=read_length(part, "within"),
        of=part.text("of"),
        at_most=part.number("at_most") if kind in _COUNTED else read_length(part, "at_most"),
        at_least=part.number("at_least") if kind in _COUNTED else read_length(part, "at_least"),
        tell_resident=part.words("tell_resident"),
        not_the_same_person_as=part.words("not_the_same_person_as"),
        note=part.text("note"),
    )


def _sure(part: Part) -> Sure:
    written = part.text("sure", example="verified")
    known: tuple[Sure, ...] = get_args(Sure)
    for sure in known:
        if sure == written:
            return sure
    if written:
        part.problem(part.line_of("sure"), f"{part.about} is '{written}' sure.", did_you_mean(written, known))
    return "memory"
