"""The old version's stories, told under a draft: which still come out so, and which come out otherwise and how.

That a story comes out otherwise is what the draft does, not a failure. Stories about moving between versions speak of
versions by name and are left out, and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.draft_library import empty_database, own_stories
from engine.events import MOVE_UNDONE, MOVED
from engine.example_files import Example
from engine.examples import tell
from engine.office import Office


@dataclass(frozen=True)
class OldStory:
    """A story of the old version as it comes out under the draft: `otherwise` says what came, a sentence each; `left`
    why it was not told."""

    name: str
    because: str
    line: int
    otherwise: tuple[str, ...] = ()
    left: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "because": self.because, "line": self.line, "otherwise": list(self.otherwise),
            "left": self.left,
        }  # fmt: skip


def of_version(files: Mapping[str, bytes], key: str) -> list[Example]:
    """The stories that are sealed with a version."""
    return own_stories(files, key)


def told_under(office: Office, examples: Sequence[Example], version: str, based_on: str) -> Iterator[OldStory]:
    """Each story told as if `version`, which `office` has, were the policy's only one. What a story says of the name
    of the version that governs is not compared: it is another one by intent."""
    database = empty_database()
    try:
        shelved = {key: replace(one, id=None) for key, one in office.shelved.items()}
        there = replace(office, database=database, shelved=shelved)
        for example in examples:
            yield _told(there, example, version, based_on)
    finally:
        database.close()


def _told(office: Office, example: Example, version: str, based_on: str) -> OldStory:
    own = (example.name, example.because, example.line)
    if any(act.name in (MOVED, MOVE_UNDONE) for act in example.story):
        return OldStory(*own, left="It is about moving between versions.")
    if example.version not in (None, based_on):
        return OldStory(*own, left=f"It is about {example.version}.")
    governs = [str(one.value) for one in example.expect if one.key == "governed_by"]
    if any(name.rpartition("/")[2] != based_on for name in governs):
        return OldStory(*own, left="It is about which version governs.")
    expect = tuple(one for one in example.expect if one.key != "governed_by")
    told = tell(office, replace(example, version=version, expect=expect))
    return OldStory(*own, otherwise=tuple(one.what for one in told.failures))
