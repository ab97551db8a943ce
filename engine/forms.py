"""Forms: what a task or message asks, and what is made of the answers.

The same checks serve the web pages, the stories and the programming interface: `check_answers` gives back clean
values and a sentence for each field that cannot be accepted. Values are text, yes or no, whole numbers and lists of
texts; a date is its ISO text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.problems import did_you_mean

TYPES = ("text", "long_text", "yes_no", "choice", "choices", "date", "whole_number", "email", "phone", "person")
LONGEST = {"text": 500, "long_text": 20_000, "email": 254, "phone": 40, "person": 200, "choice": 200, "choices": 200}
MOST_CHOSEN = 50

Answer = str | bool | int | list[str]


@dataclass(frozen=True)
class Field:
    """One question. `shown_when` names earlier fields and the values of each that make this one asked; `sensitive`
    fields (health, vulnerability, adjustments) need a right of their own to be seen."""

    name: str
    label: str
    type: str
    hint: str = ""
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)  # value -> label
    other_allowed: bool = False  # a choice may be answered with a text that is not listed
    shown_when: Mapping[str, tuple[str | bool, ...]] = field(default_factory=dict)
    sensitive: bool = False
    plausible: str | bool | int | None = None  # what a story answers where it says nothing
    cites: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Form:
    """A form file: its questions in order. The question when it happened is added by whoever shows it."""

    name: str
    title: str
    fields: tuple[Field, ...]
    file: str = ""

    def field(self, name: str) -> Field | None:
        """The question of this name, None where the form does not ask it."""
        return next((question for question in self.fields if question.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(question.name for question in self.fields)


class Unfit(ValueError):
    """An answer that cannot be accepted; its text is the sentence the person who gave it reads."""

    @property
    def mend(self) -> str:
        """The same for the author of a file: what to write, as a sentence."""
        said = str(self).partition(": ")[2] or str(self)
        return said[:1].upper() + said[1:] + ("" if said.endswith((".", "?")) else ".")


def is_shown(question: Field, values: Mapping[str, object]) -> bool:
    """Whether a question is asked at all, given the answers to those before it."""
    return all(_meets(values.get(name), wanted) for name, wanted in question.shown_when.items())


def check_answers(
    form: Form, answers: Mapping[str, object], *, also: Collection[str] = ("happened",)
) -> tuple[dict[str, Answer], dict[str, str]]:
    """The clean values of the questions that are asked and were answered, and a sentence for each that is wrong.

    Answers to questions that are not asked (`shown_when` does not hold) are dropped. A name that is no question is
    an error under that name, unless it is one of `also`, which the caller looks after.
    """
    clean: dict[str, Answer] = {}
    errors: dict[str, str] = {}
    for question in form.fields:
        if not is_shown(question, clean):
            continue
        try:
            value = clean_answer(question, answers.get(question.name))
        except Unfit as error:
            errors[question.name] = str(error)
            continue
        if value is not None:
            clean[question.name] = value
        elif question.required:
            errors[question.name] = missing_sentence(question)
    for name in answers:
        if name not in form.names and name not in also:
            about = f"The form '{form.name}' does not ask for '{name[:60]}'."
            errors[name] = f"{about} {did_you_mean(name, [*form.names, *also])}"
    return clean, errors


def plausible(form: Form, given: Mapping[str, object], day: date) -> dict[str, object]:
    """What was given, and for each required question left out an answer it would accept; dates get `day`.

    What was given as an empty text is not left out: so a story can say that nothing was answered.
    """
    filled = dict(given)
    for question in form.fields:
        if question.required and question.name not in given and is_shown(question, filled):
            filled[question.name] = _plausible(question, day)
    return filled


def json_schema(form: Form) -> dict[str, object]:
    """The form as a JSON Schema (2020-12) for programs that send answers. What is asked only sometimes is optional."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title,
        "type": "object",
        "properties": {
            "happened": {"title": "When it happened", "type": "string"},
            **{question.name: _field_schema(question) for question in form.fields},
        },
        "required": [question.name for question in form.fields if question.required and not question.shown_when],
        "additionalProperties": False,
    }


def missing_sentence(question: Field) -> str:
    """What is said where a required answer is missing."""
    if question.label.endswith("?"):
        return f"Answer the question: {question.label}"
    if question.type == "yes_no":
        return f"Say yes or no: {question.label}"
    verb = "Choose" if question.type in ("choice", "choices") else "Enter"
    begins = _in_a_sentence(question.label)
    first = begins.split(" ")[0]
    if first in ("what", "when", "where", "who", "why", "how", "which"):
        return f"Say {begins}"
    return f"{verb} {begins}" if first in ("the", "our", "a", "an", "your", "their") else f"{verb} the {begins}"


def clean_answer(question: Field, given: object) -> Answer | None:
    """An answer as it is kept, None where nothing was said. Raises Unfit with a sentence for the person."""
    if isinstance(given, str):
        given = clean_text(given, question.label)
    if given is None or given in ("", [], ()):
        return None
    kept = _CLEANERS[question.type](question, given)
    return None if kept in ("", []) else kept  # a list of empty choices says as little as no list


def clean_text(given: str, label: str = "This") -> str:
    """Text at the border: composed (NFC), trimmed, one kind of line ending. Raises Unfit for what cannot be stored."""
    text = given.replace("\r\n", "\n").replace("\r", "\n")
    rest = text.replace("\n", "").replace("\t", "")
    if not rest.isprintable() and any(_is_forbidden(mark) for mark in rest):  # a look at each letter is dear
        raise Unfit(f"{label}: remove the characters that cannot be seen")
    return unicodedata.normalize("NFC", text).strip()


