"""CH01 and CH02 by reporting year: what is defined for which year, the homes entered, and what CH02 divides by.

An administrator enters homes and chooses: whoever audits the figures changes nothing that goes into them, and homes are
no case, which an administrator may not read. Every change is an act in the record, with the old and the new value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.report_periods import YEAR_BEGINS
from engine.rights import Person
from engine.store import acts, reporting_years
from engine.store.reporting_years import YearRow

ENTERED = "entered_homes"
RECEIVED, ANSWERED = "received", "answered"
#: what CH02 may be divided by. The sources differ (domain B5): the Regulator's text, as remembered, says received; a
#: public glossary says responded to. Both counts are always shown, and somebody checks the paragraph before use.
DIVIDES_BY = {RECEIVED: "Complaints received in the year", ANSWERED: "Complaints answered in the year"}
USUAL = RECEIVED
MOST_HOMES = 10_000_000
FIRST_YEAR, LAST_YEAR = 2013, 2099


@dataclass(frozen=True)
class MeasureYear:
    """From which reporting year on a definition holds, and what is to know of it."""

    begins: date
    says: str


#: the Regulator's definitions by year (domain B5). A later one is added here, and the years before keep theirs.
DEFINED = (
    MeasureYear(
        date(2023, 4, 1),
        "Tenant satisfaction measures as first published: complaints and times by the Complaint Handling Code of 2022.",
    ),
    MeasureYear(
        date(2024, 4, 1),
        "As amended on 15 March 2024: complaints and times by the Complaint Handling Code of 2024. A complaint is "
        "measured by the edition in force on its day of receipt.",
    ),
    MeasureYear(
        date(2026, 4, 1),
        "As amended on 15 March 2024. A draft direction of 9 December 2025 would replace the present documents from "
        "1 October 2026; its final text has not been seen, so check it before these figures are published.",
    ),
)


def defined_for(begins: date) -> str:
    """What is to know of the measures of a reporting year."""
    found = [one for one in DEFINED if one.begins <= begins]
    return (
        found[-1].says
        if found
        else "The Regulator's measures did not yet exist in this year; they are worked out as in the first."
    )


def first_day(year: int) -> date:
    """The first day of the reporting year that begins in that calendar year."""
    return date(year, *YEAR_BEGINS)


def empty(policy: str, begins: date) -> YearRow:
    """A year nobody entered anything for."""
    return YearRow(policy, begins, None, None, USUAL)


def enter(office: Office, who: Person, policy: str, begins: date, given: Mapping[str, Any], now: datetime) -> YearRow:
    """Enter the homes of a landlord's year and what CH02 divides by. Raises Refused for who is no administrator, and
    BadAnswers for numbers that are none, or where nothing changes."""
    if not who.is_administrator:
        raise Refused("Only an administrator enters homes.")
    if policy not in office.policies() or (begins.month, begins.day) != YEAR_BEGINS:
        raise Refused("There is no such reporting year.")
    errors: dict[str, str] = {}
    homes = [_homes(given, name, errors) for name in ("homes_rental", "homes_ownership")]
    divides_by = str(given.get("divides_by") or "")
    if divides_by not in DIVIDES_BY:
        errors["divides_by"] = "Choose what CH02 is divided by."
    wanted = YearRow(policy, begins, homes[0], homes[1], divides_by)
    with office.database.writing() as tx:
        was = reporting_years.year(tx, policy, begins) or empty(policy, begins)
        if not errors and was == wanted:
            errors["homes_rental"] = "That is what stands already."
        if errors:
            raise BadAnswers(errors)
        reporting_years.put(tx, wanted)
        detail = {"was": said(was), "now": said(wanted)}
        acts.record_act(tx, int(who.id), what=ENTERED, about=f"{policy} {begins}", now=now, detail=detail)
    return wanted


def _homes(given: Mapping[str, Any], name: str, errors: dict[str, str]) -> int | None:
    text = str(given.get(name) or "").replace(",", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9) or int(text) > MOST_HOMES:
        errors[name] = "Enter the number of homes, such as 6,000."
        return None
    return int(text)


def said(row: YearRow) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name not in ("policy", "begins")}
