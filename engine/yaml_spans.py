"""Where the keys and values of a YAML text stand, to the character, so that one can be changed and nothing else.

A path is a tuple of keys, and of numbers where there is a list: `("stages", "stage_1", "cites", 0)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from engine import yaml_guesses
from engine.refusals import Refused

Path = Sequence[str | int]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotThere(Refused):
    """The file has nothing at this place."""

    def __init__(self, path: Path) -> None:
        self.path = tuple(path)
        super().__init__(f"The file has no '{'.'.join(str(key) for key in path)}'.")


class NotReadable(Refused):
    """The text is not YAML, so that no single thing in it can be changed."""

    def __init__(self, error: yaml.YAMLError, text: str) -> None:
        said = "This is not YAML."
        if isinstance(error, yaml.MarkedYAMLError):
            found = yaml_guesses.syntax_problem(error, text, "")
            said = f"Line {found.line}: {found.what} {found.mend}"
        super().__init__(f"The file has a mistake that has to be mended in its text first. {said}")


@dataclass(frozen=True)
class Entry:
    """A key with its value in a mapping, or an item of a list, or (with no parent) the whole document."""

    node: yaml.Node
    key: yaml.Node | None = None
    parent: yaml.CollectionNode | None = None
    number: int = 0  # its place in the parent

    @property
    def in_flow(self) -> bool:
        """Whether it stands in braces or brackets."""
        return self.parent is not None and bool(self.parent.flow_style)

    @property
    def start(self) -> int:
        """The first character of the key, or of the item's value."""
        return int((self.key or self.node).start_mark.index)

    @property
    def column(self) -> int:
        return int((self.key or self.node).start_mark.column)


@lru_cache(maxsize=32)
def document(text: str) -> yaml.Node:
    """The one document of a text. Raises NotReadable for what is not YAML, or nothing."""
    try:
        found = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise NotReadable(error, text) from None
    if not isinstance(found, yaml.Node):
        raise NotReadable(yaml.YAMLError(), text)
    return found


def entry(text: str, path: Path) -> Entry:
    """What stands at a path. Raises NotThere."""
    found = Entry(document(text))
    for key in path:
        below = next((each for each in entries(found.node) if _is(each, key)), None)
        if below is None:
            raise NotThere(path)
        found = below
    return found


def entries(node: yaml.Node) -> list[Entry]:
    """What a mapping or a list holds, in order; nothing for any other value."""
    if isinstance(node, yaml.MappingNode):
        return [Entry(value, key, node, number) for number, (key, value) in enumerate(node.value)]
    if isinstance(node, yaml.SequenceNode):
        return [Entry(value, None, node, number) for number, value in enumerate(node.value)]
    return []


def _is(each: Entry, key: str | int) -> bool:
    if each.key is None:
        return not isinstance(key, str) and each.number == key
    return isinstance(each.key, yaml.ScalarNode) and each.key.value == key


def is_block(node: yaml.Node) -> bool:
    """Whether a node is a mapping or a list set out in lines."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def end(text: str, node: yaml.Node) -> int:
    """Where the text of a value ends: after its last character, before any comment or empty line that follows it."""
    while is_block(node) and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    begin, stop = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        kept = "+" in text[begin : line_end(text, begin)].partition("#")[0]  # then its empty lines belong to it
        return stop - 1 if kept else begin + len(text[begin:stop].rstrip())
    return stop


def line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def line_end(text: str, place: int) -> int:
    """Just after the line end of the line in which a place stands."""
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1


def begins_line(text: str, place: int) -> bool:
    """Whether nothing but spaces stands before a place in its line."""
    return not text[line_start(text, place) : place].strip(" ")


def own_start(text: str, each: Entry) -> int:
    """Where an entry set out in lines begins, with the comment that stands directly above it.

    The comment above the first of several is about all of them, and stays.
    """
    place = line_start(text, hyphen(text, each))
    if each.number == 0:
        return place
    while place > 0:
        above = line_start(text, place - 1)
        line = text[above:place]
        if not line.strip().startswith("#") or len(line) - len(line.lstrip(" ")) != _indent(text, place):
            break
        place = above
    return place


def hyphen(text: str, each: Entry) -> int:
    """Where an item of a list has its hyphen; the start of the key in a mapping."""
    if each.key is not None or each.parent is None:
        return each.start
    return text.rfind("-", 0, each.start)


def _indent(text: str, place: int) -> int:
    line = text[place : line_end(text, place)]
    return len(line) - len(line.lstrip(" "))
