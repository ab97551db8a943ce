"""Two versions side by side, in words and rows: each figure with the word its cases are listed under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine import impact, impact_totals
from engine.policy import PolicyVersion
from engine.side_by_side import EVERY, LEFT, OTHER, RIGHT, SETTLED_AS
from web import event_words, impact_words, names

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
            return f"Cases with work for the {names.role(version, about)} under {version.version}"
        if how == "departed":
            return f"Cases with something that {version.version} would not have allowed"
        return f"{self.deadline(about)}, {STATES[how]} under {version.version}" if how in STATES else ""

    def told(self, detail: Mapping[str, Any]) -> list[str]:
        """One case under both, a sentence for each date."""
        if impact.FAILED in detail:
            return [detail[impact.FAILED]]
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
    """A count of cases, and the word they are listed under."""

    count: int
    what: str


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


def _work(
    totals: impact_totals.Totals, counts: Mapping[str, int], words: Words
) -> list[tuple[impact_words.WorkRow, list[Figure]]]:
    """Each role: its work week by week, and the cases it comes of."""
    keys = {word.partition(":work:")[2] for word in counts if ":work:" in word}
    rows = {row.words: row for row in impact_words.work(totals, impact_words.Words(words.right, words.left))}
    found = []
    for key in keys:
        figures = [Figure(counts.get(f"{side}:work:{key}", 0), f"{side}:work:{key}") for side in (LEFT, RIGHT)]
        name = impact_words.Words(words.right, words.left).role(key)
        if name in rows:
            found.append((rows[name], figures))
    return sorted(found, key=lambda one: -max(one[0].was, one[0].now))


def _due(due: str | None, state: str) -> str:
    return f"{impact_words.shown(due)} ({state})" if due else "nothing asked"
