"""Every file here is wrong on purpose. Its EXPECT comments are the exact messages owed to its author, in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import form_files, gate

FILES = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in (".bpmn", ".yaml"))
EXPECT = re.compile(r"^(?:<!--|#) EXPECT: (.*?)(?: -->)?$", re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_broken_file_gets_exactly_the_messages_it_expects(path: Path) -> None:
    text = path.read_bytes()
    _, problems = (gate.clean if path.suffix == ".bpmn" else form_files.read_form)(text, path.name)
    owed = EXPECT.findall(text.decode())
    assert [str(problem) for problem in problems] == [f"{path.name}:{one}" for one in owed]
    assert bool(owed) is (path.stem != "as_it_should_be")
