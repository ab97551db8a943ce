"""`redress check` on a copy of the shipped tree with one thing broken: file, line and cure, and no more."""

import re
import shutil
from pathlib import Path

import pytest

from engine.checking import check, root_of
from engine.problems import only_problems

ROOT = Path(__file__).resolve().parents[2]
POLICY = "policies/st-leger-homes/two-stage-2024.yaml"
SPINE = "workflows/complaints/two-stage.bpmn"
FORM = "workflows/forms/acknowledgement.yaml"
TASKS = "workflows/stages/tasks.yaml"
TIMER = r"<bpmn:timeDate[^>]*>stage_2.request_window</bpmn:timeDate>"
CONDITION = r"<bpmn:conditionExpression[^>]*>triage == 'complaint'</bpmn:conditionExpression>"

MISTAKES = [
    (
        "a word misspelt in a policy",
        POLICY,
        "of: complaint_received",
        "of: complaint_recieved",
        "Did you mean 'complaint_received'?",
    ),
    ("a key misspelt", POLICY, "handler: head_of_service", "handlr: head_of_service", "Did you mean 'handler'?"),
    (
        "a duplicate key",
        POLICY,
        "workflow: complaints/two-stage\n",
        "workflow: complaints/two-stage\nworkflow: complaints/two-stage\n",
        "Keep one of them.",
    ),
    ("a field of a form misspelt", FORM, "type: long_text", "type: longtext", "Did you mean 'long_text'?"),
    (
        "a form misspelt in tasks.yaml",
        TASKS,
        "form: acknowledgement",
        "form: acknowledgment",
        "Did you mean 'acknowledgement'?",
    ),
    ("a timer without a time", SPINE, TIMER, "", None),
    ("a condition only in a label", SPINE, CONDITION, "", None),
    ("an arrow to nowhere", SPINE, r'targetRef="what_does_the_resident_say"', 'targetRef="what_does_he_say"', None),
    (
        "a condition with a word misspelt",
        SPINE,
        "triage == 'complaint'",
        "triage == 'complain'",
        "Did you mean 'complaint'?",
    ),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("policies", "workflows"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def breaks(tree: Path, file: str, right: str, wrong: str) -> int:
    """Change one thing in a file; the line it stands on."""
    path = tree / file
    text = path.read_text()
    pattern = re.compile(right if "[^>]" in right else re.escape(right))
    found = pattern.search(text)
    assert found, right
    path.write_text(text[: found.start()] + wrong + text[found.end() :])
    return text.count("\n", 0, found.start()) + 1


def test_the_shipped_tree_is_clean() -> None:
    assert only_problems(check([ROOT], ROOT)) == ()


@pytest.mark.parametrize(("name", "file", "right", "wrong", "mend"), MISTAKES, ids=[each[0] for each in MISTAKES])
def test_each_mistake_names_file_line_and_cure(
    tree: Path, name: str, file: str, right: str, wrong: str, mend: str | None
) -> None:
    line = breaks(tree, file, right, wrong)
    problems = only_problems(check([tree], ROOT))
    here = [problem for problem in problems if problem.file == str(tree / file)]
    assert min(abs(problem.line - line) for problem in here) <= 4
    assert {problem.file for problem in problems} == {str(tree / file)}
    assert mend is None or mend in [problem.mend for problem in problems]
    assert all(problem.mend for problem in problems)


def test_a_message_misspelt_is_told_on_both_sides(tree: Path) -> None:
    breaks(tree, SPINE, 'name="stage_2.requested"', 'name="stage_2.requestd"')
    told = {problem.file: problem.mend for problem in only_problems(check([tree], ROOT))}
    assert told == {
        str(tree / SPINE): "Did you mean 'stage_2.requested'?",
        str(tree / "workflows/complaints/tasks.yaml"): "Did you mean 'stage_2.requestd'?",
    }


def test_only_the_problems_of_the_file_named_are_shown(tree: Path) -> None:
    breaks(tree, POLICY, "of: complaint_received", "of: complaint_recieved")
    breaks(tree, FORM, "type: long_text", "type: longtext")
    assert {problem.file for problem in only_problems(check([tree / POLICY], ROOT))} == {str(tree / POLICY)}
    assert {problem.file for problem in only_problems(check([tree / "workflows"], ROOT))} == {str(tree / FORM)}
    assert len(only_problems(check([tree / POLICY, tree / FORM], ROOT))) == 2


def test_paths_are_shown_as_they_were_given(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(tree, POLICY, "of: complaint_received", "of: complaint_recieved")
    monkeypatch.chdir(tree)
    assert only_problems(check([Path()], ROOT))[0].file == POLICY
    monkeypatch.chdir(tree / "policies")
    assert only_problems(check([Path("st-leger-homes")], ROOT))[0].file == f"../{POLICY}"


def test_the_tree_of_a_path_is_found_from_anywhere_in_it(tree: Path) -> None:
    assert root_of(tree / POLICY) == root_of(tree) == tree
    assert root_of(Path("/")) is None


@pytest.mark.parametrize("name", ["length_in_words", "role_misspelt", "decision_of_no_choice"])
def test_a_policy_that_lies_elsewhere_is_read_as_if_it_stood_at_home(name: str, tmp_path: Path) -> None:
    path = Path(shutil.copy(ROOT / "tests" / "broken" / "policies" / f"{name}.yaml", tmp_path))
    owed = path.read_text().splitlines()[0].removeprefix("# EXPECT: ")
    assert [str(problem) for problem in only_problems(check([path], ROOT))] == [f"{path}:{owed}"]


def test_a_form_that_lies_elsewhere_is_read_as_if_it_stood_at_home(tmp_path: Path) -> None:
    path = tmp_path / "acknowledgement.yaml"
    path.write_text((ROOT / FORM).read_text().replace("type: long_text", "type: longtext", 1))
    assert {problem.mend for problem in check([path], ROOT)} == {"Did you mean 'long_text'?"}


def test_a_diagram_that_lies_elsewhere_is_read_as_if_it_stood_at_home(tmp_path: Path) -> None:
    path = tmp_path / "two-stage.bpmn"
    path.write_text((ROOT / SPINE).read_text().replace("triage == 'complaint'", "triage == 'complain'"))
    assert [problem.mend for problem in only_problems(check([path], ROOT))] == ["Did you mean 'complaint'?"]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.txt", "hello", "Nothing reads a file of this kind."),
        ("a.yaml", "hello", "This file is not made of keys."),
        ("a.yaml", "investigated_stage: {}", "This file lies in no folder with policies/ and workflows/."),
        ("a.yaml", "policy: [", "A bracket is not closed"),
    ],
)
def test_a_file_that_is_nothing_redress_knows_is_told_so(tmp_path: Path, name: str, text: str, what: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    [problem] = check([path], ROOT)
    assert (problem.file, problem.severity) == (str(path), "problem")
    assert problem.what.startswith(what) or what == "A bracket is not closed"


def test_a_path_that_is_not_there_and_a_folder_without_policies_are_problems(tmp_path: Path) -> None:
    told = check([tmp_path / "gone", tmp_path], ROOT)
    assert [problem.what for problem in told] == [
        "There is no such file or folder.",
        "This folder has no policies/ and workflows/.",
    ]
