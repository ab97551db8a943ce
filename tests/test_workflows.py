"""Walks each shipped diagram along its paths, saving and restoring the case between all steps."""

from __future__ import annotations

from pathlib import Path

import pytest
import SpiffWorkflow
from lxml import etree

from engine import process as processes
from engine.process import NotOpen, NotWaiting, Process

WORKFLOWS = Path(__file__).parents[1] / "workflows"
FILES = {str(path.relative_to(WORKFLOWS)): path.read_bytes() for path in sorted(WORKFLOWS.rglob("*.bpmn"))}
SPINES = ("two_stage", "three_stage", "four_stage")

MORE_TIME = ["stage_1.extension_given", "stage_1.holding_reply_sent"]
STAGE_1 = ["triage=complaint", "stage_1.acknowledge", "stage_1.respond"]
STAGE_2 = ["stage_2.requested", "stage_2.acknowledge", "stage_2.respond"]
PANEL = ["stage_3.requested", "stage_3.convene_panel", "stage_3.respond"]
OUTSIDE = ["ombudsman.contacted", "ombudsman.contacted", "ombudsman.closed"]
WHOLE = {
    "two_stage": [*STAGE_1, *STAGE_2, *OUTSIDE],
    "three_stage": [*STAGE_1, *STAGE_2, "ombudsman.designated_person_approached", *OUTSIDE],
    "four_stage": [*STAGE_1, *STAGE_2, *PANEL, "ombudsman.designated_person_approached", *OUTSIDE],
}


class Ledger:
    """Facts a test sets by hand."""

    def __init__(self, *, promised: bool = True, in_time: bool = True) -> None:
        self.promised, self.in_time = promised, in_time
        self.passed: set[str] = set()
        self.asked: list[tuple[str, str | None]] = []

    def is_true(self, question: str, stage: str | None) -> bool:
        self.asked.append((question, stage))
        return {"is_acknowledgement_promised": self.promised, "is_request_in_time": self.in_time}[question]

    def has_passed(self, deadline: str) -> bool:
        return deadline in self.passed


