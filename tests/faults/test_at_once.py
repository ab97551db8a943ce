"""Two people, and sixteen, do the same thing at the same moment: one succeeds, the others are told who and when.

They are threads with one database, of either kind, and each has the case before them as it stood before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from engine import steps
from engine.events import moment
from engine.office import Office
from engine.refusals import AlreadyDone, ChangedMeanwhile, Refused
from engine.rights import Person
from engine.store.cases import CaseChanged
from engine.store.claims import AlreadyTaken
from engine.store.database import open_database
from tests.faults import caseload

NOW = moment("2024-06-14")
TELL = (AlreadyDone, ChangedMeanwhile, CaseChanged, AlreadyTaken)
HOW_MANY = pytest.mark.parametrize("how_many", [2, 16])


def at_once(people: list[Person], act: Callable[[Person], object]) -> dict[str, object]:
    """What came of it for each, by name: what the act gave, or what it raised."""
    start, outcomes = threading.Barrier(len(people)), {}

    def go(who: Person) -> None:
        start.wait()
        try:
            outcomes[who.name] = act(who)
        except Exception as problem:  # every outcome is looked at below
            outcomes[who.name] = problem

    threads = [threading.Thread(target=go, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == len(people), "somebody got no answer"
    return outcomes


def winner(outcomes: dict[str, object], when: datetime) -> str:
    """The one who succeeded; everybody else was told that it was they, and when."""
    won = [name for name, outcome in outcomes.items() if not isinstance(outcome, Exception)]
    assert len(won) == 1, outcomes
    for name, told in outcomes.items():
        if name not in won:
            assert isinstance(told, TELL), f"{name} was told: {told!r}"
            at = told.when if isinstance(told, (AlreadyDone, ChangedMeanwhile)) else told.at
            assert (told.by, at) == (won[0], when), f"{name} was told: {told!r}"
    return won[0]


@pytest.fixture
def everybody(any_office: Office) -> list[Person]:
    return caseload.staff(any_office, *(f"Person {number:02}" for number in range(16)))


@HOW_MANY
def test_one_completes_a_task(any_office: Office, everybody: list[Person], how_many: int):
    reference = caseload.to_answer(any_office, everybody[0])
    people = everybody[:how_many]
    outcomes = at_once(people, lambda who: caseload.completed(any_office, reference, who, "stage_1.respond", NOW))
    winner(outcomes, NOW)
    assert caseload.seen(any_office, reference).events.count("stage_1.response_sent") == 1
    assert caseload.differences(any_office) == []


@HOW_MANY
def test_one_takes_a_task(any_office: Office, everybody: list[Person], how_many: int):
    reference = caseload.to_answer(any_office, everybody[0])
    people = everybody[:how_many]
    outcomes = at_once(people, lambda who: steps.claim(any_office, reference, "stage_1.respond", who, NOW))
    assert caseload.seen(any_office, reference).events.count("claimed") == 1
    file = steps.seen_by(any_office, reference, people[0], NOW)
    assert file.claimant_name("stage_1.respond") == winner(outcomes, NOW)
    assert caseload.differences(any_office) == []


@HOW_MANY
def test_one_hands_a_task_over(any_office: Office, everybody: list[Person], how_many: int):
    reference = caseload.to_answer(any_office, everybody[0])
    people, seen = everybody[:how_many], len(caseload.seen(any_office, reference).events)

    def to_oneself(who: Person) -> None:
        steps.reassign(any_office, reference, "stage_1.respond", who, NOW, to=who, reason="Mine", seen=seen)

    outcomes = at_once(people, to_oneself)
    assert caseload.seen(any_office, reference).events.count("reassigned") == 1
    file = steps.seen_by(any_office, reference, people[0], NOW)
    assert file.claimant_name("stage_1.respond") == winner(outcomes, NOW)
    assert caseload.differences(any_office) == []


@HOW_MANY
@pytest.mark.parametrize(
    ("name", "said"), [("stage_1.extension_given", {"to": "2024-06-28", "reason": "Illness"}), ("withdrawn", {})]
)
def test_one_records_what_happened(
    any_office: Office, everybody: list[Person], how_many: int, name: str, said: dict[str, str]
):
    reference = caseload.to_answer(any_office, everybody[0])
    people, seen = everybody[:how_many], len(caseload.seen(any_office, reference).events)
    outcomes = at_once(people, lambda who: caseload.recorded(any_office, reference, who, name, NOW, seen=seen, **said))
    winner(outcomes, NOW)
    assert caseload.seen(any_office, reference).events.count(name) == 1
    assert caseload.differences(any_office) == []


def test_sixteen_log_a_complaint_each_and_none_waits_in_vain(any_office: Office, everybody: list[Person]):
    outcomes = at_once(everybody, lambda who: caseload.logged(any_office, who))
    assert sorted(map(str, outcomes.values())) == [f"SLH-2024-{number:05}" for number in range(1, 17)]
    assert caseload.differences(any_office) == []


def test_sixteen_presses_of_one_button_are_one_complaint(any_office: Office, everybody: list[Person]):
    outcomes = at_once(everybody, lambda who: caseload.logged(any_office, everybody[0], key="one button"))
    assert set(outcomes.values()) == {"SLH-2024-00001"}


def test_two_workers_fire_a_timer_once(any_office: Office, everybody: list[Person]):
    references = [caseload.answered(any_office, everybody[0]) for _ in range(4)]
    others = [replace(any_office, database=open_database(any_office.database.url)) for _ in range(2)]
    start, moved = threading.Barrier(2), []

    def work(office: Office) -> None:
        start.wait()
        moved.append(steps.fire_due(office, caseload.WINDOW_OVER))

    threads = [threading.Thread(target=work, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for one in others:
        one.database.close()
    assert sum(moved) == len(references)
    for reference in references:
        assert caseload.seen(any_office, reference).events.count("timer_fired") == 1
    assert caseload.differences(any_office) == []


def test_a_worker_and_a_person_do_not_undo_each_other(any_office: Office, everybody: list[Person]):
    """The window has passed, and at one moment the worker closes the case and somebody records a request in time."""
    reference, now = caseload.answered(any_office, everybody[0]), caseload.WINDOW_OVER
    worker = replace(everybody[1], name="The worker")

    def act(who: Person) -> object:
        if who is worker:
            return steps.fire_due(any_office, now)
        return caseload.recorded(any_office, reference, who, "stage_2.requested", now)

    outcomes = at_once([everybody[0], worker], act)
    assert [one for one in outcomes.values() if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    assert caseload.seen(any_office, reference).events.count("timer_fired") == 1
    assert caseload.seen(any_office, reference).open_tasks == ("stage_2.decide_late_request",)
    assert caseload.differences(any_office) == []
