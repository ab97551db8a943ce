"""Open a database, migrate it, and hand out transactions: one reading or one writing, whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import StaticPool

#: What every function of the store takes first: an open transaction, got from `Database.writing` or `.reading`.
Transaction = Connection

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10
#: PostgreSQL's codes for a lock not had in time, a deadlock and a serialization failure.
_BUSY_CODES = {"55P03", "40P01", "40001"}
_MIGRATION_LOCK = 7_333_713


class StoreBusy(Exception):
    """The database was busy with someone else's change for too long. Nothing was changed; try again."""


class StoreUnavailable(Exception):
    """The database cannot be reached or cannot write (disk full, read-only, connection cut). Nothing was changed."""


@dataclass(frozen=True)
class Database:
    """An opened database. Both contexts commit when the block ends well and roll back when it raises."""

    url: str
    _writer: Engine
    _reader: Engine
    _begin_writing: str = ""
    _begin_reading: str = ""

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One writing transaction. On SQLite it takes the write lock at once; on PostgreSQL it is READ COMMITTED.

        Raises StoreBusy or StoreUnavailable where the database itself fails.
        """
        with _failures_in_words(), self._writer.begin() as transaction:
            _begin(transaction, self._begin_writing)
            yield transaction

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One reading transaction, which sees the database as it was at one moment."""
        with _failures_in_words(), self._reader.begin() as transaction:
            _begin(transaction, self._begin_reading)
            yield transaction

    def forget_what_was(self) -> None:
        """Let nothing that was erased stand on in SQLite's log of changes: it is written into the file and cut. Where
        somebody reads just then, it is done with the next. PostgreSQL forgets by its own vacuum."""
        if self._writer.dialect.name == "sqlite":
            with _failures_in_words(), self._writer.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection. Needed before a database's file is removed."""
        self._writer.dispose()


def open_database(url: str) -> Database:
    """Open `sqlite:///path`, `sqlite://` (in memory, for one thread at a time) or `postgresql://...`.

    Nothing is created but an empty SQLite file: call `migrate`.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, in_memory=parsed.database in (None, "", ":memory:"))
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={"options": "-c timezone=UTC"},
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
    )
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(url=url, _writer=engine, _reader=reader)


def migrate(database: Database) -> None:
    """Bring the schema to the newest revision, in one transaction. Doing it twice, or in two processes, is harmless."""
    with database.writing() as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        config = _alembic_config()
        config.attributes["connection"] = tx
        command.upgrade(config, "head")


def is_current(database: Database) -> bool:
    """Whether the schema is at the newest revision."""
    newest = set(ScriptDirectory.from_config(_alembic_config()).get_heads())
    with database.reading() as tx:
        return set(MigrationContext.configure(tx).get_current_heads()) == newest


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _open_sqlite(url: str, *, in_memory: bool) -> Database:
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {}
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    # IMMEDIATE takes the write lock now: taken later, it could fail after a stale read.
    return Database(url=url, _writer=engine, _reader=engine, _begin_writing="BEGIN IMMEDIATE", _begin_reading="BEGIN")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Every guarantee SQLite offers: committed is on the disk, foreign keys hold, triggers see a REPLACE, and what is
    deleted is overwritten in the file."""
    connection.isolation_level = None  # the driver begins nothing by itself: `_begin` does
    settings = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON")
    for pragma in settings:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _begin(transaction: Transaction, statement: str) -> None:
    """Begin in SQLite's words, which its driver leaves to us; PostgreSQL's begins by itself."""
    if statement:
        driver: Any = transaction.connection.dbapi_connection
        driver.execute(statement)


@contextmanager
def _failures_in_words() -> Iterator[None]:
    try:
        yield
    except DatabaseError as failure:
        if not _is_of_the_database(failure):
            raise
        raise _in_words(failure.orig) from failure
    except NoConnectionFree as failure:
        raise StoreBusy(str(failure)) from failure
    except sqlite3.DatabaseError as failure:  # from `_begin` and `_prepare_sqlite`, which ask the driver itself
        raise _in_words(failure) from failure


def _is_of_the_database(failure: DatabaseError) -> bool:
    """Whether the database itself failed, and not what was asked of it: a file that is damaged raises the class itself,
    a PostgreSQL server that takes no writes an InternalError."""
    return isinstance(failure, (OperationalError, InternalError)) or type(failure) is DatabaseError


def _in_words(failure: BaseException | None) -> StoreBusy | StoreUnavailable:
    is_busy = getattr(failure, "sqlstate", None) in _BUSY_CODES or "database is locked" in str(failure)
    return StoreBusy(str(failure)) if is_busy else StoreUnavailable(str(failure))
