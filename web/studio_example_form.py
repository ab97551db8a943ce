"""An example as a form: what happened on which day, when we look, and what is expected; read from what a browser sent,
and filled from an example that stands.

What a form cannot show (answers within answers, events that cannot happen with what would be said of them) is written
as text instead: `fits` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from engine.decision_editing import cites_of
from engine.example_files import DECIDE, STATES, STATUSES
from engine.example_writing import Happening, Story, day_text
from engine.refusals import BadAnswers
from engine.yaml_guesses import typed as typed_value
from engine.yaml_writing import Value
from web import answers

MOST_ROWS = 30
MOST_DATES = 60
CELLS = ("due", "is", "promised", "backstop")
TEXTS = ("status", "stage", "outcome", "governed_by")
LISTS = ("may_happen", "cannot_happen", "letters")
MORE_LETTERS = 2  # empty places for another letter
NOTHING = "none"
Sent = MultiDict[str, str]


@dataclass(frozen=True)
class Row:
    """A line of the story as it was typed: the day, the time, the event, and what was said of it, a line each."""

    day: str = ""  # as 2024-12-20, or in that shape what was typed
    clock: str = ""
    event: str = ""
    details: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.day.strip() or self.event or self.details.strip())


@dataclass(frozen=True)
class Typed:
    """An example as it was typed. `dates` has the cells of each deadline; `inbox` the tasks of each role."""

    name: str = ""
    because: str = ""
    cites: str = ""
    version: str = ""
    rows: tuple[Row, ...] = ()
    seen_on: tuple[str, str] = ("", "")
    dates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    inbox: tuple[str, ...] = ()  # 'role task'
    is_inbox_empty: bool = False
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names, or NOTHING alone


def fits(story: Story) -> bool:
    """Whether the form can show all that an example says."""
    said = [value for act in story.story for value in act.fields.values()]
    if any(isinstance(value, Mapping | list | tuple) for value in said) or story.policy:
        return False
    for key, value in story.expect.items():
        if key == "inbox":
            if not isinstance(value, Mapping) or not all(isinstance(tasks, list) for tasks in value.values()):
                return False
        elif key in LISTS:
            if not isinstance(value, list) or any(isinstance(one, Mapping) for one in value):
                return False
        elif key not in TEXTS and not (isinstance(value, Mapping) and None not in value.values()):
            return False
    return True


def typed_of(story: Story) -> Typed:
    """An example that stands, as its page shows it."""
    rows = []
    for act in story.story:
        day, clock = _day_and_time(act.when)
        details = "\n".join(f"{name}: {_sent(value)}" for name, value in act.fields.items())
        rows.append(Row(day, clock, act.event, details))
    return with_expected(
        Typed(
            name=story.name,
            because=story.because,
            cites=", ".join(story.cites),
            version=story.version,
            rows=tuple(rows),
            seen_on=_day_and_time(story.seen_on),
        ),
        story.expect,
    )


def with_expected(typed: Typed, expect: Mapping[str, Value]) -> Typed:
    """The same example with these expectations instead of its own."""
    dates: dict[str, Mapping[str, str]] = {}
    inbox: list[str] = []
    for key, value in expect.items():
        if isinstance(value, Mapping) and key == "inbox":
            inbox += [f"{role} {task}" for role, tasks in value.items() if isinstance(tasks, list) for task in tasks]
        elif isinstance(value, Mapping):
            dates[key] = {cell: _cell(cell, value[cell]) for cell in CELLS if cell in value}
    listed = {key: value for key in LISTS if isinstance(value := expect.get(key), list)}
    lists = {key: tuple(map(str, value)) or (NOTHING,) for key, value in listed.items()}
    return Typed(
        typed.name,
        typed.because,
        typed.cites,
        typed.version,
        typed.rows,
        typed.seen_on,
        dates,
        {key: _sent(expect[key]) for key in TEXTS if key in expect},
        tuple(inbox),
        "inbox" in expect and not inbox,
        lists,
    )


def read(sent: Sent) -> Typed:
    """An example as a browser sent it."""
    rows = tuple(
        Row(
            answers.read_date(f"day:{number}", sent),
            sent.get(f"clock:{number}", "").strip(),
            sent.get(f"event:{number}", ""),
            sent.get(f"details:{number}", "").replace("\r\n", "\n").strip(),
        )
        for number in range(MOST_ROWS)
        if f"event:{number}" in sent
    )
    keys = [name.partition(":")[2] for name in sent if name.startswith("is:")][:MOST_DATES]
    dates = {key: {cell: text for cell in CELLS if (text := _sent_cell(sent, cell, key))} for key in keys}
    return Typed(
        name=" ".join(sent.get("example", "").split()),
        because=" ".join(sent.get("because", "").split()),
        cites=sent.get("cites", ""),
        version=sent.get("version", ""),
        rows=rows,
        seen_on=(answers.read_date("seen_day", sent), sent.get("seen_clock", "").strip()),
        dates={key: cells for key, cells in dates.items() if cells},
        texts={key: text for key in TEXTS if (text := sent.get(f"expect:{key}", "").strip())},
        inbox=tuple(sent.getlist("inbox")),
        is_inbox_empty="inbox_empty" in sent,
        lists={key: named for key in LISTS if (named := tuple(filter(None, sent.getlist(f"expect:{key}"))))},
    )


def story_of(typed: Typed, *, needs_expectations: bool = True) -> Story:
    """The example that was typed. Raises BadAnswers with a sentence for each field that cannot be so."""
    wrong: dict[str, str] = {}
    if not typed.name:
        wrong["example"] = "Say what the example shows, such as A complaint received on a Friday"
    acts = _acts(typed, wrong)
    seen_on = _moment("seen_day", typed.seen_on, wrong, "When we look")
    expect = _expect(typed, wrong)
    if needs_expectations and not expect and not wrong:
        wrong["expected"] = "Say what is expected, or fill in what comes now and check it"
    if wrong:
        raise BadAnswers(wrong)
    return Story(
        typed.name,
        tuple(sorted(acts, key=lambda act: act.when[:10])),
        seen_on,
        expect,
        typed.because,
        cites_of(typed.cites),
        typed.version,
    )


def _acts(typed: Typed, wrong: dict[str, str]) -> list[Happening]:
    acts = []
    for number, row in enumerate(typed.rows):
        if row.is_empty:
            continue
        when = _moment(f"day-{number}", (row.day, row.clock), wrong, f"Line {number + 1}")
        if not row.event:
            wrong[f"event-{number}"] = "Choose what happened on this day, or clear the row"
        fields: dict[str, object] = {}
        for line in filter(str.strip, row.details.split("\n")):
            name, colon, value = (part.strip() for part in line.partition(":"))
            if not colon or not name or not value:
                wrong[f"details-{number}"] = (
                    f"'{line.strip()[:40]}' is no answer. Write a question and its answer: channel: email"
                )
            else:
                fields[name] = typed_value(value)
        acts.append(Happening(when, row.event, fields))
    if not acts:
        wrong["day-0"] = "Say what happened, beginning with the complaint that was received"
    return acts


def _expect(typed: Typed, wrong: dict[str, str]) -> dict[str, Value]:
    expect: dict[str, Value] = {key: typed.texts[key] for key in TEXTS if key in typed.texts}
    for key, cells in typed.dates.items():
        there = [cell for cell in CELLS if cell in cells]
        expect[key] = {cell: _expected(key, cell, cells[cell], wrong) for cell in there}
    inbox: dict[str, list[str]] = {}
    for one in typed.inbox:
        role, _, task = one.partition(" ")
        inbox.setdefault(role, []).append(task)
    if inbox or typed.is_inbox_empty:
        expect["inbox"] = {role: list(tasks) for role, tasks in inbox.items()}
    if inbox and typed.is_inbox_empty:
        wrong["inbox_empty"] = "Choose the tasks that are open, or that there are none"
    return expect | _lists(typed, wrong)


def _expected(key: str, cell: str, text: str, wrong: dict[str, str]) -> str:
    return text if cell == "is" else _moment(f"{cell}-{key}", (text, ""), wrong)


def _lists(typed: Typed, wrong: dict[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, named in typed.lists.items():
        found[key] = [one for one in named if one != NOTHING]
        if NOTHING in named and found[key]:
            wrong[f"expect-{key}"] = "Choose what is expected, or that there is none"
    return found


def _moment(field_id: str, typed: tuple[str, str], wrong: dict[str, str], about: str = "") -> str:
    try:
        return day_text(*typed)
    except ValueError as error:
        said = str(error)
        wrong[field_id] = f"{about}: {said[:1].lower()}{said[1:]}" if about else said
        return ""


def _cell(cell: str, value: Value) -> str:
    return _sent(value) if cell == "is" else _day_and_time(str(value))[0]


def _sent_cell(sent: Sent, cell: str, key: str) -> str:
    name = f"{cell}:{key}"
    return sent.get(name, "").strip() if cell == "is" else answers.read_date(name, sent)


def boxes(day: str) -> tuple[str, str, str]:
    """What stands in the boxes for day, month and year."""
    year, month, day = [*day.split("-"), "", ""][:3]
    return day.lstrip("0") or day, month.lstrip("0") or month, year


def _day_and_time(moment: str) -> tuple[str, str]:
    """A moment of the file as its day and its time."""
    day, _, clock = moment.partition("T")
    return day, clock[:5]


def _sent(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


__all__ = ["DECIDE", "STATES", "STATUSES", "Row", "Typed", "fits", "read", "story_of", "typed_of", "with_expected"]
