"""Problems of a draft for the people who write policies: each with its place in plain words and a link to it.

The engine names a file and a line. A policy owner thinks of `Stage 1: answer`, or of the letter that acknowledges; so
the place is read from the file itself, and problems are shown by place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app, url_for

from engine import cures, yaml_text
from engine.draft_library import Checked
from engine.drafting import Draft
from engine.policy import PolicyVersion
from engine.problems import Problem
from web import file_words, names, studio_places, wording
from web.file_words import KeyPath

MOST_CURED = 40  # problems for which a button is looked for; who has more mends some first
_KEY = re.compile(r"(?P<noun>\b[Rr]ole )?(?:\b(?:[Dd]eadline|[Ss]tage) )?'(?P<key>[a-z0-9_.]+)'")

TOPS = {
    "policy": "The head of the version",
    "version": "The head of the version",
    "title": "The head of the version",
    "landlord": "The head of the version",
    "in_force_from": "The day it comes into force",
    "workflow": "The diagram it uses",
    "calendar": "The calendar it counts with",
    "receipt": "How days are counted",
    "counting": "How days are counted",
    "delivery": "How days are counted",
    "sources": "What it rests on",
    "assumed": "Readings chosen",
    "roles": "Who does what",
    "desk": "Who does what",
    "channels": "Ways to complain",
    "stages": "The stages",
    "deadlines": "Dates of the case as a whole",
    "rules": "Other rules",
    "decisions": "Decision tables",
    "forms": "Forms",
    "clauses": "Every rule of the source",
}


@dataclass(frozen=True)
class Told:
    """A problem as a page shows it. `number` is its place in the list of all; `cures` the words of each button that
    mends it, none where only a person can; `whole` the problem as `redress check` prints it."""

    number: int
    file: str
    line: int
    place: str
    what: str
    mend: str
    severity: str
    href: str
    cures: tuple[str, ...]
    whole: str


@dataclass(frozen=True)
class Group:
    """What is wrong in one place."""

    place: str
    href: str
    told: tuple[Told, ...]

    @property
    def count(self) -> int:
        return len(self.told)


@dataclass(frozen=True)
class Found:
    """What was found in a draft: what stops it, by place; what could not be judged yet; what its author should know."""

    stopping: tuple[Group, ...]
    later: tuple[Group, ...]
    remarks: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many problems stop the draft from being published."""
        return sum(group.count for group in self.stopping)

    @property
    def told(self) -> list[Told]:
        """All of them, in the order of the files."""
        groups = [*self.stopping, *self.later, *self.remarks]
        return sorted((one for group in groups for one in group.told), key=lambda one: one.number)


@dataclass(frozen=True)
class _Asked:
    """The problems of some files, known by the content of the files."""

    digest: str
    files: Mapping[str, bytes] = field(compare=False, repr=False)
    problems: tuple[Problem, ...] = field(compare=False, repr=False)


def grouped(found: Checked, draft: Draft) -> Found:
    """The problems of a draft by their places, those of the version itself first."""
    labels = _cures(_Asked(_digest(draft.files), draft.files, found.problems))
    told = [
        _told(number, problem, found, draft, labels.get(problem, ())) for number, problem in enumerate(found.problems)
    ]
    told.sort(key=lambda one: (_rank(one.file, draft), one.file, one.line))
    kinds = {kind: [one for one in told if one.severity == kind] for kind in ("problem", "later", "remark")}
    return Found(_groups(kinds["problem"]), _groups(kinds["later"]), _groups(kinds["remark"]))


@lru_cache(maxsize=16)
def _cures(asked: _Asked) -> dict[Problem, tuple[str, ...]]:
    """The words of the buttons for each problem that has one. Kept by content: every page of a draft asks."""
    stopping = [problem for problem in asked.problems if problem.severity == "problem"]
    cured = {problem: cures.cures(problem, asked.files) for problem in stopping[:MOST_CURED]}
    return {problem: tuple(one.label for one in ways) for problem, ways in cured.items() if ways}


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path}\0{len(files[path])}\0".encode() + files[path])
    return digest.hexdigest()


