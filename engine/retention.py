"""Retention: how long after it closed a case's personal content is kept, by class.

None of the source documents gives a period (domain notes, E), so none is shipped: a records keeper of the landlord
enters them, and until then nothing of that class is ever due to be erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import KEEPER, Person
from engine.store import acts, settings
from engine.store.database import Transaction

SETTING = "retention"
CHANGED = "changed_retention"
MOST_DAYS = 36_525  # a hundred years
FEWEST_DAYS = 30

OUTSIDE, NO_COMPLAINT, WITHDRAWN, LATER, FIRST = "outside", "no_complaint", "withdrawn", "later_stage", "first_stage"
#: the classes and their titles; a case is of the first that fits it
CLASSES: Mapping[str, str] = {
    OUTSIDE: "Went to the Ombudsman or another body outside",
    NO_COMPLAINT: "Found to be no complaint",
    WITHDRAWN: "Withdrawn by the resident",
    LATER: "Went past the first stage",
    FIRST: "Ended at the first stage",
}


@dataclass(frozen=True)
class Period:
    """How long a class of a landlord's cases is kept: days after closing, None while nobody decided."""

    policy: str
    key: str
    days: int | None

    @property
    def title(self) -> str:
        return CLASSES[self.key]

    def closed_by(self, today: date) -> date | None:
        """The last day of closing that is due today; None where no period was decided."""
        return None if self.days is None else today - timedelta(days=self.days)


def periods(tx: Transaction, policy: str) -> list[Period]:
    """The periods of a landlord, a line for each class."""
    kept = settings.get(tx, SETTING, {}).get(policy, {})
    return [Period(policy, key, kept.get(key)) for key in CLASSES]


def change(office: Office, who: Person, policy: str, given: Mapping[str, str], reason: str, now: datetime) -> None:
    """Decide the periods of a landlord, in days for each class, empty for none. Recorded with what stood before.

    Raises Refused for who is no records keeper of it, BadAnswers for what is no number of days, without a reason, or
    where nothing changes.
    """
    if policy not in who.records_policies(KEEPER):
        raise Refused("Only a records keeper of this landlord decides how long its cases are kept.")
    errors: dict[str, str] = {}
    wanted = {key: days for key in CLASSES if (days := _days(given.get(key, ""), key, errors)) is not None}
    if not reason.strip():
        errors["reason"] = "Say why, or who decided it."
    with office.database.writing() as tx:
        everything = settings.get(tx, SETTING, {})
        was = everything.get(policy, {})
        if not errors and was == wanted:
            errors["reason"] = "That is what stands already."
        if errors:
            raise BadAnswers(errors)
        settings.put(tx, SETTING, {**everything, policy: wanted})
        detail: dict[str, object] = {
            "was": {key: was.get(key) for key in CLASSES},
            "now": {key: wanted.get(key) for key in CLASSES},
        }
        detail["reason"] = reason.strip()
        acts.record_act(tx, int(who.id), what=CHANGED, about=policy, now=now, detail=detail)


def _days(text: str, key: str, errors: dict[str, str]) -> int | None:
    plain = text.replace(",", "").strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 7 and FEWEST_DAYS <= int(plain) <= MOST_DAYS):
        errors[key] = f"Enter a number of days from {FEWEST_DAYS} to {MOST_DAYS:,}, or nothing."
        return None
    return int(plain)
