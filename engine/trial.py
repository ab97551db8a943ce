"""A trial of a draft before it is sealed: checked anew and its stories told, in a child process with little memory, few
seconds and no files to write, so that what a policy owner wrote can do no harm to the process that serves people.

The child is given every byte it needs and has no database but one in memory.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine import draft_library, library, office
from engine.calendars import Calendar, CalendarDay
from engine.dated_data import law_ended
from engine.draft_library import Checked
from engine.events import RECEIVED, at
from engine.example_files import Act, Example
from engine.office import Office, Shelved
from engine.policy import PolicyVersion
from engine.refusals import Refused
from engine.store import library as stored

MEMORY = 1_500_000_000  # bytes of address space; a trial of a shipped version takes a third
CPU_SECONDS = 60
WALL_SECONDS = 90.0
ROOT = Path(__file__).resolve().parents[1]
FIRST = "A complaint received on the first day"


class TrialFailed(Refused):
    """The draft did not stand its trial; nothing was sealed."""


@dataclass(frozen=True)
class Tried:
    """What a trial came to: how many stories were told, and a sentence for each thing that went wrong."""

    stories: int
    wrong: tuple[str, ...]


_stood: dict[str, Tried] = {}


def stand_trial(
    there: Office, draft: Checked, *, memory: int = MEMORY, cpu: int = CPU_SECONDS, wall: float = WALL_SECONDS
) -> Tried:
    """Try a draft in a child process within these limits. Raises TrialFailed with what went wrong.

    What stood its trial is not tried again by the same process while nothing it rests on changes.
    """
    key = draft_library.content_of(there, draft.files, draft.key)
    if key in _stood:
        return _stood[key]
    given = json.dumps({"memory": memory, "cpu": cpu, **_given(there, draft)}).encode()
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "engine.trial"]
    try:
        child = subprocess.run(command, input=given, capture_output=True, timeout=wall, cwd=ROOT, env=environment)
    except subprocess.TimeoutExpired:
        raise TrialFailed(f"The trial took longer than {wall:g} seconds, so the draft is not published.") from None
    tried = _read(child.returncode, child.stdout, child.stderr)
    if tried.wrong:
        raise TrialFailed(f"The draft did not stand its trial, so it is not published. {' '.join(tried.wrong[:3])}")
    _stood.clear()
    _stood[key] = tried
    return tried


def _read(code: int, said: bytes, complained: bytes) -> Tried:
    try:
        found: dict[str, Any] = json.loads(said) if code == 0 else {}
        return Tried(int(found["stories"]), tuple(found["wrong"]))
    except (ValueError, KeyError):
        last = complained.decode(errors="replace").strip().rpartition("\n")[2][:200]
        what = "it needed more memory than a policy may" if "MemoryError" in last else last or "it was ended"
        return Tried(0, (f"The process that tried it came to no end: {what}.",))


# --- what goes over to the child, and comes back as the same nouns -------------------------------


def _given(there: Office, draft: Checked) -> dict[str, object]:
    """All that a trial needs, as JSON: the draft, the versions beside it, dated data and calendars."""
    policy = draft.key.partition("/")[0]
    others = {}
    with there.database.reading() as tx:
        for version in there.versions_of(policy):
            shelved = there.shelved[version.key]
            if shelved.id is not None and version.key != draft.key:
                others[version.key] = _in_text(stored.version_files(tx, shelved.id))
    return {
        "key": draft.key,
        "files": _in_text(draft.files),
        "others": others,
        "dated": _in_text(there.shelf.dated_files),
        "calendars": [_calendar_in_text(one) for one in there.calendars.values()],
    }


def _in_text(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: base64.b64encode(content).decode() for path, content in files.items()}


def _of_text(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: base64.b64decode(content) for path, content in files.items()}


def _calendar_in_text(one: Calendar) -> list[object]:
    days = [
        [day.date.isoformat(), day.name, day.known.isoformat(), day.withdrawn and day.withdrawn.isoformat(), day.kind]
        for day in one.days
    ]
    return [one.name, one.covers_from.isoformat(), one.covers_to.isoformat(), days]


def _calendar_of_text(given: list[Any]) -> Calendar:
    day = date.fromisoformat
    days = (
        CalendarDay(day(when), name, day(known), day(gone) if gone else None, kind)
        for when, name, known, gone, kind in given[3]
    )
    return Calendar(given[0], day(given[1]), day(given[2]), tuple(days))


# --- in the child -------------------------------------------------------------------------------


def main() -> None:
    """What the child does: limits itself, reads what it is given, and says what it found."""
    given = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (given["memory"], given["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (given["cpu"], given["cpu"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(_tried(given)))


def _tried(given: Mapping[str, Any]) -> dict[str, object]:
    there = _office(given)
    found = draft_library.checked(there, _of_text(given["files"]), given["key"])
    if not found.is_sound or found.version is None:
        return {"stories": 0, "wrong": [str(one) for one in found.wrong]}
    told = draft_library.stories(there, found)
    told += draft_library.told(draft_library.office_with(there, found), [_first_day(found.version)])
    return {"stories": len(told), "wrong": [f"“{one.example.name}”: {why}" for one in told for why in one.failures]}


def _office(given: Mapping[str, Any]) -> Office:
    """The versions and dated data that were given, as an office without a database of its own."""
    shelf = library.load_files(_of_text(given["dated"]))[0]
    calendars = {one.name: one for one in map(_calendar_of_text, given["calendars"])}
    shelved = {}
    for key, texts in given["others"].items():
        files = _of_text(texts)
        version, workflows = office.sealed(files, key)
        calendar = calendars.get(version.calendar) or shelf.calendars[version.calendar]
        letters = office.sealed_letters(files, key)
        book = office.rulebook(version, workflows, calendar, law_ended(shelf.law), letters)
        shelved[key] = Shelved(book, "", None)
    return Office(draft_library.empty_database(), shelf, shelved, calendars)


def _first_day(version: PolicyVersion) -> Example:
    """A complaint that is received on the first day the version governs, and seen a day later."""
    received = at(version.in_force_from)
    story = (Act(RECEIVED, received, received, {}, None, 1),)
    seen_on = received + timedelta(days=1)
    path = f"policies/{version.key}.yaml"
    return Example(FIRST, version.policy, version.version, story, seen_on, (), path, version.lines.get("version", 1))


if __name__ == "__main__":
    main()
