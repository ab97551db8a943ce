"""Holding where a case stands against what an example expects of it. Only the keys it gives are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.case_files import CaseFile
from engine.deadlines import Deadline
from engine.example_files import LISTS, TEXTS, Example, Expectation, Fields
from engine.problems import did_you_mean

WouldBeRefused = Callable[[str, Fields], bool]


@dataclass(frozen=True)
class Failure:
    """One thing that did not come as expected, and the line that expected it."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def compare(example: Example, file: CaseFile, would_be_refused: WouldBeRefused) -> Iterator[Failure]:
    """Every expectation that did not come true, with what was expected and what came."""
    for expected in example.expect:
        for what in _differences(expected, file, would_be_refused):
            yield Failure(example.file, expected.line, what)


def _differences(expected: Expectation, file: CaseFile, would_be_refused: WouldBeRefused) -> Iterator[str]:
    if expected.key in TEXTS:
        yield from _text(expected, file)
    elif expected.key == "inbox":
        yield from _inbox(expected, file)
    elif expected.key == "cannot_happen":
        yield from _cannot_happen(expected, would_be_refused)
    elif expected.key in LISTS:
        came = list(getattr(file.standing, expected.key))
        wanted = _list(expected.value)
        if sorted(wanted) != sorted(came) if expected.key == "may_happen" else wanted != came:
            yield f"{expected.key} was expected to be [{', '.join(wanted)}] and is [{', '.join(came)}]."
    else:
        yield from _deadline(expected, file)


def _text(expected: Expectation, file: CaseFile) -> Iterator[str]:
    governing = file.governing.version
    came: dict[str, set[str | None]] = {
        "governed_by": {governing.version, governing.key} if governing else {None},
        "status": {file.standing.status},
        # a case has two outcomes: what we found and how it ended; an example may name either
        "outcome": {one for one in (file.standing.outcome, file.standing.ending) if one} or {None},
        "stage": {file.standing.stage},
    }
    values = came[expected.key]
    if expected.value not in values and not (expected.value in ("none", "null") and values == {None}):
        shown = " or ".join(sorted(str(value) for value in values)) if values != {None} else "none"
        yield f"{expected.key} was expected to be {expected.value} and is {shown}."


def _inbox(expected: Expectation, file: CaseFile) -> Iterator[str]:
    wanted = expected.value if isinstance(expected.value, Mapping) else {}
    came: dict[str, list[str]] = {}
    if file.book is not None:
        for task in file.standing.open_tasks:
            role = file.book.role(task)
            # a task of the spine is about a stage and stands in none: an example may name it either way
            is_named_bare = task.process == file.book.spine and task.task in _list(wanted.get(role))
            came.setdefault(role, []).append(task.task if is_named_bare else task.key)
    roles = file.governing.version.roles if file.governing.version else {}
    for role in wanted:
        if role not in roles:
            yield f"the inbox of '{role}' was expected, which is no role of this version. {did_you_mean(role, roles)}"
    shown = "; ".join(f"{role}: [{', '.join(tasks)}]" for role, tasks in came.items()) or "empty"
    lists = {role: sorted(_list(tasks)) for role, tasks in wanted.items() if _list(tasks) or role in came}
    others = {role: sorted(tasks) for role, tasks in came.items() if role in wanted or not wanted}
    if lists != others:
        asked = "; ".join(f"{role}: [{', '.join(tasks)}]" for role, tasks in lists.items()) or "empty"
        yield f"the inbox was expected to hold {asked} and holds {shown}."


def _cannot_happen(expected: Expectation, would_be_refused: WouldBeRefused) -> Iterator[str]:
    entries = expected.value if isinstance(expected.value, list) else []
    for entry in entries:
        named = entry.items() if isinstance(entry, Mapping) else [(str(entry), {})]
        for name, fields in named:
            if not would_be_refused(name, fields if isinstance(fields, Mapping) else {}):
                yield f"'{name}' was expected to be refused and would be accepted."


def _deadline(expected: Expectation, file: CaseFile) -> Iterator[str]:
    deadline = file.standing.ledger.deadlines.get(expected.key)
    if deadline is None:
        known = did_you_mean(expected.key, file.standing.ledger.deadlines)
        yield f"there is no deadline '{expected.key}' in the version that governs. {known}"
        return
    wanted = expected.value if isinstance(expected.value, Mapping) else {}
    for key, value in wanted.items():
        came = _of_deadline(deadline, key)
        if (str(value) if value is not None else None) != came:
            yield f"{expected.key} {key} was expected to be {_shown(value)} and is {_shown(came)}."


def _of_deadline(deadline: Deadline, key: str) -> str | None:
    value = deadline.state if key == "is" else getattr(deadline, key)
    return str(value) if value is not None else None


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
