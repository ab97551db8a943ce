"""The record in words: what somebody did, what it was done to, and the values before and after.

An act nobody has named here is still shown, in the plain words of its own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import g

from engine.events import (
    ABOUT_THE_RECORD,
    CORRECTED,
    HELD,
    HOLD_ENDED,
    MOVE_UNDONE,
    MOVED,
    TIMER_FIRED,
    moment,
)
from engine.store import people
from engine.store.recorded import ACT, VIEW, Recorded
from web import current, event_words, wording

SAID = {
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "failed_sign_in": "Failed to sign in",
    "held_off_sign_in": "Was made to wait before signing in again",
    "changed_password": "Changed their password",
    "failed_password_change": "Did not know their present password",
    "viewed_private_details": "Looked at private details",
    "opened_document": "Opened a document",
    "added_document": "Added a document",
    "read_case": "Read the case from the command line",
    "saw_case": "Had the case open",
    "saved_letter": "Saved a letter that has not gone",
    "asked_letter_approval": "Asked for approval of a letter",
    "approved_letter": "Approved a letter",
    "sent_back_letter": "Sent a letter back to its writer",
    "discarded_letter": "Threw away a letter that had not gone",
    "decided_letter": "Decided about a letter on its way",
    "began_draft": "Began a draft",
    "changed_draft": "Changed a draft",
    "discarded_draft": "Discarded a draft",
    "asked_approval": "Asked for approval of a draft",
    "took_back_draft": "Took back a draft",
    "sent_back_draft": "Sent back a draft",
    "approved_draft": "Approved a draft",
    "published_version": "Published a version",
    "brought_in_shipped": "Sealed what comes with the program",
    "withdrew_version": "Withdrew a version",
    "asked_what_it_would_do": "Asked what a draft would do",
    "stopped_what_it_would_do": "Stopped working out what a draft would do",
    "moved_cases": "Moved cases to another version",
    "undid_moving_cases": "Moved cases back",
    "changed_setting": "Changed a setting",
    "entered_homes": "Entered the homes of a year",
    "asked_for_study": "Asked for a study of many cases",
    "stopped_study": "Stopped a study of many cases",
    "added_area": "Added a service area",
    "added_calendar_day": "Added a day to a calendar",
    "withdrew_calendar_day": "Took a day out of a calendar",
    "added_person": "Added a person",
    "gave_role": "Gave a role",
    "took_role": "Took a role away",
    "new_password": "Gave a new password",
    "left": "Recorded that a person left",
    "came_back": "Let a person back",
    "verified_record": "Verified the record",
    "exported": "Exported a file",
    "exported_list": "Exported a list",
    "proof_made": "Made a sealed bundle of a case",
    "exported_record": "Exported the record",
    "exported_events": "Exported events",
    "asked_for_disposal": "Asked for disposal",
    "took_back_disposal": "Took back a request for disposal",
    "refused_disposal": "Refused disposal",
    "approved_disposal": "Approved disposal: content erased",
    "erased_copies": "Erased the copies in the document store",
    "placed_hold": "Placed a hold",
    "ended_hold": "Ended a hold",
    "changed_retention": "Changed a period of retention",
}

EXPORTS = (
    *("exported", "exported_list", "exported_record", "exported_events", "proof_made"),
    *("asked_for_study", "stopped_study", "verified_record"),
)


#: what shows that somebody saw a case, beside having its pages open
SEEING = ("read_case", "viewed_private_details", "opened_document", "exported", "proof_made")


@dataclass(frozen=True)
class Group:
    """Some of the record by what it is of: acts and events by name. None is every one of its kind."""

    title: str
    acts: tuple[str, ...] | None = ()
    events: tuple[str, ...] | None = ()
    with_views: bool = False


GROUPS: dict[str, Group] = {
    "": Group("Everything but who saw a case", None, None),
    "sign_in": Group(
        "Signing in and out",
        (
            *("signed_in", "signed_out", "failed_sign_in", "held_off_sign_in"),
            *("changed_password", "failed_password_change"),
        ),
    ),
    "views": Group("Who saw a case", ("read_case",), (), with_views=True),
    "private": Group("Private details and documents looked at", ("viewed_private_details", "opened_document")),
    "drafts": Group(
        "Drafts and approvals",
        (
            *("began_draft", "changed_draft", "discarded_draft", "asked_approval", "took_back_draft"),
            *("sent_back_draft", "approved_draft", "asked_what_it_would_do", "stopped_what_it_would_do"),
        ),
    ),
    "letters": Group(
        "Letters written and approved, and documents added",
        (
            *("saved_letter", "asked_letter_approval", "approved_letter", "sent_back_letter", "discarded_letter"),
            *("decided_letter", "added_document"),
        ),
    ),
    "published": Group("Publications and withdrawals", ("published_version", "withdrew_version", "brought_in_shipped")),
    "moves": Group("Moves between versions", ("moved_cases", "undid_moving_cases"), (MOVED, MOVE_UNDONE)),
    "corrections": Group("Corrections and holds of cases", (), (CORRECTED, HELD, HOLD_ENDED)),
    "settings": Group(
        "Settings, calendars and areas",
        ("changed_setting", "added_area", "added_calendar_day", "withdrew_calendar_day", "entered_homes"),
    ),
    "people": Group(
        "People and roles", ("added_person", "gave_role", "took_role", "new_password", "left", "came_back")
    ),
    "exports": Group("Exports, proofs and studies", EXPORTS),
    "disposal": Group(
        "Disposal",
        (
            *("asked_for_disposal", "took_back_disposal", "refused_disposal", "approved_disposal", "erased_copies"),
            *("placed_hold", "ended_hold", "changed_retention"),
        ),
        ("content_erased",),
    ),
    "cases": Group("Everything recorded in cases", (), None),
}
#: what is shown of an event that is about the record; of any other its name is enough, and the case has the rest
SHOWN = ("task", "to_name", "was", "version", "decided_by", "deadline", "reason")
A_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
LABELS = {"was": "was", "now": "is now", "to_name": "to", "address": "network address"}
FOR_MACHINES = frozenset({"group", "seal", "draft", "approved_seal", "request", "account"})


@dataclass(frozen=True)
class Line:
    """A line of the record as a page and a file show it. `reference` is of the case it is about, empty for none."""

    at: datetime
    who: str
    what: str
    about: str
    reference: str
    before: str
    after: str
    detail: str
    kind: str


def lines(found: Iterable[Recorded], names: Mapping[int, str]) -> list[Line]:
    """The record as a page shows it. `names`: everybody's, by id."""
    return [_line(one, names) for one in found]


