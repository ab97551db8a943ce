"""What was read once: the same text under the same name is not read again, and nobody sees what another added."""

from __future__ import annotations

import pytest

from engine import read_once, yaml_text
from engine.problems import Problem


@pytest.fixture
def asked() -> list[tuple[int, str]]:
    """Every time the reader below really read: how long the text was, and the file's name."""
    return []


@pytest.fixture
def reader(asked: list[tuple[int, str]]):
    def read(text: bytes, file: str) -> tuple[str, list[Problem]]:
        asked.append((len(text), file))
        return text[:3].decode(), [Problem(file, 1, "It is short.", "Write more.")]

    return read_once.read_once(read)


def test_a_text_is_read_once_under_each_name(reader, asked):
    found = [reader(b"abc", name) for name in ("a.yaml", "b.yaml", "a.yaml", "b.yaml")]
    assert found[0] == found[2] == ("abc", [Problem("a.yaml", 1, "It is short.", "Write more.")])
    assert [problem.file for _, problems in found for problem in problems] == ["a.yaml", "b.yaml"] * 2
    assert asked == [(3, "a.yaml"), (3, "b.yaml")]


def test_what_somebody_adds_to_the_problems_is_seen_by_nobody_else(reader):
    _, problems = reader(b"abc", "a.yaml")
    problems.append(Problem("a.yaml", 2, "It is wrong.", "Mend it."))
    assert len(reader(b"abc", "a.yaml")[1]) == 1


def test_another_text_under_a_name_is_read_anew(reader, asked):
    assert reader(b"abc", "a.yaml")[0] != reader(b"abd", "a.yaml")[0]
    assert len(asked) == 2


def test_a_text_of_great_length_is_not_kept(reader, asked):
    long = b"x" * (read_once.MOST_BYTES + 1)
    reader(long, "a.yaml")
    reader(long, "a.yaml")
    assert len(asked) == 2


def test_a_file_with_a_problem_says_it_each_time():
    said = [yaml_text.read(b"a: [", "a.yaml") for _ in range(2)]
    assert said[0] == said[1]
    assert said[0][0] is None
    assert said[0][1] is not said[1][1]
