"""Forms: every shipped one reads, answers are cleaned or refused with a sentence, and stories fill in what is left out.
The messages for broken form files stand in `tests/broken/workflows`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.form_files import Form, check_answers, json_schema, plausible, read_form
from engine.forms import TYPES, Field

SHIPPED = sorted(Path(__file__).parents[2].glob("workflows/forms/*.yaml"))
DAY = date(2024, 5, 1)
TEXT = """\
form: everything
title: A form with every kind of question
fields:
  resident: {label: Name of the resident, type: person, required: true}
  story: {label: What has happened?, type: long_text, required: true, plausible: The heating is broken.}
  note: {label: A note, type: text}
  sent_by: {label: How it was sent, type: choice, required: true, choices: {email: E-mail, post: Letter}}
  stamp: {label: Which stamp?, type: text, required: true, shown_when: {sent_by: post}}
  source: {label: Where from, type: choice, other_allowed: true, choices: {no: None}}
  needs: {label: What helps, type: choices, choices: {braille: Braille, time: More time}, sensitive: true}
  font: {label: Size, type: whole_number, shown_when: {needs: [braille, time]}}
  told: {label: Was the resident told?, type: yes_no, required: true}
  why_not: {label: Why not?, type: text, required: true, shown_when: {told: false}}
  when: {label: Day it was sent, type: date, required: true, cites: [code 6.2]}
  email: {label: E-mail address, type: email}
  phone: {label: Telephone number, type: phone}