def humane(text: str, version: PolicyVersion | None) -> str:
    """A sentence about a version with the titles people know in place of its keys: `Deadline 'stage_1.response'` is
    “Stage 1: answer”."""
    if version is None:
        return text

    def titled(found: re.Match[str]) -> str:
        key = found["key"]
        if version.deadline(key):
            return f"“{names.deadline(version, key)}”"
        if version.has_stage(key):
            return f"“{names.stage(version, key)}”"
        role = version.roles.get(key)
        return f"{found['noun'] or ''}“{role.title}”" if role else found[0]

    return _KEY.sub(titled, text)


def _told(number: int, problem: Problem, found: Checked, draft: Draft, cured: tuple[str, ...]) -> Told:
    path = file_words.path_at(_read(draft, problem.file), problem.line)
    return Told(
        number=number,
        file=problem.file,
        line=problem.line,
        place=place(problem.file, path, found, draft),
        what=humane(problem.what, found.version),
        mend=humane(problem.mend, found.version),
        severity=problem.severity,
        href=address(problem.file, problem.line, path, draft, found),
        cures=cured,
        whole=str(problem),
    )


def place(file: str, path: KeyPath, found: Checked, draft: Draft) -> str:
    """Where a problem is, in words: `Stage 1: answer`, `Form: Answer the complaint`."""
    if file == draft.path:
        return _in_version(path, draft)
    words = file_words.title(file, draft.files)
    inside = file_words.inside(path)
    return f"{words}, {inside}" if inside else words


def address(file: str, line: int, path: KeyPath, draft: Draft, found: Checked) -> str:
    """The page where it can be mended, with the line of the text where there is no better one."""
    there, own = current_app.view_functions, draft.row.id
    version = found.version
    if file == draft.path and version and path[:1] in (("stages",), ("deadlines",)):
        key, stage = file_words.deadline_key(path), str(path[1]) if len(path) > 1 else ""
        if key and version.deadline(key):
            return url_for("studio_times.one", draft_id=own, key=key)
        if path[0] == "stages" and not key and version.has_stage(stage):
            return url_for("studio_stage.one", draft_id=own, stage=stage)
    if by_a_form := studio_places.address(file, path, draft):
        return by_a_form
    if file.endswith(".bpmn") and "studio_diagram.page" in there:
        return url_for("studio_diagram.page", draft_id=own, file=file)
    return url_for("studio_text.page", draft_id=own, file=file, line=line, _anchor="text")


def _in_version(path: KeyPath, draft: Draft) -> str:
    if not path:
        return "The policy"
    head, own = path[0], file_words.read(draft.files, draft.path)
    key = file_words.deadline_key(path)
    if key:
        stage, _, last = key.rpartition(".")
        words = names.DEADLINES.get(last, last.replace("_", " "))
        return f"{file_words.stage_title(own, stage)}: {words}" if stage else wording.plain(words)
    if head == "stages" and len(path) > 1:
        return file_words.stage_title(own, str(path[1]))
    where = TOPS.get(str(head), wording.plain(str(head)))
    inside = file_words.inside(path[1:])
    return f"{where}: {inside}" if inside else where


def _read(draft: Draft, file: str) -> yaml_text.Node | None:
    return file_words.read(draft.files, file)


def _rank(file: str, draft: Draft) -> int:
    order = (draft.path, draft.letters_path, draft.examples_path)
    return order.index(file) if file in order else len(order) + (0 if file.endswith(".bpmn") else 1)


def _groups(told: Sequence[Told]) -> tuple[Group, ...]:
    places: dict[str, list[Told]] = {}
    for one in told:
        places.setdefault(re.sub(r", line \d+$", "", one.place), []).append(one)
    return tuple(Group(place, those[0].href, tuple(those)) for place, those in places.items())
