"""What a button mends: after each cure the problem it is for is gone, and what a person has to choose has no button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from lxml import etree

from engine import cures, form_files, gate, library, library_checks, version_editing, yaml_editing
from engine.diagram_text import BPMN
from engine.diagrams import Diagram
from engine.problems import Problem, only_problems

ROOT = Path(__file__).resolve().parents[2]
SHELF, _ = library.load(ROOT)
BROKEN = ROOT / "tests" / "broken"
COUNCIL = "council-housing/two-stage-2024"
PATH = f"policies/{COUNCIL}.yaml"
LETTERS = f"policies/{COUNCIL}.letters.yaml"
SPINE = "workflows/complaints/two-stage.bpmn"
STAGE = "workflows/stages/investigated-stage.bpmn"
Files = Mapping[str, bytes]

#: what a person has to choose, or think about: by the file, the words that its problems begin with
CHOICES = {
    "both_kinds_of_more_time", "condition_that_fails", "condition_that_runs_code", "counting_unknown", "date_in_words",
    "date_that_is_none", "deadline_that_starts_with_its_end", "deadlines_in_a_circle", "decision_with_rows_never_read",
    "delivery_unknown", "duplicate_key", "length_absurd", "length_of_an_extension", "length_of_nothing", "no_handler",
    "no_title", "no_within", "reading_incomplete", "receipt_unknown", "stage_key_with_a_hyphen",
    "version_from_the_same_day", "window_with_an_extension", "workflow_of_another_shape",
}  # fmt: skip


def of_policy(text: bytes, file: str) -> list[Problem]:
    version, problems = library.check_version(text, file, SHELF.beside)
    if version is not None:
        versions = [*(one for one in SHELF.versions.values() if one.key != version.key), version]
        for check in library_checks.CHECKS:
            problems += [one for one in check(versions, SHELF.workflows) if one.file == file]
    return sorted(only_problems(problems))


def of_diagram(text: bytes, file: str) -> list[Problem]:
    return list(only_problems(gate.clean(text, file)[1]))


def of_form(text: bytes, file: str) -> list[Problem]:
    return form_files.read_form(text, file)[1]


def mended(text: bytes, file: str, check: Callable[[bytes, str], list[Problem]]) -> list[str]:
    """The labels of the cures for a file's problems; each makes its own problem go."""
    labels = []
    for problem in check(text, file):
        found = cures.cure(problem, {file: text})
        if found is not None:
            left = check(found.files[file], file)
            assert problem.what not in [one.what for one in left], found.label
            labels.append(found.label)
    return labels


@pytest.mark.parametrize("path", sorted((BROKEN / "policies").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_policy_is_mended_or_left_to_its_author(path: Path) -> None:
    labels = mended(path.read_bytes(), "policies/st-leger-homes/broken.yaml", of_policy)
    assert bool(labels) is (path.stem not in CHOICES)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("no_start", "Draw a start"),
        ("no_default", "Make 'Passed on' the default arrow"),
        ("arrow_leads_nowhere", "Write 'lapsed' instead of 'laspsed'"),
        ("arrow_without_an_end", "Lead it to 'Lapsed'"),
        ("condition_on_a_task", "Delete the condition"),
        ("condition_misspelt", "Write == to compare"),
        ("another_engines_extension", "Leave out what belongs to other engines"),
        ("another_engines_setting", "Leave out what belongs to other engines"),
        ("lane_holds_nothing_such", "Write 'answer' instead of 'anwser'"),
        ("id_not_in_snake_case", "Call it answer"),
        ("id_used_twice", "Give it an id of its own"),
        ("superfluous_gateway", "Take the gateway out"),
        ("not_placed", "Place it below the others"),
        ("no_name", "Name it 'No'"),
        ("task_leads_nowhere", "Take it out of the picture"),
    ],
)
def test_a_broken_diagram_is_mended(name: str, label: str) -> None:
    text = (BROKEN / "workflows" / f"{name}.bpmn").read_bytes()
    assert label in mended(text, "workflows/complaints/small.bpmn", of_diagram)


@pytest.mark.parametrize("path", sorted((BROKEN / "workflows").glob("*.bpmn")), ids=lambda path: path.stem)
def test_no_cure_of_a_diagram_leaves_its_problem(path: Path) -> None:
    mended(path.read_bytes(), "workflows/complaints/small.bpmn", of_diagram)


