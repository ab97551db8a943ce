"""The one statement SQLite and PostgreSQL share and SQLAlchemy has twice: an insert that may meet its own row."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Transaction


def insert_for(tx: Transaction, table: Table) -> sqlite.Insert:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, in the dialect of the transaction.

    Typed as SQLite's: PostgreSQL's has the same methods.
    """
    return _INSERTS[tx.dialect.name](table)  # type: ignore[return-value]


_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
