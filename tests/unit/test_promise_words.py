"""Lengths of time in the words of a promise: found however they are spelt, and put in the place of one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy import Within
from web.promise_words import SPELT, adapted, contradiction, lengths

UNITS = st.sampled_from(["working days", "days", "weeks", "months"])
LENGTHS = st.builds(Within, st.integers(1, 999), UNITS)


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("We answer within ten working days.", 10, "working days"),
        ("We answer within 10 working days.", 10, "working days"),
        ("A ten (10) working days limit holds.", 10, "working days"),
        ("Within twenty-one days of the request.", 21, "days"),
        ("Within twenty one days of the request.", 21, "days"),
        ("A ten-working-day limit.", 10, "working days"),
        ("In one week.", 1, "weeks"),
        ("anything in the Twelve Months before it", 12, "months"),
        ("15 calendar days", 15, "days"),
        ("15 business days", 15, "working days"),
    ],
)
def test_a_length_is_found_however_it_is_spelt(text, count, unit):
    assert [one.within for one in lengths(text)] == [Within(count, unit)]


@pytest.mark.parametrize(
    "text", ["At stage 2 we answer.", "Twenty residents", "a fortnight", "weekdays", "someone days"]
)
def test_what_names_no_length_is_left_alone(text):
    assert lengths(text) == []
    assert adapted(text, Within(2, "days"), Within(3, "days")) == text


@pytest.mark.parametrize(
    ("says", "before", "after", "becomes"),
    [
        ("within five working days.", (5, "working days"), (3, "working days"), "within three working days."),
        ("Five working days at most.", (5, "working days"), (3, "working days"), "Three working days at most."),
        ("within 20 working days", (20, "working days"), (25, "working days"), "within 25 working days"),
        ("within ten working days", (10, "working days"), (2, "weeks"), "within two weeks"),
        ("in two weeks", (2, "weeks"), (1, "weeks"), "in one week"),
        ("a ten-day wait", (10, "days"), (15, "days"), "a fifteen-day wait"),
        ("ten (10) working days", (10, "working days"), (12, "working days"), "twelve (12) working days"),
        (
            "ask within 20 days; we answer in 10 days",
            (10, "days"),
            (5, "days"),
            "ask within 20 days; we answer in 5 days",
        ),
    ],
)
def test_the_words_follow_the_number_in_their_own_spelling(says, before, after, becomes):
    assert adapted(says, Within(*before), Within(*after)) == becomes


def test_words_that_name_another_length_contradict_and_words_that_name_none_do_not():
    assert contradiction("We answer within ten working days.", Within(15, "working days")) == "ten working days"
    assert contradiction("We answer within ten days.", Within(10, "working days")) == "ten days"
    assert contradiction("We answer as soon as we can.", Within(15, "working days")) == ""
    assert contradiction("Ask in 20 days; we answer in 15 days.", Within(15, "days")) == ""


@given(LENGTHS, LENGTHS, st.booleans())
def test_adapted_words_never_contradict_the_new_length(before, after, in_words):
    number = SPELT.get(before.count, str(before.count)) if in_words else str(before.count)
    unit = before.unit[:-1] if before.count == 1 else before.unit
    says = f"You have our answer within {number} {unit} of asking."
    assert contradiction(adapted(says, before, after), after) == ""


@given(st.text(max_size=200), LENGTHS, LENGTHS)
def test_any_text_can_be_read_and_keeps_what_names_no_length(text, before, after):
    if not lengths(text):
        assert adapted(text, before, after) == text
    assert contradiction(adapted(text, before, after), before) in (
        "",
        *(one.text for one in lengths(text)),
        *(one.text for one in lengths(adapted(text, before, after))),
    )
