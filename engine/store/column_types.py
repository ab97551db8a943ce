"""How instants and JSON lie in a column, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

#: An id. SQLite numbers rows by itself only in a column that is plainly INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")

#: A word compared byte by byte, so that a range of it is a prefix whatever the database's language.
Word = Text().with_variant(Text(collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware datetime in UTC, in and out. A datetime without a zone is refused: it means nothing here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no zone, so there the zone is dropped after converting."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone. Give an aware datetime, in UTC.")
        in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value as text with sorted keys, not the database's own JSON type: what is read is what was written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write the value; None stays SQL NULL."""
        return None if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the value back."""
        return None if value is None else orjson.loads(value)
