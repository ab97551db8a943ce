"""Golden cases: one of each version as a release left it, its events and the state of its process, kept as text.

A later program must load each and finish it. They are made once for a release and never made again:

    python -m tests.faults.golden tests/data/golden
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import publishing, steps
from engine.events import moment
from engine.library import Library
from engine.office import Office
from engine.rights import Person
from engine.store import cases as stored
from engine.store import conveniences
from tests.conftest import opened_office
from tests.faults import caseload

RECEIVED = {"four-stage": "2016-03-01", "three-stage-2018": "2019-03-01", "two-stage-2024": "2024-06-03"}


def case_of(office: Office, policy: str, received: str, who: Person) -> str:
    """A case that was answered at stage 1, passed on to stage 2, and waits there."""
    reference = caseload.logged(office, who, policy, moment(received))
    for number in range(1, 20):
        now = moment(received[:8] + f"{int(received[8:]) + number:02}")
        file = steps.seen_by(office, reference, who, now)
        if file.has_happened("stage_2.requested"):
            return reference
        task = next(iter(file.standing.open_tasks), None)
        if task:
            caseload.completed(office, reference, who, task.key, now)
        else:
            caseload.recorded(office, reference, who, "stage_2.requested", now)
    raise AssertionError("it never came to stage 2")


def kept(office: Office, reference: str) -> dict[str, Any]:
    """A case as a golden file keeps it."""
    with office.database.reading() as tx:
        row = stored.case_by_reference(tx, reference)
        assert row is not None
        there = conveniences.stored_conveniences(tx, row)
        events = stored.events_of(tx, row.id)
    return {
        "policy": row.policy,
        "seal": row.state_definition,
        "state": base64.b64encode(row.state).decode(),
        "status": row.status,
        "stage": row.stage,
        "open_tasks": [task.key for task in there.tasks],
        "timers": [timer.key for timer in there.timers],
        "due": {one.key: one.due.isoformat() for one in there.deadlines if one.due},
        "changed_at": row.changed_at.isoformat(),
        "events": [
            {
                "name": one.name,
                "happened": one.happened.isoformat(),
                "recorded": one.recorded.isoformat(),
                "by_name": one.by_name,
                "fields": one.fields,
            }
            for one in events
        ],
    }


def put_back(office: Office, golden: Mapping[str, Any], who: Person) -> str:
    """A golden case in an office's database, with the state it was left with; its reference."""
    by, changed = stored.By(who.id, who.name), moment(golden["changed_at"])
    events = [
        stored.NewEvent(
            one["name"], moment(one["happened"]), moment(one["recorded"]), who.id, one["by_name"], one["fields"]
        )
        for one in golden["events"]
    ]
    said = events[0].fields
    with office.database.writing() as tx:
        row = stored.insert_case(
            tx, office.prefix(golden["policy"]), policy=golden["policy"], version_id=None, received=events[0].happened,
            logged=events[0].recorded, status=golden["status"], resident=said["resident"], address="", postcode="",
            brief="", area=said["service_area"], channel=said.get("channel"), by=by, now=events[0].recorded,
        )  # fmt: skip
        stored.save_step(
            tx, row, changes={"state_definition": golden["seal"], "stage": golden["stage"]}, new_events=events,
            state=base64.b64decode(golden["state"]), tasks=[], timers=[], deadlines=[], by=by, now=changed,
        )  # fmt: skip
    return row.reference


def finish(office: Office, reference: str, who: Person, another: Person) -> str:
    """Work a case to its end: every open task, then that the resident is satisfied; how it ended."""
    with office.database.reading() as tx:
        row = stored.case_by_reference(tx, reference)
        assert row is not None
        now = row.changed_at
    while True:
        file = steps.seen_by(office, reference, who, now)
        task = next(iter(file.standing.open_tasks), None)
        if task:
            caseload.completed(office, reference, another if task.task == "respond" else who, task.key, now)
        elif file.standing.status != "closed":
            name = "satisfied" if "satisfied" in file.standing.may_happen else "withdrawn"
            caseload.recorded(office, reference, who, name, now)
        else:
            return file.standing.ending or ""


def make(folder: Path, shelf: Library) -> None:
    """Make the golden files of this release."""
    with tempfile.TemporaryDirectory() as place:
        office = opened_office(f"sqlite:///{place}/office.sqlite", shelf)
        (who,) = caseload.staff(office, "Golden Officer")
        for key, version in shelf.versions.items():
            golden = kept(office, case_of(office, version.policy, RECEIVED[version.version], who))
            name = folder / f"{key.replace('/', '.')}.json"
            name.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        office.database.close()


if __name__ == "__main__":
    make(Path(sys.argv[1]), publishing.shipped(Path(__file__).parents[2]))
