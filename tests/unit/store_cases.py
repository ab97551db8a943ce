"""Cases for the tests of the store: what a step writes, with everything that does not matter already filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.store import cases
from engine.store.database import Transaction

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
ANN = cases.By("1", "Ann Able")
BOB = cases.By("2", "Bob Best")


def opened(tx: Transaction, prefix: str = "SEH", **given: Any) -> cases.CaseRow:
    """A case just registered, with its first event."""
    values: dict[str, Any] = {
        "policy": "south-essex-homes",
        "version_id": None,
        "received": NOON,
        "logged": NOON,
        "status": "open",
        "resident": "Mary O'Brien",
        "address": "12 High Street, Basildon",
        "postcode": "SS14 1AB",
        "brief": "Damp in the bedroom",
        "area": "repairs",
        "channel": "email",
        "by": ANN,
        "now": NOON,
    }
    case = cases.insert_case(tx, prefix, **values | given)
    return step(tx, case, new_events=[event("complaint_received", description="Damp")])


def step(tx: Transaction, case: cases.CaseRow, **given: Any) -> cases.CaseRow:
    """One step of a case, saved; what is not given is empty."""
    empty: dict[str, Any] = {
        "changes": {},
        "new_events": [],
        "state": b"",
        "tasks": [],
        "timers": [],
        "deadlines": [],
        "by": ANN,
        "now": NOON,
    }
    return cases.save_step(tx, case, **empty | given)


def event(name: str, **fields: Any) -> cases.NewEvent:
    return cases.NewEvent(name, NOON, NOON + timedelta(minutes=1), ANN.person_id, ANN.name, fields)


def task(key: str, **given: Any) -> cases.OpenTask:
    values: dict[str, Any] = {
        "title": "Answer the complaint",
        "stage": "stage_1",
        "role": "service_manager",
        "due": date(2024, 5, 15),
        "promised": None,
        "waits_for": "stage_1.response",
    }
    return cases.OpenTask(key=key, **values | given)


def running(key: str, due: date, **given: Any) -> cases.DeadlineRow:
    return cases.DeadlineRow(key=key, due=due, **{"expected": False, "state": "running"} | given)
