"""Drafts for tests: begun, changed and brought to a point by who may."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine import drafting
from engine.drafting import Draft
from engine.events import moment
from engine.office import Office
from engine.rights import APPROVER, AUTHOR, Grant, Person
from engine.store.library import VersionRow
from tests.unit.casting import hired

POLICY, BASE, NEW = "council-housing", "two-stage-2024", "two-stage-2026"
TODAY = date(2026, 3, 2)  # a Monday
NOW = moment("2026-03-02T10:00")


def author(office: Office, name: str = "Ann Author") -> Person:
    return hired(office, name, Grant(POLICY, AUTHOR))


def approver(office: Office, name: str = "Bob Board") -> Person:
    return hired(office, name, Grant(POLICY, APPROVER))


def begun(
    office: Office, who: Person, *, version: str = NEW, in_force_from: date = date(2026, 4, 1), based_on: str = BASE
) -> Draft:
    return drafting.begin(office, POLICY, based_on, who, NOW, version=version, in_force_from=in_force_from)


def rewritten(office: Office, draft: Draft, who: Person, old: str, new: str, *, path: str = "") -> Draft:
    """The draft with the first of these words replaced in one of its files, its own by default."""
    place = path or draft.path
    text = draft.text(place).replace(old, new, 1).encode()
    assert text != draft.files[place]
    said = f"{old} becomes {new}"
    return drafting.change(office, draft.row.id, who, NOW, files={place: text}, numbers=draft.numbers, what=said)


def approved(office: Office, draft: Draft, who: Person, by: Person) -> None:
    drafting.ask_approval(office, draft.row.id, who, NOW)
    drafting.approve(office, draft.row.id, by, NOW, body="The Board", minute="Minute 12 of 2 March 2026")


def published(office: Office, *, reason: str = "", now: datetime = NOW, **begins: Any) -> VersionRow:
    """A version begun, approved by somebody else and published."""
    ann, bob = author(office, f"Ann {begins}"), approver(office, f"Bob {begins}")
    draft = begun(office, ann, **begins)
    approved(office, draft, ann, bob)
    return drafting.publish(office, draft.row.id, ann, now, in_force_from_reason=reason)
