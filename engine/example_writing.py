"""Examples as somebody writes them in a form: a story put into the text of `<version>.examples.yaml`, or taken out.

Text in, text out; the other stories and every comment stay byte for byte. What comes now (the case as the engine leaves
it) can be written down as what is expected, for the author to check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine import yaml_part
from engine.case_files import CaseFile
from engine.events import NOON, ZONE, moment
from engine.example_files import Example
from engine.refusals import BadAnswers
from engine.yaml_spans import Entry, end, entries, entry, line_end, own_start
from engine.yaml_writing import Value, one_line, scalar

INDENT = 2
_DAY = re.compile(r"(?P<day>\d{1,2})[ /.-](?P<month>\d{1,2})[ /.-](?P<year>\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True)
class Happening:
    """One line of a story: the moment as the file has it (`2024-12-20` or `2024-12-20T09:30`), the event, and what was
    said of it."""

    when: str
    event: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """An example as somebody writes it: `expect` has the keys and values of the file."""

    name: str
    story: tuple[Happening, ...]
    seen_on: str
    expect: Mapping[str, Value]
    because: str = ""
    cites: tuple[str, ...] = ()
    version: str = ""
    policy: str = ""


def day_text(day: str, clock: str = "") -> str:
    """A day as people type it (`20/12/2024`, `2024-12-20`) and a time, as the file has them.

    Raises ValueError with a sentence for what is no day or no time.
    """
    day, clock = day.strip(), clock.strip()
    british = _DAY.fullmatch(day)
    iso = f"{british['year']}-{british['month']:0>2}-{british['day']:0>2}" if british else day
    if len(iso) != len("2024-12-20") or yaml_part.as_date(iso) is None:
        raise ValueError("Enter a real date, such as 27 3 2027")
    if not clock:
        return iso
    found = _CLOCK.fullmatch(clock)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError("Enter a time such as 14:30, or leave it empty")
    return f"{iso}T{int(found[1]):02}:{found[2]}"


def story_of(example: Example) -> Story:
    """An example that was read, as it is written in a form. What it said of an event, by whom and when it was written
    down is among its fields again."""
    acts = []
    for act in example.story:
        fields = dict(act.fields)
        if act.by:
            fields["by"] = act.by
        if act.recorded != act.happened:
            fields["recorded"] = _as_written(act.recorded)
        acts.append(Happening(_as_written(act.happened), act.name, fields))
    return Story(
        name=example.name,
        story=tuple(acts),
        seen_on=_as_written(example.seen_on),
        expect={one.key: _plain(one.value) for one in example.expect},
        because=example.because,
        cites=example.cites,
        version=example.version or "",
    )


def block(story: Story) -> str:
    """The lines of a story, as an item of the list `examples` in a file."""
    lines = [f"- example: {scalar(story.name)}"]
    lines += [f"  because: {scalar(story.because)}"] if story.because else []
    lines += [f"  cites: {one_line(list(story.cites))}"] if story.cites else []
    lines += [
        f"  {key}: {scalar(text)}" for key, text in (("policy", story.policy), ("version", story.version)) if text
    ]
    lines.append("  story:")
    by_moment: dict[str, list[str]] = {}
    for one in story.story:
        by_moment.setdefault(one.when, []).append(_act(one))
    for when, acts in by_moment.items():
        lines.append(f"    {when}: {acts[0] if len(acts) == 1 else '[' + ', '.join(acts) + ']'}")
    lines.append(f"  seen_on: {story.seen_on}")
    lines.append("  expect:" if story.expect else "  expect: {}")
    for key, value in story.expect.items():
        lines += _expected(key, value)
    return "".join(f"{' ' * INDENT}{line}\n" for line in lines)


def add(text: str, written: str) -> str:
    """The text of a file of examples with one more story at its end."""
    whole = entry(text, ("examples",))
    there = entries(whole.node)
    if not there:  # `examples: []`
        head = text[: whole.node.start_mark.index].rstrip(" ")
        return f"{head}\n\n{written}" + text[whole.node.end_mark.index :].lstrip("\n")
    place = _end(text, there, len(there) - 1)
    before = text[:place] if text[:place].endswith("\n") else text[:place] + "\n"
    return f"{before}\n{written}{text[place:]}"


def replace(text: str, number: int, written: str) -> str:
    """The text with another story in the place of story `number`, from 0."""
    there = entries(entry(text, ("examples",)).node)
    return text[: _start(text, there, number)] + written + text[_end(text, there, number) :]


def remove(text: str, number: int) -> str:
    """The text without a story, and without the empty lines before it. Raises BadAnswers for the last one."""
    there = entries(entry(text, ("examples",)).node)
    if len(there) < 2:
        raise BadAnswers({"example": "A version needs at least one example. Change this one instead"})
    before = text[: _start(text, there, number)].rstrip("\n") + "\n"
    after = text[_end(text, there, number) :]
    return before + (after if after.startswith("\n") or not after else f"\n{after}")


def written_at(text: str, number: int) -> str:
    """The lines of story `number` as they stand in the file."""
    there = entries(entry(text, ("examples",)).node)
    return text[_start(text, there, number) : _end(text, there, number)]


def came(file: CaseFile, deadlines: Sequence[str] = ()) -> dict[str, Value]:
    """What could be expected of a case as it stands: every date that is known (those of `deadlines` alone, where any
    are named), its status, outcome, stage and inbox, what may happen, and the letters sent."""
    found: dict[str, Value] = {}
    governing = file.governing.version
    if governing:
        found["governed_by"] = governing.version
    for key, deadline in file.standing.ledger.deadlines.items():
        if deadline.due is None or (deadlines and key not in deadlines):
            continue
        told: dict[str, Value] = {"due": deadline.due.isoformat()}
        told |= {"is": deadline.state} if deadline.state else {}
        told |= {"promised": deadline.promised.isoformat()} if deadline.promised else {}
        told |= {"backstop": deadline.backstop.isoformat()} if deadline.backstop else {}
        found[key] = told
    standing = file.standing
    found["status"] = standing.status
    outcome = standing.outcome or standing.ending
    found |= {"outcome": outcome} if outcome else {}
    found |= {"stage": standing.stage} if standing.stage else {}
    inbox: dict[str, list[str]] = {}
    for task in standing.open_tasks if file.book else ():
        if file.book is not None:
            inbox.setdefault(file.book.role(task), []).append(task.key)
    found["inbox"] = {role: list(tasks) for role, tasks in inbox.items()}
    found["may_happen"] = list(standing.may_happen)
    found["letters"] = list(standing.letters)
    return found


def _act(one: Happening) -> str:
    if not one.fields:
        return scalar(one.event, in_flow=True)
    return one_line({one.event: {name: _plain(value) for name, value in one.fields.items()}})


def _expected(key: str, value: Value) -> list[str]:
    """The lines of one expectation: the inbox has a line for each role, anything else stands on one."""
    if key == "inbox" and isinstance(value, Mapping) and value:
        return ["    inbox:", *(f"      {scalar(role)}: {one_line(tasks)}" for role, tasks in value.items())]
    if value is None or isinstance(value, str | int | float):
        return [f"    {key}: {scalar(value)}"]
    return [f"    {key}: {one_line(value)}"]


def _plain(value: object) -> Value:
    """A value that was read, as it is written again."""
    if isinstance(value, Mapping):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _as_written(instant: datetime) -> str:
    """An instant as the file has it: a day alone means noon."""
    local = instant.astimezone(ZONE)
    if local.time() == NOON:
        return local.date().isoformat()
    text = local.strftime("%Y-%m-%dT%H:%M")
    return text if moment(text) == instant else local.isoformat()


def _start(text: str, there: Sequence[Entry], number: int) -> int:
    """Where the line of a story's hyphen begins, with the comment directly above it."""
    return own_start(text, there[number])


def _end(text: str, there: Sequence[Entry], number: int) -> int:
    """Where the last line of a story ends; empty lines and comments below belong to what comes next."""
    return line_end(text, end(text, there[number].node))
