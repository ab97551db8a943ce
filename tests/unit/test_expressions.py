"""Conditions say what they say and can do nothing else: no code, no loops, no growth, no surprise."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.expressions import ExpressionProblem, compared, evaluate, holds, parse


def value(text: str, **values: object) -> object:
    return evaluate(parse(text), values)


def refusal(text: str, known: frozenset[str] | None = None) -> str:
    with pytest.raises(ExpressionProblem) as caught:
        parse(text, known)
    assert caught.value.column >= 1
    assert str(caught.value).endswith((".", "?"))
    return str(caught.value)


def failure(text: str, **values: object) -> str:
    with pytest.raises(ExpressionProblem) as caught:
        value(text, **values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("triage == 'complaint'", True),
        ("triage != \"complaint\"", False),
        ("count > 2 and count <= 3", True),
        ("1 < count < 3", False),
        ("not (count == 3) or true", True),
        ("triage in ['complaint', 'comment']", True),
        ("'sight' not in adjustments", True),
        ("count + 2 * 3 - 1", 8),
        ("7 // 2 + 7 % 2 + 6 / 4", 5.5),
        ("-count", -3),
        ("'late' if count > 5 else 'in time'", "in time"),
        ("stage_1.outcome == 'upheld'", True),
        ("ledger.due == '2024-12-31'", True),
        ("received < ledger.due", True),
        ("days_between(received, ledger.due)", 11),
        ("len(adjustments) + len(triage) + len(nothing)", 10),
        ("min(count, 2) + max(count, 2) + abs(-1)", 6),
        ("max(received, '2024-12-25')", "2024-12-25"),
        ("nothing == null and not nothing", True),
        ("count == null", False),
        ("triage == 3 or count == '3' or count == true", False),
        ("'hearing' in nothing", False),
        ("  triage\n == 'complaint'  ", True),
        ("'is it # or not?' == triage", False),
    ],
)  # fmt: skip
def test_conditions_mean_what_they_say(text: str, expected: object) -> None:
    values = {
        "triage": "complaint", "count": 3, "adjustments": ["hearing"], "stage_1.outcome": "upheld", "nothing": None,
        "ledger": {"due": date(2024, 12, 31)}, "received": date(2024, 12, 20),
    }  # fmt: skip
    assert evaluate(parse(text), values) == expected


def test_what_is_not_there_is_null() -> None:
    assert value("missing == null and ledger.missing == null", ledger={}) is True


def test_a_condition_holds_only_when_it_is_true() -> None:
    assert holds(parse("answer"), {"answer": True})
    assert not holds(parse("answer"), {"answer": None})
    with pytest.raises(ExpressionProblem, match="is text, not yes or no"):
        holds(parse("answer"), {"answer": "yes"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("missing < 3", "Null and a number cannot be compared by size."),
        ("word < 3", "Text and a number cannot be compared by size."),
        ("word + 1", "word is text, not a number."),
        ("word and true", "word is text, not yes or no."),
        ("1 / zero", "divides by zero"),
        ("1 % zero", "divides by zero"),
        ("zero in word", "'in' looks in a list"),
        ("thing == 1", "'thing' is object, not text"),
        ("group == 1", "'group' is dict, not text"),
        ("nested == 1", "is list, not text"),
        ("huge == 1", "too large"),
        ("infinite == 1", "too large"),
        ("1000000000 * 1000000000", "too large"),
        ("len(zero)", "len cannot be worked out"),
        ("abs(word)", "abs cannot be worked out"),
        ("min(word, 1)", "min cannot be worked out"),
        ("days_between(word, word)", "days_between cannot be worked out"),
        ("days_between(missing, word)", "days_between cannot be worked out"),
    ],
)
def test_values_that_do_not_fit_are_said_so(text: str, said: str) -> None:
    values = {
        "word": "x", "zero": 0, "thing": object(), "group": {"a": 1}, "nested": [[1]], "huge": 10**20,
        "infinite": float("inf"),
    }  # fmt: skip
    assert said in failure(text, **values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9**9**9", "'**'"),
        ("'a'*10**9", "'**'"),
        ("''.__class__", "a dot after something that is not a name"),
        ("a.__class__", "is not a name that conditions know"),
        ("a._\uff3fclass__", "is not a name that conditions know"),
        ("\uff54riage == 1", "is not a name that conditions know"),
        ("_a", "is not a name that conditions know"),
        ("Triage", "is not a name that conditions know"),
        ("a__b", "is not a name that conditions know"),
        ("a . b", "is not a name that conditions know"),
        ("a.b().c", "a dot after something"),
        ("[x for x in y]", "a loop"),
        ("{x for x in y}", "a loop"),
        ("len(x for x in y)", "a loop"),
        ("lambda: 1", "lambda"),
        ("(x := 1)", "':='"),
        ("f'{a}'", "text with values in it"),
        ("a[0]", "square brackets after a name"),
        ("[*a]", "'*' before a name"),
        ("{'a': 1}", "a mapping"),
        ("{1}", "a set"),
        ("(1, 2)", "a list in round brackets"),
        ("a is 1", "Write '=='."),
        ("a & b", "Write 'and'."),
        ("a | b", "Write 'or'."),
        ("a ^ b", "'^'"),
        ("1 << 30", "'<<'"),
        ("~a", "'~'"),
        ("+a", "'+' before a value"),
        ("a @ b", "'@'"),
        ("(yield)", "yield"),
        ("__import__('os').system('id')", "is not a function"),
        ("eval('1')", "is not a function"),
        ("open('x')", "is not a function"),
        ("a.strip()", "is not a function"),
        ("(len)(a)()", "is not a function"),
        ("lenn(a)", "Did you mean 'len'?"),
        ("len", "is a function"),
        ("len(a=1)", "by position"),
        ("len(*a)", "'*' before a name"),
        ("len(**a)", "by position"),
        ("len()", "len takes 1 value, and is given 0."),
        ("days_between(a)", "days_between takes 2 values, and is given 1."),
        ("min(a)", "min takes 2 to 10 values, and is given 1."),
        ("True", "Write true."),
        ("None == a", "Write null."),
        ("1e400", "is not a value"),
        ("0x10", "is not a value"),
        ("1_000", "is not a value"),
        ("1j", "is not a value"),
        ("b'a'", "is not a value"),
        ("r'a'", "is not a value"),
        ("'a' 'b'", "is not a value"),
        ("'''a'''", "is not a value"),
        ("...", "is not a value"),
        ("9999999999999999", "too large"),
        ("9" * 900, "too large"),
        ("a = 1", "a single '='"),
        ("a == 1)+(2", "cannot be read"),
        ("a b", "cannot be read"),
        ("a; b", "cannot be read"),
        ("import os", "cannot be read"),
        ("0777", "cannot be read"),
        ("a # b", "'#' is not allowed"),
        ("'\\x41'", "is not allowed"),
        ("a\x00b", "is not allowed"),
        ("a == '\u202e'", "is not allowed"),
        ("", "is empty"),
        (" \n ", "is empty"),
        ("a" * 1_001, "1001 characters long"),
        ("(" * 300 + "1" + ")" * 300, "cannot be read"),
        ("[" * 100 + "]" * 100, "nested too deeply"),
        ("not " * 200 + "a", "nested too deeply"),
        ("-" * 900 + "1", "nested too deeply"),
        ("1" + "+1" * 100, "nested too deeply"),
        ("a" + ".a" * 400, "ab"),
    ],
)  # fmt: skip
def test_what_the_language_does_not_have_is_refused_with_a_sentence(text: str, said: str) -> None:
    if said == "ab":  # a long name is only a name
        assert parse(text).names == {text}
        return
    assert said in refusal(text)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert refusal("tirage == 'x'", frozenset({"triage"})) == (
        "'tirage' is not something that can be asked here. Did you mean 'triage'?"
    )
    assert parse("triage == 'x'", frozenset({"triage"})).names == {"triage"}


def test_the_texts_a_name_is_compared_with_are_known() -> None:
    expression = parse("triage == 'complaint' and 'accept' != decide and triage in ['a', 'b'] and count == 3")
    assert sorted(compared(expression)) == [
        ("decide", "accept"), ("triage", "a"), ("triage", "b"), ("triage", "complaint"),
    ]  # fmt: skip


PIECES = """a stage_1.b null true false 1 2.5 'x' "y" ( ) [ ] , . == != < <= in not and or if else + - * / // % len(
max( days_between( ** lambda x: for := __class__ f'{a}' { } @ ~ \uff3f \\ # = ;"""


@given(st.lists(st.sampled_from(PIECES.split()), max_size=30))
def test_whatever_is_written_is_worked_out_or_refused(pieces: list[str]) -> None:
    try:
        found = value(" ".join(pieces), a="x")
    except ExpressionProblem:
        return
    assert found is None or type(found) in (str, bool, int, float, list)


@given(st.text(max_size=60))
def test_no_text_does_anything_else(text: str) -> None:
    with contextlib.suppress(ExpressionProblem):
        value(text)
