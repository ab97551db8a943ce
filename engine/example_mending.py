"""What a draft's own stories say now that its rules have changed: expectations rewritten as they come, once somebody
has read them, and stories that can no longer happen left out by name.

Nothing is decided here: `mending` says what would change, before and after, and `mended` does what was chosen of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engine import draft_library, example_writing, yaml_editing
from engine.draft_library import Checked
from engine.example_files import DEADLINE_KEYS, LISTS, TEXTS, Expectation
from engine.examples import Told
from engine.office import Office
from engine.refusals import Refused
from engine.yaml_writing import Value

INBOX = "inbox"
CANNOT_HAPPEN = "cannot_happen"
GONE = "no such date"


@dataclass(frozen=True)
class Change:
    """One expectation that would be rewritten: the story's number in its file (from 0) and name, what is expected
    (`stage_1.response`, and `due` of it, or `status`), as it says and as it comes. `value` is what is written; where
    `is_gone` the version no longer has such a date, and the expectation goes."""

    number: int
    story: str
    key: str
    cell: str
    before: str
    after: str
    value: Value
    is_gone: bool = False


@dataclass(frozen=True)
class Impossible:
    """A story that can no longer be told to its end, and why."""

    number: int
    story: str
    why: str


@dataclass(frozen=True)
class Mending:
    """What would make a draft's stories come true: `others` are those that fail in a way only a person can mend."""

    changes: tuple[Change, ...]
    impossible: tuple[Impossible, ...]
    others: tuple[Impossible, ...]

    def changes_of(self, number: int) -> list[Change]:
        """What would be rewritten in one story."""
        return [one for one in self.changes if one.number == number]

    @property
    def numbers(self) -> list[int]:
        """The stories whose expectations would be rewritten, in the order of the file."""
        return list(dict.fromkeys(one.number for one in self.changes))


def mending(office: Office, draft: Checked) -> Mending:
    """What would make the failing stories of a draft come true. Empty for a draft with problems: it tells none."""
    changes: list[Change] = []
    impossible: list[Impossible] = []
    others: list[Impossible] = []
    for number, told in enumerate(draft_library.stories(office, draft)):
        if told.passed:
            continue
        why = " ".join(one.what for one in told.failures)
        if told.file is None:
            impossible.append(Impossible(number, told.example.name, why))
            continue
        changes += changes_of(number, told)
        left = [one.what for one in told.failures if one.what.endswith("would be accepted.")]
        if left:  # what cannot happen and now can is a question of meaning, not of dates
            others.append(Impossible(number, told.example.name, " ".join(left)))
    return Mending(tuple(changes), tuple(impossible), tuple(others))


def mended(
    draft: Checked, found: Mending, *, expecting: Collection[int] | None = None, leaving: Collection[int] = ()
) -> bytes:
    """The file of examples with the expectations of these stories rewritten (None: of all) and those left out.

    Raises Refused where no story would be left.
    """
    path = f"policies/{draft.key}.examples.yaml"
    text = draft.files[path].decode()
    for one in found.changes:
        if expecting is None or one.number in expecting:
            text = _rewritten(text, one)
    gone = [one.number for one in found.impossible if one.number in leaving]
    if gone and len(gone) >= len(draft_library.own_stories(draft.files, draft.key)):
        raise Refused("No example would be left. Write one of what happens now first.")
    for number in sorted(gone, reverse=True):
        text = example_writing.remove(text, number)
    return text.encode()


def changes_of(number: int, told: Told) -> list[Change]:
    """The expectations of a story that did not come true, each with what came; none of one that could not be told."""
    if told.file is None:
        return []
    came = example_writing.came(told.file)
    wrong = {failure.line for failure in told.failures}
    expected = [one for one in told.example.expect if one.line in wrong and one.key != CANNOT_HAPPEN]
    return [change for one in expected for change in _change(number, told.example.name, one, came)]


def _change(number: int, story: str, expected: Expectation, came: Mapping[str, Value]) -> Iterator[Change]:
    key = expected.key
    if key in TEXTS or key in LISTS or key == INBOX:
        value = came.get(key, "none")
        yield Change(number, story, key, "", _shown(expected.value), _shown(value), value)
        return
    there = came.get(key)
    wanted = expected.value if isinstance(expected.value, Mapping) else {}
    if not isinstance(there, Mapping):
        yield Change(number, story, key, "", _shown(expected.value), GONE, None, is_gone=True)
        return
    for cell in DEADLINE_KEYS:
        value = there.get(cell)
        if cell in wanted and _shown(wanted[cell]) != _shown(value):
            yield Change(number, story, key, cell, _shown(wanted[cell]), _shown(value), value)


def _rewritten(text: str, one: Change) -> str:
    path: tuple[str | int, ...] = ("examples", one.number, "expect", one.key)
    if one.is_gone:
        return yaml_editing.remove(text, path)
    return yaml_editing.set_value(text, (*path, one.cell) if one.cell else path, one.value)


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_shown(below)}" for key, below in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value) or "none"
    return "none" if value is None else str(value)
