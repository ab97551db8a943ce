"""The nouns of a stored case: its row, its events, and the conveniences written beside them in the same step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

#: Where a task without a date stands in a list ordered by what is due first.
NO_DATE = date(9999, 12, 31)
#: Closes the key of a restricted case's tasks, so that only who asks for such keys ever sees them.
RESTRICTED = "!"


@dataclass(frozen=True, slots=True)
class By:
    """Who does it. `person_id` is their id as text, empty for the clock; `name` as it is now."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as stored: every column of `complaint_case`. Instants are UTC; `due` is the earliest open due date."""

    id: int
    reference: str
    policy: str
    version_id: int | None
    received: datetime
    logged: datetime
    status: str
    stage: str | None
    finding: str | None
    ending: str | None
    hold: str | None
    hold_reason: str | None
    due: date | None
    resident: str
    address: str
    postcode: str
    brief: str
    area: str | None
    channel: str | None
    restricted: bool
    lock_version: int
    state: bytes
    state_definition: str | None
    last_event_number: int
    head_hash: str
    changed_by: str
    changed_by_name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append. `fields` may hold text, numbers, dates, lists and mappings: they come back as JSON has them
    (dates as ISO text)."""

    name: str
    happened: datetime
    recorded: datetime
    by_person: str
    by_name: str
    fields: Mapping[str, Any] = field(default_factory=dict)


class StoredEvent(NamedTuple):
    """An event as recorded. Once its content is erased `fields` is empty and `is_erased` says so.

    A named tuple, made in a third of a dataclass's time: every step reads all the events of its case.
    """

    number: int
    name: str
    happened: datetime
    recorded: datetime
    by_person: str
    by_name: str
    fields: Mapping[str, Any]
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is open after a step. What the list shows of the case itself is taken from the case.

    `person_id` gives the task to someone when it opens; a task already open keeps whoever has it.
    """

    key: str
    title: str
    stage: str | None
    role: str
    due: date | None
    promised: date | None
    waits_for: str
    person_id: int | None = None

    @property
    def sort_due(self) -> date:
        """The earlier of the policy's date and the promised one; a far day where there is neither."""
        return min(self.due or NO_DATE, self.promised or NO_DATE)


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A deadline of a case. `state` is what does not change with the day; `met` when it was met."""

    key: str
    due: date | None
    expected: bool
    state: str
    promised: date | None = None
    backstop: date | None = None
    met: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A date the process waits for: it fires when the local day `due` has passed."""

    key: str
    due: date


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """Something that must go out. A second item with the same idempotency key is the same item."""

    kind: str
    payload: Mapping[str, Any]
    idempotency_key: str
    event_number: int | None = None


def team_key(policy: str, role: str, *, restricted: bool = False) -> str:
    """The key of a role's tasks in every area."""
    return f"{policy}:{role}{RESTRICTED if restricted else ''}"


def group_key(policy: str, role: str, *, area: str | None, restricted: bool = False) -> str:
    """The key of a role's tasks in one area; an empty area is that of cases whose area is not yet decided."""
    return f"{policy}:{role}:{area or ''}{RESTRICTED if restricted else ''}"
