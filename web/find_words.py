"""The lists that cases are found in, and a line of each in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine import case_marks
from engine.events import local_day
from engine.office import Office
from engine.policy import PolicyVersion
from engine.store.marks import MarkLine, Sought
from web import event_words, names, wording


@dataclass(frozen=True)
class List:
    """A list: what it is called and holds, the kind of mark it is of, and what it may be narrowed by. `without_a_day`:
    what leaving the day empty means; `holds_today`: that it means today; `has_passed`: only days that are over."""

    title: str
    says: str
    mark: str
    asks: tuple[str, ...] = ("from", "to")
    asks_on: str = ""
    without_a_day: str = "any day"
    holds_today: bool = False
    has_passed: bool = False
    number: int = 0
    defaults: Mapping[str, str] = field(default_factory=dict)


LISTS: Mapping[str, List] = {
    "governed": List(
        "Cases a version governed",
        "Every case that a version of a policy governs or once governed; or those it governed on a day, by what was "
        "recorded by then.",
        case_marks.GOVERNED,
        ("version", "on"),
        "Governed by it on which day?",
    ),
    "open": List(
        "Cases open on a day",
        "Cases received by that day and not ended by then, by when things happened.",
        case_marks.OPEN,
        ("on",),
        "Open on which day?",
        "today",
        holds_today=True,
    ),
    "received": List(
        "Cases received between two days", "By the day of receipt as it stands now.", case_marks.OPEN, number=1
    ),
    "changed": List(
        "Cases that changed version",
        "Moved to another version, or brought under another by a correction of the day of receipt.",
        case_marks.CHANGED,
    ),
    "late": List(
        "Written down late",
        "What was recorded on a later day than it happened, by the day it was written down.",
        case_marks.LATE,
        ("days", "from", "to"),
        defaults={"days": "3"},
    ),
    "promises": List(
        "Promises missed",
        "Dates our letters gave that passed without what they promised, by the date given. A new date told in time "
        "takes the place of the old one; one told afterwards does not.",
        case_marks.PROMISE,
        has_passed=True,
    ),
    "corrections": List(
        "Corrections", "Every correction of a case's record, by the day it was made.", case_marks.CORRECTION
    ),
}
HEADS = (
    *("Reference", "Landlord", "Resident", "Status now", "Version now", "What", "Day", "Until or done", "Working days"),
    *("Happened", "Written down", "By"),
)


@dataclass(frozen=True)
class Line:
    """A line of a list."""

    reference: str
    resident: str
    brief: str
    landlord: str
    says: str
    more: str
    mark: str
    colour: str
    as_of: date | None


def sought(
    kind: List,
    today: date,
    *,
    version_id: int | None = None,
    on: date | None = None,
    first: date | None = None,
    last: date | None = None,
    least_days: int = 0,
    policy: str = "",
) -> Sought:
    """What a list is asked for, as the store seeks it."""
    return Sought(
        kind.mark,
        first=first,
        last=last,
        held_on=on or (today if kind.holds_today else None),
        version_id=version_id,
        least_days=least_days,
        number=kind.number,
        policy=policy,
        passed=today if kind.has_passed else None,
    )


def line(office: Office, one: MarkLine, sought: Sought | None, today: date) -> Line:
    """A line as its page shows it. A list of a day leads to the case as of that day."""
    says, more = _SAYS[one.kind](office, one)
    held_on = sought.held_on if sought else None
    return Line(
        reference=one.reference,
        resident=one.resident,
        brief=one.brief,
        landlord=office.policies().get(one.policy, one.policy),
        says=says,
        more=more,
        mark=wording.state(one.status),
        colour=wording.colour(one.status),
        as_of=held_on if held_on and held_on < today else None,
    )


def cells(office: Office, one: MarkLine, sought: Sought | None, today: date) -> tuple[object, ...]:
    """A line as a row of a file, under HEADS."""
    shown, version = line(office, one, sought, today), _version(office, one.governed_by)
    return (
        *(one.reference, shown.landlord, one.resident, shown.mark, version.version if version else ""),
        *(" ".join(text for text in (shown.says, shown.more) if text), one.day, one.until, one.days),
        *(one.happened, one.recorded, one.by_name),
    )


def _governed(office: Office, one: MarkLine) -> tuple[str, str]:
    version = _version(office, one.version_id)
    until = f" until {wording.day(one.until)}" if one.until else ""
    name = version.version if version else "No version"
    return f"{name} from {wording.day(one.day)}{until}.", f"Received {wording.day(_received(one))}."


def _open(office: Office, one: MarkLine) -> tuple[str, str]:
    until = f" until {wording.day(one.until)}" if one.until else ", and not ended"
    again = "" if one.number == 1 else "Opened again. "
    return f"{again}Open from {wording.day(one.day)}{until}.", ""


def _changed(office: Office, one: MarkLine) -> tuple[str, str]:
    version = _version(office, one.version_id)
    now = version.version if version else "no version"
    return (
        f"From {one.key or 'no version'} to {now}.",
        f"{_title(office, one)} by {one.by_name}, {wording.moment(one.recorded)}.",
    )


def _late(office: Office, one: MarkLine) -> tuple[str, str]:
    later = wording.count(one.days or 0, "working day")
    when = f"{wording.day(one.until)}, as corrected" if one.until else wording.happened(one.happened)
    said = f"{_title(office, one)}: {when}, written down {wording.moment(one.recorded)}."
    return f"{later} later.", f"{said} By {one.by_name}."


def _promise(office: Office, one: MarkLine) -> tuple[str, str]:
    version = _version(office, one.governed_by)
    what = names.deadline(version, one.key) if version else wording.plain(one.key)
    done = f"done on {wording.day(one.until)}" if one.until else "not done"
    return (
        f"{what}: promised by {wording.day(one.day)}, {done}.",
        f"Told with: {_title(office, one)}, by {one.by_name}.",
    )


def _corrected(office: Office, one: MarkLine) -> tuple[str, str]:
    what = event_words.title(_version(office, one.governed_by), one.key)
    return f"{what} was corrected.", f"By {one.by_name}, {wording.moment(one.recorded)}."


_SAYS = {
    case_marks.GOVERNED: _governed,
    case_marks.OPEN: _open,
    case_marks.CHANGED: _changed,
    case_marks.LATE: _late,
    case_marks.PROMISE: _promise,
    case_marks.CORRECTION: _corrected,
}


def _title(office: Office, one: MarkLine) -> str:
    return event_words.title(_version(office, one.governed_by), one.event)


def _received(one: MarkLine) -> date:
    return local_day(one.received)


def _version(office: Office, version_id: int | None) -> PolicyVersion | None:
    found = (one.book.version for one in office.shelved.values() if one.id == version_id)
    return next(found, None) if version_id is not None else None
