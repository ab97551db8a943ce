"""The library read whole: what is sealed with a version, what stands outside, and that nothing is half loaded."""

from pathlib import Path

import pytest

from engine import library
from engine.library import Library
from engine.problems import Problem, only_problems

ROOT = Path(__file__).resolve().parents[2]
ST_LEGER = "st-leger-homes/two-stage-2024"
COUNCIL = "council-housing/two-stage-2024"
FOUR_STAGE = "south-essex-homes/four-stage"


@pytest.fixture(scope="module")
def shipped() -> Library:
    shelf, problems = library.load(ROOT)
    assert only_problems(problems) == ()
    return shelf


def broken_by(shipped: Library, path: str, right: str, wrong: str) -> tuple[Library, list[Problem]]:
    text = shipped.files[path].decode()
    assert right in text
    return library.load_files({**shipped.files, path: text.replace(right, wrong, 1).encode()})


def test_the_versions_of_a_policy_stand_in_the_order_they_began(shipped: Library) -> None:
    names = [version.version for version in shipped.versions_of("south-essex-homes")]
    assert names == ["four-stage", "three-stage-2018", "two-stage-2024"]


def test_everything_a_version_is_worked_by_is_sealed_with_it(shipped: Library) -> None:
    files = shipped.files_of(shipped.versions[FOUR_STAGE])
    assert {
        "policies/south-essex-homes/four-stage.yaml",
        "workflows/complaints/four-stage.bpmn",
        "workflows/complaints/tasks.yaml",
        "workflows/stages/investigated-stage.bpmn",
        "workflows/stages/review-panel.bpmn",
        "workflows/stages/external-stage.bpmn",
        "workflows/intake/intake.bpmn",
        "workflows/forms/appeal.yaml",
        "workflows/forms/complaint_legacy.yaml",
    } <= set(files)


def test_neither_dated_data_nor_other_versions_are_sealed_with_a_version(shipped: Library) -> None:
    files = shipped.files_of(shipped.versions[ST_LEGER])
    assert not set(files) & set(shipped.dated_files)
    assert "workflows/complaints/four-stage.bpmn" not in files
    assert "workflows/stages/review-panel.bpmn" not in files
    assert "policies/council-housing/two-stage-2024.yaml" not in files


def test_law_contacts_calendars_rules_and_the_yardstick_are_dated_data(shipped: Library) -> None:
    assert set(shipped.dated_files) == {
        "policies/law.yaml",
        "policies/contacts.yaml",
        "policies/rules.yaml",
        "policies/complaint_handling_code.yaml",
        "policies/calendars/england.yaml",
    }


def test_anothers_tasks_may_be_worded_anew_without_changing_what_is_sealed(shipped: Library) -> None:
    changed, problems = broken_by(
        shipped, "workflows/complaints/tasks.yaml", "title: Decide on a late appeal", "title: Decide on an appeal"
    )
    assert only_problems(problems) == ()
    assert changed.files_of(changed.versions[ST_LEGER]) == shipped.files_of(shipped.versions[ST_LEGER])
    assert changed.files_of(changed.versions[FOUR_STAGE]) != shipped.files_of(shipped.versions[FOUR_STAGE])


@pytest.mark.parametrize("key", [ST_LEGER, COUNCIL, FOUR_STAGE, "south-essex-homes/three-stage-2018"])
def test_what_is_sealed_can_be_read_again_alone(shipped: Library, key: str) -> None:
    sealed = shipped.files_of(shipped.versions[key])
    alone, _ = library.load_files({**shipped.dated_files, **sealed})
    assert alone.versions == {key: shipped.versions[key]}
    assert alone.files_of(alone.versions[key]) == sealed


def test_a_version_with_a_problem_is_not_in_the_library(shipped: Library) -> None:
    shelf, problems = broken_by(
        shipped, f"policies/{ST_LEGER}.yaml", "of: complaint_received", "of: complaint_recieved"
    )
    assert ST_LEGER not in shelf.versions
    assert COUNCIL in shelf.versions
    assert len(only_problems(problems)) == 1


def test_a_broken_form_takes_only_the_versions_that_ask_it(shipped: Library) -> None:
    shelf, _ = broken_by(shipped, "workflows/forms/complaint_st_leger.yaml", "type: date", "type: dat")
    assert ST_LEGER not in shelf.versions
    assert FOUR_STAGE in shelf.versions


def test_a_broken_diagram_takes_only_the_versions_that_run_on_it(shipped: Library) -> None:
    path = "workflows/stages/review-panel.bpmn"
    shelf, problems = library.load_files({**shipped.files, path: b"<not a diagram"})
    assert sorted(set(shipped.versions) - set(shelf.versions)) == [FOUR_STAGE]
    assert [problem.file for problem in only_problems(problems)] == [path]


def test_policies_and_workflows_alone_are_enough_for_a_version_that_asks_no_more() -> None:
    base = (ROOT / "tests" / "broken" / "policies" / "law_unknown.yaml").read_text()
    lines = [line for line in base.splitlines() if "ended_by_law" not in line and not line.startswith("#")]
    files = {path: text for path, text in library.files_below(ROOT).items() if path.startswith("workflows/")}
    files["policies/st-leger-homes/broken.yaml"] = "\n".join(lines).encode()
    files["policies/calendars/england.yaml"] = (ROOT / "policies" / "calendars" / "england.yaml").read_bytes()
    shelf, problems = library.load_files(files)
    assert only_problems(problems) == ()
    assert list(shelf.versions) == ["st-leger-homes/broken"]


@pytest.mark.parametrize(
    ("path", "mend"),
    [
        ("policies/laws.yaml", "Did you mean 'policies/law.yaml'?"),
        ("policies/a/b/c.yaml", "Policies are policies/<policy>/<version>.yaml."),
    ],
)
def test_a_file_that_nothing_reads_is_a_problem(shipped: Library, path: str, mend: str) -> None:
    _, problems = library.load_files({**shipped.files, path: b"a: b\n"})
    assert [(problem.file, problem.mend) for problem in only_problems(problems)] == [(path, mend)]


@pytest.mark.parametrize(
    ("path", "right", "wrong", "what", "mend"),
    [
        (
            "workflows/complaints/two-stage.bpmn",
            ">stage_2.request_window<",
            ">stage_2.request_windw<",
            "waits for 'stage_2.request_windw', which is a deadline of no version.",
            "Did you mean 'stage_2.request_window'?",
        ),
        (
            "workflows/stages/investigated-stage.bpmn",
            '"handler"',
            '"handlers"',
            "The lane 'handlers' holds tasks, and no version can say who works in it.",
            "Did you mean 'handler'?",
        ),
    ],
)
def test_a_word_misspelt_in_a_diagram_is_named(
    shipped: Library, path: str, right: str, wrong: str, what: str, mend: str
) -> None:
    text = shipped.files[path].replace(right.encode(), wrong.encode())
    told = [problem for problem in library.load_files({**shipped.files, path: text})[1] if problem.file == path]
    assert any(what in problem.what and problem.mend == mend for problem in only_problems(told))


def test_a_timer_whose_deadline_no_version_has_is_only_a_remark(shipped: Library) -> None:
    _, problems = library.load_files(shipped.files)
    told = [problem for problem in problems if "which is a deadline of no version" in problem.what]
    assert {problem.severity for problem in told} == {"remark"}