def _line(one: Recorded, names: Mapping[int, str]) -> Line:
    said = one.said or {}
    about, reference = _about(one, names)
    before, after, detail = _of_act(said) if one.source == ACT else _of_event(one)
    return Line(one.at, _who(one), what(one), about, reference, before, after, detail, one.what)


def _who(one: Recorded) -> str:
    """Who did it: a person, on the command line also the account of the operating system."""
    account = str((one.said or {}).get("account") or "") if one.source == ACT else ""
    nobody = "The clock" if one.source != ACT else "" if account else "Nobody known"
    at_the_desk = f"{account} on the command line" if account else ""
    return ", ".join(text for text in (one.name or nobody, at_the_desk) if text)


def what(one: Recorded) -> str:
    """What was done: `Signed in`, `Acknowledgement sent`."""
    if one.source in (ACT, VIEW):
        return SAID.get(one.what) or wording.plain(one.what)
    return event_words.title(None, one.what)


def _about(one: Recorded, names: Mapping[int, str]) -> tuple[str, str]:
    """What it was done to, and the reference of the case where it was one."""
    kind, _, name = one.about.partition(" ")
    if one.source != ACT:
        return one.about, one.about
    if kind == "case" and name:
        return name, name
    if kind == "person" and name.isdecimal():
        return names.get(int(name), one.about), ""
    if kind.startswith("setting:"):
        return wording.plain(kind.removeprefix("setting:")), ""
    return one.about, ""


def people_named() -> dict[int, str]:
    """Everybody's name by id, read once in a request."""
    if "names_of_people" not in g:
        with current.database().reading() as tx:
            g.names_of_people = {row.id: row.name for row in people.people(tx)}
    found: dict[int, str] = g.names_of_people
    return found


def _of_act(said: Mapping[str, Any]) -> tuple[str, str, str]:
    """The value before, the value after, and the rest."""
    before, after = said.get("was"), said.get("now")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        before, after = ({key: one.get(key) for key in changed} for one in (before, after))
    rest = {key: value for key, value in said.items() if key not in ("was", "now") and key not in FOR_MACHINES}
    return _value(before), _value(after), _pairs(rest)


def _of_event(one: Recorded) -> tuple[str, str, str]:
    """Of an event about the record, what it says; a private answer that was corrected is only named."""
    said = one.said
    if said is None:
        return "", "", "" if one.source == VIEW else "What it said was erased."
    if one.what == TIMER_FIRED or one.what not in ABOUT_THE_RECORD:
        return "", "", ""
    if one.what == CORRECTED:
        return _corrected(said)
    shown = {key: said[key] for key in SHOWN if said.get(key) not in (None, "")}
    if one.what == MOVED:
        return _value(said.get("was")), _value(said.get("version")), _value(said.get("reason"))
    return "", "", _pairs(shown)


def _corrected(said: Mapping[str, Any]) -> tuple[str, str, str]:
    was, now = said.get("was_fields"), said.get("now_fields")
    was, now = (one if isinstance(one, Mapping) else {} for one in (was, now))
    before, after = _when(said.get("was_happened")), _when(said.get("now_happened"))
    moved = [(before or "struck out", after or "struck out")] if before != after else []
    for key, value in now.items():
        label = wording.plain(key)
        if event_words.is_private(key):
            moved.append((f"{label}: private", f"{label}: private, changed"))
        else:
            moved.append((f"{label}: {_value(was.get(key)) or 'nothing'}", f"{label}: {_value(value) or 'nothing'}"))
    name = event_words.title(None, str(said.get("event") or ""))
    detail = f"{name}. {_value(said.get('reason'))}"
    return "; ".join(one for one, _ in moved), "; ".join(one for _, one in moved), detail


def _when(value: object) -> str:
    return wording.happened(moment(str(value))) if value else ""


def _pairs(said: Mapping[str, Any]) -> str:
    return "; ".join(_pair(key, value) for key, value in said.items() if value not in (None, "", [], {}))


def _pair(key: str, value: Any) -> str:
    return f"{LABELS.get(key) or _label(key)}: {_value(value)}"


def _label(key: str) -> str:
    """A key in words; the path of a file is none."""
    return key if "/" in key or "." in key else wording.plain(key).lower()


def _value(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{_label(str(key))}: {_value(one) or 'nothing'}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value(one) for one in value)
    text = str(value)
    try:
        return wording.day(date.fromisoformat(text)) if A_DAY.fullmatch(text) else text
    except ValueError:
        return text
