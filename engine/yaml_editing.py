"""One thing in a YAML text changed: comments, empty lines and everything else stay as they are, byte for byte.

Text in, text out. What is written is what `engine.yaml_text` reads back. A path is a tuple of keys, and of numbers
where there is a list. One thing is not kept: a text written with `|+` takes in the empty lines left by what is removed
or moved from behind it. Raises NotThere for a path that is not in the text, NotReadable for text that is not YAML.
"""

from __future__ import annotations

import re

import yaml

from engine import yaml_writing
from engine.yaml_spans import (
    Entry,
    NotReadable,
    NotThere,
    Path,
    begins_line,
    end,
    entries,
    entry,
    hyphen,
    is_block,
    line_end,
    line_start,
    own_start,
)
from engine.yaml_writing import Value

__all__ = [
    "FIRST", "NotReadable", "NotThere", "add", "chunk", "end", "entries", "entry", "has", "keys", "line_end", "move",
    "put", "remove", "rename", "set_value",
]  # fmt: skip
#: `after=FIRST`: before everything that is there
FIRST = ""


def has(text: str, path: Path) -> bool:
    """Whether there is something at a path."""
    try:
        entry(text, path)
    except NotThere:
        return False
    return True


def keys(text: str, path: Path) -> list[str]:
    """The keys of the mapping at a path, in order; none for any other value."""
    return [str(each.key.value) for each in entries(entry(text, path).node) if isinstance(each.key, yaml.ScalarNode)]


def set_value(text: str, path: Path, value: Value) -> str:
    """The text with another value at a path; a mapping or list is replaced whole."""
    each = entry(text, path)
    if each.parent is None:
        return yaml_writing.block(value, 0) + "\n" if isinstance(value, dict) and value else _written(value) + "\n"
    if each.in_flow:
        return _with(text, each.node.start_mark.index, each.node.end_mark.index, _spaced(text, each, value))
    flow = None if not isinstance(each.node, yaml.CollectionNode) or not each.node.value else bool(each.node.flow_style)
    if each.key is None:
        return _set_item(text, each, value)
    return _set_after_colon(text, each, _native(text, yaml_writing.after_colon(value, each.column, flow=flow)))


def put(text: str, path: Path, value: Value, *, after: str | None = None) -> str:
    """The text with a value at a path, whether or not its last key was there."""
    if has(text, path):
        return set_value(text, path, value)
    return add(text, path[:-1], str(path[-1]), value, after=after)


def add(text: str, path: Path, key: str | int | None, value: Value, *, after: str | int | None = None) -> str:
    """The text with one more key in the mapping at a path (or one more item in the list there, where `key` is not
    used), behind `after`, or last. Raises NotThere where there is no such mapping, or nothing to stand behind."""
    whole = entry(text, path)
    if not isinstance(whole.node, yaml.CollectionNode):
        raise NotThere(path)
    there = entries(whole.node)
    if not there:
        held: Value = {str(key): value} if isinstance(whole.node, yaml.MappingNode) else [value]
        return _fill(text, whole, path, held)
    number = _place(there, path, after)
    if whole.node.flow_style:
        return _add_in_flow(text, there, number, _pair(there[0], key, value))
    if there[0].key is None:
        column = hyphen(text, there[0]) - line_start(text, hyphen(text, there[0]))
        beside = [each.node for each in there if isinstance(each.node, yaml.MappingNode)]
        lines = yaml_writing.list_item(value, column, flow=not beside or not is_block(beside[-1]))
    else:
        column = there[0].column
        written = yaml_writing.after_colon(value, column, flow=_style(there, value))
        lines = f"{' ' * column}{yaml_writing.key(str(key))}:{written}"
    return _insert(text, there, number, _native(text, lines) + _newline(text))


def remove(text: str, path: Path) -> str:
    """The text without what is at a path, and without the comment directly above it. The last of a mapping leaves `{}`
    behind, the last of a list `[]`."""
    each = entry(text, path)
    if each.parent is None:
        raise NotThere(path)
    there = entries(each.parent)
    if len(there) == 1:
        return set_value(text, path[:-1], {} if each.key is not None else [])
    if each.in_flow:
        return _remove_from_flow(text, there, each.number)
    begin, stop = own_start(text, each), line_end(text, end(text, each.node))
    if not begins_line(text, hyphen(text, each)):  # the first of a mapping that begins behind a hyphen
        return _with(text, each.start, there[1].start, "")
    return _closed_up(text[:begin], text[stop:], end(text, there[each.number - 1].node) if each.number else 0)


def rename(text: str, path: Path, new_key: str) -> str:
    """The text with another key before the same value."""
    each = entry(text, path)
    if each.key is None:
        raise NotThere(path)
    written = yaml_writing.key(new_key, in_flow=each.in_flow)
    return _with(text, each.key.start_mark.index, each.key.end_mark.index, written)


def chunk(text: str, path: Path) -> str:
    """What is at a path as it is written, whole lines, with the comment directly above it. Raises NotThere."""
    each = entry(text, path)
    return text[own_start(text, each) : line_end(text, end(text, each.node))]


def move(text: str, path: Path, *, after: str | int | None = None) -> str:
    """The text with what is at a path put behind `after` in the same mapping or list, or last, as it was written
    and with the comment directly above it."""
    each = entry(text, path)
    if each.parent is None or after == path[-1]:
        return text
    there = entries(each.parent)
    others = [one for one in there if one.number != each.number]
    if not others:
        return text
    _place(others, path[:-1], after)  # raises where there is nothing to stand behind
    if each.in_flow:
        chunk = text[each.start : each.node.end_mark.index]
    else:
        chunk = text[own_start(text, each) : line_end(text, end(text, each.node))]
        chunk = chunk if chunk.endswith("\n") else chunk + _newline(text)
        if not begins_line(text, hyphen(text, each)):
            chunk = " " * each.column + text[each.start : line_end(text, end(text, each.node))]
    without = remove(text, path)
    left = entries(entry(without, path[:-1]).node)
    number = after - (after > each.number) if isinstance(after, int) else after
    place = _place(left, path[:-1], number)
    return _add_in_flow(without, left, place, chunk) if each.in_flow else _insert(without, left, place, chunk)


