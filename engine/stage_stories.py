"""The examples of a draft when its stages change: stories of what is gone are left out, a new stage is given one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from engine import example_checks, example_files, yaml_editing
from engine.calendars import Calendar
from engine.dated_data import law_ended
from engine.deadlines import Ledger, ledger
from engine.events import RECEIVED, ZONE, CaseEvent
from engine.example_files import ExampleFile
from engine.library import Library
from engine.policy import PolicyVersion, stage_of
from engine.stage_routes import events_of
from engine.version_order import own_stages
from engine.version_text import Files, Opened, examples_path, opened, text_of, with_text
from engine.working_days import OutsideCalendar
from engine.yaml_writing import InLines, Value


def lost(files: Files, path: str) -> frozenset[str]:
    """What the stories name that the version does not know, a sentence each: other versions of its policy, perhaps."""
    return frozenset(what for _, said in _lost(files, path) for what in said)


def without_lost(files: Files, path: str, known: Collection[str] = ()) -> dict[str, bytes]:
    """The files without stories that name what the version does not know; what was known to be so before is passed
    over. A file whose stories are all gone goes too."""
    place, found = examples_path(path), dict(files)
    for number, said in reversed(_lost(found, path)):
        if said <= set(known):
            continue
        if len(_names(found, path)) == 1:
            del found[place]
        else:
            found = with_text(found, place, yaml_editing.remove(text_of(found, place), ("examples", number)))
    return found


def _lost(files: Files, path: str) -> list[tuple[int, set[str]]]:
    """The places of the stories that name what the version does not know, each with what was said of it."""
    place, here = examples_path(path), opened(files, path)
    stories, _ = example_files.read(files[place], place) if place in files else (None, [])
    found = []
    for number, story in enumerate(stories.examples if stories else ()):
        alone = ExampleFile(place, [story])
        said = {problem.what for problem in example_checks.check(alone, [here.version], here.workflows)}
        found += [(number, said)] if said else []
    return found


def gone(before: Files, after: Files, path: str) -> list[str]:
    """The names of the stories that a change of stages left out."""
    names = _names(after, path)
    return [name for name in _names(before, path) if name not in names]


def _names(files: Files, path: str) -> list[str]:
    place = examples_path(path)
    stories, _ = example_files.read(files[place], place) if place in files else (None, [])
    return [one.name for one in stories.examples] if stories else []


def with_story(files: Files, shelf: Library, path: str, key: str) -> dict[str, bytes]:
    """The files with a story that goes through a stage, from receipt to its answer, each step on its last day. Without
    one where the calendar does not reach that far."""
    here, place = opened(files, path), examples_path(path)
    calendar = shelf.calendars.get(here.version.calendar)
    if calendar is None or key not in own_stages(here.version):
        return dict(files)
    try:
        told = _Telling(here, calendar, law_ended(shelf.law)).through(key)
    except OutsideCalendar:
        return dict(files)
    if place not in files:
        policy = f"policy: {here.version.policy}\nexamples:\n\n  - example: x\n    story: {{}}\n"
        text = yaml_editing.add(policy, ("examples",), None, told)
        return with_text(files, place, yaml_editing.remove(text, ("examples", 0)))
    text = text_of(files, place)
    names = _names(files, path)
    if told["example"] in names:
        return dict(files)
    return with_text(files, place, yaml_editing.add(text, ("examples",), None, told))


@dataclass
class _Telling:
    """A story being made up: the events so far, and the ledger they make."""

    here: Opened
    calendar: Calendar
    law: dict[str, date]
    events: list[CaseEvent] = field(default_factory=list)

    @property
    def version(self) -> PolicyVersion:
        return self.here.version

    def through(self, key: str) -> dict[str, Value]:
        day = self._working(self.version.in_force_from + timedelta(days=7))
        self._happens(RECEIVED, day)
        stages = own_stages(self.version)
        for stage in stages[: stages.index(key) + 1]:
            if stage != stages[0]:
                self._happens(f"{stage}.requested", self._working(self.events[-1].day + timedelta(days=1)))
            self._worked(stage, on_last_day=stage == key)
        seen = self._ledger()
        title = self.version.stage(key).title
        expect: dict[str, Value] = InLines({"governed_by": self.version.version})
        for rule in self.version.deadlines:
            found = seen.deadlines[rule.key]
            if stage_of(rule.key) == key and not rule.is_window and found.due:
                expect[rule.key] = {"due": found.due.isoformat(), "is": str(found.state)}
        expect["status"] = "answered"
        story: dict[str, Value] = InLines({event.day.isoformat(): event.name for event in self.events})
        return InLines(
            example=f"A complaint that goes through {title}, each step on its last day",
            because="Written when the stage was added. Its dates were worked out from the times of this version.",
            story=story,
            seen_on=(self.events[-1].day + timedelta(days=1)).isoformat(),
            expect=expect,
        )

    def _worked(self, stage: str, *, on_last_day: bool) -> None:
        for event in events_of(self.here, stage):
            rule = next((one for one in self.version.deadlines if one.met_by == event), None)
            day = self._working(self.events[-1].day + timedelta(days=1))
            due = self._ledger().deadlines[rule.key].due if rule and on_last_day else None
            self._happens(event, self._back(due) if due and due > day else day)

    def _happens(self, name: str, day: date) -> None:
        happened = datetime.combine(day, time(12), ZONE)
        self.events.append(CaseEvent(name=name, happened=happened, recorded=happened))

    def _ledger(self) -> Ledger:
        return ledger(self.version, self.events, self.events[-1].happened, self.calendar, self.law)

    def _working(self, day: date) -> date:
        days = self.calendar.known_by(day)
        while not days.is_working(day):
            day += timedelta(days=1)
        return day

    def _back(self, day: date) -> date:
        """The last day of a time, or the working day before it."""
        days = self.calendar.known_by(day)
        while not days.is_working(day):
            day -= timedelta(days=1)
        return day
