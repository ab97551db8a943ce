"""What the first page of the inbox costs with its counts: what `web/inbox.py` asks, at any number of open tasks.

The rows are written in bulk, past the engine, which no office may do: a benchmark needs a hundred thousand of them.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert, text

from engine.store import inbox, people, register
from engine.store.case_rows import group_key, team_key
from engine.store.database import Database, migrate, open_database
from engine.store.inbox import Filters, Scope
from engine.store.register import Sight
from engine.store.schema import area, complaint_case, open_task
from tests.bench.figures import Figures

TODAY = date(2024, 6, 3)
NOW = datetime(2024, 6, 3, 9, tzinfo=UTC)
POLICIES = ("south-essex-homes", "st-leger-homes", "council-housing")
ROLES = ("complaints_officer", "service_manager", "head_of_service")
AREAS = ("repairs", "major_works", "tenancy", "estates", "income", "lettings", "home_ownership", "customer_service")
PEOPLE = 50
AT_ONCE = 5_000
SPANS = ((None, TODAY), (TODAY, TODAY + timedelta(days=1)), (TODAY + timedelta(days=1), TODAY + timedelta(days=6)))

LISTS = {
    "my tasks": Scope(person_id=1),
    "my team's": Scope(
        keys=tuple(group_key(POLICIES[0], role, area=where) for role in ROLES[:2] for where in AREAS[:2])
    ),
    "all": Scope(keys=tuple(team_key(policy, role) for policy in POLICIES for role in ROLES)),
}
SIGHT = Sight(((POLICIES[0], ""),))


def filled(url: str, tasks: int) -> Database:
    """A database with that many open tasks, each of a case of its own."""
    database = open_database(url)
    migrate(database)
    with database.writing() as tx:
        for number in range(PEOPLE):
            people.add_person(tx, f"p{number}", name=f"P {number}", email="", password_hash=None, now=NOW)
        tx.execute(insert(area), [{"key": key, "title": key} for key in AREAS])
        for first in range(1, tasks + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, tasks + 1))
            rows = [_row(number) for number in numbers]
            tx.execute(insert(complaint_case), [case for case, _ in rows])
            tx.execute(insert(open_task), [task for _, task in rows])
    with database.writing() as tx:
        tx.execute(text("ANALYZE"))
    return database


def opened(database: Database, scope: Scope) -> None:
    """What the first page of a list reads: 25 tasks, the counts of three spans and of each list, and who there is."""
    with database.reading() as tx:
        inbox.page(tx, scope)
        for begins, ends in SPANS:
            inbox.count(tx, scope, filters=Filters(due_from=begins, due_before=ends))
        for each in LISTS.values():
            inbox.count(tx, each)
        people.people(tx)
        register.page_of_cases(tx, SIGHT, only_held=True, size=1)


def compared(few: Database, many: Database, rounds: int) -> dict[str, tuple[Figures, Figures]]:
    """The first page of each list on both databases, in turns; the first round only warms up."""
    found = {name: (Figures(), Figures()) for name in LISTS}
    for turn in range(rounds + 1):
        for name, scope in LISTS.items():
            for database, figures in zip((few, many), found[name], strict=True):
                (figures if turn else Figures()).noted(partial(opened, database, scope))
    return found


def _row(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case and its open task, spread over policies, roles, areas, people and half a year of due dates."""
    chance = random.Random(number)
    policy, role, where = chance.choice(POLICIES), chance.choice(ROLES), chance.choice(AREAS)
    due = TODAY + timedelta(days=chance.randint(-20, 160))
    shown = {
        "policy": policy, "stage": "stage_1", "area": where, "reference": f"BEN-2024-{number:06d}",
        "resident": f"Resident {number}", "address": f"{number} High Street", "version_id": None, "due": due,
    }  # fmt: skip
    case = {
        **shown, "id": number, "received": NOW, "logged": NOW, "status": "open", "finding": None, "ending": None,
        "hold": "no_version" if number % 500 == 0 else None, "hold_reason": None, "postcode": "", "brief": "Damp",
        "channel": "email", "restricted": False, "lock_version": 1, "state": b"", "state_definition": None,
        "last_event_number": 0, "head_hash": "", "changed_by": "", "changed_by_name": "", "changed_at": NOW,
    }  # fmt: skip
    task = {
        **shown, "case_id": number, "key": "stage_1.respond", "title": "Investigate and answer", "role": role,
        "group_key": group_key(policy, role, area=where), "team_key": team_key(policy, role), "sort_due": due,
        "promised": None, "waits_for": "stage_1.response", "created": NOW,
        "person_id": chance.randint(1, PEOPLE) if number % 3 == 0 else None, "claimed_at": None,
    }  # fmt: skip
    return case, task
