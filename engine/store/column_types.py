"""How instants and JSON lie in a column, the same on SQLite and PostgreSQL."""

from collections.abc import Callable
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
    """An aware datetime in UTC, in and out. A datetime without a zone is refused: it means nothing here.

    SQLite keeps text, written and read here: a step handles a dozen instants, and SQLAlchemy's own way is slower.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """How an instant is written: text in UTC with microseconds, so that it sorts as time does."""
        return _text_of if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None]:
        """How an instant is read: aware, in UTC."""
        return _instant_of if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone. Give an aware datetime, in UTC.")
    return value.astimezone(UTC)


def _text_of(value: datetime | None) -> str | None:
    in_utc = _in_utc(value)
    return None if in_utc is None else in_utc.isoformat(" ", "microseconds")[:26]  # without its +00:00


def _instant_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


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