def test_two_answers_without_names_get_one_each() -> None:
    text = (
        (BROKEN / "workflows" / "no_name.bpmn").read_bytes().replace(b' default="is_it_a_complaint_to_passed_on"', b"")
    )
    text = text.replace(b'"is_it_a_complaint_to_answer" name="Answer"', b'"is_it_a_complaint_to_answer"')
    file = "workflows/complaints/small.bpmn"
    labels = []
    while nameless := [one for one in of_diagram(text, file) if "which answer it is" in one.what]:
        found = cures.cure(nameless[-1], {file: text})
        assert found is not None
        labels.append(found.label)
        text = found.files[file]
    assert labels == ["Name it 'No'", "Name it 'Yes'"]


@pytest.mark.parametrize("path", sorted((BROKEN / "workflows").glob("form*.yaml")), ids=lambda path: path.stem)
def test_a_broken_form_is_mended(path: Path) -> None:
    labels = mended(path.read_bytes(), f"workflows/forms/{path.stem}.yaml", of_form)
    assert bool(labels) is (path.stem != "form_with_anchors")


# --- in a draft ---------------------------------------------------------------------------------


def draft() -> dict[str, bytes]:
    return SHELF.files_of(SHELF.versions[COUNCIL])


def problems_of(files: Files) -> list[Problem]:
    return library.load_files({**files, **SHELF.dated_files})[1]


def changed(file: str, right: str, wrong: str, files: Files | None = None) -> dict[str, bytes]:
    found = dict(files or draft())
    text = found[file].decode()
    assert right in text
    return {**found, file: text.replace(right, wrong, 1).encode()}


def cured(files: Files, what: str) -> tuple[str, Files]:
    """The cure of the problem with these words, after which it is gone and nothing new has come."""
    before = problems_of(files)
    problem = next(one for one in before if what in one.what)
    found = cures.cure(problem, files)
    assert found is not None, problem
    after = problems_of(found.files)
    assert problem.what not in [one.what for one in after]
    assert {one.what for one in only_problems(after)} <= {one.what for one in only_problems(before)}
    return found.label, found.files


def written(condition: str) -> str:
    """A condition as the shipped spines have it."""
    kind = 'xsi:type="bpmn:tFormalExpression"'
    return f"\n        <bpmn:conditionExpression {kind}>{condition}</bpmn:conditionExpression>"


def test_a_condition_written_only_in_the_label_is_the_answer_that_goes_on() -> None:
    condition = written("triage == 'complaint'")
    label, files = cured(changed(SPINE, condition, ""), "has its condition only in its label")
    assert label == "Write the condition triage == 'complaint'"
    assert files[SPINE].count(b"triage == 'complaint'") == 1
    condition = written("is_request_in_time")
    label, _ = cured(changed(SPINE, condition, ""), "has its condition only in its label")
    assert label == "Write the condition is_request_in_time"
    condition = written("decide_late_request == 'accept'")
    label, _ = cured(changed(SPINE, condition, ""), "has its condition only in its label")
    assert label == "Write the condition decide_late_request == 'accept'"


def test_a_label_that_is_an_answer_of_one_question_is_its_condition() -> None:
    condition = written("triage == 'complaint'")
    files = changed(SPINE, condition, "")
    files = changed(SPINE, 'id="is_it_an_accepted_complaint_to_stage_1" name="Yes"',
                    'id="is_it_an_accepted_complaint_to_stage_1" name="Complaint"', files)  # fmt: skip
    problem = next(one for one in problems_of(files) if "only in its label" in one.what)
    found = cures.cure(problem, files)
    assert found is None or "triage == 'complaint'" in found.label


def test_a_timer_without_a_time_waits_for_the_one_window_there_is() -> None:
    files = version_editing.add_deadline(
        draft(), PATH, "stage_2.request_window", within="20 working days", of="stage_1.response_sent",
        met_by="requested", whose="resident",
    )  # fmt: skip
    label, after = cured(changed(SPINE, ">stage_2.request_window<", "><", files), "is a timer without a time")
    assert label == "Let it wait for stage_2.request_window"
    assert b">stage_2.request_window</bpmn:timeDate>" in after[SPINE]


