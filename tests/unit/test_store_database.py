"""The schema and the transactions: what the migrations make, and what the databases themselves hold to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import UniqueConstraint, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from engine.store import acts, library, people
from engine.store.database import Database, StoreBusy, StoreUnavailable, is_current, migrate, open_database
from engine.store.schema import act, metadata
from tests.unit.store_cases import NOON, opened

APPEND_ONLY = ["case_event", "act", "library_file", "policy_version", "version_file"]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened_database = open_database(database_url)
    migrate(opened_database)
    yield opened_database
    opened_database.close()


def test_the_migrations_make_what_the_schema_says(database: Database) -> None:
    with database.reading() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        names = set(inspect(tx).get_table_names())
    assert names == {*metadata.tables, "alembic_version"}


def test_every_constraint_has_the_name_the_convention_gives_it(database: Database) -> None:
    with database.reading() as tx:
        seen = inspect(tx)
        for table in metadata.tables.values():
            keys = {key["name"] for key in seen.get_foreign_keys(table.name)}
            assert keys == {constraint.name for constraint in table.foreign_key_constraints}
            unique = {key["name"] for key in seen.get_unique_constraints(table.name)}
            assert unique == {each.name for each in table.constraints if isinstance(each, UniqueConstraint)}


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert is_current(database)
    migrate(database)
    assert is_current(database)


def test_a_database_not_yet_migrated_is_not_current(database_url: str) -> None:
    fresh = open_database(database_url)
    assert not is_current(fresh)
    fresh.close()


def test_a_failed_block_leaves_nothing_behind(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as tx:
            people.put_area(tx, "repairs", title="Repairs")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.reading() as tx:
        assert people.areas(tx) == {}


def test_an_instant_comes_back_aware_and_in_utc(database: Database) -> None:
    in_summer = datetime(2024, 7, 1, 13, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    with database.writing() as tx:
        acts.record_act(tx, None, what="looked", about="it", now=in_summer)
    with database.reading() as tx:
        found = tx.execute(select(act.c.at)).scalar_one()
    assert found == datetime(2024, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="no time zone"), database.writing() as tx:
        acts.record_act(tx, None, what="looked", about="it", now=datetime(2024, 7, 1))  # noqa: DTZ001  # the point of it


def test_what_is_append_only_refuses_every_change(database: Database) -> None:
    with database.writing() as tx:
        opened(tx)
        acts.record_act(tx, None, what="looked", about="it", now=NOON)
        given = {"version": "v1", "title": "V", "in_force_from": date(2024, 4, 1), "seal": "s", "files": {"a": b"b"}}
        library.put_version(tx, "p", **given, now=NOON)
    for table in APPEND_ONLY:
        column = metadata.tables[table].primary_key.columns.values()[0].name
        for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError, match=f"{table} is append-only"), database.writing() as tx:
                tx.execute(text(change))
        with database.reading() as tx:
            assert tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 1


def test_replacing_an_event_is_a_change_of_it(database: Database) -> None:
    with database.writing() as tx:
        opened(tx)
    replacing = "INSERT OR REPLACE INTO case_event SELECT * FROM case_event"
    if database.url.startswith("postgresql"):
        replacing = "TRUNCATE case_event CASCADE"
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as tx:
        tx.execute(text(replacing))


def test_what_points_at_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as tx:
        acts.record_act(tx, 77, what="looked", about="it", now=NOON)


def test_a_reader_sees_one_moment_while_another_writes(database: Database) -> None:
    with database.writing() as tx:
        people.put_area(tx, "repairs", title="Repairs")
    with database.reading() as reader:
        assert len(people.areas(reader)) == 1
        with database.writing() as writer:
            people.put_area(writer, "income", title="Income")
        assert len(people.areas(reader)) == 1
    with database.reading() as reader:
        assert len(people.areas(reader)) == 2


def test_sqlite_keeps_every_guarantee_it_offers(sqlite_database: str) -> None:
    database = open_database(sqlite_database)
    with database.reading() as tx:
        kept = {
            pragma: tx.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    database.close()
    assert kept == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 10_000,
    }


def test_a_second_writer_that_waits_too_long_is_told_so(sqlite_database: str) -> None:
    database = open_database(sqlite_database)
    migrate(database)
    impatient = open_database(sqlite_database)
    with impatient.reading() as tx:
        tx.exec_driver_sql("PRAGMA busy_timeout=1")
    with database.writing(), pytest.raises(StoreBusy), impatient.writing():
        raise AssertionError("two writers at once")
    impatient.close()
    database.close()


def test_a_database_that_cannot_be_reached_is_said_to_be_so(sqlite_database: str) -> None:
    missing = sqlite_database.replace("redress.sqlite", "no/such/folder/redress.sqlite")
    with pytest.raises(StoreUnavailable), open_database(missing).reading():
        raise AssertionError("read from nowhere")


def test_a_database_in_memory_works_as_one_on_disk() -> None:
    database = open_database("sqlite://")
    migrate(database)
    with database.writing() as tx:
        people.put_area(tx, "repairs", title="Repairs")
    with database.reading() as tx:
        assert people.areas(tx) == {"repairs": "Repairs"}
    database.close()
