"""Two people who changed one file of a draft: what each wrote, side by side, so that neither text is lost."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from engine.drafting import Draft

MOST_COMPARED = 20_000  # lines of a file; a longer one is shown without marks


@dataclass(frozen=True)
class Line:
    """A line of the comparison: `same`, `mine` (only in what was typed) or `theirs` (only in what stands now)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Side:
    """One file of a change that was not saved: the text that was sent (None: to be deleted), the text that stands in
    the draft now, its number there, whether somebody changed it meanwhile, and where the two differ."""

    path: str
    mine: str | None
    theirs: str | None
    number: int
    is_overtaken: bool
    lines: tuple[Line, ...]


def sides(now: Draft, mine: Mapping[str, bytes | None], numbers: Mapping[str, int]) -> list[Side]:
    """Each file of the change beside what stands in the draft now."""
    found = []
    for path, content in mine.items():
        number = now.numbers.get(path, 0)
        ours, theirs = _text(content), _text(now.files.get(path))
        is_overtaken = number != numbers.get(path, 0) and ours != theirs
        lines = tuple(compared(theirs or "", ours or "")) if is_overtaken else ()
        found.append(Side(path, ours, theirs, number, is_overtaken, lines))
    return found


def compared(theirs: str, mine: str, around: int = 3) -> list[Line]:
    """Where two texts differ, with some lines around each place; what lies between is one empty line `gap`."""
    before, after = theirs.splitlines(), mine.splitlines()
    if len(before) + len(after) > MOST_COMPARED:
        return []
    found: list[Line] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for at, group in enumerate(matcher.get_grouped_opcodes(around)):
        found += [Line("gap", "")] if at else []
        for kind, first, last, mine_first, mine_last in group:
            if kind == "equal":
                found += [Line("same", line) for line in before[first:last]]
            else:
                found += [Line("theirs", line) for line in before[first:last]]
                found += [Line("mine", line) for line in after[mine_first:mine_last]]
    return found


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", errors="replace")
