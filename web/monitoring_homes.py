"""The homes of each reporting year, which CH01 divides by, and what CH02 divides by: entered by an administrator.

Not by compliance: whoever checks the figures changes nothing that goes into them. Every change is an act in the record
with the old and the new value, shown below the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import measure_years, report_periods
from engine.forms import Field, Form
from engine.refusals import BadAnswers
from engine.store import acts, people, reporting_years
from engine.store.reporting_years import YearRow
from web import answers, current, forms
from web.access import may
from web.monitoring_asked import YEARS_BACK

pages = Blueprint("monitoring_homes", __name__, url_prefix="/compliance/homes")

Answer = str | Response | tuple[str, int]
HOMES = Form(
    "homes",
    "Homes at the end of the year",
    (
        Field(
            "homes_rental",
            "Low-cost rental homes",
            "text",
            "At the end of the reporting year. Leave empty while not known.",
        ),
        Field("homes_ownership", "Low-cost home ownership homes", "text", "Shared ownership and the like."),
        Field(
            "divides_by",
            "What is CH02 divided by?",
            "choice",
            "The sources differ. Check the Regulator's paragraph; both counts are always shown.",
            required=True,
            choices=measure_years.DIVIDES_BY,
        ),
    ),
)


@pages.get("")
@may("administrator")
def page() -> Answer:
    """Every landlord's years, and what was entered."""
    with current.database().reading() as tx:
        entered = {(row.policy, row.begins): row for row in reporting_years.years(tx)}
        done = [act for act in acts.acts(tx, limit=200) if act.what == measure_years.ENTERED]
        who = {row.id: row.name for row in people.people(tx)}
    last = report_periods.reporting_year(current.today())[0].year
    begins = [measure_years.first_day(year) for year in range(last, last - YEARS_BACK, -1)]
    policies = dict(sorted(current.office().policies().items(), key=lambda one: one[1]))
    return render_template(
        "monitoring_homes.html",
        policies=policies,
        years=[(day, report_periods.year_words(day)) for day in begins],
        entered=entered,
        divides_by=measure_years.DIVIDES_BY,
        done=[(act, who.get(act.person_id or 0, "Somebody"), _about(act.about)) for act in done],
    )


@pages.get("/<policy>/<int:year>")
@may("administrator")
def one(policy: str, year: int) -> Answer:
    """The form of one landlord's year."""
    return _form(policy, _begins(policy, year))


@pages.post("/<policy>/<int:year>")
@may("administrator")
def enter(policy: str, year: int) -> Answer:
    """Enter a year's homes."""
    begins = _begins(policy, year)
    sent = answers.read(HOMES, request.form)
    try:
        measure_years.enter(current.office(), current.person(), policy, begins, sent, current.now())
    except BadAnswers as bad:
        return _form(policy, begins, sent, bad.errors), 400
    flash(f"The homes of {report_periods.year_words(begins)} are entered.")
    return redirect(url_for("monitoring_homes.page"))


def _form(
    policy: str, begins: date, sent: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None
) -> str:
    with current.database().reading() as tx:
        stands = reporting_years.year(tx, policy, begins) or measure_years.empty(policy, begins)
    shown = sent if sent is not None else _as_sent(stands)
    return render_template(
        "monitoring_homes_year.html",
        landlord=current.office().policies()[policy],
        year=report_periods.year_words(begins),
        action=url_for("monitoring_homes.enter", policy=policy, year=begins.year),
        fields=forms.fields(HOMES, shown, wrong or {}, asks_when=False),
        problems=forms.error_list(HOMES, wrong or {}),
        says=measure_years.defined_for(begins),
    )


def _as_sent(row: YearRow) -> dict[str, str]:
    homes = {name: getattr(row, name) for name in ("homes_rental", "homes_ownership")}
    return {name: str(number) for name, number in homes.items() if number is not None} | {"divides_by": row.divides_by}


def _begins(policy: str, year: int) -> date:
    """The first day of the year in the address: 404 for a landlord or a year there is not."""
    if policy not in current.office().policies() or not measure_years.FIRST_YEAR <= year <= measure_years.LAST_YEAR:
        abort(404)
    return measure_years.first_day(year)


def _about(about: str) -> str:
    """`The council, 2024 to 2025`, of what an act is about."""
    policy, _, begins = about.rpartition(" ")
    landlord = current.office().policies().get(policy, policy)
    return f"{landlord}, {report_periods.year_words(date.fromisoformat(begins))}"
