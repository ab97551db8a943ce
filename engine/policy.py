"""What a policy promises: the nouns of one version of a policy, as its file says them.

Nothing here reads a file or a clock. `engine.policy_files` makes these from text; `engine.deadlines` works out dates
from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

Unit = Literal["working days", "days", "weeks", "months"]

SAME_DAY = "same day"
SECOND_WORKING_DAY = "second working day"


@dataclass(frozen=True)
class Within:
    """A length of time as the policy writes it: `5 working days`, `8 weeks`, `12 months`."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        unit = self.unit[:-1] if self.count == 1 else self.unit
        return f"{self.count} {unit}"


@dataclass(frozen=True)
class Citation:
    """A paragraph of a source document: the source's key in the version, and where in it."""

    source: str
    paragraph: str = ""

    def __str__(self) -> str:
        return f"{self.source} {self.paragraph}".strip()


@dataclass(frozen=True)
class Source:
    """A document the version rests on. `rules` is the prefix of its rule ids in `policies/rules.yaml`."""

    key: str
    title: str
    date: date | None = None
    rules: str | None = None
    note: str = ""


@dataclass(frozen=True)
class MoreTime:
    """How a deadline may be moved: an extension, or the 2018 policy's holding reply.

    `at_most` counts from the original due date; None where the source sets no limit.
    """

    event: str  # the bare event that gives it: extension_given or holding_reply_sent
    at_most: Within | None
    tell_resident: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class DeadlineRule:
    """A promise to do something within a time of something else, or a resident's window, or a date that says from when.

    `of`, `or_of` and `met_by` are whole event names (`stage_1.acknowledged`, `complaint_received`); `met_by` is None
    for a date that only says from when. `key` is whole too: `stage_1.response`.
    """

    key: str
    says: str
    within: Within
    of: str
    met_by: str | None
    or_of: str | None = None
    is_window: bool = False
    more_time: MoreTime | None = None
    ended_by_law: str | None = None
    cites: tuple[Citation, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Stage:
    """A part of the policy with its own handler and deadlines. Its key never changes; its number is its place."""

    key: str
    title: str
    handler: str | None  # role that considers the complaint at this stage
    desk: str | None = None  # role that acknowledges and writes for the stage, where not the version's
    panel: str | None = None
    is_external: bool = False
    not_the_same_person_as: tuple[str, ...] = ()
    designated_person: tuple[str, ...] = ()
    says: str = ""
    cites: tuple[Citation, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Role:
    """Who does something under this version: a key a person is given, and the title people know."""

    key: str
    title: str
    says: str = ""
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What was chosen where the source is silent or contradicts itself, by whom and when, and about which rules."""

    key: str
    question: str
    reading: str
    by: str
    on: date | None
    about: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class NamedRule:
    """A rule that is neither deadline nor task, such as which authority a representative needs."""

    key: str
    says: str
    settings: Mapping[str, object] = field(default_factory=dict)
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class DecisionRow:
    """One row of a decision table: when it holds, what the policy says then, and why."""

    when: str
    then: str
    because: str = ""
    cites: tuple[Citation, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Clause:
    """How the version answers for one rule of its source: what carries it, what is to come, or a plain statement."""

    rule: str
    carried_by: tuple[str, ...] = ()
    to_come: str = ""
    is_statement: bool = False
    line: int = 0


@dataclass(frozen=True)
class Receipt:
    """Which day counts as the day of receipt for the landlord's clocks.

    None for `deemed_after`: the day of arrival (rule A). Otherwise rule B: what arrives after that local time, or on
    a day that is not a working day, counts from the next working day. Never used to shorten a resident's window.
    """

    deemed_after: time | None = None


@dataclass(frozen=True)
class PolicyVersion:
    """One whole version of a landlord's complaints policy."""

    policy: str
    version: str
    title: str
    landlord: str
    in_force_from: date
    workflow: str  # 'complaints/two-stage'
    calendar: str
    desk: str  # the role that logs, acknowledges and decides late requests
    stages: tuple[Stage, ...]
    deadlines: tuple[DeadlineRule, ...]
    roles: Mapping[str, Role]
    sources: Mapping[str, Source]
    receipt: Receipt = Receipt()
    first_day_counts: bool = False  # True: the day of the start is day 1 (`counting: the first day counts`)
    delivery: Mapping[str, str] = field(default_factory=dict)  # channel -> SAME_DAY or SECOND_WORKING_DAY
    channels: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    rules: Mapping[str, NamedRule] = field(default_factory=dict)
    decisions: Mapping[str, tuple[DecisionRow, ...]] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)  # task or message -> form, where not the usual one
    clauses: tuple[Clause, ...] = ()
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)  # where top-level keys stand

    @property
    def key(self) -> str:
        """`policy/version`, the name people and files use."""
        return f"{self.policy}/{self.version}"

    def stage(self, key: str) -> Stage:
        """The stage of that key. Raises KeyError for a stage the version does not have."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)

    def has_stage(self, key: str) -> bool:
        return any(stage.key == key for stage in self.stages)

    def deadline(self, key: str) -> DeadlineRule | None:
        """The deadline of that whole key, or None: a timer whose deadline the version does not have never fires."""
        return next((rule for rule in self.deadlines if rule.key == key), None)

    def role_of_lane(self, lane: str, stage: str | None) -> str:
        """The role bound to a lane of a stage; `desk` falls back to the version's own desk."""
        if stage is not None and self.has_stage(stage):
            bound: str | None = getattr(self.stage(stage), lane, None)
            if bound is not None:
                return bound
            if lane == "handler":
                return self.desk
        return self.desk


def governing(versions: list[PolicyVersion], received: date) -> PolicyVersion | None:
    """The version in force on the local day the complaint was received; None where there was none (law 4).

    Of several begun, the one that began last governs. Never a default: the caller registers the complaint and holds
    it for a named person's choice.
    """
    begun = [version for version in versions if version.in_force_from <= received]
    return max(begun, key=lambda version: version.in_force_from, default=None)


def stage_of(name: str) -> str | None:
    """The stage in a whole name: `stage_1` of `stage_1.response`, None of `withdrawn`."""
    head, dot, _ = name.partition(".")
    return head if dot else None


def bare(name: str) -> str:
    """The name without its stage: `response` of `stage_1.response`."""
    return name.rpartition(".")[2]
