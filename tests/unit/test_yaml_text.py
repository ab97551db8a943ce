"""YAML is read without guessing: what is not plainly text, a number, true, false or null is a problem with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import yaml_text
from engine.yaml_text import Mapping, Scalar, Sequence, plain


def read(text: str | bytes) -> tuple[object, list[str]]:
    """The plain values and the problems as they are printed."""
    node, problems = yaml_text.read(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    assert (node is None) is bool(problems)
    return (None if node is None else plain(node)), [str(problem) for problem in problems]


def problem(text: str | bytes) -> str:
    """The one problem of a text."""
    _, problems = read(text)
    assert len(problems) == 1, problems
    return problems[0].removeprefix("f.yaml:")


def test_only_null_true_false_and_plain_decimals_are_typed() -> None:
    written = "a: null\nb: true\nc: false\nd: 12\ne: -3.5\nf: 0\ng: word\nh: '12'\ni: \"true\"\n"
    assert read(written)[0] == {
        "a": None, "b": True, "c": False, "d": 12, "e": -3.5, "f": 0, "g": "word", "h": "12", "i": "true",
    }  # fmt: skip


@pytest.mark.parametrize(
    "written",
    ["2024-12-20", "2024-12-20 17:30", "2024-12-20T17:30:00", "2024-12-20 17:30:00Z", "2024-12-20T17:30:00+01:00"],
)
def test_a_date_stays_text_quoted_or_not(written: str) -> None:
    assert read(f"a: {written}\nb: '{written}'\n{written}: c")[0] == {"a": written, "b": written, written: "c"}


@pytest.mark.parametrize(
    "written",
    [
        "NO", "no", "yes", "Yes", "on", "OFF", "y", "N", "True", "FALSE", "Null", "~", "0123", "0800123", "0x1f",
        "0o17", "0b11", "12:30:45", "12:30", "09:30", "1_000", "1e3", "1.5e3", "+5", ".5", "5.", ".inf",
        "-.inf", ".nan", "=", "1234567890123456",
    ],
)  # fmt: skip
def test_what_yaml_would_guess_about_has_to_be_quoted(written: str) -> None:
    assert problem(f"a: 1\nb: {written}\n").startswith(f"2: The value of 'b' is {written}, which could be read as")
    assert read(f"b: '{written}'")[0] == {"b": written}
    assert "quotes" in problem(f"- {written}")


def test_a_missing_value_is_a_problem_and_not_null() -> None:
    assert problem("a:\nb: 1") == "1: The value of 'a' is empty. Write the value, or null, or '' for an empty text."


def test_keys_are_text_and_the_words_among_them_need_no_quotes() -> None:
    assert read("on: 2024-01-01\nno: a\n1: b\nYES: c")[0] == {"on": "2024-01-01", "no": "a", "1": "b", "YES": "c"}
    assert problem("012: a") == "1: The key 012 could be read as something other than text. Put it in quotes: '012'."


def test_a_duplicate_key_is_refused_with_both_lines() -> None:
    assert problem("a: 1\nb: 2\na: 3") == "3: The key 'a' is here twice; the first is on line 1. Keep one of them."
    assert "twice" in problem("x: {b: 1, 'b': 2}")


def test_keys_that_look_alike_are_the_same_key() -> None:
    assert "twice" in problem("caf\u00e9: 1\ncafe\u0301: 2")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a: &x 1", "'&x' is an anchor"),
        ("a: *x", "'*x' is an alias"),
        ("a: !!str 1", "'!!str' is a tag"),
        ("a: !x 1", "'!x' is a tag"),
        ("a: ! 1", "'!' is a tag"),
        ("<<: {b: 1}", "'<<' is a merge key"),
        ("? [a]\n: 1", "A list or mapping stands where a key should."),
        ("%YAML 1.1\n---\na: 1", "This file begins with a YAML directive."),
        ("---\na: 1\n---\nb: 2", "A second document begins here."),
        ("", "This file is empty."),
        ("# nothing\n", "This file is empty."),
        ("a: [1, 2\nb: 3", "is not closed"),
        ("a: 'b", "A quote is opened and never closed."),
        ("a: b: c", "A colon stands where it cannot."),
        ("a:\n\tb: 1", "This line is indented with a tab."),
        ("a: @b", "keeps for itself"),
        ("- a\nb: 1", "does not fit the list"),
        ('a: "\\q"', "A backslash in double quotes"),
        ('a: "\\ud800"', "A backslash in double quotes"),
        ('a: "\\0"', "cannot be stored"),
        ("a: \x07", "U+0007"),
        ("[" * 30, "nested more than 20 deep"),
        (b"a: \xff", "not UTF-8"),
        ("a: 1\nb: 2\n".encode("utf-16"), "not UTF-8"),
        (b"a: " + b"x" * 1_000_001, "the most that is read"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_reason(written: str | bytes, said: str) -> None:
    assert said in problem(written)


def test_every_problem_is_reported_at_once() -> None:
    _, problems = read("a: NO\nb: &x 1\nc: 012\na: 2")
    assert [one.split(":")[1] for one in problems] == ["1", "2", "3", "4"]


def test_too_many_values_are_refused() -> None:
    assert "50,000 values" in problem("- a\n" * 50_001)


def test_text_is_composed_and_a_byte_order_mark_is_no_text() -> None:
    assert read("\ufeffa: cafe\u0301".encode())[0] == {"a": "caf\u00e9"}


def test_every_key_and_value_knows_its_line() -> None:
    node, _ = yaml_text.read(b"a: 1\nb:\n  c: x\n  d:\n    - one\n    - two\n", "f.yaml")
    assert isinstance(node, Mapping)
    inner = node.get("b")
    assert isinstance(inner, Mapping)
    listed = inner.get("d")
    assert isinstance(listed, Sequence)
    assert [node.line_of("a"), node.line_of("b"), inner.line_of("c"), inner.line_of("d")] == [1, 2, 3, 4]
    assert [item.line for item in listed] == [5, 6]
    assert inner.get("c") == Scalar("x", 3, quoted=False, text="x")
    assert node.get("e") is None
    assert ("b" in node, "e" in node, len(node), len(listed)) == (True, False, 2, 2)


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    node, problems = yaml_text.read(text.encode("utf-8", "surrogatepass"), "f.yaml")
    assert (node is None) is bool(problems)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail(text: bytes) -> None:
    node, problems = yaml_text.read(text, "f.yaml")
    assert (node is None) is bool(problems)
