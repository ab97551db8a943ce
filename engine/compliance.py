"""Holding a policy version against the Complaint Handling Code: the yardstick, its requirements by date, shortfalls.

A shortfall is where a version promises less than the edition of the Code in force on a day asks for. It is never a
problem with the file: the legacy versions fall short on purpose, and people should see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from engine.policy import DeadlineRule, PolicyVersion, Stage, Within, bare, stage_of
from engine.yardstick import KINDS, Asked, Edition, Requirement, Sure, Yardstick, read_yardstick

__all__ = ["Asked", "Edition", "Requirement", "Shortfall", "Sure", "Yardstick", "read_yardstick", "shortfalls"]

#: what the Code's own deadlines are met by, to trace a clock that starts when another one ends
_MET_BY = {"acknowledgement": "acknowledged", "response": "response_sent"}
_DAYS = {"working days": 7 / 5, "days": 1.0, "weeks": 7.0, "months": 365 / 12}
_PEOPLE = {"mp": "Member of Parliament"}
_WHAT_IS_TOLD = {"reason": "the reason", "new_date": "the new date", "ombudsman_contact": "how to reach the Ombudsman"}


@dataclass(frozen=True)
class Shortfall:
    """Where a version promises less than the Code asks: the provision, both sides in words, and how sure we are."""

    requirement: str
    title: str
    edition: str
    provision: str
    asks: str
    promises: str
    sure: Sure

    def __str__(self) -> str:
        return f"{self.edition}, {self.provision}: {self.asks} This version: {self.promises} ({self.sure})"


#: the deadlines the Code sets on a day, by whole key
Demands = Mapping[str, Asked]


def shortfalls(version: PolicyVersion, yardstick: Yardstick, on: date) -> tuple[Shortfall, ...]:
    """Where the version promises less than the edition of the Code in force on that day; empty before the first."""
    edition = yardstick.edition_on(on)
    if edition is None:
        return ()
    demands = {each.about: now for each in yardstick.requirements if each.kind == "deadline" and (now := each.on(on))}
    found = []
    for each in yardstick.requirements:
        now = each.on(on)
        promises = _MEASURES[each.kind](version, demands, each.about, now) if now else None
        if now and promises:
            found.append(Shortfall(each.key, each.title, edition.title, now.provision, now.asks, promises, now.sure))
    return tuple(found)


def _deadline(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    rule = version.deadline(about)
    if rule is None:
        return f"It promises no {_words(about)}."
    if asked.within is None:
        return None
    if rule.of == asked.of:
        late = _days(rule.within) > _days(asked.within)
        return f"It promises {rule.within} of {_words(rule.of)}." if late else None
    ours, theirs = _traced_promise(version, rule), _traced_demand(demands, asked)
    if ours[0] != theirs[0] or ours[1] > theirs[1]:
        return f"It promises {rule.within}, counted from {_words(rule.of)} and not from {_words(asked.of)}."
    return None


def _more_time(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    rule = version.deadline(about)
    more = rule.more_time if rule else None
    if more is None:
        return None
    if more.at_most is None:
        return f"It allows more time for the {_words(about)} without a limit."
    if isinstance(asked.at_most, Within) and _days(more.at_most) > _days(asked.at_most):
        return f"It allows {more.at_most} more for the {_words(about)}."
    untold = [_WHAT_IS_TOLD.get(what, what) for what in asked.tell_resident if what not in more.tell_resident]
    return f"The notice need not give {' or '.join(untold)}." if untold else None


def _window(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    rule = version.deadline(about)
    if rule is None or not isinstance(asked.at_least, Within) or _days(rule.within) >= _days(asked.at_least):
        return None
    return f"It gives {rule.within} of {_words(rule.of)}."


def _stages(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    own = [stage for stage in version.stages if not stage.is_external]
    if not isinstance(asked.at_most, int) or len(own) <= asked.at_most:
        return None
    return f"It has {len(own)} stages of its own: {', '.join(stage.title for stage in own)}."


def _ombudsman_wait(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    rule = version.deadline(about)
    return None if rule is None else f"It makes the resident wait {rule.within} of {_words(rule.of)}."


def _designated_person(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    gates = [stage for stage in version.stages if stage.designated_person]
    if not gates:
        return None
    named = dict.fromkeys(person for stage in gates for person in stage.designated_person)
    people = ", ".join(_PEOPLE.get(person, person.replace("_", " ")) for person in named)
    return f"It sends the resident to a designated person first: {people}."


def _reasons(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    demanding = [rule for rule in version.rules.values() if rule.settings.get("reasons_required") is True]
    if not demanding:
        return None
    stages = [_stage(version, str(rule.settings.get("stage", ""))) for rule in demanding]
    titles = ", ".join(stage.title for stage in stages if stage)
    return f"It demands reasons before it opens {titles or 'the next stage'}."


def _another_person(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    stage = _stage(version, about)
    if stage is None:
        return f"It has no {_words(about)}."
    missing = [other for other in asked.not_the_same_person_as if other not in stage.not_the_same_person_as]
    if not missing:
        return None
    return f"{stage.title} may be considered by whoever considered {', '.join(map(_words, missing))}."


def _channels(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    count = len(version.channels)
    if not isinstance(asked.at_least, int) or count >= asked.at_least:
        return None
    return f"It names {count} {'way' if count == 1 else 'ways'} to complain."


def _by_hand(version: PolicyVersion, demands: Demands, about: str, asked: Asked) -> str | None:
    """What a person has to look at: listed with the Code, never measured."""
    return None


#: how a version is compared with a requirement, by the requirement's `kind`
_MEASURES: Mapping[str, Callable[[PolicyVersion, Demands, str, Asked], str | None]] = {
    "deadline": _deadline,
    "more_time": _more_time,
    "window": _window,
    "stages": _stages,
    "ombudsman_wait": _ombudsman_wait,
    "designated_person": _designated_person,
    "reasons": _reasons,
    "another_person": _another_person,
    "channels": _channels,
    "by_hand": _by_hand,
}
if set(_MEASURES) != set(KINDS):
    raise AssertionError("Every kind of requirement needs its measure, and every measure its kind.")


def _days(within: Within) -> float:
    """A length in calendar days, near enough to compare promises by: five working days are a week."""
    return within.count * _DAYS[within.unit]


def _traced_promise(version: PolicyVersion, rule: DeadlineRule) -> tuple[str, float]:
    """The event a promise rests on when each clock before it runs to its own end, and the days in all."""
    start, days, seen = rule.of, _days(rule.within), {rule.key}
    while (before := next((each for each in version.deadlines if each.met_by == start), None)) is not None:
        if before.key in seen or before.is_window:
            break
        seen.add(before.key)
        start, days = before.of, days + _days(before.within)
    return start, days


def _traced_demand(demands: Mapping[str, Asked], asked: Asked) -> tuple[str, float]:
    """The same for what the Code asks for."""
    met_by = {f"{stage_of(key)}.{_MET_BY.get(bare(key), bare(key))}": each for key, each in demands.items()}
    start, days, seen = asked.of, _days(asked.within) if asked.within else 0.0, {asked.of}
    while (before := met_by.get(start)) is not None and before.within is not None and before.of not in seen:
        seen.add(before.of)
        start, days = before.of, days + _days(before.within)
    return start, days


def _stage(version: PolicyVersion, key: str) -> Stage | None:
    return version.stage(key) if version.has_stage(key) else None


def _words(name: str) -> str:
    """An event's or deadline's name as people say it: `stage_1.acknowledged` is 'stage 1 acknowledged'."""
    return name.replace("_", " ").replace(".", " ")
