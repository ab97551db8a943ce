"""What a draft would do, in words and rows: the counts of a working out as its page shows them.

Nothing here knows a case or a resident: these are counts. What is listed case by case is in `web.studio_impact`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from engine import impact_jobs, impact_totals
from engine.impact_totals import EARLIER, GONE, LATER, NEW, Totals
from engine.policy import PolicyVersion
from engine.store import impacts
from engine.store.impacts import ImpactRow
from engine.yardstick import Yardstick
from web import event_words, names, wording


@dataclass(frozen=True)
class Words:
    """What things are called: by the draft, or by the version it is based on where the draft has them no more."""

    draft: PolicyVersion
    old: PolicyVersion | None

    def deadline(self, key: str) -> str:
        """A deadline's name."""
        version = self.draft if self.draft.deadline(key) or self.old is None else self.old
        return _begun(names.deadline(version, key))

    def event(self, name: str) -> str:
        stage = name.rpartition(".")[0]
        version = self.draft if not stage or self.draft.has_stage(stage) or self.old is None else self.old
        return event_words.title(version, name)

    def role(self, key: str) -> str:
        version = self.draft if key in self.draft.roles or self.old is None else self.old
        return names.role(version, key)


@dataclass(frozen=True)
class DateRow:
    """How one deadline moves over all cases, with the middle of the days by which it does."""

    words: str
    earlier: int
    later: int
    new: int
    gone: int
    by: str

    @property
    def cells(self) -> tuple[object, ...]:
        return self.words, self.earlier, self.later, self.new, self.gone, self.by


@dataclass(frozen=True)
class BreachRow:
    """How often one promise was broken, and would have been."""

    words: str
    before: int
    lost: int
    gained: int

    @property
    def after(self) -> int:
        return self.before - self.lost + self.gained

    @property
    def cells(self) -> tuple[object, ...]:
        return self.words, self.before, self.lost, self.gained, self.after


@dataclass(frozen=True)
class WorkRow:
    """A role's work: pieces in all and in an ordinary and the busiest week, before and after."""

    words: str
    was: int
    now: int
    mean_was: str
    mean_now: str
    most_was: str
    most_now: str
    weeks: tuple[tuple[str, int, int], ...]

    @property
    def cells(self) -> tuple[object, ...]:
        return self.words, self.mean_was, self.mean_now, self.most_was, self.most_now


def how_far(row: ImpactRow, now: datetime) -> str:
    """How far a working out is, in sentences; what was said of it stands first."""
    said = f"{row.said} " if row.said else ""
    if impact_jobs.is_silent(row, now) and row.taken_at is not None:
        when = wording.moment(row.taken_at)
        return f"{said}Nothing was heard of it since {when}. It begins again when a worker has time."
    if row.status == impacts.WAITING:
        return f"{said}Waiting to begin."
    if row.status == impacts.STOPPING:
        return "Stopping."
    return f"{said}{row.done:,} of {row.total:,} done." if row.total else f"{said}Reading the versions."


def dates(found: Totals, words: Words) -> list[DateRow]:
    """The deadlines that move, those with the most cases first."""
    keys: Counter[str] = Counter()
    for (key, _), count in found.dates.items():
        keys[key] += count
    return [
        DateRow(words.deadline(key), *(found.dates[(key, how)] for how in (EARLIER, LATER, NEW, GONE)), _by(found, key))
        for key, _ in keys.most_common()
    ]


def breaches(found: Totals, words: Words) -> list[BreachRow]:
    """The promises broken, before or after."""
    keys = dict.fromkeys([*found.breached, *found.gained])
    rows = [BreachRow(words.deadline(key), found.breached[key], found.lost[key], found.gained[key]) for key in keys]
    return sorted(rows, key=lambda row: (-row.lost - row.gained, row.words))


def worse(found: Totals, words: Words) -> list[tuple[str, str, int, int]]:
    """Where a resident would wait longer than the Code allows: deadline, edition, cases, of which new."""
    return [
        (words.deadline(key), edition, count, min(count, found.worse_new[key]))
        for (key, edition), count in found.worse.most_common()
    ]


def shortfalls(found: Totals, yardstick: Yardstick | None) -> list[tuple[str, str, int]]:
    """Requirements that the draft falls short of whatever the case: what, edition, cases it measures."""
    titles = {each.key: each.title for each in yardstick.requirements} if yardstick else {}
    return [(titles.get(key, key), edition, count) for (key, edition), count in found.shortfalls.most_common()]


def paths(found: Totals, words: Words) -> list[tuple[str, int]]:
    """What happened first that the draft's diagram would not have allowed, and in how many cases."""
    return [(words.event(name), count) for name, count in found.paths.most_common()]


def work(found: Totals, words: Words) -> list[WorkRow]:
    """The work of each role, week by week."""
    weeks = sorted({week for _, week in (*found.work_was, *found.work_now)})
    roles = dict.fromkeys(role for role, _ in (*found.work_was, *found.work_now))
    return sorted((_work(found, words, role, weeks) for role in roles), key=lambda row: -max(row.was, row.now))


def stories(said: Iterable[dict[str, object]]) -> dict[str, list[dict[str, object]]]:
    """The old stories: as before, otherwise, and not told."""
    found: dict[str, list[dict[str, object]]] = {"same": [], "otherwise": [], "left": []}
    for one in said:
        found["left" if one["left"] else "otherwise" if one["otherwise"] else "same"].append(one)
    return found


def moves(rows: Iterable[tuple[str, str | None, str | None]], words: Words) -> list[str]:
    """The dates of one case that move, a sentence each."""
    return [f"{words.deadline(key)}: {shown(was)} becomes {shown(now)}" for key, was, now in rows]


def shown(day: str | None) -> str:
    """A day kept as text, for a table."""
    return wording.short_day(date.fromisoformat(day)) if day else "no date"


def _by(found: Totals, key: str) -> str:
    """By how many days a date moves: the one number, or the middle one with both ends."""
    days = sorted((int(by), count) for (name, by), count in found.days.items() if name == key)
    if not days:
        return ""
    every = [by for by, count in days for _ in range(count)]
    middle, first, last = every[len(every) // 2], every[0], every[-1]
    if first == last:
        return _days(middle)
    if first >= 0 or last <= 0:
        least = min(abs(first), abs(last))
        return f"{least} to {_days(last if first >= 0 else first)}, {abs(middle)} in the middle of them"
    return f"From {_days(first)} to {_days(last)}"


def _days(by: int) -> str:
    if by == 0:
        return "no day"
    return f"{wording.count(abs(by), 'day')} {'earlier' if by < 0 else 'later'}"


def _work(found: Totals, words: Words, role: str, weeks: list[str]) -> WorkRow:
    was, now = ([counts[(role, week)] for week in weeks] for counts in (found.work_was, found.work_now))
    days = [wording.short_day(date.fromisoformat(week)) for week in weeks]
    busiest = [f"{max(side)} in the week of {days[side.index(max(side))]}" for side in (was, now)]
    means = [f"{sum(side) / len(weeks):.1f}" for side in (was, now)]
    by_week = tuple(zip(days, was, now, strict=True))
    return WorkRow(words.role(role), sum(was), sum(now), means[0], means[1], busiest[0], busiest[1], by_week)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def totals(result: dict[str, object]) -> Totals:
    """The counts of a working out that is done."""
    return impact_totals.read(result["totals"])
