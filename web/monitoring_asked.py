"""What an address of monitoring asks for: a period and a selection, read and written back, and the filter form.

A period is `from` and `to` in an address, three boxes each in the form; the monthly report asks for a month, the
reporting year for a year. What cannot be understood is said, and asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from engine import measure_years, report_periods
from engine.forms import Field, Form
from engine.report_names import CHANNELS, OUTCOMES, Names, month
from engine.reports import Definition
from engine.store import measure_counts
from engine.store.database import Transaction
from engine.store.measure_counts import NONE, SELECTS, Selection
from web import answers, monitoring_words

PERIOD = Form(
    "period",
    "The period",
    (
        Field("first_day", "From", "date", "Such as 1 4 2026", required=True),
        Field("last_day", "To, this day included", "date", required=True),
    ),
)
LONGEST = 200
MONTHS_BACK, YEARS_BACK = 36, 10
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
NOT_A_DAY = "Enter a real date from 2000 on, such as 1 4 2026."


@dataclass(frozen=True)
class Asked:
    """The period and the selection of an address; `wrong` says what could not be understood, by field."""

    first: date
    last: date
    selection: Selection
    sent: Mapping[str, Any]
    wrong: Mapping[str, str]

    @property
    def given(self) -> dict[str, str]:
        """The address of the same period and selection."""
        chosen = {name: str(getattr(self.selection, name)) for name in SELECTS if getattr(self.selection, name)}
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), **chosen}


def asked(arguments: MultiDict[str, str], today: date, of: Definition | None = None) -> Asked:
    """What an address asks for; where it names no period, the report's usual one."""
    first, last = _usual(of, today)
    sent, wrong = answers.read(PERIOD, arguments), {}
    for name, field in (("from", "first_day"), ("to", "last_day")):
        if arguments.get(name):
            sent[field] = arguments[name]
    days = {field: _day(str(sent[field])) for field in ("first_day", "last_day") if sent.get(field)}
    wrong = {field: NOT_A_DAY for field, day in days.items() if day is None}
    first, last = days.get("first_day") or first, days.get("last_day") or last
    if of and of.is_by_month and (chosen := _month(arguments.get("month", ""))):
        first, last = chosen
    if of and of.is_by_year:
        first, last = report_periods.reporting_year(_year(arguments.get("year", "")) or first)
    if last < first and not wrong:
        wrong = {"last_day": "The last day must be the first day or a later one."}
    if wrong:
        first, last = _usual(of, today)
    selection = Selection(**{name: arguments.get(name, "").strip()[:LONGEST] for name in SELECTS})
    return Asked(first, last, selection, sent or _boxes(first, last), wrong)


def address(endpoint: str, given: Mapping[str, str], **changed: str | None) -> str:
    """A page with this period and selection, some of it changed; None or empty takes it away."""
    return url_for(endpoint, **{name: text for name, text in {**given, **changed}.items() if text})


def narrowed(selection: Selection, select: Mapping[str, str]) -> Selection:
    """A selection narrowed to what a line of a table is about."""
    return replace(selection, **{name: text for name, text in select.items() if name in SELECTS})


def questions(tx: Transaction, names: Names, selection: Selection) -> list[dict[str, Any]]:
    """The selects of the filter form: every value there is."""
    stages = measure_counts.values(tx, Selection(), "stage")
    contractors = [str(key[0]) for key in measure_counts.values(tx, Selection(), "contractor") if key[0]]
    choices = {
        "policy": ("Landlord", dict(sorted(names.policies.items(), key=lambda one: one[1]))),
        "version": (
            "Policy version",
            {str(key): f"{one.landlord}, {one.version}" for key, one in names.versions.items()},
        ),
        "stage": ("Stage", {f"{key[0]}-{key[1]}": names.stage(key) for key in stages}),
        "area": ("Service area", {**names.areas, NONE: "Not decided"}),
        "channel": ("Channel", {**CHANNELS, NONE: "Not recorded"}),
        "outcome": ("Outcome", {**OUTCOMES, NONE: "Not recorded"}),
        "contractor": ("Contractor", {one: one for one in contractors}),
    }
    return [
        _question(name, label, there, getattr(selection, name)) for name, (label, there) in choices.items() if there
    ]


def months(today: date, chosen: date) -> dict[str, Any]:
    """The select of a month: the last three years, and the one that is asked for."""
    found, day = {}, today
    for _ in range(MONTHS_BACK):
        found[f"{day:%Y-%m}"] = month(f"{day:%Y-%m}")
        day = day.replace(day=1) - timedelta(days=1)
    found.setdefault(f"{chosen:%Y-%m}", month(f"{chosen:%Y-%m}"))
    return _question("month", "Month", found, f"{chosen:%Y-%m}", is_needed=True)


def years(today: date, chosen: date) -> dict[str, Any]:
    """The select of a reporting year."""
    last = report_periods.reporting_year(today)[0].year
    found = {str(year): report_periods.year_words(date(year, 4, 1)) for year in range(last, last - YEARS_BACK, -1)}
    found.setdefault(str(chosen.year), report_periods.year_words(chosen))
    return _question("year", "Reporting year, 1 April to 31 March", found, str(chosen.year), is_needed=True)


def tags(
    endpoint: str, given: Mapping[str, str], selection: Selection, names: Names, **also: str
) -> list[dict[str, str]]:
    """What narrows a report, each with the address that takes it away."""
    return [
        {"text": f"{label}: {value}", "href": address(endpoint, {**given, **also}, **{name: None})}
        for name, label, value in monitoring_words.chosen(selection, names)
    ]


def _question(
    name: str, label: str, choices: Mapping[str, str], chosen: str, *, is_needed: bool = False
) -> dict[str, Any]:
    items = [] if is_needed else [{"value": "", "text": "All"}]
    items += [{"value": value, "text": text, "selected": value == chosen} for value, text in choices.items()]
    label_of = {"text": label, "classes": "govuk-label--s"}
    return {"id": name, "name": name, "label": label_of, "items": items, "classes": "redress-select"}


def _usual(of: Definition | None, today: date) -> tuple[date, date]:
    if of and of.is_by_month:
        return report_periods.last_month(today)
    if of and of.is_by_year:
        return report_periods.reporting_year(today)
    return report_periods.year_before(today)[0], today


def _boxes(first: date, last: date) -> dict[str, Any]:
    return {"first_day": first.isoformat(), "last_day": last.isoformat()}


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == len("2024-12-20") else None
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None


def _month(text: str) -> tuple[date, date] | None:
    day = _day(f"{text}-01")
    return report_periods.month_of(day) if day else None


def _year(text: str) -> date | None:
    return (
        measure_years.first_day(int(text))
        if text.isascii() and text.isdigit() and 2000 <= int(text[:9]) <= 2098
        else None
    )
