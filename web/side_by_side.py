"""Two versions side by side: what each would have demanded of the same cases, as figures that lead to the cases."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answered

from engine import side_by_side
from engine.forms import Field, Form
from engine.side_by_side import KIND
from engine.store.impacts import DONE, ImpactCase, ImpactRow
from web import current, side_by_side_words, studies
from web.access import may
from web.side_by_side_words import Words
from web.studies import Asking

pages = Blueprint("side_by_side", __name__, url_prefix="/compliance/compare")

Answer = str | Answered | tuple[str, int]
HEADS_OF_WORK = ("Reference", "Resident", "Version", "Week that begins on", "Tasks")
HEADS = ("Reference", "Resident", "Deadline", "Due, first version", "Stands", "Due, second version", "Stands there")


@pages.get("")
@may("compliance")
def page() -> Answer:
    """The last comparison: how far it is, or what came of it."""
    return _page(None)


@pages.post("")
@may("compliance")
def begin() -> Answer:
    """Ask for one."""
    wrong = studies.begin(
        KIND, _form(), lambda sent: side_by_side.about(str(sent["policy"]), str(sent["left"]), str(sent["right"]))
    )
    return (_page(wrong), 409 if wrong.refused else 400) if wrong else redirect(url_for("side_by_side.page"))


@pages.post("/<int:impact_id>/cancel")
@may("compliance")
def cancel(impact_id: int) -> Answered:
    """Stop it."""
    return studies.stop(KIND, impact_id, "side_by_side.page")


@pages.get("/<int:impact_id>/progress")
@may("compliance")
def progress(impact_id: int) -> Response:
    """How far it is, for the script of the page."""
    return studies.progress(KIND, impact_id)


@pages.get("/<int:impact_id>/cases/<what>")
@may("compliance")
def cases(impact_id: int, what: str) -> Answer:
    """The cases behind a figure, each with its dates under both."""
    row = studies.listing_of(KIND, impact_id)
    words = _words(row)
    heading = words.heading(what) or abort(404)
    found, following = studies.cases(row, what)
    return render_template(
        "study_cases.html",
        heading=heading,
        back=url_for("side_by_side.page"),
        back_words="Two versions side by side",
        column="Tasks" if _is_of_work(what) else f"Under {words.left.version} and under {words.right.version}",
        lines=[{"case": one, "told": words.told(one.detail, what)} for one in found],
        file_url=url_for("side_by_side.file", impact_id=row.id, what=what),
        next_url=url_for("side_by_side.cases", impact_id=row.id, what=what, after=following) if following else None,
        row=row,
    )


@pages.post("/<int:impact_id>/cases/<what>/file")
@may("compliance")
def file(impact_id: int, what: str) -> Answered:
    """The same as CSV, a row for each deadline of each case; of a figure of work, for each week of its tasks."""
    row = studies.listing_of(KIND, impact_id)
    words = _words(row)
    if not words.heading(what):
        abort(404)

    is_of_work = _is_of_work(what)

    def cells(one: ImpactCase) -> list[list[object]]:
        told = words.tasks(one.detail, what) if is_of_work else words.rows(one.detail)
        return [[one.reference, one.resident, *each] for each in told]

    return studies.file(row, what, HEADS_OF_WORK if is_of_work else HEADS, cells)


@pages.get("/<int:impact_id>/weeks/<role>")
@may("compliance")
def weeks(impact_id: int, role: str) -> Answer:
    """A role's work week by week under both versions; each number leads to its cases."""
    row = studies.listing_of(KIND, impact_id)
    found, words = side_by_side_words.weeks(row.result, role), _words(row)
    if not found:
        abort(404)
    return render_template("side_by_side_weeks.html", row=row, words=words, role=words.role(role), weeks=found)


def _is_of_work(what: str) -> bool:
    return what.partition(":")[2].partition(":")[0] in side_by_side_words.OF_WORK


def _page(asking: Asking | None) -> str:
    row = studies.last_of(KIND)
    return render_template(
        "side_by_side.html",
        row=row,
        how_far=studies.how_far(row) if row else "",
        asking=asking or _first(row),
        words=_words(row) if row else None,
        landlord=current.office().policies().get(side_by_side.parts(row.about)[0], "") if row else "",
        **(_result(row) if row and row.status == DONE else {}),
    )


def _result(row: ImpactRow) -> dict[str, Any]:
    return side_by_side_words.result(row.result, _words(row))


def _words(row: ImpactRow) -> Words:
    _, left, right = side_by_side.parts(row.about)
    shelved = current.office().shelved
    if left not in shelved or right not in shelved:
        abort(404)
    return Words(shelved[left].book.version, shelved[right].book.version)


def _first(row: ImpactRow | None) -> Asking:
    asking = studies.first_asking(_form(), row)
    chosen = dict(zip(("policy", "left", "right"), side_by_side.parts(row.about), strict=True)) if row else {}
    return Asking(asking.form, {**asking.sent, **chosen})


def _form() -> Form:
    office = current.office()
    policies = dict(sorted(office.policies().items(), key=lambda item: item[1]))
    versions = {
        key: f"{one.book.version.landlord}: {one.book.version.version}" for key, one in sorted(office.shelved.items())
    }
    return Form(
        "side_by_side",
        "Two versions side by side",
        (
            Field("policy", "Whose cases?", "choice", required=True, choices=policies),
            Field("left", "First version", "choice", required=True, choices=versions),
            Field("right", "Second version", "choice", "Of any policy.", required=True, choices=versions),
            *studies.PERIOD,
        ),
    )
