"""Two versions side by side, in words and rows: each figure with the word its cases are listed under."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine import impact, impact_totals
from engine.policy import PolicyVersion
from engine.side_by_side import EVERY, LEFT, OTHER, RIGHT, SETTLED_AS
from web import event_words, impact_words, names, wording

OTHERWISE = {
    EVERY: "All the cases",
    impact.DATES: "Cases with another date",
    impact.GAINED: "Cases with a promise broken under the second and not under the first",
    impact.LOST: "Cases with a promise broken under the first and not under the second",
    impact.PATH: "Cases with something the second would not have allowed and the first would",
    impact.WORSE: "Cases in which the second lies after the Code's own date",
    impact.FAILED: "Cases that could not be replayed",
}
MOVES = {
    impact_totals.EARLIER: "earlier under the second",
    impact_totals.LATER: "later under the second",
    impact_totals.NEW: "asked for by the second alone",
    impact_totals.GONE: "asked for by the first alone",
}
#: figures of work: of a role, and of a role in one week
OF_WORK = ("work", "week")
STATES = {
    "demanded": "asked for",
    OTHER: "not yet due, a window or a date from which",
    "met": "in time",
    "late": "late",
    "overdue": "not done in time",
    "running": "running",
    "expected": "not started",
    "lapsed": "a window that passed",
    "from": "a day from which",
}


@dataclass(frozen=True)
class Words:
    """What things are called under the two versions."""

    left: PolicyVersion
    right: PolicyVersion

    def side(self, name: str) -> PolicyVersion:
        return self.left if name == LEFT else self.right

    def deadline(self, key: str) -> str:
        """A deadline's name, by whichever version has it."""
        words = names.deadline(self.left if self.left.deadline(key) else self.right, key)
        return words[:1].upper() + words[1:]

    def letter(self, event: str) -> str:
        """A letter by the event it goes with, as whichever version has its stage calls it."""
        stage = event.rpartition(".")[0]
        return event_words.title(self.left if self.left.has_stage(stage) else self.right, event)

    def heading(self, what: str) -> str:
        """What a list of cases is of; empty for no such list."""
        if what in OTHERWISE:
            return OTHERWISE[what]
        side, _, rest = what.partition(":")
        how, _, about = rest.partition(":")
        if side == "date" and how in MOVES and about:
            return f"{self.deadline(about)}, {MOVES[how]}"
        if side not in (LEFT, RIGHT) or not about:
            return ""
        version = self.side(side)
        if how == "letter":
            return f"Cases in which {version.version} asks for a letter: {self.letter(about)}"
        if how == "work":
            return self._work(version, about)
        if how == "week" and (found := _role_and_week(about)):
            return f"{self._work(version, found[0])}, in the week that begins on {impact_words.shown(found[1])}"
        if how == "departed":
            return f"Cases with something that {version.version} would not have allowed"
        return f"{self.deadline(about)}, {STATES[how]} under {version.version}" if how in STATES else ""

    def _work(self, version: PolicyVersion, role: str) -> str:
        return f"Cases with work for the {self.role(role)} under {version.version}"

    def role(self, key: str) -> str:
        """A role's title, by whichever version has it."""
        return names.role(self.left if key in self.left.roles else self.right, key)

    def tasks(self, detail: Mapping[str, Any], what: str) -> list[tuple[str, str, int]]:
        """The tasks of one case that a figure of work counts: the version, the Monday of the week, how many."""
        side, _, rest = what.partition(":")
        how, _, about = rest.partition(":")
        role, week = _role_and_week(about) or (about, "")
        if how not in OF_WORK:
            return []
        return [
            (self.side(side).version, monday, count)
            for name, whose, monday, count in detail.get("work", ())
            if (name, whose) == (side, role) and week in ("", monday)
        ]

    def told(self, detail: Mapping[str, Any], what: str = "") -> list[str]:
        """One case under both, a sentence for each date; of a figure of work, one for each week with its tasks."""
        if impact.FAILED in detail:
            return [detail[impact.FAILED]]
        if what.split(":")[1:2] and what.split(":")[1] in OF_WORK:
            return [
                f"{wording.count(count, 'task')} in the week that begins on {impact_words.shown(monday)}."
                for _, monday, count in self.tasks(detail, what)
            ]
        told = [
            f"{what}: {_due(due, state)} under the first, {_due(other, stands)} under the second."
            for what, due, state, other, stands in self.rows(detail)
        ]
        for name, day in detail.get("departed", ()):
            told.append(
                f"{event_words.title(self.right, name)} on {impact_words.shown(day)} would not have been allowed."
            )
        return told

    def rows(self, detail: Mapping[str, Any]) -> Iterator[tuple[str, str | None, str, str | None, str]]:
        """One case under both, a row for each date."""
        for key, due, state, other, stands in detail.get("dates", ()):
            yield self.deadline(key), due, STATES.get(state, state or ""), other, STATES.get(stands, stands or "")


@dataclass(frozen=True)
class Figure:
    """A count of cases, and the word they are listed under; or another number about those cases, as it is `shown`."""

    count: int
    what: str
    shown: str = ""


@dataclass(frozen=True)
class Work:
    """A role's work under both versions, each as (first, second): cases, tasks, tasks in an ordinary week, and in the
    busiest, with the cases behind it."""

    role: str
    title: str
    cases: tuple[Figure, Figure]
    tasks: tuple[Figure, Figure]
    mean: tuple[str, str]
    most: tuple[Figure, Figure]


