"""A YAML file as a tree that two can be compared by, and its values as people read them.

Text stays text; anything else is kept as it is written, so that `true` and `"true"` are two things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from engine import yaml_text
from engine.wordings import day_in_words, listed

MOST_INLINE = 90  # characters of a text that is quoted within a sentence; longer ones stand beside it


@dataclass(frozen=True)
class Bare:
    """A value that is no text: true, null or a number, as it is written."""

    text: str


Tree = str | Bare | list["Tree"] | dict[str, "Tree"]
Known = dict[str, Tree]


#: keys and paths, ids of rules, lengths of time: what stands in a sentence without quotes
_PLAIN = re.compile(r"[a-z0-9_./-]+|[A-Z][A-Z0-9]*-[\w.-]+|[0-9]+ \w+( \w+)?")


@lru_cache(maxsize=200)
def tree(text: bytes, file: str) -> Tree | None:
    """What a YAML file says; None where it cannot be read. Kept for the last few texts, so never changed."""
    node = yaml_text.read(text, file)[0]
    return None if node is None else _tree(node)


def _tree(node: yaml_text.Node) -> Tree:
    if isinstance(node, yaml_text.Mapping):
        return {key: _tree(value) for key, value in node.pairs}
    if isinstance(node, yaml_text.Sequence):
        return [_tree(item) for item in node.items]
    return node.value if isinstance(node.value, str) else Bare(node.text.strip())


def same(before: Tree | None, after: Tree | None) -> bool:
    """Whether two trees say the same: types and order of keys included."""
    return repr(before) == repr(after)


def known(found: Tree | None) -> Known:
    """The keys of a tree; none of anything that is no mapping."""
    return found if isinstance(found, dict) else {}


def text_at(found: Tree | None, *path: str) -> str:
    """The text at a place; empty where there is none."""
    for key in path:
        found = known(found).get(key)
    return found.strip() if isinstance(found, str) else ""


def texts(found: Tree | None) -> list[str]:
    """The texts of a list; a text alone is a list of one."""
    items = found if isinstance(found, list) else [] if found is None or isinstance(found, dict) else [found]
    return [words(item) for item in items]


# ---------------------------------------------------------------- Words for values


def words(value: Tree | None) -> str:
    """A value as people read it: yes and no, dates in words, lists with commas."""
    if value is None:
        return "nothing"
    if isinstance(value, Bare):
        return {"true": "yes", "false": "no", "null": "nothing", "~": "nothing"}.get(value.text, value.text)
    if isinstance(value, list):
        return listed([words(item) for item in value]) or "nothing"
    if isinstance(value, dict):
        return "; ".join(f"{key_words(key)}: {words(below)}" for key, below in value.items()) or "nothing"
    return date_words(value)


def date_words(value: str) -> str:
    """A date of a file in words, with its time where it has one, anything else as it is: `1 April 2024, 10:00`."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?", value)
    try:
        day = day_in_words(date.fromisoformat(found[1])) if found else value
    except ValueError:
        return value
    return f"{day}, {found[2]}" if found and found[2] else day


def key_words(key: str) -> str:
    """A key as words: `not the same person as`; a date among keys as a date."""
    return date_words(key).replace("_", " ") if not re.search(r"[A-Z]", key) else key


def quoted(value: Tree | None) -> str:
    """A value within a sentence: free text in quotes, anything else as it is."""
    said = words(value)
    is_free = isinstance(value, str) and said == value and not _PLAIN.fullmatch(value)
    return f"\u201c{' '.join(said.split())}\u201d" if is_free else said


def is_long(*values: Tree | None) -> bool:
    """Whether some value is too long to be quoted within a sentence."""
    return any(len(words(value)) > MOST_INLINE for value in values if value is not None)
