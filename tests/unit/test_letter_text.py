"""The notation of letters: read without ever failing, and values that stay text whatever they hold."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.letter_blocks import Block, is_said, line_shown, shown
from engine.letter_text import MOST_CHARACTERS, MOST_FIELDS, Optional, Placeholder, Slip, fields_in, parsed, slips_in

PIECES = st.sampled_from(
    ["((a))", "((b??", "))", "((", "(", ")", "??", "# ", "* ", "\n", "\n\n", "word ", "((c.d))", "((A b))", "(((a)))"]
)
ANYTHING = st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join)
VALUES = st.text(max_size=40) | st.lists(PIECES, max_size=8).map("".join)
PLAIN = st.text("abc *#.()\n", max_size=60).filter(lambda text: "((" not in text)


def paragraph(text: str) -> Block:
    return Block("paragraph", text)


def blocks(text: str, **values: str | bool) -> list[Block]:
    return list(shown(text, values).blocks)


def test_a_field_is_replaced_by_its_value_and_words_stay() -> None:
    assert blocks("Dear ((resident))", resident="Ann") == [paragraph("Dear Ann")]
    assert blocks("It is (((reference))).", reference="A1") == [paragraph("It is (A1).")]


def test_optional_text_stands_where_its_field_has_a_value_and_is_not_no() -> None:
    text = "Yes.((late?? It is late: ((reason)).))"
    assert blocks(text, late=True, reason="snow") == [paragraph("Yes. It is late: snow.")]
    for nothing in (False, "no", "No", "", "  "):
        assert blocks(text, late=nothing) == [paragraph("Yes.")]


def test_optional_text_may_hold_optional_text_and_single_brackets() -> None:
    text = "((a??one (first)((b?? and two (second)))))"
    assert blocks(text, a="x") == [paragraph("one (first)")]
    assert blocks(text, a="x", b="y") == [paragraph("one (first) and two (second)")]


def test_headings_lists_and_paragraphs_are_those_of_the_template() -> None:
    text = "# Title\nOne\ntwo\n\nThree\n* a\n* b\n\n* c"
    assert blocks(text) == [
        Block("heading", "Title"),
        paragraph("One\ntwo"),
        paragraph("Three"),
        Block("bullets", items=("a", "b")),
        Block("bullets", items=("c",)),
    ]


def test_a_value_is_never_read_as_markup() -> None:
    assert blocks("((a))", a="# no heading\n* no item\n((b))") == [paragraph("# no heading\n* no item\n((b))")]
    assert blocks("* ((a))\n# ((a))", a="x\n\n# y") == [
        Block("bullets", items=("x\n# y",)),
        Block("heading", "x # y"),
    ]


def test_blank_lines_of_a_value_begin_paragraphs_and_nothing_more() -> None:
    assert blocks("Before\n((a))\nafter", a="one\r\n \u2028two") == [paragraph("Before\none"), paragraph("two\nafter")]


def test_what_a_letter_leaves_out_leaves_no_gap() -> None:
    assert blocks("One\n((a??two))\nthree\n* ((a??four))\n* five") == [
        paragraph("One\nthree"),
        Block("bullets", items=("five",)),
    ]
    assert blocks("((a??# Heading\ntext))") == []


def test_an_empty_field_is_told_and_one_in_hidden_text_is_not() -> None:
    assert shown("((a)) ((b.c)) ((a))", {"b.c": " \n "}).empty == ("a", "b.c")
    assert shown("((a??((b))))", {}).empty == ()
    assert shown("((a??((b))))", {"a": "yes"}).empty == ("b",)


def test_a_text_of_headings_alone_has_no_body() -> None:
    assert not shown("# What we found\n((a??((a))))", {}).has_body
    assert shown("# What we found\n((a??((a))))", {"a": "It broke."}).has_body


def test_a_line_is_one_line_whatever_its_values_hold() -> None:
    assert line_shown("About ((a)),\n((b))", {"a": "x\n\ny"}) == ("About x y,", ("b",))


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("Dear ((resident", 5, "'((resident' is not closed."),
        ("Dear ((resident) and", 5, "'((resident) and' is not closed."),
        ("Dear ((Resident))", 5, "'Resident' between double brackets is no field's name."),
        ("((a?? text", 0, "'((a??' is not closed."),
        ("((a??b((c??d((e??f))))))", 12, "'((e??' stands too deep in other optional text."),
        ("x ((((a))", 2, "Too many brackets stand together here."),
        ("x" * (MOST_CHARACTERS + 1), 0, "This text has 20,001 characters; the most that is read is 20,000."),
    ],
)
def test_what_cannot_be_read_is_a_slip_in_its_place(text: str, at: int, what: str) -> None:
    [slip] = slips_in(parsed(text))
    assert (slip.at, slip.what) == (at, what)
    assert slip.mend
    assert shown(text, {"a": "x", "c": "x", "e": "x"}).empty, "a letter with it does not go"


def test_the_fields_of_a_text_are_bounded() -> None:
    slips = list(slips_in(parsed("((a))" * (MOST_FIELDS + 5))))
    assert [slip.what for slip in slips] == [f"This text has more than {MOST_FIELDS} fields."]
    deep = "((a??" * 3_000
    assert list(slips_in(parsed(deep)))


@pytest.mark.parametrize("piece", ["((", "((" + " " * 40, "((a??", "((a??(", "))", "(((", "\n \n", "((a)) (b"])
def test_reading_takes_work_in_proportion_to_the_text(piece: str) -> None:
    text = piece * (MOST_CHARACTERS // len(piece))
    begun = time.perf_counter()
    parsed(text)
    shown("((a))\n# ((a))", {"a": text})
    parsed("((" + " " * (MOST_CHARACTERS - 2))
    assert time.perf_counter() - begun < 1


@given(text=ANYTHING, value=VALUES)
def test_no_text_and_no_value_ever_fails(text: str, value: str) -> None:
    nodes = parsed(text)
    seen = shown(text, {"a": value, "b": value, "c.d": value})
    line_shown(text, {"a": value})
    for node in [*fields_in(nodes), *slips_in(nodes)]:
        assert 0 <= node.at <= len(text)
        if not isinstance(node, Slip):
            assert text[node.at :].startswith("((")
            assert isinstance(node, Placeholder | Optional)
    assert bool(seen.empty) or not any(isinstance(node, Slip) for node in nodes)


@given(text=ANYTHING)
def test_no_double_bracket_of_a_template_survives(text: str) -> None:
    nodes = parsed(text)
    if not any(slips_in(nodes)) and not any(isinstance(one, Optional) for one in fields_in(nodes)):
        found = shown(text, {"a": "v", "c.d": "v"})
        assert not any("((" in part for block in found.blocks for part in (block.text, *block.items))


@given(before=PLAIN, after=PLAIN, value=VALUES)
def test_a_value_changes_no_block_but_its_own(before: str, after: str, value: str) -> None:
    """Put between blank lines, a value makes paragraphs of its own and leaves every other block as it was."""
    whole = blocks(f"{before}\n\n((a))\n\n{after}", a=value)
    first, last = blocks(before), blocks(after)
    assert whole[: len(first)] == first
    assert whole[len(whole) - len(last) :] == last
    own = whole[len(first) : len(whole) - len(last)]
    assert all(block.kind == "paragraph" for block in own)
    assert _letters("".join(block.text for block in own)) == _letters(value)


@given(value=VALUES.filter(is_said))
def test_a_value_stays_in_its_list_item_and_its_heading(value: str) -> None:
    assert [block.kind for block in blocks("# ((a))\n* ((a))\n* b\ntext", a=value)] == [
        "heading",
        "bullets",
        "paragraph",
    ]


def _letters(text: str) -> str:
    return re.sub(r"\s+", "", text)
