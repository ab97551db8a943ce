"""The text of a letter's part: `((field))` and `((field??text))` read into a small tree, each with its place.

The work is in proportion to the text, and the tree is never deep; what cannot be read is in it as a Slip.
`engine.letter_blocks` puts values into the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

#: bounds of one part's text: characters, fields, and how deep optional text may stand in optional text
MOST_CHARACTERS = 20_000
MOST_FIELDS = 200
DEEPEST = 2
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")
#: what opens a field: of three brackets in a row the first is only a bracket
OPENS = re.compile(r"\(\((?!\()")
_HEAD = re.compile(r"\(\((?P<name>[^()?\n]{0,100})(?P<then>\)\)|\?\?)")  # a name has a bound, so has the search
_MARK = re.compile(r"\(\((?!\()|\)\)|\(|\)")


@dataclass(frozen=True)
class Words:
    """Text that stands as it is written."""

    text: str


@dataclass(frozen=True)
class Placeholder:
    """`((field))`: the field's value. `at` is where its brackets stand in the text."""

    name: str
    at: int


@dataclass(frozen=True)
class Optional:
    """`((field??text))`: text that stands where the field has a value and is not "no"."""

    name: str
    at: int
    within: tuple[Node, ...]


@dataclass(frozen=True)
class Slip:
    """Something in the notation that cannot be read: what it is, and how to mend it, as sentences."""

    at: int
    what: str
    mend: str


Node = Words | Placeholder | Optional | Slip


@lru_cache(maxsize=4096)  # the templates of an installation, read once each
def parsed(text: str) -> tuple[Node, ...]:
    """The tree of a text. Never raises: what cannot be read is a Slip in its place."""
    if len(text) > MOST_CHARACTERS:
        what = f"This text has {len(text):,} characters; the most that is read is {MOST_CHARACTERS:,}."
        return (Slip(0, what, "Divide it into two parts."),)
    return tuple(_Reader(text).nodes(0))


def fields_in(nodes: Iterable[Node]) -> Iterator[Placeholder | Optional]:
    """Every field of a tree, in the order it is written."""
    for node in nodes:
        if isinstance(node, Placeholder | Optional):
            yield node
        if isinstance(node, Optional):
            yield from fields_in(node.within)


def slips_in(nodes: Iterable[Node]) -> Iterator[Slip]:
    """Everything in a tree that could not be read."""
    for node in nodes:
        if isinstance(node, Slip):
            yield node
        if isinstance(node, Optional):
            yield from slips_in(node.within)


def words_in(nodes: Iterable[Node]) -> str:
    """The fixed words of a tree, without those of its headings."""
    text = "".join(
        node.text if isinstance(node, Words) else words_in(node.within) if isinstance(node, Optional) else ""
        for node in nodes
    )
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("# "))


class _Reader:
    """Reads one text from left to right, once."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.count = text, 0, 0

    def nodes(self, depth: int) -> Iterator[Node]:
        """The nodes up to the brackets that close this depth, or the end of the text."""
        begun = self.at
        open_brackets = 0
        while (mark := _MARK.search(self.text, self.at)) is not None:
            if mark[0] == "((":
                yield from self._words(begun, mark.start())
                self.at = mark.start()
                yield self._field(depth)
                begun = self.at
                if self.count > MOST_FIELDS:
                    self.at = begun = len(self.text)
            elif depth == 0 or mark[0] == "(":
                open_brackets += mark[0] == "("
                self.at = mark.end()
            elif open_brackets:
                open_brackets -= 1
                self.at = mark.start() + 1
            elif mark[0] == "))":
                yield from self._words(begun, mark.start())
                self.at = mark.end()
                return
            else:
                self.at = mark.end()
        yield from self._words(begun, len(self.text))
        self.at = len(self.text) + 1  # past the end: nothing closed what was open

    def _words(self, begun: int, end: int) -> Iterator[Node]:
        words = self.text[begun:end]
        if "((" in words:
            at = begun + words.index("((")
            yield Slip(at, "Too many brackets stand together here.", "Write two, as in ((reference)).")
        elif words:
            yield Words(words)

    def _field(self, depth: int) -> Node:
        at = self.at
        self.count += 1
        head = _HEAD.match(self.text, at)
        if self.count > MOST_FIELDS:
            return Slip(at, f"This text has more than {MOST_FIELDS} fields.", "Divide it into two parts.")
        if head is None:
            self.at = at + 2
            written = self.text[at : at + 30].split("\n")[0]
            return Slip(at, f"'{written}' is not closed.", "Write '))' after the field's name, or '??' and its text.")
        self.at = head.end()
        name = head["name"].strip()
        if head["then"] == "))":
            return Placeholder(name, at) if NAME.fullmatch(name) else _no_name(at, name)
        within = tuple(self.nodes(depth + 1))
        if self.at > len(self.text):
            return Slip(at, f"'(({name[:40]}??' is not closed.", "Write '))' where its text ends.")
        if depth >= DEEPEST:
            mend = f"Optional text may stand in optional text, {DEEPEST} deep. Divide it."
            return Slip(at, f"'(({name[:40]}??' stands too deep in other optional text.", mend)
        return Optional(name, at, within) if NAME.fullmatch(name) else _no_name(at, name)


def _no_name(at: int, name: str) -> Slip:
    mend = "Use lower-case letters, digits and underscores, as in ((resident)) or ((ombudsman.name))."
    return Slip(at, f"'{name[:40]}' between double brackets is no field's name.", mend)
