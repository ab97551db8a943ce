"""The letters of a version as people read them: every part with its fields in words, as no single letter shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.letter_blocks import Block, shown
from engine.letter_fields import GENERAL, LAW
from engine.letter_text import Node, Optional, Placeholder, Words, parsed
from engine.letters import LetterTemplate
from engine.policy import bare, stage_of
from engine.replay import Rulebook
from web import current, names, wording


@dataclass(frozen=True)
class PartRead:
    """A part of a letter: what it must hold, whether it may be left out, and its text in blocks."""

    must: str
    is_optional: bool
    blocks: tuple[Block, ...]
    cites: str


@dataclass(frozen=True)
class LetterRead:
    """A letter of a version: its title with its stage, its subject, and its parts."""

    name: str
    title: str
    subject: str
    approved_by: str
    parts: tuple[PartRead, ...]


def letters(book: Rulebook) -> list[LetterRead]:
    """The letters of a version, in the order of its file."""
    return [_letter(book, template) for template in book.templates.values()]


def _letter(book: Rulebook, template: LetterTemplate) -> LetterRead:
    called = _called(book, template)
    stage = stage_of(template.name)
    where = f", {names.stage(book.version, stage)}" if stage else ""
    return LetterRead(
        template.name,
        f"{template.title}{where}",
        _in_words(parsed(template.subject), called),
        names.role(book.version, template.approved_by) if template.approved_by else "",
        tuple(
            PartRead(
                one.must,
                one.is_optional,
                shown(_in_words(parsed(one.text), called), {}).blocks,
                "; ".join(_cited(book, cite) for cite in one.cites),
            )
            for one in template.parts
        ),
    )


def _called(book: Rulebook, template: LetterTemplate) -> dict[str, str]:
    """Each field of the forms this letter goes with, as the question the officer answers; of any other form after."""
    stage, letter = stage_of(template.name), bare(template.name)
    going = (one for one in book.outgoing.values() if one.letter == letter and stage in (None, one.stage))
    own = [book.workflows.forms[one.form] for one in going if one.form in book.workflows.forms]
    found: dict[str, str] = {}
    for form in (*own, *book.workflows.forms.values()):
        for one in form.fields:
            found.setdefault(one.name, f"\u201c{one.label}\u201d")
            for value, label in one.choices.items():
                found.setdefault(f"{one.name}.{value}", f"\u201c{one.label}\u201d is \u201c{label}\u201d")
    return found


def _cited(book: Rulebook, cite: str) -> str:
    source, _, paragraph = cite.partition(" ")
    title = book.version.sources[source].title if source in book.version.sources else source
    return f"{title}, {paragraph}" if paragraph else title


def _in_words(nodes: tuple[Node, ...], called: Mapping[str, str]) -> str:
    """A text with each field in square brackets, and each part that is not in every letter with when it stands."""
    said = ""
    for node in nodes:
        if isinstance(node, Words):
            said += node.text
        elif isinstance(node, Placeholder):
            said += f"[{_field(node.name, called)}]"
        elif isinstance(node, Optional):
            part = _only_where(node, called)
            said += f"\n{part}" if "\n" in part and said and not said.endswith("\n") else part
    return said


def _only_where(node: Optional, called: Mapping[str, str]) -> str:
    within, field = _in_words(node.within, called), _field(node.name, called)
    if within.strip() == f"[{field}]":
        return f"[{field}, where there is one]"
    is_choice = "." in node.name and not node.name.startswith(("contact.", "ombudsman.", LAW))
    when = field if is_choice else f"there is {field}"
    if "\n" in within or within.startswith(("# ", "* ")):
        return f"[Only where {when}:]\n{within}\n[Up to here.]\n"
    return f"[only where {when}: {within}]"


def _field(name: str, called: Mapping[str, str]) -> str:
    """A field as a reader of the letter would call it."""
    if name.startswith(LAW):
        law = current.office().shelf.law.get(name.removeprefix(LAW))
        return f"the law on that day: {law.title}" if law else "what the law says on that day"
    return GENERAL.get(name) or called.get(name) or wording.plain(name).lower()
