"""Hostile diagrams are refused with a sentence that names the place, in good time, and nothing makes the gate fail."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from engine import gate
from engine.problems import only_problems
from engine.workflow_files import read_workflows
from tests.hostile.code_in_diagrams import KINDS, diagram
from tests.hostile.drawing import GOOD
from tests.hostile.exhausting_diagrams import SINGLE, TOGETHER, diamonds

SECONDS = 5  # generous: a tenth of one is usual
MUTATIONS = 2_000
#: the node or arrow the code hangs on, or what it is
NAMES_THE_PLACE = re.compile(r"'[nb]'|In the condition of|times at once|repeats itself|counts a duration|ad hoc|'s'")


def refused(xml: bytes) -> list[str]:
    """What the gate says, once it has said that nothing may go on."""
    begun = time.process_time()
    clean, problems = gate.clean(xml, "hostile.bpmn")
    assert time.process_time() - begun < SECONDS
    assert clean is None
    said = [str(problem) for problem in only_problems(problems)]
    assert said
    assert all(one.startswith("hostile.bpmn:") and one.endswith((".", "?")) for one in said)
    return said


@pytest.mark.parametrize("name", KINDS)
def test_code_is_refused_wherever_the_library_would_run_it(name: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    said = refused(diagram(KINDS[name], mark))
    assert any(NAMES_THE_PLACE.search(one) for one in said)
    assert not mark.exists()


@pytest.mark.parametrize("name", SINGLE)
def test_what_would_exhaust_the_machine_is_refused_with_its_reason(name: str) -> None:
    file, words = SINGLE[name]
    assert any(words in one for one in refused(file))


@pytest.mark.parametrize("name", TOGETHER)
def test_what_several_files_would_do_together_is_refused(name: str) -> None:
    files, words = TOGETHER[name]
    begun = time.process_time()
    _, problems = read_workflows(files)
    assert time.process_time() - begun < SECONDS
    assert any(words in str(problem) for problem in only_problems(problems))


def test_the_diagram_that_is_mutated_below_is_a_good_one() -> None:
    clean, problems = gate.clean(GOOD, "good.bpmn")
    assert clean is not None
    assert problems == []
    assert gate.clean(clean, "good.bpmn") == (clean, [])


def test_two_parallel_diamonds_are_allowed() -> None:
    clean, problems = gate.clean(diamonds(2), "good.bpmn")
    assert (clean is not None, problems) == (True, [])


def test_no_mutation_of_a_diagram_makes_the_gate_fail() -> None:
    chance = random.Random(20260711)
    pieces = [
        piece.encode() for piece in ("<", ">", '"', "&", "</bpmn:process>", "é", "bpmn:", " id=", "\x00", "]]>", "<!--")
    ]
    attacks = [SINGLE[name][0][:3_000] for name in ("a dunder", "an endless cycle", "ten million at once")]
    begun = time.process_time()
    for _ in range(MUTATIONS):
        clean, problems = gate.clean(_mutated(chance, [*pieces, *attacks]), "mutant.bpmn")
        assert (clean is None) is bool(only_problems(problems))
    assert time.process_time() - begun < MUTATIONS * 0.05


def _mutated(chance: random.Random, pieces: list[bytes]) -> bytes:
    lines = GOOD.splitlines(keepends=True)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        what = chance.randrange(6)
        if what == 0:
            del lines[at]
        elif what == 1:
            lines[at], lines[other] = lines[other], lines[at]
        elif what == 2:
            lines.insert(at, lines[other])
        elif what == 3:
            spot = chance.randrange(len(lines[at]))
            lines[at] = lines[at][:spot] + chance.choice(pieces) + lines[at][spot:]
        elif what == 4:
            words = lines[at].split(b'"')
            words[chance.randrange(len(words))] = chance.choice([b"", b"answer", b"begun", b"-1", b"true", b"9" * 400])
            lines[at] = b'"'.join(words)
        else:
            lines[at] = bytes(chance.randrange(256) if chance.random() < 0.05 else one for one in lines[at])
    return b"".join(lines)
