"""What governed a case, in the words of its page: in time or not in a sentence, each demand with its days, what was
done and when that was written down.

Everything is said of the day the case is seen on; nothing here asks what day it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine import date_reasons
from engine.deadlines import Deadline
from engine.events import CORRECTED, CaseEvent, local_day
from engine.governance import Demand, Governance
from engine.impact_code import allowed_until
from engine.policy import Reading
from engine.promises_made import Promise
from web import case_dates, event_words, governance_history, governance_verdicts, names, policy_words, wording
from web.case_dates import DateLine
from web.governance_verdicts import Verdict

BECAME = {
    "kept": ("Kept", "green"),
    "missed": ("Missed", "red"),
    "put_off": ("Another date told in time", "grey"),
    "stopped": ("The case ended first", "grey"),
    "running": ("Not yet due", "blue"),
}


@dataclass(frozen=True)
class EventLine:
    """Something that happened: when, when it was written down, by whom, and how many working days later. `mends`: what
    was corrected of it afterwards."""

    number: int
    title: str
    happened: datetime
    recorded: datetime
    by: str
    late: str
    mends: tuple[str, ...]


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
    """A demand of the version as the page shows it. `line` has the promise, its citation and each day counted;
    `start_says` why it starts when it does, where no event of the case says that."""

    line: DateLine
    rules: tuple[tuple[str, str], ...]
    mark: str
    colour: str
    started: EventLine | None
    start_says: str
    done: EventLine | None
    code: str
    code_mark: str
    code_colour: str
    promises: tuple[PromiseLine, ...]


@dataclass(frozen=True)
class Page:
    """All that is said of a case."""

    first: tuple[Verdict, ...]
    stages: tuple[tuple[str, tuple[Verdict, ...]], ...]
    readings: tuple[Reading, ...]
    history: tuple[governance_history.Line, ...]
    demands: tuple[DemandLine, ...]
    missed: tuple[PromiseLine, ...]
    events: tuple[EventLine, ...]
    sure: Mapping[str, str]


@dataclass(frozen=True)
class SealedFile:
    """A file of the version as it was sealed."""

    path: str
    sha256: str


def page(found: Governance) -> Page:
    """The case in words."""
    stages = tuple(governance_verdicts.stages(found))
    demands = tuple(_demand(found, one, line) for one, line in _lines(found))
    return Page(
        first=stages[0][1] if stages else (),
        stages=stages[1:],
        readings=tuple(_readings(found)),
        history=tuple(governance_history.lines(found)),
        demands=demands,
        missed=tuple(each for one in demands for each in one.promises if each.mark == BECAME["missed"][0]),
        events=tuple(event_line(found, event) for event in found.file.record),
        sure=policy_words.SURE,
    )


def sealed(found: Governance, files: Mapping[str, bytes]) -> list[SealedFile]:
    """The files of the version with the SHA-256 of each."""
    return [SealedFile(path, hashlib.sha256(content).hexdigest()) for path, content in sorted(files.items())]


def _lines(found: Governance) -> Iterator[tuple[Demand, DateLine]]:
    by_key = {line.key: line for line in case_dates.lines(found.file)}
    for one in found.demands:
        yield one, by_key[one.deadline.key]


def _demand(found: Governance, one: Demand, line: DateLine) -> DemandLine:
    assert found.version is not None
    mark, colour = _mark(one.deadline)
    said, code_mark, code_colour = _code(one, found.ledger.today)
    return DemandLine(
        line=line,
        rules=tuple((rule.id, rule.rule) for rule in one.rules),
        mark=mark,
        colour=colour,
        started=event_line(found, one.started) if one.started else None,
        start_says=_start(one),
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


def _start(one: Demand) -> str:
    """Why a clock starts when it does, where that is no event: a delivery by rule, or a day the resident gave."""
    start = one.deadline.start
    if one.delivery or one.started or one.deadline.is_expected or start is None:
        return one.delivery
    return f"{wording.day(start)}, as the complaint says."


def _code(one: Demand, seen: date) -> tuple[str, str, str]:
    """The Code's own day for the demand: what it says, and how it stands on the day seen."""
    code = one.code
    limit = allowed_until(code.deadline) if code else None
    if code is None or limit is None:
        return "", "", "grey"
    longer = " with the more time that was told" if limit != code.deadline.original else ""
    said = f"{code.provision}: {code.asks} In this case by {wording.weekday(limit)}{longer}."
    met = code.deadline.met
    if met is None and (code.deadline.state == "stopped" or seen <= limit):
        return said, "", "grey"
    is_kept = met is not None and met <= limit
    return said, "In the Code's time" if is_kept else "Outside the Code's time", "green" if is_kept else "red"


def _readings(found: Governance) -> Iterator[Reading]:
    """What was chosen where the source is silent about a demand that has a date."""
    rules = {rule.id for one in found.demands if one.deadline.due for rule in one.rules}
    yield from (one for one in (found.version.readings if found.version else ()) if rules.intersection(one.about))


def event_line(found: Governance, event: CaseEvent) -> EventLine:
    """An event with when it happened and when it was written down, and what was corrected of it."""
    happened, recorded = event.day, local_day(event.recorded)
    title = event_words.title(found.version, event.name)
    mends = tuple(date_reasons.corrections_of(found.file.record, event.number))
    is_late = recorded > happened and not mends
    return EventLine(
        number=event.number,
        title=f"{title} (event {event.text('number')})" if event.name == CORRECTED else title,
        happened=event.happened,
        recorded=event.recorded,
        by=event.by_name,
        late=governance_verdicts.later(found.ledger.days, happened, recorded) if is_late else "",
        mends=mends,
    )


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
