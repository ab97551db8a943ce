"""What a draft would do: asked for a period, worked out in the background, and shown as counts.

Counts are for everybody who may look at the draft. The cases behind them are shown to those who may see them, one by
one; a policy author without a role at cases sees none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import case_moves, impact, impact_jobs, publishing
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.refusals import BadAnswers, Refused
from engine.store import impacts
from engine.store.impacts import ImpactCase, ImpactRow
from web import access, answers, current, forms, impact_words, studio
from web.access import may

pages = Blueprint("studio_impact", __name__, url_prefix="/studio/<int:draft_id>/impact")

KINDS = {
    impact.DATES: "Cases with a date that moves",
    impact.GAINED: "Cases with a promise that would have been broken",
    impact.LOST: "Cases with a promise that would not have been broken",
    impact.PATH: "Cases that would have gone another way",
    impact.WORSE: "Cases where the resident would be worse off than under the Code",
    impact.FAILED: "Cases that could not be replayed",
    f"live-{case_moves.MOVES}": "Live cases that could move",
    f"live-{case_moves.BREACHES}": "Live cases that could move and would then have a broken promise",
    f"live-{case_moves.STAYS}": "Live cases that cannot move",
}
LIVE = {
    case_moves.MOVES: "Could move without a broken promise",
    case_moves.BREACHES: "Could move, and would then have a broken promise",
    case_moves.STAYS: "Cannot move",
}
PAGE = 50
PERIOD = Form(
    "period",
    "Complaints received",
    (
        Field("period_from", "First day of receipt", "date", required=True),
        Field("period_to", "Last day of receipt", "date", required=True),
    ),
)


@pages.get("")
@may("studio")
def page(draft_id: int) -> studio.Answer:
    """The last working out: how far it is, or what came of it."""
    return _page(studio.opened(draft_id))


@pages.post("")
@may("studio")
def begin(draft_id: int) -> studio.Answer:
    """Ask for a working out over a period."""
    draft = _opened_to_ask(draft_id)
    sent = answers.read(PERIOD, request.form)
    try:
        impact_jobs.ask(current.office(), draft, current.person(), current.now(), _period(sent))
    except BadAnswers as bad:
        return _page(draft, sent, forms.error_list(PERIOD, bad.errors), bad.errors), 400
    except Refused as refused:
        return _page(draft, sent, [{"text": str(refused)}]), 409
    return redirect(url_for("studio_impact.page", draft_id=draft_id))


@pages.post("/<int:impact_id>/cancel")
@may("studio")
def cancel(draft_id: int, impact_id: int) -> Response:
    """Stop a working out."""
    draft = _opened_to_ask(draft_id)
    if impact_jobs.cancel(current.office(), draft, impact_id, current.person(), current.now()):
        flash("It is being stopped. Nothing was changed.")
    return redirect(url_for("studio_impact.page", draft_id=draft_id))


@pages.get("/<int:impact_id>/progress")
@may("studio")
def progress(draft_id: int, impact_id: int) -> Response:
    """How far it is, for the script of the page."""
    row = _row(studio.opened(draft_id), impact_id)
    words = impact_words.how_far(row, current.now())
    return jsonify(done=row.done, total=row.total, status=row.status, is_at_work=row.is_at_work, words=words)


@pages.get("/<int:impact_id>/cases/<what>")
@may("studio")
def cases(draft_id: int, impact_id: int, what: str) -> studio.Answer:
    """The cases behind a count, for whoever may see cases."""
    draft = studio.opened(draft_id)
    row = _row(draft, impact_id)
    if what not in KINDS or row.status != impacts.DONE or not access.holds(current.person(), "case_reader"):
        abort(404)
    who, start = current.person(), max(0, request.args.get("from", 0, type=int) or 0)
    with current.database().reading() as tx:
        found = impacts.listed(tx, row.id, what)
        seen = [one for one in found if who.may_see(draft.row.policy, one.area or "") and not one.restricted]
        on_this_page = impacts.cases_of(tx, row.id, [one.case_id for one in seen[start : start + PAGE]])
    words = _words(draft)
    return studio.shown(
        "studio_impact_cases.html",
        draft,
        heading=KINDS[what],
        lines=[_line(one, what, words) for one in on_this_page],
        count=len(seen),
        hidden=len(found) - len(seen),
        start=start,
        following=start + PAGE if start + PAGE < len(seen) else None,
        row=row,
        what=what,
    )


def _opened_to_ask(draft_id: int) -> Draft:
    """The draft, for those who write or approve; an auditor only reads (403)."""
    draft = studio.opened(draft_id)
    return abort(403) if current.person().is_auditor else draft


def _page(
    draft: Draft,
    sent: Mapping[str, Any] | None = None,
    problems: list[dict[str, str]] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> str:
    with current.database().reading() as tx:
        last = next(iter(impacts.of_draft(tx, draft.row.id, 1)), None)
        row = impacts.one(tx, last.id) if last else None
    first, until = impact_jobs.default_period(current.today())
    shown = sent or {
        "period_from": (row.period_from if row else first).isoformat(),
        "period_to": (row.period_to if row else until).isoformat(),
    }
    found = studio.checked(draft)
    return studio.shown(
        "studio_impact.html",
        draft,
        row=row,
        how_far=impact_words.how_far(row, current.now()) if row else "",
        fields=forms.fields(PERIOD, shown, wrong or {}, asks_when=False),
        problems=problems or [],
        is_sound=found.book is not None,
        may_ask=not current.person().is_auditor,
        is_older=bool(row and row.draft_seal != publishing.seal(draft.files)),
        **(_result(draft, row) if row and row.status == impacts.DONE else {}),
    )


def _result(draft: Draft, row: ImpactRow) -> dict[str, object]:
    found, words = impact_words.totals(row.result), _words(draft)
    return {
        "as_of": datetime.fromisoformat(row.result["as_of"]),
        "totals": found,
        "stories": impact_words.stories(row.result["stories"]),
        "dates": impact_words.dates(found, words) if words else [],
        "breaches": impact_words.breaches(found, words) if words else [],
        "worse": impact_words.worse(found, words) if words else [],
        "shortfalls": impact_words.shortfalls(found, current.office().shelf.yardstick),
        "paths": impact_words.paths(found, words) if words else [],
        "work": impact_words.work(found, words) if words else [],
        "live": [(LIVE[kind], found.live[kind], f"live-{kind}") for kind in LIVE],
        "may_see_cases": access.holds(current.person(), "case_reader"),
    }


def _words(draft: Draft) -> impact_words.Words | None:
    """What things are called; None where the draft cannot be read any more."""
    office, version = current.office(), studio.checked(draft).version
    based = office.shelved.get(f"{draft.row.policy}/{draft.row.based_on}")
    old = based.book.version if based else None
    return impact_words.Words(version or old, old) if version or old else None


def _line(one: ImpactCase, kind: str, words: impact_words.Words | None) -> dict[str, object]:
    said: dict[str, Any] = one.detail["live"] if kind.startswith("live-") else one.detail
    told: list[str] = []
    if words is not None:
        told += [said["why"]] if said.get("why") else []
        told += [said["failed"]] if said.get("failed") else []
        told += [f"{words.deadline(key)}: would have been broken" for key in said.get(impact.GAINED, ())]
        told += [f"{words.deadline(key)}: would have been kept" for key in said.get(impact.LOST, ())]
        told += [
            f"{words.event(name)} on {impact_words.shown(day)} would not have been possible"
            for name, day, _ in said.get(impact.PATH, ())
        ]
        told += [
            f"{words.deadline(key)}: {impact_words.shown(due)} where the Code allows {impact_words.shown(limit)}"
            for key, _, _, limit, due in said.get(impact.WORSE, ())
        ]
        told += impact_words.moves(said.get(impact.DATES, ()), words)
    return {"reference": one.reference, "resident": one.resident, "told": told}


def _row(draft: Draft, impact_id: int) -> ImpactRow:
    with current.database().reading() as tx:
        row = impacts.one(tx, impact_id)
    return row if row and row.draft_id == draft.row.id else abort(404)


def _period(sent: Mapping[str, Any]) -> tuple[date, date]:
    """The two days. Raises BadAnswers with a sentence for each that is none."""
    days, errors = [], {}
    for field in PERIOD.fields:
        try:
            days.append(date.fromisoformat(str(sent.get(field.name) or "")))
        except ValueError:
            errors[field.name] = f"{field.label} must be a real date, such as 1 4 2024"
    if errors:
        raise BadAnswers(errors)
    return days[0], days[1]
