"""The deadline ledger: from a version, what happened and the moment we look, every date and how it stands.

Pure functions. Nothing is counted from "now" and nothing is stored here: an extension, a new bank holiday or a move to
another version changes what the next call says, and the timers of the diagrams with it (law 2). How dates are worked
out is DESIGN section 2; the counting itself is in `engine.working_days`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal, NamedTuple

from engine.calendars import Calendar
from engine.events import RECEIVED, ZONE, CaseEvent, local_day
from engine.policy import SECOND_WORKING_DAY, DeadlineRule, PolicyVersion, bare, stage_of
from engine.working_days import Count, WorkingDays, last_day

State = Literal["expected", "running", "met", "late", "overdue", "lapsed", "stopped"]
SETTLED = frozenset({"met", "late", "lapsed", "stopped"})
#: what starts the next clock the first time we do it: done again, it gives us no more time (law 7)
DONE_ONCE = frozenset({"acknowledged", "panel_met"})

#: what the new date of an event (`to`) is a promise about
TOLD_WITH = {
    "extension_given": "response",
    "holding_reply_sent": "response",
    "apology_sent": "response",  # a promise only: it comes after the due date, which stays (law 7)
    "panel_postponed": "panel",
}


class MoreTimeGiven(NamedTuple):
    """An extension or holding reply: told on that day, from one due date to another, within the limit or beyond it.

    `is_second`: not the first, where the version sets a limit to more time. `recorded`: the day it was written down.
    """

    told: date
    was: date
    to: date
    is_beyond: bool
    reason: str
    is_second: bool = False
    recorded: date | None = None

    @property
    def is_recorded_late(self) -> bool:
        """Whether it was written down only after the date it moved had passed."""
        return self.recorded is not None and self.recorded > self.was

    @property
    def is_outside(self) -> bool:
        """Whether it is outside the Code's time: past the limit, or more than the one extension there is."""
        return self.is_beyond or self.is_second


@dataclass(frozen=True)
class Deadline:
    """A promise for one case. Dates are local days; `state` is None for a date that only says from when."""

    rule: DeadlineRule
    state: State | None
    due: date | None = None
    start: date | None = None  # day 0 of the count
    is_expected: bool = False  # its start has not happened: dated as if that were met on its own last day
    original: date | None = None  # before any more time was given
    backstop: date | None = None
    promised: date | None = None
    met: date | None = None
    more_time: tuple[MoreTimeGiven, ...] = ()
    arrived: date | None = None  # where it counts from a later day than it reached us on (receipt rule B)
    arrived_after: time | None = None  # the hour it came after; None where that day was no working day

    @property
    def key(self) -> str:
        return self.rule.key

    @property
    def sort_date(self) -> date | None:
        """What the inbox goes by: the earlier of the policy's date and a promised one."""
        dates = [day for day in (self.due, self.promised) if day]
        return min(dates, default=None)


@dataclass(frozen=True)
class Ledger:
    """Every deadline of a case, seen at one moment with the calendar known then."""

    deadlines: Mapping[str, Deadline]
    today: date
    days: WorkingDays

    def has_passed(self, key: str) -> bool:
        """Whether that deadline's last day is over. One the version does not have never passes."""
        deadline = self.deadlines.get(key)
        return bool(deadline and deadline.due and not deadline.is_expected and self.today > deadline.due)

    def stopped_on(self, ended: date) -> Ledger:
        """The ledger of a case that ended that day: what was neither done nor overdue by then stands stopped."""
        return replace(self, deadlines={key: _stopped(one, ended) for key, one in self.deadlines.items()})

    def count(self, deadline: Deadline, *, first_day_counts: bool = False) -> Count | None:
        """The working of an original due date in working days, each day named; None for other units."""
        if deadline.rule.within.unit != "working days" or not deadline.start or not deadline.original:
            return None
        return self.days.count(deadline.start, deadline.original, first_day_counts=first_day_counts)


