"""A letter's text with the values of a case in it, as blocks: headings, paragraphs and lists.

`# Heading`, `* item` and blank lines mean something only where the template says them. A value is never read as
markup, whatever it holds: its line breaks stay line breaks, and its blank lines begin paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.letter_text import Node, Optional, Placeholder, Slip, Words, parsed

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
class Shown:
    """A text with its values in it. `empty`: the fields without a value that it needs; `has_body`: there is more in it
    than headings; `is_fixed`: it has no field, so it says the same in every letter."""

    blocks: tuple[Block, ...]
    empty: tuple[str, ...]
    has_body: bool
    is_fixed: bool


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
    words = " ".join("".join(run for run, _ in line.runs) for line in page.lines)
    return " ".join(words.split()), tuple(dict.fromkeys(page.empty))


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
