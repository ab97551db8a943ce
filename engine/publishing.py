"""Sealing versions: one SHA-256 over everything a version is, and the shipped library brought into an installation.

A sealed version never changes (law 5). An installation never replaces what it has sealed: where the shipped text
differs it says so and keeps its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine import library
from engine.library import Library
from engine.policy import PolicyVersion
from engine.problems import Broken, only_problems
from engine.store import library as stored
from engine.store.database import Transaction


@dataclass(frozen=True)
class Imported:
    """What came of bringing the shipped library in: versions sealed now, there already, and shipped with another text;
    and how many rows of the calendars were news."""

    sealed: tuple[str, ...]
    kept: tuple[str, ...]
    differing: tuple[str, ...]
    days: int = 0


def seal(files: Mapping[str, bytes]) -> str:
    """One SHA-256 over the files of a version: their paths and contents, in the order of the paths."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = files[path]
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def seal_of(shelf: Library, version: PolicyVersion) -> str:
    """The seal of a version of a library."""
    return seal(shelf.files_of(version))


def shipped_seals(root: Path) -> dict[str, str]:
    """The seal of each version below `policies/`, by `policy/version`. Raises Broken where a file has a problem."""
    shelf = shipped(root)
    return {key: seal_of(shelf, version) for key, version in sorted(shelf.versions.items())}


def shipped(root: Path) -> Library:
    """The library of `policies/` and `workflows/` below a folder. Raises Broken with every problem of it."""
    shelf, problems = library.load(root)
    if only_problems(problems):
        raise Broken(only_problems(problems))
    return shelf


def import_shipped(tx: Transaction, shelf: Library, now: datetime) -> Imported:
    """Seal every shipped version the installation does not have, and add the dated calendar rows it does not know."""
    sealed: list[str] = []
    kept: list[str] = []
    differing: list[str] = []
    for key, version in sorted(shelf.versions.items()):
        files = shelf.files_of(version)
        is_new = stored.version_named(tx, version.policy, version=version.version) is None
        try:
            stored.put_version(
                tx,
                version.policy,
                version=version.version,
                title=version.title,
                in_force_from=version.in_force_from,
                seal=seal(files),
                files=files,
                now=now,
            )
        except stored.Differs:
            differing.append(key)
            continue
        (sealed if is_new else kept).append(key)
    days = sum(stored.put_calendar(tx, calendar, now=now) for calendar in shelf.calendars.values())
    return Imported(tuple(sealed), tuple(kept), tuple(differing), days)
