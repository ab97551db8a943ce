"""Two versions side by side: what each would have demanded of the same cases, by replay of both, in the background.

What people did stays as they did it; each version is asked what it would have made of it: dates, breaches, the letters
that would have gone, the work for each role. Every figure is kept with its cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from engine import impact
from engine.batches import Found, Keep, Progress, Told, go_through
from engine.calendars import Calendar
from engine.deadlines import Deadline
from engine.events import RECEIVED, CaseEvent
from engine.impact import CANNOT, CaseImpact, Compared, Driven, Drives
from engine.impact_run import ERASED, instants
from engine.impact_totals import Totals, how
from engine.library import Library
from engine.office import Office, Shelved
from engine.record import standing_events
from engine.refusals import Refused
from engine.replay import Rulebook
from engine.store import impacts
from engine.store.case_rows import StoredEvent
from engine.store.database import Database

KIND = "side_by_side"
LEFT, RIGHT = "left", "right"
EVERY = "every"
#: how a deadline stands that a figure of its own counts; the rest (running, a window, a date from which) is other
SETTLED_AS = ("met", "late", "overdue")
OTHER = "other"


@dataclass(frozen=True)
class Sides:
    """One case under both versions: where it would stand under each, and how the right differs from the left."""

    left: Driven | None
    right: Driven | None
    compared: CaseImpact


@dataclass
class SideTotals:
    """Counts over cases: how the right differs from the left, and what each side demanded and would have sent."""

    impact: Totals = field(default_factory=Totals)
    words: Counter[str] = field(default_factory=Counter)

    def add(self, one: Sides, words: Sequence[str]) -> None:
        """Count one case, by the words it is listed for."""
        self.impact.add(one.compared)
        self.words.update(words)


def sides(left: Rulebook, right: Compared, record: Sequence[CaseEvent]) -> Sides:
    """A case driven through both, the left looked at by what the right is compared by."""
    events = standing_events(record)
    received = next((event.day for event in events if event.name == RECEIVED), None)
    if received is None:
        return Sides(None, None, CaseImpact(failed="Its record does not say when the complaint was received."))
    drives = Drives(right.ways)
    try:
        before, after = drives.driven(left, events, right.now), drives.driven(right.book, events, right.now)
    except CANNOT as cannot:
        return Sides(None, None, CaseImpact(failed=str(cannot)))
    measure = right.measure(right.book, received)
    compared = replace(
        impact.differences(before.standing, after.standing),
        edition=measure.edition if measure else "",
        worse=right.worse(right.book, after, events, received),
        worse_before=tuple(one.key for one in right.worse(left, before, events, received)),
        work_was=before.work,
        work_now=after.work,
    )
    return Sides(before, after, compared)


def words_of(one: Sides) -> list[str]:
    """What a case is listed for: a word for each figure it counts in."""
    found = [EVERY, *one.compared.kinds]
    found += [f"date:{how(moved)}:{moved.key}" for moved in one.compared.dates]
    for name, side in ((LEFT, one.left), (RIGHT, one.right)):
        if side is not None:
            found += dict.fromkeys(_words(name, side))
    return found


def _words(side: str, driven: Driven) -> Iterator[str]:
    for key, deadline in driven.standing.ledger.deadlines.items():
        if is_demanded(deadline):
            yield f"{side}:demanded:{key}"
            yield f"{side}:{deadline.state if deadline.state in SETTLED_AS else OTHER}:{key}"
    for letter in driven.letters:
        yield f"{side}:letter:{letter}"
    for role, week in driven.work:
        yield f"{side}:work:{role}"
        yield f"{side}:week:{role}:{week.isoformat()}"
    for _ in driven.standing.departures[:1]:
        yield f"{side}:departed:any"


def is_demanded(deadline: Deadline) -> bool:
    """Whether a version asked this of a case: it has a date, and was not stopped before it came to anything."""
    return deadline.due is not None and deadline.state != "stopped"


def detail(one: Sides) -> dict[str, Any]:
    """What is kept of one case, to be shown beside it: no word of the resident's."""
    if one.left is None or one.right is None:
        return {impact.FAILED: one.compared.failed}
    dates: dict[str, list[Any]] = {}
    for place, side in enumerate((one.left, one.right)):
        for key, deadline in side.standing.ledger.deadlines.items():
            if is_demanded(deadline) and deadline.due:
                dates.setdefault(key, [None, None, None, None])[place * 2 : place * 2 + 2] = [
                    deadline.due.isoformat(),
                    deadline.state or "from",
                ]
    departed = [[one_.event, one_.day.isoformat()] for one_ in one.compared.departed]
    letters = [list(side.letters) for side in (one.left, one.right)]
    work = [
        [name, role, week.isoformat(), count]
        for name, side in ((LEFT, one.left), (RIGHT, one.right))
        for (role, week), count in sorted(Counter(side.work).items())
    ]
    told = {"departed": departed, "letters": letters, "work": work}
    return {"dates": [[key, *pair] for key, pair in dates.items()], **told}


