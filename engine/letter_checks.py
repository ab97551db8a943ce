"""Checks of a version's letters: their names, their fields against what its forms ask, and that all it sends is there.

Each check is a function from the letters and the version they belong to, to problems; `LETTER_CHECKS` lists them.
Nothing is said about what a file with problems of its own might hold.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.dated_data import CONTACTS
from engine.forms import Form
from engine.letter_events import Outgoing, outgoing
from engine.letter_fields import LAW, NEVER, known
from engine.letter_files import LetterFile, letters_path
from engine.letter_text import OPENS, Optional, fields_in, parsed, slips_in, words_in
from engine.letters import LetterTemplate, template_of
from engine.policy import PolicyVersion, bare, stage_of
from engine.problems import Problem, did_you_mean
from engine.version_names import Beside, Names, is_form_broken

#: one way a letter goes out: with which form, and the fields it may then use
Way = tuple[Outgoing, Form, frozenset[str]]


@dataclass(frozen=True)
class Checked:
    """The letters being checked, and what they are held against."""

    letters: LetterFile
    version: PolicyVersion
    beside: Beside
    going: tuple[Outgoing, ...]
    is_whole: bool  # every diagram, task and form these letters go with could be read
    is_read: bool  # and so could the version's own file

    def of(self, template: LetterTemplate) -> list[Outgoing]:
        """The letters that are written from a template."""
        return [one for one in self.going if template_of(self.letters.templates, one.letter, one.stage) is template]

    @cached_property
    def sensitive(self) -> frozenset[str]:
        """The fields of health, vulnerability and adjustments of all the forms there are."""
        forms = self.beside.workflows.forms.values()
        return NEVER | {question.name for form in forms for question in form.fields if question.sensitive}

    def asked(self, going: Sequence[Outgoing]) -> list[Way]:
        """The ways a letter goes out, of those whose form could be read."""
        forms = [(one, self.beside.workflows.forms.get(one.form)) for one in going]
        return [(one, form, known(one.letter, form, self.beside.law or ())) for one, form in forms if form]


@dataclass(frozen=True)
class Text:
    """One text of a template: what it is called in a sentence, the line it stands on and the lines of its fields."""

    about: str
    text: str
    line: int
    places: Sequence[int]

    def line_at(self, at: int) -> int:
        """The line of the brackets at a place of the text."""
        before = len(OPENS.findall(self.text[:at]))
        return self.places[before] if before < len(self.places) else self.line


def letters_fit_their_version(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Every problem and remark of a version's letters, held against the version and its forms."""
    letters = beside.letters.get(version.file)
    if letters is None:
        return
    going = outgoing(version, beside.workflows)
    is_whole = names.is_whole and names.is_read and not any(is_form_broken(one.form, beside) for one in going)
    checked = Checked(letters, version, beside, going, is_whole, names.is_read)
    for each in LETTER_CHECKS:
        yield from each(checked)


