"""The versions of one policy on a time line: the days each governs, how many cases are under it, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.events import local_day
from engine.office import Shelved
from engine.policy import PolicyVersion
from engine.store.governed import Governed
from web import current, wording

STATUSES = ("open", "answered", "closed", "held")
WIDTH, HEIGHT, LABEL = 1000.0, 34.0, 46.0  # of the drawing of the days each version governs


@dataclass(frozen=True)
class Entry:
    """A version on the time line. `ends` is the last day of receipt it governs, None where no later one is known;
    `earlier` the version before it."""

    version: PolicyVersion
    shelved: Shelved
    ends: date | None
    state: tuple[str, str]
    cases: int
    by_status: tuple[tuple[str, int], ...]
    earlier: PolicyVersion | None

    @property
    def days(self) -> str:
        """The days of receipt it governs, in words."""
        begins = wording.day(self.version.in_force_from)
        return f"from {begins} to {wording.day(self.ends)}" if self.ends else f"from {begins}"

    @property
    def logged_from(self) -> date | None:
        """Complaints logged before this day are not governed by it, where that is later than its first day."""
        known = self.shelved.known_from
        day = local_day(known) if known else None
        return day if day and day > self.version.in_force_from else None


@dataclass(frozen=True)
class Bar:
    """A version as a bar of the drawing: where it begins and how long it is, and the words beside it."""

    x: float
    y: float
    width: float
    words: str
    dates: str
    is_now: bool


@dataclass(frozen=True)
class Drawing:
    """The bars in their order with the years below them."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[float, int], ...]
    height: float
    today: float


def entries(policy: str, counted: Governed) -> list[Entry]:
    """Every version of a policy, withdrawn ones too, the newest first."""
    office = current.office()
    shelved = [one for one in office.shelved.values() if one.book.version.policy == policy]
    shelved.sort(key=lambda one: (one.book.version.in_force_from, one.id or 0))
    found = []
    for one in shelved:
        version = one.book.version
        before = [other.book.version for other in shelved if other.book.version.in_force_from < version.in_force_from]
        counts = counted.under(one.id)
        found.append(
            Entry(
                version,
                one,
                None if one.is_withdrawn else ends(version),
                state(one),
                sum(counts.values()),
                tuple((wording.state(key).lower(), counts[key]) for key in STATUSES if counts.get(key)),
                before[-1] if before else None,
            )
        )
    return found[::-1]


def state(shelved: Shelved) -> tuple[str, str]:
    """How a version stands today, in words, with the colour of its mark."""
    version, today = shelved.book.version, current.today()
    if shelved.is_withdrawn:
        return "Withdrawn", "red"
    if version.in_force_from > today:
        return "To come", "blue"
    is_now = current.office().governing(version.policy, today) == version
    return ("In force", "green") if is_now else ("Earlier", "grey")


def ends(version: PolicyVersion) -> date | None:
    """The last day of receipt a version governs; None for the last one."""
    later = [one.in_force_from for one in current.office().versions_of(version.policy)]
    begins = min((day for day in later if day > version.in_force_from), default=None)
    return begins - timedelta(days=1) if begins else None


def drawn(found: list[Entry]) -> Drawing | None:
    """The time line as a drawing, the oldest version on top; None where there is nothing to draw."""
    kept = [one for one in found[::-1] if not one.shelved.is_withdrawn]
    if not kept:
        return None
    today = current.today()
    first = min(one.version.in_force_from for one in kept)
    last = max([today, *(one.version.in_force_from for one in kept)]) + timedelta(days=270)
    scale = WIDTH / max(1, (last - first).days)

    def at(day: date) -> float:
        return round((day - first).days * scale, 1)

    bars = tuple(
        Bar(
            x=at(one.version.in_force_from),
            y=number * (HEIGHT + LABEL) + LABEL - 14,
            width=max(4.0, (at(one.ends) if one.ends else WIDTH) - at(one.version.in_force_from)),
            words=one.version.title,
            dates=f"{one.days}: {wording.count(one.cases, 'case')}",
            is_now=one.state[0] == "In force",
        )
        for number, one in enumerate(kept)
    )
    step = max(1, (last.year - first.year) // 8)
    years = tuple((at(date(year, 1, 1)), year) for year in range(first.year + 1, last.year + 1, step))
    years = tuple((x, year) for x, year in years if x < WIDTH - 30 and abs(x - at(today)) > 45)
    return Drawing(bars, years, len(kept) * (HEIGHT + LABEL) + 30, at(today))
