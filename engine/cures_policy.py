"""Cures in the file of a version: keys that do not belong, clauses, the order of stages and rows, words of a time."""

from __future__ import annotations

import re

from engine import yaml_editing
from engine.cures_parts import Cure, Files, said
from engine.policy_stages import length
from engine.problems import Problem
from engine.version_editing_deadlines import reworded_to
from engine.version_text import deadline_place, text_of, with_text
from engine.yaml_spans import Entry, Path

TO_COME = "Not settled yet."


def a_key_that_does_not_belong(problem: Problem, files: Files) -> Cure | None:
    """`Delete 'handler'.`: the key at that line, or below it."""
    found = re.search(r"(?:^|\. )Delete '(\w+)(?:: \w+)?'\.$", problem.mend)
    if found is None or not problem.file.endswith(".yaml"):
        return None
    text = text_of(files, problem.file)
    for path in paths_at(text, problem.line):
        place = path if path[-1] == found[1] else (*path, found[1])
        if yaml_editing.has(text, place):
            return Cure(f"Delete '{found[1]}'", with_text(files, problem.file, yaml_editing.remove(text, place)))
    return None


def a_key_to_be_set(problem: Problem, files: Files) -> Cure | None:
    """`Write 'version: broken', or move the file.`, `Write 'external: true'.`"""
    found = re.search(r"^Write '(\w+): ([^']+)'(?:\.$|, or (?:move|rename) the file)", problem.mend)
    if found is None or not problem.file.endswith(".yaml"):
        return None
    key, text = found[1], text_of(files, problem.file)
    if key == "external":
        stage = next(iter(paths_at(text, problem.line)), ())
        return Cure("Mark it as outside", with_text(files, problem.file, yaml_editing.put(text, (*stage, key), True)))
    new = yaml_editing.put(text, (key,), found[2])
    return Cure(f"Write '{key}: {found[2]}'", with_text(files, problem.file, new))


def a_clause(problem: Problem, files: Files) -> Cure | None:
    """A clause that nobody answers is still to come; one of no rule, and a carrier that is gone, are taken out."""
    text = text_of(files, problem.file) if problem.file.endswith(".yaml") else ""
    owed = said(r"^Rule '([^']+)' of the source is not answered for", problem)
    if owed:
        text = text if yaml_editing.has(text, ("clauses",)) else yaml_editing.add(text, (), "clauses", {})
        new = yaml_editing.add(text, ("clauses",), owed[1], {"to_come": TO_COME})
        return Cure("Say that it is still to come", with_text(files, problem.file, new))
    empty = said(r"^Clause '([^']+)' is (?:not answered|carried by nothing)", problem)
    if empty:
        new = yaml_editing.set_value(text, ("clauses", empty[1]), {"to_come": TO_COME})
        return Cure("Say that it is still to come", with_text(files, problem.file, new))
    strange = said(r"^Clause '([^']+)' is no rule of this version's sources", problem)
    if strange:
        return Cure(f"Delete '{strange[1]}'", with_text(files, problem.file, _without(text, ("clauses", strange[1]))))
    return _a_name_in_a_list(problem, files, text)


def _a_name_in_a_list(problem: Problem, files: Files, text: str) -> Cure | None:
    carried = said(r"^Clause '([^']+)' is carried by '([^']+)', which does not exist", problem)
    about = said(r"^Reading '([^']+)' is about '([^']+)', which is no rule", problem)
    found = carried or about
    if found is None:
        return None
    place: tuple[str, ...] = ("clauses", found[1], "carried_by") if carried else ("assumed", found[1], "about")
    number = _texts(text, place).index(found[2])
    if carried and len(_texts(text, place)) == 1:
        new = yaml_editing.set_value(text, place[:-1], {"to_come": TO_COME})
    else:
        new = yaml_editing.remove(text, (*place, number))
    return Cure(f"Take '{found[2]}' out", with_text(files, problem.file, new))


def the_order(problem: Problem, files: Files) -> Cure | None:
    """Stages as the diagram has them, the external stage last, and a row that always holds at the end."""
    text = text_of(files, problem.file) if problem.file.endswith(".yaml") else ""
    pair = said(r"^Stage '([^']+)' stands before '([^']+)', and the diagram never goes", problem)
    if pair:
        new = yaml_editing.move(text, ("stages", pair[1]), after=pair[2])
        return Cure("Put the stages in the order of the diagram", with_text(files, problem.file, new))
    outside = said(r"^Stage '([^']+)' comes after an external stage", problem)
    if outside:
        stages = yaml_editing.keys(text, ("stages",))
        before = next(key for key in stages if yaml_editing.has(text, ("stages", key, "external")))
        new = yaml_editing.move(text, ("stages", before), after=outside[1])
        return Cure("Put the external stage last", with_text(files, problem.file, new))
    row = said(r"^Row (\d+) of decision '([^']+)' always holds, so the rows below", problem)
    if row and _row(text, row[2], -1) != "true":
        new = yaml_editing.move(text, ("decisions", row[2], int(row[1]) - 1))
        return Cure("Move the row to the end", with_text(files, problem.file, new))
    last = said(
        r"^Decision '([^']+)' does not end in a row that always holds\. Add '- \{when: \"true\", then: (\w+)\}'",
        problem,
    )
    if last:
        new = yaml_editing.add(text, ("decisions", last[1]), None, {"when": "true", "then": last[2]})
        return Cure("Add a last row that always holds", with_text(files, problem.file, new))
    return None


