"""A case's steps: whole or not at all, one person at a time, and only what differs is written."""

from __future__ import annotations

import threading
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import text

from engine.store import cases, chain, claims, conveniences, inbox, people, timeline
from engine.store.cases import CaseChanged, CaseRow, TimerRow
from engine.store.database import Database, Transaction
from engine.store.schema import complaint_case
from tests.unit.store_cases import ANN, BOB, NOON, event, opened, running, step, task

RESPONSE = running("stage_1.response", date(2024, 5, 15))


def bad_place(tx: Transaction, case: CaseRow) -> chain.BadPlace | None:
    now = cases.load_case(tx, case.id)
    assert now
    links = timeline.chained_events_of(tx, case.id)
    return chain.verify_case(now.reference, links, last_number=now.last_event_number, head_hash=now.head_hash)


def written(tx: Transaction) -> list[str]:
    """Fills with the first words of every statement from here on."""
    seen: list[str] = []

    @sql_event.listens_for(tx, "before_cursor_execute")
    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(" ".join(statement.replace('"', "").split()[:3]))

    return seen


def test_a_case_row_is_every_column_of_its_table() -> None:
    assert {field.name for field in fields(CaseRow)} == {column.name for column in complaint_case.c}


def test_references_count_up_by_prefix_and_year(database: Database) -> None:
    with database.writing() as tx:
        references = [opened(tx).reference, opened(tx).reference, opened(tx, "STL").reference]
        references.append(opened(tx, logged=NOON + timedelta(days=365)).reference)
    assert references == ["SEH-2024-00001", "SEH-2024-00002", "STL-2024-00001", "SEH-2025-00001"]


def test_a_case_that_is_not_committed_uses_no_reference_up(database: Database) -> None:
    def log_and_fail() -> None:
        with database.writing() as tx:
            opened(tx)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        log_and_fail()
    with database.writing() as tx:
        assert opened(tx).reference == "SEH-2024-00001"


def test_what_was_saved_is_what_is_loaded(database: Database) -> None:
    with database.writing() as tx:
        changes = {"stage": "stage_1", "due": date(2024, 5, 8), "finding": "upheld", "state_definition": "seal"}
        case = step(
            tx, opened(tx), changes=changes, state=b"\x00\x01", new_events=[event("triaged", decision="complaint")]
        )
    with database.reading() as tx:
        assert cases.load_case(tx, case.id) == case
        assert cases.case_by_reference(tx, case.reference) == case


def test_a_case_that_is_not_there_is_none(database: Database) -> None:
    with database.reading() as tx:
        assert cases.load_case(tx, 77) is None
        assert cases.case_by_reference(tx, "SEH-2024-00077") is None


def test_events_come_back_in_the_order_recorded(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), new_events=[event("triaged"), event("stage_1.acknowledged", to=date(2024, 5, 15))])
        found = cases.events_of(tx, case.id)
        early = cases.events_of(tx, case.id, until_number=2)
    assert [(each.number, each.name) for each in found] == [
        (1, "complaint_received"),
        (2, "triaged"),
        (3, "stage_1.acknowledged"),
    ]
    assert found[2].fields == {"to": "2024-05-15"}
    assert (found[2].by_person, found[2].by_name, found[2].happened) == ("1", "Ann Able", NOON)
    assert early == found[:2]


