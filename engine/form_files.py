"""Form files: `workflows/forms/NAME.yaml` in; a `Form`, or every problem in the file, out."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from engine import yaml_part, yaml_text
from engine.forms import TYPES, Answer, Field, Form, Unfit, check_answers, clean_answer, json_schema, plausible
from engine.problems import Problem, did_you_mean
from engine.read_once import read_once
from engine.yaml_guesses import Value

__all__ = ["Answer", "Field", "Form", "check_answers", "json_schema", "plausible", "read_form"]

FORM_KEYS = ("form", "title", "fields")
FIELD_KEYS = (
    "label", "hint", "type", "required", "choices", "other_allowed", "shown_when", "sensitive", "plausible", "cites",
)  # fmt: skip
#: what the engine itself asks on every form
ASKED_ALREADY = ("happened",)
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def read_form(text: bytes, file: str) -> tuple[Form | None, list[Problem]]:
    """The form of a file, or None with every problem in it. The file's name must be the form's."""
    form, problems = readable_form(text, file)
    return (None if problems else form), problems


@read_once
def readable_form(text: bytes, file: str) -> tuple[Form | None, list[Problem]]:
    """What can be read of a form file, with every problem in it: for holding other files against it, not for use."""
    part, problems = yaml_part.whole(text, file, "The form file")
    if part is None:
        return None, problems
    part.only(FORM_KEYS)
    name = part.text("form", example=PurePosixPath(file).stem)
    if name and name != PurePosixPath(file).stem:
        mend = f"Write 'form: {PurePosixPath(file).stem}', or rename the file."
        part.problem(part.line_of("form"), f"The form is called '{name}' and its file is not.", mend)
    title = part.text("title", example="What the page is called")
    fields: list[Field] = []
    for key, child in part.each("fields", "Field", needed=True):
        fields.append(_read_field(key, child, fields))
    return Form(name, title, tuple(fields), file), sorted(problems)


def _read_field(name: str, part: yaml_part.Part, before: list[Field]) -> Field:
    part.only(FIELD_KEYS)
    if not _NAME.fullmatch(name):
        mend = "Use lower-case letters, digits and single underscores: issue_occurred."
        part.problem(part.line, f"'{name}' cannot be the name of a field.", mend)
    if name in ASKED_ALREADY:
        part.problem(part.line, f"Every form asks '{name}' already.", "Delete this field.")
    kind = part.text("type", example="text")
    if kind and kind not in TYPES:
        what = f"{part.about} has the type '{kind}', which does not exist."
        part.problem(part.line_of("type"), what, did_you_mean(kind, TYPES))
    question = Field(
        name=name,
        label=part.text("label", example="What is asked"),
        type=kind if kind in TYPES else "text",
        hint=part.text("hint"),
        required=part.flag("required"),
        choices=_choices(part, kind),
        other_allowed=part.flag("other_allowed"),
        shown_when=_shown_when(part, before),
        sensitive=part.flag("sensitive"),
        plausible=_value(part, "plausible"),
        cites=part.words("cites"),
        line=part.line,
    )
    if question.other_allowed and kind not in ("choice", "choices"):
        mend = "Delete it, or make the type choice."
        part.problem(part.line_of("other_allowed"), f"{part.about} has 'other_allowed' and no choices.", mend)
    _check_plausible(part, question)
    return question


def _choices(part: yaml_part.Part, kind: str) -> dict[str, str]:
    has, needs = "choices" in part.node, kind in ("choice", "choices")
    if has and not needs:
        mend = "Make the type choice, or delete the choices."
        part.problem(part.line_of("choices"), f"{part.about} has choices, and its type is not choice.", mend)
    choices = part.named_values("choices")
    if needs and not choices:
        part.problem(part.line, f"{part.about} has no choices.", "Add 'choices: {email: E-mail, post: Letter}'.")
    return choices


def _shown_when(part: yaml_part.Part, before: list[Field]) -> dict[str, tuple[str | bool, ...]]:
    when = part.part("shown_when", f"{part.about}, 'shown_when',")
    shown: dict[str, tuple[str | bool, ...]] = {}
    for name, node in when.node.items() if when else ():
        asked = next((question for question in before if question.name == name), None)
        if asked is None:
            what = f"{part.about} is shown when '{name}' is answered, and no field above it has that name."
            part.problem(part.line_of("shown_when"), what, did_you_mean(name, [question.name for question in before]))
            continue
        items = tuple(node) if isinstance(node, yaml_text.Sequence) else (node,)
        values = (item.value if isinstance(item, yaml_text.Scalar) else None for item in items)
        shown[name] = tuple(_wanted(part, asked, value) for value in values)
    return shown


def _wanted(part: yaml_part.Part, asked: Field, value: Value) -> str | bool:
    if asked.type == "yes_no" and isinstance(value, bool):
        return value
    if asked.type in ("choice", "choices") and isinstance(value, str) and value in asked.choices:
        return value
    known = ["true", "false"] if asked.type == "yes_no" else list(asked.choices)
    what = f"{part.about} is shown when '{asked.name}' is {value}, which it can never be."
    part.problem(part.line_of("shown_when"), what, did_you_mean(str(value), known))
    return ""


def _value(part: yaml_part.Part, key: str) -> str | bool | int | None:
    node = part.node.get(key)
    if node is None:
        return None
    if isinstance(node, yaml_text.Scalar) and isinstance(node.value, str | bool | int):
        return node.value
    part.problem(part.line_of(key), f"{part.about} has something under '{key}' that is no answer.", "Write one value.")
    return None


def _check_plausible(part: yaml_part.Part, question: Field) -> None:
    if question.plausible is None or (question.type in ("choice", "choices") and not question.choices):
        return
    try:
        clean_answer(question, question.plausible)
    except Unfit as error:
        what = f"{part.about} would not accept its own plausible answer."
        part.problem(part.line_of("plausible"), what, error.mend)
