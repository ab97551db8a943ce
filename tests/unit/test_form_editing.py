"""Changing a form question by question touches that question alone, and never asks for an answer that is not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import form_editing
from engine.form_editing import Question, question_of
from engine.form_files import read_form
from engine.forms import Form
from engine.refusals import BadAnswers

FORMS = sorted((Path(__file__).parents[2] / "workflows/forms").glob("*.yaml"))
TEXT = next(path for path in FORMS if path.stem == "triage_council").read_text(encoding="utf-8")


def form(text: str = TEXT, name: str = "triage_council") -> Form:
    found, problems = read_form(text.encode(), f"workflows/forms/{name}.yaml")
    assert found is not None, problems
    return found


def question(name: str, text: str = TEXT) -> Question:
    found = form(text).field(name)
    assert found is not None
    return question_of(found)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_question_saved_as_it_stands_is_the_same_to_the_byte(path):
    text = path.read_text(encoding="utf-8")
    there = form(text, path.stem)
    for one in there.fields:
        assert form_editing.set_field(text, there, one.name, question_of(one)) == text


def test_a_question_is_changed_and_the_others_stay():
    now = Question("Who replies?", "choice", "Ask: first.", True, {"us": "Us", "them": "Them?"}, True)
    after = form(form_editing.set_field(TEXT, form(), "replying_team", now))
    changed = after.field("replying_team")
    assert changed is not None
    assert question_of(changed) == now
    assert [one.name for one in after.fields] == [one.name for one in form().fields]
    same = [one for one in after.names if one != "replying_team"]
    assert [question(one) for one in same] == [question_of(after.fields[after.names.index(one)]) for one in same]


def test_a_question_is_added_moved_and_removed_and_the_text_is_as_it_was():
    new = Question("Since when?", "date", shown_when={"kind": ("complaint", "comment")})
    added = form_editing.add_field(TEXT, form(), "since", new, after="kind")
    assert form(added).names[1] == "since"
    down = form_editing.move_field(added, form(added), "since", up=False)
    assert form(down).names[2] == "since"
    assert form_editing.move_field(down, form(down), "since", up=True) == added
    assert form_editing.remove_field(added, form(added), "since") == TEXT


def test_a_question_that_another_waits_for_is_neither_removed_nor_put_below_it():
    with pytest.raises(BadAnswers, match="asked only because"):
        form_editing.remove_field(TEXT, form(), "is_at_risk")
    with pytest.raises(BadAnswers, match="must stay below"):
        form_editing.move_field(TEXT, form(), "urgent_action", up=True)


def test_an_answer_that_another_question_waits_for_is_not_taken_away():
    fewer = {key: label for key, label in question("decision").choices.items() if key != "refuse"}
    with pytest.raises(BadAnswers, match="refuse"):
        form_editing.set_field(TEXT, form(), "decision", replace(question("decision"), choices=fewer))


def test_a_question_may_only_wait_for_one_above_it():
    late = replace(question("kind"), shown_when={"decision": ("refuse",)})
    with pytest.raises(BadAnswers) as refused:
        form_editing.set_field(TEXT, form(), "kind", late)
    assert list(refused.value.errors) == ["shown_when"]


@pytest.mark.parametrize(
    ("now", "field"),
    [
        (Question("", "text"), "label"),
        (Question("What?", "colour"), "type"),
        (Question("What?", "choice"), "choices"),
        (Question("What?", "whole_number", plausible="many"), "plausible"),
    ],
)
def test_what_a_question_cannot_be_is_told_at_its_field(now, field):
    with pytest.raises(BadAnswers) as refused:
        form_editing.set_field(TEXT, form(), "reason", now)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("name", ["kind", "happened", "Two words", ""])
def test_a_new_question_needs_a_name_of_its_own(name):
    with pytest.raises(BadAnswers) as refused:
        form_editing.add_field(TEXT, form(), name, Question("What?", "text"))
    assert list(refused.value.errors) == ["name"]


def test_choices_are_typed_one_a_line_with_or_without_their_value():
    typed = "email: E-mail\r\nA letter\n\nother_way: Another way: which?\n"
    assert form_editing.choices_of(typed) == {
        "email": "E-mail",
        "a_letter": "A letter",
        "other_way": "Another way: which?",
    }


@pytest.mark.parametrize("typed", ["email: E-mail\nemail: Mail", "email:", "!!!"])
def test_choices_that_are_none_are_refused(typed):
    with pytest.raises(BadAnswers):
        form_editing.choices_of(typed)


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}(_[a-z0-9]{1,8})?", fullmatch=True), st.from_regex(r"[^\s].{0,20}[^\s]"))
)
def test_choices_are_shown_as_they_can_be_typed(choices):
    choices = {key: " ".join(label.split()) for key, label in choices.items() if label.isprintable()}
    assert form_editing.choices_of(form_editing.choices_text(choices)) == choices
