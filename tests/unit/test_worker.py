"""Laws of the worker: what fell due is fired, a failed round is tried again, and it stops when told."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

import pytest

from engine import casework, steps, worker
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.rights import Person
from engine.store import cases
from tests.unit.casting import hired

POLICY = "st-leger-homes"
LAPSED = moment("2024-09-02")


@pytest.fixture
def reference(office: Office) -> str:
    """A case answered on 17 June 2024, whose resident may ask for stage 2 within 20 working days."""
    ann = hired(office, "Ann")
    when = moment("2024-06-03")
    found = steps.register(office, POLICY, ann, Said({}, when, when, is_story=True))
    for key, day in (("triage", "04"), ("stage_1.acknowledge", "05"), ("stage_1.respond", "17")):
        complete(office, found, ann, key, moment(f"2024-06-{day}"))
    return found


def complete(office: Office, reference: str, who: Person, key: str, when: datetime) -> None:
    said = Said({}, None, when, is_story=True)
    steps.take(office, reference, who, lambda file: casework.complete_task(office, file, key, who, said), when)


def status(office: Office, reference: str) -> str:
    with office.database.reading() as tx:
        row = cases.case_by_reference(tx, reference)
    assert row
    return row.status


def test_a_window_that_passed_closes_its_case_once(office: Office, reference: str) -> None:
    assert worker.one_round(office, lambda: moment("2024-07-15")).moved == 0
    assert status(office, reference) == "answered"
    assert worker.one_round(office, lambda: LAPSED).moved == 1
    assert status(office, reference) == "closed"
    assert worker.one_round(office, lambda: LAPSED).moved == 0


def test_a_round_that_fails_is_reported_and_tried_again(
    office: Office, reference: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.LOG, "disabled", False)  # the import linter, run in the same process, disables loggers
    stop, told, asked = threading.Event(), [], []

    def offices() -> Office:
        asked.append(1)
        if len(asked) == 1:
            raise OSError("the disk is full")
        return office

    def tell(done: worker.Round) -> None:
        told.append(done.moved)
        stop.set()

    with caplog.at_level(logging.ERROR, logger="redress.worker"):
        worker.work(offices, lambda: LAPSED, stop, every=0.01, told=tell)
    assert told == [1]
    assert "A round of the worker failed" in caplog.text
    assert status(office, reference) == "closed"


def test_a_worker_in_the_background_stops_when_told(office: Office, reference: str) -> None:
    thread, stop = worker.in_background(lambda: office, lambda: LAPSED, every=0.01)
    for _ in range(500):
        if status(office, reference) == "closed":
            break
        threading.Event().wait(0.02)
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert status(office, reference) == "closed"
