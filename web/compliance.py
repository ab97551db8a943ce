"""Compliance: where its pages begin, and the way from a reference to what governed that case.

The parts are named here by the endpoints of their pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import case_marks, steps
from engine.refusals import Unknown
from engine.store import marks, register
from engine.store.marks import Sought
from engine.store.register import Sight
from web import current
from web.access import may
from web.typed_days import day_in

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
            Part("What people did", "record.page", "Every act, sign-in, look at private details, draft, approval, "
                 "publication, move, setting and export."),
            Part("Checkpoints", "checkpoints.page", "The record summed up day by day and kept outside the database: "
                 "where, and whether it still holds."),
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
    """Where compliance begins: find a case, or go to a part. A whole reference leads straight to its case; a day to
    the cases received on it."""
    text = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    if text and _is_a_case(text.upper()):
        return redirect(url_for("governance.page", reference=text.upper()))
    day = day_in(text)
    found = _received_on(day) if day else _matching(text) if text else []
    shown = {"text": text, "day": day, "found": found, "most": marks.PAGE if day else register.PAGE}
    return render_template("compliance.html", **shown, groups=GROUPS, today=current.today())


def _is_a_case(reference: str) -> bool:
    try:
        steps.seen_by(current.office(), reference, current.person(), current.now())
    except Unknown:
        return False
    return True


def _received_on(day: date) -> list[Found]:
    """The cases received on a day, by the day of receipt as it stands now."""
    with current.database().reading() as tx:
        lines, _ = marks.page_of_marks(tx, Sought(case_marks.OPEN, first=day, last=day, number=1))
    return [Found(one.reference, one.resident, "", one.brief) for one in lines]


def _matching(text: str) -> list[Found]:
    """The newest cases whose reference, resident, address or postcode has words that begin like these."""
    with current.database().reading() as tx:
        cases = register.page_of_cases(tx, EVERY_CASE, text=text).cases
    return [Found(one.reference, one.resident, one.address, one.brief) for one in cases]
