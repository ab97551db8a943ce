"""What a draft would have done to many cases, added up: counts, kept as JSON.

A total is made by adding one case after another, in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from engine import case_moves, impact
from engine.impact import CaseImpact, DateMoved

EARLIER, LATER, NEW, GONE = "earlier", "later", "new", "gone"
LIVE = "live"

_Pair = tuple[str, str]


@dataclass
class Totals:
    """Counts over cases. Pairs: (deadline, how it moved); (deadline, days); (role, Monday); keys are whole names.

    `days` counts calendar days, negative for earlier. `worse_new` are those that were not worse than the Code before.
    """

    cases: int = 0
    changed: int = 0
    unmeasured: int = 0  # received before the Code's first edition
    by_version: Counter[str] = field(default_factory=Counter)
    by_edition: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    dates: Counter[_Pair] = field(default_factory=Counter)
    days: Counter[_Pair] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    breached: Counter[str] = field(default_factory=Counter)
    paths: Counter[str] = field(default_factory=Counter)
    worse: Counter[_Pair] = field(default_factory=Counter)
    worse_new: Counter[str] = field(default_factory=Counter)
    shortfalls: Counter[_Pair] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    work_was: Counter[_Pair] = field(default_factory=Counter)
    work_now: Counter[_Pair] = field(default_factory=Counter)
    live: Counter[str] = field(default_factory=Counter)
    live_why: Counter[str] = field(default_factory=Counter)

    def add(self, one: CaseImpact) -> None:
        """Count one past case."""
        self.cases += 1
        self.changed += bool(one.kinds)
        self.kinds.update(one.kinds)
        self.by_version[one.governed_by] += 1
        if one.failed:
            self.failed[one.failed] += 1
            return
        self.unmeasured += not one.edition
        self.by_edition.update([one.edition] if one.edition else [])
        for moved in one.dates:
            self.dates[(moved.key, how(moved))] += 1
            if moved.was and moved.now:
                self.days[(moved.key, str((moved.now - moved.was).days))] += 1
        self.gained.update(one.gained)
        self.lost.update(one.lost)
        self.breached.update(one.breached)
        self.paths.update([one.departed[0].event] if one.departed else [])
        self.worse.update((each.key, each.edition) for each in one.worse)
        self.worse_new.update(each.key for each in one.worse if each.key not in one.worse_before)
        self.shortfalls.update((each, one.edition) for each in one.shortfalls)
        self.work_was.update((role, week.isoformat()) for role, week in one.work_was)
        self.work_now.update((role, week.isoformat()) for role, week in one.work_now)

    def add_live(self, kind: str, why: str) -> None:
        """Count one live case, by what moving it would do."""
        self.live[kind] += 1
        self.live_why.update([why] if why else [])

    def as_json(self) -> dict[str, Any]:
        """The counts as JSON: a pair's count stands as [first, second, count]."""
        return {one.name: _written(getattr(self, one.name)) for one in fields(self)}


def read(said: Mapping[str, Any]) -> Totals:
    """The counts of `as_json`."""
    return Totals(**{name: _read(value) for name, value in said.items()})


def how(moved: DateMoved) -> str:
    """How a date moved: earlier, later, new (promised by the other version alone) or gone."""
    if moved.was is None:
        return NEW
    if moved.now is None:
        return GONE
    return EARLIER if moved.now < moved.was else LATER


def case_json(one: CaseImpact | None, move: case_moves.Move | str | None) -> dict[str, Any]:
    """What is kept of one case, to be shown beside it: no word of the resident's."""
    said: dict[str, Any] = {}
    if one is not None and one.kinds:
        said = {
            "under": one.governed_by,
            impact.DATES: [[each.key, _day(each.was), _day(each.now)] for each in one.dates],
            impact.GAINED: list(one.gained),
            impact.LOST: list(one.lost),
            impact.PATH: [[each.event, _day(each.day), list(each.allowed)] for each in one.departed],
            impact.WORSE: [
                [each.key, each.edition, each.provision, _day(each.limit), _day(each.due)] for each in one.worse
            ],
            impact.FAILED: one.failed,
        }
    if isinstance(move, str):
        said[LIVE] = {"kind": case_moves.STAYS, "why": move}
    elif move is not None:
        found = move.impact
        said[LIVE] = {
            "kind": move.kind,
            "why": move.why,
            impact.DATES: [[each.key, _day(each.was), _day(each.now)] for each in found.dates],
            impact.GAINED: list(found.gained),
            impact.PATH: [[each.event, _day(each.day), list(each.allowed)] for each in found.departed],
        }
    return said


def _day(day: object) -> str | None:
    return day.isoformat() if hasattr(day, "isoformat") else None


def _written(value: object) -> object:
    if not isinstance(value, Counter):
        return value
    return [[*(key if isinstance(key, tuple) else (key,)), count] for key, count in sorted(value.items())]


def _read(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return Counter({(tuple(row[:-1]) if len(row) > 2 else row[0]): row[-1] for row in value})
