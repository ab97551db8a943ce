"""Who saw a case: every opening of a page of it is recorded, once for each person and hour, and shown to compliance.

The same goes for files that leave: whoever is given one is recorded with what it was. Where that cannot be recorded,
nothing is shown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, abort, current_app, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.store import acts, case_views
from engine.store.cases import case_by_reference
from engine.store.database import StoreBusy, StoreUnavailable
from web import current, errors, wording
from web.access import may

pages = Blueprint("seen_by", __name__, url_prefix="/cases")

Answer = str | Response | tuple[str, int]
EXPORTED = "exported"
LONGEST = 300
#: what people type to search may be a resident's name, and an act is kept for ever
WORDS = ("q", "text", "resident")
OF_A_CASE = "/cases/<reference>"
#: who asked sees their own list of views by it; that is no reading of the case
NOT_THE_CASE = ("seen_by.page",)


@pages.get("/<reference>/seen-by")
@may("compliance")
def page(reference: str) -> Answer:
    """Everybody who had a page of the case before them, the latest first."""
    with current.database().reading() as tx:
        row = case_by_reference(tx, reference)
        if row is None:
            abort(404)
        found, after = case_views.of_case(tx, row.id, after=_cursor(request.args.get("after", "")))
    hour = timedelta(hours=1)
    return render_template(
        "seen_by.html",
        reference=row.reference,
        lines=[(one, wording.clock_time(case_views.hour_of(one.at) + hour)) for one in found],
        first_url=url_for("seen_by.page", reference=reference) if request.args.get("after") else None,
        next_url=url_for("seen_by.page", reference=reference, after=_written(after)) if after else None,
    )


def note(response: Response) -> Response:
    """After each answer: record that somebody had a case before them, or was given a file."""
    if g.get("person") is None or response.status_code != 200 or request.endpoint in NOT_THE_CASE:
        return response
    try:
        if request.url_rule is not None and request.url_rule.rule.startswith(OF_A_CASE):
            _note_case(str((request.view_args or {})["reference"]))
        elif response.headers.get("Content-Disposition", "").startswith("attachment") and request.method == "GET":
            _note_export()
    except (StoreBusy, StoreUnavailable) as failure:
        current_app.logger.error("Who saw it could not be recorded: %s", failure)
        return make_response(errors.page(503, *errors.NOT_STORED))
    return response


def _note_case(reference: str) -> None:
    who, now = current.person_id(), current.now()
    with current.database().reading() as tx:
        case_id = case_views.unrecorded(tx, reference, person_id=who, now=now)
    if case_id is not None:
        with current.database().writing() as tx:
            case_views.record(tx, case_id, person_id=who, now=now)


def _note_export() -> None:
    """A file given at an address of no one case: a report, a list, a version. What is posted for says so itself."""
    asked = "&".join(f"{key}={value}" for key, value in request.args.items(multi=True) if key not in WORDS)[:LONGEST]
    with current.database().writing() as tx:
        acts.record_act(
            tx, current.person_id(), what=EXPORTED, about=request.path, now=current.now(), detail={"asked": asked}
        )


def _written(after: case_views.Cursor) -> str:
    return f"{after[0].isoformat()}~{after[1]}"


def _cursor(text: str) -> case_views.Cursor | None:
    """Where the page before ended; None for what is no such place."""
    moment, _, number = text.partition("~")
    try:
        found = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None
    return found if found[0].tzinfo and 0 < found[1] < 2**31 else None
