"""What governed a case, in the words of its page: in time or not in a sentence, each demand with its days, what was
done and when that was written down.

Everything is said of the day the case is seen on; nothing here asks what day it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.deadlines import Deadline
from engine.events import CaseEvent, local_day
from engine.governance import Demand, Governance
from engine.impact_code import allowed_until
from engine.policy import PolicyVersion, bare, stage_of
from engine.promises_made import Promise
from engine.working_days import OutsideCalendar, WorkingDays
from web import case_dates, event_words, governance_history, names, policy_words, wording
from web.case_dates import DateLine

BECAME = {
    "kept": ("Kept", "green"),
    "missed": ("Missed", "red"),
    "put_off": ("Another date told in time", "grey"),
    "stopped": ("The case ended first", "grey"),
    "running": ("Not yet due", "blue"),
}
#: what has been done, for a sentence about a deadline: in time, late, not done
DOES = {
    "acknowledgement": ("acknowledged", "the acknowledgement"),
    "response": ("answered", "the answer"),
    "panel": ("heard by the panel", "the panel meeting"),
}


@dataclass(frozen=True)
class EventLine:
    """Something that happened: when, when it was written down, by whom, and how many working days later."""

    number: int
    title: str
    happened: datetime
    recorded: datetime
    by: str
    late: str


@dataclass(frozen=True)
class PromiseLine:
    """A date a letter gave, where it was told, and what became of it."""

    what: str
    day: date
    told: EventLine
    mark: str
    colour: str
    says: str


@dataclass(frozen=True)
class DemandLine:
    """A demand of the version as the page shows it. `line` has the promise, its citation and each day counted."""

    line: DateLine
    rules: tuple[tuple[str, str], ...]
    mark: str
    colour: str
    started: EventLine | None
    done: EventLine | None
    code: str
    code_mark: str
    code_colour: str
    promises: tuple[PromiseLine, ...]


@dataclass(frozen=True)
class Verdict:
    """Whether one demand of a stage was kept, in a mark and a sentence."""

    mark: str
    colour: str
    sentence: str


@dataclass(frozen=True)
class Page:
    """All that is said of a case."""

    first: tuple[Verdict, ...]
    stages: tuple[tuple[str, tuple[Verdict, ...]], ...]
    history: tuple[governance_history.Line, ...]
    demands: tuple[DemandLine, ...]
    promises: tuple[PromiseLine, ...]
    events: tuple[EventLine, ...]
    sure: Mapping[str, str]


@dataclass(frozen=True)
class SealedFile:
    """A file of the version as it was sealed."""

    path: str
    sha256: str


def page(found: Governance) -> Page:
    """The case in words."""
    stages = tuple(_stages(found))
    demands = tuple(_demand(found, one, line) for one, line in _lines(found))
    return Page(
        first=stages[0][1] if stages else (),
        stages=stages[1:],
        history=tuple(governance_history.lines(found)),
        demands=demands,
        promises=tuple(each for one in demands for each in one.promises),
        events=tuple(event_line(found, event) for event in found.file.record),
        sure=policy_words.SURE,
    )


def sealed(found: Governance, files: Mapping[str, bytes]) -> list[SealedFile]:
    """The files of the version with the SHA-256 of each."""
    return [SealedFile(path, hashlib.sha256(content).hexdigest()) for path, content in sorted(files.items())]


def _stages(found: Governance) -> Iterator[tuple[str, tuple[Verdict, ...]]]:
    """The stages the case has come to, each with what was promised at it; the first stage always."""
    version = found.version
    if version is None:
        return
    reached = {stage_of(event.name) for event in found.file.events} | {found.file.standing.stage}
    for place, stage in enumerate(version.stages):
        if stage.is_external or (place and stage.key not in reached):
            continue
        own = [one for one in found.ledger.deadlines.values() if stage_of(one.key) == stage.key]
        said = tuple(verdict(version, one, found.ledger.days) for one in own if not one.rule.is_window and one.state)
        yield stage.title, said


def verdict(version: PolicyVersion, one: Deadline, days: WorkingDays) -> Verdict:
    """Whether a demand was kept, as it stood on the day seen."""
    stage = names.stage(version, stage_of(one.key))
    does, noun = DOES.get(bare(one.key), (f"done ({names.deadline(version, one.key)})", "it"))
    if one.due is None:
        return Verdict("Not started", "grey", f"{stage}: {noun} has no date yet.")
    moved = f", first due on {wording.day(one.original)} and extended" if one.more_time and one.original else ""
    due = f"{wording.day(one.due)}{moved}"
    if one.met is not None:
        done = wording.day(one.met)
        if one.state == "met":
            return Verdict("In time", "green", f"{stage} was {does} in time: due on {due}, done on {done}.")
        late = _late(days, one.due, one.met)
        return Verdict("Late", "red", f"{stage} was not {does} in time: due on {due}, done on {done}{late}.")
    return _not_done(one, stage, does, noun, due)


def _not_done(one: Deadline, stage: str, does: str, noun: str, due: str) -> Verdict:
    if one.state == "overdue":
        return Verdict("Not in time", "red", f"{stage} was not {does} in time: due on {due}, and not done yet.")
    if one.state == "stopped":
        return Verdict("No longer owed", "grey", f"{stage}: {noun} was due on {due}, and the case ended before that.")
    if one.is_expected:
        said = f"{stage}: {noun} is expected by {due}, once what starts it is done."
        return Verdict("Not started", "grey", said)
    return Verdict("Running", "blue", f"{stage} is to be {does} by {due}; that day has not passed.")


def _late(days: WorkingDays, due: date, done: date) -> str:
    try:
        return f", {wording.count(days.between(due, done), 'working day')} late"
    except OutsideCalendar:
        return ""


def _lines(found: Governance) -> Iterator[tuple[Demand, DateLine]]:
    by_key = {line.key: line for line in case_dates.lines(found.file)}
    for one in found.demands:
        yield one, by_key[one.deadline.key]


def _demand(found: Governance, one: Demand, line: DateLine) -> DemandLine:
    assert found.version is not None
    mark, colour = _mark(one.deadline)
    said, code_mark, code_colour = _code(one)
    return DemandLine(
        line=line,
        rules=tuple((rule.id, rule.rule) for rule in one.rules),
        mark=mark,
        colour=colour,
        started=event_line(found, one.started) if one.started else None,
        done=event_line(found, one.done) if one.done else None,
        code=said,
        code_mark=code_mark,
        code_colour=code_colour,
        promises=tuple(_promise(found, each) for each in one.promises),
    )


def _mark(one: Deadline) -> tuple[str, str]:
    """How a deadline stands on the day seen."""
    if one.due is None:
        return "No date yet", "grey"
    if one.state is None:
        return "From this day", "grey"
    if one.rule.is_window and one.state in ("running", "met"):
        return ("Open", "blue") if one.state == "running" else ("In time", "green")
    return wording.state(one.state), wording.colour(one.state)


def _code(one: Demand) -> tuple[str, str, str]:
    """The Code's own day for the demand: what it says, and how it stands."""
    code = one.code
    limit = allowed_until(code.deadline) if code else None
    if code is None or limit is None:
        return "", "", "grey"
    said = f"{code.provision}: {code.asks} In this case by {wording.weekday(limit)}."
    state = code.deadline.state
    if code.deadline.met:
        is_kept = code.deadline.met <= limit
        return said, "In the Code's time" if is_kept else "Outside the Code's time", "green" if is_kept else "red"
    if state == "overdue":
        return said, "Outside the Code's time", "red"
    return said, "", "grey"


