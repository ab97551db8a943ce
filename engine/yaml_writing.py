"""Values written as YAML, such that `engine.yaml_text` reads back exactly what was given.

Text is plain where nobody could read it as anything else, and in double quotes or as a block of lines otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from engine.refusals import Refused
from engine.yaml_guesses import guess, typed

Scalar = str | int | float | bool | None
Value = Scalar | Sequence["Value"] | Mapping[str, "Value"]

#: how many characters a mapping may take to stand on one line, in braces
ONE_LINE = 140
_FIRST = set("-?:,[]{}#&*!|>'\"%@`.= ~<")
_PLAIN = re.compile("[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+")
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class InLines(dict[str, "Value"]):
    """A mapping that is set out in lines, however short it is."""


class CannotBeWritten(Refused):
    """A text holds a character that no file can keep."""

    def __init__(self) -> None:
        super().__init__("This text holds a character that cannot be stored. Delete it.")


def scalar(value: Scalar, *, in_flow: bool = False) -> str:
    """One value on one line, as it stands after a colon; `in_flow` where braces or brackets are around it.

    >>> scalar("12:30"), scalar("5 working days"), scalar(True)
    ('"12:30"', '5 working days', 'true')
    """
    if isinstance(value, str):
        text = _storable(value)
        return text if _is_plain(text, in_flow=in_flow) and typed(text) == text else _quoted(text)
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)


def key(name: str, *, in_flow: bool = False) -> str:
    """A key, as it stands before its colon. Keys are always text, so `on` and `null` need no quotes."""
    text = _storable(name)
    if text.isidentifier() and text.isascii():
        return text
    return text if _is_plain(text, in_flow=in_flow) else _quoted(text)


def one_line(value: Value) -> str:
    """A value as it stands inside braces or brackets."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key(name, in_flow=True)}: {one_line(below)}" for name, below in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(one_line(below) for below in value) + "]"
    return scalar(value, in_flow=True)


def after_colon(value: Value, indent: int, *, flow: bool | None = None) -> str:
    """What follows `key:` in a block whose keys stand at `indent`: ` value`, or lines below. No line end at the end.

    `flow` says whether a mapping goes into braces; None: where it is short and holds no other.
    """
    if isinstance(value, Mapping):
        if not value or (flow if flow is not None else _is_short(value)):
            return f" {one_line(value)}"
        return "\n" + block(value, indent + 2)
    if isinstance(value, Sequence) and not isinstance(value, str):
        if not value or (flow is not False and _is_flat(value)):
            return f" {one_line(value)}"
        return "\n" + "\n".join(_item(below, indent + 2) for below in value)
    return _lines(value, indent) or f" {scalar(value)}"


def block(values: Mapping[str, Value], indent: int) -> str:
    """A mapping, each key on its own line at `indent`."""
    written = [f"{' ' * indent}{key(name)}:{after_colon(below, indent)}" for name, below in values.items()]
    return "\n".join(written)


def list_item(value: Value, indent: int, *, flow: bool = True) -> str:
    """An item of a list whose hyphens stand at `indent`; a mapping in braces, or else in lines."""
    return _item(value, indent, flow=flow)


def _item(value: Value, indent: int, *, flow: bool = True) -> str:
    if isinstance(value, Mapping) and value and not (flow and not isinstance(value, InLines)):
        return f"{' ' * indent}- {block(value, indent + 2).lstrip(' ')}"
    if isinstance(value, Mapping | list | tuple):
        return f"{' ' * indent}- {one_line(value)}"
    assert not isinstance(value, Sequence) or isinstance(value, str)
    return f"{' ' * indent}- {scalar(value)}"


def _is_flat(values: Sequence[Value]) -> bool:
    return not any(isinstance(below, Mapping | list | tuple) for below in values)


def _is_short(values: Mapping[str, Value]) -> bool:
    nested = isinstance(values, InLines) or any(
        isinstance(below, Mapping) or (isinstance(below, str) and "\n" in below) for below in values.values()
    )
    return not nested and len(one_line(values)) <= ONE_LINE


def _lines(value: Scalar, indent: int) -> str:
    """Text of several lines as a block, empty where it cannot be one."""
    if not isinstance(value, str) or "\n" not in value:
        return ""
    text = _storable(value)
    body = text.removesuffix("\n")
    lines = body.split("\n")
    if not lines[0] or not lines[-1] or lines[0][0] == " ":
        return ""
    if any(line != line.rstrip() or (line and not _PLAIN.fullmatch(line)) for line in lines):
        return ""
    kept = "|" if text.endswith("\n") else "|-"
    return "\n".join([f" {kept}", *(f"{' ' * (indent + 2)}{line}" if line else "" for line in lines)])


def _storable(text: str) -> str:
    if any(mark == "\0" or "\ud800" <= mark <= "\udfff" for mark in text):
        raise CannotBeWritten
    return unicodedata.normalize("NFC", text)


def _is_plain(text: str, *, in_flow: bool) -> bool:
    if not text or text[0] in _FIRST or text[-1] in " :" or not _PLAIN.fullmatch(text):
        return False
    if in_flow and any(mark in ",:?[]{}" for mark in text):
        return False
    return ": " not in text and " #" not in text and guess(text) is None


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(mark) for mark in text) + '"'


def _escaped(mark: str) -> str:
    if mark in _SHORT:
        return _SHORT[mark]
    if _PLAIN.fullmatch(mark):
        return mark
    number = ord(mark)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
