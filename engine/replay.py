"""Replay, the one primitive: drive a version's diagrams through what happened and say where the case stands.

The same function serves the examples, a correction and its preview, a move to another version, a request recorded
late, the view of a past day and the check that what is stored agrees with the events. Everyday steps go forward from
the stored state; `tests/unit/test_replay.py` says on random walks that both give the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from engine.calendars import Calendar
from engine.deadlines import Ledger, ledger, request_is_in_time
from engine.events import ABOUT_THE_RECORD, OMBUDSMAN_CONTACTED, RECEIVED, CaseEvent
from engine.forms import Form
from engine.letter_events import Outgoing, outgoing
from engine.letters import LetterTemplate
from engine.policy import PolicyVersion, bare, stage_of
from engine.process import Budget, Definition, OpenTask, Process
from engine.workflows import MessageDefinition, TaskDefinition, Workflows


@dataclass(frozen=True)
class Rulebook:
    """Everything sealed or dated that a case is worked by: the version, its diagrams and forms, calendar and law."""

    version: PolicyVersion
    workflows: Workflows
    definition: Definition
    calendar: Calendar
    law_ended: Mapping[str, date]
    templates: Mapping[str, LetterTemplate] = field(default_factory=dict)

    def task(self, open_task: OpenTask) -> TaskDefinition:
        """What a task asks for and records."""
        return self.workflows.tasks[(open_task.process, open_task.task)]

    def records(self, open_task: OpenTask) -> str:
        """The whole name of the event that completing the task records."""
        records = self.task(open_task).records
        return f"{open_task.stage}.{records}" if open_task.stage and "." not in records else records

    def role(self, open_task: OpenTask) -> str:
        """The role whose inbox the task lies in."""
        return self.version.role_of_lane(open_task.lane or "desk", open_task.stage)

    def message(self, name: str) -> MessageDefinition | None:
        """What a message asks for: that of the spine by its whole name, else that of a stage's process."""
        whole = self.workflows.messages.get((self.spine, name))
        if whole is not None:
            return whole
        wanted = bare(name)
        return next(
            (one for (process, key), one in self.workflows.messages.items() if key == wanted and process != self.spine),
            None,
        )

    def form(self, key: str, usual: str) -> Form:
        """The form a task, message or fact is recorded with: the version's own where it binds one to it."""
        return self.workflows.forms[self.version.forms.get(key, usual)]

    def records_of_key(self, task_key: str) -> tuple[str, ...]:
        """The events that completing a task of this key records, whether or not it is open."""
        stage, name = stage_of(task_key), bare(task_key)
        found = [task.records for (_, key), task in self.workflows.tasks.items() if key == name]
        return tuple(one if "." in one or stage is None else f"{stage}.{one}" for one in found)

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """The letter that goes out with an event, of a step or a fact, by the event's whole name."""
        return {event: one.letter for event, one in self.outgoing.items()}

    @cached_property
    def outgoing(self) -> Mapping[str, Outgoing]:
        """The same with the form that asks what each letter needs, by the event's whole name."""
        return {one.event: one for one in outgoing(self.version, self.workflows)}

    @property
    def spine(self) -> str:
        """The process id of the version's spine."""
        return spine_of(self.version)

    def offers(self, message: str, since: date) -> bool:
        """Whether the version has what a waiting message stands for: its form of more time, or its designated person
        where law still had one when the wait for it began, `since` (it may be recorded long after it happened)."""
        name, stage = bare(message), stage_of(message)
        if name in {"extension_given", "holding_reply_sent"}:
            rule = self.version.deadline(f"{stage}.response")
            return bool(rule and rule.more_time and rule.more_time.event == name)
        if name == "designated_person_approached":
            ended = self.law_ended.get("designated_person")
            return any(one.designated_person for one in self.version.stages) and (ended is None or since < ended)
        return True


def spine_of(version: PolicyVersion) -> str:
    """The process id of a version's spine: `two_stage` of `complaints/two-stage`."""
    return version.workflow.rpartition("/")[2].replace("-", "_")


class CaseFacts:
    """What a case's diagrams may ask while they are driven: the ledger, at the moment the clock has been moved to."""

    def __init__(self, book: Rulebook, events: Sequence[CaseEvent] = (), now: datetime | None = None) -> None:
        self.book, self.events, self.now = book, list(events), now
        self._seen: tuple[int, date, Ledger] | None = None

    def happened(self, event: CaseEvent) -> None:
        """Add what happened next, and move the clock to it."""
        self.events.append(event)
        self.now = event.happened
        self._seen = None

    def ledger(self) -> Ledger:
        """The ledger of what happened so far, at the clock's moment."""
        if self.now is None:
            raise ValueError("Nothing has happened yet: give the moment we look.")
        if self._seen is None or self._seen[0] != len(self.events) or self._seen[1] != self.now.date():
            seen = ledger(self.book.version, self.events, self.now, self.book.calendar, self.book.law_ended)
            self._seen = (len(self.events), self.now.date(), seen)
        return self._seen[2]

    def has_passed(self, deadline: str) -> bool:
        return self.ledger().has_passed(deadline)

    def is_true(self, question: str, stage: str | None) -> bool:
        if question == "is_acknowledgement_promised":
            return self.book.version.deadline(f"{stage}.acknowledgement") is not None
        if question == "is_request_in_time":
            asked = next((event for event in reversed(self.events) if bare(event.name) == "requested"), None)
            return asked is None or request_is_in_time(
                self.ledger(), self.book.version, stage_of(asked.name) or "", asked.day
            )
        raise KeyError(question)


