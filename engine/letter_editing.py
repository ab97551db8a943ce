"""What the pages of letters do to the text of `<version>.letters.yaml`: words changed, parts added, moved, taken away.

Text in, text out; comments and everything not touched stay byte for byte. Raises BadAnswers with a sentence for each
field that cannot be so. Whether a field of a letter is known is for the checks to say, not for this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine import yaml_editing
from engine.letters import LetterTemplate
from engine.refusals import BadAnswers
from engine.yaml_editing import FIRST
from engine.yaml_part import KEY
from engine.yaml_writing import Value

LONGEST_NAME = 40


@dataclass(frozen=True)
class PartWords:
    """A part as somebody wrote it: its text, what it must hold (empty: nothing must be there), whether it may be left
    out where a field is empty, and who says that it must be there."""

    text: str
    must: str = ""
    is_optional: bool = False
    cites: tuple[str, ...] = ()


def key_of(words: str) -> str:
    """A key made of words that people read: "What we found!" gives `what_we_found`."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return plain[:LONGEST_NAME].rstrip("_")


def lines(text: str) -> str:
    """Text as it is kept: one kind of line end, no spaces before it, no empty lines around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n").strip(" ")


def set_head(text: str, letter: LetterTemplate, *, title: str, subject: str, approved_by: str) -> str:
    """The text with another title, subject or approver of a letter; an empty approver takes the line away."""
    wrong = {}
    if not " ".join(title.split()):
        wrong["title"] = "Enter what the letter is called"
    if not " ".join(subject.split()):
        wrong["subject"] = "Enter the subject of the letter"
    if wrong:
        raise BadAnswers(wrong)
    for key, was, now in (
        ("title", letter.title, title), ("subject", letter.subject, subject), ("approved_by", letter.approved_by,
                                                                               approved_by)
    ):  # fmt: skip
        now = " ".join(now.split())
        path = ("letters", letter.name, key)
        if now != was and not now:
            text = yaml_editing.remove(text, path)
        elif now != was:
            text = yaml_editing.put(text, path, now, after="subject" if key == "approved_by" else None)
    return text


def set_parts(text: str, letter: LetterTemplate, parts: Mapping[str, PartWords]) -> str:
    """The text with other words in the parts of a letter; parts that are not named stay as they are."""
    wrong = {}
    for part in letter.parts:
        words = parts.get(part.name)
        if words is None:
            continue
        if not lines(words.text):
            wrong[part.name] = f"Write the text of '{part.name}', or remove the part"
        elif words.is_optional and not words.must.strip():
            wrong[f"{part.name}-must"] = "Say what this part must hold, or do not let it be left out"
        else:
            text = _with_part(text, letter, part.name, words)
    if wrong:
        raise BadAnswers(wrong)
    return text


def add_part(text: str, letter: LetterTemplate, name: str, words: PartWords, *, after: str = "") -> str:
    """The text with one more part of a letter, behind another; empty `after`: at the end."""
    wrong = {}
    if not KEY.fullmatch(name):
        wrong["name"] = "Give the part a short name in words, such as What we found"
    elif name in (part.name for part in letter.parts):
        wrong["name"] = f"This letter has a part called '{name}' already. Choose another name"
    if not lines(words.text):
        wrong["text"] = "Write the text of the part"
    if wrong:
        raise BadAnswers(wrong)
    return yaml_editing.add(text, _parts(letter), name, _value(words), after=after or None)


def remove_part(text: str, letter: LetterTemplate, name: str) -> str:
    """The text without a part. Raises BadAnswers for the last one: a letter says something."""
    if len(letter.parts) < 2:
        raise BadAnswers({name: "A letter needs at least one part. Change this one instead"})
    return yaml_editing.remove(text, (*_parts(letter), name))


def copy_letter(text: str, letter: LetterTemplate, stage: str) -> str:
    """The text with a letter of a stage's own, which says what the common one says until it is changed.

    Raises BadAnswers where the stage has one.
    """
    bare = letter.name.rpartition(".")[2]
    name = f"{stage}.{bare}"
    if yaml_editing.has(text, ("letters", name)):
        raise BadAnswers({"": f"There is a letter '{name}' already"})
    parts = {one.name: _value(PartWords(one.text, one.must, one.is_optional, one.cites)) for one in letter.parts}
    head: dict[str, Value] = {"title": letter.title, "subject": letter.subject}
    if letter.approved_by:
        head["approved_by"] = letter.approved_by
    return yaml_editing.add(text, ("letters",), name, {**head, "parts": parts}, after=letter.name)


def remove_letter(text: str, letter: LetterTemplate) -> str:
    """The text without a letter."""
    return yaml_editing.remove(text, ("letters", letter.name))


def move_part(text: str, letter: LetterTemplate, name: str, *, up: bool) -> str:
    """The text with a part one place higher or lower; as it is where there is no such place."""
    names = [part.name for part in letter.parts]
    place = names.index(name)
    target = place - 2 if up else place + 1
    if target < -1 or target >= len(names):
        return text
    return yaml_editing.move(text, (*_parts(letter), name), after=names[target] if target >= 0 else FIRST)


def _parts(letter: LetterTemplate) -> tuple[str, ...]:
    return ("letters", letter.name, "parts")


def _with_part(text: str, letter: LetterTemplate, name: str, words: PartWords) -> str:
    """One part with other words: only the keys that differ are touched, so that comments beside others stay."""
    path = (*_parts(letter), name)
    was = next(part for part in letter.parts if part.name == name)
    now = PartWords(lines(words.text), " ".join(words.must.split()), words.is_optional, words.cites)
    is_mapping = yaml_editing.has(text, (*path, "text"))
    if not is_mapping:
        is_same = now == PartWords(was.text)
        return text if is_same else yaml_editing.set_value(text, path, _value(now))
    if now.text != was.text:
        text = yaml_editing.set_value(text, (*path, "text"), _block(now.text))
    for key, before, value in (
        ("must", was.must, now.must), ("optional", was.is_optional, now.is_optional), ("cites", was.cites, now.cites)
    ):  # fmt: skip
        if before != value:
            text = _with_key(text, (*path, key), list(value) if isinstance(value, tuple) else value)
    return text


def _with_key(text: str, path: tuple[str, ...], value: Value) -> str:
    if value:
        order = {"must": yaml_editing.FIRST, "cites": "must", "optional": "must"}
        after = order[path[-1]]
        is_there = after == FIRST or yaml_editing.has(text, (*path[:-1], after))
        return yaml_editing.put(text, path, value, after=after if is_there else None)
    return yaml_editing.remove(text, path) if yaml_editing.has(text, path) else text


def _value(words: PartWords) -> Value:
    """A part as the file has it: a text alone where there is nothing else to say of it."""
    text = _block(lines(words.text))
    must = " ".join(words.must.split())
    if not must and not words.cites:
        return text
    found: dict[str, Value] = {"must": must} if must else {}
    if words.is_optional and must:
        found["optional"] = True
    if words.cites:
        found["cites"] = list(words.cites)
    return {**found, "text": text}


def _block(text: str) -> str:
    return f"{text}\n" if "\n" in text else text
