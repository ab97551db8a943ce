"""Killed at any place while a case is erased: it is wholly there or wholly erased, and asking again erases it."""

from __future__ import annotations

import os
import random
import signal
import threading
from functools import partial

import pytest

from engine import disposal
from engine.events import CONTENT_ERASED
from engine.office import Office
from engine.rights import KEEPER, RECORDS_APPROVER, Person
from engine.store import cases, disposals, documents, drafts, outbox, timeline
from tests.faults import caseload
from tests.faults.killing import killed_at, started
from tests.unit import test_disposal as disposing
from tests.unit.test_disposal import LATER, NAME

MOST_PLACES = 200
ROUNDS = 12


@pytest.fixture
def people(any_office: Office) -> tuple[Person, Person, Person]:
    """Who works cases, who asks for disposal, who approves it; with every class due."""
    ann = caseload.staff(any_office, "Ann")[0]
    keeper = disposing.records_person(any_office, "kay", KEEPER)
    approver = disposing.records_person(any_office, "abe", RECORDS_APPROVER)
    disposing.decide(any_office, keeper)
    return ann, keeper, approver


def asked(office: Office, ann: Person, keeper: Person) -> tuple[str, int]:
    """A case with papers whose disposal was asked for."""
    reference = disposing.withdrawn(office, ann)
    disposing.with_papers(office, reference)
    return reference, disposing.asked(office, keeper, reference)


def parts(office: Office, reference: str) -> dict[str, bool]:
    """What is still there of a case, by what it is."""
    with office.database.reading() as tx:
        row = cases.case_by_reference(tx, reference)
        assert row is not None
        *events, last = timeline.events_of(tx, row.id)
        return {
            "its events": not any(one.is_erased for one in events) and last.name != CONTENT_ERASED,
            "its name": row.resident == NAME,
            "its papers": bool(documents.of_case(tx, row.id)),
            "its drafts": bool(drafts.of_case(tx, row.id)),
            "what was handed over": any("erasing" not in one.idempotency_key for one in outbox.of_case(tx, row.id)),
            "its copies": not any("erasing" in one.idempotency_key for one in outbox.of_case(tx, row.id)),
            "the request": disposals.undecided(tx, reference) is not None,
        }


def is_whole(office: Office, reference: str) -> bool:
    """Whether all of it is there; where some of it is and some is not, that fails."""
    found = parts(office, reference)
    assert len(set(found.values())) == 1, found
    return found["its events"]


def test_a_case_erased_under_kill_is_wholly_there_or_wholly_erased(
    any_office: Office, people: tuple[Person, Person, Person]
) -> None:
    ann, keeper, approver = people
    outcomes = set()
    for place in range(MOST_PLACES):
        reference, request = asked(any_office, ann, keeper)
        was_killed = killed_at(
            place, any_office, lambda one=request: disposal.approve(any_office, approver, [one], LATER) and None
        )
        whole = is_whole(any_office, reference)
        outcomes.add(whole)
        if whole:  # asked again, it is erased
            assert disposal.approve(any_office, approver, [request], LATER).done == (reference,)
        else:
            (refusal,) = disposal.approve(any_office, approver, [request], LATER).refused
            assert "decided it already" in refusal[1]
        assert not is_whole(any_office, reference), f"killed at place {place}"
        if not was_killed:
            break
    assert place > 20
    assert outcomes == {True, False}
    assert caseload.differences(any_office) == []


def test_cases_erased_under_kill_at_any_moment_verify(
    any_office: Office, people: tuple[Person, Person, Person]
) -> None:
    """Real moments, inside a commit too: whoever erases a dozen cases is killed again and again."""
    ann, keeper, approver = people
    moments, pause = random.Random(3), threading.Event()
    waiting = dict(asked(any_office, ann, keeper) for _ in range(ROUNDS))
    for _ in range(ROUNDS):
        child = started(any_office, lambda: None, partial(_erase, any_office, approver, list(waiting.values())))
        pause.wait(moments.uniform(0.0, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        waiting = {one: request for one, request in waiting.items() if is_whole(any_office, one)}
        assert caseload.differences(any_office) == []
    done = disposal.approve(any_office, approver, list(waiting.values()), LATER)
    assert (set(done.done), done.refused) == (set(waiting), ())
    assert caseload.differences(any_office) == []


def _erase(office: Office, approver: Person, requests: list[int]) -> None:
    for request in requests:
        disposal.approve(office, approver, [request], LATER)
