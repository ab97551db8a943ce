"""How many cases each version governs is counted by status, on both databases."""

from __future__ import annotations

from datetime import date

from engine.store import library
from engine.store.database import Database
from engine.store.governed import Governed, governed
from tests.unit.store_cases import NOON, opened

POLICY = "south-essex-homes"


def test_cases_are_counted_by_version_and_status(database: Database) -> None:
    with database.writing() as tx:
        version = library.put_version(
            tx, POLICY, version="v", title="A policy", in_force_from=date(2024, 4, 1), seal="s", files={}, now=NOON
        )
        for status in ("open", "open", "closed"):
            opened(tx, version_id=version.id, status=status)
        opened(tx)
    with database.reading() as tx:
        counted, nobodys = governed(tx, POLICY), governed(tx, "st-leger-homes")
    assert dict(counted.under(version.id)) == {"open": 2, "closed": 1}
    assert counted.without == 1
    assert nobodys == Governed()
    assert counted.under(None) == {}
