"""Who saw a case: every opening of a page of it is recorded, once for each person and hour, and shown to compliance.

The same goes for files that leave: whoever is given one is recorded with what it was. Where that cannot be recorded,
nothing is shown.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, current_app, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.store import acts, case_views, recorded
from engine.store.cases import case_by_reference
from engine.store.database import StoreBusy, StoreUnavailable
from engine.store.recorded import VIEW, Recorded, Sought
from web import current, errors, record, record_words, wording
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
    """Everybody who had a page of the case before them, read it on the command line, looked at what is private, opened
    a document of it or was given a file, the latest first."""
    with current.database().reading() as tx:
        row = case_by_reference(tx, reference)
        if row is None:
            abort(404)
        sought = Sought(acts=record_words.SEEING, events=(), with_views=True, about=row.reference)
        found, after = recorded.page_of_record(tx, sought, after=record.cursor(request.args.get("after", "")))
    lines = zip(found, record_words.lines(found, record_words.people_named()), strict=True)
    return render_template(
        "seen_by.html",
        reference=row.reference,
        lines=[(line, one.person_id, _until(one)) for one, line in lines],
        first_url=url_for("seen_by.page", reference=reference) if request.args.get("after") else None,
        next_url=url_for("seen_by.page", reference=reference, after=record.written(after)) if after else None,
    )


def _until(one: Recorded) -> str:
    """Until when somebody who opened a page may have had it again: the end of that hour. Empty for anything else."""
    hour = timedelta(hours=1)
    return wording.clock_time(case_views.hour_of(one.at) + hour) if one.source == VIEW else ""


def note(response: Response) -> Response:
    """After each answer: record that somebody had a case before them, or was given a file."""
    if g.get("person") is None or response.status_code != 200 or request.endpoint in NOT_THE_CASE:
        return response
    try:
        if request.url_rule is not None and request.url_rule.rule.startswith(OF_A_CASE):
            _note_case(str((request.view_args or {})["reference"]))
        if response.headers.get("Content-Disposition", "").startswith("attachment") and request.method == "GET":
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
    """A file given: a report, a list, a version, a letter of a case. What is posted for says so itself."""
    asked = "&".join(f"{key}={value}" for key, value in request.args.items(multi=True) if key not in WORDS)[:LONGEST]
    is_of_a_case = request.url_rule is not None and request.url_rule.rule.startswith(OF_A_CASE)
    about = f"case {(request.view_args or {})['reference']}" if is_of_a_case else request.path
    detail = {"asked": asked} | ({"file": request.path} if is_of_a_case else {})
    with current.database().writing() as tx:
        acts.record_act(tx, current.person_id(), what=EXPORTED, about=about, now=current.now(), detail=detail)
