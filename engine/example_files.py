"""Reading example files: what a policy version means, as dated stories with their expected results (DESIGN section 7).

Text in; `ExampleFile` or every Problem out. `engine.examples` tells the stories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine import yaml_part, yaml_text
from engine.events import CORRECTED, MOVE_UNDONE, MOVED, local_day, moment
from engine.problems import Problem, did_you_mean
from engine.read_once import read_once
from engine.yaml_part import Part

DECIDE = "decide"
STATES = ("expected", "running", "met", "late", "overdue", "lapsed", "stopped")
DEADLINE_KEYS = ("due", "is", "promised", "backstop")
LISTS = ("may_happen", "cannot_happen", "letters")
TEXTS = ("governed_by", "status", "outcome", "stage")
STATUSES = ("open", "answered", "closed")

Fields = Mapping[str, object]


@dataclass(frozen=True)
class Act:
    """Something the story says happened: when, when it was written down, and what was said."""

    name: str
    happened: datetime
    recorded: datetime
    fields: Fields
    by: str | None
    line: int


@dataclass(frozen=True)
class Expectation:
    """One expected thing and the line it stands on. A deadline's value is a mapping of what is compared."""

    key: str
    value: object
    line: int


@dataclass(frozen=True)
class Example:
    """A dated story with what is expected of it at the moment we look."""

    name: str
    policy: str
    version: str | None
    story: tuple[Act, ...]
    seen_on: datetime
    expect: tuple[Expectation, ...]
    file: str
    line: int
    because: str = ""
    cites: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name}"


@dataclass
class ExampleFile:
    """The examples of one file, in order."""

    file: str
    examples: list[Example] = field(default_factory=list)


@read_once
def read(text: bytes, file: str) -> tuple[ExampleFile | None, list[Problem]]:
    """The examples of a file, or every problem of it with its line."""
    part, problems = yaml_part.whole(text, file, "The example file")
    if part is None:
        return None, problems
    part.only(("policy", "examples"))
    policy = part.text("policy", example="south-essex-homes")
    found = ExampleFile(file)
    if "examples" not in part.node:
        part.missing("examples", "a list of stories that each begin '- example: ...'")
    elif isinstance(stories := part.node.get("examples"), yaml_text.Sequence) and not list(stories):
        part.problem(part.line_of("examples"), "The example file has no stories.", "Add one, or delete the file.")
    for row in part.rows("examples", "An example"):
        example = _example(row, policy)
        if example is not None:
            found.examples.append(example)
    return (None if problems else found), problems


def _example(row: Part, policy: str) -> Example | None:
    name = row.text("example", example="What the story shows")
    row.about = f"The example '{name}'" if name else row.about
    row.only(("example", "because", "cites", "policy", "version", "story", "seen_on", "expect"))
    story = _story(row)
    seen_on = _moment(row, row.line_of("seen_on"), row.text("seen_on", example="2025-01-10"), "seen_on")
    expect = _expectations(row)
    if seen_on is None:
        return None
    if story and local_day(seen_on) < local_day(story[0].happened):
        what = f"{row.about} is seen on {local_day(seen_on)}, before its story begins."
        row.problem(row.line_of("seen_on"), what, "Give the day on which we look.")
    return Example(
        name=name,
        policy=row.text("policy") or policy,
        version=row.maybe_text("version"),
        story=tuple(story),
        seen_on=seen_on,
        expect=tuple(expect),
        file=row.file,
        line=row.node.line,
        because=row.text("because"),
        cites=row.words("cites"),
    )


def _moment(part: Part, line: int, text: str, where: str) -> datetime | None:
    if not text:
        return None
    try:
        return moment(text)
    except ValueError:
        what = f"{part.about} has '{text}' for {where}, which is no date."
        part.problem(line, what, "Write it as 2024-12-20, or 2024-12-20T09:30 with the local time.")
        return None


