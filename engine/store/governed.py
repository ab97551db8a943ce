"""How many cases each version of a policy governs, by their status."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select

from engine.store.database import Transaction
from engine.store.schema import complaint_case


@dataclass(frozen=True, slots=True)
class Governed:
    """The cases of one policy: those under each version, by the version's id and their status, and how many are held
    because no version covers them."""

    by_version: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    without: int = 0

    def under(self, version_id: int | None) -> Mapping[str, int]:
        """The cases under a version by their status; none for a version that is not here."""
        return self.by_version.get(version_id, {}) if version_id is not None else {}


def governed(tx: Transaction, policy: str) -> Governed:
    """The cases of a policy, counted."""
    case = complaint_case.c
    counted = (
        select(case.version_id, case.status, func.count())
        .where(case.policy == policy)
        .group_by(case.version_id, case.status)
    )
    by_version: dict[int, dict[str, int]] = {}
    without = 0
    for version_id, status, count in tx.execute(counted):
        if version_id is None:
            without += count
        else:
            by_version.setdefault(version_id, {})[status] = count
    return Governed(by_version, without)
