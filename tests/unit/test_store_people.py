"""People, roles, sign-ins, acts and request keys, as stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.store import acts, claims, inbox, people, sign_ins
from engine.store.database import Database, Transaction
from engine.store.people import GrantRow, PersonRow, SignInTaken
from tests.unit.store_cases import NOON, opened, step, task

MINUTE = timedelta(minutes=1)


def ann(tx: Transaction) -> PersonRow:
    return people.add_person(tx, "Ann.Able ", name="Ann Able", email="ann@example.org", password_hash="h", now=NOON)


def test_a_person_is_found_by_their_sign_in_however_it_is_written(database: Database) -> None:
    with database.writing() as tx:
        added = ann(tx)
        assert people.person_by_sign_in(tx, " ann.ABLE") == added == people.person_by_id(tx, added.id)
        assert people.person_by_sign_in(tx, "ann") is None
        assert people.person_by_id(tx, 77) is None
        assert people.people(tx) == [added]


def test_a_sign_in_belongs_to_one_person(database: Database) -> None:
    with database.writing() as tx:
        ann(tx)
    with pytest.raises(SignInTaken, match=r"ann\.able"), database.writing() as tx:
        people.add_person(tx, "ANN.ABLE", name="Other", email="", password_hash=None, now=NOON)


def test_only_what_is_given_of_a_person_changes(database: Database) -> None:
    with database.writing() as tx:
        added = ann(tx)
        people.change_person(tx, added.id, is_auditor=True)
        people.change_person(tx, added.id)
        changed = people.person_by_id(tx, added.id)
    assert changed
    assert (changed.name, changed.is_auditor, changed.is_administrator) == ("Ann Able", True, False)


def test_a_new_password_ends_every_session(database: Database) -> None:
    with database.writing() as tx:
        added = ann(tx)
        people.set_password(tx, added.id, password_hash="other")
        changed = people.person_by_id(tx, added.id)
    assert changed
    assert (changed.password_hash, changed.session_epoch) == ("other", added.session_epoch + 1)


def test_a_leaver_loses_sessions_roles_and_tasks_and_comes_back_without_them(database: Database) -> None:
    with database.writing() as tx:
        added = ann(tx)
        people.give_grant(tx, added.id, given=GrantRow("p", "r"))
        case = step(tx, opened(tx), tasks=[task("a")])
        claims.claim(tx, case.id, key="a", person_id=added.id, now=NOON)
        assert people.leave(tx, added.id) == 1
        left = people.person_by_id(tx, added.id)
        assert inbox.tasks_of(tx, case.id)[0].person_id is None
        assert people.grants_of(tx, added.id) == []
        people.come_back(tx, added.id)
        back = people.person_by_id(tx, added.id)
    assert left
    assert (left.is_active, left.session_epoch) == (False, added.session_epoch + 1)
    assert back
    assert back.is_active


def test_sessions_can_be_ended_by_themselves(database: Database) -> None:
    with database.writing() as tx:
        added = ann(tx)
        people.end_sessions(tx, added.id)
        changed = people.person_by_id(tx, added.id)
    assert changed
    assert changed.session_epoch == added.session_epoch + 1


def test_a_role_is_held_once_and_can_be_taken_back_once(database: Database) -> None:
    everywhere, repairs = GrantRow("p", "manager"), GrantRow("p", "manager", "repairs")
    with database.writing() as tx:
        person = ann(tx)
        for given in (repairs, everywhere, everywhere):
            people.give_grant(tx, person.id, given=given)
        assert people.grants_of(tx, person.id) == [everywhere, repairs]
        assert people.all_grants(tx) == {person.id: [everywhere, repairs]}
        assert people.take_grant(tx, person.id, taken=repairs)
        assert not people.take_grant(tx, person.id, taken=repairs)
        assert people.grants_of(tx, person.id) == [everywhere]


def test_an_area_keeps_its_key_when_its_title_changes(database: Database) -> None:
    with database.writing() as tx:
        people.put_area(tx, "repairs", title="Repairs")
        people.put_area(tx, "asb", title="Antisocial behaviour")
        people.put_area(tx, "repairs", title="Repairs and maintenance")
        assert list(people.areas(tx).items()) == [
            ("asb", "Antisocial behaviour"),
            ("repairs", "Repairs and maintenance"),
        ]


def test_failures_count_from_the_last_success(database: Database) -> None:
    with database.writing() as tx:
        for minute, ok in enumerate([False, False, True, False, False, False]):
            now = NOON + minute * MINUTE
            sign_ins.record_attempt(tx, "Ann", ok=ok, from_address="10.0.0.1", now=now)
        assert sign_ins.failures_for(tx, "ann", since=NOON) == 3
        assert sign_ins.failures_for(tx, "ann", since=NOON + 5 * MINUTE) == 1
        assert sign_ins.failures_for(tx, "bob", since=NOON) == 0


def test_a_success_does_not_clear_the_address_it_came_from(database: Database) -> None:
    with database.writing() as tx:
        for name, ok in (("ann", False), ("bob", False), ("me", True)):
            sign_ins.record_attempt(tx, name, ok=ok, from_address="10.0.0.1", now=NOON)
        assert sign_ins.failures_from(tx, "10.0.0.1", since=NOON) == 2
        assert sign_ins.forget_attempts(tx, NOON + MINUTE) == 3
        assert sign_ins.failures_from(tx, "10.0.0.1", since=NOON) == 0


def test_acts_come_newest_first_and_by_pages(database: Database) -> None:
    with database.writing() as tx:
        person = ann(tx)
        for number in range(5):
            who = person.id if number % 2 else None
            detail = {"number": number} if number else None
            acts.record_act(tx, who, what="looked", about=f"case {number % 2}", now=NOON, detail=detail)
        newest = acts.acts(tx, limit=2)
        assert [act.detail for act in newest] == [{"number": 4}, {"number": 3}]
        assert [act.detail for act in acts.acts(tx, before_id=newest[-1].id)] == [{"number": 2}, {"number": 1}, None]
        assert [act.detail for act in acts.acts(tx, about="case 1", person_id=person.id)] == [
            {"number": 3},
            {"number": 1},
        ]
        assert acts.acts(tx, about="case 0", person_id=person.id) == []


def test_the_same_request_gives_the_first_result(database: Database) -> None:
    with database.writing() as tx:
        assert acts.result_of_request(tx, "k") is None
        acts.keep_request(tx, "k", result={"reference": "SEH-1"}, now=NOON)
    with database.reading() as tx:
        assert acts.result_of_request(tx, "k") == {"reference": "SEH-1"}
    with pytest.raises(acts.SameRequest), database.writing() as tx:
        acts.keep_request(tx, "k", result={"reference": "SEH-2"}, now=NOON)
    with database.writing() as tx:
        assert acts.result_of_request(tx, "k") == {"reference": "SEH-1"}
        assert acts.forget_requests(tx, NOON + MINUTE) == 1
        assert acts.result_of_request(tx, "k") is None
