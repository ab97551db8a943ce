"""Copies for the landlord's own document store: a folder, or any address fsspec knows (file://, s3://, sftp://, ...).

Filing may be done again after any failure: the same bytes under the same path are the same copy. A file that is there
already and says something else is never written over. Once a case is disposed of, its copies are erased under the names
they were filed by; that may be done again too.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from engine.attachments import shown_name
from engine.mail import NotNow

MOST_NUMBERED = 100
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.part")


def file_copy(address: str, path: str, content: bytes) -> None:
    """Put `content` under `path` (folders with slashes) into the store at `address`, creating folders.

    Where another file has that path, the copy is named `path-2`, and so on. Raises NotNow with a sentence where the
    store cannot take it now, and ValueError for a path that names no file.
    """
    name = _safe(path)
    kind = address.partition("://")[0] if "://" in address else "folder"
    try:
        store, root = fsspec.url_to_fs(address)
        _put(store, root, name, content)
    except NotNow:
        raise
    except Exception as problem:  # each store has errors of its own, and after any of them it is tried again
        _forget_connection(kind)
        raise NotNow(f"The document store ({kind}) did not take {name}: {_why(problem)}.") from problem


def erase_copies(address: str, paths: Sequence[str]) -> tuple[int, int]:
    """Erase from the store at `address` what was filed under `paths`, numbered ones too; how many files that were, and
    how many of somebody else's still lie in the same folders.

    Raises NotNow with a sentence where the store cannot do it now, and ValueError where a store of its kind never can.
    """
    kind = address.partition("://")[0] if "://" in address else "folder"
    try:
        store, root = fsspec.url_to_fs(address)
        store.invalidate_cache()
        found = [_erased(store, f"{root.rstrip('/')}/{_safe(path)}") for path in dict.fromkeys(paths)]
        folders = {f"{root.rstrip('/')}/{_safe(path)}".rpartition("/")[0] for path in paths}
        return sum(found), sum(_left(store, folder) for folder in folders)
    except NotImplementedError as never:
        raise ValueError(f"A document store of this kind ({kind}) cannot erase. Erase its copies by hand.") from never
    except Exception as problem:  # each store has errors of its own, and after any of them it is tried again
        _forget_connection(kind)
        raise NotNow(f"The document store ({kind}) did not erase its copies: {_why(problem)}.") from problem


def _erased(store: AbstractFileSystem, target: str) -> int:
    """Erase a file, those numbered after it, and what was left of any half written; how many were whole."""
    folder, _, name = target.rpartition("/")
    path, count = PurePosixPath(name), 0
    own = re.compile(rf"{re.escape(path.stem)}(-[0-9]{{1,3}})?{re.escape(path.suffix)}")
    for there in _names(store, folder):
        if own.fullmatch(there) or _UNFINISHED.fullmatch(there):
            store.rm_file(f"{folder}/{there}")
            count += not _UNFINISHED.fullmatch(there)
    return count


def _left(store: AbstractFileSystem, folder: str) -> int:
    """How much is left in a folder; one that is empty is taken away."""
    left = len(_names(store, folder))
    if not left:
        with suppress(Exception):  # an empty folder says nothing but a reference, and many stores have none
            store.rmdir(folder)
    return left


def _names(store: AbstractFileSystem, folder: str) -> list[str]:
    store.invalidate_cache()
    found = store.ls(folder, detail=False) if store.exists(folder) else []
    return [str(path).rstrip("/").rpartition("/")[2] for path in found]


def _put(store: AbstractFileSystem, root: str, name: str, content: bytes) -> None:
    store.invalidate_cache()
    for numbered in _numbered(name):
        target = f"{root.rstrip('/')}/{numbered}"
        if not store.exists(target):
            store.makedirs(target.rpartition("/")[0], exist_ok=True)
            _write(store, target, content)
            return
        if store.size(target) == len(content) and store.cat_file(target) == content:
            return
    raise NotNow(f"The document store has {MOST_NUMBERED} other files called {name} already. Look what they are.")


def _write(store: AbstractFileSystem, target: str, content: bytes) -> None:
    """Write so that nobody ever sees half a file under the name."""
    folder, _, last = target.rpartition("/")
    unfinished = f"{folder}/.{hashlib.sha256(last.encode() + content).hexdigest()[:16]}.part"
    if isinstance(store, LocalFileSystem):
        _write_here(Path(unfinished), content)
        Path(unfinished).rename(target)
    elif type(store).mv is AbstractFileSystem.mv:  # no move of its own: such stores show an object once it is whole
        store.pipe_file(target, content)
    else:
        store.pipe_file(unfinished, content)
        store.mv(unfinished, target)
    store.invalidate_cache()
    if store.size(target) != len(content):
        raise NotNow(f"The document store kept only a part of {last}.")


def _write_here(path: Path, content: bytes) -> None:
    """Onto the disk before it is given its name."""
    with path.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _numbered(name: str) -> Iterator[str]:
    path = PurePosixPath(name)
    yield name
    for number in range(2, MOST_NUMBERED + 1):
        yield str(path.with_name(f"{path.stem}-{number}{path.suffix}"))


def _safe(path: str) -> str:
    """The path with every part a plain name, leading nowhere but into the store."""
    parts = [part for part in path.replace("\\", "/").split("/") if part.strip(". ")]
    if not parts:
        raise ValueError(f"{path!r} names no file. Give a path such as SEH-2024-00012/complaint.pdf.")
    return "/".join(shown_name(part) for part in parts)


def _why(problem: Exception) -> str:
    """In words without addresses, which may hold a password."""
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror.lower()
    if isinstance(problem, ImportError):
        return "the package for this kind of store is not installed"
    if isinstance(problem, NotImplementedError):
        return "this kind of store cannot be written to"
    return f"{type(problem).__name__}"


def _forget_connection(kind: str) -> None:
    """fsspec keeps connections for the next time; one that broke would stay broken."""
    known: dict[str, Any] = fsspec.registry
    if kind in known:
        known[kind].clear_instance_cache()
