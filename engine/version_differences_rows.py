"""Rows of a list that have no keys, such as those of a decision table and stories: which is which, and what changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from engine.version_differences_text import Difference, Telling, moved, of_value
from engine.version_differences_trees import Tree, same, words

ALIKE = 0.6  # how much two rows must have in common to be the same one, changed


def pairs(
    before: Sequence[Tree], after: Sequence[Tree], identity: Callable[[Tree], str] = repr, *, alike: float = ALIKE
) -> list[tuple[int | None, int | None]]:
    """Which row of one list is which of the other: equal ones first, then those of one identity, then those much alike.
    None on either side: a row that came or went. In the order of the rows after, what went at its place before."""
    match: dict[int, int] = {}
    free_before, free_after = list(range(len(before))), list(range(len(after)))

    def take(is_one: Callable[[int, int], bool]) -> None:
        for there in list(free_after):
            here = next((one for one in free_before if is_one(one, there)), None)
            if here is not None:
                match[there] = here
                free_before.remove(here)
                free_after.remove(there)

    take(lambda here, there: same(before[here], after[there]))
    take(lambda here, there: identity(before[here]) == identity(after[there]))
    take(lambda here, there: _likeness(before[here], after[there]) > alike)
    found: list[tuple[int | None, int | None]] = [(match.get(there), there) for there in range(len(after))]
    for here in free_before:
        place = next((at for at, (was, _) in enumerate(found) if was is not None and was > here), len(found))
        found.insert(place, (here, None))
    return found


def _likeness(before: Tree, after: Tree) -> float:
    """How much of their words two rows share, from 0 to 1."""
    was, now = (Counter(re.findall(r"\w+", repr(row))) for row in (before, after))
    return 2 * (was & now).total() / max(1, was.total() + now.total())


def of_rows(
    telling: Telling,
    before: list[Tree],
    after: list[Tree],
    *,
    identity: Callable[[Tree], str] = repr,
    named: Callable[[Tree, int], str] = lambda row, number: f"row {number}",
    inner: Callable[[Telling, Tree, Tree], list[Difference]] = of_value,
    shown: Callable[[Tree], str] = words,
    alike: float = ALIKE,
) -> list[Difference]:
    """Rows added, taken out, moved and changed. `named` gives a row's name from the row and its number (from 1)."""
    found: list[Difference] = []
    both = pairs(before, after, identity, alike=alike)
    for was, now in both:
        if now is None and was is not None:
            about = telling.of(named(before[was], was + 1))
            found.append(about.says("removed", f"{about.about} is taken out.", before=shown(before[was])))
        elif was is None and now is not None:
            about = telling.of(named(after[now], now + 1))
            found.append(about.says("added", f"{about.about} is added.", after=shown(after[now])))
        elif was is not None and now is not None and not same(before[was], after[now]):
            about = telling.of(named(after[now], now + 1))
            found += inner(about, before[was], after[now]) or of_value(about, before[was], after[now])
    stay = [(was, now) for was, now in both if was is not None and now is not None]
    elsewhere = set(moved([str(was) for was, _ in sorted(stay)], [str(was) for was, _ in stay]))
    for was, now in stay:
        if str(was) in elsewhere:
            about = telling.of(named(after[now], now + 1))
            found.append(
                about.says("moved", f"{about.about} is moved: it was number {was + 1} and is number {now + 1}.")
            )
    return found
