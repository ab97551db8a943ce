"""The letters of a version as people read them: every part with its fields in words, as no single letter shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.letter_blocks import Block, shown
from engine.letter_fields import GENERAL, LAW
from engine.letter_text import Node, Optional, Placeholder, Words, parsed
from engine.letters import LetterTemplate
from engine.policy import stage_of
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
    questions = {one.name: one.label for form in book.workflows.forms.values() for one in form.fields}
    choices = {
        f"{one.name}.{value}": f"\u201c{one.label}\u201d is \u201c{label}\u201d"
        for form in book.workflows.forms.values()
        for one in form.fields
        for value, label in one.choices.items()
    }
    called = {**choices, **{name: f"\u201c{label}\u201d" for name, label in questions.items()}}
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


def _cited(book: Rulebook, cite: str) -> str:
    source, _, paragraph = cite.partition(" ")
    title = book.version.sources[source].title if source in book.version.sources else source
    return f"{title}, {paragraph}" if paragraph else title


def _in_words(nodes: tuple[Node, ...], called: Mapping[str, str]) -> str:
    """A text with each field in square brackets, and each part that is not in every letter with when it stands."""
    said = []
    for node in nodes:
        if isinstance(node, Words):
            said.append(node.text)
        elif isinstance(node, Placeholder):
            said.append(f"[{_field(node.name, called)}]")
        elif isinstance(node, Optional):
            said.append(_only_where(node, called))
    return "".join(said)


def _only_where(node: Optional, called: Mapping[str, str]) -> str:
    within = _in_words(node.within, called)
    when = _field(node.name, called)
    if not node.name.count(".") or node.name.startswith(("contact.", "ombudsman.", LAW)):
        when = f"there is {when}"
    if "\n" in within or within.startswith(("# ", "* ")):
        return f"[Only where {when}:]\n{within}\n[Up to here.]\n"
    return f"[only where {when}: {within}]"


def _field(name: str, called: Mapping[str, str]) -> str:
    """A field as a reader of the letter would call it."""
    if name.startswith(LAW):
        law = current.office().shelf.law.get(name.removeprefix(LAW))
        return f"the law on that day: {law.title}" if law else "what the law says on that day"
    return GENERAL.get(name) or called.get(name) or wording.plain(name).lower()
