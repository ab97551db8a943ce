"""A problem says where, what and how to mend it, in one line that an editor can jump to."""

from __future__ import annotations

import pytest

from engine.problems import Broken, Problem, did_you_mean, only_problems

FIRST = Problem("a.yaml", 3, "The key 'titel' is not known.", "Did you mean 'title'?")
REMARK = Problem("a.yaml", 9, "Colours are left out.", "Nothing needs doing.", "remark")


def test_a_problem_reads_file_line_what_and_mend() -> None:
    assert str(FIRST) == "a.yaml:3: The key 'titel' is not known. Did you mean 'title'?"


def test_problems_sort_by_file_and_line() -> None:
    later = Problem("a.yaml", 12, "x.", "y.")
    other = Problem("b.yaml", 1, "x.", "y.")
    assert sorted([other, later, FIRST]) == [FIRST, later, other]


def test_a_remark_stops_nothing() -> None:
    assert only_problems([FIRST, REMARK]) == (FIRST,)


def test_broken_says_every_problem_on_a_line_of_its_own() -> None:
    with pytest.raises(Broken) as caught:
        raise Broken([FIRST, REMARK])
    assert caught.value.problems == (FIRST, REMARK)
    assert str(caught.value) == f"{FIRST}\n{REMARK}"


def test_a_misspelt_word_is_answered_with_the_nearest_known_one() -> None:
    assert did_you_mean("acknowleged", ["acknowledged", "requested"]) == "Did you mean 'acknowledged'?"


def test_a_strange_word_is_answered_with_what_is_known() -> None:
    assert did_you_mean("xyz", ["requested", "acknowledged"]) == "Known here: acknowledged, requested."
    assert did_you_mean("xyz", []) == "There is nothing here that could be named."
    assert did_you_mean("xyz", [f"name_{at}" for at in range(14)]).endswith(" and 2 more.")


def test_an_endless_word_is_answered_quickly() -> None:
    assert did_you_mean("a" * 1_000_000, ["acknowledged"]) == "Known here: acknowledged."