def test_a_step_may_not_change_what_a_case_is(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        with pytest.raises(ValueError, match="cannot change head_hash"):
            step(tx, case, changes={"head_hash": "other"})


def test_an_area_left_empty_is_no_area(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx, area="")
        assert case.area is None
        assert step(tx, case, changes={"area": ""}).area is None


def test_a_case_changed_since_it_was_loaded_is_refused_naming_who_and_when(database: Database) -> None:
    with database.writing() as tx:
        seen = opened(tx)
    with database.writing() as tx:
        step(tx, seen, by=BOB, now=NOON + timedelta(hours=1), changes={"stage": "stage_1"})
    with pytest.raises(CaseChanged) as refused, database.writing() as tx:
        step(tx, seen, new_events=[event("withdrawn")], changes={"status": "closed"})
    assert (refused.value.by, refused.value.at) == ("Bob Best", NOON + timedelta(hours=1))
    with database.reading() as tx:
        assert len(cases.events_of(tx, seen.id)) == 1
        assert bad_place(tx, seen) is None


def test_of_many_people_at_once_one_succeeds_and_each_other_is_told(database: Database) -> None:
    with database.writing() as tx:
        seen = opened(tx)
    start, told, done = threading.Barrier(8), [], []

    def complete(name: str) -> None:
        start.wait(timeout=30)
        try:
            with database.writing() as tx:
                done.append(step(tx, seen, by=cases.By("9", name), new_events=[event("triaged", decision=name)]))
        except CaseChanged as refused:
            told.append(refused.by)

    people_at_once = [threading.Thread(target=complete, args=(f"P{number}",)) for number in range(8)]
    for person in people_at_once:
        person.start()
    for person in people_at_once:
        person.join(timeout=60)
    assert len(done) == 1
    assert told == [done[0].changed_by_name] * 7
    with database.reading() as tx:
        assert [each.name for each in cases.events_of(tx, seen.id)] == ["complaint_received", "triaged"]
        assert bad_place(tx, seen) is None


@pytest.mark.parametrize(
    ("tampering", "number"),
    [
        ("UPDATE case_event SET happened = '2024-01-01 00:00:00.000000' WHERE number = 2", 2),
        ("UPDATE event_content SET content = '{}' WHERE number = 3", 3),
        ("DELETE FROM case_event WHERE number = 2", 3),
        ("DELETE FROM case_event WHERE number = 4", 4),
        ("UPDATE case_event SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3)", 2),
    ],
)
def test_tampering_behind_the_back_of_the_triggers_is_found(database: Database, tampering: str, number: int) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), new_events=[event(f"event_{n}", note=str(n)) for n in (2, 3, 4)])
        assert bad_place(tx, case) is None
    take_the_locks_off(database)
    with database.writing() as tx:
        if "case_event SET number" in tampering or "DELETE" in tampering:
            tx.execute(text("DELETE FROM event_content"))  # it points at the events
        tx.execute(text(tampering))
        tx.execute(text("UPDATE case_event SET number = -number WHERE number < 0"))
        found = bad_place(tx, case)
    assert found
    assert found.number == number


def take_the_locks_off(database: Database) -> None:
    with database.writing() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("DROP TRIGGER case_event_append_only ON case_event"))
        else:
            tx.execute(text("DROP TRIGGER case_event_no_update"))
            tx.execute(text("DROP TRIGGER case_event_no_delete"))


def test_erased_content_is_gone_and_the_chain_holds(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), new_events=[event("triaged", note="private")])
        timeline.erase_content(tx, case.id, numbers=[1, 2])
    with database.reading() as tx:
        assert [(each.fields, each.is_erased) for each in cases.events_of(tx, case.id)] == [({}, True), ({}, True)]
        assert bad_place(tx, case) is None


def test_a_step_leaves_exactly_what_it_says(database: Database) -> None:
    window = running("stage_2.request_window", date(2024, 6, 12), met=NOON, state="met")
    with database.writing() as tx:
        case = opened(tx)
        case = step(tx, case, tasks=[task("triage", stage=None)], deadlines=[RESPONSE], timers=[])
        waits = [TimerRow("stage_2.request_window", date(2024, 6, 12))]
        case = step(tx, case, tasks=[task("b"), task("a")], deadlines=[window, RESPONSE], timers=waits)
        kept = conveniences.stored_conveniences(tx, case)
    assert kept.tasks == (task("a"), task("b"))
    assert kept.deadlines == (RESPONSE, window)
    assert kept.timers == tuple(waits)


