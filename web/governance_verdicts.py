"""Whether each promise of a case was kept, in a mark and a sentence: what the page of its governance says first.

Everything is said of the day the case is seen on; nothing here asks what day it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine import date_reasons
from engine.deadlines import Deadline
from engine.governance import Demand, Governance
from engine.policy import bare, stage_of
from engine.working_days import OutsideCalendar, WorkingDays
from web import names, wording

#: what has been done, for a sentence about a deadline: in time, late, not done
DOES = {
    "acknowledgement": ("acknowledged", "the acknowledgement"),
    "response": ("answered", "the answer"),
    "panel": ("heard by the panel", "the panel meeting"),
}


@dataclass(frozen=True)
class Verdict:
    """Whether one demand of a stage was kept, in a mark and a sentence, and what else has to be known of it."""

    mark: str
    colour: str
    sentence: str
    but: tuple[str, ...] = ()


def stages(found: Governance) -> Iterator[tuple[str, tuple[Verdict, ...]]]:
    """The stages the case has come to, each with what was promised at it; the first stage always."""
    version = found.version
    if version is None:
        return
    demands = {one.deadline.key: one for one in found.demands}
    reached = {stage_of(event.name) for event in found.file.events} | {found.file.standing.stage}
    for place, stage in enumerate(version.stages):
        if stage.is_external or (place and stage.key not in reached):
            continue
        own = [demands[key] for key in found.ledger.deadlines if stage_of(key) == stage.key]
        judged = (one for one in own if not one.deadline.rule.is_window and one.deadline.state)
        yield stage.title, tuple(_verdict(found, one) for one in judged)


def later(days: WorkingDays, start: date, end: date, word: str = "later") -> str:
    """How much later a day is: `2 working days later`, or so many days of which none is a working day; by the days of
    the week where the calendar does not reach."""
    plain = f"{wording.count((end - start).days, 'day')} {word}"
    try:
        working = days.between(start, end)
    except OutsideCalendar:
        return plain
    return f"{wording.count(working, 'working day')} {word}" if working else f"{plain}, none of them a working day"


def _verdict(found: Governance, demand: Demand) -> Verdict:
    """Whether a demand was kept, as it stood on the day seen."""
    assert found.version is not None  # a demand is one of a version
    one = demand.deadline
    stage = names.stage(found.version, stage_of(one.key))
    stage = f"{stage}," if ", " in stage else stage
    does, noun = DOES.get(bare(one.key), (f"done ({names.deadline(found.version, one.key)})", "it"))
    if one.due is None:
        return Verdict("Not started", "grey", f"{stage}: {noun} has no date yet.")
    moved = f", first due on {wording.day(one.original)} and extended" if one.more_time and one.original else ""
    due = f"{wording.day(one.due)}{moved}"
    if one.met is None:
        return _not_done(one, found.file.standing.ended, stage, does, noun, due)
    done, but = wording.day(one.met), tuple(_but(found, demand))
    if one.state == "met":
        return Verdict("In time", "green", f"{stage} was {does} in time: due on {due}, done on {done}.", but)
    late = later(found.ledger.days, one.due, one.met, "late")
    return Verdict("Late", "red", f"{stage} was not {does} in time: due on {due}, done on {done}, {late}.", but)


def _not_done(one: Deadline, ended: date | None, stage: str, does: str, noun: str, due: str) -> Verdict:
    if one.state == "overdue":
        never = f"not done before the case ended on {wording.day(ended)}" if ended else "not done yet"
        return Verdict("Not in time", "red", f"{stage} was not {does} in time: due on {due}, and {never}.")
    if one.state == "stopped":
        over = f" on {wording.day(ended)}" if ended else ""
        said = f"{stage}: {noun} was due on {due}, and the case ended{over}, before that day was over."
        return Verdict("No longer owed", "grey", said)
    if one.is_expected:
        said = f"{stage}: {noun} is expected by {due}, once what starts it is done."
        return Verdict("Not started", "grey", said)
    return Verdict("Running", "blue", f"{stage} is to be {does} by {due}; that day has not passed.")


def _but(found: Governance, demand: Demand) -> Iterator[str]:
    """What makes the day it was due or done another than people knew at the time."""
    if demand.due_then is not None:
        then = wording.day(demand.due_then)
        yield f"By the calendar known on the day it was done, it was due on {then}."
    if demand.done is not None:
        for said in date_reasons.corrections_of(found.file.record, demand.done.number, of_its_day=True):
            yield f"When it was done: {said[:1].lower()}{said[1:]}"
