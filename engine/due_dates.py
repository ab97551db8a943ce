"""Every date of a complaint from its day of receipt and what happened since, without a case: `redress due`.

What happened is written as people would type it: `stage_1.acknowledged=2024-12-31`, an extension `... to 2025-02-13`,
a letter `... by post`. The ledger is the one that cases are worked by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.dated_data import law_ended
from engine.deadlines import Deadline, Ledger, latest_allowed, ledger
from engine.events import RECEIVED, CaseEvent, known_by, moment
from engine.library import Library
from engine.policy import PolicyVersion, Reading, bare, stage_of
from engine.policy_stages import CASE_DATES
from engine.problems import did_you_mean
from engine.record import governed_by
from engine.version_names import names_of
from engine.wordings import day_in_words

_SAID = re.compile(r"(?P<name>[^=]+)=(?P<when>\S+)(?P<more>(?: +(?:to|by|promised) +\S+)*)")
_MORE = re.compile(r"(to|by|promised) +(\S+)")
_FIELDS = {"to": "to", "by": "channel", "promised": "promised"}
WRITE = "Write EVENT=WHEN, such as stage_1.acknowledged=2024-12-31."


class NotUnderstood(ValueError):
    """What was asked names something there is not, or is no date; its text says what was probably meant."""


@dataclass(frozen=True)
class Asked:
    """A question: when the complaint was received, what happened since, and the moment to look at it from.

    Without `seen_on` that is the latest of `now` and everything that happened.
    """

    policy: str
    received: datetime
    happened: tuple[str, ...]
    now: datetime
    seen_on: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """The version that governs and why, and the ledger; `version` and `seen` are None where none was in force."""

    policy: str
    received: datetime
    seen_on: datetime
    version: PolicyVersion | None
    why: str
    seen: Ledger | None = None
    notes: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()


def work_out(shelf: Library, asked: Asked) -> Answer:
    """Every due date. Raises NotUnderstood for a policy or event there is not, or a date that is none; OutsideCalendar
    for a day the calendar says nothing about."""
    versions = shelf.versions_of(asked.policy)
    if not versions:
        policies = {version.policy for version in shelf.versions.values()}
        raise NotUnderstood(f"There is no policy '{asked.policy}'. {did_you_mean(asked.policy, policies)}")
    said = [_said(text) for text in asked.happened]
    received = CaseEvent(RECEIVED, asked.received, asked.received, 1)
    governing = governed_by([received], versions)
    version = governing.version
    moments = [when for name, when, _ in said if name not in CASE_DATES]
    seen_on = asked.seen_on or max(asked.now, asked.received, *moments)
    if version is None:
        return Answer(asked.policy, asked.received, seen_on, None, governing.why)
    names = names_of(version, shelf.workflows).events | set(CASE_DATES)
    whole = [(_whole(name, version, names), when, fields) for name, when, fields in said]
    events = known_by(_events(asked.received, whole), seen_on)
    seen = ledger(version, events, seen_on, shelf.calendars[version.calendar], law_ended(shelf.law))
    notes = tuple(_notes(version, events, seen))
    return Answer(
        asked.policy, asked.received, seen_on, version, governing.why, seen, notes, tuple(readings_about_dates(version))
    )


def latest_more_time(deadline: Deadline, seen: Ledger) -> date | None:
    """The last day that more time for this deadline may run to; None where there is none, or no limit to it."""
    if deadline.original is None or deadline.rule.more_time is None:
        return None
    return latest_allowed(deadline.rule, deadline.original, seen.days)


def more_time_until(deadline: Deadline) -> date | None:
    """The last day on which more time may still be told: the day it is due now. None once it is done, and where the
    policy gives no more time."""
    return None if deadline.rule.more_time is None or deadline.met else deadline.due


def readings_about_dates(version: PolicyVersion) -> Iterator[Reading]:
    """The readings chosen about rules that a deadline of the version carries, or that carry such a rule themselves."""
    deadlines = {rule.key for rule in version.deadlines}
    dated = [clause for clause in version.clauses if _named(clause.carried_by, deadlines)]
    rules = {clause.rule for clause in dated}
    carrying = {name for clause in dated for name in clause.carried_by}
    for reading in version.readings:
        if rules & set(reading.about) or f"assumed.{reading.key}" in carrying:
            yield reading


def _named(carried_by: Sequence[str], deadlines: Iterable[str]) -> bool:
    """Whether one of these is a deadline, or a part of one (`stage_1.response.extension`)."""
    return any(name == key or name.startswith(f"{key}.") for name in carried_by for key in deadlines)


def _said(text: str) -> tuple[str, datetime, dict[str, object]]:
    found = _SAID.fullmatch(text.strip())
    if found is None:
        raise NotUnderstood(f"'{text}' is not understood. {WRITE}")
    fields: dict[str, object] = {_FIELDS[word]: value for word, value in _MORE.findall(found["more"])}
    for name in ("to", "promised"):
        if name in fields:
            _moment(str(fields[name]), text)
    return found["name"].strip(), _moment(found["when"], text), fields


def _moment(written: str, text: str) -> datetime:
    try:
        return moment(written)
    except ValueError:
        raise NotUnderstood(
            f"'{written}' in '{text}' is no date. Write 2024-12-31, or 2024-12-31T09:30 with the local time."
        ) from None


def _whole(name: str, version: PolicyVersion, known: Iterable[str]) -> str:
    """The event of that name. A short name stands for the only event it can mean, and of several for the only one that
    a date depends on."""
    names = set(known)
    if name in names:
        return name
    alike = sorted(one for one in names if bare(one) == name)
    asked_for = {one for rule in version.deadlines for one in (rule.of, rule.or_of, rule.met_by) if one}
    chosen = alike if len(alike) == 1 else [one for one in alike if one in asked_for]
    if len(chosen) == 1:
        return chosen[0]
    if alike:
        raise NotUnderstood(f"'{name}' may be {' or '.join(chosen or alike)}. Write which.")
    short = {bare(one) for one in names} if "." not in name else set()
    raise NotUnderstood(f"There is no event '{name}' under {version.version}. {did_you_mean(name, names | short)}")


def _events(received: datetime, said: Iterable[tuple[str, datetime, dict[str, object]]]) -> list[CaseEvent]:
    """The events in the order they happened; what the resident told us comes with the first."""
    told: dict[str, object] = {}
    events: list[CaseEvent] = []
    for name, when, fields in said:
        if name in CASE_DATES:
            told[name] = when.date().isoformat()
        elif name != RECEIVED:
            events.append(CaseEvent(name, when, when, len(events) + 2, fields=fields))
    first = CaseEvent(RECEIVED, received, received, 1, fields=told)
    return sorted([first, *events], key=lambda event: (event.happened, event.number))


def _notes(version: PolicyVersion, events: Sequence[CaseEvent], seen: Ledger) -> Iterator[str]:
    """What the dates alone do not show: more time that is none, or that went past its limit."""
    for event in events:
        deadline = seen.deadlines.get(f"{stage_of(event.name)}.response")
        more = deadline.rule.more_time if deadline else None
        if deadline is None or more is None or bare(event.name) != more.event:
            continue
        given = next((one for one in deadline.more_time if one.told == event.day), None)
        latest = latest_more_time(deadline, seen)
        if given is None:
            yield (
                f"{event.name} on {day_in_words(event.day)} moves nothing: it must be told by the due date, "
                "and give a later date."
            )
        elif given.is_beyond and latest:
            yield (
                f"{event.name} goes to {day_in_words(given.to)}, past the limit of {day_in_words(latest)}: "
                "that needs a good reason which someone senior approved."
            )
        elif given.is_second:
            yield (
                f"{event.name} on {day_in_words(event.day)} is a second one, outside the Code's time: "
                "that needs a good reason which someone senior approved."
            )
