"""Reading a case's record: what stands once corrections are applied, and which version people moved the case to.

The record itself is append-only (law 3). A correction names the event it mends by its number, with both values and a
reason; striking an event out (a mistaken withdrawal, an act on the wrong case) leaves it in the record and out of what
stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.events import ABOUT_THE_RECORD, CORRECTED, MOVE_UNDONE, MOVED, RECEIVED, CaseEvent, moment
from engine.policy import PolicyVersion, governing


@dataclass(frozen=True)
class Correction:
    """A mend of one event: `happened` None strikes it out; `fields` are the values that replace the recorded ones."""

    number: int
    happened: datetime | None
    fields: Mapping[str, object]
    reason: str
    by_name: str
    recorded: datetime


@dataclass(frozen=True)
class Governing:
    """Which version governs a case and why, in a sentence; `version` is None where a person has yet to choose."""

    version: PolicyVersion | None
    why: str


def corrections(record: Iterable[CaseEvent]) -> list[Correction]:
    """Every correction in the record, in the order recorded."""
    return [_correction(event) for event in record if event.name == CORRECTED]


def standing_events(record: Sequence[CaseEvent]) -> list[CaseEvent]:
    """What happened, in the order it happened, with corrections applied and acts about the record left out."""
    mends: dict[int, list[Correction]] = {}
    for correction in corrections(record):
        mends.setdefault(correction.number, []).append(correction)
    standing = []
    for event in record:
        if event.name in ABOUT_THE_RECORD:
            continue
        mended = _mended(event, mends.get(event.number, ()))
        if mended is not None:
            standing.append(mended)
    return sorted(standing, key=lambda event: (event.happened, event.number))


def received_on(standing: Iterable[CaseEvent]) -> date | None:
    """The local day of receipt that stands."""
    return next((event.day for event in standing if event.name == RECEIVED), None)


def governed_by(
    record: Sequence[CaseEvent], versions: Sequence[PolicyVersion], known_from: Mapping[str, datetime] | None = None
) -> Governing:
    """The version that governs: the one people moved the case to, else the one in force on the day of receipt.

    `known_from`: from when on complaints that are logged may fall under a version, by its key. So a version published
    later, from whatever day, takes in no case that was there already (law 4).
    """
    moves: list[CaseEvent] = []
    receipt = [event for event in record if event.name in (RECEIVED, CORRECTED)]
    for event in record:
        if event.name == MOVED:
            moves.append(event)
        elif event.name == MOVE_UNDONE and moves:
            moves.pop()
    received = received_on(standing_events(receipt))
    logged = next((event.recorded for event in record if event.name == RECEIVED), None)
    there = [one for one in versions if not (known_from and logged and known_from.get(one.key, logged) > logged)]
    by_receipt = governing(there, received) if received else None
    if moves:
        return _moved(moves[-1], versions, by_receipt)
    if by_receipt is None:
        began = min((version.in_force_from for version in versions), default=None)
        first = f" The first version began on {_long(began)}." if began else ""
        return Governing(None, f"No version of the policy was in force on {_long(received)}.{first}")
    return Governing(
        by_receipt,
        f"Received on {_long(received)}; {by_receipt.version} is in force from {_long(by_receipt.in_force_from)}.",
    )


def _moved(move: CaseEvent, versions: Sequence[PolicyVersion], by_receipt: PolicyVersion | None) -> Governing:
    chosen = next((version for version in versions if version.version == move.text("version")), None)
    who = move.text("decided_by") or move.by_name
    verb = "moved it to" if by_receipt else "placed it under"
    reason = move.text("reason").rstrip(".") or "no reason given"
    return Governing(chosen, f"{who} {verb} {move.text('version')} on {_long(move.day)}: {reason}.")


def _correction(event: CaseEvent) -> Correction:
    happened = event.text("now_happened")
    fields = event.fields.get("now_fields")
    return Correction(
        number=int(event.text("number") or 0),
        happened=moment(happened) if happened else None,
        fields=fields if isinstance(fields, Mapping) else {},
        reason=event.text("reason"),
        by_name=event.by_name,
        recorded=event.recorded,
    )


def _mended(event: CaseEvent, mends: Iterable[Correction]) -> CaseEvent | None:
    mended: CaseEvent | None = event
    for mend in mends:
        if mend.happened is None:
            mended = None
        else:
            mended = replace(event if mended is None else mended, happened=mend.happened)
            mended = replace(mended, fields={**mended.fields, **mend.fields})
    return mended


def _long(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "an unknown day"
