"""The reports the compliance pages, files and the command line show: what each counts, and how it is said.

A report is worked out from measures at the moment it is asked for, over a period and a selection. What a figure counts
is in `engine.store.measure_figures`, how a measure comes about in `engine.measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine import report_breakdowns, report_due, report_flow, report_month, report_times, report_tsm
from engine.office import Office
from engine.refusals import Refused, Unknown
from engine.report_names import Names, names
from engine.report_periods import span_of
from engine.report_tables import Reading, Report, Table
from engine.store import measures as kept
from engine.store.database import Transaction
from engine.store.measure_counts import Selection

Build = Callable[[Reading, Names], tuple[list[Table], list[str]]]


@dataclass(frozen=True)
class Definition:
    """A report there is: its name in addresses, its title, what it counts, and how it is built.

    `is_of_today`: it is about the day we look and takes no period; `is_by_year`: its period is a reporting year.
    """

    name: str
    title: str
    says: str
    build: Build
    is_of_today: bool = False
    is_by_month: bool = False
    is_by_year: bool = False


REPORTS: Mapping[str, Definition] = {
    one.name: one
    for one in (
        Definition(
            "volumes",
            "How many complaints",
            "Complaints by stage: open when the period began, received, closed and open when it ended; and month by "
            "month. A stage begins on the day of receipt, or of the request for it, and is closed by its answer or, "
            "without one, by the end of the case.",
            report_flow.volumes,
        ),
        Definition(
            "timeliness",
            "Answered in time",
            "Acknowledgements and answers given in the period, by the times of the version that governs the case and "
            "by those of the edition of the Complaint Handling Code that measures it. Answers within an extension "
            "or after a holding reply stand apart.",
            report_times.timeliness,
        ),
        Definition(
            "monthly",
            "Monthly performance report",
            "What the 2018 policy asks to be told to the Operational Management Team each month (5.1): the complaints "
            "at each stage and the share answered in the target time, by service area and contractor, and the lessons.",
            report_month.monthly,
            is_by_month=True,
        ),
        Definition(
            "logging",
            "From receipt to logging",
            "How many calendar days passed between the day a complaint was received and the day it was logged.",
            report_flow.logging,
        ),
        Definition(
            "areas", "By service area", "Complaints and how they were answered, by service area.",
            report_breakdowns.areas,
        ),
        Definition(
            "channels", "By channel", "Complaints and how they were answered, by the way they reached us.",
            report_breakdowns.channels,
        ),
        Definition(
            "outcomes", "By outcome", "What was decided in the answers of the period, stage by stage.",
            report_breakdowns.outcomes,
        ),
        Definition(
            "versions", "By policy version", "Complaints and how they were answered, by the version that governs them.",
            report_breakdowns.versions,
        ),
        Definition(
            "contractors", "By contractor", "Complaints about contractors, by the contractor that was named.",
            report_breakdowns.contractors,
        ),
        Definition(
            "due", "Late and due soon", "What is open today: overdue, due soon or due later, and who has it.",
            report_due.due,
            is_of_today=True,
        ),
        Definition(
            "ch",
            "CH01 and CH02",
            "Two of the Regulator's tenant satisfaction measures for a reporting year, 1 April to 31 March: complaints "
            "for every 1,000 homes, and the share answered within the times of the Complaint Handling Code.",
            report_tsm.tsm,
            is_by_year=True,
        ),
    )
}  # fmt: skip


def definition(name: str) -> Definition:
    """A report by its name. Raises Unknown, naming those there are."""
    if name not in REPORTS:
        raise Unknown(f"There is no report '{name}'. There is: {', '.join(REPORTS)}.")
    return REPORTS[name]


def report(
    tx: Transaction, office: Office, name: str, selection: Selection, first: date, last: date, today: date
) -> Report:
    """Work a report out. Raises Unknown for a name there is not, Refused for a period that ends before it begins."""
    there = definition(name)
    if last < first:
        raise Refused("The period ends before it begins.")
    first, last = (today, today) if there.is_of_today else (first, last)
    span = span_of(office, first, last, today)
    tables, notes = there.build(Reading(tx, span, selection), names(tx, office))
    title = f"{there.title}: {report_month.title(span)}" if there.is_by_month else there.title
    made = Report(name, title, there.says, span, selection, tuple(tables), tuple(notes), kept.unmeasured_count(tx))
    return replace(made, is_of_today=there.is_of_today)
