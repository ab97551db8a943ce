"""The forms of a draft in words: what each is used for, its questions, and a question as a page has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from engine import form_editing, letter_editing
from engine.decision_editing import cites_of
from engine.draft_library import Checked
from engine.drafting import Draft
from engine.form_editing import WITH_CHOICES, Question
from engine.form_files import readable_form
from engine.forms import Field, Form
from engine.policy import PolicyVersion, bare, stage_of
from engine.refusals import BadAnswers
from engine.version_names import names_of
from engine.workflows import Workflows
from web import current, names, wording

TYPES: Mapping[str, str] = {
    "text": "A line of text",
    "long_text": "Text of several lines",
    "yes_no": "Yes or no",
    "choice": "One of several choices",
    "choices": "Any of several choices",
    "date": "A date",
    "whole_number": "A whole number",
    "email": "An e-mail address",
    "phone": "A telephone number",
    "person": "A person",
}
Sent = MultiDict[str, str]


@dataclass(frozen=True)
class FormLine:
    """A form in the list: what is recorded with it, how many questions it has, and how many problems."""

    name: str
    title: str
    used: tuple[str, ...]
    questions: int
    problems: int


@dataclass(frozen=True)
class FieldShown:
    """A question in the table of its form."""

    name: str
    label: str
    hint: str
    kind: str
    choices: tuple[str, ...]
    required: bool
    sensitive: bool
    shown_when: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Typed:
    """A question as a browser sent it: texts, as they were typed."""

    name: str = ""
    label: str = ""
    hint: str = ""
    type: str = "text"
    required: bool = False
    choices: str = ""
    other_allowed: bool = False
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sensitive: bool = False
    plausible: str = ""
    cites: str = ""
    after: str = ""

    def question(self, above: Sequence[Field]) -> Question:
        """The question it makes. Raises BadAnswers for choices that are none."""
        types = {one.name: one.type for one in above}
        shown: dict[str, tuple[str | bool, ...]] = {}
        for name, values in self.shown.items():
            is_yes_no = types.get(name) == "yes_no"
            shown[name] = tuple(value == "yes" for value in values) if is_yes_no else values
        return Question(
            label=self.label,
            type=self.type,
            hint=self.hint,
            required=self.required,
            choices=form_editing.choices_of(self.choices) if self.type in WITH_CHOICES else {},
            other_allowed=self.other_allowed,
            shown_when=shown,
            sensitive=self.sensitive,
            plausible=_plausible(self.type, self.plausible),
            cites=cites_of(self.cites),
        )


def path_of(name: str) -> str:
    return f"workflows/forms/{name}.yaml"


def form_of(draft: Draft, name: str) -> Form | None:
    """A form of the draft, right or wrong, where its text can be read at all."""
    text = draft.files.get(path_of(name))
    return readable_form(text, path_of(name))[0] if text is not None else None


def lines(found: Checked, draft: Draft) -> list[FormLine]:
    """Every form of the draft, in the order in which a case meets them."""
    workflows, version = found.library.workflows, found.version
    used = used_for(version, workflows) if version else {}
    there = {
        path.rpartition("/")[2].removesuffix(".yaml") for path in draft.files if path.startswith("workflows/forms/")
    }
    made = []
    for name in sorted(there, key=lambda one: (list(used).index(one) if one in used else len(used), one)):
        form, own = form_of(draft, name), path_of(name)
        problems = sum(1 for one in found.wrong if one.file == own)
        title = form.title if form and form.title else wording.plain(name)
        made.append(FormLine(name, title, used.get(name, ()), len(form.fields) if form else 0, problems))
    return made


def used_for(version: PolicyVersion, workflows: Workflows) -> dict[str, tuple[str, ...]]:
    """What is recorded with each form, in words, by the form's name."""
    there = names_of(version, workflows)
    messages = {name: one for (_, name), one in workflows.messages.items()}
    found: dict[str, list[str]] = {}
    for key, form in there.asking.items():
        definition = there.tasks.get(key) or messages.get(key) or messages.get(bare(key)) or workflows.facts.get(key)
        title = definition.title if definition else wording.plain(bare(key))
        stage = stage_of(key)
        words = f"{names.stage(version, stage)}: {title}" if stage else title
        found.setdefault(form, []).append(words)
    return {form: tuple(dict.fromkeys(words)) for form, words in found.items()}


def others_with(draft: Draft, name: str) -> list[str]:
    """The sealed versions that have a form of this name too: theirs stay as they are."""
    office = current.office()
    return [
        f"{one.book.version.landlord}, {one.book.version.title}"
        for key, one in sorted(office.shelved.items())
        if key != draft.key and name in one.book.workflows.forms
    ]


