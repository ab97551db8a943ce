"""Laws of composing a letter: what it must hold, what may be left out, and what stops it by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from engine.forms import Field, Form
from engine.letter_fields import ABOUT, GENERAL, NEVER, in_words, known, may_print
from engine.letters import Block, Head, Letter, LetterTemplate, Part, Sender, composed, template_of

HEAD = Head(date(2024, 12, 27), "CH-2024-00001", Sender("The council"), "Ann", ("1 High Street",))
UNDERSTANDING = Part(
    "understanding", "# What we understand\n((definition))", "our understanding of your complaint", cites=("code 5.6",)
)
SOUGHT = Part(
    "outcomes_sought", "# What you would like\n((outcomes_sought))", "the outcome you would like", is_optional=True
)


def written(*parts: Part, values: Mapping[str, str | bool], subject: str = "About ((reference))") -> Letter:
    return composed(LetterTemplate("acknowledgement", "Acknowledgement", subject, parts), values, HEAD)


def test_a_letter_with_everything_in_it_is_whole() -> None:
    letter = written(
        UNDERSTANDING, SOUGHT, values={"reference": "A1", "definition": "Cold.", "outcomes_sought": "Heat."}
    )
    assert letter.is_whole
    assert letter.stops() == []
    assert letter.subject == "About A1"
    assert (letter.to_name, letter.to_address, letter.day) == ("Ann", ("1 High Street",), HEAD.day)
    assert [block.text for block in letter.blocks] == [
        "What we understand", "Cold.", "What you would like", "Heat.",
    ]  # fmt: skip


def test_a_letter_with_an_empty_required_part_does_not_go() -> None:
    letter = written(UNDERSTANDING, values={"reference": "A1", "definition": ""})
    assert not letter.is_whole
    assert letter.stops() == [
        "The letter lacks our understanding of your complaint: our understanding of the complaint is empty."
    ]
    [content] = letter.contents
    assert (content.is_there, content.empty_fields, content.cites) == (False, ("definition",), ("code 5.6",))


def test_a_required_part_of_which_only_the_heading_is_left_does_not_go() -> None:
    part = Part("actions", "# What we will do\n((actions??((actions))))", "what we will do")
    assert written(part, values={"reference": "A1"}).stops() == ["The letter lacks what we will do."]


def test_an_optional_part_whose_field_is_empty_is_left_out_heading_and_all() -> None:
    letter = written(UNDERSTANDING, SOUGHT, values={"reference": "A1", "definition": "Cold."})
    assert letter.is_whole
    assert [block.text for block in letter.blocks] == ["What we understand", "Cold."]
    assert [content.is_there for content in letter.contents] == [True, False]


def test_dear_nobody_never_goes_out() -> None:
    letter = written(Part("greeting", "Dear ((resident))"), values={"reference": "A1"})
    assert letter.stops() == ["The letter needs the resident's name, which is empty."]


def test_an_empty_field_of_the_subject_stops_the_letter() -> None:
    assert written(values={}).stops() == ["The letter needs the reference, which is empty."]


def test_a_part_that_need_not_be_there_and_comes_out_empty_is_dropped() -> None:
    part = Part("note", "# Note\n((late??It came late.))")
    assert written(part, values={"reference": "A1", "late": False}).blocks == ()
    assert written(part, values={"reference": "A1", "late": True}).blocks == (
        Block("heading", "Note"),
        Block("paragraph", "It came late."),
    )


def test_a_part_that_says_the_same_in_every_letter_is_there() -> None:
    assert written(Part("process", "We have two stages.", "the process"), values={"reference": "A1"}).is_whole


def test_every_field_without_a_value_is_named_once() -> None:
    part = Part("contact", "((ombudsman.name))\n((ombudsman.fax))", "how to reach the Ombudsman")
    letter = written(part, Part("more", "((ombudsman.fax))"), values={"reference": "A1"})
    assert letter.stops() == [
        "The letter lacks how to reach the Ombudsman: the Ombudsman's name and the Ombudsman's fax number are empty."
    ]


def test_a_stages_own_letter_goes_before_the_one_for_every_stage() -> None:
    bare = LetterTemplate("response", "", "", ())
    own = LetterTemplate("stage_2.response", "", "", ())
    templates = {one.name: one for one in (bare, own)}
    assert template_of(templates, "response", "stage_1") is bare
    assert template_of(templates, "response", None) is bare
    assert template_of(templates, "response", "stage_2") is own
    assert template_of(templates, "apology", "stage_2") is None


@given(
    values=st.dictionaries(st.sampled_from(["reference", "definition", "outcomes_sought"]), st.text() | st.booleans())
)
def test_a_letter_is_whole_just_where_nothing_it_needs_is_empty(values: dict[str, str | bool]) -> None:
    letter = written(UNDERSTANDING, SOUGHT, values=values)
    needed = [values.get(name, "") for name in ("reference", "definition")]
    assert letter.is_whole == all(isinstance(one, bool) or one.strip() for one in needed)


def test_health_is_in_no_letter_and_adjustments_only_where_they_are_agreed() -> None:
    names = (*NEVER, "adjustments_agreed", "reason")
    form = Form("f", "F", tuple(Field(name, name, "text", sensitive=name != "reason") for name in names))
    assert {name for name in names if may_print("acknowledgement", form, name)} == {"adjustments_agreed", "reason"}
    assert {name for name in names if may_print("response", form, name)} == {"reason"}
    assert not NEVER & set().union(*ABOUT.values())
    assert not NEVER & GENERAL.keys()


def test_a_letter_may_use_the_choices_of_its_form_and_the_law_there_is() -> None:
    form = Form("f", "F", (Field("outcome", "Outcome", "choice", choices={"upheld": "Upheld"}),))
    assert {"outcome", "outcome.upheld", "law.wait", "resident"} <= known("response", form, ["wait"])
    assert "outcome" not in known("response", None, [])


def test_a_field_is_called_in_words() -> None:
    assert in_words("contact.email") == "our e-mail address"
    assert in_words("remedy_by") == "'remedy by'"
    assert in_words("law.direct_access") == "the law 'direct_access'"
