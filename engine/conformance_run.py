"""Every closed case of a period held against its own version, in the background: counts, and each case's findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from engine import case_files, conformance
from engine.batches import Found, Keep, Progress, Told, go_through
from engine.calendars import Calendar
from engine.events import CaseEvent
from engine.impact import CANNOT
from engine.impact_run import ERASED, instants
from engine.library import Library
from engine.office import Office, Shelved
from engine.process_ways import Ways
from engine.refusals import Refused
from engine.replay import replay
from engine.store import impacts
from engine.store.case_rows import CaseRow, StoredEvent
from engine.store.database import Database

KIND = "conformance"
#: a case that could not be replayed, one with findings, and one without
FAILED, SOME, NONE = "failed", "some", "none"


@dataclass
class Counts:
    """Counts over cases: by version, those with findings, and how many have each kind."""

    cases: int = 0
    by_version: Counter[str] = field(default_factory=Counter)
    found_in: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, version: str, kinds: Sequence[str]) -> None:
        """Count one case."""
        self.cases += 1
        self.by_version[version] += 1
        self.found_in[version] += bool(kinds)
        self.kinds.update([*kinds, SOME if kinds else NONE])

    def as_json(self) -> dict[str, Any]:
        """The counts, as they are kept."""
        return {
            "cases": self.cases,
            "by_version": dict(self.by_version),
            "found_in": dict(self.found_in),
            "kinds": dict(self.kinds),
        }


@dataclass(frozen=True)
class Wanted:
    """Everything it needs, to be handed to another process. `policy`: empty for all of them."""

    url: str
    shelf: Library
    shelved: Mapping[str, Shelved]
    calendars: Mapping[str, Calendar]
    policy: str
    period: tuple[date, date]
    now: datetime

    @property
    def key(self) -> str:
        return f"conformance of {self.policy or 'every policy'}"

    def ready(self, database: Database) -> tuple[Office, Ways]:
        """The office the cases were worked in, and the ways they went."""
        return Office(database, self.shelf, self.shelved, self.calendars), Ways()

    def batch(self, database: Database, ids: Sequence[int], ready: tuple[Office, Ways], totals: Counts) -> list[Found]:
        """Some of the cases, each held against its version and added to `totals`: those with findings."""
        found: list[Found] = []
        with database.reading() as tx:
            rows = impacts.rows_with_events(tx, ids)
        for row, events in rows:
            version, said = self._case(*ready, row, events)
            kinds = sorted({one[0] for one in said})
            totals.add(version, kinds)
            if said:
                words = ["", SOME, *kinds, f"v:{version.replace('/', ':')}", ""]
                found.append((row.id, " ".join(words), {"under": version, "findings": said}))
        return found

    def _case(self, office: Office, ways: Ways, row: CaseRow, events: Sequence[StoredEvent]) -> tuple[str, list[Any]]:
        """The version that governs a case, and its findings as they are kept: kind, event, day, sentence."""
        if any(one.is_erased for one in events):
            return "", [[FAILED, 0, None, ERASED]]
        record = [CaseEvent(e.name, e.happened, e.recorded, e.number, e.by_person, e.by_name, e.fields) for e in events]
        try:
            file = case_files.as_recorded(office, row.policy, record, row.changed_at, partial(replay, begin=ways.begin))
            version = file.governing.version.key if file.governing.version else ""
            said = conformance.findings(office, file, ways.begin)
        except CANNOT as cannot:
            return "", [[FAILED, 0, None, str(cannot)]]
        return version, [[one.kind, one.number, one.day.isoformat() if one.day else None, one.says] for one in said]

    def carried_out(self, database: Database, told: Told, keep: Keep) -> dict[str, Any]:
        """All of it worked out, as it is kept."""
        with database.reading() as tx:
            ids = impacts.ids_of_closed(tx, self.policy, *instants(self.period))
        progress, counts, ready = Progress(len(ids), told), Counts(), self.ready(database)
        go_through(ids, lambda some: self.batch(database, some, ready, counts), progress, keep)
        return {**counts.as_json(), "as_of": self.now.isoformat()}


def wanted(office: Office, about: str, period: tuple[date, date], now: datetime) -> Wanted:
    """What is wanted of the closed cases of a policy (`about`; empty for all). Raises Refused for one there is not."""
    if about and about not in office.policies():
        raise Refused("Choose a policy of the list.")
    return Wanted(office.database.url, office.shelf, office.shelved, office.calendars, about, period, now)
