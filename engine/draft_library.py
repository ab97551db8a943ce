"""A draft as it would be worked by: everything `redress check` knows of its files, its rulebook, and its stories told.

The dated data and calendars are the installation's own; the other versions of the policy are known by name and day.
Nothing here writes to an installation: stories are told on a database that is thrown away.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any

from engine import example_files, library, publishing
from engine.dated_data import law_ended
from engine.events import MOVED
from engine.example_files import Example
from engine.examples import Told, tell
from engine.library import Library
from engine.office import Office, Shelved, rulebook
from engine.policy import PolicyVersion
from engine.policy_files import readable_version
from engine.problems import Problem, only_problems
from engine.replay import Rulebook
from engine.store.database import Database, migrate, open_database

MOST_KEPT = 12


@dataclass(frozen=True)
class Checked:
    """What came of checking a draft's files. `version` is what could be read of it, right or wrong; `book` and `seal`
    are there only where nothing is wrong with what is sealed."""

    key: str
    files: Mapping[str, bytes]
    library: Library
    problems: tuple[Problem, ...]
    version: PolicyVersion | None
    book: Rulebook | None
    seal: str = ""

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """What stops the draft from being published: the problems without the remarks."""
        return tuple(one for one in self.problems if one.severity != "remark")

    @property
    def is_sound(self) -> bool:
        return self.book is not None and not self.wrong


_kept: OrderedDict[str, Checked] = OrderedDict()
_told: OrderedDict[str, tuple[Told, ...]] = OrderedDict()
_lock = Lock()


def checked(office: Office, files: Mapping[str, bytes], version_key: str) -> Checked:
    """Check a draft's files beside the dated data and the other versions of its policy. The last few are kept by their
    content, so that a page may ask as often as it likes."""
    key = content_of(office, files, version_key)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _checked(office, files, version_key)
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def office_with(office: Office, draft: Checked) -> Office:
    """The office as if the draft were sealed, in force from the day its file says. Raises ValueError for a draft with
    problems, which no case can be worked by."""
    if draft.book is None:
        raise ValueError(f"{draft.key} has problems, so no case can be worked by it.")
    return replace(office, shelved={**office.shelved, draft.key: Shelved(draft.book, draft.seal, None)})


def stories(office: Office, draft: Checked) -> list[Told]:
    """The draft's own stories, told; kept for the last few drafts, so that every page may ask.

    One that says nothing of another version is told as if the draft were the only version there is. Where the draft
    has problems no story can be told, and none is.
    """
    if draft.book is None or draft.version is None:
        return []
    key = content_of(office, draft.files, draft.key)
    with _lock:
        if key in _told:
            return list(_told[key])
    found = own_stories(draft.files, draft.key)
    came = told(office_with(office, draft), [_pinned(one, draft.version) for one in found])
    with _lock:
        _told[key] = tuple(came)
        while len(_told) > MOST_KEPT:
            _told.popitem(last=False)
    return came


def told(office: Office, examples: Iterable[Example]) -> list[Told]:
    """Stories told to an office's versions, on a database that is thrown away."""
    there = _elsewhere(office)
    try:
        return [tell(there, example) for example in examples]
    finally:
        there.database.close()


def throw_away(office: Office, draft: Checked) -> Office:
    """The office with the draft, on an empty database of its own: close that when done."""
    return _elsewhere(office_with(office, draft))


def _elsewhere(office: Office) -> Office:
    """The same versions with an empty database, in which none of them has an id."""
    shelved = {key: replace(one, id=None) for key, one in office.shelved.items()}
    return replace(office, database=empty_database(), shelved=shelved, stamp=None)


def own_stories(files: Mapping[str, bytes], key: str) -> list[Example]:
    """The stories of a version among these files; none where they cannot be read."""
    path = f"policies/{key}.examples.yaml"
    found = example_files.read(files[path], path)[0] if path in files else None
    return list(found.examples) if found else []


def speaks_of_others(example: Example, version: str) -> bool:
    """Whether a story has to do with another version than this one: as its own, as expected, or by a move."""
    named = {example.version or version, *(str(one.value) for one in example.expect if one.key == "governed_by")}
    return named != {version} or any(act.name == MOVED for act in example.story)


def empty_database() -> Database:
    """An empty database in memory, with the newest schema, for one thread."""
    database = open_database("sqlite://")
    with database.reading() as tx:
        raw: Any = tx.connection.dbapi_connection
    raw.deserialize(_empty())
    return database


@cache
def _empty() -> bytes:
    """The bytes of a database with the schema and nothing in it: made once, for migrating takes half a second."""
    database = open_database("sqlite://")
    migrate(database)
    with database.reading() as tx:
        raw: Any = tx.connection.dbapi_connection
    content: bytes = raw.serialize()
    database.close()
    return content


def _pinned(example: Example, version: PolicyVersion) -> Example:
    if example.version is not None or speaks_of_others(example, version.version):
        return example
    return replace(example, version=version.version)


def content_of(office: Office, files: Mapping[str, bytes], version_key: str) -> str:
    """What everything that can be known of a draft rests on, as one hash: its files, the versions and calendars."""
    digest = hashlib.sha256(f"{id(office.shelf)}\0{office.stamp}\0{version_key}".encode())
    for path in sorted(files):
        digest.update(f"\0{path}\0{len(files[path])}\0".encode())
        digest.update(files[path])
    return digest.hexdigest()


def _checked(office: Office, files: Mapping[str, bytes], version_key: str) -> Checked:
    there = (one.book for key, one in office.shelved.items() if key != version_key and not one.is_withdrawn)
    others = [(book.version, book.workflows) for book in there]
    shelf, problems = library.load_files({**office.shelf.dated_files, **files}, others, office.calendars)
    own = tuple(problem for problem in problems if problem.file in files)
    path = f"policies/{version_key}.yaml"
    version = shelf.versions.get(version_key)
    if version is None or only_problems(own):
        readable = readable_version(files[path], path)[0] if path in files else None
        return Checked(version_key, files, shelf, own, readable, None)
    letters = shelf.letters.get(path)
    calendar = office.calendars.get(version.calendar) or shelf.calendars[version.calendar]
    book = rulebook(version, shelf.workflows, calendar, law_ended(shelf.law), letters.templates if letters else {})
    return Checked(version_key, files, shelf, own, version, book, publishing.seal_of(shelf, version))