@dataclass(frozen=True)
class Week:
    """A week of a role: its Monday in words, and the tasks under both, which lead to their cases."""

    monday: str
    tasks: tuple[Figure, Figure]


def result(found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The figures of a comparison that is done."""
    counts: Mapping[str, int] = found["words"]
    totals = impact_totals.read(found["totals"])
    return {
        "totals": totals,
        "otherwise": [(says, counts.get(key, 0), key) for key, says in OTHERWISE.items()],
        "demands": list(_demands(counts, words)),
        "letters": list(_letters(counts, words)),
        "work": _work(totals, counts, words),
        "dates": list(_dates(totals, counts, words)),
    }


def _demands(counts: Mapping[str, int], words: Words) -> Iterator[tuple[str, list[Figure]]]:
    """Each deadline: in how many cases each version asked for it, and how it stood."""
    keys = [rule.key for version in (words.left, words.right) for rule in version.deadlines]
    for key in dict.fromkeys(keys):
        figures = [
            Figure(counts.get(f"{side}:{how}:{key}", 0), f"{side}:{how}:{key}")
            for how in ("demanded", *SETTLED_AS, OTHER)
            for side in (LEFT, RIGHT)
        ]
        if any(one.count for one in figures):
            yield words.deadline(key), figures


def _dates(
    totals: impact_totals.Totals, counts: Mapping[str, int], words: Words
) -> Iterator[tuple[str, list[Figure], str]]:
    """Each deadline whose date differs: in how many cases and how, and by how many days."""
    by = {row.words: row.by for row in impact_words.dates(totals, impact_words.Words(words.right, words.left))}
    for key in dict.fromkeys(key for key, _ in totals.dates):
        figures = [Figure(counts.get(f"date:{how}:{key}", 0), f"date:{how}:{key}") for how in MOVES]
        yield words.deadline(key), figures, by.get(impact_words.Words(words.right, words.left).deadline(key), "")


def _letters(counts: Mapping[str, int], words: Words) -> Iterator[tuple[str, list[Figure]]]:
    """Each letter: in how many cases the tasks of each asked for it."""
    keys = {word.partition(":letter:")[2] for word in counts if ":letter:" in word}
    for key in sorted(keys):
        figures = [Figure(counts.get(f"{side}:letter:{key}", 0), f"{side}:letter:{key}") for side in (LEFT, RIGHT)]
        yield words.letter(key), figures


def weeks(found: Mapping[str, Any], role: str) -> list[Week]:
    """The weeks in which a role has work under either version, the first first."""
    totals = impact_totals.read(found["totals"])
    mondays = sorted({week for whose, week in (*totals.work_was, *totals.work_now) if whose == role})
    return [
        Week(impact_words.shown(monday), _both(lambda side, on=monday: _week(side, role, on, _of(totals, side))))
        for monday in mondays
    ]


def _work(totals: impact_totals.Totals, counts: Mapping[str, int], words: Words) -> list[Work]:
    """Each role: its cases, its tasks, and its weeks."""
    every_week = len({week for _, week in (*totals.work_was, *totals.work_now)})
    found = []
    for key in sorted({whose for whose, _ in (*totals.work_was, *totals.work_now)}):
        sums = [sum(count for (whose, _), count in _of(totals, side).items() if whose == key) for side in (LEFT, RIGHT)]
        cases = _both(lambda side, key=key: Figure(counts.get(f"{side}:work:{key}", 0), f"{side}:work:{key}"))
        tasks = (replace(cases[0], shown=f"{sums[0]:,}"), replace(cases[1], shown=f"{sums[1]:,}"))
        most = _both(lambda side, key=key: _busiest(side, key, _of(totals, side)))
        means = (f"{sums[0] / every_week:.1f}", f"{sums[1] / every_week:.1f}")
        found.append((max(sums), Work(key, words.role(key), cases, tasks, means, most)))
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])]


def _both(of: Callable[[str], Figure]) -> tuple[Figure, Figure]:
    return of(LEFT), of(RIGHT)


def _of(totals: impact_totals.Totals, side: str) -> Mapping[tuple[str, str], int]:
    return totals.work_was if side == LEFT else totals.work_now


def _week(side: str, role: str, monday: str, work: Mapping[tuple[str, str], int]) -> Figure:
    count = work.get((role, monday), 0)
    return Figure(count, f"{side}:week:{role}:{monday}", f"{count:,}")


def _busiest(side: str, role: str, work: Mapping[tuple[str, str], int]) -> Figure:
    """The week with most tasks, the first of several; none where there is no work."""
    mondays = sorted(monday for whose, monday in work if whose == role)
    monday = max(mondays, key=lambda one: work[(role, one)], default="")
    if not monday:
        return Figure(0, "")
    found = _week(side, role, monday, work)
    return replace(found, shown=f"{found.shown} in the week of {impact_words.shown(monday)}")


def _role_and_week(about: str) -> tuple[str, str] | None:
    """The role and the Monday that a figure of one week is about; None where it is about no week."""
    role, _, monday = about.rpartition(":")
    try:
        return (role, date.fromisoformat(monday).isoformat()) if role else None
    except ValueError:
        return None


def _due(due: str | None, state: str) -> str:
    return f"{impact_words.shown(due)} ({state})" if due else "nothing asked"
