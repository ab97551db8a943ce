"""`redress check` on a copy of the shipped tree with one thing broken: file, line and cure, and no more."""

import re
import shutil
from pathlib import Path

import pytest

from engine import library, publishing
from engine.checking import check, root_of
from engine.problems import only_problems

ROOT = Path(__file__).resolve().parents[2]
POLICY = "policies/st-leger-homes/two-stage-2024.yaml"
SPINE = "workflows/complaints/two-stage.bpmn"
FORM = "workflows/forms/acknowledgement.yaml"
TASKS = "workflows/stages/tasks.yaml"
INVESTIGATED = "workflows/stages/investigated-stage.bpmn"
STORIES = "policies/council-housing/two-stage-2024.examples.yaml"
CALENDAR = "policies/calendars/england.yaml"
STL_FORM = "workflows/forms/response.yaml"
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


UNSEEN = [
    (
        "a letter misspelt",
        TASKS,
        "letter: acknowledgement",
        "letter: acknowledgemet",
        "Did you mean 'acknowledgement'?",
    ),
    ("a rule misspelt in a form", STL_FORM, "STL24-S1-APOLOGY", "STL24-S1-APOLOGI", "Did you mean 'STL24-S1-APOLOGY'?"),
    ("a look before the story", STORIES, "seen_on: 20", "seen_on: 19", "Give the day on which we look."),
    ("a source unknown", STORIES, "cites: [feedback", "cites: [feedbak", "Did you mean 'feedback'?"),
    (
        "a day off twice",
        CALENDAR,
        "  - {date: 2012-12-26",
        "  - {date: 2012-12-25, name: Christmas, known: 2009-01-01}\n  - {date: 2012-12-26",
        "Keep one of the two rows.",
    ),
]


@pytest.mark.parametrize(("name", "file", "right", "wrong", "mend"), UNSEEN, ids=[each[0] for each in UNSEEN])
def test_a_slip_that_would_do_nothing_is_a_problem(
    tree: Path, name: str, file: str, right: str, wrong: str, mend: str
) -> None:
    breaks(tree, file, right, wrong)
    assert [(one.file, one.mend) for one in only_problems(check([tree], ROOT))] == [(str(tree / file), mend)]


def test_words_misspelt_in_a_policy_are_told_beside_what_is_wrong_in_the_files_it_depends_on(tree: Path) -> None:
    breaks(tree, POLICY, "met_by: acknowledged", "met_by: acknowleged")
    breaks(tree, TASKS, "form: response", "form: respons")
    breaks(tree, INVESTIGATED, 'targetRef="respond"', 'targetRef="respnd"')
    breaks(tree, FORM, "type: long_text", "type: longtext")
    found = check([tree], ROOT)
    told = {(one.file, one.mend) for one in only_problems(found)}
    assert {
        (str(tree / POLICY), "Did you mean 'acknowledged'?"),
        (str(tree / TASKS), "Did you mean 'response'?"),
        (str(tree / FORM), "Did you mean 'long_text'?"),
    } <= told
    assert {file for file, _ in told} == {str(tree / one) for one in (POLICY, TASKS, INVESTIGATED, FORM)}
    later = [one for one in found if one.severity == "later"]
    assert {one.file for one in later} >= {str(tree / POLICY)}
    assert all(TASKS in one.what and INVESTIGATED in one.what for one in later)


@pytest.mark.parametrize("file", [TASKS, INVESTIGATED, SPINE])
def test_a_file_that_cannot_be_read_at_all_hides_no_misspelt_word_and_causes_no_flood(tree: Path, file: str) -> None:
    breaks(tree, POLICY, "met_by: acknowledged", "met_by: acknowleged")
    path = tree / file
    path.write_text(path.read_text() + ("\n  - {" if file == TASKS else "<"))
    told = only_problems(check([tree], ROOT))
    assert {one.file for one in told} == {str(path)} | ({str(tree / POLICY)} if file != SPINE else set())
    assert [one.mend for one in told if one.file.endswith(".yaml") and one.file != str(path)] in (
        [],
        ["Did you mean 'acknowledged'?"],
    )
    assert str(tree / POLICY) in {one.file for one in check([tree], ROOT) if one.severity == "later"}


def test_a_misspelt_word_is_told_beside_another_problem_of_the_same_file(tree: Path) -> None:
    breaks(tree, POLICY, "within: 10 working days", "within: ten")
    breaks(tree, POLICY, "handler: head_of_service", "handler: head_of_servce")
    told = only_problems(check([tree], ROOT))
    assert {one.file for one in told} == {str(tree / POLICY)}
    assert "Did you mean 'head_of_service'?" in [one.mend for one in told]
    assert len(told) == 2


def test_a_number_the_code_does_not_have_and_words_that_say_another_time_are_remarks(tree: Path) -> None:
    breaks(tree, POLICY, "cites: [process Stage 1, code 6.2]", "cites: [process Stage 1, code 66.2]")
    breaks(tree, POLICY, "within: 5 working days", "within: 3 working days")
    told = [one.what for one in check([tree], ROOT) if one.severity == "remark" and one.file == str(tree / POLICY)]
    assert any("code 66.2" in one for one in told)
    assert "Deadline 'stage_1.acknowledgement' allows 3 working days, and what it says speaks of another time." in told


def test_a_version_that_is_not_what_its_seal_says_is_a_remark(tree: Path) -> None:
    what = "This version, or what is sealed with it, is no longer what policies/seals.txt seals."
    shelf = library.load(tree)[0]
    seals = {key: publishing.seal_of(shelf, version) for key, version in shelf.versions.items()}
    (tree / "policies/seals.txt").write_text("".join(f"{key} {seal}  # a test\n" for key, seal in seals.items()))
    assert what not in [one.what for one in check([tree], ROOT)]
    breaks(tree, POLICY, "title: Our complaints process, two stages", "title: Our complaints process")
    told = [(one.file, one.severity) for one in check([tree], ROOT) if one.what == what]
    assert told == [(str(tree / POLICY), "remark")]


def test_files_that_nothing_reads_are_told(tree: Path) -> None:
    (tree / "policies/st-leger-homes/two-stage-2025.yml").write_text("policy: st-leger-homes\n")
    (tree / "policies/st-leger-homes/notes.txt").write_text("Ask about stage 2.\n")
    (tree / "workflows/stages/old.bpmn2").write_text("<a/>")
    (tree / "policies/st-leger-homes/later.examples.yaml").write_text("policy: st-leger-homes\nexamples: []\n")
    found = {Path(one.file).name: (one.severity, one.what) for one in check([tree], ROOT) if one.severity == "problem"}
    assert found == {
        "two-stage-2025.yml": ("problem", "Nothing reads a file whose name ends in '.yml'."),
        "old.bpmn2": ("problem", "Nothing reads a file whose name ends in '.bpmn2'."),
        "later.examples.yaml": ("problem", "The example file has no stories."),
    }
    remarks = [one.what for one in check([tree], ROOT) if one.severity == "remark"]
    assert "Nothing reads a file of this kind here." in remarks
    assert "There is no version 'later' beside these examples." in remarks


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
