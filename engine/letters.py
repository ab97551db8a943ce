"""Letters: the nouns of a template and of a letter written from it, and the composing of one from the other.

Pure: values come in, and a Letter comes out that says itself what it still lacks. The notation is
`engine.letter_text`'s, the reading of files `engine.letter_files`', the values of a case `engine.letter_values`'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.letter_blocks import Block, Value, line_shown, shown
from engine.letter_fields import in_words
from engine.wordings import listed

__all__ = [
    "Block", "Content", "Head", "Letter", "LetterTemplate", "Part", "Sender", "composed", "template_of",
]  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of a template. `must` names what a letter has to hold, in the words of the checklist; an optional part is
    left out where a field of it is empty. `places` are the lines of its fields in the file, in order."""

    name: str
    text: str
    must: str = ""
    is_optional: bool = False
    cites: tuple[str, ...] = ()
    line: int = 0
    places: tuple[int, ...] = ()
    cites_line: int = 0


@dataclass(frozen=True)
class LetterTemplate:
    """A letter of a version: `acknowledgement`, or a stage's own `stage_1.acknowledgement`. `approved_by` is a role of
    the version somebody else must hold to approve it before it goes; empty where nobody need."""

    name: str
    title: str
    subject: str
    parts: tuple[Part, ...]
    approved_by: str = ""
    file: str = ""
    line: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)  # where its keys stand


@dataclass(frozen=True)
class Content:
    """A line of the checklist: a content the letter must have, and whether it is there."""

    name: str
    must: str
    is_there: bool
    is_optional: bool
    empty_fields: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sender:
    """Who a letter comes from, as its head says: empty where a landlord gives no such thing."""

    name: str
    address: tuple[str, ...] = ()
    telephone: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True)
class Head:
    """What stands above the text: the letter's own date (a local day), the case, and from and to whom it goes."""

    day: date
    reference: str
    sender: Sender
    to_name: str = ""
    to_address: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A letter as the resident will see it. It goes only when it is whole."""

    name: str
    title: str
    subject: str
    day: date
    reference: str
    sender: Sender
    to_name: str
    to_address: tuple[str, ...]
    blocks: tuple[Block, ...]
    contents: tuple[Content, ...]
    empty_fields: tuple[str, ...] = ()  # what stops it beside missing contents

    @property
    def is_whole(self) -> bool:
        """Whether nothing stops it."""
        return not self.stops()

    def stops(self) -> list[str]:
        """A sentence for each thing that stops the letter: an empty required content by name, or an empty field."""
        missing = [one for one in self.contents if not one.is_there and not one.is_optional]
        told = {name for one in missing for name in one.empty_fields}
        others = [in_words(name) for name in self.empty_fields if name not in told]
        said = [_lacks(one) for one in missing]
        said += [f"The letter needs {name}, which is empty." for name in others]
        return said


def template_of(templates: Mapping[str, LetterTemplate], letter: str, stage: str | None) -> LetterTemplate | None:
    """The template of a letter: the stage's own goes before the bare one. None where the version has none."""
    own = templates.get(f"{stage}.{letter}") if stage else None
    return own or templates.get(letter)


def composed(template: LetterTemplate, values: Mapping[str, Value], head: Head) -> Letter:
    """The letter a template makes of these values. Never raises: what is missing, the letter says itself."""
    subject, empty = line_shown(template.subject, values)
    blocks: list[Block] = []
    contents: list[Content] = []
    for part in template.parts:
        seen = shown(part.text, values)
        is_there = not seen.empty and (seen.has_body or seen.is_fixed)
        if part.must:
            contents.append(Content(part.name, part.must, is_there, part.is_optional, seen.empty, part.cites))
        if is_there or (not part.is_optional and seen.empty):
            blocks += seen.blocks
        if not part.is_optional:
            empty += seen.empty
    return Letter(
        name=template.name,
        title=template.title,
        subject=subject,
        day=head.day,
        reference=head.reference,
        sender=head.sender,
        to_name=head.to_name,
        to_address=head.to_address,
        blocks=tuple(blocks),
        contents=tuple(contents),
        empty_fields=tuple(dict.fromkeys(empty)),
    )


def _lacks(content: Content) -> str:
    empty = listed(in_words(name) for name in content.empty_fields)
    verb = "are" if len(content.empty_fields) > 1 else "is"
    return f"The letter lacks {content.must}" + (f": {empty} {verb} empty." if empty else ".")