def words_of_another_time(problem: Problem, files: Files) -> Cure | None:
    """What a deadline says speaks of the time that is counted."""
    found = said(r"^Deadline '([^']+)' allows (.+), and what it says speaks of another time", problem)
    within = length(found[2]) if found else None
    if found is None or within is None:
        return None
    place, text = (*deadline_place(found[1]), "says"), text_of(files, problem.file)
    says = reworded_to(_text_at(text, place), within)
    return Cure(f"Let it say {within}", with_text(files, problem.file, yaml_editing.set_value(text, place, says)))


def a_story_of_what_is_gone(problem: Problem, files: Files) -> Cure | None:
    """A story, or what it expects, of something that the version does not have."""
    if not problem.file.endswith(".examples.yaml") or not said(r"which no version it may meet knows", problem):
        return None
    text = text_of(files, problem.file)
    for path in paths_at(text, problem.line):
        if len(path) == 4 and path[2] == "expect" and len(yaml_editing.keys(text, path[:3])) > 1:
            return Cure("Take this expectation out", with_text(files, problem.file, yaml_editing.remove(text, path)))
        if len(path) >= 2:
            return Cure("Take this example out", with_text(files, problem.file, yaml_editing.remove(text, path[:2])))
    return None


def described_and_not_drawn(problem: Problem, files: Files) -> Cure | None:
    """What tasks.yaml describes of a diagram that has no such task or message."""
    found = said(
        r"^(?:No event of the diagram \S+ waits for '([^']+)'|'([^']+)' is not a task of the diagram)", problem
    )
    if found is None or not problem.file.endswith("/tasks.yaml"):
        return None
    text, name = text_of(files, problem.file), found[1] or found[2]
    path = next((path for path in paths_at(text, problem.line) if path[-1] == name), None)
    if path is None:
        return None
    return Cure(f"Take '{name}' out of tasks.yaml", with_text(files, problem.file, _without(text, path)))


def paths_at(text: str, line: int) -> list[Path]:
    """The paths of the keys that stand on a line, or around it, the innermost first."""
    found: list[Path] = []
    waiting: list[tuple[Entry, tuple[str | int, ...]]] = [(yaml_editing.entry(text, ()), ())]
    while waiting:
        each, path = waiting.pop()
        for below in yaml_editing.entries(each.node):
            here = (*path, below.number if below.key is None else str(below.key.value))
            begins = int((below.key or below.node).start_mark.line) + 1
            if begins <= line <= _last_line(text, below):
                found.append(here)
                waiting.append((below, here))
    starts = {path: yaml_editing.entry(text, path) for path in found}
    return sorted(
        found, key=lambda path: (_line(starts[path]) != line, -len(path) if _line(starts[path]) != line else len(path))
    )


def _line(each: Entry) -> int:
    return int((each.key or each.node).start_mark.line) + 1


def _last_line(text: str, each: Entry) -> int:
    return text.count("\n", 0, yaml_editing.end(text, each.node)) + 1


def _without(text: str, path: Path) -> str:
    alone = len(yaml_editing.entries(yaml_editing.entry(text, path[:-1]).node)) == 1
    return yaml_editing.remove(text, path[:-1] if alone and len(path) > 1 else path)


def _texts(text: str, path: Path) -> list[str]:
    return [str(each.node.value) for each in yaml_editing.entries(yaml_editing.entry(text, path).node)]


def _row(text: str, decision: str, number: int) -> str:
    """When a row of a decision holds."""
    rows = yaml_editing.entries(yaml_editing.entry(text, ("decisions", decision)).node)
    return _text_at(text, ("decisions", decision, rows[number].number, "when"))


def _text_at(text: str, path: Path) -> str:
    return str(yaml_editing.entry(text, path).node.value)


MENDERS = (
    a_key_that_does_not_belong,
    a_key_to_be_set,
    a_clause,
    the_order,
    words_of_another_time,
    a_story_of_what_is_gone,
    described_and_not_drawn,
)
