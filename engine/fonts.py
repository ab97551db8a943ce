"""The fonts of our papers: where they lie, which characters they can show, and text made fit to be printed.

A character no font holds is never dropped in silence: it is printed as a mark that says something stood there, and
whoever writes the letter is told which it was. What has no shape at all (marks of direction, joiners) is left out.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from engine.refusals import Refused

FOLDER = Path(__file__).with_name("letter_fonts")
NOT_PRINTED = "\ufffd"  # what is printed where a character cannot be shown
JOINERS = "\u200c\u200d"  # Arabic and Indian scripts are shaped by them

Data = str | bool | int | None | list["Data"] | dict[str, "Data"]


class FontsMissing(Refused):
    """The fonts of the letters were not built."""


def font_files() -> list[Path]:
    """The fonts, regular ones and bold. Raises FontsMissing where the build did not put them there."""
    found = sorted(FOLDER.glob("*.ttf"))
    if not found:
        raise FontsMissing("The fonts of the letters are not there. `make install` puts them into engine/letter_fonts.")
    return found


@cache
def characters() -> frozenset[int]:
    """The code points that every weight of at least one family has a shape for."""
    families: dict[str, list[set[int]]] = {}
    for file in font_files():
        families.setdefault(file.stem.partition("_")[0], []).append(set(_mapped(file.read_bytes())))
    return frozenset().union(*(set.intersection(*weights) for weights in families.values()))


def printable(text: str) -> str:
    """The text as it can be printed: composed, one kind of line ending, and a mark for what no font can show."""
    return "".join(_shown(mark) for mark in _composed(text))


def unprintable(text: str) -> list[str]:
    """The characters of a text that no font can show, each once, in the order met."""
    return list(dict.fromkeys(mark for mark in _composed(text) if _shown(mark) == NOT_PRINTED != mark))


def made_printable(data: Data) -> Data:
    """The same data with every text in it as it can be printed."""
    if isinstance(data, str):
        return printable(data)
    if isinstance(data, list):
        return [made_printable(one) for one in data]
    if isinstance(data, Mapping):
        return {name: made_printable(one) for name, one in data.items()}
    return data


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _shown(mark: str) -> str:
    if mark == "\n" or (ord(mark) in characters() and (mark.isprintable() or mark in JOINERS)):
        return mark
    kind = unicodedata.category(mark)
    if kind in ("Zl", "Zp"):
        return "\n"
    if kind in ("Zs", "Cc"):
        return " "
    has_no_shape = kind == "Cf" or "\ufe00" <= mark <= "\ufe0f"
    return "" if has_no_shape else NOT_PRINTED


def _mapped(font: bytes) -> Iterator[int]:
    """The code points in a font's `cmap` table (OpenType 1.9, cmap formats 4 and 12) that have a glyph."""
    tables = struct.unpack_from(">H", font, 4)[0]
    places = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * tables, 16)}
    start = places[b"cmap"]
    for place in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">I", font, start + 8 + 8 * place)[0]
        form = struct.unpack_from(">H", font, at)[0]
        if form == 12:
            for group in range(struct.unpack_from(">I", font, at + 12)[0]):
                first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * group)
                yield from range(first, last + 1)
        elif form == 4:
            yield from _mapped_by_segments(font, at)


def _mapped_by_segments(font: bytes, at: int) -> Iterator[int]:
    segments = struct.unpack_from(">H", font, at + 6)[0] // 2
    columns = [struct.unpack_from(f">{segments}H", font, at + 14 + 2 * segments * n + 2 * (n > 0)) for n in range(4)]
    for number, (last, first, delta, offset) in enumerate(zip(*columns, strict=True)):
        here = at + 16 + 6 * segments + 2 * number  # where this segment's offset itself stands
        for code in range(first, min(last, 0xFFFE) + 1):
            found = struct.unpack_from(">H", font, here + offset + 2 * (code - first))[0] if offset else code
            if found and (found + delta) % 0x10000:
                yield code
