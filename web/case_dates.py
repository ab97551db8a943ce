"""The dates of a case as people read them: what is promised, when it is due, how it stands, and every day counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.case_files import CaseFile
from engine.deadlines import SETTLED, Deadline, Ledger, MoreTimeGiven, latest_allowed
from engine.policy import PolicyVersion, bare
from engine.wordings import working
from web import names, wording
from web.inbox import urgency_of, working_days

WHAT_IT_IS = {"extension_given": "Extended", "holding_reply_sent": "Put back by a holding reply"}
STARTED_BY = {
    "complaint_received": "the complaint is received",
    "requested": "the resident asks for this stage",
    "acknowledged": "it is acknowledged",
    "response_sent": "our answer is sent",
    "response_received": "the resident has our answer",
    "panel_met": "the panel meets",
    "resident_aware": "we know when the resident knew of it",
    "issue_occurred": "we know when it happened",
}


@dataclass(frozen=True)
class DayLine:
    """A day of the working: counted with its number, or left out with the reason."""

    day: date
    words: str
    is_counted: bool


@dataclass(frozen=True)
class DateLine:
    """A deadline of a case. `waits_for`: what starts it, where it has no date yet."""

    key: str
    title: str
    promise: str
    says: str
    cites: str
    due: date | None
    is_only_from: bool
    mark: str
    colour: str
    is_late: bool
    waits_for: str
    working: str
    days: tuple[DayLine, ...]
    notes: tuple[str, ...]


def lines(file: CaseFile) -> list[DateLine]:
    """Every deadline of the version, dated ones first in the order of their dates."""
    version, seen = file.governing.version, file.standing.ledger
    if version is None:
        return []
    found = sorted(seen.deadlines.values(), key=lambda one: (one.due is None, one.due or date.max))
    return [_line(version, one, seen) for one in found]


def _line(version: PolicyVersion, one: Deadline, seen: Ledger) -> DateLine:
    mark, colour = _mark(version, one)
    return DateLine(
        key=one.key,
        title=names.deadline(version, one.key),
        promise=names.promise(version, one.rule),
        says=one.rule.says,
        cites="; ".join(names.citation(version, cited) for cited in one.rule.cites),
        due=one.due,
        is_only_from=one.rule.met_by is None,
        mark=mark,
        colour=colour,
        is_late=one.state in ("late", "overdue"),
        waits_for="" if one.due else _waits_for(one),
        working=working(one, seen, first_day_counts=version.first_day_counts),
        days=tuple(_days(version, one, seen)),
        notes=tuple(_notes(version, one, seen)),
    )


def _waits_for(one: Deadline) -> str:
    """What starts a clock that has not started, and what would do instead."""
    names = [name for name in (one.rule.of, one.rule.or_of) if name]
    return ", or ".join(STARTED_BY.get(bare(name), "what starts it has happened") for name in names)


def _mark(version: PolicyVersion, one: Deadline) -> tuple[str, str]:
    """How it stands, in a word or two, and the colour that repeats it."""
    if one.due is None:
        return "", "grey"
    if one.state is None:
        return "From this day", "grey"
    if one.state == "overdue" or (one.state == "running" and not one.rule.is_window):
        pressing = urgency_of(one.due, working_days(version))
        return pressing.words, pressing.colour
    if one.rule.is_window and one.state in ("running", "met"):
        return ("Open", "blue") if one.state == "running" else ("In time", "green")
    return wording.state(one.state), wording.colour(one.state)


def _days(version: PolicyVersion, one: Deadline, seen: Ledger) -> Iterator[DayLine]:
    """Each day from the start to the original due date, in order."""
    count = seen.count(one, first_day_counts=version.first_day_counts)
    if count is None:
        return
    numbers = {day: number for number, day in enumerate(count.counted, 1)}
    off = {skipped.date: skipped.why for skipped in count.skipped}
    if count.start not in numbers:
        yield DayLine(count.start, "Day 0", False)
    for day in sorted([*numbers, *off]):
        counted = f"Working day {numbers[day]}" if day in numbers else ""
        yield DayLine(day, counted or f"Not counted: {off[day]}", day in numbers)


def _notes(version: PolicyVersion, one: Deadline, seen: Ledger) -> Iterator[str]:
    if one.met:
        done = "The resident did so" if one.rule.is_window else "Done"
        yield f"{done} on {wording.day(one.met)}."
    if one.is_expected and one.due and one.state in ("expected", "overdue"):
        yield "What starts it has not happened: dated as if that were done on its own last day."
    for given in one.more_time:
        how = WHAT_IT_IS.get(one.rule.more_time.event if one.rule.more_time else "", "Moved")
        beyond = f" {outside(given)}" if given.is_outside else ""
        why = f" Reason: {given.reason}" if given.reason else ""
        moved = f"{how} on {wording.day(given.told)}, from {wording.day(given.was)} to {wording.day(given.to)}."
        yield f"{moved}{beyond}{_late(given)}{why}"
    if one.promised and one.promised != one.due:
        yield _promise(one.promised, one)
    if one.backstop and one.backstop != one.due:
        yield (
            f"The step before it was late. Had that been in time, this would be due on {wording.day(one.backstop)}: "
            "that is the backstop."
        )
    yield from _more_time(version, one, seen)


def _late(given: MoreTimeGiven) -> str:
    """That more time told in time was written down only after the date it moved."""
    if not given.is_recorded_late or given.recorded is None:
        return ""
    return f" It was written down on {wording.day(given.recorded)}, after that date had passed."


def outside(given: MoreTimeGiven) -> str:
    """Why more time that was given is outside the Code's time."""
    what = "a second one, and past the limit" if given.is_second and given.is_beyond else "past the limit"
    what = what if given.is_beyond else "a second one"
    return f"This is {what}, with a good reason that someone approved: it is outside the Code's time."


def _promise(promised: date, one: Deadline) -> str:
    """The date our letter gave, beside the policy's: after an apology the policy's date stays missed."""
    if one.due and promised > one.due and one.state in ("overdue", "late"):
        return f"We promised {wording.day(promised)} instead. That is no extension: the policy's date stays missed."
    return f"Our letter gave {wording.day(promised)}. Both dates count; the earlier comes first."


def _more_time(version: PolicyVersion, one: Deadline, seen: Ledger) -> Iterator[str]:
    """How far an extension may still go."""
    if one.rule.more_time is None or one.original is None or one.state in SETTLED or one.is_expected:
        return
    limit = latest_allowed(one.rule, one.original, seen.days)
    if limit and one.state != "overdue" and not one.more_time and (one.due is None or one.due < limit):
        yield f"It may be extended to {wording.day(limit)} at the latest, if the resident is told before it is due."
