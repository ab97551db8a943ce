"""The sentences that hold for any two trees of a file: what is added, taken out, moved or changed at a place.

`of_keys` and `of_value` never pass over a difference: where nobody has words of its own for a place, they say it with
the words of the file. So whatever the engine reads differently yields a sentence.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.version_differences_trees import MOST_INLINE, Bare, Known, Tree, is_long, key_words, quoted, same, words
from engine.wordings import listed

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True)
class Difference:
    """One thing that changed, as a sentence. `before` and `after` are the words of a longer text, where there are any;
    `marks` the elements of diagrams it stands on: (file, id of the element)."""

    subject: str
    kind: Kind
    about: str
    says: str
    before: str = ""
    after: str = ""
    files: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Telling:
    """What is being told of: the subject of the page, what it is in words, and the files it stands in."""

    subject: str
    about: str = ""
    files: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()

    def of(self, *more: str) -> Telling:
        """The same, of a part of it: `Stage 1` of `response`."""
        return replace(self, about=", ".join(word for word in (self.about, *more) if word))

    def says(self, kind: Kind, sentence: str, before: str = "", after: str = "") -> Difference:
        told = sentence[:1].upper() + sentence[1:]
        return Difference(self.subject, kind, self.about, told, before, after, self.files, self.marks)


Speaker = Callable[[Telling, Tree | None, Tree | None], list[Difference]]


# ---------------------------------------------------------------- Any value


def of_value(
    telling: Telling, before: Tree | None, after: Tree | None, say: Callable[[Tree | None], str] = quoted
) -> list[Difference]:
    """What is to be said of any two values at one place; nothing only where they are the same."""
    if same(before, after):
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return of_keys(telling, before, after)
    if isinstance(before, list) and isinstance(after, list):
        return of_list(telling, before, after, say)
    return [_of_two(telling, before, after, say)]


def _of_two(telling: Telling, before: Tree | None, after: Tree | None, say: Callable[[Tree | None], str]) -> Difference:
    about = telling.about
    if before is None or after is None:
        given, verb = (after, "is added") if before is None else (before, "is taken out")
        kind: Kind = "added" if before is None else "removed"
        if is_long(given) or isinstance(given, dict):
            return telling.says(kind, f"{about} {verb}.", *(("", words(given)) if before is None else (words(given),)))
        return telling.says(kind, f"{about}: {say(given)} {verb}.")
    was, now = say(before), say(after)
    if was == now:
        return telling.says("changed", f"{about}: {_same_words(before, after)}.", words(before), words(after))
    if is_long(before, after):
        return telling.says("changed", f"{about}: the words change.", words(before), words(after))
    return telling.says("changed", f"{about}: {was} becomes {now}.")


def _same_words(before: Tree, after: Tree) -> str:
    if isinstance(before, str) and isinstance(after, str):
        return "only spaces or line breaks change"
    return f"the same words, {_sort(before)} before and {_sort(after)} now"


def _sort(value: Tree) -> str:
    kinds = {str: "as text", Bare: "as a plain value", list: "as a list", dict: "as a list of keys"}
    return kinds[type(value)]


def of_list(
    telling: Telling, before: list[Tree], after: list[Tree], say: Callable[[Tree | None], str] = quoted
) -> list[Difference]:
    """What came into a list of values, what went, and where only the order changed. A value may be more than a text."""
    was, now = [say(one) for one in before], [say(one) for one in after]
    gained, lost = _without(now, was), _without(was, now)
    if len("".join((*gained, *lost))) > 3 * MOST_INLINE:
        return [telling.says("changed", f"{telling.about}: the list changes.", "\n".join(was), "\n".join(now))]
    if gained and lost:
        return [telling.says("changed", f"{telling.about}: {listed(lost)} becomes {listed(gained)}.")]
    if gained:
        return [telling.says("added", f"{telling.about}: {listed(gained)} {_is(gained)} added.")]
    if lost:
        return [telling.says("removed", f"{telling.about}: {listed(lost)} {_is(lost)} taken out.")]
    if was != now:
        return [telling.says("moved", f"{telling.about}: the order is now {listed(now)}.")]
    return [telling.says("changed", f"{telling.about}: the same words, written as other kinds of values.")]


def _is(these: list[str]) -> str:
    return "are" if len(these) > 1 else "is"


def _without(those: list[str], these: list[str]) -> list[str]:
    left, kept = list(these), []
    for one in those:
        if one in left:
            left.remove(one)
        else:
            kept.append(one)
    return kept


# ---------------------------------------------------------------- Keys


def of_keys(
    telling: Telling,
    before: Known,
    after: Known,
    speakers: Mapping[str, Speaker] | None = None,
    *,
    other: Speaker | None = None,
    named: Callable[[str], str] = key_words,
    is_fixed: bool = False,
) -> list[Difference]:
    """What changed under each key, and the order of the keys unless they are `is_fixed` ones whose order says nothing.

    A key with a speaker is said by it, any other by `other`, else by `of_value` under the key's own name.
    """
    found: list[Difference] = []
    for key in {**before, **after}:
        was, now = before.get(key), after.get(key)
        if same(was, now):
            continue
        speaker = (speakers or {}).get(key, other)
        said = speaker(telling, was, now) if speaker else []
        found += said or of_value(telling.of(named(key)), was, now)
    if not is_fixed:
        found += of_order(telling, list(before), list(after), named)
    return found


def of_order(
    telling: Telling, before: Sequence[str], after: Sequence[str], named: Callable[[str], str]
) -> list[Difference]:
    """Which of the keys that stay stand elsewhere, each with what it now follows."""
    said = []
    for key in moved(before, after):
        place = after.index(key)
        where = f"after {named(after[place - 1])}" if place else "first"
        label = ", ".join(word for word in (telling.about, named(key)) if word)
        said.append(telling.says("moved", f"{label} is moved: it now stands {where}."))
    return said


def moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The fewest of the names both have that must be moved to make one order of the other.

    >>> moved(["a", "b", "c"], ["c", "a", "b"])
    ['c']
    """
    places = {name: place for place, name in enumerate(before)}
    both = [name for name in after if name in places]
    tails: list[int] = []
    chains: list[list[str]] = []
    for name in both:
        at = bisect_left(tails, places[name])
        chain = [*(chains[at - 1] if at else []), name]
        tails[at : at + 1], chains[at : at + 1] = [places[name]], [chain]
    staying = set(chains[-1]) if chains else set()
    return [name for name in both if name not in staying]
