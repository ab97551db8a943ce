"""Compliance: where its pages begin, and the way from a reference to what governed that case.

The parts are named here by their addresses; one that is not there is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import steps
from engine.refusals import Unknown
from engine.store import register
from engine.store.register import Sight
from web import current
from web.access import may

pages = Blueprint("compliance", __name__, url_prefix="/compliance")

Answer = str | Response | tuple[str, int]
LONGEST_SEARCH = 200
EVERY_CASE = Sight(everything=True)


class Part(NamedTuple):
    """A page of compliance: what it is called, the endpoint it stands at, and what it answers."""

    title: str
    endpoint: str
    says: str


GROUPS: tuple[tuple[str, tuple[Part, ...]], ...] = (
    (
        "Cases",
        (
            Part("Cases by what governed and happened", "find.page", "Which cases a version governed, which were open "
                 "on a day, which changed version, what was recorded late, promises missed, corrections."),
            Part("Two versions side by side", "side_by_side.page", "What each of two versions would have demanded of "
                 "the same cases: dates, breaches, letters, work."),
            Part("Closed cases against their policy", "conformance.page", "Every closed case replayed through its own "
                 "version, and what that did not allow."),
        ),
    ),
    (
        "Monitoring",
        (
            Part("Reports", "monitoring.page", "Volumes, times kept, the monthly performance report, CH01 and CH02: "
                 "each figure with its cases."),
        ),
    ),
    (
        "The record",
        (
            Part("What people did", "record.page", "Every act, sign-in, view of sensitive details, draft, approval, "
                 "publication, move, setting and export."),
            Part("Checkpoints", "checkpoints.page", "The record sealed day by day, kept outside the database."),
            Part("Disposal", "disposal.page", "Cases whose personal content is due to be erased, and holds."),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A case that a search found."""

    reference: str
    resident: str
    address: str
    brief: str


@pages.get("")
@may("compliance")
def page() -> Answer:
    """Where compliance begins: find a case, or go to a part. A whole reference leads straight to its case."""
    text = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    if text and _is_a_case(text.upper()):
        return redirect(url_for("governance.page", reference=text.upper()))
    found = _matching(text) if text else []
    return render_template("compliance.html", text=text, found=found, groups=_groups(), most=register.PAGE)


def _groups() -> list[tuple[str, list[Part]]]:
    """The parts that are there, group by group."""
    there = [(title, [one for one in parts if is_there(one.endpoint)]) for title, parts in GROUPS]
    return [(title, parts) for title, parts in there if parts]


def is_there(endpoint: str) -> bool:
    """Whether a page of that name is part of the application."""
    return endpoint in current_app.view_functions


def _is_a_case(reference: str) -> bool:
    try:
        steps.seen_by(current.office(), reference, current.person(), current.now())
    except Unknown:
        return False
    return True


def _matching(text: str) -> list[Found]:
    """The newest cases whose reference, resident, address or postcode has words that begin like these."""
    with current.database().reading() as tx:
        cases = register.page_of_cases(tx, EVERY_CASE, text=text).cases
    return [Found(one.reference, one.resident, one.address, one.brief) for one in cases]
