"""What an event says, on the page that corrects it: its form with the answers that stand, and what was changed.

On the page the names begin with `said_`, for the page has questions of its own (`reason`, `kind`). Private answers are
asked only where somebody with the right has opened them; else they stay as they are, and so does every answer that
nobody touched, even one that the form would no longer take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request

from engine.case_files import CaseFile
from engine.events import CaseEvent
from engine.forms import Field, Form, check_answers, is_shown
from engine.refusals import BadAnswers
from engine.store import acts
from web import answers, case_rights, current, event_words
from web.colleagues import people_of

PREFIX = "said_"
ASKED = "answers_asked"  # posted by a page that asked for the answers at all
EMPTY = (None, "", [])


def form_of(file: CaseFile, stands: CaseEvent) -> Form:
    """The form the event was recorded with. An answer that stands is a choice, whatever the form lists now."""
    form = event_words.form_of(file, stands.name) or Form(stands.name, "", ())
    named = people_of(file) if any(one.type == "person" for one in form.fields) else {}
    return replace(form, fields=tuple(_takes(one, stands, named.get(one.name, {})) for one in form.fields))


def on_page(form: Form, *, with_private: bool) -> Form:
    """The questions as the page asks them."""
    asked = [one for one in form.fields if with_private or not one.sensitive]
    return replace(form, fields=tuple(_prefixed(one) for one in asked))


def standing(form: Form, stands: CaseEvent, *, private: bool) -> dict[str, Any]:
    """The answers that stand, under the names of the page: those that are private, or those that are not."""
    said = {one.name: stands.fields.get(one.name) for one in form.fields if one.sensitive == private}
    return {PREFIX + name: value for name, value in said.items() if value not in EMPTY}


def typed(form: Form, *, with_private: bool) -> dict[str, Any]:
    """What was typed, under the names of the page."""
    return answers.read(on_page(form, with_private=with_private), request.form)


def mended(form: Form, stands: CaseEvent, given: Mapping[str, Any], *, with_private: bool) -> dict[str, object]:
    """The answers that somebody touched; None for one that was taken away.

    Raises BadAnswers with a sentence for each that cannot be accepted, under the names of the page.
    """
    asked = [one for one in form.fields if with_private or not one.sensitive]
    was = {one.name: stands.fields.get(one.name) for one in form.fields}
    told = was | {one.name: _meant(one, given.get(PREFIX + one.name)) for one in asked}
    clean, errors = check_answers(form, told)
    touched = [one for one in asked if not _is_untouched(one, told, was)]
    wrong = {PREFIX + one.name: errors[one.name] for one in touched if one.name in errors}
    if wrong:
        raise BadAnswers(wrong)
    return {one.name: clean.get(one.name) for one in touched}


def is_private_open(file: CaseFile) -> bool:
    """Whether the page showed the private answers, to somebody with the right to see them."""
    return request.form.get("private") == "yes" and case_rights.may_see_private(current.person(), file)


def private_of(file: CaseFile, form: Form) -> str:
    """What the page says of private answers it does not show: that they may be opened, or that others correct them."""
    if not any(one.sensitive for one in form.fields):
        return ""
    return "may_open" if case_rights.may_see_private(current.person(), file) else "others"


def record_view(file: CaseFile) -> None:
    """Record that the private answers were shown."""
    with current.database().writing() as tx:
        about = f"case {file.reference}"
        acts.record_act(tx, current.person_id(), what="viewed_private_details", about=about, now=current.now())


def _takes(field: Field, stands: CaseEvent, people: Mapping[str, str]) -> Field:
    """The question, with the people it may name and the answer that stands among its choices."""
    value = stands.fields.get(field.name)
    listed = {**field.choices, **people}
    is_listing = field.type == "choices" or (listed and not field.other_allowed and field.type in ("choice", "person"))
    kept = (answers.as_list(value) or [str(value)]) if is_listing and value not in EMPTY else []
    return replace(field, choices=listed | {one: one for one in kept if one not in listed})


def _prefixed(field: Field) -> Field:
    shown_when = {PREFIX + name: wanted for name, wanted in field.shown_when.items()}
    return replace(field, name=PREFIX + field.name, shown_when=shown_when)


def _is_untouched(field: Field, told: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    """Whether an answer is the one that stands, to a question that is asked now as it was before."""
    return _sent(told[field.name]) == _sent(was[field.name]) and is_shown(field, told) == is_shown(field, was)


def _meant(field: Field, value: Any) -> Any:
    """A browser's yes or no as what it means, for the questions that hang on it."""
    return {"yes": True, "no": False}.get(value, value) if field.type == "yes_no" and value is not None else value


def _sent(value: Any) -> Any:
    return answers.as_list(value) if isinstance(value, (list, tuple)) else answers.as_sent(value).strip()
