"""What a cure is, and the little that all cures need: the lines of a file, and the words a problem names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.library_files import VERSION_FILE
from engine.problems import Problem

Files = Mapping[str, bytes]
_QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True)
class Cure:
    """What a button says and what it makes of the files: all of them, the mended ones too."""

    label: str
    files: Mapping[str, bytes]


def lines_of(files: Files, path: str) -> list[str]:
    """The lines of a file, each with its end."""
    return files[path].decode("utf-8").splitlines(keepends=True)


def with_lines(files: Files, path: str, lines: list[str]) -> dict[str, bytes]:
    return {**files, path: "".join(lines).encode("utf-8")}


def named(sentence: str) -> list[str]:
    """The words a sentence has in quotes, double brackets taken off, and each without its stage too."""
    found = [word.strip("()").removesuffix("??") for word in _QUOTED.findall(sentence)]
    found += re.findall(r" is (\w+), which", sentence)
    return [*found, *(word.rpartition(".")[2] for word in found if "." in word)]


def block_of(lines: list[str], number: int) -> list[int]:
    """The numbers of a line and of those below it that stand further in: what belongs to it in YAML."""
    if number >= len(lines):
        return []
    depth = len(lines[number]) - len(lines[number].lstrip(" -"))
    found = [number]
    for below in range(number + 1, len(lines)):
        line = lines[below]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= depth - (
            2 if lines[number].lstrip().startswith("-") else 0
        ):
            break
        found.append(below)
    return found


def version_path(files: Files, beside: str = "") -> str | None:
    """The path of the version among a draft's files: the one a file stands beside, or the only one."""
    stem = beside.removesuffix(".letters.yaml").removesuffix(".examples.yaml").removesuffix(".yaml")
    if f"{stem}.yaml" in files and VERSION_FILE.fullmatch(f"{stem}.yaml"):
        return f"{stem}.yaml"
    found = [path for path in files if VERSION_FILE.fullmatch(path)]
    return found[0] if len(found) == 1 else None


def said(pattern: str, problem: Problem) -> re.Match[str] | None:
    """Whether a problem says this, in its sentence and its mend."""
    return re.search(pattern, f"{problem.what} {problem.mend}")
