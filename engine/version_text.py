"""The files of a draft by what they are: its policy, letters and examples, the places in them, and what a change did.

Files go in as a mapping of paths to bytes and come out as another; nothing is changed in place. What a form may leave
alone is KEPT; an empty text or None takes away what was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from engine import workflow_files, yaml_editing
from engine.letter_files import letters_path
from engine.policy import PolicyVersion, bare, stage_of
from engine.policy_files import readable_version
from engine.refusals import BadAnswers, Refused
from engine.version_names import Names, names_of
from engine.workflows import Workflows

Files = Mapping[str, bytes]


class Kept(Enum):
    """What stands for a value that is left as it is."""

    KEPT = "kept"


KEPT = Kept.KEPT
Text = str | None | Kept


def text_of(files: Files, path: str) -> str:
    """A file as text. Raises Refused where it is not there or no text."""
    try:
        return files[path].decode("utf-8")
    except KeyError:
        raise Refused(f"The draft has no file {path}.") from None
    except UnicodeDecodeError:
        raise Refused(f"The file {path} is not UTF-8 text. Mend that first.") from None


def with_text(files: Files, path: str, text: str) -> dict[str, bytes]:
    return {**files, path: text.encode("utf-8")}


def changes(before: Files, after: Files) -> dict[str, bytes | None]:
    """What another set of files changes of one: the files that are new or other, and None for those that are gone."""
    changed: dict[str, bytes | None] = {path: text for path, text in after.items() if before.get(path) != text}
    return changed | dict.fromkeys(before.keys() - after.keys())


def examples_path(path: str) -> str:
    """Where the examples of a version stand: beside its own file."""
    return path.removesuffix(".yaml") + ".examples.yaml"


def deadline_place(key: str) -> tuple[str, ...]:
    """Where a deadline stands in a version's file: `stage_1.response`, or `complain_by` of the case."""
    stage = stage_of(key)
    return ("stages", stage, "deadlines", bare(key)) if stage else ("deadlines", key)


@dataclass(frozen=True)
class Opened:
    """A draft's version as far as it can be read, and the names its diagrams give it."""

    version: PolicyVersion
    workflows: Workflows
    names: Names


def opened(files: Files, path: str) -> Opened:
    """The version a draft's files hold. Raises Refused where its text cannot be read at all."""
    text = text_of(files, path)
    version, problems = _version(text, path)
    if version is None:
        first = problems[0] if problems else "It is empty."
        raise Refused(f"The file of stages and times has to be mended in its text first: {first}")
    workflows = _workflows(frozenset((name, text) for name, text in files.items() if name.startswith("workflows/")))
    return Opened(version, workflows, names_of(version, workflows))


@lru_cache(maxsize=32)
def _version(text: str, path: str) -> tuple[PolicyVersion | None, tuple[str, ...]]:
    version, problems = readable_version(text.encode(), path)
    return version, tuple(str(problem) for problem in problems)


@lru_cache(maxsize=8)
def _workflows(files: frozenset[tuple[str, bytes]]) -> Workflows:
    return workflow_files.read_all(dict(files))[1]


def put_text(text: str, path: tuple[str, ...], value: Text, *, after: str | None = None) -> str:
    """A file's text with another text at a place; KEPT leaves it, and an empty one takes it away."""
    if value is KEPT or isinstance(value, Kept):
        return text
    there = yaml_editing.has(text, path)
    if value is None or not value.strip():
        return yaml_editing.remove(text, path) if there else text
    before = after if after is not None and yaml_editing.has(text, (*path[:-1], after)) else None
    return yaml_editing.put(text, path, value.strip(), after=before)


def put_list(text: str, path: tuple[str, ...], value: Iterable[str] | Kept, *, after: str | None = None) -> str:
    """The same with a list of words; an empty one takes it away."""
    if isinstance(value, Kept):
        return text
    words = [word.strip() for word in value if word.strip()]
    if not words:
        return yaml_editing.remove(text, path) if yaml_editing.has(text, path) else text
    before = after if after is not None and yaml_editing.has(text, (*path[:-1], after)) else None
    return yaml_editing.put(text, path, words, after=before)


def letters_of(files: Files, path: str) -> str | None:
    """The path of the version's letters, None where it has none."""
    found = letters_path(path)
    return found if found in files else None


def answered(errors: Mapping[str, str | None]) -> None:
    """Raises BadAnswers with the sentences that are there."""
    found = {field: sentence for field, sentence in errors.items() if sentence}
    if found:
        raise BadAnswers(found)


def bare_of(event: str, key: str) -> str:
    """An event as it is written in a stage of its own."""
    stage = stage_of(key)
    return bare(event) if stage and stage_of(event) == stage else event


def without_expected(files: Files, path: str, key: str) -> dict[str, bytes]:
    """The files whose stories no longer expect anything of a deadline that is gone; a story that expected nothing else
    is left out."""
    place, found = examples_path(path), dict(files)
    text = text_of(files, place) if place in files else ""
    for number in range(len(yaml_editing.entries(yaml_editing.entry(text, ("examples",)).node)) if text else 0)[::-1]:
        expect = ("examples", number, "expect")
        if yaml_editing.has(text, (*expect, key)):
            alone = len(yaml_editing.keys(text, expect)) == 1
            text = yaml_editing.remove(text, expect[:2] if alone else (*expect, key))
    return with_text(found, place, text) if text else found