def test_a_timer_that_names_no_deadline_is_refused(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        with pytest.raises(ValueError, match=r"none named stage_9\.response"):
            step(tx, case, timers=[TimerRow("stage_9.response", date(2024, 5, 1))])


def test_a_task_that_stays_open_keeps_its_place_and_who_has_it(database: Database) -> None:
    with database.writing() as tx:
        someone = people.add_person(tx, "ann", name="Ann", email="", password_hash=None, now=NOON)
        case = step(tx, opened(tx), tasks=[task("stage_1.respond")])
        claims.claim(tx, case.id, key="stage_1.respond", person_id=someone.id, now=NOON)
        before = inbox.tasks_of(tx, case.id)[0]
        later = NOON + timedelta(days=2)
        step(tx, case, now=later, tasks=[task("stage_1.respond", promised=date(2024, 5, 10), role="head_of_service")])
        after = inbox.tasks_of(tx, case.id)[0]
    assert (after.id, after.created, after.person_id, after.claimed_at) == (before.id, NOON, someone.id, NOON)
    assert (after.sort_due, after.role) == (date(2024, 5, 10), "head_of_service")


def test_a_task_may_open_in_someones_hands(database: Database) -> None:
    with database.writing() as tx:
        someone = people.add_person(tx, "ann", name="Ann", email="", password_hash=None, now=NOON)
        case = step(tx, opened(tx), tasks=[task("stage_1.respond", person_id=someone.id)])
        found = inbox.tasks_of(tx, case.id)[0]
    assert (found.person_name, found.claimed_at) == ("Ann", NOON)


def test_a_step_that_changes_nothing_writes_the_case_alone(database: Database) -> None:
    with database.writing() as tx:
        waits = [TimerRow(RESPONSE.key, date(2024, 5, 15))]
        case = step(tx, opened(tx), tasks=[task("a")], deadlines=[RESPONSE], timers=waits)
        seen = written(tx)
        step(tx, case, tasks=[task("a")], deadlines=[RESPONSE], timers=waits)
    assert [statement for statement in seen if not statement.startswith("SELECT")] == ["UPDATE complaint_case SET"]


def test_a_step_writes_no_statement_for_what_stayed_the_same(database: Database) -> None:
    with database.writing() as tx:
        others = [running(f"stage_2.{name}", date(2024, 7, 1)) for name in ("response", "acknowledgement")]
        case = step(tx, opened(tx), tasks=[task("a")], deadlines=[RESPONSE, *others])
        seen = written(tx)
        met = running(RESPONSE.key, date(2024, 5, 15), state="met", met=NOON)
        step(tx, case, tasks=[task("b")], deadlines=[met, *others], new_events=[event("stage_1.response_sent")])
    assert sorted(seen) == [
        "DELETE FROM open_task",
        "INSERT INTO case_event",
        "INSERT INTO event_content",
        "INSERT INTO open_task",
        "SELECT deadline.key, deadline.due,",
        "SELECT open_task.key, open_task.title,",
        "UPDATE complaint_case SET",
        "UPDATE deadline SET",
    ]


def test_when_the_case_is_corrected_its_tasks_show_it(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), tasks=[task("a")])
        case = step(tx, case, changes={"resident": "Maria Okafor", "area": "income"}, tasks=[task("a")])
        found = inbox.tasks_of(tx, case.id)[0]
    assert (found.resident, found.area) == ("Maria Okafor", "income")


def test_a_moment_is_kept_to_the_microsecond(database: Database) -> None:
    exact = datetime(2024, 5, 1, 12, 0, 0, 1, tzinfo=NOON.tzinfo)
    with database.writing() as tx:
        case = opened(tx, received=exact, by=ANN)
    with database.reading() as tx:
        found = cases.load_case(tx, case.id)
    assert found
    assert found.received == exact
