"""The Code's own dates for one case: what the edition in force on the day of receipt would have asked for, and when.

A version's dates are held against them case by case, so that "worse than the Code" is a day that somebody waits longer,
not a comparison of two numbers. What an edition asks without a number of days is not measured here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.compliance import Shortfall, shortfalls
from engine.deadlines import Deadline, Ledger, ledger
from engine.events import CaseEvent, at
from engine.policy import DeadlineRule, MoreTime, PolicyVersion, Receipt, Within, bare, stage_of
from engine.replay import Rulebook
from engine.yardstick import Asked, Yardstick

#: what the Code's deadlines are met by
_MET_BY = {"acknowledgement": "acknowledged", "response": "response_sent"}
#: how the requirement of a deadline's extension says which deadline it is about
_MORE_TIME = "more_time"


@dataclass(frozen=True)
class Worse:
    """A date on which a version would leave the resident of one case worse off than the Code: the deadline, the last
    day the Code allows, and the version's own (None: it promises nothing there)."""

    key: str
    edition: str
    provision: str
    limit: date
    due: date | None


@dataclass(frozen=True)
class Measure:
    """The edition that measures a complaint: its title, the deadlines it sets by whole key, and the Code as if it were
    a version."""

    edition: str
    asked: Mapping[str, Asked]
    code: PolicyVersion


def measure_of(version: PolicyVersion, yardstick: Yardstick | None, received: date) -> Measure | None:
    """What a complaint received that day under a version is measured by; None before the first edition."""
    edition = yardstick.edition_on(received) if yardstick else None
    if yardstick is None or edition is None:
        return None
    asked = _asked_on(yardstick, received)
    return Measure(edition.title, asked, _as_version(version, asked, _more_time(yardstick, received)))


def other_shortfalls(version: PolicyVersion, yardstick: Yardstick | None, received: date) -> tuple[Shortfall, ...]:
    """Where the version itself, whatever the case, asks more of a resident than the Code of that day lets it: stages,
    reasons, gateways, windows. Its deadlines are measured case by case."""
    if yardstick is None:
        return ()
    dated = {each.key for each in yardstick.requirements if each.kind == "deadline"}
    return tuple(one for one in shortfalls(version, yardstick, received) if one.requirement not in dated)


def worse_than_the_code(
    book: Rulebook, measure: Measure, seen: Ledger, events: Sequence[CaseEvent], ended: date | None
) -> tuple[Worse, ...]:
    """Where the dates of a case, as `seen` under the version of `book`, lie after those of the Code. `ended`: the day
    the case ended, so that what was never owed is left out."""
    theirs = codes_ledger(book, measure, seen, events, ended)
    return tuple(_compared(seen, theirs, measure, events, book.version))


def codes_ledger(
    book: Rulebook, measure: Measure, seen: Ledger, events: Sequence[CaseEvent], ended: date | None
) -> Ledger:
    """The dates of a case by the edition that measures it, seen when `seen` was. `ended`: the day the case ended."""
    theirs = ledger(measure.code, events, at(seen.today), book.calendar, book.law_ended)
    return theirs.stopped_on(ended) if ended else theirs


def _compared(
    seen: Ledger, theirs: Ledger, measure: Measure, events: Sequence[CaseEvent], version: PolicyVersion
) -> Iterator[Worse]:
    reached = {stage_of(event.name) for event in events} | {version.stages[0].key if version.stages else ""}
    for key, demanded in theirs.deadlines.items():
        limit = allowed_until(demanded)
        if limit is None or demanded.state == "stopped" or stage_of(key) not in reached:
            continue
        ours = seen.deadlines.get(key)
        due = allowed_until(ours) if ours else None
        if ours is None or (due is not None and due > limit):
            yield Worse(key, measure.edition, measure.asked[key].provision, limit, due)


def allowed_until(deadline: Deadline) -> date | None:
    """The last day by the rule itself: with more time that was given inside its limits, without what went past them,
    which is a person's decision and no promise of the version."""
    inside = [given.to for given in deadline.more_time if not given.is_outside]
    return max(inside, default=deadline.original)


def _asked_on(yardstick: Yardstick, day: date) -> dict[str, Asked]:
    """The deadlines an edition sets in days, by whole key."""
    found = ((each.about, each.on(day)) for each in yardstick.requirements if each.kind == "deadline")
    return {about: asked for about, asked in found if asked and asked.within}


def _more_time(yardstick: Yardstick, day: date) -> dict[str, Within]:
    """How much more time an edition lets each deadline have."""
    found = ((each.about, each.on(day)) for each in yardstick.requirements if each.kind == _MORE_TIME)
    return {about: asked.at_most for about, asked in found if asked and isinstance(asked.at_most, Within)}


def _as_version(version: PolicyVersion, asked: Mapping[str, Asked], more_time: Mapping[str, Within]) -> PolicyVersion:
    """The Code as if it were a version, so that the same ledger counts for it: received on the day of arrival. More
    time was given by the event that the version has for it."""
    gives = {rule.key: rule.more_time.event for rule in version.deadlines if rule.more_time}
    rules = tuple(_rule(key, one, more_time.get(key), gives.get(key, "extension_given")) for key, one in asked.items())
    return replace(version, deadlines=rules, receipt=Receipt(), first_day_counts=False)


def _rule(key: str, asked: Asked, at_most: Within | None, event: str) -> DeadlineRule:
    assert asked.within is not None
    met_by = f"{stage_of(key)}.{_MET_BY.get(bare(key), bare(key))}"
    more = MoreTime(event, at_most) if at_most else None
    return DeadlineRule(key, asked.asks, asked.within, asked.of, met_by, more_time=more)