@dataclass(frozen=True)
class Wanted:
    """Everything it needs, to be handed to another process."""

    url: str
    shelf: Library
    shelved: Mapping[str, Shelved]
    calendars: Mapping[str, Calendar]
    policy: str
    left: str
    right: str
    period: tuple[date, date]
    now: datetime

    @property
    def key(self) -> str:
        return f"{self.left} beside {self.right}"

    def ready(self, database: Database) -> tuple[Rulebook, Compared]:
        """The left rulebook, and the right with what cases are compared by."""
        office = Office(database, self.shelf, self.shelved, self.calendars)
        return self.shelved[self.left].book, Compared(self.shelved[self.right].book, office, self.now)

    def batch(
        self, database: Database, ids: Sequence[int], ready: tuple[Rulebook, Compared], totals: SideTotals
    ) -> list[Found]:
        """Some of the cases, each under both versions, added to `totals`: all of them."""
        found: list[Found] = []
        with database.reading() as tx:
            rows = impacts.rows_with_events(tx, ids)
        for row, events in rows:
            one = _case(ready, events)
            words = words_of(one)
            totals.add(one, words)
            found.append((row.id, f" {' '.join(words)} ", detail(one)))
        return found

    def carried_out(self, database: Database, told: Told, keep: Keep) -> dict[str, Any]:
        """All of it worked out, as it is kept."""
        with database.reading() as tx:
            ids = impacts.ids_received(tx, self.policy, *instants(self.period))
        progress, totals, ready = Progress(len(ids), told), SideTotals(), self.ready(database)
        go_through(ids, lambda some: self.batch(database, some, ready, totals), progress, keep)
        return {"totals": totals.impact.as_json(), "words": dict(totals.words), "as_of": self.now.isoformat()}


def _case(ready: tuple[Rulebook, Compared], events: Sequence[StoredEvent]) -> Sides:
    if any(one.is_erased for one in events):
        return Sides(None, None, CaseImpact(failed=ERASED))
    record = [CaseEvent(e.name, e.happened, e.recorded, e.number, e.by_person, e.by_name, e.fields) for e in events]
    return sides(*ready, record)


def about(policy: str, left: str, right: str) -> str:
    """What a working out is of, as its row keeps it."""
    return f"{policy} {left} {right}"


def parts(said: str) -> tuple[str, str, str]:
    """The policy whose cases they are, and the two versions."""
    policy, left, right = said.split(" ")
    return policy, left, right


def wanted(office: Office, said: str, period: tuple[date, date], now: datetime) -> Wanted:
    """What is wanted of the cases of a policy and two versions (see `about`). Raises Refused for what there is not."""
    policy, left, right = parts(said)
    if policy not in office.policies() or left not in office.shelved or right not in office.shelved:
        raise Refused("Choose a policy and two versions of the lists.")
    if left == right:
        raise Refused("Choose two different versions: a version beside itself shows nothing.")
    shelved = {key: one for key, one in office.shelved.items() if key in (left, right)}
    return Wanted(office.database.url, office.shelf, shelved, office.calendars, policy, left, right, period, now)