def fields(found: Checked, form: Form) -> list[FieldShown]:
    """The questions of a form in order, with what is wrong with each."""
    ends = [one.line for one in form.fields[1:]] + [10**9]
    return [
        FieldShown(
            one.name,
            one.label,
            one.hint,
            TYPES[one.type],
            tuple(one.choices.values()),
            one.required,
            one.sensitive,
            shown_when(form, one),
            problems_at(found, form, one.line, end),
        )
        for one, end in zip(form.fields, ends, strict=True)
    ]


def problems_at(found: Checked, form: Form, begins: int, end: int) -> tuple[str, ...]:
    """What is said of the lines of a form's file."""
    own = path_of(form.name)
    return tuple(f"{one.what} {one.mend}" for one in found.problems if one.file == own and begins <= one.line < end)


def shown_when(form: Form, one: Field) -> str:
    """When a question is asked, in words; empty where it always is."""
    said = []
    for name, values in one.shown_when.items():
        asked = form.field(name)
        labels = [_answer(asked, value) for value in values]
        said.append(f"“{asked.label if asked else name}” is {' or '.join(labels)}")
    return "only where " + " and ".join(said) if said else ""


def answers_of(one: Field) -> dict[str, str]:
    """The answers of a question that may decide whether another is asked; none where they cannot be listed."""
    return {"yes": "Yes", "no": "No"} if one.type == "yes_no" else dict(one.choices)


def above(form: Form, name: str) -> list[Field]:
    """The questions above one, that may decide whether it is asked; all of them for a new one."""
    place = form.names.index(name) if name in form.names else len(form.fields)
    return list(form.fields[:place])


def typed_of(one: Field) -> Typed:
    """A question that stands, as its page shows it."""
    plausible = one.plausible
    said = {True: "yes", False: "no"}[plausible] if isinstance(plausible, bool) else str(plausible or "")
    return Typed(
        name=one.name,
        label=one.label,
        hint=one.hint,
        type=one.type,
        required=one.required,
        choices=form_editing.choices_text(one.choices),
        other_allowed=one.other_allowed,
        shown={name: tuple(_sent(value) for value in values) for name, values in one.shown_when.items()},
        sensitive=one.sensitive,
        plausible=said,
        cites=", ".join(one.cites),
    )


def read(sent: Sent, name: str, above: Sequence[Field]) -> Typed:
    """A question as a browser sent it. The name of a new one is made of its label where none is given."""
    own = name or sent.get("name", "").strip() or letter_editing.key_of(sent.get("label", ""))
    shown = {one.name: tuple(sent.getlist(f"shown:{one.name}")) for one in above if sent.getlist(f"shown:{one.name}")}
    return Typed(
        name=own,
        label=sent.get("label", "").strip(),
        hint=sent.get("hint", "").strip(),
        type=sent.get("type", "text"),
        required="required" in sent,
        choices=sent.get("choices", "").replace("\r\n", "\n"),
        other_allowed="other_allowed" in sent,
        shown=shown,
        sensitive="sensitive" in sent,
        plausible=sent.get("plausible", "").strip(),
        cites=sent.get("cites", ""),
        after=sent.get("after", ""),
    )


def alone(form: Form, typed: Typed) -> tuple[Form, dict[str, object]]:
    """A form of one question as it was typed, with those it waits for, and the answers to these that make it asked:
    for its preview. Raises BadAnswers."""
    if not typed.label:
        raise BadAnswers({"label": "Enter what is asked"})
    question = typed.question(form.fields)
    if question.type in WITH_CHOICES and not question.choices:
        raise BadAnswers({"choices": "Write at least one choice, each on a line of its own"})
    made = Field(
        typed.name or "question",
        question.label,
        question.type if question.type in TYPES else "text",
        question.hint,
        question.required,
        question.choices,
        question.other_allowed,
        question.shown_when,
        question.sensitive,
    )
    waits_for = [replace(one, shown_when={}) for one in form.fields if one.name in question.shown_when]
    answers = {one.name: question.shown_when[one.name][0] for one in waits_for}
    chosen = {one.name: [answers[one.name]] for one in waits_for if one.type == "choices"}
    return Form("preview", form.title, (*waits_for, made)), {**answers, **chosen}


def _plausible(kind: str, text: str) -> str | bool | int | None:
    if not text:
        return None
    if kind == "yes_no":
        return {"yes": True, "no": False}.get(text.lower(), text)
    return int(text) if kind == "whole_number" and text.lstrip("-").isdecimal() and text.isascii() else text


def _sent(value: str | bool) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _answer(asked: Field | None, value: str | bool) -> str:
    text = _sent(value)
    labels = answers_of(asked) if asked else {}
    return f"“{labels.get(text, text)}”"