def test_a_timer_that_could_wait_for_nothing_is_left_to_its_author() -> None:
    files = changed(SPINE, ">stage_2.request_window<", "><")
    problem = next(one for one in problems_of(files) if "timer without a time" in one.what)
    assert cures.cure(problem, files) is None


def test_an_arrow_to_nowhere_is_taken_out() -> None:
    first = '<bpmn:sequenceFlow id="handling_begun_to_intake"'
    lost = '<bpmn:sequenceFlow id="lost" name="Lost" sourceRef="intake" targetRef="" />\n      '
    files = changed(SPINE, first, lost + first)
    problem = next(one for one in problems_of(files) if "leads to nothing" in one.what)
    found = cures.cure(problem, files)
    assert found is not None
    assert found.label == "Take the arrow 'Lost' out"
    assert only_problems(problems_of(found.files)) == ()


def test_a_rule_that_nobody_answers_for_is_still_to_come() -> None:
    label, files = cured(
        changed(PATH, "  CHF-CULTURE: {to_come: The Service Improvement Action Plan register.}\n", ""), "CHF-CULTURE"
    )
    assert label == "Say that it is still to come"
    assert b"CHF-CULTURE: {to_come: Not settled yet.}" in files[PATH]


def test_what_carries_nothing_is_taken_out_of_a_clause() -> None:
    label, files = cured(
        changed(PATH, "[rules.adjustments, complaint_council.adjustments,", "[rules.adjustments, zzz,"),
        "is carried by 'zzz'",
    )
    assert label.startswith(("Take 'zzz'", "Write"))
    assert b"zzz" not in files[PATH]


def test_a_letter_that_is_missing_is_a_plain_one() -> None:
    text = draft()[LETTERS].decode()
    begins, ends = text.index("  apology:\n"), text.index("  refusal:\n")
    label, files = cured({**draft(), LETTERS: (text[:begins] + text[ends:]).encode()}, "sends the letter 'apology'")
    assert label == "Add a plain letter"
    assert b"  apology:\n    title: Apology for a late answer\n" in files[LETTERS]


@pytest.mark.parametrize(
    "letter",
    [
        "extension_notice",
        "refusal",
        "thanks",
        "withdrawal",
        "authority_request",
        "stage_1.response",
        "stage_2.acknowledgement",
    ],
)
def test_every_kind_of_letter_has_plain_words(letter: str) -> None:
    files = dict(draft())
    text = files[LETTERS].decode()
    begins = text.index(f"  {letter}:\n")
    ends = text.find("\n\n  ", begins)
    while ends >= 0 and text[ends + 4] == " ":
        ends = text.find("\n\n  ", ends + 1)
    files[LETTERS] = (text[:begins] + (text[ends + 2 :] if ends >= 0 else "")).encode()
    label, _ = cured(files, f"sends the letter '{letter.rpartition('.')[2]}'")
    assert label == "Add a plain letter"


def test_a_field_is_spelt_as_it_was_meant_and_brackets_are_closed() -> None:
    label, _ = cured(changed(LETTERS, "((understanding))", "((undrestanding))"), "'((undrestanding))'")
    assert label == "Write 'understanding' instead of 'undrestanding'"
    label, _ = cured(changed(LETTERS, "Dear ((resident))", "Dear ((resident)"), "is not closed")
    assert label == "Close the field"


def test_words_of_another_time_are_put_right() -> None:
    files = changed(PATH, "        within: 5 working days", "        within: 3 working days")
    label, after = cured(files, "speaks of another time")
    assert label == "Let it say 3 working days"
    assert b"we acknowledge it within three working days." in after[PATH]


def test_stages_are_put_in_the_order_of_the_diagram() -> None:
    files = dict(draft())
    files[PATH] = yaml_editing.move(files[PATH].decode(), ("stages", "stage_1"), after="stage_2").encode()
    files = changed(PATH, "    not_the_same_person_as: [stage_1]\n", "", files)
    label, _ = cured(files, "the diagram never goes from it to")
    assert label == "Put the stages in the order of the diagram"