def letters_are_written(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """A version whose tasks send letters has a file of them; without one they are recorded and not written."""
    if version.file in beside.letters or letters_path(version.file) in beside.broken or not names.is_whole:
        return
    if any(one.is_offered for one in outgoing(version, beside.workflows)):
        what = "This version has no letters: what its tasks send is recorded, and not written."
        mend = f"Add them as {letters_path(version.file).rpartition('/')[2]} beside it."
        yield Problem(version.file, 1, what, mend, "remark")


def letters_say_how_to_reach_us(checked: Checked) -> Iterator[Problem]:
    """A letter invites the resident to get in touch, so the landlord's own contact details are wanted."""
    rows = (checked.beside.contacts or {}).get(checked.version.policy, ())
    if rows and not rows[-1].can_be_reached and CONTACTS not in checked.beside.broken:
        whose = f"No telephone number, e-mail or postal address of '{checked.version.policy}'"
        what = f"{whose} is known, so its letters give none."
        yield Problem(CONTACTS, rows[-1].line, what, "Enter one before letters are sent.", "remark")


def letters_belong_to_their_version(checked: Checked) -> Iterator[Problem]:
    """The file names the version it stands beside."""
    letters, version = checked.letters, checked.version
    for key, said, there in (
        ("policy", letters.policy, version.policy), ("version", letters.version, version.version)
    ):  # fmt: skip
        if said and said != there:
            what = f"These letters are for the {key} '{said}', and stand beside '{there}'."
            mend = f"Write '{key}: {there}', or move the file."
            yield Problem(letters.file, letters.lines.get(key, 1), what, mend)


def letters_are_sent(checked: Checked) -> Iterator[Problem]:
    """Each letter goes out with something: a task, a message or a fact of this version."""
    if not checked.is_whole:
        return
    sent = {one.letter for one in checked.going}
    usual = sorted(sent | {f"{one.stage}.{one.letter}" for one in checked.going if one.stage})
    for template in checked.letters.templates.values():
        going = [one for one in checked.going if template.name in (one.letter, f"{one.stage}.{one.letter}")]
        if not going:
            stage, letter = stage_of(template.name), bare(template.name)
            where = f" at '{stage}'" if stage and letter in sent else ""
            what = f"No task, message or fact sends the letter '{letter}'{where}."
            stages = {f"{one.stage}.{letter}" for one in checked.going if one.letter == letter and one.stage}
            known_here = [letter, *stages] if letter in sent else usual
            yield Problem(template.file, template.line, what, did_you_mean(template.name, known_here))
        elif not any(one.is_offered for one in going):
            what = f"The letter '{template.name}' is never sent under this version."
            yield Problem(template.file, template.line, what, "Delete it if it is not meant.", "remark")
        elif not checked.of(template):
            what = f"Every stage that sends the letter '{template.name}' has one of its own."
            yield Problem(template.file, template.line, what, "Delete it if it is not meant.", "remark")


def what_is_sent_is_there(checked: Checked) -> Iterator[Problem]:
    """Each letter a task, message or fact sends is in the file, for each stage that sends it. Where one of the letters
    here is misspelt it has been told already."""
    templates, told = checked.letters.templates, {one.letter for one in checked.going}
    strange = [bare(name) for name in templates if bare(name) not in told]
    told = {one for one in told if difflib.get_close_matches(one, strange, n=1, cutoff=0.75)}
    for one in checked.going if checked.is_whole else ():
        if one.is_offered and one.letter not in told and not template_of(templates, one.letter, one.stage):
            told.add(one.letter)
            what = f"'{one.event}' sends the letter '{one.letter}', which is not here."
            line = checked.letters.lines.get("letters", 1)
            yield Problem(checked.letters.file, line, what, f"Add '{one.letter}:' under letters.")


def notation_can_be_read(checked: Checked) -> Iterator[Problem]:
    """Every double bracket is a field, or optional text that is closed."""
    for template in checked.letters.templates.values():
        for text in _texts(template):
            for slip in slips_in(parsed(text.text)):
                what = f"{text.about}: {slip.what}"
                yield Problem(template.file, text.line_at(slip.at), what, slip.mend)


def fields_are_known(checked: Checked) -> Iterator[Problem]:
    """Each field is one that any letter has, or is asked by the form of what the letter goes with."""
    for template in checked.letters.templates.values():
        going = checked.of(template)
        if not going or not checked.is_whole:
            continue
        ways = checked.asked(going)
        told: dict[tuple[str, bool], list[tuple[str, str]]] = {}
        for text in _texts(template):
            for one in fields_in(parsed(text.text)):
                asked = (one.name, not isinstance(one, Optional))
                if asked not in told:
                    told[asked] = list(_why_not(checked, ways, one.name, is_plain=asked[1]))
                for what, mend in told[asked]:
                    about = f"{text.about} has '(({one.name}))'"
                    yield Problem(template.file, text.line_at(one.at), f"{about}, {what}", mend)


def _why_not(checked: Checked, ways: Sequence[Way], name: str, *, is_plain: bool) -> Iterator[tuple[str, str]]:
    """Why a field may not stand in the letters that go out so, and how to mend it."""
    if name.startswith(LAW) and checked.beside.law is None:
        return
    has = [name in fields for _, _, fields in ways]
    base, _, value = name.partition(".")
    if not any(has) and base in checked.sensitive:
        more = "that no letter prints" if base in NEVER else "that this letter is not about"
        yield f"a field of health or circumstances {more}.", "Delete it."
    elif not any(has):
        fields = {one for _, _, each in ways for one in each if bool(value) == ("." in one)}
        yield "which is not known here.", did_you_mean(name, fields)
    elif is_plain and not all(has):
        lacking = next(one.form for (one, _, _), found in zip(ways, has, strict=True) if not found)
        mend = f"Write '(({name}??...))' round what says it, or give each stage a letter of its own."
        yield f"which the form '{lacking}' does not ask.", mend
    elif (
        is_plain and value and any((question := form.field(base)) and value in question.choices for _, form, _ in ways)
    ):
        yield "which says only yes or no.", f"Write '(({name}??...))' with what it means."


def approval_is_by_a_role(checked: Checked) -> Iterator[Problem]:
    """Who approves a letter is a role of the version."""
    for template in checked.letters.templates.values():
        if checked.is_read and template.approved_by and template.approved_by not in checked.version.roles:
            what = f"Letter '{template.name}' is approved by '{template.approved_by}', which is not under roles."
            line = template.lines.get("approved_by", template.line)
            yield Problem(template.file, line, what, did_you_mean(template.approved_by, checked.version.roles))


def required_parts_say_something(checked: Checked) -> Iterator[Problem]:
    """What a letter must hold has words or a field below its heading."""
    for template in checked.letters.templates.values():
        for part in template.parts:
            nodes = parsed(part.text)
            is_bare = not any(fields_in(nodes)) and not any(slips_in(nodes))
            if part.must and part.text and is_bare and not any(mark.isalnum() for mark in words_in(nodes)):
                what = f"Part '{part.name}' of letter '{template.name}' must hold {part.must}, and says nothing."
                yield Problem(template.file, part.line, what, "Write the words, or a field such as ((definition)).")


LETTER_CHECKS = [
    letters_say_how_to_reach_us,
    letters_belong_to_their_version,
    letters_are_sent,
    what_is_sent_is_there,
    notation_can_be_read,
    fields_are_known,
    approval_is_by_a_role,
    required_parts_say_something,
]
CHECKS = [letters_are_written, letters_fit_their_version]


def _texts(template: LetterTemplate) -> Iterator[Text]:
    line = template.lines.get("subject", template.line)
    yield Text(f"The subject of letter '{template.name}'", template.subject, line, ())
    for part in template.parts:
        yield Text(f"Part '{part.name}' of letter '{template.name}'", part.text, part.line, part.places)
