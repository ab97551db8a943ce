"""A case as each release left it loads in this program, with its tasks and dates, and is finished by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine import steps
from engine.events import moment
from engine.library import Library
from engine.office import Office
from tests.faults import caseload
from tests.faults.golden import finish, put_back

GOLDEN = sorted((Path(__file__).parents[1] / "data" / "golden").glob("*.json"))


def test_there_is_a_golden_case_of_every_version(shelf: Library):
    assert {path.name.removesuffix(".json").replace(".", "/", 1) for path in GOLDEN} == set(shelf.versions)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
@pytest.mark.parametrize("left_by", ["the program of its release", "a program whose state nobody can read"])
def test_a_golden_case_loads_and_finishes(office: Office, path: Path, left_by: str):
    golden: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if left_by.startswith("a program"):
        golden["state"] = ""
    who, another = caseload.staff(office, "Golden Officer", "Another")
    reference = put_back(office, golden, who)
    file = steps.seen_by(office, reference, who, moment(golden["changed_at"]))
    now = file.standing
    assert (now.status, now.stage) == (golden["status"], golden["stage"])
    assert sorted(task.key for task in now.open_tasks) == sorted(golden["open_tasks"])
    assert set(golden["timers"]) <= set(now.waiting_timers)
    assert {one.key: one.due.isoformat() for one in now.ledger.deadlines.values() if one.due} == golden["due"]
    assert finish(office, reference, who, another) in ("satisfied", "closed by the Ombudsman", "withdrawn")
    assert caseload.differences(office) == []
