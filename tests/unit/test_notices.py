"""Laws of notices: who is told what, once; nobody who left or has no address; and never a word of a resident."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine import casework, notice_words, notices, steps
from engine.casework import Said
from engine.events import INFORMATION_ASKED, local_day, moment
from engine.office import Office
from engine.rights import Grant, Person
from engine.store import outbox, people
from engine.store.outbox import OutboxRow
from engine.store.schema import outbox as table
from tests.unit.casting import hired
from tests.unit.letter_cases import POLICY, acknowledged

RECEIVED = moment("2024-06-03")  # acknowledged by Monday 10 June, answered within 10 working days of that


def staff(office: Office, name: str, *grants: Grant, email: bool = True) -> Person:
    who = hired(office, name, *grants)
    if email:
        with office.database.writing() as tx:
            people.change_person(tx, int(who.id), email=f"{name.lower()}@landlord.example")
    return who


def version(office: Office) -> Any:
    return office.versions_of(POLICY)[-1]


def received(office: Office, who: Person, **answers: str) -> str:
    """A complaint of which the acknowledgement is open."""
    said = Said({"service_area": "repairs"} | answers, RECEIVED, RECEIVED, is_story=True)
    reference = steps.register(office, POLICY, who, said)
    triage = Said({}, None, moment("2024-06-04"), is_story=True)
    steps.take(
        office,
        reference,
        who,
        lambda file: casework.complete_task(office, file, "triage", who, triage),
        triage.recorded,
    )
    return reference


def told(office: Office, what: str) -> list[OutboxRow]:
    with office.database.reading() as tx:
        rows = [outbox.one(tx, item_id) for item_id in tx.execute(select(table.c.id).order_by(table.c.id)).scalars()]
    return [row for row in rows if row and row.kind == "notice" and row.payload["what"] == what]


def task_of(office: Office, reference: str, who: Person) -> Any:
    file = steps.seen_by(office, reference, who, moment("2024-06-05"))
    (task,) = file.standing.open_tasks
    return task, file.book.role(task) if file.book else ""


def days(office: Office, who: Person, first: str, count: int, hour: int = 8) -> list[int]:
    """Plan the notices at that hour of so many days, twice each: how many each day wrote."""
    written = []
    for day in range(count):
        now = moment(f"{first}T{hour:02}:00") + timedelta(days=day)
        written.append(notices.plan_today(office, now) + notices.plan_today(office, now))
    return written


def test_whoever_is_given_a_task_is_told_and_whoever_takes_one_is_not(office: Office) -> None:
    ann, bob = staff(office, "Ann"), staff(office, "Bob")
    reference = received(office, ann)
    now = moment("2024-06-05")
    steps.reassign(office, reference, "stage_1.acknowledge", ann, now, to=bob, reason="Ada Lovelace asked for Bob.")
    (row,) = told(office, "assigned")
    assert row.payload["person"] == int(bob.id)
    subject, text = notice_words.words(row.payload, "https://redress.example")
    assert subject == f"{reference}: you have a task"
    assert f"https://redress.example/cases/{reference}" in text
    assert "Ada" not in text
    steps.reassign(office, reference, "stage_1.acknowledge", bob, now, to=bob, reason="I keep it.")
    assert len(told(office, "assigned")) == 1
    assert notices.assignment(reference, "Answer", None, to=bob, by=bob, number=9) is None


def test_a_reminder_goes_two_working_days_before_to_who_has_the_task(office: Office) -> None:
    ann, bob = staff(office, "Ann"), staff(office, "Bob")
    reference = received(office, ann)
    steps.claim(office, reference, "stage_1.acknowledge", bob, moment("2024-06-05"))
    due = moment("2024-06-10")  # a Monday; two working days before is the Thursday
    assert steps.seen_by(office, reference, ann, due).standing.ledger.deadlines[
        "stage_1.acknowledgement"
    ].due == local_day(due)
    days(office, ann, "2024-06-04", 2)
    assert told(office, "reminder") == []
    days(office, ann, "2024-06-06", 5)
    (row,) = told(office, "reminder")
    assert local_day(row.created) == local_day(moment("2024-06-06"))
    assert (row.payload["person"], row.payload["due"]) == (int(bob.id), "2024-06-10")


def test_a_task_nobody_has_is_told_to_all_who_hold_its_role_in_its_area(office: Office) -> None:
    ann = hired(office, "Ann")
    reference = received(office, ann)
    _, role = task_of(office, reference, ann)
    there = staff(office, "There", Grant(POLICY, role, "repairs"))
    everywhere = staff(office, "Everywhere", Grant(POLICY, role))
    staff(office, "Elsewhere", Grant(POLICY, role, "lettings"))
    staff(office, "Silent", Grant(POLICY, role), email=False)
    gone = staff(office, "Gone", Grant(POLICY, role))
    with office.database.writing() as tx:
        people.leave(tx, int(gone.id))
    days(office, ann, "2024-06-06", 1)
    assert {row.payload["person"] for row in told(office, "reminder")} == {int(there.id), int(everywhere.id)}


def test_an_overdue_task_is_told_to_those_who_manage_it_on_the_next_working_day(office: Office) -> None:
    ann = hired(office, "Ann")
    reference = received(office, ann)
    managing = notices.roles_that_approve(version(office), "stage_1")
    manager = staff(office, "Manager", Grant(POLICY, managing[0]))
    days(office, ann, "2024-06-08", 3)
    assert told(office, "overdue") == []
    days(office, ann, "2024-06-11", 4)
    (row,) = told(office, "overdue")
    assert (row.payload["reference"], row.payload["person"]) == (reference, int(manager.id))
    assert local_day(row.created) == local_day(moment("2024-06-11"))


def test_notices_are_written_after_seven_on_working_days_only_once(office: Office) -> None:
    ann = hired(office, "Ann")
    received(office, ann)
    _, role = task_of(office, received(office, ann), ann)
    staff(office, "Bob", Grant(POLICY, role))
    assert days(office, ann, "2024-06-06", 1, hour=6) == [0]
    assert days(office, ann, "2024-06-08", 2) == [0, 0], "a weekend"
    assert days(office, ann, "2024-06-10", 1)[0] > 0
    (digest,) = told(office, "digest")
    assert digest.case_id is None
    assert digest.payload["today"]["count"] == 2


def test_a_digest_counts_what_is_due_and_names_letters_that_need_somebody(office: Office) -> None:
    ann = hired(office, "Ann")
    reference = received(office, ann)
    stuck = acknowledged(office, ann)
    _, role = task_of(office, reference, ann)
    staff(office, "Bob", Grant(POLICY, role))
    idle = staff(office, "Idle", Grant(POLICY, "no such role"))
    with office.database.writing() as tx:
        rows = outbox.take(tx, now=moment("2024-06-07"), lease_until=moment("2024-06-07"), kinds=["letter"])
        outbox.finish(tx, rows[0].id, attempts=1, status="unsure", now=moment("2024-06-07"))
    days(office, ann, "2024-06-11", 1)
    digests = {row.payload["person"]: row.payload for row in told(office, "digest")}
    found = next(one for person, one in digests.items() if person != int(idle.id))
    assert [one[0] for one in found["overdue"]["tasks"]] == [reference]
    assert found["letters"] == [stuck]
    subject, text = notice_words.words(found, "https://redress.example")
    assert subject.startswith("Your complaints: 1 overdue")
    assert f"* {stuck}" in text


def test_a_digest_with_nothing_in_it_is_not_written(office: Office) -> None:
    staff(office, "Bob", Grant(POLICY, "coordinator"))
    assert days(office, hired(office, "Ann"), "2024-06-06", 1) == [0]


PERSONAL = st.text(st.characters(categories=["Lu", "Ll"]), min_size=6, max_size=14).map(lambda word: f"Zq{word}")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.tuples(PERSONAL, PERSONAL, PERSONAL, PERSONAL))
def test_no_notice_says_a_word_of_a_resident_or_of_what_they_complain_about(
    office: Office, words: tuple[str, str, str, str]
) -> None:
    name, street, postcode, trouble = words
    ann, bob = staff_once(office, "Ann"), staff_once(office, "Bob")
    said = {
        "resident": name,
        "address": f"1 {street} Road",
        "postcode": postcode,
        "description": f"The {trouble} leaks.",
    }
    reference = received(office, ann, **said)
    now = moment("2024-06-05")
    steps.reassign(office, reference, "stage_1.acknowledge", ann, now, to=bob, reason=f"{name} asked.")
    chased = Said({"of_whom": f"Dr {name}", "what": trouble, "chase_on": "2024-06-07"}, None, now, is_story=True)
    steps.take(
        office, reference, ann, lambda file: casework.record_fact(office, file, INFORMATION_ASKED, ann, chased), now
    )
    for day in range(12):
        notices.plan_today(office, datetime.fromisoformat("2024-06-06T08:00+01:00") + timedelta(days=day))
    event = steps.seen_by(office, reference, ann, now).record[0]
    letters = [notices.about_letter(what, reference, event) for what in (notices.RETURNED, notices.WAITS)]
    payloads: list[Mapping[str, Any]] = [one.payload for one in letters if one]
    for what in ("assigned", "reminder", "overdue", "digest"):
        payloads += [row.payload for row in told(office, what)]
    assert len(payloads) >= 4
    for payload in payloads:
        subject, text = notice_words.words(payload, "https://redress.example")
        kept = json.dumps(payload, ensure_ascii=False)
        assert not [word for word in words if word in subject + text + kept]


def staff_once(office: Office, name: str) -> Person:
    """The same person in every example: made up, so that they hold every role and may do any task."""
    with office.database.reading() as tx:
        row = people.person_by_sign_in(tx, name)
    return Person(str(row.id), name, is_made_up=True) if row else staff(office, name)


@pytest.mark.parametrize("what", ["assigned", "reminder", "overdue", "returned", "waits"])
def test_every_notice_says_which_case_and_where_to_look(what: str) -> None:
    said = {"what": what, "reference": "SLH-2024-00001", "task": "Acknowledge the complaint", "due": "2024-06-10"}
    subject, text = notice_words.words(said, "https://redress.example/")
    assert subject.startswith("SLH-2024-00001: ")
    assert "https://redress.example/cases/SLH-2024-00001" in text
    assert "\n" not in subject
    assert "https" not in notice_words.words(said, "")[1]
