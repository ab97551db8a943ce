"""The outbox: each item goes out once, whatever workers do; what nobody can be sure of waits for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import bindparam, text

from engine.store import outbox, people
from engine.store.case_rows import OutboxItem
from engine.store.column_types import Instant
from engine.store.database import Database, Transaction, _alembic_config, migrate, open_database
from engine.store.people import GrantRow
from tests.unit.store_cases import NOON, opened, step

SEH, STL = "south-essex-homes", "st-leger-homes"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LEASE = NOON + 5 * MINUTE


def letters(*keys: str) -> list[OutboxItem]:
    return [OutboxItem("letter", {"to": "mary@example.org"}, key) for key in keys]


def take(tx: Transaction, now: datetime = NOON, **given: Any) -> list[outbox.OutboxRow]:
    return outbox.take(tx, now=now, lease_until=now + 5 * MINUTE, **given)


def sending(tx: Transaction, key: str, now: datetime = NOON) -> outbox.OutboxRow:
    """An item of no case whose handing over has begun."""
    outbox.put_out(tx, None, items=letters(key), now=now)
    (row,) = take(tx, now)
    assert outbox.begin(tx, row.id, attempts=row.attempts, now=now, lease_until=now + 5 * MINUTE)
    return row


def now_of(tx: Transaction, item_id: int) -> outbox.OutboxRow:
    row = outbox.one(tx, item_id)
    assert row
    return row


def test_an_item_put_out_twice_goes_out_once(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), outbox=letters("a"))
        step(tx, case, outbox=letters("a", "b"))
        assert [row.idempotency_key for row in take(tx)] == ["a", "b"]
        assert take(tx) == []
        assert [row.status for row in outbox.of_case(tx, case.id)] == [outbox.TAKEN] * 2


def test_what_is_due_longest_is_taken_first_and_what_is_not_due_waits(database: Database) -> None:
    with database.writing() as tx:
        outbox.put_out(tx, None, items=letters("late"), now=NOON + MINUTE)
        outbox.put_out(tx, None, items=letters("early"), now=NOON)
        outbox.put_out(tx, None, items=letters("never"), now=NOON + 3 * MINUTE)
        assert [row.idempotency_key for row in take(tx, NOON + MINUTE, limit=1)] == ["early"]
        assert [row.idempotency_key for row in take(tx, NOON + MINUTE)] == ["late"]
        assert take(tx, NOON + 2 * MINUTE) == []


def test_a_worker_may_take_some_kinds_only(database: Database) -> None:
    with database.writing() as tx:
        outbox.put_out(tx, None, items=[*letters("a"), OutboxItem("notice", {}, "b")], now=NOON)
        assert [row.kind for row in take(tx, kinds=["notice"])] == ["notice"]
        assert [row.kind for row in take(tx, kinds=[])] == []


def test_what_is_sent_is_at_rest(database: Database) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        later = NOON + MINUTE
        assert outbox.finish(tx, row.id, attempts=1, status=outbox.SENT, now=later, said="250 OK")
        assert not outbox.finish(tx, row.id, attempts=1, status=outbox.FAILED, now=later)
        assert not outbox.decide(tx, row.id, status=outbox.WAITING, now=later, said="")
        assert outbox.recover(tx, now=NOON + timedelta(days=1)) == 0
        found = now_of(tx, row.id)
    assert (found.status, found.sent_at, found.said, found.lease_until) == ("sent", later, "250 OK", None)


def test_what_the_server_refuses_for_now_is_tried_again_when_it_is_said(database: Database) -> None:
    with database.writing() as tx:
        outbox.put_out(tx, None, items=letters("a"), now=NOON)
        (row,) = take(tx)
        later = NOON + timedelta(hours=1)
        again = {"status": outbox.WAITING, "now": NOON, "said": "450 busy", "next_try": later}
        assert outbox.finish(tx, row.id, attempts=1, **again)
        assert take(tx, later - MINUTE) == []
        (row,) = take(tx, later)
    assert (row.attempts, row.said) == (2, "450 busy")


def test_what_was_only_taken_when_its_worker_died_waits_again(database: Database) -> None:
    with database.writing() as tx:
        outbox.put_out(tx, None, items=letters("a"), now=NOON)
        take(tx)
        assert outbox.recover(tx, now=LEASE) == 0
        assert outbox.recover(tx, now=LEASE + MINUTE) == 1
        assert [row.attempts for row in take(tx, LEASE + MINUTE)] == [2]


def test_what_was_being_sent_when_its_worker_died_is_for_a_person(database: Database) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        assert outbox.recover(tx, now=LEASE + MINUTE) == 1
        assert take(tx, LEASE + MINUTE) == []
        found = now_of(tx, row.id)
    assert found.status == outbox.UNSURE
    assert "may have gone" in found.said


def test_what_may_be_sent_twice_without_harm_is_sent_again(database: Database) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        assert outbox.recover(tx, now=LEASE + MINUTE, repeatable_kinds=["letter"]) == 1
        assert [again.id for again in take(tx, LEASE + MINUTE)] == [row.id]


def test_a_worker_that_comes_back_late_cannot_touch_what_another_has_taken(database: Database) -> None:
    with database.writing() as tx:
        outbox.put_out(tx, None, items=letters("a"), now=NOON)
        (slow,) = take(tx)
        later = LEASE + MINUTE
        outbox.recover(tx, now=later)
        (quick,) = take(tx, later)
        assert not outbox.begin(tx, slow.id, attempts=slow.attempts, now=later, lease_until=later)
        assert not outbox.finish(tx, slow.id, attempts=slow.attempts, status=outbox.FAILED, now=later)
        assert outbox.begin(tx, quick.id, attempts=quick.attempts, now=later, lease_until=later)
        assert not outbox.begin(tx, quick.id, attempts=quick.attempts, now=later, lease_until=later)


def test_a_worker_that_knows_late_overrules_the_doubt_it_left(database: Database) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        outbox.recover(tx, now=LEASE + MINUTE)
        assert outbox.finish(tx, row.id, attempts=1, status=outbox.SENT, now=LEASE + 2 * MINUTE)
        assert now_of(tx, row.id).status == outbox.SENT


def test_what_a_person_decided_stands_though_the_worker_comes_back(database: Database) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        outbox.recover(tx, now=LEASE + MINUTE)
        assert outbox.decide(tx, row.id, status=outbox.CANCELLED, now=LEASE + MINUTE, said="Posted instead.")
        assert not outbox.decide(tx, row.id, status=outbox.WAITING, now=LEASE + MINUTE, said="")
        assert not outbox.finish(tx, row.id, attempts=1, status=outbox.SENT, now=LEASE + 2 * MINUTE)
        assert now_of(tx, row.id).status == outbox.CANCELLED


@pytest.mark.parametrize("left", [outbox.FAILED, outbox.UNSURE])
def test_a_person_may_have_it_sent_again(database: Database, left: str) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        outbox.finish(tx, row.id, attempts=1, status=left, now=NOON)
        assert outbox.decide(tx, row.id, status=outbox.WAITING, now=NOON, said="The address was mended.")
        assert [again.attempts for again in take(tx)] == [2]


def test_what_waits_may_be_cancelled_but_not_what_a_worker_has(database: Database) -> None:
    with database.writing() as tx:
        outbox.put_out(tx, None, items=letters("a"), now=NOON)
        item = outbox.by_key(tx, "a")
        assert item
        take(tx)
        assert not outbox.decide(tx, item.id, status=outbox.CANCELLED, now=NOON, said="")
        outbox.recover(tx, now=LEASE + MINUTE)
        assert not outbox.decide(tx, item.id, status=outbox.SENT, now=NOON, said="")
        assert outbox.decide(tx, item.id, status=outbox.CANCELLED, now=NOON, said="")


@pytest.mark.parametrize("status", ["taken", "posted", ""])
def test_a_status_that_nobody_may_give_is_refused(database: Database, status: str) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        with pytest.raises(ValueError, match="Say one of"):
            outbox.finish(tx, row.id, attempts=1, status=status, now=NOON)
        with pytest.raises(ValueError, match="Say one of"):
            outbox.decide(tx, row.id, status=status, now=NOON, said="")


def test_only_who_works_there_is_shown_what_is_stuck(database: Database) -> None:
    manager = people.keys_of([GrantRow(SEH, "service_manager", "repairs")])
    with database.writing() as tx:
        made = {
            "repairs": opened(tx),
            "income": opened(tx, area="income"),
            "undecided": opened(tx, area=""),
            "elsewhere": opened(tx, policy=STL),
            "hidden": opened(tx, restricted=True),
        }
        for key, case in made.items():
            step(tx, case, outbox=letters(key))
        outbox.put_out(tx, None, items=letters("digest"), now=NOON)
        for row in take(tx):
            outbox.finish(tx, row.id, attempts=1, status=outbox.FAILED, now=NOON)

        def seen(keys: tuple[str, ...], **given: Any) -> list[str]:
            return [stuck.item.idempotency_key for stuck in outbox.attention(tx, keys=keys, **given)]

        assert seen(manager) == ["repairs"]
        assert outbox.attention(tx, keys=manager)[0].reference == made["repairs"].reference
        assert seen(manager, of_no_case=True) == ["repairs", "digest"]
        assert seen((f"{SEH}:service_manager:",)) == ["undecided"]
        assert seen(people.keys_of([GrantRow(SEH, "complaints_officer")])) == ["repairs", "income", "undecided"]
        assert seen(people.keys_of([GrantRow(SEH, "service_manager", "repairs")], restricted=True)) == ["hidden"]
        assert seen(()) == []


def test_what_has_waited_too_long_is_shown_too(database: Database) -> None:
    keys = (f"{SEH}:service_manager",)
    with database.writing() as tx:
        step(tx, opened(tx), outbox=letters("a"))
        assert outbox.attention(tx, keys=keys) == []
        assert outbox.attention(tx, keys=keys, waiting_before=NOON) == []
        (stuck,) = outbox.attention(tx, keys=keys, waiting_before=NOON + MINUTE)
    assert stuck.item.status == outbox.WAITING


def test_nobody_decides_about_a_notice_that_did_not_go(database: Database) -> None:
    with database.writing() as tx:
        outbox.put_out(tx, None, items=[OutboxItem("notice", {}, "a")], now=NOON)
        (row,) = take(tx)
        outbox.finish(tx, row.id, attempts=1, status=outbox.FAILED, now=NOON)
        assert outbox.attention(tx, keys=(), of_no_case=True) == []


def test_a_letter_that_comes_back_after_all_is_for_a_person(database: Database) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        assert not outbox.came_back(tx, row.id, now=NOON, said="")
        outbox.finish(tx, row.id, attempts=1, status=outbox.SENT, now=NOON)
        assert outbox.came_back(tx, row.id, now=NOON + HOUR, said="550 no such mailbox")
        assert not outbox.came_back(tx, row.id, now=NOON + HOUR, said="")
        found = now_of(tx, row.id)
        assert (found.status, found.said, found.sent_at) == (outbox.FAILED, "550 no such mailbox", NOON)
        assert outbox.decide(tx, row.id, status=outbox.CANCELLED, now=NOON, said="Posted.")
        assert not outbox.came_back(tx, row.id, now=NOON, said="")


def test_there_is_something_to_do_when_it_is_due_or_a_lease_is_over(database: Database) -> None:
    with database.writing() as tx:
        assert not outbox.is_due(tx, NOON)
        outbox.put_out(tx, None, items=letters("a"), now=NOON)
        assert not outbox.is_due(tx, NOON - MINUTE)
        assert outbox.is_due(tx, NOON)
        take(tx)
        assert not outbox.is_due(tx, LEASE)
        assert outbox.is_due(tx, LEASE + MINUTE)


def test_counts_tell_what_is_not_at_rest(database: Database) -> None:
    with database.writing() as tx:
        row = sending(tx, "a")
        outbox.finish(tx, row.id, attempts=1, status=outbox.SENT, now=NOON)
        outbox.put_out(tx, None, items=letters("b", "c"), now=NOON)
        take(tx, limit=1)
        assert outbox.counts(tx) == {"waiting": 1, "taken": 1, "sending": 0, "unsure": 0, "failed": 0}
        assert outbox.counts(tx, [outbox.SENT]) == {"sent": 1}


def test_two_workers_never_take_one_item(postgres_database: str) -> None:
    database = open_database(postgres_database)
    migrate(database)
    with database.writing() as tx:
        outbox.put_out(tx, None, items=letters("a", "b"), now=NOON)
    with database.writing() as one, database.writing() as other:
        assert [row.idempotency_key for row in take(one, limit=1)] == ["a"]
        assert [row.idempotency_key for row in take(other)] == ["b"]
    database.close()


def test_taking_and_recovering_read_no_more_however_many_were_sent(sqlite_database: str) -> None:
    database = open_database(sqlite_database)
    migrate(database)
    with database.reading() as tx:
        for wanted in (
            "SELECT id FROM outbox WHERE status = 'waiting' AND next_try <= 'x' ORDER BY next_try, id LIMIT 20",
            "SELECT id FROM outbox WHERE status IN ('taken', 'sending') AND lease_until < 'x'",
            "SELECT id FROM outbox WHERE status IN ('unsure', 'failed') OR (status = 'waiting' AND created < 'x')",
        ):
            plan = " ".join(row[-1] for row in tx.execute(text(f"EXPLAIN QUERY PLAN {wanted}")))
            assert "ix_outbox_status_next_try_id" in plan
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan
    database.close()


def test_what_was_in_the_outbox_before_stays_and_goes_out(database_url: str) -> None:
    database = open_database(database_url)
    with database.writing() as tx:
        config = _alembic_config()
        config.attributes["connection"] = tx
        command.upgrade(config, "0002")
        case = opened(tx).id
        before = text(
            "INSERT INTO outbox (case_id, event_number, kind, payload, idempotency_key, status, created, changed)"
            " VALUES (:case, 2, 'letter', '{}', :key, :status, :created, :changed)"
        ).bindparams(bindparam("created", type_=Instant), bindparam("changed", type_=Instant))
        for key, status in (("a", "waiting"), ("b", "sent"), ("c", "failed")):
            times = {"created": NOON - 2 * HOUR, "changed": NOON - HOUR}
            tx.execute(before, {"case": case, "key": key, "status": status} | times)
    migrate(database)
    with database.writing() as tx:
        assert [row.idempotency_key for row in take(tx)] == ["a"]
        sent = outbox.by_key(tx, "b")
        assert sent
        assert (sent.sent_at, sent.attempts, sent.event_number) == (NOON - HOUR, 0, 2)
        outbox.put_out(tx, None, items=letters("digest"), now=NOON)
        outbox.finish(tx, 1, attempts=1, status=outbox.UNSURE, now=NOON)
        config = _alembic_config()
        config.attributes["connection"] = tx
        command.downgrade(config, "0002")
        kept = tx.execute(text("SELECT idempotency_key, status FROM outbox ORDER BY id")).all()
        assert [tuple(row) for row in kept] == [("a", "failed"), ("b", "sent"), ("c", "failed")]
        command.upgrade(config, "head")
        assert [row.status for row in outbox.of_case(tx, case)] == ["failed", "sent", "failed"]
    database.close()


class Workers(RuleBasedStateMachine):
    """Any number of workers that die anywhere, and a person who decides: what is handed over is never handed over
    again by itself, and nothing is lost."""

    @initialize()
    def begin_empty(self) -> None:
        self.database = open_database("sqlite://")
        migrate(self.database)
        self.now = NOON
        self.put = 0
        self.held: list[outbox.OutboxRow] = []
        self.begun: list[outbox.OutboxRow] = []
        self.handed: dict[int, int] = {}
        self.allowed: dict[int, int] = {}

    def teardown(self) -> None:
        self.database.close()

    @rule(many=st.integers(1, 3))
    def put_out(self, many: int) -> None:
        with self.database.writing() as tx:
            outbox.put_out(tx, None, items=letters(*(str(self.put + each) for each in range(many))), now=self.now)
        self.put += many

    @rule(limit=st.integers(1, 3))
    def take(self, limit: int) -> None:
        with self.database.writing() as tx:
            self.held += take(tx, self.now, limit=limit)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), dies=st.booleans())
    def begin(self, data: st.DataObject, dies: bool) -> None:
        row = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        with self.database.writing() as tx:
            lease = self.now + 5 * MINUTE
            is_ours = outbox.begin(tx, row.id, attempts=row.attempts, now=self.now, lease_until=lease)
        if is_ours and not dies:
            self.handed[row.id] = self.handed.get(row.id, 0) + 1
            self.begun.append(row)

    @precondition(lambda self: self.begun)
    @rule(data=st.data(), status=st.sampled_from([outbox.SENT, outbox.FAILED, outbox.UNSURE]))
    def finish(self, data: st.DataObject, status: str) -> None:
        row = self.begun.pop(data.draw(st.integers(0, len(self.begun) - 1)))
        with self.database.writing() as tx:
            outbox.finish(tx, row.id, attempts=row.attempts, status=status, now=self.now)

    @rule(minutes=st.integers(1, 10))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        with self.database.writing() as tx:
            outbox.recover(tx, now=self.now)

    @precondition(lambda self: self.put)
    @rule(data=st.data(), status=st.sampled_from([outbox.SENT, outbox.WAITING, outbox.CANCELLED]))
    def a_person_decides(self, data: st.DataObject, status: str) -> None:
        item_id = data.draw(st.integers(1, self.put))
        with self.database.writing() as tx:
            decided = outbox.decide(tx, item_id, status=status, now=self.now, said="")
        if decided and status == outbox.WAITING:
            self.allowed[item_id] = self.allowed.get(item_id, 0) + 1

    @invariant()
    def nothing_is_handed_over_more_often_than_allowed(self) -> None:
        for item_id, times in self.handed.items():
            assert times <= 1 + self.allowed.get(item_id, 0)

    @invariant()
    def nothing_is_lost(self) -> None:
        with self.database.reading() as tx:
            counted = outbox.counts(tx, [*outbox.NOT_AT_REST, outbox.SENT, outbox.CANCELLED])
        assert sum(counted.values()) == self.put


Workers.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestWorkers = Workers.TestCase
