"""The same figures by service area, channel, outcome, policy version and contractor."""

from __future__ import annotations

from dataclasses import replace

from engine import report_checks
from engine.report_names import Names, by_area, by_channel, by_contractor, by_outcome, by_stage, by_version
from engine.report_tables import Column, Group, Reading, Table, bars, count, share, table

TIMES = ["answered_in_time", "answered_extended", "answered_late"]
CODE = ["code_in_time", "code_extended", "code_late"]
COLUMNS: tuple[Column, ...] = (
    count("open_at_start", "Open at the start"),
    count("received", "Received"),
    count("closed", "Closed"),
    count("open_at_end", "Open at the end"),
    count("answered", "Answered"),
    count("answered_in_time", "In time"),
    count("answered_extended", "Extended"),
    count("answered_late", "Late"),
    count("answered_unpromised", "No date to keep"),
    share("Share in time", TIMES[:1], TIMES),
    share("Share in time or extended", TIMES[:2], TIMES),
    share("Share in the Code's times", CODE[:2], CODE),
)
NOTE = "A case counts once at each stage of ours that it reached. Choose a stage under Filter to count one alone."


def areas(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """By service area."""
    return [_by(reading, "areas", "By service area", by_area(names))], [NOTE]


def channels(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """By channel: how the complaint itself reached us."""
    return [_by(reading, "channels", "By channel", by_channel(names))], [NOTE]


def versions(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """By the policy version that governs the case now."""
    note = (
        "A case that was moved to another version, or whose day of receipt was corrected, counts under the one that "
        "governs it now."
    )
    return [_by(reading, "versions", "By policy version", by_version(names))], [NOTE, note]


def contractors(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """By contractor, with what was upheld: complaints that name none are left out of the chart, not of the table."""
    upheld = (count("upheld", "Upheld"), count("partly_upheld", "Partly upheld"), count("not_upheld", "Not upheld"))
    group = by_contractor(names)
    there = table(
        reading.own,
        "contractors",
        "By contractor",
        group,
        (*COLUMNS[:5], *upheld, *COLUMNS[9:]),
        check=report_checks.flow,
    )
    return [there], [NOTE, "The contractor is the last one a form of the case named; of an erased case none is kept."]


def outcomes(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """By outcome, and the outcomes of each stage."""
    columns = (COLUMNS[4], *COLUMNS[5:])
    by = table(
        reading.own, "outcomes", "By outcome", by_outcome(names), columns, check=report_checks.answers("answered_")
    )
    by = replace(by, rows=tuple(row for row in by.rows if row.numbers.get("answered") or row.is_total))
    decided = (
        count("answered", "Answered"),
        count("upheld", "Upheld"),
        count("partly_upheld", "Partly upheld"),
        count("not_upheld", "Not upheld"),
        count("no_outcome", "No outcome recorded"),
        share("Share upheld in full or part", ["upheld", "partly_upheld"], ["upheld", "partly_upheld", "not_upheld"]),
        count("went_on", "Went on to the next stage"),
        share("Share that went on", ["went_on"], ["answered"]),
    )
    stages = table(reading.own, "stages", "What was decided, by stage", by_stage(names), decided)
    stages = replace(stages, rows=tuple(row for row in stages.rows if row.numbers.get("answered")))
    drawn = bars(stages, "What was decided, by stage", ["Upheld", "Partly upheld", "Not upheld", "No outcome recorded"])
    return [drawn, by], ["The outcome is that of the answer at the stage that is counted."]


def _by(reading: Reading, key: str, title: str, group: Group) -> Table:
    there = table(reading.own, key, title, group, COLUMNS, check=report_checks.flow)
    answered = tuple(report_checks.answers("answered_")(row) for row in there.rows)
    there = replace(there, checks=(*there.checks, *answered))
    return bars(there, f"Answers {title[:1].lower()}{title[1:]}", ["In time", "Extended", "Late"])
