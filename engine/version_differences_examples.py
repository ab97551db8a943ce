"""What changed in the examples of a version, as sentences: stories that came, went, or go or end otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.version_differences_names import Sides, of_cites
from engine.version_differences_rows import of_rows
from engine.version_differences_text import Difference, Speaker, Telling, of_keys, of_value
from engine.version_differences_trees import Known, Tree, key_words, known, text_at, words

PARTS = {
    "example": "its title",
    "because": "why",
    "seen_on": "the day we look",
    "policy": "the policy it is about",
    "version": "the version it is told under",
}


def of_examples(names: Sides, before: Known, after: Known, files: tuple[str, ...]) -> list[Difference]:
    """Examples by their titles: added, taken out, moved, changed."""
    telling = Telling("examples", "", files)
    pinned = [
        _pinned(side, text_at(version, "version")) for side, version in ((before, names.before), (after, names.after))
    ]
    if names.before.get("version") != names.after.get("version"):
        pinned[0] |= _pinned(before, text_at(names.after, "version"))  # the name it is given with the version's own
    before, after = (_without_pins(side, titles) for side, titles in zip((before, after), pinned, strict=True))
    is_told = pinned[0] != pinned[1]

    def examples(told: Telling, was: Tree | None, now: Tree | None) -> list[Difference]:
        if not isinstance(was, list) or not isinstance(now, list):
            return []
        return of_rows(
            told, was, now, identity=lambda row: text_at(row, "example") or repr(row), named=_named,
            inner=partial(_example, names), shown=_shown, alike=0.8,
        )  # fmt: skip

    speakers: dict[str, Speaker] = {"examples": examples}
    found = of_keys(
        telling, before, after, speakers, named=lambda key: f"the examples' {key_words(key)}", is_fixed=True
    )
    return [*found, *([_pins(telling, *pinned)] if is_told else [])]


def _rows(found: Known) -> list[Tree]:
    rows = found.get("examples")
    return rows if isinstance(rows, list) else []


def _pinned(found: Known, version: str) -> set[str]:
    """The titles of the examples that are told under the version itself by its name."""
    return {text_at(row, "example") for row in _rows(found) if version and text_at(row, "version") == version}


def _without_pins(found: Known, titles: set[str]) -> Known:
    rows: list[Tree] = [
        {key: value for key, value in known(row).items() if key != "version"}
        if isinstance(row, dict) and text_at(row, "example") in titles
        else row
        for row in _rows(found)
    ]
    return {key: rows if key == "examples" and isinstance(value, list) else value for key, value in found.items()}


def _pins(telling: Telling, before: set[str], after: set[str]) -> Difference:
    """That examples name the version they are told under, said once for all of them."""
    came, went = len(after - before), len(before - after)
    said = [f"{came} now {_name(came)} the version"] if came else []
    said += [f"{went} no longer {_name(went)} it"] if went else []
    return telling.says("changed", f"Examples: {' and '.join(said)}.")


def _named(row: Tree, number: int) -> str:
    return f"Example \u201c{text_at(row, 'example') or number}\u201d"


def _shown(row: Tree) -> str:
    """A story a line each day, then what is expected."""
    keys = known(row)
    lines = [words(keys["because"])] if "because" in keys else []
    lines += [f"{key_words(day)}: {words(what)}" for day, what in known(keys.get("story")).items()]
    lines += [f"Seen on {words(keys['seen_on'])}:"] if "seen_on" in keys else []
    return "\n".join([*lines, *(f"{key_words(one)}: {words(what)}" for one, what in known(keys.get("expect")).items())])


def _example(names: Sides, telling: Telling, before: Tree, after: Tree) -> list[Difference]:
    speakers: dict[str, Speaker] = {
        "story": partial(_below, "what happens", key_words),
        "expect": partial(_below, "what is expected", partial(_expected, names)),
        "cites": partial(of_cites, names),
    }
    return of_keys(
        telling, known(before), known(after), speakers, named=lambda key: PARTS.get(key, key_words(key)), is_fixed=True
    )


def _expected(names: Sides, key: str) -> str:
    return names.deadline(key) if "." in key else key_words(key)


def _below(
    what: str, named: Callable[[str], str], telling: Telling, before: Tree | None, after: Tree | None
) -> list[Difference]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return of_value(telling.of(what), before, after)
    return of_keys(telling.of(what), before, after, named=named)


def _name(count: int) -> str:
    return "names" if count == 1 else "name"
