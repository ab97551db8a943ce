"""What a draft would look like at work: a letter of a made-up case, and the version its previews go by.

A draft with problems cannot be worked by, so its letters are then shown in a case of the version it is based on, and
the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine import draft_library, letter_pdf, letter_words, made_up_case
from engine.drafting import Draft
from engine.letter_events import Outgoing
from engine.letter_files import readable_letters
from engine.letters import Letter, LetterTemplate, template_of
from engine.office import Office, Shelved
from engine.policy import PolicyVersion
from engine.working_days import OutsideCalendar
from web import current, names, studio


@dataclass(frozen=True)
class Seen:
    """A letter as the resident would see it; `why_not` where there is none to show. `events` are what it goes with, in
    words; `is_older` says that the case is one of the version the draft is based on."""

    letter: Letter | None = None
    to_lines: tuple[str, ...] = ()
    plain: str = ""
    why_not: str = ""
    event: str = ""
    events: Mapping[str, str] | None = None
    is_older: bool = False

    @property
    def stops(self) -> list[str]:
        return self.letter.stops() if self.letter else []


@dataclass(frozen=True)
class AtWork:
    """An office that has one version of the policy, in force for ever: the draft, or what it is based on."""

    office: Office
    version: PolicyVersion
    is_older: bool

    def with_letters(self, templates: Mapping[str, LetterTemplate]) -> AtWork:
        """The same with other letters."""
        key = self.version.key
        book = replace(self.office.shelved[key].book, templates=templates)
        shelved = {**self.office.shelved, key: Shelved(book, self.office.shelved[key].seal, None)}
        return replace(self, office=replace(self.office, shelved=shelved))


def at_work(draft: Draft) -> AtWork:
    """The draft as it would be worked by; while it has problems, the version it is based on."""
    found, office, policy = studio.checked(draft), current.office(), draft.row.policy
    if found.book is not None:
        pinned = draft_library.office_with(office, found).pinned(policy, draft.row.version)
        return AtWork(pinned, pinned.versions_of(policy)[0], is_older=False)
    pinned = office.pinned(policy, draft.row.based_on)
    return AtWork(pinned, pinned.versions_of(policy)[0], is_older=True)


def letter(draft: Draft, name: str, text: str | None, event: str, *, only_needed: bool = False) -> Seen:
    """A letter of the draft, in a made-up case that came today; `text` is the file of letters where it is not saved."""
    content = draft.files[draft.letters_path] if text is None else text.encode()
    letters = readable_letters(content, draft.letters_path)[0]
    if letters is None or name not in letters.templates:
        return Seen(why_not="The letter cannot be read as it is written now.")
    there = at_work(draft).with_letters(letters.templates)
    book = there.office.book(there.version)
    sent = goes_with(list(book.outgoing.values()), letters.templates, name)
    events = {one.event: in_words(there.version, one) for one in sent}
    if not events:
        return Seen(why_not="Nothing sends this letter, so there is no case to show it in.", is_older=there.is_older)
    chosen = event if event in events else next(iter(events))
    try:
        found = made_up_case.case_for(there.office, draft.row.policy, chosen, current.today())
        shown = found and made_up_case.letter_for(found[0], there.office, chosen, found[1], only_needed=only_needed)
    except OutsideCalendar as outside:
        return Seen(why_not=str(outside), event=chosen, events=events, is_older=there.is_older)
    if not shown:
        why_not = "No made-up case could be led to where this letter goes out."
        return Seen(why_not=why_not, event=chosen, events=events, is_older=there.is_older)
    lines = tuple(letter_pdf.to_lines(shown))
    return Seen(shown, lines, letter_words.plain_text(shown), "", chosen, events, there.is_older)


def goes_with(outgoing: list[Outgoing], templates: Mapping[str, LetterTemplate], name: str) -> list[Outgoing]:
    """What sends a letter: those that the version offers, else all that name it."""
    found = [one for one in outgoing if template_of(templates, one.letter, one.stage) is templates.get(name)]
    return [one for one in found if one.is_offered] or found


def in_words(version: PolicyVersion, one: Outgoing) -> str:
    """What a letter goes with, in words: the stage, where it is about one."""
    return names.stage(version, one.stage) if one.stage else "The case as a whole"
