"""What came of a diagram brought in, short enough to be read: what is wrong and what was left out, the like together.

A file of another modeler may have eighty tasks without a name and say its colours four hundred times. Each such thing
is one entry here, with every place it is at; nothing is left out of the lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.diagram_marks import Marked
from engine.diagram_strangers import Left

#: how many places of the like are named before "and N more"
MOST_NAMED = 8
_VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
_NAMED = re.compile(r"'[^']*'(?: out of '[^']*')?")
_RENAMED = re.compile(r"had the id (.*), and has the id (\S+)")


@dataclass(frozen=True)
class Alike:
    """Problems that are one mistake made at several places: the first in full, and where the same is."""

    first: Marked
    others: tuple[Marked, ...]

    @property
    def all(self) -> tuple[Marked, ...]:
        return (self.first, *self.others)


@dataclass(frozen=True)
class Kind:
    """What was left out or changed in the same way: what it is, and at which places, each once."""

    what: str
    places: tuple[str, ...]


def alike(problems: Iterable[Marked]) -> tuple[Alike, ...]:
    """Problems whose sentences differ in names and numbers alone, together, in the order of the first of each."""
    found: dict[tuple[str, str], list[Marked]] = {}
    for one in problems:
        found.setdefault((_VARIES.sub("'", one.problem.what), one.problem.mend), []).append(one)
    return tuple(Alike(those[0], tuple(those[1:])) for those in found.values())


def place(marked: Marked) -> str:
    """Where one of several such problems is: what its sentence names, with the line."""
    named = _NAMED.search(marked.problem.what)
    name = named[0] if named else f"'{marked.element}'" if marked.element else ""
    return f"{name} (line {marked.problem.line})" if name else f"line {marked.problem.line}"


def kinds(left: Iterable[Left]) -> tuple[Kind, ...]:
    """What was left out or changed, each kind once with all its places, in the order of the first of each."""
    found: dict[str, dict[str, None]] = {}
    for one in left:
        renamed = _RENAMED.fullmatch(one.what)
        what, value = ("has another id", f"{renamed[1]}, now {renamed[2]}") if renamed else _apart(one.what)
        found.setdefault(what, {})[f"{one.name} ({value})" if value else one.name] = None
    return tuple(Kind(what, tuple(places)) for what, places in found.items())


def _apart(what: str) -> tuple[str, str]:
    """A kind and its value: `Camunda: assignee (demo)`."""
    kind, opens, value = what.partition(" (")
    return (kind, value.removesuffix(")")) if opens and what.endswith(")") else (what, "")


def few(places: Iterable[str]) -> str:
    """The first of many places, and how many more there are."""
    those = list(places)
    more = len(those) - MOST_NAMED
    return "; ".join(those[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
