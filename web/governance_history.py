"""How a case came under its version, line by line: the receipt, its corrections with both values, moves and undoing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.events import CORRECTED, MOVED, RECEIVED, CaseEvent, local_day, moment
from engine.governance import Governance
from web import wording


@dataclass(frozen=True)
class Line:
    """Something that bore on which version governs: what, who and why, and when it was written down. `before`: the day
    before that, where the case was known here then and something was changed."""

    what: str
    by: str
    reason: str
    recorded: datetime
    number: int
    before: date | None


def lines(found: Governance) -> Iterator[Line]:
    """Each event that bore on the version, in the order written down."""
    logged = local_day(found.changes[0].recorded) if found.changes else None
    for event in found.changes:
        before = local_day(event.recorded) - timedelta(days=1)
        is_known = event.name != RECEIVED and logged is not None and before >= logged
        by = event.text("decided_by") or event.by_name
        yield Line(_what(event), by, _reason(event), event.recorded, event.number, before if is_known else None)


def _what(event: CaseEvent) -> str:
    if event.name == RECEIVED:
        return f"Recorded as received on {wording.happened(event.happened)}."
    if event.name == CORRECTED:
        return _corrected(event)
    if event.name == MOVED:
        was = event.text("was")
        return f"Moved to {event.text('version')}{f' from {was}' if was else ''}."
    return "The last move was undone."


def _corrected(event: CaseEvent) -> str:
    was, now = (_moment(event.text(key)) for key in ("was_happened", "now_happened"))
    if not now:
        return f"The receipt was struck out. It had been recorded as {was or 'struck out before'}."
    if was == now:
        return "Answers of the complaint were corrected; its day of receipt stayed."
    return f"The day of receipt was corrected from {was or 'struck out'} to {now}."


def _moment(text: str) -> str:
    return wording.happened(moment(text)) if text else ""


def _reason(event: CaseEvent) -> str:
    return event.text("reason") if event.name != RECEIVED else ""
