"""The copy of a sealed version that a draft begins with: its files under the new version's name, comments and all.

Of its stories those are taken over that speak of this version alone, each pinned to the new one: what they say of dates
holds whenever the new version begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from engine import draft_library
from engine.letter_files import letters_path

#: a value on one line, quoted or plain, without the comment behind it
_VALUE = r"""[ \t]*(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|(?:[^\n#]|(?<=\S)\#)*?)(?=[ \t]*(?:[ \t]\#|$))"""
_NEXT_STORY = re.compile(r"^(\s*)-(\s+)\S")


def copied(
    files: Mapping[str, bytes], policy: str, based_on: str, *, version: str, in_force_from: date, title: str = ""
) -> dict[str, bytes]:
    """The files of a sealed version as those of a new one, in force from that day, by path."""
    old, new = f"policies/{policy}/{based_on}.yaml", f"policies/{policy}/{version}.yaml"
    copy = dict(files)
    title = " ".join(title.split())
    named = (
        version if version[0].isalpha() and "-" in version else f'"{version}"'
    )  # nobody reads it as a number or a no
    said = {"version": named, "in_force_from": in_force_from.isoformat()} | ({"title": _quoted(title)} if title else {})
    copy[new] = _with_heads(copy.pop(old), said)
    if letters_path(old) in copy:
        copy[letters_path(new)] = _with_heads(copy.pop(letters_path(old)), {"version": named})
    examples = copy.pop(_examples_path(old), None)
    if examples is not None:
        kept = _stories(files, f"{policy}/{based_on}", examples.decode(), based_on, named)
        if kept:
            copy[_examples_path(new)] = kept.encode()
    return copy


def _examples_path(path: str) -> str:
    return f"{path.removesuffix('.yaml')}.examples.yaml"


def _with_heads(text: bytes, said: Mapping[str, str]) -> bytes:
    """The text with other values at keys of its outermost level, whatever comment stands behind them."""
    found = text.decode()
    for key, value in said.items():
        there = re.search(rf"^{key}:{_VALUE}", found, re.MULTILINE)
        if there:
            found = f"{found[: there.start()]}{key}: {value}{found[there.end() :]}"
    return found.encode()


def _quoted(text: str) -> str:
    """A title as YAML: plain where it is words that nobody could read as anything else, else in double quotes."""
    if re.fullmatch(r"[A-Za-z]\w*(?:,? [A-Za-z0-9]\w*)+", text, re.ASCII):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _stories(files: Mapping[str, bytes], key: str, text: str, based_on: str, version: str) -> str:
    """The text of the examples with the stories that speak of this version alone, pinned to the new one; empty where
    there is none."""
    lines = text.splitlines(keepends=True)
    examples = sorted(draft_library.own_stories(files, key), key=lambda one: one.line)
    begins = [_above(lines, one.line - 1) for one in examples]
    kept = lines[: begins[0]] if begins else []
    count = 0
    for place, example in enumerate(examples):
        ends = begins[place + 1] if place + 1 < len(begins) else len(lines)
        if example.policy == key.partition("/")[0] and not draft_library.speaks_of_others(example, based_on):
            kept += _renamed(lines[begins[place] : ends], based_on, version)
            count += 1
    return "".join(kept) if count else ""


def _above(lines: list[str], number: int) -> int:
    """Where what belongs to a story begins: the comments and empty lines directly above it are its own."""
    while number > 0 and (lines[number - 1].lstrip().startswith("#") or not lines[number - 1].strip()):
        number -= 1
    return number


def _renamed(lines: list[str], based_on: str, version: str) -> Iterator[str]:
    """A story with the new version's name: the one it expects, and the one it is told under."""
    is_pinned = False
    expected = re.compile(rf"\bgoverned_by:(\s*)['\"]?{re.escape(based_on)}['\"]?(?![\w-])")
    for line in lines:
        begins = None if is_pinned else _NEXT_STORY.match(line)
        if re.match(rf"\s*version:\s*['\"]?{re.escape(based_on)}['\"]?\s*(#|$)", line):
            continue
        yield expected.sub(lambda found: f"governed_by:{found[1]}{version}", line)
        if begins:
            is_pinned = True
            yield f"{begins[1]} {begins[2]}version: {version}\n"
