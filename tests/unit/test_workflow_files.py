"""Diagrams, tasks.yaml and forms are read together: what one says of another is true, or a problem with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.problems import Problem
from engine.workflow_files import Workflows, load, read_workflows
from tests.hostile.drawing import GOOD, A, call, draw, end, start

ROOT = Path(__file__).parents[2]
TASKS = b"""\
small:
  tasks:
    answer:
      title: Answer the complaint
      brief: Send the answer.
      form: response
      records: response_sent
      decides: outcome
      letter: response
      ordinary: {outcome: upheld}
  messages:
    satisfied:
      title: The resident is satisfied
      brief: Record it.
      form: satisfied
      done_by: desk
"""
INTAKE = b"""\
intake:
  tasks:
    triage: {title: Decide, brief: Decide., form: triage, records: triaged, decides: decision}
  messages:
    complaint_received: {title: Log a complaint, brief: Write it down., form: complaint}
facts:
  response_received: {title: Received, brief: Record it., form: satisfied, done_by: desk}
"""
FILES = {
    "workflows/stages/small.bpmn": GOOD,
    "workflows/stages/tasks.yaml": TASKS,
    "workflows/intake/intake.bpmn": (ROOT / "workflows/intake/intake.bpmn").read_bytes(),
    "workflows/intake/tasks.yaml": INTAKE,
    "workflows/complaints/spine.bpmn": draw(
        [start(), call("intake", "intake"), call("stage_1", "small"), end()],
        [A("begun", "intake"), A("intake", "stage_1"), A("stage_1", "ended")],
        process="spine",
    ),
    "workflows/complaints/tasks.yaml": b"spine: {tasks: {}}\n",
    "workflows/forms/response.yaml": b"form: response\ntitle: Answer\nfields:\n"
    b"  outcome: {label: Outcome, type: choice, required: true, choices: {upheld: Upheld, not_upheld: Not upheld}}\n",
    "workflows/forms/triage.yaml": b"form: triage\ntitle: Decide\nfields:\n"
    b"  decision: {label: Decision, type: choice, required: true, choices: {complaint: Take it, comment: Note it}}\n",
    "workflows/forms/complaint.yaml": b"form: complaint\ntitle: Log\nfields:\n  story: {label: Story, type: text}\n",
    "workflows/forms/satisfied.yaml": b"form: satisfied\ntitle: Satisfied\nfields:\n  how: {label: How, type: text}\n",
}
T, D, S = "workflows/stages/tasks.yaml", "workflows/stages/small.bpmn", "workflows/complaints/spine.bpmn"


def read(files: Mapping[str, bytes]) -> tuple[Workflows, list[Problem]]:
    return read_workflows(files)


def said(file: str, old: str, new: str) -> list[str]:
    """The problems once these words of a file are others."""
    assert old.encode() in FILES[file]
    return [str(problem) for problem in read({**FILES, file: FILES[file].replace(old.encode(), new.encode())})[1]]


def test_the_shipped_workflows_have_no_problem_and_no_remark() -> None:
    workflows, problems = load(ROOT)
    assert [str(problem) for problem in problems] == []
    assert {"two_stage", "three_stage", "four_stage", "intake", "investigated_stage"} <= workflows.diagrams.keys()


def test_workflows_are_found_by_process_path_and_name() -> None:
    workflows, problems = read(FILES)
    assert problems == []
    task, message = workflows.tasks["small", "answer"], workflows.messages["small", "satisfied"]
    assert (task.name, task.form, task.records, task.decides, task.letter, task.ordinary, task.line) == (
        "answer", "response", "response_sent", "outcome", "response", {"outcome": "upheld"}, 3,
    )  # fmt: skip
    assert (message.form, message.letter, message.done_by, message.line) == ("satisfied", "", "desk", 12)
    assert workflows.facts["response_received"].title == "Received"
    assert workflows.at("complaints/spine") is workflows.diagrams["spine"]
    assert workflows.at("complaints/nothing") is None
    assert workflows.calls("spine") == (("", "spine"), ("intake", "intake"), ("stage_1", "small"))
    assert workflows.calls("nothing") == ()
    assert [one.process for one in workflows.called_by("spine")] == ["spine", "small", "intake"]
    assert workflows.tasks_of("small") == (task,)
    assert workflows.messages_of("small") == (message,)
    assert set(workflows.clean) == {path for path in FILES if path.endswith(".bpmn")}


@pytest.mark.parametrize(
    ("file", "old", "new", "owed"),
    [
        (T, "answer:", "anwser:", [
            f"{D}:17: The task 'Answer' is not described in tasks.yaml. Did you mean 'anwser'?",
            f"{T}:3: 'anwser' is not a task of the diagram {D}. Did you mean 'answer'?"]),
        (T, "satisfied:", "satisfyed:", [
            f"{D}:20: The message 'satisfied' is not described in tasks.yaml. Did you mean 'satisfyed'?",
            f"{T}:12: No event of the diagram {D} waits for 'satisfyed'. Did you mean 'satisfied'?"]),
        (T, "small:", "smal:", [
            f"{D}:17: The task 'Answer' is not described in tasks.yaml. Add it as 'answer' under 'small'.",
            f"{D}:20: The message 'satisfied' is not described in tasks.yaml. Add it under 'messages' of 'small'.",
            f"{T}:3: 'smal' is described here, and no diagram in this folder has that process. Did you mean 'small'?"]),
        (T, "form: response", "form: respones", [
            f"{T}:3: 'answer' asks for the form 'respones', which is not in workflows/forms/. "
            "Did you mean 'response'?"]),
        (T, "decides: outcome", "decides: outcom", [
            f"{T}:3: 'answer' decides 'outcom', which the form 'response' does not ask. Did you mean 'outcome'?"]),
        (T, "{outcome: upheld}", "{outcome: uphold}", [
            f"{T}:3: The ordinary answer of 'answer' does not fit its form. 'uphold' is not one of the choices. "
            "Did you mean 'upheld'?"]),
        (T, "{outcome: upheld}", "{outcoem: upheld}", [
            f"{T}:3: The ordinary answer of 'answer' has 'outcoem', which the form 'response' does not ask. "
            "Did you mean 'outcome'?"]),
        (T, "done_by: desk", "done_by: dsk", [
            f"{T}:12: 'satisfied' is done by 'dsk', which is no lane. Did you mean 'desk'?"]),
        (T, "brief: Send the answer.", "breif: Send the answer.", [
            f"{T}:3: Task 'answer' has no 'brief'. Add 'brief: What is done, in a sentence.'.",
            f"{T}:5: Task 'answer' has the key 'breif', which is not known here. Did you mean 'brief'?"]),
        (T, "records: response_sent", "records: Response sent", [
            f"{T}:7: Task 'answer' records 'Response sent', which no event can be called. "
            "Write an event's name, such as acknowledged or stage_2.requested."]),
        (D, "triage ==", "tirage ==", [
            f"{D}:25: In the condition of the arrow 'Answer': 'tirage' is not something that can be asked here. "
            "Did you mean 'triage'?"]),
        (D, "'complaint'</", "'complant'</", [
            f"{D}:25: In the condition of the arrow 'Answer': 'triage' can never be 'complant'. "
            "Did you mean 'complaint'?"]),
        (S, 'calledElement="small"', 'calledElement="smal"', [
            f"{S}:12: 'Stage 1' calls the process 'smal', which is not in workflows/. Did you mean 'small'?"]),
        (S, '"spine"', '"spines"', [
            f"{S}:3: The process is called 'spines', and its file 'spine.bpmn'. "
            "Give the process the id 'spine', or rename the file."]),
    ],
)  # fmt: skip
def test_files_that_do_not_fit_are_told_so(file: str, old: str, new: str, owed: list[str]) -> None:
    assert said(file, old, new) == owed


def test_a_broken_file_is_left_out_whole_and_nothing_else_misses_it() -> None:
    broken = {**FILES, D: FILES[D].replace(b'name="Answer" ', b"", 1)}
    workflows, problems = read(broken)
    assert [str(one) for one in problems] == [
        f"{D}:17: The task 'answer' has no name. Name it in plain words, such as 'Acknowledge the complaint'."
    ]
    assert "small" not in workflows.diagrams
    assert D not in workflows.clean
    form = "workflows/forms/response.yaml"
    workflows, problems = read({**FILES, form: b"form: response\n"})
    assert {one.file for one in problems} == {form}
    assert "response" not in workflows.forms


def test_a_process_is_drawn_once() -> None:
    twice = {**FILES, "workflows/stages/small-again.bpmn": GOOD}
    assert "is drawn in workflows/stages/small.bpmn already" in str(read(twice)[1][0])


def test_a_file_that_nothing_reads_is_noticed() -> None:
    stray = {**FILES, "workflows/stages/task.yaml": b"a: 1\n", "policies/x.yaml": b"?"}
    assert [str(one) for one in read(stray)[1]] == [
        "workflows/stages/task.yaml:1: Nothing reads a file of this name here. "
        "Write workflows/<folder>/<name>.bpmn, tasks.yaml beside it, or workflows/forms/<name>.yaml."
    ]


def test_a_folder_without_workflows_has_none(tmp_path: Path) -> None:
    assert load(tmp_path) == (Workflows(), [])
