"""The monthly performance report, as section 5.1 of the 2018 policy asks for it (SEH18-5.1-MONTHLY; domain section E).

"Whether a reply within a holding date counts as in target is not stated": both shares are shown. It closes with the
latest checkpoint of the record, so that the printed report is a copy of it outside the database.
"""

from __future__ import annotations

from dataclasses import replace

from engine import case_files, evidence, report_checks
from engine.measures import has_lesson
from engine.record import standing_events
from engine.refusals import Erased
from engine.report_flow import flow_by_stage
from engine.report_names import FIRST_STAGE, Names, by_area, by_contractor, by_stage, month
from engine.report_periods import month_of
from engine.report_tables import Cell, Column, Reading, Row, Table, average, bars, count, share, table
from engine.report_times import answer_columns, kept_columns
from engine.store import cases as stored
from engine.store import measure_counts
from engine.store.measure_counts import Line
from engine.store.measure_figures import Span
from engine.wordings import day_in_words

MOST_LESSONS = 200
SHORT = (
    count("received", "Received"),
    count("answered", "Answered"),
    count("answered_in_time", "In the original target"),
    count("answered_extended", "In an extended target"),
    count("answered_late", "Late"),
    share(
        "Share in the original target", ["answered_in_time"], ["answered_in_time", "answered_extended", "answered_late"]
    ),
)


def title(span: Span) -> str:
    """`June 2024`, or the days where the period is no month."""
    if (span.first, span.last) == month_of(span.first):
        return month(f"{span.first:%Y-%m}")
    return f"{day_in_words(span.first)} to {day_in_words(span.last)}"


def monthly(reading: Reading, names: Names) -> tuple[list[Table], list[str]]:
    """The month in five tables, and its lessons."""
    own, stages = reading.own, by_stage(names)
    targets = (
        *answer_columns("answered_"),
        average("Days late on average", "days_late", "answered_late"),
        count("went_on", "Went on to the next stage"),
        share("Escalation rate", ["went_on"], ["answered"]),
    )
    acks = kept_columns("ack_", "acknowledged", "Acknowledged")
    tables = [
        flow_by_stage(reading, names),
        table(
            own, "acknowledgements", "Acknowledged in time", stages, acks, always=[FIRST_STAGE],
            check=report_checks.kept("ack_", "acknowledged", "acknowledged"),
        ),
        bars(
            table(
                own, "answers", "Answered in the target time", stages, targets, always=[FIRST_STAGE],
                check=report_checks.answers("answered_"),
            ),
            "Answered in the target time",
            ["In time", "Extended", "Late"],
        ),
        table(own, "areas", "By service area", by_area(names), SHORT, check=report_checks.answers("answered_")),
        _contractors(own, names),
        _lessons(reading, names),
    ]  # fmt: skip
    checkpoint = evidence.latest_checkpoint(reading.tx)
    return tables, [
        "In time: in the version's own time. Extended: within the date of an extension or holding reply that was told "
        "in time. The policy does not say whether such an answer counts as in target, so both shares are shown.",
        "Escalation rate: of the answers given, those that have gone on to a next stage of ours since. A request "
        "that was refused does not count.",
        "Lessons: of the answers given, those whose lesson says more than that there is none.",
        *([f"Latest checkpoint of the record: {checkpoint}"] if checkpoint else []),
    ]


def _contractors(reading: Reading, names: Names) -> Table:
    found = table(reading, "contractors", "By contractor", by_contractor(names), SHORT, with_total=False)
    rows = tuple(row for row in found.rows if row.select.get("contractor") != measure_counts.NONE)
    return replace(found, rows=rows, says="Complaints in which a contractor is named.")


def _lessons(reading: Reading, names: Names) -> Table:
    lines = measure_counts.page_of(reading.tx, "with_lesson", reading.span, reading.own.selection, size=MOST_LESSONS)
    rows = tuple(
        Row(line.reference, (_text(names.stage((line.measure.place, line.measure.stage))), _text(text)),
            reference=line.reference)
        for line in lines.lines
        if not line.restricted and (text := _lesson(reading, line))
    )  # fmt: skip
    says = f"The first {MOST_LESSONS} are listed." if lines.after else "What the answers of the month say we learn."
    return Table("lessons", "Lessons", "Case", (Column("Stage", "text"), Column("Lesson", "text")), rows, says)


def _text(words: str) -> Cell:
    return Cell(words, kind="text")


def _lesson(reading: Reading, line: Line) -> str:
    """What the answer at that stage says was learned, as it stands now."""
    row = stored.load_case(reading.tx, line.case_id)
    try:
        events = standing_events(case_files.record_of(reading.tx, row)) if row else []
    except Erased:
        return "Erased, with what else was said in the case."
    sent = next((event for event in events if event.name == f"{line.measure.stage}.response_sent"), None)
    return sent.text("lesson") if sent and has_lesson(sent) else ""
