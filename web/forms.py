"""A form of `workflows/forms` as GOV.UK HTML: `fields(form, answers, problems)`, keeping what was typed.

Works without JavaScript: a question shown only for one answer stands inside that answer. `web.answers` reads back what
the browser sends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from engine.forms import LONGEST, Field, Form
from web import wording
from web.answers import DATE_PARTS, HAPPENED, OTHER, Answers, as_list, as_sent

Problems = Mapping[str, str]
Choices = Mapping[str, Mapping[str, str]]

MOST_RADIOS = 8  # a longer list of choices becomes a select
YES_NO = {"yes": "Yes", "no": "No"}
WHEN = Field(HAPPENED, "When did this happen?", "date", "Leave the time empty if you do not know it.", required=True)


def field_id(name: str) -> str:
    """The id of a field's first input, which the error summary links to."""
    return f"answer-{name}"


def fields(
    form: Form,
    answers: Answers,
    problems: Problems | None = None,
    *,
    choices: Choices | None = None,
    when: str = "",
    asks_when: bool = True,
) -> Markup:
    """Every field of the form in order, as HTML, with what was typed and what is wrong with it.

    First comes when it happened, asked in the words of `when` if given, unless `asks_when` is false: an earlier page
    asked it. `choices` gives the values and labels of fields whose choices are not in the file
    (`{"approved_by": {id: name}}`).
    """
    first = replace(WHEN, label=when) if when else WHEN
    asked = (first, *form.fields) if asks_when else form.fields
    page = _Page(asked, answers, problems or {}, choices or {})
    return Markup("\n").join(page.field(field) for field in page.fields if not page.parent(field))


def error_list(form: Form, problems: Problems) -> list[dict[str, str]]:
    """The problems in the order of the form, each with the address of its field, for `ui.error_summary`."""
    by_name = {HAPPENED: WHEN} | {field.name: field for field in form.fields}
    order = list(by_name)
    listed = sorted(problems, key=lambda name: order.index(name) if name in by_name else len(order))
    return [{"text": problems[name]} | _address(by_name.get(name)) for name in listed]


def _address(field: Field | None) -> dict[str, str]:
    if field is None:
        return {}
    return {"href": f"#{field_id(field.name)}" + ("-day" if field.type == "date" else "")}


def shown(field: Field, answer: Any, choices: Mapping[str, str] | None = None) -> str:
    """An answer in words, for a summary: the labels of what was chosen, a date in words."""
    labels = choices or field.choices
    if field.type == "choices":
        return wording.listed([labels.get(one, one) for one in as_list(answer)])
    text = as_sent(answer)
    if field.type == "yes_no":
        return YES_NO.get(text, text)
    if field.type == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return wording.day(date.fromisoformat(text))
    return labels.get(text, text)