def _written(value: Value) -> str:
    return yaml_writing.one_line(value)


def _with(text: str, begin: int, stop: int, written: str) -> str:
    return text[:begin] + written + text[stop:]


def _closed_up(before: str, rest: str, kept: int) -> str:
    """What is left around a gap, without the second of two empty lines; `kept` is where the value before it ends."""
    if before.endswith(("\n\n", "\n\r\n")) and rest[:1] in ("", "\r", "\n") and len(before) - 1 > kept:
        before = before[: -2 if before.endswith("\r\n") else -1]
    return before + rest


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _native(text: str, written: str) -> str:
    """What was written, with the line ends of the file."""
    return written.replace("\n", _newline(text))


def _spaced(text: str, each: Entry, value: Value) -> str:
    """A value for braces, with a space before it where the colon is directly before."""
    begin = each.node.start_mark.index
    return (" " if text[begin - 1 : begin] in (":", ",") else "") + yaml_writing.one_line(value)


def _set_item(text: str, each: Entry, value: Value) -> str:
    column = hyphen(text, each) - line_start(text, hyphen(text, each))
    written = yaml_writing.list_item(value, column).lstrip(" ").removeprefix("-")
    return _with(text, hyphen(text, each) + 1, max(end(text, each.node), hyphen(text, each) + 1), written)


def _set_after_colon(text: str, each: Entry, written: str) -> str:
    """Another value behind a key of a block. What stands behind the old one in its line, a comment, stays in the line
    of the key where the new one takes several."""
    assert each.key is not None
    colon = text.index(":", each.key.end_mark.index) + 1
    old = max(end(text, each.node), colon)
    first, newline, below = written.partition(_newline(text))
    head_end = line_end(text, colon)
    if each.node.start_mark.line > each.key.end_mark.line or getattr(each.node, "style", "") in ("|", ">"):
        header = text[colon:head_end]  # the old value began below: its line holds at most `|` and a comment
        comment = found[0] if (found := re.search(r"[ \t]+#.*[^\s]", header)) else ""
        behind = "" if getattr(each.node, "style", "") in ("|", ">") else text[old : line_end(text, old)].rstrip()
        stop, kept = old + len(behind), comment or behind
    else:
        kept = text[old : line_end(text, old)].rstrip()
        stop = old + len(kept)
    # lines behind `|` keep their last line end only where the file goes on, or ends with one
    last = newline if stop == len(text) else ""
    return _with(text, colon, stop, first + kept + newline + below + last)


def _fill(text: str, whole: Entry, path: Path, held: Value) -> str:
    if whole.parent is None or whole.in_flow:
        return _with(text, whole.node.start_mark.index, whole.node.end_mark.index, yaml_writing.one_line(held))
    return set_value(text, path, held)


def _place(there: list[Entry], path: Path, after: str | int | None) -> int:
    """The number of the entry to stand behind; -1 for before all of them."""
    if after is None:
        return len(there) - 1
    if after == FIRST or after == -1:
        return -1
    for number, each in enumerate(there):
        if (each.key is None and number == after) or (
            isinstance(each.key, yaml.ScalarNode) and each.key.value == after
        ):
            return number
    raise NotThere([*path, after])


def _style(there: list[Entry], value: Value) -> bool | None:
    """Whether the values beside it, of the same kind, stand in braces; None where there are none."""
    kind = yaml.MappingNode if isinstance(value, dict) else yaml.SequenceNode
    beside = [each.node for each in there if isinstance(each.node, kind) and each.node.value]
    if not beside or not isinstance(value, dict | list | tuple):
        return None
    return not is_block(beside[-1])


def _pair(beside: Entry, key: str | int | None, value: Value) -> str:
    written = yaml_writing.one_line(value)
    return written if beside.key is None else f"{yaml_writing.key(str(key), in_flow=True)}: {written}"


def _add_in_flow(text: str, there: list[Entry], number: int, written: str) -> str:
    if number < 0:
        return _with(text, there[0].start, there[0].start, f"{written}, ")
    place = there[number].node.end_mark.index
    return _with(text, place, place, f", {written}")


def _remove_from_flow(text: str, there: list[Entry], number: int) -> str:
    if number + 1 < len(there):
        return _with(text, there[number].start, there[number + 1].start, "")
    return _with(text, there[number - 1].node.end_mark.index, there[number].node.end_mark.index, "")


def _insert(text: str, there: list[Entry], number: int, chunk: str) -> str:
    """Lines put behind an entry, with an empty line between where the entries have one."""
    newline = _newline(text)
    spaced = any(text[: own_start(text, each)].endswith(("\n\n", "\n\r\n")) for each in there[1:] or there)
    gap = newline if spaced else ""
    if number >= 0:
        place = line_end(text, end(text, there[number].node))
        before = text[:place] if text[:place].endswith("\n") else text[:place] + newline
        return before + ("" if before.endswith(newline * 2) else gap) + chunk + text[place:]
    place = own_start(text, there[0])
    if begins_line(text, hyphen(text, there[0])):
        return text[:place] + chunk + gap + text[place:]
    column = there[0].column  # the mapping begins behind a hyphen: the new key takes its place there
    return _with(text, there[0].start, there[0].start, chunk[column:] + gap + " " * column)
