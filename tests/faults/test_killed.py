"""Killed at any place, a step is as before or as after, never between; done again with its key, it has one effect."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine import publishing, steps
from engine.events import moment
from engine.library import Library
from engine.office import Office, open_office
from engine.rights import Person
from engine.store import library as stored
from engine.store import register
from engine.store.database import is_current, migrate, open_database
from tests.faults import caseload
from tests.faults.killing import in_child, killed_at, started

MORNING = moment("2024-06-04")
MOST_PLACES = 200


@pytest.fixture
def ann(any_office: Office) -> Person:
    return caseload.staff(any_office, "Ann")[0]


def places(of: Callable[[int], bool]) -> int:
    """Be killed at the first place, the second, and so on until the act came to its end; how many places there were."""
    return next(place for place in range(MOST_PLACES) if not of(place))


def test_a_task_completed_under_kill_is_open_or_done_and_done_once(any_office: Office, ann: Person):
    outcomes = set()

    def one(place: int) -> bool:
        reference, key = caseload.logged(any_office, ann), f"press {place}"
        before = caseload.seen(any_office, reference)

        def complete() -> object:
            return caseload.completed(any_office, reference, ann, "triage", MORNING, key=key)

        was_killed = killed_at(place, any_office, complete)
        found = caseload.seen(any_office, reference)
        complete()
        after = caseload.seen(any_office, reference)
        assert after == caseload.Seen(("complaint_received", "triaged"), ("stage_1.acknowledge",), "open")
        assert found in (before, after), f"killed at place {place}"
        outcomes.add(found)
        return was_killed

    assert places(one) > 15
    assert len(outcomes) == 2
    assert caseload.differences(any_office) == []


def test_a_case_opened_under_kill_is_there_whole_or_not_at_all_and_there_once(any_office: Office, ann: Person):
    def one(place: int) -> bool:
        def register_it() -> str:
            return caseload.logged(any_office, ann, key=f"press {place}")

        was_killed = killed_at(place, any_office, register_it)
        found = how_many(any_office)
        reference = register_it()
        assert register_it() == reference
        assert found in (place, place + 1)
        assert how_many(any_office) == place + 1, "a retry is the same complaint"
        assert reference == f"SLH-2024-{place + 1:05d}", "a killed complaint leaves no gap in the references"
        return was_killed

    assert places(one) > 15
    assert caseload.differences(any_office) == []


def test_a_timer_fired_under_kill_is_fired_once_by_the_next_worker(any_office: Office, ann: Person):
    def one(place: int) -> bool:
        reference = caseload.answered(any_office, ann)
        before = caseload.seen(any_office, reference)
        was_killed = killed_at(place, any_office, lambda: steps.fire_due(any_office, caseload.WINDOW_OVER) and None)
        found = caseload.seen(any_office, reference)
        steps.fire_due(any_office, caseload.WINDOW_OVER)
        after = caseload.seen(any_office, reference)
        assert after.events == (*before.events, "timer_fired")
        assert found in (before, after), f"killed at place {place}"
        return was_killed

    assert places(one) > 8
    assert caseload.differences(any_office) == []


def test_a_first_start_under_kill_seals_every_version_or_none(
    sqlite_database: str, shelf: Library, first_office: Office
):
    database = open_database(sqlite_database)
    opening = replace(first_office, database=database)

    def first_start() -> None:
        migrate(database)
        with database.writing() as tx:
            publishing.import_shipped(tx, shelf, MORNING)

    for place in sorted(random.Random(7).sample(range(450), 8)):
        assert killed_at(place, opening, first_start), f"there is no place {place}"
        if is_current(database):
            with database.reading() as tx:
                assert stored.versions(tx) == []
    migrate(database)
    office, imported = open_office(database, shelf, MORNING)
    assert len(imported.sealed) == len(shelf.versions)
    assert caseload.differences(office) == []
    database.close()


def test_an_office_killed_at_any_moment_verifies(any_office: Office, ann: Person):
    """Real moments, inside a commit too: whoever was at work is killed after so many milliseconds, again and again."""
    moments, pause = random.Random(11), threading.Event()

    def work() -> None:
        while True:
            caseload.answered(any_office, ann)
            steps.fire_due(any_office, caseload.WINDOW_OVER)

    for _ in range(8):
        child = started(any_office, lambda: None, work)
        pause.wait(moments.uniform(0.05, 0.3))
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert caseload.differences(any_office) == []
    assert in_child(any_office, lambda: None, lambda: caseload.answered(any_office, ann) and None) == 0


def how_many(office: Office) -> int:
    with office.database.reading() as tx:
        return len(register.all_case_ids(tx))