def event_line(found: Governance, event: CaseEvent) -> EventLine:
    """An event with when it happened and when it was written down."""
    return EventLine(
        number=event.number,
        title=event_words.title(found.version, event.name),
        happened=event.happened,
        recorded=event.recorded,
        by=event.by_name,
        late=_written_late(found.ledger.days, event),
    )


def _written_late(days: WorkingDays, event: CaseEvent) -> str:
    happened, recorded = event.day, local_day(event.recorded)
    if recorded <= happened:
        return ""
    try:
        return wording.count(days.between(happened, recorded), "working day") + " later"
    except OutsideCalendar:
        return wording.count((recorded - happened).days, "day") + " later"


def _promise(found: Governance, one: Promise) -> PromiseLine:
    assert found.version is not None
    became = one.became(found.ledger.today)
    mark, colour = BECAME[became]
    says = ""
    if one.done is not None and became in ("kept", "missed"):
        says = f"Done on {wording.day(one.done)}."
    elif one.put_off is not None:
        says = f"Another date was told on {wording.day(one.put_off)}."
    elif one.ended is not None:
        says = f"The case ended on {wording.day(one.ended)}."
    what = names.deadline(found.version, one.key)
    return PromiseLine(what, one.day, event_line(found, one.told), mark, colour, says)