def ledger(
    version: PolicyVersion,
    events: Sequence[CaseEvent],
    now: datetime,
    calendar: Calendar,
    law_ended: Mapping[str, date],
) -> Ledger:
    """Every deadline of a case. `events` as they happened, in order, with corrections applied and nothing recorded
    after `now`. `law_ended`: the day each named piece of law ended. Raises OutsideCalendar for a date the calendar
    says nothing about."""
    today = local_day(now)
    reckoning = _Reckoning(version, events, today, calendar.known_by(today), law_ended)
    return Ledger({rule.key: reckoning.deadline(rule) for rule in version.deadlines}, today, reckoning.days)


def request_is_in_time(seen: Ledger, version: PolicyVersion, stage: str, requested: date) -> bool:
    """Whether a request made on that day was inside the stage's window; always, where the version has none."""
    window = seen.deadlines.get(f"{stage}.request_window")
    return window is None or window.due is None or requested <= window.due


class _Reckoning:
    """One ledger being worked out: the events by name, and the deadlines already dated."""

    def __init__(
        self,
        version: PolicyVersion,
        events: Sequence[CaseEvent],
        today: date,
        days: WorkingDays,
        law_ended: Mapping[str, date],
    ) -> None:
        self.version, self.events, self.today, self.days, self.law_ended = version, events, today, days, law_ended
        self.named: dict[str, list[CaseEvent]] = {}
        for event in events:
            self.named.setdefault(event.name, []).append(event)
        self.promises = _promises(version, events)
        self.done: dict[str, Deadline] = {}
        self.under_way: set[str] = set()

    def deadline(self, rule: DeadlineRule) -> Deadline:
        if rule.key not in self.done:
            if rule.key in self.under_way:  # the check of the version refuses a circle; a forced one has no date
                return Deadline(rule, "expected")
            self.under_way.add(rule.key)
            self.done[rule.key] = self._work_out(rule)
        return self.done[rule.key]

    def _work_out(self, rule: DeadlineRule) -> Deadline:
        promised = self.promises.get(rule.key)
        start, is_expected = self._start(rule.of), False
        if start is None and rule.or_of:
            start = self._start(rule.or_of)
        earlier = self._that_starts(rule)
        if start is None and earlier and earlier.due:
            start, is_expected = earlier.due, True
        if start is None:
            return Deadline(rule, "expected" if rule.met_by else None, promised=promised, is_expected=True)
        arrived = start
        if not rule.is_window and not is_expected:
            start = self._counted_from(rule, start)
        is_later = arrived != start
        original = self._last_day(rule, start)
        due, more_time = self._moved(rule, original)
        met = self._met(rule)
        return Deadline(
            rule=rule,
            state=self._state(rule, due, met, is_expected=is_expected),
            due=due,
            start=start,
            is_expected=is_expected,
            original=original,
            backstop=self._backstop(rule, earlier, is_expected=is_expected),
            promised=promised,
            met=met,
            more_time=more_time,
            arrived=arrived if is_later else None,
            arrived_after=self.version.receipt.deemed_after if is_later and self.days.is_working(arrived) else None,
        )

    def _that_starts(self, rule: DeadlineRule) -> Deadline | None:
        """The promise whose keeping starts this clock; a resident's window is no promise of ours."""
        for other in self.version.deadlines:
            if other.met_by == rule.of and not other.is_window and other is not rule:
                return self.deadline(other)
        return None

    def _start(self, name: str) -> date | None:
        if name in self.named:
            found = self.named[name]
            return (found[0] if bare(name) in DONE_ONCE else found[-1]).day
        if bare(name) == "response_received":
            return self._delivered(stage_of(name))
        received = self.named.get(RECEIVED)
        return received[0].date_of(name) if received else None

    def _delivered(self, stage: str | None) -> date | None:
        """When an answer counts as received until that is recorded: the version's delivery rule."""
        sent = self.named.get(f"{stage}.response_sent")
        if not sent:
            return None
        how = self.version.delivery.get(sent[-1].text("channel") or "email", "")
        return self.days.add(sent[-1].day, 2) if how == SECOND_WORKING_DAY else sent[-1].day

    def _counted_from(self, rule: DeadlineRule, start: date) -> date:
        """Receipt rule B, for what reaches us: after the hour, or on a day off, it counts from the next working day."""
        deemed = self.version.receipt.deemed_after
        if deemed is None or bare(rule.of) not in {RECEIVED, "requested"} or rule.of not in self.named:
            return start
        arrived = self.named[rule.of][-1].happened.astimezone(ZONE)
        is_late = arrived.time() > deemed or not self.days.is_working(start)
        return self.days.next_working(start) if is_late else start

    def _last_day(self, rule: DeadlineRule, start: date) -> date:
        due = last_day(self.days, start, rule.within, first_day_counts=self.version.first_day_counts)
        ended = self.law_ended.get(rule.ended_by_law) if rule.ended_by_law else None
        return min(due, max(start, ended)) if ended else due

    def _moved(self, rule: DeadlineRule, original: date) -> tuple[date, tuple[MoreTimeGiven, ...]]:
        """The due date after the extensions or holding replies told in time (law 7: after it, none is one)."""
        if rule.more_time is None:
            return original, ()
        due = original
        given: list[MoreTimeGiven] = []
        limit = latest_allowed(rule, original, self.days)
        for event in self.named.get(f"{stage_of(rule.key)}.{rule.more_time.event}", ()):
            to, told = event.date_of("to"), event.day
            if to is None or to <= due or told > due:
                continue
            is_beyond, is_second = limit is not None and to > limit, limit is not None and bool(given)
            given.append(
                MoreTimeGiven(told, due, to, is_beyond, event.text("reason"), is_second, local_day(event.recorded))
            )
            due = to
        return due, tuple(given)

    def _met(self, rule: DeadlineRule) -> date | None:
        found = self.named.get(rule.met_by) if rule.met_by else None
        return found[0].day if found else None

    def _state(self, rule: DeadlineRule, due: date, met: date | None, *, is_expected: bool) -> State | None:
        if rule.met_by is None:
            return None
        if met is not None:
            return "met" if met <= due else ("lapsed" if rule.is_window else "late")
        if self.today > due:
            return "lapsed" if rule.is_window else "overdue"
        return "expected" if is_expected else "running"

    def _backstop(self, rule: DeadlineRule, earlier: Deadline | None, *, is_expected: bool) -> date | None:
        if is_expected or earlier is None or earlier.state != "late" or earlier.due is None:
            return None
        return self._last_day(rule, earlier.due)


