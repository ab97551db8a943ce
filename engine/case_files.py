"""A case as people work it: opened with where it stands, moved on by a plan, and saved whole.

Planning writes nothing: it drives the diagram in memory and works out every date. Saving writes row, events, tasks,
timers and deadlines in one transaction under the optimistic lock. This is the one place that writes a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.cases import Standing, standing
from engine.deadlines import Ledger
from engine.events import (
    CONTENT_ERASED,
    CORRECTED,
    MOVE_UNDONE,
    MOVED,
    RECEIVED,
    TIMER_FIRED,
    CaseEvent,
    at,
    known_by,
    local_day,
)
from engine.process import StateRefused
from engine.record import Governing, governed_by, standing_events
from engine.refusals import Erased, OfficeChanged, Refused, Unknown
from engine.replay import Departure, Drive, Rulebook, Run, replay, resume
from engine.rights import THE_CLOCK, Person
from engine.store import cases as stored
from engine.store.case_rows import OutboxItem
from engine.store.database import Transaction
from engine.store.documents import NewDocument
from engine.working_days import WorkingDays

if TYPE_CHECKING:
    from engine.office import Office

NO_VERSION = "no_version"
OVER_BUDGET = "over_budget"


@dataclass(frozen=True)
class Claim:
    """Who has an open task, and since when."""

    person: str
    name: str
    since: datetime


@dataclass(frozen=True)
class CaseFile:
    """A case opened at one moment: its record, the version that governs it and why, and where it stands."""

    row: stored.CaseRow | None  # None for a case not yet saved
    policy: str
    record: tuple[CaseEvent, ...]
    events: tuple[CaseEvent, ...]  # those that stand, as they happened
    governing: Governing
    book: Rulebook | None  # None while no version governs
    run: Run | None
    standing: Standing
    claims: Mapping[str, Claim] = field(default_factory=dict)

    @property
    def received(self) -> datetime | None:
        return next((event.happened for event in self.events if event.name == RECEIVED), None)

    @property
    def last_happened(self) -> datetime | None:
        return self.events[-1].happened if self.events else None

    @property
    def area(self) -> str:
        """The service area: the last one a step named."""
        return next((str(area) for event in reversed(self.events) if (area := event.fields.get("service_area"))), "")

    @property
    def reference(self) -> str:
        return self.row.reference if self.row else ""

    @property
    def hold(self) -> str:
        return (self.row.hold or "") if self.row else ("" if self.book else NO_VERSION)

    def has_happened(self, name: str) -> bool:
        return any(event.name == name for event in self.events)

    def book_or_refuse(self) -> Rulebook:
        """The rules the case is worked by. Raises Refused where no version governs it yet, or it is on hold."""
        if self.book is None:
            raise Refused(
                f"{self.governing.why} The complaint is registered and waits for someone to choose a version."
            )
        if self.row is not None and self.row.hold == OVER_BUDGET:
            raise Refused(f"This case is on hold: {self.row.hold_reason} A manager can take the hold off.")
        return self.book

    def with_claims(self, claims: Mapping[str, Claim]) -> CaseFile:
        return replace(self, claims=claims)

    def claimed_by(self, task_key: str) -> str:
        return self.claims[task_key].person if task_key in self.claims else ""

    def claimant_name(self, task_key: str) -> str:
        return self.claims[task_key].name if task_key in self.claims else ""


@dataclass(frozen=True)
class Plan:
    """What an act would do: the case before and after, and the events it adds. Nothing is written yet.

    `outbox` and `documents` are written in the same transaction, the documents with the first new event; `sends` is the
    step whose draft is gone once its letter is sent, `draft_number` that draft as it was read (None: nobody asks).
    """

    file: CaseFile
    after_file: CaseFile
    new: tuple[CaseEvent, ...]
    outbox: tuple[OutboxItem, ...] = ()
    documents: tuple[NewDocument, ...] = ()
    sends: str = ""
    draft_number: int | None = None

    @property
    def after(self) -> Standing:
        return self.after_file.standing


def opened(office: Office, row: stored.CaseRow, record: Sequence[CaseEvent], now: datetime) -> CaseFile:
    """The case as it stands at `now`: taken up from its stored state, or by replay for a moment in its past."""
    known = tuple(known_by(record, now))
    events = tuple(standing_events(known))
    _refuse_if_unread(office, row)
    governing = _governing(office, row.policy, known)
    book = office.book(governing.version) if governing.version else None
    is_whole = len(known) == len(record)
    run = None
    if book and row.hold != OVER_BUDGET:
        is_current = is_whole and row.state and row.state_definition == office.seal(book.version)
        run = _resumed(book, row.state, events, now) if is_current else replay(book, events, now)
        run.departures = _departures(book, known, events, now) if is_current else run.departures
        run.passes(now)
    return CaseFile(row, row.policy, known, events, governing, book, run, _standing(run, now))


def as_recorded(
    office: Office, policy: str, record: Sequence[CaseEvent], now: datetime, drive: Drive = replay
) -> CaseFile:
    """A case worked out from its record alone, by replay: what a correction or a move leads to."""
    events = tuple(standing_events(record))
    governing = _governing(office, policy, record)
    book = office.book(governing.version) if governing.version else None
    run = drive(book, events, now) if book else None
    return CaseFile(None, policy, tuple(record), events, governing, book, run, _standing(run, now))


def plan_new(office: Office, policy: str, event: CaseEvent) -> Plan:
    """Register a complaint: the case it makes."""
    empty = CaseFile(None, policy, (), (), Governing(None, ""), None, None, _standing(None, event.recorded))
    after = as_recorded(office, policy, [event], event.recorded)
    return Plan(empty, after, (event, *_fired(after, 2, event.recorded)))


def plan_event(office: Office, file: CaseFile, event: CaseEvent) -> Plan:
    """One more thing happened. Forward from the stored state where it is the latest; by replay where it is not."""
    record = (*file.record, event)
    if file.run is None or file.row is None or not _is_latest(file, event):
        after = as_recorded(office, file.policy, record, event.recorded)
    else:
        run = _resumed(file.run.book, file.row.state, file.events, _clock_before(file, event))
        run.departures = [*file.run.departures]
        run.happens(event)
        run.passes(event.recorded)
        events = (*file.events, event)
        after = replace(file, record=record, events=events, run=run, standing=standing(run))
    return Plan(
        file,
        replace(after, row=file.row, claims=file.claims),
        (event, *_fired(after, event.number + 1, event.recorded)),
    )


def plan_record(office: Office, file: CaseFile, event: CaseEvent, drive: Drive = replay) -> Plan:
    """An act about the record (a correction, a move, its undoing): everything is worked out again from what stands."""
    after = as_recorded(office, file.policy, (*file.record, event), event.recorded, drive)
    return Plan(file, replace(after, row=file.row, claims=file.claims), (event,))


def plan_note(file: CaseFile, event: CaseEvent) -> Plan:
    """Something to be recorded that moves nothing, such as who took a task."""
    return Plan(file, replace(file, record=(*file.record, event)), (event,))


def plan_clock(office: Office, file: CaseFile, now: datetime) -> Plan | None:
    """The timers that fell due by `now`, fired; None where none did."""
    if file.run is None or file.row is None or not file.row.state:
        return None
    run = _resumed(file.run.book, file.row.state, file.events, _clock_before(file, None))
    run.departures = [*file.run.departures]
    run.passes(now)
    if not run.fired:
        return None
    after = replace(file, run=run, standing=standing(run))
    return Plan(file, after, tuple(_fired(after, len(file.record) + 1, now)))


def load(tx: Transaction, office: Office, reference: str, now: datetime, who: Person | None = None) -> CaseFile:
    """Open the case with that reference. Raises Unknown, also where `who` may not see it; Erased where it was disposed
    of."""
    row = stored.case_by_reference(tx, reference)
    if row is None or (who is not None and not who.may_see(row.policy, row.area or "")):
        raise Unknown(f"There is no case {reference}.")
    return opened(office, row, record_of(tx, row), now)


def record_of(tx: Transaction, row: stored.CaseRow) -> list[CaseEvent]:
    """The whole record of a case, in the order it was written. Raises Erased for one that was disposed of."""
    events = stored.events_of(tx, row.id)
    if events and events[-1].name == CONTENT_ERASED:
        raise Erased(row.reference, events[-1].recorded)
    return [CaseEvent(e.name, e.happened, e.recorded, e.number, e.by_person, e.by_name, e.fields) for e in events]


def _governing(office: Office, policy: str, record: Sequence[CaseEvent]) -> Governing:
    return governed_by(record, office.versions_of(policy), office.known_from(policy))


def _refuse_if_unread(office: Office, row: stored.CaseRow) -> None:
    """Nobody works a case that was logged under a version published since this office was read."""
    if row.version_id is not None and not office.has_version(row.version_id):
        raise OfficeChanged


def _resumed(book: Rulebook, state: bytes, events: Sequence[CaseEvent], now: datetime) -> Run:
    """The case from its stored state; from its events where an older program left a state this one cannot read."""
    try:
        return resume(book, state, events, now)
    except StateRefused:
        return replay(book, events, now)


def _departures(
    book: Rulebook, record: Sequence[CaseEvent], events: Sequence[CaseEvent], now: datetime
) -> list[Departure]:
    """What departed from the diagram, which a stored state does not say. There is such only where the record was
    mended, or something was written down after what came later: those cases are driven once more to know."""
    is_mended = any(event.name in (CORRECTED, MOVED, MOVE_UNDONE) for event in record)
    if is_mended or any(before.number > after.number for before, after in pairwise(events)):
        return replay(book, events, now).departures
    return []


def _standing(run: Run | None, now: datetime) -> Standing:
    if run is not None:
        return standing(run)
    today = local_day(now)
    nothing = Ledger({}, today, WorkingDays("none", today, today, {}))
    return Standing("open", None, None, None, nothing, (), (), (), (), frozenset(), (), (), None)


def _is_latest(file: CaseFile, event: CaseEvent) -> bool:
    fired = [one.happened for one in file.record if one.name == TIMER_FIRED]
    return all(moment <= event.happened for moment in (file.last_happened, *fired) if moment)


def _clock_before(file: CaseFile, event: CaseEvent | None) -> datetime:
    """The moment the stored state was left at: a resumed case's clock starts no later than what happens next."""
    last = file.last_happened or file.record[-1].recorded
    return min(last, event.happened) if event else last


def _fired(file: CaseFile, number: int, now: datetime) -> list[CaseEvent]:
    """What the timers did, as events: each happened when its deadline's last day was over, however late it is noted."""
    fired = file.run.fired if file.run else []
    noted = []
    for place, (name, when) in enumerate(fired):
        deadline = file.standing.ledger.deadlines.get(name)
        passed = at(deadline.due + timedelta(days=1), time()) if deadline and deadline.due else when
        noted.append(
            CaseEvent(
                TIMER_FIRED, min(passed, now), now, number + place, THE_CLOCK.id, THE_CLOCK.name, {"deadline": name}
            )
        )
    return noted
