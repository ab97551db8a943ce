"""The one statement SQLite and PostgreSQL share and SQLAlchemy has twice: an insert that may meet its own row."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction

_INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_for(tx: Transaction, table: Table) -> sqlite.Insert:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, in the dialect of the transaction.

    Typed as SQLite's: PostgreSQL's has the same methods.
    """
    insert: sqlite.Insert = _INSERTS[tx.dialect.name](table)
    return insert
