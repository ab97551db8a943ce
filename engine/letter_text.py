"""The text of a letter's part: `((field))` and `((field??text))` read into a small tree, and shown as blocks.

Nothing but this notation, `# Heading`, `* item` and blank lines means anything, and only where the template says it: a
value is never read as markup, whatever it holds. Both the reading and the showing take work in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

#: bounds of one part's text: characters, fields, and how deep optional text may stand in optional text
MOST_CHARACTERS = 20_000
MOST_FIELDS = 200
DEEPEST = 2
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")
#: what opens a field: of three brackets in a row the first is only a bracket
OPENS = re.compile(r"\(\((?!\()")
_HEAD = re.compile(r"\(\([ \t]*(?P<name>[^()?\n]*?)[ \t]*(?P<then>\)\)|\?\?)")
_MARK = re.compile(r"\(\((?!\()|\)\)|\(|\)")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_GAP = re.compile(r"\n[^\S\n]*\n\s*")

Value = str | bool


@dataclass(frozen=True)
class Block:
    """A piece of a letter as it stands on the page: a heading, a paragraph (its line breaks kept) or a list."""

    kind: Literal["heading", "paragraph", "bullets"]
    text: str = ""
    items: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class Shown:
    """A text with its values in it. `empty`: the fields without a value that it needs; `has_body`: there is more in it
    than headings; `is_fixed`: it has no field, so it says the same in every letter."""

    blocks: tuple[Block, ...]
    empty: tuple[str, ...]
    has_body: bool
    is_fixed: bool


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


def said(value: Value | None) -> str:
    """A value as it stands in a letter."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _LINE_ENDS.sub("\n", value or "").strip()


def is_said(value: Value | None) -> bool:
    """Whether optional text of this value stands: there is one, and it is not "no"."""
    return said(value).lower() not in ("", "no")


def shown(text: str, values: Mapping[str, Value]) -> Shown:
    """A text with its values in it, as blocks. What cannot be read counts as an empty field, so the letter stops."""
    nodes = parsed(text)
    page = _Page()
    page.take(nodes, values)
    blocks = tuple(page.blocks())
    has_body = any(block.kind != "heading" for block in blocks)
    is_fixed = all(isinstance(node, Words) for node in nodes)
    return Shown(blocks, tuple(dict.fromkeys(page.empty)), has_body, is_fixed)


def line_shown(text: str, values: Mapping[str, Value]) -> tuple[str, tuple[str, ...]]:
    """A text of one line, such as a subject, with its values in it, and the fields it needs that have none."""
    page = _Page()
    page.take(parsed(text), values)
    words = " ".join(run for line in page.lines for run, _ in line.runs)
    exact = "".join(run for line in page.lines for run, _ in line.runs) if len(page.lines) == 1 else words
    return " ".join(exact.split()), tuple(dict.fromkeys(page.empty))


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
        name = head["name"]
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


@dataclass
class _Line:
    """A line of the template with its values in it: runs of text, and whether each is the template's own."""

    runs: list[tuple[str, bool]] = field(default_factory=list)
    has_gone: bool = False  # something stood here in the template that this letter leaves out

    @property
    def own_start(self) -> str:
        """What the template itself says at the start of the line; a value there is no markup."""
        found = ""
        for text, is_own in self.runs:
            if not is_own:
                break
            found += text
        return found.lstrip()

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.runs).strip()


class _Page:
    """Lines being written, one node after the other, and what was found empty."""

    def __init__(self) -> None:
        self.lines: list[_Line] = [_Line()]
        self.empty: list[str] = []

    def take(self, nodes: Iterable[Node], values: Mapping[str, Value]) -> None:
        for node in nodes:
            if isinstance(node, Words):
                self._own(node.text)
            elif isinstance(node, Optional):
                if is_said(values.get(node.name)):
                    self.take(node.within, values)
                else:
                    self.lines[-1].has_gone = True
            else:
                self._value(node, values)

    def _own(self, text: str) -> None:
        first, *rest = text.split("\n")
        self.lines[-1].runs.append((first, True))
        self.lines += [_Line([(line, True)]) for line in rest]

    def _value(self, node: Placeholder | Slip, values: Mapping[str, Value]) -> None:
        name = node.name if isinstance(node, Placeholder) else node.what.rstrip(".")
        value = said(values.get(name)) if isinstance(node, Placeholder) else ""
        if value:
            self.lines[-1].runs.append((value, False))
        else:
            self.lines[-1].has_gone = True
            self.empty.append(name)

    def blocks(self) -> Iterator[Block]:
        """The blocks of the lines, in order."""
        paragraph: list[str] = []
        items: list[str] = []
        for line in (*self.lines, _Line()):
            kind, text = _kind(line)
            if not text and line.has_gone:
                continue
            if items and kind != "bullets":
                yield Block("bullets", items=tuple(items))
                items = []
            if paragraph and (kind != "paragraph" or not text):
                yield from _paragraphs("\n".join(paragraph))
                paragraph = []
            if kind == "heading" and text:
                yield Block("heading", " ".join(text.split()))
            elif kind == "bullets" and text:
                items.append(_GAP.sub("\n", text))
            elif text:
                paragraph.append(text)


def _kind(line: _Line) -> tuple[Literal["heading", "paragraph", "bullets"], str]:
    """What a line is by the template's own start, and its text without the mark."""
    start = line.own_start + (" " if line.text in ("#", "*") else "")
    if start.startswith("# "):
        return "heading", line.text[1:].strip()
    if start.startswith("* "):
        return "bullets", line.text[1:].strip()
    return "paragraph", line.text


def _paragraphs(text: str) -> Iterator[Block]:
    """A value's blank lines begin paragraphs of their own."""
    for paragraph in _GAP.split(text):
        lines = [line.strip() for line in paragraph.split("\n")]
        yield Block("paragraph", "\n".join(line for line in lines if line))
