"""What an installation decides in its pages, by name: a JSON value each."""

from typing import Any

from sqlalchemy import select

from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import setting


def get(tx: Transaction, key: str, default: Any = None) -> Any:
    """The value of a setting, or the default where nobody decided it."""
    found = tx.execute(select(setting.c.value).where(setting.c.key == key)).one_or_none()
    return default if found is None else found[0]


def put(tx: Transaction, key: str, value: Any) -> None:
    """Decide a setting. `value` is any JSON value but null."""
    adding = insert_for(tx, setting).values(key=key, value=value)
    tx.execute(adding.on_conflict_do_update(index_elements=["key"], set_={"value": adding.excluded.value}))