def test_a_story_of_what_is_not_there_is_taken_out() -> None:
    place = f"policies/{COUNCIL}.examples.yaml"
    files = changed(
        place, "      complain_by: {due: 2025-02-28, is: met}\n", "      zzzzzz.qqq: {due: 2025-02-28, is: met}\n"
    )
    problem = next(one for one in problems_of(files) if "zzzzzz" in one.what)
    found = cures.cure(problem, files)
    assert found is not None
    assert problem.what not in [one.what for one in problems_of(found.files)]


def test_what_is_judged_later_and_what_is_of_another_file_have_no_cure() -> None:
    assert cures.cure(Problem(PATH, 1, "Something.", "Did you mean 'x'?", "later"), draft()) is None
    assert cures.cure(Problem("policies/none.yaml", 1, "Something.", "Did you mean 'x'?"), draft()) is None
    assert cures.cure(Problem(PATH, 999_999, "Deadline 'y' is not known.", "Did you mean 'x'?"), draft()) is None


# --- several arrows out of a task -----------------------------------------------------------------

SMALL = "workflows/complaints/small.bpmn"
SPLIT = (BROKEN / "workflows" / "several_arrows_out_of_a_task.bpmn").read_bytes()


def drawn(text: bytes) -> Diagram:
    found = gate.examine(text, SMALL).readable
    assert found is not None
    return found


def splitting(text: bytes) -> Problem:
    return next(one for one in of_diagram(text, SMALL) if "arrows leave" in one.what)


def test_several_arrows_without_conditions_ask_which_gateway_was_meant() -> None:
    problem = splitting(SPLIT)
    one, all_of_them = cures.cures(problem, {SMALL: SPLIT})
    assert (one.label, all_of_them.label) == ("Only one of them: draw a decision", "All of them at once: draw a fork")
    assert cures.cure(problem, {SMALL: SPLIT}, all_of_them.label) == all_of_them
    assert cures.cure(problem, {SMALL: SPLIT}, "Something else") is None
    source = next(node for node in drawn(SPLIT).nodes if node.line == problem.line).id
    led_to = {flow.target for flow in drawn(SPLIT).flows if flow.source == source}
    for cure, kind in ((one, "exclusiveGateway"), (all_of_them, "parallelGateway")):
        after = drawn(cure.files[SMALL])
        (gateway,) = (flow.target for flow in after.flows if flow.source == source)
        assert after.node(gateway).kind == kind
        assert {flow.target for flow in after.flows if flow.source == gateway} == led_to
        assert after.node(gateway).lane == after.node(source).lane
        left = [one.what for one in of_diagram(cure.files[SMALL], SMALL)]
        assert not [what for what in left if "arrows leave" in what or "is drawn" in what or "placed" in what]


def test_the_gateway_that_is_drawn_covers_nothing() -> None:
    for cure in cures.cures(splitting(SPLIT), {SMALL: SPLIT}):
        frames = ("participant", "lane", "subProcess")
        shapes = [one for one in drawn(cure.files[SMALL]).shapes if one.kind not in frames]
        for one in shapes:
            for other in shapes:
                apart = one.x + one.w <= other.x or other.x + other.w <= one.x
                apart = apart or one.y + one.h <= other.y or other.y + other.h <= one.y
                assert apart or one.id == other.id, (one.id, other.id)


def test_where_conditions_stand_on_the_arrows_it_is_a_decision_with_the_plain_one_for_default() -> None:
    source = next(node for node in drawn(SPLIT).nodes if node.line == splitting(SPLIT).line).id
    first, *others = (flow for flow in drawn(SPLIT).flows if flow.source == source)
    root = etree.fromstring(SPLIT)
    for flow in root.iter("{*}sequenceFlow"):
        if flow.get("id") == first.id:
            condition = etree.SubElement(flow, f"{{{BPMN}}}conditionExpression")
            condition.text = "triage == 'complaint'"
    text = etree.tostring(root)
    (cure,) = cures.cures(splitting(text), {SMALL: text})
    assert cure.label == "Draw a decision after it"
    after = drawn(cure.files[SMALL])
    gateway = next(node for node in after.nodes if node.name == "Which way on?")
    assert gateway.default == others[0].id
    assert [one.what for one in of_diagram(cure.files[SMALL], SMALL) if "condition" in one.what] == []
    many = next(one for one in of_diagram(text, SMALL) if "decides nothing" in one.what)
    assert cures.cures(many, {SMALL: text}) == ()
