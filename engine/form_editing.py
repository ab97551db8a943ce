"""What the pages of forms do to the text of `workflows/forms/NAME.yaml`: questions changed, added, moved, taken away.

Text in, text out; comments and everything not touched stay byte for byte. Raises BadAnswers with a sentence for each
field of the page that cannot be so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine import yaml_editing
from engine.form_files import ASKED_ALREADY
from engine.forms import TYPES, Field, Form, Unfit, clean_answer
from engine.letter_editing import key_of
from engine.refusals import BadAnswers
from engine.yaml_editing import FIRST
from engine.yaml_part import KEY
from engine.yaml_writing import Value

WITH_CHOICES = ("choice", "choices")


@dataclass(frozen=True)
class Question:
    """A question as somebody wrote it. `shown_when`: earlier questions and the answers of each that make it asked."""

    label: str
    type: str
    hint: str = ""
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    other_allowed: bool = False
    shown_when: Mapping[str, tuple[str | bool, ...]] = field(default_factory=dict)
    sensitive: bool = False
    plausible: str | bool | int | None = None
    cites: tuple[str, ...] = ()


def question_of(one: Field) -> Question:
    """A question of a form as it stands."""
    return Question(
        one.label,
        one.type,
        one.hint,
        one.required,
        dict(one.choices),
        one.other_allowed,
        dict(one.shown_when),
        one.sensitive,
        one.plausible,
        one.cites,
    )


def choices_of(text: str) -> dict[str, str]:
    """Choices that were typed one a line: `email: E-mail`, or only `E-mail`, whose value is made of its words.

    Raises BadAnswers where two choices have one value, or a line has no words.
    """
    found: dict[str, str] = {}
    for line in text.replace("\r", "").split("\n"):
        if not line.strip():
            continue
        value, colon, label = (part.strip() for part in line.partition(":"))
        if not colon or key_of(value) != value:
            value, label = key_of(line), line.strip()
        if not value or not label:
            raise BadAnswers(
                {"choices": f"'{line.strip()[:40]}' is no choice. Write a value and its words: email: E-mail"}
            )
        if value in found:
            raise BadAnswers({"choices": f"Two choices have the value '{value}'. Give each its own"})
        found[value] = label
    return found


def choices_text(choices: Mapping[str, str]) -> str:
    """The same the other way, as it is typed."""
    return "\n".join(f"{value}: {label}" for value, label in choices.items())


def set_title(text: str, form: Form, title: str) -> str:
    """The text with another title of the form."""
    title = " ".join(title.split())
    if not title:
        raise BadAnswers({"title": "Enter what the page is called"})
    return text if title == form.title else yaml_editing.put(text, ("title",), title)


def set_field(text: str, form: Form, name: str, now: Question) -> str:
    """The text with a question changed: only the keys that differ are touched."""
    place = form.names.index(name)
    _check(now, form.fields[:place])
    if place != len(form.fields) - 1:
        _check_asked_below(form, name, now)
    was, path = _value(question_of(form.fields[place])), ("fields", name)
    for key, value in _value(now).items():
        if was.get(key) != value:
            text = yaml_editing.put(text, (*path, key), value)
    for key in was.keys() - _value(now).keys():
        if yaml_editing.has(text, (*path, key)):
            text = yaml_editing.remove(text, (*path, key))
    return text


def add_field(text: str, form: Form, name: str, now: Question, *, after: str = "") -> str:
    """The text with one more question, behind another; empty `after`: at the end."""
    wrong = {}
    if not KEY.fullmatch(name):
        wrong["name"] = "Use lower-case letters, digits and single underscores, such as issue_occurred"
    elif name in form.names or name in ASKED_ALREADY:
        wrong["name"] = f"This form asks '{name}' already. Choose another name"
    place = _place_after(form, after)
    try:
        _check(now, form.fields[:place])
    except BadAnswers as bad:
        wrong |= bad.errors
    if wrong:
        raise BadAnswers(wrong)
    return yaml_editing.add(text, ("fields",), name, _value(now), after=after or None)


def remove_field(text: str, form: Form, name: str) -> str:
    """The text without a question. Raises BadAnswers where another is only asked because of it."""
    needs = [one.label for one in form.fields if name in one.shown_when]
    if needs:
        raise BadAnswers({name: f"'{needs[0]}' is asked only because of this question. Change that one first"})
    if len(form.fields) < 2:
        raise BadAnswers({name: "A form needs at least one question. Change this one instead"})
    return yaml_editing.remove(text, ("fields", name))


def move_field(text: str, form: Form, name: str, *, up: bool) -> str:
    """The text with a question one place higher or lower; as it is where there is no such place.

    Raises BadAnswers where it would stand before a question that decides whether it is asked.
    """
    names = list(form.names)
    place = names.index(name)
    target = place - 1 if up else place + 1
    if not 0 <= target < len(names):
        return text
    upper, lower = (name, names[target]) if up else (names[target], name)
    below = form.field(upper)
    if below and lower in below.shown_when:
        raise BadAnswers({name: f"'{below.label}' is asked only because of an answer above it, so it must stay below"})
    behind = target - 1 if up else target
    return yaml_editing.move(text, ("fields", name), after=names[behind] if behind >= 0 else FIRST)


def _place_after(form: Form, after: str) -> int:
    return form.names.index(after) + 1 if after in form.names else len(form.fields)


def _check(now: Question, above: Sequence[Field]) -> None:
    wrong: dict[str, str] = {}
    if not now.label.strip():
        wrong["label"] = "Enter what is asked"
    if now.type not in TYPES:
        wrong["type"] = "Choose what kind of answer it is"
    if now.type in WITH_CHOICES and not now.choices:
        wrong["choices"] = "Write at least one choice, each on a line of its own"
    below = [name for name in now.shown_when if name not in (one.name for one in above)]
    if below:
        wrong["shown_when"] = f"'{below[0]}' stands below this question, so its answer is not known yet"
    wrong = wrong or _wrong_example(now)
    if wrong:
        raise BadAnswers(wrong)


def _wrong_example(now: Question) -> dict[str, str]:
    """What is wrong with the answer that stories give where they say nothing."""
    asked = Field("plausible", "The made-up answer", now.type, choices=now.choices, other_allowed=now.other_allowed)
    try:
        clean_answer(asked, now.plausible)
    except Unfit as unfit:
        return {"plausible": str(unfit)}
    return {}


def _check_asked_below(form: Form, name: str, now: Question) -> None:
    """Raises BadAnswers where a question below is asked for an answer that would no longer be there."""
    for one in form.fields:
        for wanted in one.shown_when.get(name, ()):
            is_there = isinstance(wanted, bool) if now.type == "yes_no" else wanted in now.choices
            if not is_there:
                said = (
                    f"'{one.label}' is asked when the answer here is '{wanted}'. Keep that answer, or change it there"
                )
                raise BadAnswers({"choices" if now.type in WITH_CHOICES else "type": said})


def _value(now: Question) -> dict[str, Value]:
    """A question as the file has it: only what differs from what is usual."""
    is_choice = now.type in WITH_CHOICES
    shown: dict[str, Value] = {
        name: list(values) if len(values) > 1 else values[0] for name, values in now.shown_when.items()
    }
    whole: dict[str, Value] = {
        "label": " ".join(now.label.split()),
        "hint": " ".join(now.hint.split()),
        "type": now.type,
        "required": now.required,
        "sensitive": now.sensitive,
        "plausible": now.plausible,
        "choices": dict(now.choices) if is_choice else {},
        "other_allowed": is_choice and now.other_allowed,
        "shown_when": shown,
        "cites": list(now.cites),
    }
    return {key: value for key, value in whole.items() if _is_said(key, value)}


def _is_said(key: str, value: Value) -> bool:
    """Whether a key is written: an answer of a story may be "no", any other key says something or is left out."""
    return value not in (None, "") if key == "plausible" else bool(value)