class _Page:
    """One rendering of a form: which field stands inside which answer, and the macros called from Python."""

    def __init__(self, fields: tuple[Field, ...], answers: Answers, problems: Problems, choices: Choices) -> None:
        self.fields, self.answers, self.problems, self.choices = fields, answers, problems, choices

    def parent(self, field: Field) -> tuple[Field, str] | None:
        """The field and answer inside which this one is asked; None where it always stands open.

        A field asked for several answers of another stands open, for it cannot stand inside each of them.
        """
        for name, wanted in field.shown_when.items():
            asker = next((one for one in self.fields if one.name == name), None)
            if asker and len(wanted) == 1:
                return asker, as_sent(wanted[0])
        return None

    def inside(self, field: Field, value: str) -> Markup | None:
        """The questions asked only for this answer of the field."""
        nested = [one for one in self.fields if self.parent(one) == (field, value)]
        return Markup("\n").join(self.field(one) for one in nested) or None

    def labels(self, field: Field) -> Mapping[str, str]:
        return self.choices.get(field.name) or field.choices

    def field(self, field: Field) -> Markup:
        draw: Callable[[Field], Markup] = {
            "long_text": self.textarea,
            "yes_no": self.radios,
            "choice": self.choice,
            "choices": self.checkboxes,
            "date": self.date,
            "person": self.person,
        }.get(field.type, self.input)
        return draw(field)

    def parts(self, field: Field) -> dict[str, Any]:
        """What every macro takes: name, hint and error."""
        hint = " ".join(text for text in (field.hint, _SENSITIVE if field.sensitive else "") if text)
        problem = self.problems.get(field.name)
        return {
            "name": field.name,
            "hint": {"text": hint} if hint else None,
            "errorMessage": {"text": problem} if problem else None,
        }

    def label(self, field: Field) -> dict[str, str]:
        return {"text": _asked(field), "classes": "govuk-label--s"}

    def fieldset(self, field: Field) -> dict[str, Any]:
        return {"legend": {"text": _asked(field), "classes": "govuk-fieldset__legend--s"}}

    def value(self, field: Field) -> str:
        return as_sent(self.answers.get(field.name))

    def input(self, field: Field) -> Markup:
        extra = _INPUTS.get(field.type, {})
        own = {"id": field_id(field.name), "label": self.label(field), "value": self.value(field)}
        return macro("input", self.parts(field) | extra | own)

    def textarea(self, field: Field) -> Markup:
        # A macro that indents what stands inside an answer must not indent what a person typed.
        value = Markup(str(escape(self.value(field))).replace("\n", "&#10;"))
        own = {"id": field_id(field.name), "label": self.label(field), "value": value, "rows": 5}
        return macro("character-count", self.parts(field) | own | {"maxlength": LONGEST["long_text"], "threshold": 75})

    def person(self, field: Field) -> Markup:
        return self.select(field) if self.labels(field) else self.input(field)

    def choice(self, field: Field) -> Markup:
        has_inside = any((self.parent(one) or (None,))[0] == field for one in self.fields)
        is_long = len(self.labels(field)) > MOST_RADIOS
        return self.select(field) if is_long and not has_inside and not field.other_allowed else self.radios(field)

    def select(self, field: Field) -> Markup:
        value = self.value(field)
        items = [{"value": "", "text": "Choose one"}]
        items += [{"value": key, "text": text, "selected": key == value} for key, text in self.labels(field).items()]
        own = {"id": field_id(field.name), "label": self.label(field), "items": items}
        return macro("select", self.parts(field) | own)

    def radios(self, field: Field) -> Markup:
        labels = YES_NO if field.type == "yes_no" else self.labels(field)
        items = self.items(field, labels, [self.value(field)])
        has_inside = any(item["conditional"] for item in items)
        own = {"idPrefix": field_id(field.name), "fieldset": self.fieldset(field), "items": items}
        own["classes"] = "govuk-radios--inline" if field.type == "yes_no" and not has_inside else ""
        return macro("radios", self.parts(field) | own)

    def checkboxes(self, field: Field) -> Markup:
        items = self.items(field, self.labels(field), as_list(self.answers.get(field.name)))
        own = {"idPrefix": field_id(field.name), "fieldset": self.fieldset(field), "items": items}
        return macro("checkboxes", self.parts(field) | own)

    def items(self, field: Field, labels: Mapping[str, str], chosen: Iterable[str]) -> list[dict[str, Any]]:
        """The answers to choose from, each with the questions inside it."""
        chosen = [one for one in chosen if one]
        items = []
        for value, text in labels.items():
            inside = self.inside(field, value)
            conditional = {"html": inside} if inside else None
            items.append({"value": value, "text": text, "checked": value in chosen, "conditional": conditional})
        if field.other_allowed:
            typed = wording.listed([one for one in chosen if one not in labels])
            box = _other_box(field, typed)
            conditional = {"html": box}
            items.append({"value": OTHER, "text": "Something else", "checked": bool(typed), "conditional": conditional})
        return items

    def date(self, field: Field) -> Markup:
        text, _, time = self.value(field).partition("T")
        year, month, day = [*text.split("-"), "", ""][:3]
        values = {"day": _plain_number(day), "month": _plain_number(month), "year": year}
        is_wrong = "govuk-input--error" if field.name in self.problems else ""
        items = [{"name": part, "classes": f"{_WIDTHS[part]} {is_wrong}", "value": values[part]} for part in DATE_PARTS]
        own = {"id": field_id(field.name), "namePrefix": field.name, "fieldset": self.fieldset(field), "items": items}
        if field.name == HAPPENED:
            own["formGroup"] = {"afterInputs": {"html": _time_box(field, time)}}
        return macro("date-input", self.parts(field) | own)


_WIDTHS = {"day": "govuk-input--width-2", "month": "govuk-input--width-2", "year": "govuk-input--width-4"}
_SENSITIVE = "Only people with the right to see it will see this, and each view is recorded."
_INPUTS: dict[str, dict[str, Any]] = {
    "email": {"type": "email", "spellcheck": False, "autocomplete": "off"},
    "phone": {"type": "tel", "classes": "govuk-input--width-20", "autocomplete": "off"},
    "whole_number": {"inputmode": "numeric", "classes": "govuk-input--width-5"},
}


def _asked(field: Field) -> str:
    return field.label if field.required else f"{field.label} (optional)"


def _plain_number(text: str) -> str:
    return text.lstrip("0") or text


def _other_box(field: Field, typed: str) -> Markup:
    name, label = f"{field.name}-other", {"text": "What else?"}
    return macro("input", {"id": field_id(name), "name": name, "label": label, "value": typed})


def _time_box(field: Field, typed: str) -> Markup:
    name, label = f"{field.name}-time", {"text": "Time", "classes": "govuk-date-input__label"}
    box = {"id": field_id(name), "name": name, "label": label, "value": typed, "classes": "govuk-input--width-4"}
    return Markup('<div class="govuk-date-input__item govuk-!-margin-right-0">{}</div>').format(macro("input", box))


def macro(component: str, parameters: dict[str, Any]) -> Markup:
    """Call a macro of govuk-frontend-jinja: `date-input` is `govukDateInput`."""
    template = current_app.jinja_env.get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    name = "govuk" + "".join(word.capitalize() for word in component.split("-"))
    given = {key: value for key, value in parameters.items() if value is not None}
    return Markup(getattr(template.module, name)(given))
