"""Checks of letters: each file in tests/broken/letters is wrong on purpose and says what is owed for it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine import library
from engine.checking import check
from engine.letter_files import readable_letters
from engine.library import Library
from engine.problems import Problem, only_problems

ROOT = Path(__file__).resolve().parents[2]
BROKEN = sorted((ROOT / "tests" / "broken" / "letters").glob("*.yaml"))
EXPECT = "# EXPECT: "
COUNCIL = "policies/council-housing/two-stage-2024.yaml"
LETTERS = "policies/council-housing/two-stage-2024.letters.yaml"
FOUR_STAGE = "policies/south-essex-homes/four-stage.yaml"
WHOLE = (ROOT / "tests" / "broken" / "letters" / "field_misspelt.yaml").read_text().replace("definiton", "definition")


@pytest.fixture(scope="module")
def shipped() -> Library:
    return library.load(ROOT)[0]


def told(text: str, shipped: Library, version: str = COUNCIL) -> list[Problem]:
    """What the letters of a version are told when they say this."""
    file = version.replace(".yaml", ".letters.yaml")
    letters, problems = readable_letters(text.encode(), file)
    kept: Mapping = {**shipped.letters, version: letters} if letters else shipped.letters
    _, found = library.check_version(shipped.files[version], version, replace(shipped.beside, letters=kept))
    return sorted({*problems, *(one for one in found if one.file == file and letters)})


@pytest.mark.parametrize("path", BROKEN, ids=[path.stem for path in BROKEN])
def test_a_broken_letter_is_told_exactly_what_its_author_is_owed(path: Path, shipped: Library) -> None:
    text = path.read_text()
    owed = [line.removeprefix(EXPECT) for line in text.splitlines() if line.startswith(EXPECT)]
    found = only_problems(told(text, shipped))
    assert [f"{problem.line}: {problem.what} {problem.mend}".rstrip() for problem in found] == owed
    assert owed


def test_letters_with_nothing_wrong_are_told_nothing(shipped: Library) -> None:
    assert told(WHOLE, shipped) == []