def _story(row: Part) -> list[Act]:
    part = row.part("story", row.about, needed=True)
    acts: list[Act] = []
    if part is None:
        return acts
    for when, node in part.node.items():
        line = part.line_of(when)
        happened = _moment(part, line, when, "a moment of the story")
        if happened is None:
            continue
        before = acts[-1].happened if acts else None
        if before and len(when) == len("2024-12-20") and local_day(before) == local_day(happened):
            happened = max(happened, before)  # a day without a time comes after what was told before it
        for item in node if isinstance(node, yaml_text.Sequence) else (node,):
            acts += _acts(part, item, happened)
    if not acts and not part.problems:
        part.problem(
            row.line_of("story"),
            f"{row.about} has an empty story.",
            "Say what happened, such as 2024-12-20: complaint_received.",
        )
    return acts


def _acts(part: Part, node: yaml_text.Node, happened: datetime) -> list[Act]:
    if isinstance(node, yaml_text.Scalar) and node.text:
        return [Act(node.text, happened, happened, {}, None, node.line)]
    if not isinstance(node, yaml_text.Mapping):
        part.problem(
            node.line,
            f"{part.about} has something in its story that is no event.",
            "Write an event's name, or {event: {field: value}}.",
        )
        return []
    acts = []
    for name, said in node.items():
        fields = yaml_text.plain(said)
        if fields is not None and not isinstance(fields, dict):
            what = f"{part.about} gives '{name}' the value '{fields}', where its fields belong."
            part.problem(node.line_of(name), what, f"Write {{{name}: {{field: value}}}}.")
            continue
        acts.append(_act(part, name, dict(fields or {}), happened, node.line_of(name)))
    return acts


def _act(part: Part, name: str, fields: dict[str, object], happened: datetime, line: int) -> Act:
    recorded = happened
    by = None
    if name not in (MOVED, MOVE_UNDONE, CORRECTED, DECIDE, "conflict_declared"):
        by = str(fields.pop("by")) if fields.get("by") else None
    if "recorded" in fields:
        recorded = _moment(part, line, str(fields.pop("recorded")), f"'recorded' of {name}") or happened
        if recorded < happened:
            what = f"{part.about} has '{name}' recorded before it happened."
            part.problem(line, what, "Give the later day under 'recorded', the earlier one as the moment of the story.")
    return Act(name, happened, recorded, fields, by, line)


def _expectations(row: Part) -> list[Expectation]:
    part = row.part("expect", row.about, needed=True)
    if part is None:
        return []
    found = []
    for key, node in part.node.items():
        value, line = yaml_text.plain(node), part.line_of(key)
        found.append(Expectation(key, value, line))
        _check_expectation(part, key, node, line)
    return found


def _check_expectation(part: Part, key: str, node: yaml_text.Node, line: int) -> None:
    if key in TEXTS:
        if key == "status" and isinstance(node, yaml_text.Scalar) and node.text not in STATUSES:
            part.problem(line, f"{part.about} expects the status '{node.text}'.", did_you_mean(node.text, STATUSES))
    elif key in LISTS:
        if not isinstance(node, yaml_text.Sequence):
            part.problem(
                line, f"{part.about} expects of '{key}' something that is no list.", f"Write {key}: [one, two]."
            )
    elif key == "inbox":
        if not isinstance(node, yaml_text.Mapping):
            part.problem(
                line, f"{part.about} expects of 'inbox' something without roles.", "Write inbox: {role: [task]}."
            )
    else:
        _check_deadline(part, key, node, line)


def _check_deadline(part: Part, key: str, node: yaml_text.Node, line: int) -> None:
    if not isinstance(node, yaml_text.Mapping):
        known = (*TEXTS, *LISTS, "inbox")
        what = f"{part.about} expects '{key}', which is no deadline with {{due: ..., is: ...}} and no word known here."
        part.problem(line, what, did_you_mean(key, known))
        return
    Part(part.file, node, f"{part.about}, '{key}',", part.problems).only(DEADLINE_KEYS)
    state, due = node.get("is"), node.get("due")
    if isinstance(state, yaml_text.Scalar) and state.text not in STATES:
        part.problem(
            state.line, f"{part.about} expects that '{key}' is '{state.text}'.", did_you_mean(state.text, STATES)
        )
    if isinstance(due, yaml_text.Scalar) and due.value is not None and _as_day(due.text) is None:
        part.problem(
            due.line, f"{part.about} expects '{key}' due on '{due.text}', which is no date.", "Write it as 2024-12-31."
        )


def _as_day(text: str) -> date | None:
    return yaml_part.as_date(text)
