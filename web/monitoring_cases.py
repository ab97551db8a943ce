"""The cases behind a figure: the same condition that counted them lists them, so the count on top is the figure."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import report_names
from engine.report_names import OUTCOMES, Names
from engine.report_periods import span_of
from engine.store import measure_counts
from engine.store.measure_counts import Cursor, Line
from engine.store.measure_figures import FIGURES, OF_TODAY
from web import csv_text, current, monitoring, monitoring_asked, monitoring_words
from web.access import may

pages = Blueprint("monitoring_cases", __name__, url_prefix="/compliance/figures")

Answer = str | Response | tuple[str, int]
HEADINGS = (
    "Case", "Stage", "Policy version", "Service area", "Channel", "Received", "Logged", "Acknowledgement due",
    "Acknowledged", "Answer due at first", "Answer due", "Code's date", "Code's date with more time", "Answered",
    "Closed", "How", "Outcome", "Days late",
)  # fmt: skip


@pages.get("/<figure>")
@may("compliance")
def page(figure: str) -> Answer:
    """A page of the cases behind a figure, the latest received first."""
    asked, span = _asked(figure)
    with current.database().reading() as tx:
        found = measure_counts.page_of(tx, figure, span, asked.selection, _cursor(request.args.get("after")))
        number = measure_counts.counts(tx, span, asked.selection, [figure])[()][figure]
        names = report_names.names(tx, current.office())
    given = {"figure": figure, **asked.given}
    return render_template(
        "monitoring_cases.html",
        title=monitoring_words.TITLES[figure],
        number=number,
        is_of_today=figure in OF_TODAY,
        period=monitoring_words.period(asked.first, asked.last),
        chosen=monitoring_asked.tags("monitoring_cases.page", asked.given, asked.selection, names, figure=figure),
        clear=url_for("monitoring_cases.page", figure=figure, **{"from": given["from"], "to": given["to"]}),
        lines=[_shown(line, names) for line in found.lines],
        csv=url_for("monitoring_cases.file", **given),
        first_url=url_for("monitoring_cases.page", **given) if request.args.get("after") else None,
        next_url=url_for("monitoring_cases.page", after=_text(found.after), **given) if found.after else None,
    )


@pages.get("/<figure>/csv")
@may("compliance")
def file(figure: str) -> Answer:
    """Every case behind a figure, without the residents' names."""
    asked, span = _asked(figure)
    with current.database().reading() as tx:
        found = measure_counts.page_of(tx, figure, span, asked.selection, size=0)
        names = report_names.names(tx, current.office())
    rows = [HEADINGS, *(row(line, names) for line in found.lines)]
    return monitoring.download(csv_text.csv_bytes(rows), "csv", f"{figure}-{asked.first}-{asked.last}")


def _asked(figure: str) -> tuple[monitoring_asked.Asked, Any]:
    if figure not in FIGURES:
        abort(404)
    asked = monitoring_asked.asked(request.args, current.today())
    if asked.wrong:
        abort(400)
    return asked, span_of(current.office(), asked.first, asked.last, current.today())


def _shown(line: Line, names: Names) -> dict[str, Any]:
    of = line.measure
    endpoint = "governance.page" if "governance.page" in current_app.view_functions else "cases.page"
    return {
        "reference": line.reference,
        "href": "" if line.restricted else url_for(endpoint, reference=line.reference),
        "resident": "" if line.restricted else line.resident,
        "brief": "" if line.restricted else line.brief,
        "stage": names.stage((of.place, of.stage)),
        "version": names.version((of.policy, of.version_id)),
        "of": of,
        "how": monitoring_words.ending(of.how),
        "outcome": OUTCOMES.get(of.outcome or "", ""),
    }


def row(line: Line, names: Names) -> list[object]:
    """A case behind a figure as a line of a file."""
    of = line.measure
    return [
        line.reference,
        names.stage((of.place, of.stage)),
        names.version((of.policy, of.version_id)),
        names.area((of.area,)),
        of.channel,
        of.received,
        of.logged,
        of.ack_due,
        of.acknowledged,
        of.due_original,
        of.due,
        of.code_due_original,
        of.code_due,
        of.answered,
        of.closed,
        monitoring_words.ending(of.how),
        OUTCOMES.get(of.outcome or "", of.outcome),
        of.days_late,
    ]


def _cursor(text: str | None) -> Cursor | None:
    """Where the page before ended, out of an address; None for the first page, or for what is none."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)\.(\d{1,15})\.([a-z0-9_]{1,80})", text or "", re.ASCII)
    try:
        return (date.fromisoformat(found[1]), int(found[2]), found[3]) if found else None
    except ValueError:
        return None


def _text(cursor: Cursor) -> str:
    return f"{cursor[0].isoformat()}.{cursor[1]}.{cursor[2]}"
