"""Whether what was promised was done in time: by the version's times and by the Code's, more time apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine import report_checks
from engine.report_checks import answers
from engine.report_names import FIRST_STAGE, Names, by_stage
from engine.report_tables import Check, Column, Reading, Row, Table, average, bars, count, share, table


def kept_columns(prefix: str, whole: str, done: str) -> tuple[Column, ...]:
    """Done, in time, late, and the share in time."""
    parts = [f"{prefix}in_time", f"{prefix}late", f"{prefix}unpromised"]
    return (
        count(whole, done),
        count(parts[0], "In time"),
        count(parts[1], "Late"),
        count(parts[2], "No date to keep"),
        share("Share in time", parts[:1], parts[:2]),
    )


def answer_columns(prefix: str, whole: str = "answered") -> tuple[Column, ...]:
    """Answered, in time, extended and late, with the shares in time, and in time or extended."""
    of = [f"{prefix}{name}" for name in ("in_time", "extended", "late")]
    return (
        count(whole, "Answered"),
        count(of[0], "In time"),
        count(of[1], "Extended"),
        count(of[2], "Late"),
        count(f"{prefix}unpromised", "No date to keep"),
        share("Share in time", of[:1], of),
        share("Share in time or extended", of[:2], of),
    )


def timeliness(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """Acknowledgements, answers and panels of the period."""
    acks = kept_columns("ack_", "acknowledged", "Acknowledged")
    by_code = kept_columns("code_ack_", "acknowledged", "Acknowledged")
    late = (*answer_columns("answered_"), average("Days late on average", "days_late", "answered_late"))
    tables = [
        bars(
            _one(reading, names, "answers", "Answers, by the version's times", late, answers("answered_")),
            "Answers, by the version's times",
            ["In time", "Extended", "Late"],
        ),
        bars(
            _one(
                reading, names, "code-answers", "Answers, by the Code's times", answer_columns("code_"),
                answers("code_"),
            ),
            "Answers, by the Code's times",
            ["In time", "Extended", "Late"],
        ),
        _one(
            reading, names, "acknowledgements", "Acknowledgements, by the version's times", acks,
            report_checks.kept("ack_", "acknowledged", "acknowledged"),
        ),
        _one(
            reading, names, "code-acknowledgements", "Acknowledgements, by the Code's times", by_code,
            report_checks.kept("code_ack_", "acknowledged", "acknowledged"),
        ),
        _panels(reading, names),
    ]  # fmt: skip
    return [one for one in tables if one is not None], [
        "In time: by the end of the day the policy or the Code gives. Extended: after that day and by the end of the "
        "new one, which was told before the old one had passed. By the Code one notice counts, with "
        "a date no later than it allows; a second one, or one with a later date, leaves the answer due when it was.",
        "Where the version promises no date, or no edition of the Code that is kept here was in force on the day of "
        "receipt, there is no date to keep, and the answer stands in no share.",
        "Days late are calendar days after the last day that was due.",
    ]


def _one(
    reading: Reading, names: Names, key: str, title: str, columns: tuple[Column, ...], check: Callable[[Row], Check]
) -> Table:
    there = table(reading.own, key, title, by_stage(names), columns, always=[FIRST_STAGE], check=check)
    done = columns[0].figure
    rows = tuple(row for row in there.rows if row.numbers.get(done) or row.select.get("stage") == "1-stage_1")
    lines = tuple(row for row in rows if not row.is_total)
    kept = rows if len(lines) > 1 else lines
    shown = {row.title for row in kept}
    return replace(there, rows=kept, checks=tuple(one for one in there.checks if one.about in shown))


def _panels(reading: Reading, names: Names) -> Table | None:
    columns = kept_columns("panel_", "panel_met", "Panels met")
    check = report_checks.kept("panel_", "panel_met", "panels met")
    there = table(reading.own, "panels", "Panels, by the version's times", by_stage(names), columns, check=check)
    return there if there.rows else None
