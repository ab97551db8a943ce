"""The words of what reports group by: stages, versions, areas, channels, outcomes, as people know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.measures import FIRST, is_a_step
from engine.office import Office
from engine.policy import PolicyVersion
from engine.report_tables import Group
from engine.store import people
from engine.store.database import Transaction
from engine.store.measure_counts import NONE, Key

CHANNELS = {
    "phone": "Telephone", "email": "E-mail", "online": "Online form", "post": "Letter", "in_person": "In person",
    "text": "Text message", "social_media": "Social media", "feedback_form": "Feedback form",
}  # fmt: skip
OUTCOMES = {"upheld": "Upheld", "partly_upheld": "Partly upheld", "not_upheld": "Not upheld"}
ENDINGS = {
    "answered": "Answered", "withdrawn": "Withdrawn", "refused": "Refused", "service_request": "A service request",
    "comment": "A comment", "compliment": "A compliment", "closed": "Closed", "satisfied": "Settled",
}  # fmt: skip
TENURES = {"rental": "Low-cost rental", "ownership": "Low-cost home ownership", "other": "Outside both groups"}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Names:
    """The words of one installation: its versions and areas."""

    office: Office
    areas: Mapping[str, str]

    @cached_property
    def versions(self) -> dict[int, PolicyVersion]:
        """Every sealed version by its id, withdrawn ones too."""
        return {one.id: one.book.version for one in self.office.shelved.values() if one.id is not None}

    @property
    def policies(self) -> dict[str, str]:
        return self.office.policies()

    def version(self, key: Key) -> str:
        """A version by its policy and id: the landlord's name and the version's."""
        found = self.versions.get(key[1]) if key[1] is not None else None
        landlord = self.policies.get(key[0], str(key[0]))
        return f"{landlord}, {found.version}" if found else f"{landlord}, no version"

    def stage(self, key: Key) -> str:
        """A stage by its place and key: the title the versions give it there."""
        place, stage = key
        if not place:
            return "The Ombudsman, at any time"
        titles = [one.stages[place - 1].title for one in self.versions.values() if _has(one, place, stage)]
        return " / ".join(dict.fromkeys(titles)) or str(stage).replace("_", " ").capitalize()

    def area(self, key: Key) -> str:
        return self.areas.get(key[0], str(key[0])) if key[0] else "Not decided"


def names(tx: Transaction, office: Office) -> Names:
    """The words of an installation."""
    return Names(office, people.areas(tx))


def _has(version: PolicyVersion, place: int, stage: str) -> bool:
    found = version.stages[place - 1] if place <= len(version.stages) else None
    return found is not None and found.key == stage and is_a_step(version, found)


def from_words(words: Mapping[str, str], missing: str) -> Callable[[Key], str]:
    """The words of a value, or for none."""
    return lambda key: words.get(str(key[0]), str(key[0])) if key[0] else missing


def _one(name: str) -> Callable[[Key], Mapping[str, str]]:
    return lambda key: {name: str(key[0]) if key[0] not in (None, "") else NONE}


def stage_select(key: Key) -> dict[str, str]:
    """A stage as a selection names it."""
    return {"stage": f"{key[0]}-{key[1]}"}


def by_stage(there: Names) -> Group:
    """By stage, in the order of their places."""
    return Group("stage", "Stage", there.stage, stage_select, lambda key: f"{key[0] or 999:03} {key[1]}")


def by_area(there: Names) -> Group:
    return Group("area", "Service area", there.area, _one("area"), lambda key: (not key[0], there.area(key)))


def by_channel(there: Names) -> Group:
    return Group("channel", "Channel", from_words(CHANNELS, "Not recorded"), _one("channel"))


def by_outcome(there: Names) -> Group:
    return Group("outcome", "Outcome", from_words(OUTCOMES, "No outcome recorded"), _one("outcome"))


def by_contractor(there: Names) -> Group:
    return Group("contractor", "Contractor", from_words({}, "None named"), _one("contractor"))


def by_tenure(there: Names) -> Group:
    return Group("tenure", "Connection", from_words(TENURES, "Not recorded"), _one("tenure"))


def by_version(there: Names) -> Group:
    """By policy version; those of one landlord stand together."""

    def select(key: Key) -> Mapping[str, str]:
        return {"policy": str(key[0]), "version": str(key[1]) if key[1] is not None else NONE}

    return Group("version", "Policy version", there.version, select, there.version)


def by_policy(there: Names) -> Group:
    return Group("policy", "Landlord", from_words(there.policies, "None"), _one("policy"))


def month(text: str) -> str:
    """`2024-05` as `May 2024`."""
    year, _, number = text.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"


FIRST_STAGE: Key = (1, FIRST)
