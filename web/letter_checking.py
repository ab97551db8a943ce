"""Checking a letter before it goes: what it must hold and whether that is there, what stops it, and who approves it.

Every line of the checklist and everything that stops the letter leads to the field that mends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine import letter_fields, letter_pdf, writing
from engine.case_files import CaseFile
from engine.letter_text import fields_in, parsed
from engine.letters import Content, Letter, template_of
from engine.letters_out import mark_of
from engine.policy import Citation
from engine.refusals import BadAnswers, Refused
from engine.rights import Person
from engine.store import drafts
from engine.store.drafts import DraftRow
from engine.wordings import listed
from engine.working_days import OutsideCalendar
from web import acting, case_rights, colleagues, current, forms, letter_approval, letter_steps, letter_ways, names
from web.letter_steps import Step


@dataclass(frozen=True)
class Link:
    """A field to fill in, or a thing to mend, and where."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the checklist: `state` is there, empty or left_out; the links lead to what would fill it."""

    must: str
    state: str
    links: tuple[Link, ...]
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """A letter on its way out: as written, as composed, and all that is said of it before it goes."""

    step: Step
    draft: DraftRow
    letter: Letter
    lines: tuple[Line, ...]
    stops: tuple[Link, ...]
    why_not: str
    approval: letter_approval.Approval
    not_printed: str
    way: str
    others: tuple[letter_ways.Other, ...]

    @property
    def mark(self) -> str:
        """What the page and its copies carry, so that what is sent is what was read."""
        return mark_of(self.letter)

    @property
    def may_go(self) -> bool:
        return not (self.stops or self.why_not or self.approval.is_needed)


def checked(
    file: CaseFile, step: Step, draft: DraftRow, who: Person, how: Mapping[str, Any] | None = None
) -> Checked | None:
    """Everything about the letter of a draft as it goes one way, `how` of what was chosen of that; None where the
    version has no such letter."""
    way = letter_ways.of(file, how or {})
    composed = partial(_composed, file, step, draft, writer_of(draft) or who)
    letter = composed(way)
    if letter is None:
        return None
    day = letter_ways.day_of(way, draft.day)
    why_not = letter_steps.why_not(file, step, who)
    sender = (writer_of(draft) or who) if why_not else who
    return Checked(
        step=step,
        draft=draft,
        letter=letter,
        lines=tuple(_line(file, step, one) for one in letter.contents),
        stops=tuple(_stops(file, step, replace(draft, day=day), letter, sender)),
        why_not=why_not,
        approval=letter_approval.of(file, draft, who),
        not_printed=letter_pdf.not_printed(letter),
        way=letter_ways.GOES[way],
        others=tuple(letter_ways.others(way, letter, composed)),
    )


def _composed(file: CaseFile, step: Step, draft: DraftRow, writer: Person, way: str) -> Letter | None:
    """The letter of a draft as it goes that way now, by the words with which it is sent."""
    day = letter_ways.day_of(way, draft.day)
    approver = draft.approver_name if draft.status == drafts.APPROVED else ""
    return writing.letter_for(
        current.office(), file, step.key, draft.answers, day=day, who=writer, channel=way, approver=approver
    )


def may_read(file: CaseFile, step: Step, draft: DraftRow, who: Person) -> bool:
    """Whether they may read the letter: one that holds something private is for who writes it, who handles the case,
    and who is asked to approve it."""
    private = [one.name for one in step.form.fields if one.sensitive and draft.answers.get(one.name)]
    if not private or draft.writer == who.id:
        return True
    return case_rights.may_see_private(who, file) or letter_approval.may_approve(file, draft, who)


def writer_of(draft: DraftRow) -> Person | None:
    """Who signs it: whoever wrote it, while they work here."""
    return next((one for one in colleagues.everybody() if one.id == draft.writer), None)


