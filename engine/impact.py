"""What a version would have made of one case: its dates, breaches, path and work beside what they were.

Pure: both sides are worked out by the one replay (`engine.replay`), from the same events, at the same moment. What
people did stays as it was done; what changes is what was asked of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from engine.cases import Standing, standing
from engine.deadlines import Deadline
from engine.events import RECEIVED, CaseEvent, local_day
from engine.impact_code import Measure, Worse, measure_of, other_shortfalls, worse_than_the_code
from engine.office import Office
from engine.process import OpenTask, OverBudget, ProcessStuck
from engine.process_ways import Ways
from engine.record import governed_by, standing_events
from engine.replay import Rulebook, Run, replay
from engine.working_days import OutsideCalendar
from engine.yardstick import Yardstick

BREACHED = frozenset({"late", "overdue"})
#: what may go wrong in driving a case through diagrams that were drawn for others
CANNOT = (OverBudget, ProcessStuck, OutsideCalendar)

#: what a case may be listed for
DATES, GAINED, LOST, PATH, WORSE, FAILED = "dates", "gained", "lost", "path", "worse", "failed"


@dataclass(frozen=True)
class DateMoved:
    """A due date under the version that governed and under the other; None where that one promises nothing."""

    key: str
    was: date | None
    now: date | None


@dataclass(frozen=True)
class Departed:
    """Something that happened and that the other version's diagram would not have allowed, and what it would have."""

    event: str
    day: date
    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Driven:
    """A case driven through one version: where it stands, the work it made as (role, Monday of the week), and the
    events that its tasks send a letter with."""

    standing: Standing
    work: tuple[tuple[str, date], ...]
    letters: tuple[str, ...] = ()


