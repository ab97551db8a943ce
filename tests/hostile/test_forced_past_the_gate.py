"""Diagrams that carry code, given straight to the engine: none is run, wherever in a diagram the code stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine import process
from engine.process import DefinitionRefused, Process
from tests.hostile import code_in_diagrams
from tests.hostile.code_in_diagrams import KINDS, Kind, diagram, those_that_run


class NoFacts:
    """A ledger that must not be asked."""

    def is_true(self, question: str, stage: str | None) -> bool:
        raise KeyError(question)

    def has_passed(self, deadline: str) -> bool:
        raise KeyError(deadline)


def test_every_payload_is_live_on_the_untouched_library() -> None:
    told = subprocess.run(
        [sys.executable, code_in_diagrams.__file__], capture_output=True, text=True, check=True
    ).stdout
    assert sorted(told.splitlines()) == sorted(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_no_diagram_given_straight_to_the_engine_runs_code(name: str, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    with pytest.raises(DefinitionRefused):
        Process.start(process.parse({"hostile.bpmn": diagram(KINDS[name], mark)}, "hostile"), NoFacts())
    assert not mark.exists()


def test_the_librarys_own_evaluator_is_disabled_in_this_process(tmp_path: Path) -> None:
    assert those_that_run(tmp_path) == []


@pytest.mark.parametrize("text", [
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">&e;</bpmn:definitions>',
    b"not XML", b"", b"<a/>", b"\xff\xfe",
])  # fmt: skip
def test_what_is_no_diagram_is_refused(text: bytes) -> None:
    with pytest.raises(DefinitionRefused):
        process.parse({"hostile.bpmn": text}, "hostile")


def test_a_process_that_calls_itself_is_refused() -> None:
    calling = Kind('<bpmn:callActivity id="n" calledElement="hostile" />')
    with pytest.raises(DefinitionRefused, match="'hostile' calls itself"):
        process.parse({"hostile.bpmn": diagram(calling, Path("unused"))}, "hostile")


def test_a_data_object_that_points_at_nothing_does_not_hang_the_parser() -> None:
    kind = Kind(
        '<bpmn:userTask id="n"><bpmn:dataInputAssociation id="a"><bpmn:sourceRef>gone</bpmn:sourceRef>'
        "</bpmn:dataInputAssociation></bpmn:userTask>",
        '<bpmn:dataObjectReference id="gone" dataObjectRef="nowhere" />',
    )
    with pytest.raises(DefinitionRefused, match="is not something this engine runs"):
        process.parse({"hostile.bpmn": diagram(kind, Path("unused"))}, "hostile")
