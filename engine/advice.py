"""What the policy's decision table says of a task's answers, beside what the person decides.

The table advises and never decides: each case is taken on its merits (Code 2.1, 2.5). Who decides otherwise says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine import expressions
from engine.events import RECEIVED, CaseEvent
from engine.policy import DecisionRow, PolicyVersion


def advised_row(version: PolicyVersion, table: str, values: Mapping[str, object]) -> DecisionRow | None:
    """The first row of a decision table that holds of these values; None where the version has no such table."""
    for row in version.decisions.get(table, ()):
        if expressions.holds(expressions.parse(row.when), values):
            return row
    return None


def case_values(events: Sequence[CaseEvent], complain_by: str | None) -> dict[str, object]:
    """What a condition may ask of the case itself: the complaint's own answers, and whether it came in time.

    `complain_by`: how the resident's window to complain stands, None where the version has none.
    """
    values: dict[str, object] = {}
    for event in events:
        if event.name == RECEIVED:
            values |= dict(event.fields)
            values["received"] = event.day.isoformat()
    if complain_by in {"met", "lapsed"}:
        values["is_in_time"] = complain_by == "met"
    return values


def why_otherwise(version: PolicyVersion, table: str, values: Mapping[str, object], decided: object) -> str:
    """A sentence asking why, where the table says otherwise than what was decided; empty where it agrees."""
    row = advised_row(version, table, values)
    if row is None or row.then == decided:
        return ""
    cites = ", ".join(str(cite) for cite in row.cites)
    where = f" ({cites})" if cites else ""
    said = row.because.rstrip(".")
    return f"The policy would say '{row.then.replace('_', ' ')}' here: {said}{where}. Say why you decide otherwise."
