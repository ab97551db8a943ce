"""Which files make a library, by their places: `policies/...` and `workflows/...`, and what stands there unread.

A file that nothing reads is told so: one whose name is nearly right is a problem, any other a remark.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from engine.dated_data import CONTACTS, LAW, RULES
from engine.problems import Problem, did_you_mean

YARDSTICK = "policies/complaint_handling_code.yaml"
SEALS = "policies/seals.txt"
#: what each draft in a tree of files is a copy of: read where it is brought in again, and no part of any version
BASED_ON = "policies/based_on.yaml"
DATED = (LAW, CONTACTS, RULES, YARDSTICK)
CALENDAR = re.compile(r"policies/calendars/[^/]+\.yaml")
EXAMPLES = re.compile(r"policies/[^/]+/[^/]+\.examples\.yaml")
LETTERS = re.compile(r"policies/[^/]+/[^/]+\.letters\.yaml")
VERSION_FILE = re.compile(r"policies/(?!calendars/)([^/]+)/([^/]+)(?<!\.examples)(?<!\.letters)\.yaml")
ENDINGS = {"policies": (".yaml",), "workflows": (".yaml", ".bpmn")}
#: how people and editors also end the names of such files, and how it is right
_NEARLY = {".yml": ".yaml", ".yam": ".yaml", ".json": ".yaml", ".xml": ".bpmn", ".bpm": ".bpmn", ".bpmn2": ".bpmn"}
_WORD = re.compile(r"[a-z][a-z0-9_-]*")


def files_below(root: Path) -> dict[str, bytes]:
    """The bytes of every file of a tree that Redress reads, by path from `root`; of any other file no bytes at all."""
    found = {}
    for folder, endings in ENDINGS.items():
        for path in sorted((root / folder).rglob("*")):
            place = path.relative_to(root)
            if path.is_file() and not any(part.startswith((".", "__")) for part in place.parts):
                found[place.as_posix()] = path.read_bytes() if path.suffix in endings else b""
    return found


def is_read(path: str) -> bool:
    """Whether a file of this name is one that Redress reads."""
    return PurePosixPath(path).suffix in ENDINGS.get(path.partition("/")[0], ())


def strangers(paths: Collection[str]) -> Iterator[Problem]:
    """Files that stand where nothing reads them. Of those in workflows/ with a right ending their reader tells."""
    known = (CALENDAR, EXAMPLES, LETTERS, VERSION_FILE)
    for path in paths:
        if not is_read(path):
            yield from _unread(path)
        elif (
            path.startswith("policies/")
            and path not in (*DATED, BASED_ON)
            and not any(each.fullmatch(path) for each in known)
        ):
            usual = "Policies are policies/<policy>/<version>.yaml."
            mend = did_you_mean(path, DATED) if path.count("/") == 1 else usual
            yield Problem(path, 1, "Nothing reads a file of this name here.", mend)


def _unread(path: str) -> Iterator[Problem]:
    name = PurePosixPath(path)
    right = _NEARLY.get(name.suffix.lower()) or (name.suffix.lower() if name.suffix != name.suffix.lower() else "")
    if right in ENDINGS.get(path.partition("/")[0], ()):
        what = f"Nothing reads a file whose name ends in '{name.suffix}'."
        yield Problem(path, 1, what, f"Rename it to '{name.with_suffix(right).name}', or move it away.")
    elif path != SEALS:
        yield Problem(path, 1, "Nothing reads a file of this kind here.", "Move it away if it is not meant.", "remark")


def beside_nothing(paths: Collection[str]) -> Iterator[Problem]:
    """Files of examples or letters that no version's name stands on: they are told, and sealed with nothing."""
    for kind, each in (("examples", EXAMPLES), ("letters", LETTERS)):
        for path in filter(each.fullmatch, paths):
            name = PurePosixPath(path).name.removesuffix(f".{kind}.yaml")
            folder = path.rpartition("/")[0]
            if f"{folder}/{name}.yaml" not in paths:
                what = f"There is no version '{name}' beside these {kind}."
                beside = [
                    PurePosixPath(one).stem
                    for one in paths
                    if one.rpartition("/")[0] == folder and VERSION_FILE.fullmatch(one)
                ]
                mend = f"Name the file after its version. {did_you_mean(name, beside)}"
                yield Problem(path, 1, what, mend, "remark")


def words_of(files: Mapping[str, bytes], paths: Collection[str]) -> frozenset[str]:
    """All the words in the text of these files, right or wrong."""
    return frozenset(word for path in paths for word in _WORD.findall(files[path].decode(errors="replace")))