def needed(file: CaseFile, step: Step) -> set[str]:
    """The questions without whose answers the letter does not go, whatever its form asks."""
    office, who, today = current.office(), current.person(), current.today()
    letter = writing.letter_for(office, file, step.key, {}, day=today, who=who)
    lacking = [one for one in letter.contents if not one.is_there and not one.is_optional] if letter else []
    empty = [name for one in lacking for name in one.empty_fields] + list(letter.empty_fields if letter else ())
    return {name.partition(".")[0] for name in empty}


def _line(file: CaseFile, step: Step, content: Content) -> Line:
    state = "there" if content.is_there else "left_out" if content.is_optional else "empty"
    wanting = content.empty_fields or _fields_of(file, step, content.name)
    links = () if content.is_there else tuple(_link(step, name) for name in wanting)
    cites = tuple(dict.fromkeys(text for one in content.cites if (text := _citation(file, one))))
    return Line(content.must[:1].upper() + content.must[1:], state, links, cites)


def _fields_of(file: CaseFile, step: Step, part: str) -> list[str]:
    """The questions of the form that a part of the letter uses: what would fill it where no one of them alone must."""
    book = file.book_or_refuse()
    going = book.outgoing.get(writing.step_event(file, step.key))
    template = template_of(book.templates, going.letter, going.stage) if going else None
    texts = [one.text for one in template.parts if one.name == part] if template else []
    names_in = (one.name.partition(".")[0] for text in texts for one in fields_in(parsed(text)))
    return [name for name in dict.fromkeys(names_in) if step.form.field(name)]


def _citation(file: CaseFile, cited: str) -> str:
    """`Complaint Handling Code 2024, 5.6` of `code 5.6`; of the id of a rule, the document it stands in, and where."""
    version = file.book_or_refuse().version
    rule = current.office().shelf.rules.get(cited)
    if rule is None:
        key, _, paragraph = cited.partition(" ")
        return names.citation(version, Citation(key, paragraph))
    title = next((one.title for one in version.sources.values() if one.rules == rule.source), "")
    return ", ".join(text for text in (title, rule.clause) if text)


def _link(step: Step, name: str) -> Link:
    asked = name.partition(".")[0]
    field = step.form.field(letter_fields.ASKED_AS.get(asked, asked))
    if field is None:
        return Link(letter_fields.in_words(name))
    place = forms.field_id(field.name) + ("-day" if field.type == "date" else "")
    return Link(f"\u201c{field.label}\u201d", f"{step.href}#{place}")


def _stops(file: CaseFile, step: Step, draft: DraftRow, letter: Letter, sender: Person) -> Iterator[Link]:
    """What stands in the way, each once: what the form asks, what the letter lacks, and what the policy refuses."""
    told: set[str] = set()
    for name, said in _refusals(file, step, draft, sender).items():
        told.add(name)
        yield said if isinstance(said, Link) else Link(said, _link(step, name).href if name else "")
    for one in letter.contents:
        if not one.is_there and not one.is_optional and not told & set(one.empty_fields):
            told |= set(one.empty_fields)
            yield Link(_lacks(step, one), next((_link(step, name).href for name in one.empty_fields), step.href))
    for name in letter.empty_fields:
        if name not in told:
            yield Link(f"The letter needs {_link(step, name).text}, which is empty.", _link(step, name).href)


def _lacks(step: Step, content: Content) -> str:
    empty = listed([_link(step, name).text for name in content.empty_fields])
    return f"The letter lacks {content.must}." + (f" Fill in {empty}." if empty else "")


def _refusals(file: CaseFile, step: Step, draft: DraftRow, sender: Person) -> Mapping[str, str | Link]:
    """What the form or the policy does not accept of the answers, by field; under no name what is about none."""
    office, now = current.office(), current.now()
    try:
        writing.refuse(office, file, step.key, draft.answers, day=draft.day, who=sender, now=now)
    except BadAnswers as bad:
        return dict(bad.errors)
    except (Refused, OutsideCalendar) as refused:
        return {"": Link(str(refused), acting.mended_at(refused))}
    return {}
