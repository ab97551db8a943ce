"""Closed cases against their policy: every closed case of a period replayed through its own version, and what that did
not allow, as counts that lead to the cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answered

from engine import conformance
from engine.conformance_run import FAILED, KIND, NONE, SOME
from engine.forms import Field, Form
from engine.store.impacts import DONE, ImpactCase, ImpactRow
from web import current, studies
from web.access import may
from web.studies import Asking

pages = Blueprint("conformance", __name__, url_prefix="/compliance/conformance")

Answer = str | Answered | tuple[str, int]
KINDS = {
    conformance.STEP: "Something the process as drawn does not allow",
    conformance.ORDER: "Something out of order",
    conformance.BROKEN: "A promise of the policy that was not kept",
    conformance.MORE_TIME: "More time that was told late, went past the limit or was a second one",
    conformance.HANDLER: "A handler who should have been somebody else",
    conformance.LETTER: "A letter without all it had to say",
    conformance.ANSWERS: "An answer that a form requires and nobody recorded",
    conformance.LESSON: "An answer without its lesson",
    conformance.ADVICE: "A decision other than the policy's table gives, without a reason",
    conformance.APPROVAL: "A letter without the approval it needs",
    conformance.OWED: "Something still owed when the case closed",
    FAILED: "A case that could not be replayed",
}
HEADS = ("Reference", "Resident", "Version", "What", "Event", "Day", "Finding")


@pages.get("")
@may("compliance")
def page() -> Answer:
    """The last study: how far it is, or what came of it."""
    return _page(None)


@pages.post("")
@may("compliance")
def begin() -> Answer:
    """Ask for one over a period."""
    wrong = studies.begin(KIND, _form(), lambda sent: str(sent.get("policy") or ""))
    return (_page(wrong), 409 if wrong.refused else 400) if wrong else redirect(url_for("conformance.page"))


@pages.post("/<int:impact_id>/cancel")
@may("compliance")
def cancel(impact_id: int) -> Answered:
    """Stop it."""
    return studies.stop(KIND, impact_id, "conformance.page")


@pages.get("/<int:impact_id>/progress")
@may("compliance")
def progress(impact_id: int) -> Response:
    """How far it is, for the script of the page."""
    return studies.progress(KIND, impact_id)


@pages.get("/<int:impact_id>/cases/<what>")
@may("compliance")
def cases(impact_id: int, what: str) -> Answer:
    """The cases behind a figure."""
    row = studies.listing_of(KIND, impact_id)
    heading = _heading(what) or abort(404)
    found, following = studies.cases(row, what)
    return render_template(
        "study_cases.html",
        heading=heading,
        back=url_for("conformance.page"),
        back_words="Closed cases against their policy",
        column="What the policy did not allow",
        lines=[{"case": one, "told": [said for _, _, _, said in _findings(one, what)]} for one in found],
        file_url=url_for("conformance.file", impact_id=row.id, what=what),
        next_url=url_for("conformance.cases", impact_id=row.id, what=what, after=following) if following else None,
        row=row,
    )


@pages.post("/<int:impact_id>/cases/<what>/file")
@may("compliance")
def file(impact_id: int, what: str) -> Answered:
    """The same as CSV, a row for each finding."""
    row = studies.listing_of(KIND, impact_id)
    if not _heading(what):
        abort(404)

    def cells(one: ImpactCase) -> list[list[object]]:
        under = one.detail.get("under", "")
        return [
            [one.reference, one.resident, under, KINDS.get(kind, kind), number or None, day, said]
            for kind, number, day, said in _findings(one, what)
        ]

    return studies.file(row, what, HEADS, cells)


def _findings(one: ImpactCase, what: str) -> list[tuple[str, int, str | None, str]]:
    """The findings of a case: of one kind where that was asked for, else all."""
    return [tuple(each) for each in one.detail["findings"] if what not in KINDS or each[0] == what]


def _heading(what: str) -> str:
    if what == SOME:
        return "Closed cases with something the policy did not allow"
    if what.startswith("v:"):
        return f"Cases under {_version(what[2:].replace(':', '/'))} with something it did not allow"
    return KINDS.get(what, "")


def _page(asking: Asking | None) -> str:
    row = studies.last_of(KIND)
    return render_template(
        "conformance.html",
        row=row,
        how_far=studies.how_far(row) if row else "",
        asking=asking or studies.first_asking(_form(), row),
        landlord=current.office().policies().get(row.about, "") if row else "",
        **(_result(row) if row and row.status == DONE else {}),
    )


def _result(row: ImpactRow) -> dict[str, Any]:
    found: Mapping[str, Any] = row.result
    kinds, some = found["kinds"], found["kinds"].get(SOME, 0)
    by_version = sorted(found["by_version"].items())
    return {
        "cases": found["cases"],
        "some": some,
        "without": kinds.get(NONE, 0),
        "kinds": [(words, kinds.get(key, 0), key) for key, words in KINDS.items()],
        "versions": [
            (_version(key), count, found["found_in"].get(key, 0), f"v:{key.replace('/', ':')}")
            for key, count in by_version
        ],
    }


def _version(key: str) -> str:
    """A version as people know it: `St Leger Homes, two-stage-2024`."""
    policy, _, version = key.partition("/")
    return f"{current.office().policies().get(policy, policy)}, {version}" if version else "No version"


def _form() -> Form:
    policies = dict(sorted(current.office().policies().items(), key=lambda item: item[1]))
    chosen = Field("policy", "Landlord", "choice", "Leave it empty for all.", choices=policies)
    return Form("conformance", "Closed cases", (*studies.PERIOD, chosen))
