"""The leaflet for residents of a version: a page fit for printing, and a tagged PDF."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, abort, render_template, request

from engine import leaflet as made
from engine import leaflet_pdf
from engine.office import Shelved
from engine.policy import PolicyVersion
from web import current, policy_timeline
from web.access import may

LATE_REQUEST = "decide_late_request"

pages = Blueprint("leaflet", __name__, url_prefix="/policies/<policy>/<version>")


@pages.get("/leaflet")
@may("signed_in")
def page(policy: str, version: str) -> str:
    """The leaflet to read, print or save as it stands."""
    shelved = _found(policy, version)
    return render_template("leaflet.html", version=shelved.book.version, leaflet=leaflet_of(shelved))


@pages.get("/leaflet.pdf")
@may("signed_in")
def paper(policy: str, version: str) -> Response:
    """The leaflet as a tagged PDF; `print=large` sets it in 18 point."""
    is_large = request.args.get("print") == "large"
    answer = Response(
        leaflet_pdf.pdf(leaflet_of(_found(policy, version)), is_large=is_large), mimetype="application/pdf"
    )
    answer.headers["Content-Disposition"] = f'inline; filename="complaints-{policy}-{version}.pdf"'
    return answer


def leaflet_of(shelved: Shelved) -> made.Leaflet:
    """The leaflet of a version, with the addresses and the law of its day."""
    office, version = current.office(), shelved.book.version
    question = office.complaint_form(version.policy, version).field("channel")
    is_decided = any(key == LATE_REQUEST for _, key in shelved.book.workflows.tasks)
    beside = made.Beside(office.shelf.contacts, office.shelf.law, question.choices if question else {}, is_decided)
    return made.leaflet(version, beside, day_of(version), policy_timeline.ends(version))


def day_of(version: PolicyVersion) -> date:
    """The day a leaflet speaks for, whose addresses and law it gives: today, of a version to come its first day."""
    return max(current.today(), version.in_force_from)


def _found(policy: str, version: str) -> Shelved:
    return current.office().shelved.get(f"{policy}/{version}") or abort(404)
