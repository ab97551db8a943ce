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


def test_a_version_without_letters_is_remarked_and_no_more(shipped: Library) -> None:
    none: Mapping = {}
    _, found = library.check_version(shipped.files[COUNCIL], COUNCIL, replace(shipped.beside, letters=none))
    [remark] = [one for one in found if "no letters" in one.what]
    assert (remark.severity, remark.mend) == ("remark", "Add them as two-stage-2024.letters.yaml beside it.")


def test_a_landlord_whom_no_letter_says_how_to_reach_is_remarked(shipped: Library) -> None:
    remarks = [one for one in library.load_files(shipped.files)[1] if one.file == "policies/contacts.yaml"]
    assert [one.severity for one in remarks] == ["remark", "remark"]
    [council] = [one for one in remarks if "'council-housing'" in one.what]
    assert council.what.startswith("No telephone number, e-mail or postal address")
    rows = shipped.files["policies/contacts.yaml"].decode().splitlines()
    assert rows[council.line - 1].lstrip().startswith("- from:")


def test_letters_beside_no_version_are_remarked(shipped: Library) -> None:
    files = {**shipped.files, LETTERS.replace("2024", "2042"): WHOLE.encode()}
    found = [one for one in library.load_files(files)[1] if one.file.endswith("2042.letters.yaml")]
    assert [(one.what, one.severity) for one in found] == [
        ("There is no version 'two-stage-2042' beside these letters.", "remark")
    ]


def test_a_version_with_a_problem_in_its_letters_is_not_in_the_library(shipped: Library) -> None:
    wrong = WHOLE.replace("((resident))", "((residnet))")
    shelf, problems = library.load_files({**shipped.files, LETTERS: wrong.encode()})
    assert "council-housing/two-stage-2024" not in shelf.versions
    assert LETTERS in {one.file for one in only_problems(problems)}


def test_letters_are_sealed_with_their_version_and_no_other(shipped: Library) -> None:
    holding = [version.key for version in shipped.versions.values() if LETTERS in shipped.files_of(version)]
    assert holding == ["council-housing/two-stage-2024"]


def test_a_clause_may_be_carried_by_a_letter_or_a_part_of_it(shipped: Library) -> None:
    letters, _ = readable_letters(WHOLE.encode(), LETTERS)
    kept: Mapping = {COUNCIL: letters}
    line = "  CHF-ACK-CONTENT: {carried_by: [letters.acknowledgement, letters.acknowledgement.%s]}"
    lines = shipped.files[COUNCIL].decode().splitlines()
    place = next(number for number, one in enumerate(lines) if one.startswith("  CHF-ACK-CONTENT:"))
    for part, is_there in (("understanding", True), ("understandin", False)):
        text = "\n".join([*lines[:place], line % part, *lines[place + 1 :]])
        _, found = library.check_version(text.encode(), COUNCIL, replace(shipped.beside, letters=kept))
        told_of = [one.mend for one in found if one.what.startswith("Clause 'CHF-ACK-CONTENT' is carried by")]
        assert told_of == ([] if is_there else ["Did you mean 'letters.acknowledgement.understanding'?"])


def test_letters_that_cannot_be_read_take_no_clause_with_them(shipped: Library) -> None:
    _, problems = library.load_files({**shipped.files, LETTERS: b"letters: ["})
    about_letters = [one for one in only_problems(problems) if "carried by 'letters." in one.what]
    assert about_letters == []
    assert {one.file for one in only_problems(problems)} == {LETTERS}


def test_a_field_that_only_one_of_the_forms_asks_is_optional_text_or_a_letter_of_its_own(shipped: Library) -> None:
    """Stage 2 is answered by another form than stage 1, which does not ask whether the next step was explained."""
    own = "stage_2.respond: response_council"
    text = shipped.files[COUNCIL].decode()
    assert own in text
    body = '"((decision)) ((next_step_explained??It is.)) ((next_step_explained))"'
    letters, _ = readable_letters(WHOLE.replace('"((decision))"', body).encode(), LETTERS)
    beside = replace(shipped.beside, letters={COUNCIL: letters} if letters else {})
    changed = text.replace(own, "stage_2.respond: response_legacy").encode()
    found = [one for one in library.check_version(changed, COUNCIL, beside)[1] if "((next_step_explained))" in one.what]
    assert [one.what.partition(", ")[2] for one in found] == ["which the form 'response_legacy' does not ask."]
    assert found[0].mend.startswith("Write '((next_step_explained??...))' round what says it, or give each stage")


def test_a_letter_this_version_never_sends_is_remarked(shipped: Library) -> None:
    more = '  holding_reply: {title: A, subject: B, parts: {body: "((reason))"}}\n'
    assert [(one.what, one.severity) for one in told(WHOLE + more, shipped)] == [
        ("The letter 'holding_reply' is never sent under this version.", "remark")
    ]


def test_a_letter_that_every_stage_has_its_own_of_is_remarked(shipped: Library) -> None:
    line = '  %sresponse: {title: A, subject: B, parts: {body: "((decision))"}}\n'
    found = told(WHOLE + line % "stage_1." + line % "stage_2.", shipped)
    assert [one.what for one in found] == ["Every stage that sends the letter 'response' has one of its own."]


def test_letters_that_lie_elsewhere_are_read_as_if_they_stood_at_home(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(WHOLE.replace("((resident))", "((residnet))"))
    assert "Did you mean 'resident'?" in [one.mend for one in check([path], ROOT)]


def test_no_letter_is_asked_for_that_the_version_has_no_occasion_for(shipped: Library) -> None:
    """The four stages acknowledge at stage 1 alone and give no more time."""
    version = shipped.beside.workflows.at("complaints/four-stage")
    assert version is not None
    found = told("policy: south-essex-homes\nversion: four-stage\nletters: {}\n", shipped, FOUR_STAGE)
    asked = {one.what.split("'")[3] for one in found if "which is not here" in one.what}
    assert {"acknowledgement", "response", "panel_response", "panel_postponed", "late_request_decision"} <= asked
    assert not {"extension_notice", "holding_reply"} & asked