@dataclass(frozen=True)
class CaseImpact:
    """What a version would have made of one case. `governed_by`: the version that did, empty where none does.

    `worse` is where the other version lies behind the Code; `worse_before` the deadlines of which that was so already.
    `shortfalls` are requirements that it falls short of whatever the case. `failed` says why it could not be replayed.
    """

    governed_by: str = ""
    edition: str = ""
    dates: tuple[DateMoved, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    breached: tuple[str, ...] = ()  # before, so that gained and lost have something to stand beside
    departed: tuple[Departed, ...] = ()
    worse: tuple[Worse, ...] = ()
    worse_before: tuple[str, ...] = ()
    shortfalls: tuple[str, ...] = ()
    work_was: tuple[tuple[str, date], ...] = ()
    work_now: tuple[tuple[str, date], ...] = ()
    failed: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the case is listed for; empty where nothing would have been otherwise."""
        found = {
            DATES: self.dates, GAINED: self.gained, LOST: self.lost, PATH: self.departed, WORSE: self.worse,
            FAILED: self.failed,
        }  # fmt: skip
        return tuple(kind for kind, what in found.items() if what)


@dataclass(frozen=True)
class Compared:
    """What cases are compared by: the other version's rules, the office with the versions that govern, and the moment
    we look. One for a whole run, so that the parsed diagrams and the Code of each day are shared."""

    book: Rulebook
    office: Office
    now: datetime
    ways: Ways = field(default_factory=Ways)
    _measures: dict[tuple[str, date], Measure | None] = field(default_factory=dict)
    _shortfalls: dict[date, tuple[str, ...]] = field(default_factory=dict)

    @property
    def yardstick(self) -> Yardstick | None:
        return self.office.shelf.yardstick

    @property
    def policy(self) -> str:
        return self.book.version.policy

    def case(self, record: Sequence[CaseEvent], drives: Drives | None = None) -> CaseImpact:
        """What the other version would have made of the case with this record. `drives` keeps how it was driven for
        whoever asks that again."""
        drives = drives or Drives(self.ways)
        events = standing_events(record)
        received = next((event.day for event in events if event.name == RECEIVED), None)
        if received is None:
            return CaseImpact(failed="Its record does not say when the complaint was received.")
        office = self.office
        governs = governed_by(record, office.versions_of(self.policy), office.known_from(self.policy)).version
        measure = self.measure(self.book, received)
        edition = measure.edition if measure else ""
        name = governs.version if governs else ""
        own = office.book(governs) if governs else None
        try:
            after = drives.driven(self.book, events, self.now)
            worse = self.worse(self.book, after, events, received)
            before = drives.driven(own, events, self.now) if own else None
            worse_before = self.worse(own, before, events, received) if own and before else ()
        except CANNOT as cannot:
            return CaseImpact(name, edition, failed=str(cannot))
        return replace(
            differences(before.standing if before else None, after.standing),
            governed_by=name,
            edition=edition,
            worse=worse,
            worse_before=tuple(one.key for one in worse_before),
            shortfalls=self._short_of(received),
            work_was=before.work if before else (),
            work_now=after.work,
        )

    def measure(self, book: Rulebook, received: date) -> Measure | None:
        """What a complaint received that day under a version is measured by; None before the first edition."""
        which = (book.version.key, received)
        if which not in self._measures:
            self._measures[which] = measure_of(book.version, self.yardstick, received)
        return self._measures[which]

    def worse(self, book: Rulebook, side: Driven, events: Sequence[CaseEvent], received: date) -> tuple[Worse, ...]:
        """Where the dates of a side lie after those of the Code."""
        measure = self.measure(book, received)
        stands = side.standing
        return worse_than_the_code(book, measure, stands.ledger, events, stands.ended) if measure else ()

    def _short_of(self, received: date) -> tuple[str, ...]:
        if received not in self._shortfalls:
            found = other_shortfalls(self.book.version, self.yardstick, received)
            self._shortfalls[received] = tuple(one.requirement for one in found)
        return self._shortfalls[received]


class Drives:
    """One case, driven once through each version whoever asks: the replay of what it was, and the plan that would move
    it, lead to the same place."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._known: list[tuple[Rulebook, tuple[CaseEvent, ...], datetime, Run, _Work]] = []

    def driven(self, book: Rulebook, events: Sequence[CaseEvent], now: datetime) -> Driven:
        """The case driven through a version, with the work it makes for whom and when."""
        run, noted = self._drive(book, events, now)
        stands = standing(run)
        return Driven(stands, noted.by_week(run, stands), noted.letters(run))

    def run(self, book: Rulebook, events: Sequence[CaseEvent], now: datetime) -> Run:
        """As `engine.replay.replay`. What it gives is read and never moved on."""
        return self._drive(book, events, now)[0]

    def _drive(self, book: Rulebook, events: Sequence[CaseEvent], now: datetime) -> tuple[Run, _Work]:
        for known, happened, until, run, noted in self._known:
            if known is book and happened == tuple(events) and until == now:
                return run, noted
        noted = _Work()
        run = replay(book, events, now, seen=noted.seen, begin=self._ways.begin)
        self._known.append((book, tuple(events), now, run, noted))
        return run, noted


class _Work:
    """The tasks that came up while a case was driven, each with the day it came."""

    def __init__(self) -> None:
        self.open: frozenset[str] = frozenset()
        self.came: list[tuple[OpenTask, date]] = []

    def seen(self, run: Run) -> None:
        tasks = run.process.open_tasks()
        today = local_day(run.facts.now) if run.facts.now else date.min
        self.came += [(task, today) for task in tasks if task.key not in self.open]
        self.open = frozenset(task.key for task in tasks)

    def letters(self, run: Run) -> tuple[str, ...]:
        """The events of the tasks that came up and send a letter, each once."""
        records = (run.book.records(task) for task, _ in self.came)
        return tuple(dict.fromkeys(name for name in records if name in run.book.letters))

    def by_week(self, run: Run, stands: Standing) -> tuple[tuple[str, date], ...]:
        """Each task in the week it is due; one that meets no promise in the week it came."""
        due = {one.rule.met_by: one.due for one in stands.ledger.deadlines.values() if one.rule.met_by and one.due}
        found = ((task, due.get(run.book.records(task)) or came) for task, came in self.came)
        return tuple((run.book.role(task), _monday(day)) for task, day in found)


def differences(before: Standing | None, after: Standing) -> CaseImpact:
    """Where a case stands otherwise than it did: dates, breaches, and steps that no longer fit. `before` is None for a
    case that no version governed, which had no dates to move."""
    now = _breached(after.ledger.deadlines)
    if before is None:
        return CaseImpact(departed=_departed(after, frozenset()))
    was = _breached(before.ledger.deadlines)
    return CaseImpact(
        dates=tuple(_dates(before.ledger.deadlines, after.ledger.deadlines)),
        gained=tuple(key for key in now if key not in was),
        lost=tuple(key for key in was if key not in now),
        breached=was,
        departed=_departed(after, frozenset(one.event.number for one in before.departures)),
    )


def _departed(after: Standing, known: frozenset[int]) -> tuple[Departed, ...]:
    new = (one for one in after.departures if one.event.number not in known)
    return tuple(Departed(one.event.name, one.event.day, one.allowed) for one in new)


def _dates(was: Mapping[str, Deadline], now: Mapping[str, Deadline]) -> list[DateMoved]:
    """The dates that moved, came or went. What was stopped on both sides, or has no date yet, bound nobody."""
    found = []
    for key in dict.fromkeys([*was, *now]):
        ours, theirs = _due(was.get(key)), _due(now.get(key))
        if ours != theirs:
            found.append(DateMoved(key, ours, theirs))
    return found


def _due(deadline: Deadline | None) -> date | None:
    return None if deadline is None or deadline.state == "stopped" else deadline.due


def _breached(deadlines: Mapping[str, Deadline]) -> tuple[str, ...]:
    return tuple(key for key, one in deadlines.items() if one.state in BREACHED and not one.rule.is_window)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
