"""The dates and lengths of time that letters tell, in words: by the ledger as if its event happened that day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.deadlines import Deadline, Ledger, latest_allowed, ledger
from engine.events import CaseEvent
from engine.policy import DeadlineRule, Stage, bare
from engine.wordings import day_in_words, stage_named
from engine.working_days import OutsideCalendar

if TYPE_CHECKING:
    from engine.replay import Rulebook

FIELDS = frozenset(
    {
        "stage", "next_stage", "answer_due", "answer_within", "extension_at_most", "request_by", "request_within",
        "direct_from", "panel_due", "was_due", "missed", "limit",
    }
)  # fmt: skip


def as_if(book: Rulebook, events: Sequence[CaseEvent], event: CaseEvent) -> Ledger | None:
    """The ledger as if one more event had happened, seen at its moment; None where the calendar does not reach."""
    try:
        return ledger(book.version, [*events, event], event.happened, book.calendar, book.law_ended)
    except OutsideCalendar:
        return None


@dataclass(frozen=True)
class Dates:
    """What a letter going out with `event` may tell: `before` is the ledger without it, `stage_key` its stage."""

    book: Rulebook
    events: Sequence[CaseEvent]
    event: CaseEvent
    before: Ledger
    stage_key: str | None

    def value(self, name: str) -> str:
        """One of FIELDS in words, empty where the version or the case has no such thing."""
        return self._by_name[name]()

    @cached_property
    def _by_name(self) -> Mapping[str, Callable[[], str]]:
        return {
            "stage": lambda: stage_named(self._stage.title) if self._stage else "",
            "next_stage": lambda: stage_named(self._next.title) if self._next else "",
            "answer_due": lambda: _words(self.event.date_of("promised") or _due(self._after("response"))),
            "answer_within": lambda: _length(self._rule("response")),
            "extension_at_most": self._extension_at_most,
            "request_by": lambda: _words(_due(self._window)),
            "request_within": lambda: _length(self._window.rule if self._window else None),
            "direct_from": lambda: _words(self._direct_from()),
            "panel_due": lambda: _words(_due(self._after("panel"))),
            "was_due": lambda: _words(_told(self._as_told, self.event.day)),
            "missed": lambda: _words(_passed(self._after("response"), self.event.day)),
            "limit": lambda: _words(self._limit()),
        }

    @cached_property
    def _seen(self) -> Ledger | None:
        return as_if(self.book, self.events, self.event)

    @property
    def _stage(self) -> Stage | None:
        return next((one for one in self.book.version.stages if one.key == self.stage_key), None)

    @property
    def _next(self) -> Stage | None:
        """The stage after this one, outside ones too."""
        stages = self.book.version.stages
        return next((after for one, after in pairwise(stages) if one.key == self.stage_key), None)

    def _rule(self, name: str) -> DeadlineRule | None:
        return self.book.version.deadline(f"{self.stage_key}.{name}")

    def _after(self, name: str) -> Deadline | None:
        return self._seen.deadlines.get(f"{self.stage_key}.{name}") if self._seen else None

    def _before(self, name: str) -> Deadline | None:
        return self.before.deadlines.get(f"{self.stage_key}.{name}")

    @property
    def _as_told(self) -> Deadline | None:
        """The answer's date as it stood on the letter's day: what was promised since is not what was due then."""
        by_then = [one for one in self.events if one.day <= self.event.day]
        book = self.book
        try:
            seen = ledger(book.version, by_then, self.event.happened, book.calendar, book.law_ended)
        except OutsideCalendar:
            return None
        return seen.deadlines.get(f"{self.stage_key}.response")

    @property
    def _window(self) -> Deadline | None:
        """The resident's time to ask for the next stage."""
        return self._seen.deadlines.get(f"{self._next.key}.request_window") if self._seen and self._next else None

    def _extension_at_most(self) -> str:
        rule = self._rule("response")
        at_most = rule.more_time.at_most if rule and rule.more_time else None
        return str(at_most or "")

    def _direct_from(self) -> date | None:
        """From when the Ombudsman may be approached; none once law has ended the wait (1 October 2022)."""
        rule = next((one for one in self.book.version.deadlines if bare(one.key) == "direct_from"), None)
        ended = self.book.law_ended.get(rule.ended_by_law) if rule and rule.ended_by_law else None
        if rule is None or self._seen is None or (ended and self.event.day >= ended):
            return None
        return _due(self._seen.deadlines.get(rule.key))

    def _limit(self) -> date | None:
        deadline = self._before("response")
        if deadline is None or deadline.original is None:
            return None
        try:
            return latest_allowed(deadline.rule, deadline.original, self.before.days)
        except OutsideCalendar:
            return None


def _due(deadline: Deadline | None) -> date | None:
    """A date that is running: one that is only expected is none to tell."""
    return deadline.due if deadline and not deadline.is_expected else None


def _told(deadline: Deadline | None, day: date) -> date | None:
    """The date the resident was told, else the policy's. Once the policy's date is over it is that one: a day promised
    by an apology since is no date on which the answer was due."""
    if deadline is None:
        return None
    return _passed(deadline, day) or deadline.promised or deadline.due


def _passed(deadline: Deadline | None, day: date) -> date | None:
    """The policy's date where it is over on that day."""
    due = _due(deadline)
    return due if due and due < day else None


def _length(rule: DeadlineRule | None) -> str:
    return str(rule.within) if rule else ""


def _words(day: date | None) -> str:
    return day_in_words(day) if day else ""