def latest_allowed(rule: DeadlineRule, original: date, days: WorkingDays) -> date | None:
    """The last date more time may run to without a good reason, counted from the original due date; None: no limit."""
    at_most = rule.more_time.at_most if rule.more_time else None
    return last_day(days, original, at_most) if at_most else None


def _promises(version: PolicyVersion, events: Sequence[CaseEvent]) -> dict[str, date]:
    """The dates letters gave: of an answer (`promised`, or an extension's new date), or of a panel put off."""
    told: dict[str, date] = {}
    first_stage = version.stages[0].key if version.stages else ""
    moved: set[str] = set()  # the last of them stands, so of a hundred holding replies one is read
    for event in reversed(events):
        day = event.date_of("promised") if "promised" in event.fields else None
        if day:
            told.setdefault(f"{stage_of(event.name) or first_stage}.response", day)
        about = TOLD_WITH.get(bare(event.name)) if "to" in event.fields and event.name not in moved else None
        day = event.date_of("to") if about else None
        if day:
            told.setdefault(f"{stage_of(event.name) or first_stage}.{about}", day)
            moved.add(event.name)
    return told


def _stopped(deadline: Deadline, ended: date) -> Deadline:
    """A deadline of a case that ended that day. What was overdue, or lapsed, by then stays so (law 7)."""
    if deadline.state is None or deadline.met is not None:
        return deadline
    if deadline.due is not None and ended > deadline.due:
        return deadline
    return replace(deadline, state="stopped")