class Walk:
    """A case led through a spine step by step; each step is saved and restored before the next."""

    def __init__(self, spine: str, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()
        self.definition = processes.definition_of(FILES, spine)
        self.process = Process.start(self.definition, self.ledger)
        self._save_and_restore()

    def __call__(self, *steps: str) -> Walk:
        """Take steps: a task's key with its answer (`triage=complaint`), a message's name, or `passes DEADLINE`."""
        for step in steps:
            self._take(step)
            self._save_and_restore()
        return self

    @property
    def tasks(self) -> list[str]:
        return [task.key for task in self.process.open_tasks()]

    @property
    def messages(self) -> list[str]:
        return sorted(self.process.waiting_messages())

    def _take(self, step: str) -> None:
        key, _, answer = step.partition("=")
        if step.startswith("passes "):
            self.ledger.passed.add(step.removeprefix("passes "))
            assert self.process.fire_timers() == (step.removeprefix("passes "),)
        elif key in self.tasks:
            self.process.complete(key, answer or None)
        else:
            self.process.send(step)

    def _save_and_restore(self) -> None:
        state = self.process.state()
        before = (self.tasks, self.messages, self.process.waiting_timers(), self.process.stage, self.process.ended_at)
        self.process = Process.restore(self.definition, state, self.ledger)
        after = (self.tasks, self.messages, self.process.waiting_timers(), self.process.stage, self.process.ended_at)
        assert before == after
        assert self.process.state() == state


BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PICTURE = "{http://www.omg.org/spec/BPMN/20100524/DI}"
SCHEMA = Path(SpiffWorkflow.__file__).parent / "bpmn" / "parser" / "schema" / "BPMN20.xsd"


@pytest.mark.parametrize("path", FILES)
def test_a_diagram_keeps_to_the_bpmn_schema(path: str) -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(etree.fromstring(FILES[path])), schema.error_log


@pytest.mark.parametrize("path", FILES)
def test_every_shape_and_arrow_of_a_diagram_is_drawn_and_every_shape_named(path: str) -> None:
    tree = etree.fromstring(FILES[path])
    drawn = {shape.get("bpmnElement") for kind in ("BPMNShape", "BPMNEdge") for shape in tree.iter(PICTURE + kind)}
    arrows = {arrow.get("id") for arrow in tree.iter(BPMN + "sequenceFlow")}
    placed = {ref.text for kind in ("incoming", "outgoing") for ref in tree.iter(BPMN + kind)}
    shapes = {
        node for node in tree.iter() if any(child.tag in (BPMN + "incoming", BPMN + "outgoing") for child in node)
    }
    assert arrows | {shape.get("id") for shape in shapes} <= drawn
    assert placed == arrows
    assert [shape.get("id") for shape in shapes if not shape.get("name")] == []


@pytest.mark.parametrize("spine", SPINES)
def test_every_spine_runs_from_intake_to_the_end_of_its_external_stage(spine: str) -> None:
    walk = Walk(spine)(*WHOLE[spine])
    assert walk.process.is_ended
    assert (walk.tasks, walk.messages, walk.process.waiting_timers()) == ([], [], frozenset())
    assert (walk.process.stage, walk.process.ended_at) == ("ombudsman", "closed_after_ombudsman")


@pytest.mark.parametrize("spine", SPINES)
def test_a_complaint_may_be_withdrawn_at_every_moment(spine: str) -> None:
    for taken in range(len(WHOLE[spine])):
        walk = Walk(spine)(*WHOLE[spine][:taken], "withdrawn")
        assert walk.process.is_ended
        assert walk.process.ended_at == "withdrawn_end"
        assert (walk.tasks, walk.messages) == ([], [])


@pytest.mark.parametrize("spine", SPINES)
def test_what_is_no_complaint_goes_no_further(spine: str) -> None:
    for answer in ("service_request", "comment", "compliment", "refuse"):
        walk = Walk(spine)(f"triage={answer}")
        assert walk.process.is_ended
        assert (walk.process.stage, walk.process.ended_at) == (None, "not_taken_further")


@pytest.mark.parametrize("spine", SPINES)
def test_an_acknowledgement_is_asked_for_only_where_it_is_promised(spine: str) -> None:
    walk = Walk(spine, Ledger(promised=False))("triage=complaint")
    assert walk.tasks == ["stage_1.respond"]
    assert walk.ledger.asked == [("is_acknowledgement_promised", "stage_1")]


@pytest.mark.parametrize("spine", SPINES)
@pytest.mark.parametrize("kind", MORE_TIME)
def test_more_time_may_be_given_again_and_again_until_the_answer_goes_out(spine: str, kind: str) -> None:
    walk = Walk(spine)(*STAGE_1[:2], kind, kind, *MORE_TIME)
    assert walk.tasks == ["stage_1.respond"]
    assert walk.messages == sorted([*MORE_TIME, "withdrawn"])
    walk("stage_1.respond")
    with pytest.raises(NotWaiting):
        walk.process.send(kind)


def test_more_time_belongs_to_the_stage_that_is_being_worked() -> None:
    walk = Walk("two_stage")(*STAGE_1, *STAGE_2[:2])
    assert walk.messages == ["stage_2.extension_given", "stage_2.holding_reply_sent", "withdrawn"]


@pytest.mark.parametrize(("spine", "stage", "before"), [
    ("two_stage", "stage_2", STAGE_1),
    ("three_stage", "stage_2", STAGE_1),
    ("four_stage", "stage_3", STAGE_1 + STAGE_2),
])  # fmt: skip
class TestTheWindowForTheNextStage:
    def test_a_request_in_time_opens_the_stage(self, spine: str, stage: str, before: list[str]) -> None:
        walk = Walk(spine)(*before)
        assert walk.process.waiting_timers() == {f"{stage}.request_window"}
        walk(f"{stage}.requested")
        assert walk.process.stage == stage

    def test_its_passing_ends_the_first_wait_but_not_the_way_to_ask(
        self, spine: str, stage: str, before: list[str]
    ) -> None:
        walk = Walk(spine)(*before, f"passes {stage}.request_window")
        assert walk.messages == [f"{stage}.requested", "withdrawn"]
        assert not walk.process.is_ended

    def test_a_request_that_came_in_time_needs_nobodys_leave_after_it(
        self, spine: str, stage: str, before: list[str]
    ) -> None:
        walk = Walk(spine)(*before, f"passes {stage}.request_window", f"{stage}.requested")
        assert walk.process.stage == stage
        assert ("is_request_in_time", stage) in walk.ledger.asked

    def test_a_late_request_goes_to_a_person_and_may_come_again_when_refused(
        self, spine: str, stage: str, before: list[str]
    ) -> None:
        walk = Walk(spine, Ledger(in_time=False))(*before, f"passes {stage}.request_window")
        for _ in range(2):
            walk(f"{stage}.requested")
            (task,) = walk.process.open_tasks()
            assert (task.key, task.stage, task.process, task.lane) == (
                f"{stage}.decide_late_request",
                stage,
                spine,
                "desk",
            )
            walk(f"{stage}.decide_late_request=refuse")
            assert walk.messages == [f"{stage}.requested", "withdrawn"]
        walk(f"{stage}.requested", f"{stage}.decide_late_request=accept")
        assert walk.process.stage == stage

    def test_a_late_request_is_decided_even_before_the_timer_is_noticed(
        self, spine: str, stage: str, before: list[str]
    ) -> None:
        walk = Walk(spine, Ledger(in_time=False))(*before, f"{stage}.requested", f"{stage}.decide_late_request=refuse")
        assert walk.messages == [f"{stage}.requested", "withdrawn"]


def test_a_window_the_version_does_not_have_never_passes() -> None:
    assert Walk("two_stage")(*STAGE_1).process.fire_timers() == ()


def test_the_resident_may_be_satisfied_at_each_wait() -> None:
    waits = {
        "two_stage": [STAGE_1, STAGE_1 + STAGE_2, STAGE_1 + STAGE_2 + OUTSIDE[:2]],
        "three_stage": [STAGE_1, STAGE_1 + STAGE_2, STAGE_1 + STAGE_2 + OUTSIDE[:1]],
        "four_stage": [STAGE_1, STAGE_1 + STAGE_2, STAGE_1 + STAGE_2 + PANEL, STAGE_1 + STAGE_2 + PANEL + OUTSIDE[:1]],
    }
    ends = {}
    for spine, paths in waits.items():
        for path in paths:
            walk = Walk(spine)(*path, "satisfied")
            assert walk.tasks == []
            ends[spine, len(path)] = walk.process.ended_at
            assert walk.process.is_ended or set(walk.messages) in (
                {"stage_2.requested", "withdrawn"},
                {"stage_3.requested", "withdrawn"},
            )
    assert set(ends.values()) == {None, "closed_after_stage_2", "closed_after_stage_3", "closed_after_ombudsman"}


@pytest.mark.parametrize("spine", ["two_stage", "three_stage", "four_stage"])
def test_who_was_satisfied_may_ask_for_the_next_stage_after_all(spine: str) -> None:
    walk = Walk(spine)(*STAGE_1, "satisfied", "stage_2.requested")
    assert walk.process.stage == "stage_2"
    assert walk.tasks != []


def test_a_late_request_after_being_satisfied_goes_to_a_person() -> None:
    walk = Walk("two_stage", Ledger(in_time=False))(*STAGE_1, "satisfied", "stage_2.requested")
    assert walk.tasks == ["stage_2.decide_late_request"]


def test_a_panel_may_be_postponed_twice_but_not_once_it_has_met() -> None:
    walk = Walk("four_stage")(*STAGE_1, *STAGE_2, PANEL[0], "stage_3.panel_postponed", "stage_3.panel_postponed")
    assert walk.tasks == ["stage_3.convene_panel"]
    walk("stage_3.convene_panel")
    assert (walk.tasks, walk.messages) == (["stage_3.respond"], ["withdrawn"])


def test_the_lanes_of_a_stage_are_named_by_their_ids() -> None:
    walk = Walk("four_stage")
    lanes = {}
    for step in [*STAGE_1, *STAGE_2, *PANEL]:
        lanes.update({task.key: (task.process, task.lane) for task in walk.process.open_tasks()})
        walk(step)
    assert lanes == {
        "triage": ("intake", "desk"),
        "stage_1.acknowledge": ("investigated_stage", "desk"),
        "stage_1.respond": ("investigated_stage", "handler"),
        "stage_2.acknowledge": ("investigated_stage", "desk"),
        "stage_2.respond": ("investigated_stage", "handler"),
        "stage_3.convene_panel": ("review_panel", "panel"),
        "stage_3.respond": ("review_panel", "desk"),
    }


def test_what_is_not_open_or_not_waited_for_is_refused_and_says_what_is() -> None:
    walk = Walk("two_stage")(*STAGE_1[:2])
    with pytest.raises(NotOpen, match=r"'triage' is not open\. Open now: stage_1\.respond\."):
        walk.process.complete("triage")
    with pytest.raises(NotWaiting, match=r"'satisfied' is not waited for\. .*stage_1\.extension_given.*withdrawn"):
        walk.process.send("satisfied")
    assert walk.tasks == ["stage_1.respond"]


def test_a_case_is_drawn_where_it_stands_and_where_it_has_been() -> None:
    walk = Walk("two_stage")(*STAGE_1, *STAGE_2[:1])
    assert walk.process.current_elements() == {
        "two_stage": ["handling", "stage_2"],
        "investigated_stage@stage_2": ["acknowledge"],
    }
    done = walk.process.done_elements()
    assert done["investigated_stage@stage_2"] == ["is_acknowledgement_promised", "stage_begun"]
    assert "complaint_answered" in done["investigated_stage@stage_1"]
    assert {"intake", "stage_1", "stage_2_requested", "is_request_in_time"} <= set(done["two_stage"])
    assert not {"stage_2", "handling", "ombudsman"} & set(done["two_stage"])


def test_a_late_wait_is_where_the_case_stands_and_a_spare_catch_is_not() -> None:
    walk = Walk("two_stage")(*STAGE_1, "passes stage_2.request_window")
    assert walk.process.current_elements()["two_stage"] == ["handling", "stage_2_requested_late"]
    walk = Walk("two_stage")(*STAGE_1[:2], MORE_TIME[0])
    assert walk.process.current_elements()["investigated_stage@stage_1"] == ["respond"]
