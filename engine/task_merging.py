"""The processes of several versions in one tasks.yaml: what a tree of files shares between versions.

A version is sealed with those processes of a tasks.yaml that its diagrams ask (`engine.library`). Put into a tree where
other versions are at home, they are put among theirs, in the order they were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import yaml_text


@dataclass(frozen=True)
class Parts:
    """A tasks.yaml in its parts: what stands before the first process, and the text of each process in order."""

    head: str
    blocks: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.head + "".join(self.blocks.values())


def is_tasks(path: str) -> bool:
    """Whether a file of that name is shared between versions, a process each."""
    return path.startswith("workflows/") and path.endswith("/tasks.yaml")


def parts(text: bytes, path: str) -> Parts | None:
    """The parts of a tasks.yaml, each with the comment that stands directly above it; None where it cannot be read."""
    node, _ = yaml_text.read(text, path)
    if not isinstance(node, yaml_text.Mapping):
        return None
    lines = text.decode().splitlines(keepends=True)
    begins = {_with_comment(lines, node.line_of(key) - 1): key for key, _ in node.items()}
    places = sorted(begins)
    ends = [*places[1:], len(lines)]
    blocks = {begins[place]: "".join(lines[place:end]) for place, end in zip(places, ends, strict=True)}
    return Parts("".join(lines[: places[0]] if places else lines), blocks)


def merged(there: bytes, given: bytes, path: str, *, replaced: bool = False) -> bytes | None:
    """The file that is there with the processes of the one given put in; None where one of them differs, or stands in
    another order. `replaced`: a process that differs is taken from the one given, and so is what stands above all."""
    mine, theirs = parts(given, path), parts(there, path)
    if mine is None or theirs is None:
        return None
    blocks = dict(theirs.blocks)
    order = list(blocks)
    place = 0
    for name, text in mine.blocks.items():
        if name in blocks and blocks[name] != text and not replaced:
            return None
        if name not in blocks:
            order.insert(place, name)
            blocks[name] = text
        elif order.index(name) < place and not replaced:
            return None
        elif replaced and blocks[name] != text:
            blocks[name] = text
        place = order.index(name) + 1
    if mine.head != theirs.head and not replaced:
        return None
    head = mine.head if replaced else theirs.head
    return _joined(head, [blocks[name] for name in order]).encode()


def _joined(head: str, blocks: list[str]) -> str:
    """The parts one below the other, each on a line of its own."""
    return "".join(one if one.endswith("\n") or one is blocks[-1] else f"{one}\n" for one in [head, *blocks] if one)


def _with_comment(lines: list[str], number: int) -> int:
    """Where the comment that stands directly above a line begins; the line itself where there is none."""
    while number > 0 and lines[number - 1].startswith("#"):
        number -= 1
    return number