def _is_forbidden(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cs")


def _meets(value: object, wanted: tuple[str | bool, ...]) -> bool:
    if isinstance(value, list | tuple):
        return any(one in wanted for one in value)
    return any(type(value) is type(one) and value == one for one in wanted)


def _in_a_sentence(label: str) -> str:
    begins_with_a_word = label[1:2].islower() or label[1:2] in ("-", " ")
    return label[:1].lower() + label[1:] if begins_with_a_word and not label.startswith("I ") else label


def _text(question: Field, given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float | date):
        raise Unfit(f"{question.label}: enter text")
    text = given if isinstance(given, str) else str(given)
    longest = LONGEST[question.type]
    if len(text) > longest:
        raise Unfit(f"{question.label}: {len(text):,} characters are too many. Use {longest:,} or fewer")
    return text if question.type == "long_text" else " ".join(text.split())


def _yes_no(question: Field, given: object) -> bool:
    known: dict[object, bool] = {"yes": True, "no": False, "true": True, "false": False}
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given.lower() in known:
        return known[given.lower()]
    raise Unfit(f"{question.label}: choose yes or no")


def _choice(question: Field, given: object) -> str:
    if isinstance(given, bool):  # what a story writes as yes or no, unquoted
        given = "yes" if given else "no"
    text = _text(question, given)
    if text not in question.choices and not question.other_allowed:
        raise Unfit(
            f"{question.label}: '{text[:60]}' is not one of the choices. {did_you_mean(text, question.choices)}"
        )
    return text


def _choices(question: Field, given: object) -> list[str]:
    items: Iterable[object] = given if isinstance(given, list | tuple) else [given]
    chosen: list[str] = []
    for item in items:
        text = clean_text(item, question.label) if isinstance(item, str) else item
        if text not in (None, ""):
            chosen.append(_choice(question, text))
    if len(chosen) > MOST_CHOSEN:
        raise Unfit(f"{question.label}: choose at most {MOST_CHOSEN}")
    return list(dict.fromkeys(chosen))


_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_BRITISH = re.compile(r"(?P<day>\d{1,2})[ /.-](?P<month>\d{1,2})[ /.-](?P<year>\d{4})")


def _date(question: Field, given: object) -> str:
    text = str(given)
    written = _ISO.fullmatch(text) or _BRITISH.fullmatch(text)
    try:
        if written and re.fullmatch(r"[0-9./ -]+", text):
            day = date(*(int(written[part]) for part in ("year", "month", "day")))
            if 1900 <= day.year <= 2199:
                return day.isoformat()
    except ValueError:
        pass
    raise Unfit(f"{question.label}: enter a real date, such as 27 3 2024")


def _whole_number(question: Field, given: object) -> int:
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 10**9:
        return given
    if isinstance(given, str) and re.fullmatch(r"-?[0-9]{1,9}", given):
        return int(given)
    raise Unfit(f"{question.label}: enter a whole number, such as 12")


def _email(question: Field, given: object) -> str:
    text = _text(question, given)
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", text):
        raise Unfit(f"{question.label}: enter an e-mail address, such as name@example.org")
    return text


def _phone(question: Field, given: object) -> str:
    text = _text(question, given)
    if not re.fullmatch(r"\+?[0-9() .-]{5,}( ?(ext|x)\.? ?[0-9]+)?", text, re.ASCII | re.IGNORECASE):
        raise Unfit(f"{question.label}: enter a telephone number, such as 01632 960 001")
    return text


_CLEANERS: dict[str, Callable[[Field, object], Answer]] = {
    "text": _text, "long_text": _text, "person": _text, "yes_no": _yes_no, "choice": _choice, "choices": _choices,
    "date": _date, "whole_number": _whole_number, "email": _email, "phone": _phone,
}  # fmt: skip
_MADE_UP: dict[str, Answer] = {
    "text": "As recorded.", "long_text": "As recorded.", "person": "A. Resident", "yes_no": True, "whole_number": 1,
    "email": "resident@example.org", "phone": "01632 960 001",
}  # fmt: skip


def _plausible(question: Field, day: date) -> Answer:
    if question.type == "date":
        return str(question.plausible or day.isoformat())
    if question.type == "choices":
        return [str(question.plausible or next(iter(question.choices), "As recorded."))]
    if question.plausible is not None:
        return question.plausible
    return next(iter(question.choices), "") if question.type == "choice" else _MADE_UP[question.type]


def _field_schema(question: Field) -> dict[str, object]:
    schema: dict[str, object] = {"title": question.label}
    if question.hint:
        schema["description"] = question.hint
    one_of = {"type": "string"} if question.other_allowed else {"type": "string", "enum": list(question.choices)}
    kinds: dict[str, dict[str, object]] = {
        "yes_no": {"type": "boolean"}, "whole_number": {"type": "integer"}, "choice": dict(one_of),
        "date": {"type": "string", "format": "date"}, "email": {"type": "string", "format": "email"},
        "choices": {"type": "array", "items": one_of, "uniqueItems": True},
    }  # fmt: skip
    text: dict[str, object] = {"type": "string", "maxLength": LONGEST.get(question.type, 500)}
    return {**schema, **kinds.get(question.type, text)}
