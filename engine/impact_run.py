"""What a draft would do, worked out: the old version's stories, the past cases of a period, and the live cases.

Cases are taken in batches (`engine.batches`). Nothing is written to any case: what is found is given to whoever asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from engine import case_files, case_moves, draft_library, impact_stories
from engine.batches import Found, Keep, Progress, Told, go_through
from engine.batches import Stopped as Stopped
from engine.calendars import Calendar
from engine.draft_library import Checked
from engine.events import CaseEvent, at
from engine.example_files import Example
from engine.impact import CANNOT, CaseImpact, Compared, Drives
from engine.impact_totals import Totals, case_json
from engine.library import Library
from engine.office import Office, Shelved
from engine.refusals import Refused
from engine.rights import Person
from engine.store import impacts
from engine.store import library as stored
from engine.store.case_rows import CaseRow, StoredEvent
from engine.store.database import Database

ERASED = "What its events said was erased, so it cannot be replayed."
NOBODY = Person("", "A preview")


@dataclass(frozen=True)
class Wanted:
    """Everything a working out needs, to be handed to another process: what is parsed is not parsed again."""

    url: str
    shelf: Library
    shelved: Mapping[str, Shelved]
    calendars: Mapping[str, Calendar]
    key: str
    based_on: str
    period: tuple[date, date]
    now: datetime
    stories: tuple[Example, ...] = ()

    def office(self, database: Database) -> Office:
        """The office with the draft shelved beside the sealed versions."""
        return Office(database, self.shelf, self.shelved, self.calendars)

    def sealed(self, database: Database) -> Office:
        """The office without the draft, as cases were worked."""
        rest = {key: one for key, one in self.shelved.items() if key != self.key}
        return Office(database, self.shelf, rest, self.calendars)

    def carried_out(self, database: Database, told: Told, keep: Keep) -> dict[str, Any]:
        """All of it worked out, as it is kept."""
        return simulate(self, database, told, keep).as_json(self)

    @property
    def version(self) -> str:
        return self.key.partition("/")[2]

    @property
    def policy(self) -> str:
        return self.key.partition("/")[0]


@dataclass(frozen=True)
class Result:
    """What was found: counts over all cases, and the old stories as they come out."""

    totals: Totals
    stories: tuple[impact_stories.OldStory, ...]

    def as_json(self, wanted: Wanted) -> dict[str, Any]:
        return {
            "draft": wanted.key,
            "based_on": wanted.based_on,
            "as_of": wanted.now.isoformat(),
            "totals": self.totals.as_json(),
            "stories": [one.as_json() for one in self.stories],
        }


def wanted(office: Office, draft: Checked, based_on: str, period: tuple[date, date], now: datetime) -> Wanted:
    """What is to be worked out for a draft. Raises Refused where it has problems: no case can be worked by it."""
    if draft.book is None:
        count = len(draft.wrong)
        what = "a problem" if count == 1 else f"{count} problems"
        raise Refused(f"The draft has {what}, so no case can be replayed under it. Mend that first, then ask again.")
    policy = draft.key.partition("/")[0]
    there = draft_library.office_with(office, draft)
    shelved = {key: one for key, one in there.shelved.items() if key.startswith(f"{policy}/")}
    old = office.shelved.get(f"{policy}/{based_on}")
    files: Mapping[str, bytes] = {}
    if old is not None and old.id is not None:
        with office.database.reading() as tx:
            files = stored.version_files(tx, old.id)
    stories = tuple(impact_stories.of_version(files, f"{policy}/{based_on}"))
    return Wanted(
        office.database.url, office.shelf, shelved, office.calendars, draft.key, based_on, period, now, stories
    )


def simulate(
    asked: Wanted,
    database: Database,
    told: Told = lambda done, total: True,
    keep: Keep = lambda found: None,
) -> Result:
    """Work it all out. `told` hears how far it is, `keep` gets the cases that would have gone otherwise. Raises Stopped
    when `told` says so."""
    with database.reading() as tx:
        ids = impacts.ids_of_cases(tx, asked.policy, *instants(asked.period))
    progress = Progress(len(asked.stories) + len(ids), told)
    stories = []
    old = impact_stories.told_under(asked.office(database), asked.stories, asked.version, asked.based_on)
    for one in old:
        stories.append(one)
        progress.on(1)
    totals, compared = Totals(), _compared(asked, database)
    go_through(ids, lambda some: batch(asked, database, some, compared, totals), progress, keep)
    return Result(totals, tuple(stories))


def batch(asked: Wanted, database: Database, ids: Sequence[int], compared: Compared, totals: Totals) -> list[Found]:
    """A batch of cases, added to `totals`: those that would have gone otherwise."""
    found: list[Found] = []
    there = asked.office(database)
    begins, ends = instants(asked.period)
    with database.reading() as tx:
        rows = impacts.rows_with_events(tx, ids)
    for row, events in rows:
        record = [CaseEvent(e.name, e.happened, e.recorded, e.number, e.by_person, e.by_name, e.fields) for e in events]
        drives = Drives(compared.ways)
        past = _past(compared, record, events, drives) if begins <= row.received < ends else None
        move = _live(there, row, record, asked, drives) if row.status != "closed" else None
        if past is not None:
            totals.add(past)
        if isinstance(move, str):
            totals.add_live(case_moves.STAYS, move)
        elif move is not None:
            totals.add_live(move.kind, move.why)
        kind = case_moves.STAYS if isinstance(move, str) else move.kind if move else ""
        kinds = [*(past.kinds if past else ()), *([f"live-{kind}"] if kind else [])]
        if kinds:
            found.append((row.id, f" {' '.join(kinds)} ", case_json(past, move)))
    return found


def _past(compared: Compared, record: Sequence[CaseEvent], events: Sequence[StoredEvent], drives: Drives) -> CaseImpact:
    return CaseImpact(failed=ERASED) if any(one.is_erased for one in events) else compared.case(record, drives)


def _live(
    office: Office, row: CaseRow, record: Sequence[CaseEvent], asked: Wanted, drives: Drives
) -> case_moves.Move | str:
    """What moving a live case would do, by the very plan that would move it; why it cannot even be opened."""
    try:
        file = case_files.opened(office, row, record, asked.now)
        return case_moves.looked_at(
            office, file, asked.version, NOBODY, reason="(a preview)", now=asked.now, drive=drives.run
        )
    except (*CANNOT, Refused) as cannot:
        return str(cannot)


def _compared(asked: Wanted, database: Database) -> Compared:
    return Compared(asked.shelved[asked.key].book, asked.sealed(database), asked.now)


def instants(period: tuple[date, date]) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, as instants."""
    midnight = time(0, 0)
    return at(period[0], midnight), at(period[1] + timedelta(days=1), midnight)
