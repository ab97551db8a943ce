"""A letter of a draft in words for its page: its parts with their problems, and the fields it may use with what each
means.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.draft_library import Checked
from engine.forms import Form
from engine.letter_editing import PartWords
from engine.letter_events import Outgoing, outgoing
from engine.letter_fields import GENERAL, LAW, may_print
from engine.letter_files import LetterFile
from engine.letters import LetterTemplate
from engine.policy import PolicyVersion, stage_of
from engine.problems import Problem
from web import names, wording
from web.studio_preview import goes_with

WHOLE, SEVERAL = "The case as a whole", "More than one stage"
DATES = frozenset(
    {
        "received", "letter_date", "answer_due", "answer_within", "extension_at_most", "request_by", "request_within",
        "direct_from", "panel_due", "was_due", "missed", "limit",
    }
)  # fmt: skip


@dataclass(frozen=True)
class LetterLine:
    """A letter in the list: its name, title and subject, how many parts it has, and how many problems."""

    name: str
    title: str
    subject: str
    parts: int
    problems: int
    approved_by: str


@dataclass(frozen=True)
class FieldWord:
    """A field as it is written, and what it stands for."""

    written: str
    says: str


@dataclass(frozen=True)
class FieldGroup:
    title: str
    fields: tuple[FieldWord, ...]


@dataclass(frozen=True)
class PartShown:
    """A part on the page: as it was typed, or as it stands, with what is wrong with it."""

    name: str
    title: str
    text: str
    must: str
    is_optional: bool
    cites: str
    rows: int
    problems: tuple[str, ...]
    is_first: bool
    is_last: bool

    @property
    def error(self) -> str:
        return " ".join(self.problems)


def by_stage(found: Checked, letters: LetterFile) -> list[tuple[str, list[LetterLine]]]:
    """The letters under the stage each is written at, in the order of the stages."""
    version = found.version
    going = list(outgoing(version, found.library.workflows)) if version else []
    groups: dict[str, list[LetterLine]] = {}
    for template in letters.templates.values():
        where = _where(version, [one.stage for one in goes_with(going, letters.templates, template.name)], template)
        groups.setdefault(where, []).append(_line(found, letters, template))
    order = [one.title for one in version.stages] if version else []
    ranked = [*order, SEVERAL, WHOLE]
    return sorted(groups.items(), key=lambda group: ranked.index(group[0]) if group[0] in ranked else len(ranked))


def own_stages(found: Checked, template: LetterTemplate) -> dict[str, str]:
    """The stages that send a common letter and could have one of their own, with their titles."""
    version = found.version
    letters = found.library.letters.get(version.file) if version else None
    if version is None or letters is None or "." in template.name:
        return {}
    sent = goes_with(list(outgoing(version, found.library.workflows)), letters.templates, template.name)
    stages = dict.fromkeys(one.stage for one in sent if one.stage)
    return {stage: names.stage(version, stage) for stage in stages}


@dataclass(frozen=True)
class Page:
    """One letter's page: `typed` are parts as a browser sent them, `wrong` what could not be saved of them."""

    found: Checked
    letters: LetterFile
    template: LetterTemplate
    typed: Mapping[str, PartWords]
    wrong: Mapping[str, str]

    @property
    def parts(self) -> list[PartShown]:
        ends = [part.line for part in self.template.parts[1:]] + [_end(self.letters, self.template)]
        shown = []
        for place, (part, end) in enumerate(zip(self.template.parts, ends, strict=True)):
            now = self.typed.get(part.name) or PartWords(part.text, part.must, part.is_optional, part.cites)
            told = [f"{one.what} {one.mend}" for one in self._problems(part.line, end)]
            refused = [self.wrong[key] for key in (part.name, f"{part.name}-must") if key in self.wrong]
            rows = sum(1 + len(line) // 52 for line in now.text.split("\n"))
            shown.append(
                PartShown(
                    part.name,
                    wording.plain(part.name),
                    now.text,
                    now.must,
                    now.is_optional,
                    ", ".join(now.cites),
                    min(max(rows + 1, 3), 24),
                    (*refused, *([] if part.name in self.typed else told)),
                    place == 0,
                    place == len(self.template.parts) - 1,
                )
            )
        return shown

    @property
    def head_problems(self) -> list[str]:
        """What is wrong with the letter as a whole: its title, its subject, who approves it, that nothing sends it."""
        first = self.template.parts[0].line if self.template.parts else _end(self.letters, self.template)
        return [f"{one.what} {one.mend}" for one in self._problems(self.template.line, first)]

    @property
    def error_list(self) -> list[dict[str, str]]:
        """What could not be saved, each with the address of its field."""
        hrefs = {"title": "#title", "subject": "#subject", "": ""}
        found = []
        for key, said in self.wrong.items():
            href = hrefs.get(key, f"#{key}" if key.startswith("new-") else f"#text-{key.removesuffix('-must')}")
            found.append({"text": said, **({"href": href} if href else {})})
        return found

    @property
    def roles(self) -> dict[str, str]:
        """The roles that may approve a letter."""
        version = self.found.version
        return {key: role.title for key, role in version.roles.items()} if version else {}

    @property
    def own_stages(self) -> dict[str, str]:
        """The stages that could have a letter of their own instead of this one."""
        return own_stages(self.found, self.template)

    @property
    def fields(self) -> list[FieldGroup]:
        """Every field the letter may use, with what it means."""
        version, library = self.found.version, self.found.library
        going = list(outgoing(version, library.workflows)) if version else []
        sent = goes_with(going, self.letters.templates, self.template.name)
        general = {name: says for name, says in GENERAL.items() if "." not in name}
        groups = [
            ("The case", {name: says for name, says in general.items() if name not in DATES}),
            ("Dates and times allowed", {name: says for name, says in general.items() if name in DATES}),
            *_asked(sent, library.workflows.forms),
            ("How to reach us and the Ombudsman", {name: says for name, says in GENERAL.items() if "." in name}),
            (
                "What the law says, on the day of the letter",
                {f"{LAW}{key}": law.title for key, law in library.law.items()},
            ),
        ]
        return [
            FieldGroup(title, tuple(FieldWord(_written(name), says) for name, says in found.items()))
            for title, found in groups
            if found
        ]

    def _problems(self, begins: int, end: int) -> list[Problem]:
        own = self.template.file
        return [one for one in self.found.problems if one.file == own and begins <= one.line < end]


def _where(version: PolicyVersion | None, stages: Sequence[str | None], template: LetterTemplate) -> str:
    own = stage_of(template.name)
    keys = {own} if own else set(stages)
    if len(keys) > 1:
        return SEVERAL
    key = next(iter(keys), None)
    if key is None:
        return WHOLE
    return names.stage(version, key) if version else wording.plain(key)


def _line(found: Checked, letters: LetterFile, template: LetterTemplate) -> LetterLine:
    end, own = _end(letters, template), template.file
    problems = [one for one in found.wrong if one.file == own and template.line <= one.line < end]
    role = names.role(found.version, template.approved_by) if found.version and template.approved_by else ""
    return LetterLine(template.name, template.title, template.subject, len(template.parts), len(problems), role)


def _end(letters: LetterFile, template: LetterTemplate) -> int:
    """The line after a letter's last: where the next one begins."""
    return min((one.line for one in letters.templates.values() if one.line > template.line), default=10**9)


def _asked(sent: Sequence[Outgoing], forms: Mapping[str, Form]) -> Iterator[tuple[str, dict[str, str]]]:
    """What the officer answers on the forms the letter goes with."""
    for name in dict.fromkeys(one.form for one in sent):
        form = forms.get(name)
        letters = {one.letter for one in sent if one.form == name}
        if form is None:
            continue
        found: dict[str, str] = {}
        for question in form.fields:
            if all(may_print(letter, form, question.name) for letter in letters):
                found[question.name] = question.label
                chosen = question.choices.items()
                found |= {f"{question.name}.{value}": f"where the answer is “{label}”" for value, label in chosen}
        yield f"Asked on the form “{form.title}”", found


def _written(name: str) -> str:
    is_choice = "." in name and name not in GENERAL and not name.startswith(LAW)
    return f"(({name}??your text))" if is_choice or name.startswith(LAW) else f"(({name}))"