@dataclass(frozen=True)
class Departure:
    """An event the diagram did not allow when it happened, and what it would have allowed."""

    event: CaseEvent
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        allowed = ", ".join(self.allowed) or "nothing"
        return f"'{self.event.name}' could not happen on {self.event.day}: what could happen was {allowed}."


@dataclass
class Run:
    """A case being driven: its process, the facts it asks, and the departures met on the way."""

    book: Rulebook
    process: Process
    facts: CaseFacts
    departures: list[Departure] = field(default_factory=list)
    fired: list[tuple[str, datetime]] = field(default_factory=list)

    def happens(self, event: CaseEvent) -> bool:
        """Let one event happen: timers that fell due before it, then the step it makes. False for a departure."""
        self.passes(event.happened)
        self.facts.happened(event)
        if event.name == RECEIVED or event.is_fact or event.name in ABOUT_THE_RECORD:
            return True
        task = self.task_recording(event.name)
        if task is not None:
            decides = self.book.task(task).decides
            self.process.complete(task.key, event.text(decides) if decides else None)
        elif event.name in self.may_happen():
            self.process.send(event.name)
        elif event.name not in self.may_be_noted():
            self.departures.append(Departure(event, self.allowed()))
            return False
        return True

    def passes(self, now: datetime) -> None:
        """Move the clock on, and fire what fell due."""
        if self.facts.now is not None and now < self.facts.now:
            return
        self.facts.now = now
        self.fired += [(name, now) for name in self.process.fire_timers()]

    def task_recording(self, event_name: str) -> OpenTask | None:
        """The open task whose completion records that event."""
        return next((task for task in self.process.open_tasks() if self.book.records(task) == event_name), None)

    def may_happen(self) -> tuple[str, ...]:
        """The messages now waited for, of those the version offers."""
        answered = next((one.day for one in reversed(self.facts.events) if bare(one.name) == "response_sent"), None)
        since = answered or self.facts.ledger().today
        return tuple(sorted(name for name in self.process.waiting_messages() if self.book.offers(name, since)))

    def may_be_noted(self) -> tuple[str, ...]:
        """What may be recorded although the diagram does not wait for it, and moves nothing: since law ended the wait,
        a resident may go to the Ombudsman at any moment (Housing Ombudsman Scheme, 1 October 2022)."""
        ended = self.book.law_ended.get("ombudsman_wait")
        return (OMBUDSMAN_CONTACTED,) if ended and self.facts.ledger().today >= ended else ()

    def allowed(self) -> tuple[str, ...]:
        """Every event possible now: what open tasks record, and the messages waited for."""
        return tuple(sorted({*(self.book.records(task) for task in self.process.open_tasks()), *self.may_happen()}))


#: What gives a new case to be driven: `Process.start`, or one who knows the ways (`engine.process_ways.Ways.begin`).
Begin = Callable[[Definition, CaseFacts, Budget], Process]


def replay(
    book: Rulebook,
    events: Sequence[CaseEvent],
    until: datetime,
    budget: Budget | None = None,
    seen: Callable[[Run], None] | None = None,
    begin: Begin = Process.start,
) -> Run:
    """Drive the diagrams through `events` (those that stand, in the order they happened) and on to `until`. `seen` is
    shown the run after each of them, and at the end; `begin` gives the process that is driven.

    Raises OverBudget where a diagram takes more steps, time or depth than a case may.
    """
    facts = CaseFacts(book)
    facts.now = events[0].happened if events else until
    run = Run(book, begin(book.definition, facts, budget or Budget()), facts)
    for event in events:
        run.happens(event)
        if seen:
            seen(run)
    run.passes(until)
    if seen:
        seen(run)
    return run


#: What drives a case: `replay`, or one who remembers what it gave (`engine.impact.Drives`).
Drive = Callable[[Rulebook, Sequence[CaseEvent], datetime], Run]


def resume(
    book: Rulebook, state: bytes, events: Sequence[CaseEvent], now: datetime, budget: Budget | None = None
) -> Run:
    """Take a case up again from its stored state, with what happened so far, at that moment."""
    facts = CaseFacts(book, events, now)
    return Run(book, Process.restore(book.definition, state, facts, budget or Budget()), facts)
