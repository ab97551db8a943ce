"""The stories of the demonstration's cases, read from `demo_caseload.yaml` and `demo_complaints.yaml`, each moment made
a date as seen from the day the demonstration is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from engine.working_days import WorkingDays

HERE = Path(__file__).parent
RECORDED = "recorded"
CLAIMED = "claimed"
DRAFTED, CAME_BACK, PASSED_ON = "drafted", "came_back", "passed_on"
MOMENTS = ("to", "promised", "chase_on", "next_update")


@dataclass(frozen=True)
class Complaint:
    """What a made-up resident says, and what would put it right; `answer` is what the landlord found and learnt."""

    key: str
    area: str
    says: str
    wants: str
    contractor: str = ""
    sensitive: str = ""
    answer: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Step:
    """One thing of a story: what happened, on which day, written down on which day, and what was said."""

    name: str
    day: date
    recorded: date
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Story:
    """One case of the demonstration: what it shows, whose it is, what the resident says, and what happened."""

    case: str
    policy: str
    complaint: Complaint
    steps: tuple[Step, ...]

    @property
    def logged(self) -> date:
        return self.steps[0].recorded


class Days:
    """Days around the one the demonstration is made on, counted in working days. Where that is a day off, the next
    working day stands for it in counting, so that what is due "today" is due then."""

    def __init__(self, today: date, working: WorkingDays) -> None:
        self.today, self.working = today, working
        self.anchor = today if working.is_working(today) else working.next_working(today)

    def ago(self, count: int) -> date:
        """The working day that many before today; today itself for 0; one to come where `count` is below 0."""
        if count == 0:
            return self.today
        if count < 0:
            return self.working.add(self.anchor, -count)
        day = self.anchor
        for _ in range(count):
            day -= timedelta(days=1)
            while not self.working.is_working(day):
                day -= timedelta(days=1)
        return day

    def of(self, written: object) -> date:
        """A moment as the stories write it: a number of working days, or a date."""
        return written if isinstance(written, date) else self.ago(int(str(written)))


def stories(days: Days) -> list[Story]:
    """Every story, the one logged first first."""
    complaints = {key: Complaint(key, **told) for key, told in _read("demo_complaints.yaml").items()}
    found = [
        Story(row["case"], policy, complaints[key], tuple(_steps(row["story"], days)))
        for row in _read("demo_caseload.yaml")
        for policy, key in row["of"].items()
    ]
    return sorted(found, key=lambda story: story.logged)


def _read(name: str) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast
    return yaml.load((HERE / name).read_text(encoding="utf-8"), loader)


def _steps(told: Mapping[object, object], days: Days) -> Iterator[Step]:
    steps = [step for when, said in told.items() for step in _on(days.of(when), said, days)]
    yield from sorted(steps, key=lambda step: step.recorded)


def _on(day: date, said: object, days: Days) -> Iterator[Step]:
    """What happened on one day: an event, an event with its fields, or several in order."""
    for item in said if isinstance(said, list) else [said]:
        for name, fields in item.items() if isinstance(item, dict) else [(item, {})]:
            given = {key: _value(key, value, days) for key, value in fields.items()}
            recorded = given.pop(RECORDED, day)
            yield Step(name, day, recorded, given)


def _value(key: str, value: Any, days: Days) -> Any:
    """A field as it is recorded: dates as text; `recorded` and the dates of what is corrected as days."""
    if key == RECORDED:
        return days.of(value)
    if key in MOMENTS or (key == "complaint_received" and isinstance(value, int)):
        return days.of(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value
