"""What happened to a case: the noun, the zone its days are counted in, and the names of the facts no diagram moves by.

An event has when it *happened*, which decides every date, and when it was *recorded*, which shows what was late to be
written down (law 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
NOON = time(12, 0)

RECEIVED = "complaint_received"
WITHDRAWN = "withdrawn"
SATISFIED = "satisfied"
TRIAGED = "triaged"
CORRECTED = "corrected"
MOVED = "moved_to"
MOVE_UNDONE = "move_undone"
AUTHORITY_RECEIVED = "authority_received"
CONFLICT_DECLARED = "conflict_declared"
RESPONSE_RECEIVED = "response_received"
APOLOGY_SENT = "apology_sent"
REFUSAL_SENT = "refusal_sent"
THANKED = "thanked"
WITHDRAWAL_CONFIRMED = "withdrawal_confirmed"
AUTHORITY_ASKED = "authority_asked"
CONTACT_MADE = "contact_made"
INFORMATION_ASKED = "information_asked"
INFORMATION_RECEIVED = "information_received"
UPDATE_GIVEN = "update_given"
FOLLOW_UP_CALL_MADE = "follow_up_call_made"
OMBUDSMAN_CONTACTED = "ombudsman.contacted"
TIMER_FIRED = "timer_fired"
HELD = "held"
HOLD_ENDED = "hold_ended"
CONTENT_ERASED = "content_erased"  # the last event of a case that was disposed of
NOTED = ("claimed", "released", "reassigned")

#: acts about the record itself, never replayed as steps of the diagram
ABOUT_THE_RECORD = frozenset({CORRECTED, MOVED, MOVE_UNDONE, TIMER_FIRED, HELD, HOLD_ENDED, CONTENT_ERASED, *NOTED})
#: facts about one stage of a case that no diagram waits for, by their bare names
OF_A_STAGE = frozenset({RESPONSE_RECEIVED, APOLOGY_SENT})
#: letters and contacts about a case as a whole, which no diagram waits for
CONTACTS = frozenset(
    {
        REFUSAL_SENT, THANKED, WITHDRAWAL_CONFIRMED, AUTHORITY_ASKED, CONTACT_MADE, INFORMATION_ASKED,
        INFORMATION_RECEIVED, UPDATE_GIVEN, FOLLOW_UP_CALL_MADE,
    }
)  # fmt: skip
#: every fact that no diagram waits for, by its bare name
FACTS = OF_A_STAGE | CONTACTS | {AUTHORITY_RECEIVED, CONFLICT_DECLARED}


@dataclass(frozen=True)
class CaseEvent:
    """Something that happened to a case. `happened` and `recorded` are aware UTC instants; `number` its place in the
    record, from 1; `by` the id of the person who recorded it, `by_name` their name then."""

    name: str
    happened: datetime
    recorded: datetime
    number: int = 0
    by: str = ""
    by_name: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The local day it happened."""
        return local_day(self.happened)

    @property
    def is_fact(self) -> bool:
        return self.name.rpartition(".")[2] in FACTS

    def text(self, name: str) -> str:
        """A field as text, empty where it was not given."""
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def date_of(self, name: str) -> date | None:
        """A field as a day, None where it was not given or is no date."""
        value = self.fields.get(name)
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value)) if value else None
        except ValueError:
            return None


@lru_cache(maxsize=4096)  # a step asks for the day of each event of its case several times
def local_day(instant: datetime) -> date:
    """The local date of a UTC instant."""
    return instant.astimezone(ZONE).date()


def at(day: date, clock: time = NOON) -> datetime:
    """The UTC instant of a local time on a local day; noon where no time is known."""
    return datetime.combine(day, clock, tzinfo=ZONE).astimezone(UTC)


def moment(text: str) -> datetime:
    """An ISO date (noon local) or date and time as a UTC instant; without an offset it is local time.

    Raises ValueError for anything else.
    """
    if len(text) == len("2024-12-20"):
        return at(date.fromisoformat(text))
    stamp = datetime.fromisoformat(text)
    local = stamp if stamp.tzinfo else stamp.replace(tzinfo=ZONE)
    return local.astimezone(UTC)


def known_by(events: Iterable[CaseEvent], now: datetime) -> list[CaseEvent]:
    """The events already recorded at that instant."""
    return [event for event in events if event.recorded <= now]


def latest(events: Iterable[CaseEvent], name: str) -> CaseEvent | None:
    """The last event of that name as things happened; None where there is none."""
    found = None
    for event in events:
        if event.name == name:
            found = event
    return found


def first(events: Iterable[CaseEvent], name: str) -> CaseEvent | None:
    """The first event of that name; None where there is none."""
    return next((event for event in events if event.name == name), None)
