"""Past cases by the thousand, each driven by the real diagrams and stored whole: what a draft is tried on.

What happens to a case is drawn by chance from a seed; the steps are those its version's diagram allows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from engine import case_files, case_saving
from engine.case_files import CaseFile, Plan
from engine.cases import standing
from engine.events import RECEIVED, CaseEvent, at
from engine.forms import plausible
from engine.office import Office
from engine.record import Governing
from engine.replay import Rulebook, Run, replay
from engine.store.case_rows import By
from engine.store.database import Transaction

AREAS = ("repairs", "income", "lettings")
MOST_STEPS = 12
BY = By("", "Made up")


def made(office: Office, policy: str, count: int, *, first: date, last: date, now: datetime, seed: int = 1) -> None:
    """Store so many cases received between two days, as they stand at `now`."""
    chance = random.Random(seed)
    days = (last - first).days
    for start in range(0, count, 250):
        with office.database.writing() as tx:
            for _ in range(start, min(start + 250, count)):
                _put(tx, office, policy, first + timedelta(days=chance.randint(0, days)), chance, now)


def record(office: Office, policy: str, received: date, chance: random.Random, now: datetime) -> list[CaseEvent]:
    """What happened to one case from its receipt on."""
    return _driven(office, policy, received, chance, now)[1]


def _put(tx: Transaction, office: Office, policy: str, day: date, chance: random.Random, now: datetime) -> None:
    file, events = _driven(office, policy, day, chance, now)
    empty = case_files.plan_new(office, policy, events[0]).file
    case_saving.saved(tx, office, Plan(empty, file, tuple(events)), BY, now)


def _driven(
    office: Office, policy: str, day: date, chance: random.Random, now: datetime
) -> tuple[CaseFile, list[CaseEvent]]:
    version = office.governing(policy, day)
    assert version is not None
    book = office.book(version)
    events = [_received(book, at(day), chance)]
    run = replay(book, events, events[0].happened)
    moment = events[0].happened
    for _ in range(chance.randint(1, MOST_STEPS)):
        moment += timedelta(days=chance.choice((0, 1, 2, 3, 5, 8, 13, 21)), hours=chance.randint(0, 4))
        if moment > now:
            break
        run.passes(moment)
        event = _next(book, run, moment, len(events) + 1, chance)
        if event is None:
            break
        run.happens(event)
        events.append(event)
    run.passes(now)
    why = Governing(version, f"Received on {day}.")
    return CaseFile(None, policy, tuple(events), tuple(events), why, book, run, standing(run)), events


def _received(book: Rulebook, moment: datetime, chance: random.Random) -> CaseEvent:
    said = {"service_area": chance.choice(AREAS), "resident": "Made Up", "description": "Made up.", "channel": "email"}
    return CaseEvent(RECEIVED, moment, moment, 1, "", "Made up", said)


def _next(book: Rulebook, run: Run, moment: datetime, number: int, chance: random.Random) -> CaseEvent | None:
    """A step that may happen now: mostly the task that is open, sometimes a message."""
    tasks, messages = run.process.open_tasks(), [one for one in run.may_happen() if one != "withdrawn"]
    if tasks and (chance.random() < 0.9 or not messages):
        task = chance.choice(tasks)
        definition = book.task(task)
        answers = plausible(book.form(task.key, definition.form), dict(definition.ordinary), moment.date())
        return CaseEvent(book.records(task), moment, moment, number, "", "Made up", answers)
    if not messages or chance.random() < 0.4:
        return None
    name = chance.choice(messages)
    later = (moment + timedelta(days=chance.randint(5, 20))).date().isoformat()
    return CaseEvent(name, moment, moment, number, "", "Made up", {"to": later, "reason": "More time is needed."})


def records(
    office: Office, policy: str, count: int, *, seed: int, now: datetime, first: date
) -> Iterator[list[CaseEvent]]:
    """The records of cases nobody stored."""
    chance = random.Random(seed)
    for _ in range(count):
        yield record(office, policy, first + timedelta(days=chance.randint(0, 300)), chance, now)
