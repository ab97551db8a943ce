"""A condition put together by question, comparison and answer says what its text says; rows change one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import decision_conditions, decision_editing, expressions
from engine.decision_conditions import (
    ALL,
    ANY,
    AT_LEAST,
    AT_MOST,
    FACTS,
    INCLUDES,
    IS,
    IS_NOT,
    LEAVES_OUT,
    LESS,
    MORE,
    NO,
    NONE_OF,
    NOT_YES,
    ONE_OF,
    YES,
    Condition,
    When,
)
from engine.decision_editing import RowWords
from engine.forms import Field
from engine.library import Library
from engine.policy import DecisionRow, PolicyVersion
from engine.policy_files import read_version
from engine.refusals import BadAnswers
from engine.version_names import names_of

PATH = "policies/council-housing/two-stage-2024.yaml"
TEXT = (Path(__file__).parents[2] / PATH).read_text(encoding="utf-8")
QUESTIONS = FACTS | {
    "kind": Field("kind", "What is it?", "choice", choices={"a": "A", "b": "B", "c": "C"}),
    "needs": Field("needs", "Which needs?", "choices", choices={"a": "A", "b": "B"}),
    "is_late": Field("is_late", "Is it late?", "yes_no"),
    "count": Field("count", "How many?", "whole_number"),
    "since": Field("since", "Since when?", "date"),
    "words": Field("words", "In what words?", "text"),
}


def conditions(name: str, field: Field) -> st.SearchStrategy[Condition]:
    if field.type == "yes_no":
        return st.builds(Condition, st.just(name), st.just(IS), st.sampled_from([(YES,), (NO,), (NOT_YES,)]))
    if field.type == "choices":
        answers = st.sampled_from(sorted(field.choices)).map(lambda one: (one,))
        return st.builds(Condition, st.just(name), st.sampled_from([INCLUDES, LEAVES_OUT]), answers)
    if field.type == "choice":
        some = st.lists(st.sampled_from(sorted(field.choices)), min_size=1, unique=True).map(tuple)
        one = st.builds(Condition, st.just(name), st.sampled_from([IS, IS_NOT]), some.map(lambda all_: all_[:1]))
        return one | st.builds(Condition, st.just(name), st.sampled_from([ONE_OF, NONE_OF]), some)
    typed = {
        "whole_number": st.integers(-(10**6), 10**6).map(str).filter(lambda one: not one.startswith("-")),
        "date": st.dates().map(str),
        "text": st.from_regex(r"[a-z '?.]{0,20}", fullmatch=True),
    }[field.type]
    sizes = [IS, IS_NOT] if field.type == "text" else [IS, IS_NOT, LESS, AT_MOST, MORE, AT_LEAST]
    return st.builds(Condition, st.just(name), st.sampled_from(sizes), typed.map(lambda one: (one,)))


WHENS = st.builds(
    When,
    st.sampled_from([ALL, ANY]),
    st.lists(st.one_of(*(conditions(name, field) for name, field in QUESTIONS.items())), max_size=5).map(tuple),
)


@given(WHENS)
def test_what_is_put_together_is_read_back_as_the_same(when):
    read = decision_conditions.read(decision_conditions.written(when, QUESTIONS), QUESTIONS)
    assert read is not None
    assert read.conditions == when.conditions
    assert read.joined == when.joined or len(when.conditions) < 2


@given(WHENS)
def test_what_is_put_together_is_a_condition_that_holds_or_not_whatever_is_unanswered(when):
    written = expressions.parse(decision_conditions.written(when, QUESTIONS), frozenset(QUESTIONS))
    assert expressions.holds(written, {}) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "days_between(since, received) <= 365",
        "is_late and (kind == 'a' or is_in_time)",
        "kind == 'z'",
        "count < 3",
        "x",
    ],
)
def test_what_says_more_than_the_form_can_show_is_left_as_text(text):
    assert decision_conditions.read(text, QUESTIONS) is None


def test_every_condition_of_the_shipped_policies_can_be_put_together_in_the_form(shelf: Library):
    for version in shelf.versions.values():
        asking = names_of(version, shelf.workflows).asking
        for key, rows in version.decisions.items():
            forms = [shelf.workflows.forms[asking[name]] for name in ("complaint_received", key)]
            questions = FACTS | {field.name: field for form in forms for field in form.fields}
            for row in rows:
                when = decision_conditions.read(row.when, questions)
                assert when is not None, row.when
                assert decision_conditions.written(when, questions) == row.when


def version(text: str = TEXT) -> PolicyVersion:
    found, problems = read_version(text.encode(), PATH)
    assert found is not None, problems
    return found


def rows(text: str = TEXT) -> tuple[DecisionRow, ...]:
    return version(text).decisions["triage"]


def as_words(row: DecisionRow) -> RowWords:
    return RowWords(row.when, row.then, row.because, tuple(str(one) for one in row.cites))


def test_a_row_saved_as_it_stands_is_the_same_to_the_byte():
    for number, row in enumerate(rows()):
        assert decision_editing.set_row(TEXT, "triage", number, row, as_words(row)) == TEXT


def test_a_row_is_changed_and_the_others_stay():
    changed = RowWords("true", "refuse", "Because: it is so.", ("code 1.2",))
    after = rows(decision_editing.set_row(TEXT, "triage", 2, rows()[2], changed))
    assert as_words(after[2]) == changed
    assert [as_words(one) for one in after[:2]] == [as_words(one) for one in rows()[:2]]
    assert [as_words(one) for one in after[3:]] == [as_words(one) for one in rows()[3:]]


def test_a_row_loses_what_it_no_longer_says():
    after = rows(decision_editing.set_row(TEXT, "triage", 0, rows()[0], RowWords("is_in_time", "comment")))
    assert as_words(after[0]) == RowWords("is_in_time", "comment")


def test_a_row_is_added_moved_and_removed_and_the_text_is_as_it_was():
    new = RowWords("is_in_time", "complaint", "It came in time.", ("code 2.2",))
    added = decision_editing.add_row(TEXT, "triage", new, after=3)
    assert as_words(rows(added)[4]) == new
    up = decision_editing.move_row(added, "triage", 4, up=True, count=len(rows(added)))
    assert as_words(rows(up)[3]) == new
    down = decision_editing.move_row(up, "triage", 3, up=False, count=len(rows(up)))
    assert down == added
    assert decision_editing.remove_row(down, "triage", 4) == TEXT


def test_a_row_may_be_added_before_all_others():
    new = RowWords("is_in_time", "complaint")
    assert as_words(rows(decision_editing.add_row(TEXT, "triage", new, after=-1))[0]) == new


def test_the_first_row_cannot_go_up_nor_the_last_one_down():
    count = len(rows())
    assert decision_editing.move_row(TEXT, "triage", 0, up=True, count=count) == TEXT
    assert decision_editing.move_row(TEXT, "triage", count - 1, up=False, count=count) == TEXT


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (RowWords("kind = 'a'", "a"), "when"),
        (RowWords("knid == 'a'", "a"), "when"),
        (RowWords("kind == 'a'", ""), "then"),
        (RowWords("kind == 'a'", "a", "", ("coed 1.2",)), "cites"),
    ],
)
def test_what_a_row_cannot_say_is_told_at_its_field(row, field):
    with pytest.raises(BadAnswers) as refused:
        decision_editing.check_row(row, frozenset(QUESTIONS), {"a": "A"}, {"code": "The Code"})
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("answers", "row"),
    [
        ({"kind": "compliment", "is_in_time": False}, 0),
        ({"kind": "complaint", "is_in_time": False}, 5),
        ({"kind": "complaint"}, 13),
        ({"kind": "service_request", "is_dissatisfied_with_request": True}, 10),
        ({"relationship": "home_owner"}, 12),
    ],
)
def test_trying_a_table_out_says_which_row_holds(answers, row):
    tried = decision_editing.try_out(version(), "triage", answers)
    assert tried.number == row
    assert tried.row is version().decisions["triage"][row] or tried.row == rows()[row]


def test_a_table_that_fails_on_its_answers_says_so_instead_of_a_row():
    failing = decision_editing.set_row(TEXT, "triage", 0, rows()[0], RowWords("received < 3", "comment"))
    tried = decision_editing.try_out(version(failing), "triage", {"received": "2024-04-01"})
    assert tried.row is None
    assert tried.failed