"""
ENOUGH = {"resident": "A. Lee", "story": "x", "sent_by": "email", "told": True, "when": "2024-03-27"}


def everything() -> Form:
    form, problems = read_form(TEXT.encode(), "workflows/forms/everything.yaml")
    assert problems == []
    assert form is not None
    return form


FORM = everything()


def cleaned(**answers: object) -> dict[str, object]:
    clean, errors = check_answers(FORM, {**ENOUGH, **answers})
    assert errors == {}
    return dict(clean)


def error(name: str, answer: object) -> str:
    clean, errors = check_answers(FORM, {**ENOUGH, name: answer})
    assert name not in clean
    return errors[name]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_form_reads_and_accepts_its_plausible_answers(path: Path) -> None:
    form, problems = read_form(path.read_bytes(), path.as_posix())
    assert problems == []
    assert form is not None
    _, errors = check_answers(form, plausible(form, {}, DAY))
    assert errors == {}
    assert json_schema(form)["title"] == form.title


def test_every_type_is_asked_somewhere() -> None:
    assert {question.type for question in FORM.fields} == set(TYPES)


def test_a_form_keeps_the_line_and_the_citations_of_its_questions() -> None:
    question = FORM.field("when")
    assert question is not None
    assert (question.line, question.cites) == (14, ("code 6.2",))


def test_answers_are_trimmed_composed_and_typed() -> None:
    found = cleaned(resident="  Zoe\u0308  Lee ", note=12, font="14", needs="time", told="yes", story=" a\r\nb ")
    assert (found["resident"], found["note"], found["font"], found["told"]) == ("Zo\u00eb Lee", "12", 14, True)
    assert (found["needs"], found["story"]) == (["time"], "a\nb")


def test_every_missing_answer_has_its_sentence() -> None:
    _, errors = check_answers(FORM, {"resident": "  ", "needs": []})
    assert errors == {
        "resident": "Enter the name of the resident",
        "story": "Answer the question: What has happened?",
        "sent_by": "Say how it was sent",
        "told": "Answer the question: Was the resident told?",
        "when": "Enter the day it was sent",
    }


def test_a_question_that_is_not_asked_is_neither_missed_nor_kept() -> None:
    assert "stamp" not in cleaned(stamp="First class")
    assert "why_not" not in cleaned(why_not="x")
    assert "font" not in cleaned(font="not a number")
    _, errors = check_answers(FORM, {**ENOUGH, "sent_by": "post", "told": "no"})
    assert errors == {"stamp": "Answer the question: Which stamp?", "why_not": "Answer the question: Why not?"}
    assert cleaned(needs=["braille"], font=12)["font"] == 12


def test_an_optional_answer_left_out_is_not_there() -> None:
    assert set(cleaned(note="", phone=None, needs=[])) == set(ENOUGH)


@pytest.mark.parametrize("written", ["2024-03-27", "27 3 2024", "27/3/2024", "27.03.2024", date(2024, 3, 27)])
def test_a_date_is_kept_as_its_iso_text(written: object) -> None:
    assert cleaned(when=written)["when"] == "2024-03-27"


@pytest.mark.parametrize(
    "written", ["2024-02-30", "31 4 2024", "27 March", "27 3 24", "0024-01-01", "today", True, "\u0662\u0667 3 2024"]
)
def test_what_is_no_real_date_is_refused(written: object) -> None:
    assert error("when", written) == "Day it was sent: enter a real date, such as 27 3 2024"


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("sent_by", "emial", "How it was sent: 'emial' is not one of the choices. Did you mean 'email'?"),
        ("sent_by", ["email"], "How it was sent: enter text"),
        ("needs", ["time", "tiem"], "What helps: 'tiem' is not one of the choices. Did you mean 'time'?"),
        ("told", "perhaps", "Was the resident told?: choose yes or no"),
        ("resident", {"name": "x"}, "Name of the resident: enter text"),
        ("resident", True, "Name of the resident: enter text"),
        ("resident", "x" * 201, "Name of the resident: 201 characters are too many. Use 200 or fewer"),
        ("note", "a\x00b", "A note: remove the characters that cannot be seen"),
        ("note", "a\ud800b", "A note: remove the characters that cannot be seen"),
        ("email", "nobody", "E-mail address: enter an e-mail address, such as name@example.org"),
        ("email", "a@b", "E-mail address: enter an e-mail address, such as name@example.org"),
        ("phone", "call me", "Telephone number: enter a telephone number, such as 01632 960 001"),
    ],
)
def test_an_answer_that_cannot_be_accepted_says_why(name: str, answer: object, said: str) -> None:
    assert error(name, answer) == said


def test_a_whole_number_is_one() -> None:
    _, errors = check_answers(FORM, {**ENOUGH, "needs": ["time"], "font": "12.5"})
    assert errors == {"font": "Size: enter a whole number, such as 12"}
    _, errors = check_answers(FORM, {**ENOUGH, "needs": ["time"], "font": "9" * 5_000})
    assert "font" in errors


def test_another_choice_may_be_given_where_the_form_says_so() -> None:
    assert cleaned(source="the housing office")["source"] == "the housing office"
    assert cleaned(source=False)["source"] == "no"


def test_several_choices_are_kept_once_each_and_none_is_merged() -> None:
    assert cleaned(needs=["time", "braille", "time", ""])["needs"] == ["time", "braille"]


def test_an_answer_to_no_question_is_refused_with_the_nearest() -> None:
    _, errors = check_answers(FORM, {**ENOUGH, "residant": "x", "happened": "2024-03-27"})
    assert errors == {"residant": "The form 'everything' does not ask for 'residant'. Did you mean 'resident'?"}
    _, errors = check_answers(FORM, {**ENOUGH, "by": "x"}, also=("by",))
    assert errors == {}


def test_a_story_fills_in_only_what_is_required_asked_and_left_out() -> None:
    assert plausible(FORM, {"told": False, "resident": "Zoe"}, DAY) == {
        "resident": "Zoe", "story": "The heating is broken.", "sent_by": "email", "told": False,
        "why_not": "As recorded.", "when": "2024-05-01",
    }  # fmt: skip
    assert plausible(FORM, {"resident": ""}, DAY)["resident"] == ""


def test_the_schema_of_a_form_says_what_a_program_may_send() -> None:
    schema = json_schema(FORM)
    assert schema["required"] == ["resident", "story", "sent_by", "told", "when"]
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert properties["sent_by"] == {"title": "How it was sent", "type": "string", "enum": ["email", "post"]}
    assert properties["source"] == {"title": "Where from", "type": "string"}
    assert properties["needs"]["items"]["enum"] == ["braille", "time"]
    assert set(properties) == {"happened", *FORM.names}


def test_a_list_of_nothing_is_no_answer() -> None:
    clean, errors = check_answers(FORM, {**ENOUGH, "needs": ["", " "]})
    assert "needs" not in clean
    assert errors == {}
    asked = Form("asked", "Asked", (Field("needs", "What helps", "choices", required=True, choices={"braille": "B"}),))
    assert check_answers(asked, {"needs": [""]}) == ({}, {"needs": "Say what helps"})


ANSWERS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.lists(st.text(max_size=9)),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2), st.lists(st.integers(), max_size=3),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*FORM.names, "other"]), ANSWERS))
def test_no_answer_makes_the_check_fail(answers: dict[str, object]) -> None:
    clean, errors = check_answers(FORM, answers)
    assert not set(clean) & set(errors)
    assert check_answers(FORM, clean)[0] == clean
