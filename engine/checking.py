"""`redress check`: the problems of the files somebody names, shown by paths they can click.

A path may be a folder with `policies/` and `workflows/` in it, anything inside such a tree, or a file that lies
elsewhere: that one is read as if it stood in the tree at `home`, in the place its own words give it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine import library, library_files, publishing, yaml_text
from engine.library import Library
from engine.problems import Problem

FOLDERS = ("policies", "workflows")
ENDINGS = (".yaml", ".bpmn")
WHAT_THERE_IS = "Name a folder with policies/ and workflows/ in it, or a file of one."


def check(paths: Sequence[Path], home: Path) -> list[Problem]:
    """Every problem and remark of the files at these paths, in order; of the tree at `home` where none is named."""
    found: list[Problem] = []
    for path in paths or [home]:
        found += [problem for problem in _check(path, home) if problem not in found]
    return found


def _check(path: Path, home: Path) -> list[Problem]:
    if not path.exists():
        return [Problem(str(path), 1, "There is no such file or folder.", "Check the path.")]
    root = root_of(path)
    if root is None and path.is_dir():
        missing = " and ".join(f"{folder}/" for folder in FOLDERS if not (path / folder).is_dir())
        return [Problem(str(path), 1, f"This folder has no {missing}.", WHAT_THERE_IS)]
    files = library_files.files_below(root or home)
    inside = path.resolve().relative_to(root.resolve()).as_posix() if root else ""
    if root is None or (path.is_file() and inside not in files):
        return _check_alone(path, files)
    shelf, problems = library.load_files(files)
    problems += _unsealed(root, shelf)
    shown = [one for one in problems if inside in (".", one.file) or one.file.startswith(f"{inside}/")]
    return [replace(one, file=str(root / one.file)) for one in shown]


def _unsealed(root: Path, shelf: Library) -> list[Problem]:
    """The versions that are no longer what the tree's own seals say, where it keeps any."""
    path = root / library_files.SEALS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    seals = dict(line.split()[:2] for line in lines if len(line.split()) > 1 and not line.startswith("#"))
    what = f"This version, or what is sealed with it, is no longer what {library_files.SEALS} seals."
    mend = "Give the change a version of its own, with a later in_force_from."
    return [
        Problem(version.file, 1, what, mend, "remark")
        for key, version in shelf.versions.items()
        if key in seals and seals[key] != publishing.seal_of(shelf, version)
    ]


def _check_alone(path: Path, files: Mapping[str, bytes]) -> list[Problem]:
    """A file that stands in no tree, read as if it stood with these."""
    text = path.read_bytes()
    place, problems = _place(path, text, files)
    if place is None:
        return problems
    return [replace(one, file=str(path)) for one in _problems({**files, place: text}) if one.file == place]


def root_of(path: Path) -> Path | None:
    """The nearest folder at or above a path that has both `policies/` and `workflows/`, spelt as the path is."""
    absolute = path.resolve()
    for above in (absolute, *absolute.parents):
        if all((above / folder).is_dir() for folder in FOLDERS):
            return Path(os.path.relpath(above)) if not path.is_absolute() else above
    return None


def _problems(files: Mapping[str, bytes]) -> list[Problem]:
    return library.load_files(files)[1]


def _place(path: Path, text: bytes, files: Mapping[str, bytes]) -> tuple[str | None, list[Problem]]:
    """Where a file belongs by what it says it is."""
    same_name = [place for place in files if place.startswith("workflows/") and place.endswith(f"/{path.name}")]
    if path.suffix == ".bpmn":
        return (same_name or [f"workflows/complaints/{path.name}"])[0], []
    if path.suffix not in ENDINGS:
        return None, [Problem(str(path), 1, "Nothing reads a file of this kind.", WHAT_THERE_IS)]
    node, problems = yaml_text.read(text, str(path))
    if not isinstance(node, yaml_text.Mapping):
        return None, problems or [Problem(str(path), 1, "This file is not made of keys.", WHAT_THERE_IS)]
    said = {key: str(yaml_text.plain(below)) for key, below in node.items() if isinstance(below, yaml_text.Scalar)}
    if "examples" in node:
        return f"policies/{said.get('policy', 'policy')}/{path.name.split('.')[0]}.examples.yaml", []
    if "letters" in node:
        version = said.get("version", path.name.split(".")[0])
        return f"policies/{said.get('policy', 'policy')}/{version}.letters.yaml", []
    if "form" in node or "fields" in node:
        return f"workflows/forms/{path.name}", []
    if "policy" in node or "version" in node or "stages" in node:
        return f"policies/{said.get('policy', 'policy')}/{said.get('version', path.stem)}.yaml", []
    return None, [Problem(str(path), 1, "This file lies in no folder with policies/ and workflows/.", WHAT_THERE_IS)]
