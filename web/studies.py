"""What the pages of studies of many cases share: asking for one over a period, how far it is, stopping it, its cases.

Two versions side by side and closed cases against their policy are such studies; a worker works them out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import impact_jobs
from engine.forms import Field, Form
from engine.refusals import BadAnswers, Refused
from engine.store import acts, impacts
from engine.store.impacts import ImpactCase, ImpactRow
from web import answers, csv_text, current, forms, impact_words

PAGE = 50
IN_A_FILE = 2000  #: cases read at a time for a file
PERIOD = (
    Field("period_from", "Received from", "date", required=True),
    Field("period_to", "Received to", "date", required=True),
)


@dataclass(frozen=True)
class Asking:
    """A form that asks for a study: as it was sent, and what is wrong."""

    form: Form
    sent: Mapping[str, Any] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""

    @property
    def problems(self) -> list[dict[str, str]]:
        return [*forms.error_list(self.form, dict(self.wrong)), *([{"text": self.refused}] if self.refused else [])]

    @property
    def fields(self) -> object:
        return forms.fields(self.form, self.sent, self.wrong, asks_when=False)


def row_of(kind: str, impact_id: int) -> ImpactRow:
    """A study of that kind, or a 404."""
    with current.database().reading() as tx:
        row = impacts.one(tx, impact_id)
    return row if row and row.kind == kind else abort(404)


def listing_of(kind: str, impact_id: int) -> ImpactRow:
    """The same where its cases are listed, else a 404: once it is done, until another of its kind is asked for."""
    row, last = row_of(kind, impact_id), last_of(kind)
    return row if last and last.id == row.id and row.status == impacts.DONE else abort(404)


def last_of(kind: str) -> ImpactRow | None:
    """The study of that kind asked for last, with its result."""
    with current.database().reading() as tx:
        last = next(iter(impacts.of_kind(tx, kind, 1)), None)
        return impacts.one(tx, last.id) if last else None


def first_asking(form: Form, row: ImpactRow | None) -> Asking:
    """The form as it is first shown: the period of the last study, or the last 24 months."""
    first, until = (row.period_from, row.period_to) if row else impact_jobs.default_period(current.today())
    return Asking(form, {"period_from": first.isoformat(), "period_to": until.isoformat()})


def begin(kind: str, form: Form, about: Callable[[Mapping[str, Any]], str]) -> Asking | None:
    """Ask for a study as the form says; None where it was asked for, else the form with what is wrong."""
    sent = answers.read(form, request.form)
    try:
        period = _period(form, sent)
        impact_jobs.ask_study(current.office(), kind, about(sent), current.person(), current.now(), period)
    except BadAnswers as bad:
        return Asking(form, sent, bad.errors)
    except Refused as refused:
        return Asking(form, sent, refused=str(refused))
    return None


def stop(kind: str, impact_id: int, endpoint: str) -> Response:
    """Stop a study, and back to its page."""
    row_of(kind, impact_id)
    if impact_jobs.cancel_study(current.office(), impact_id, kind, current.person(), current.now()):
        flash("It is stopped. Nothing was changed.")
    return redirect(url_for(endpoint))


def progress(kind: str, impact_id: int) -> Response:
    """How far it is, for the script of the page."""
    row = row_of(kind, impact_id)
    return jsonify(done=row.done, total=row.total, status=row.status, is_at_work=row.is_at_work, words=how_far(row))


def how_far(row: ImpactRow) -> str:
    """The same in a sentence."""
    return impact_words.how_far(row, current.now())


def cases(row: ImpactRow, what: str) -> tuple[list[ImpactCase], int | None]:
    """A page of the cases listed for one figure, and after which case the next page begins."""
    after = max(0, request.args.get("after", 0, type=int) or 0)
    found = _some(row, what, min(after, 2**31), PAGE + 1)
    return found[:PAGE], found[PAGE - 1].case_id if len(found) > PAGE else None


def file(
    row: ImpactRow, what: str, heads: tuple[str, ...], cells: Callable[[ImpactCase], list[list[object]]]
) -> Response:
    """The cases of one figure as CSV, a row or several for each. That it was taken away is recorded."""
    rows: list[Any] = [heads]
    after: int | None = 0
    while after is not None:
        found = _some(row, what, after, IN_A_FILE)
        rows += [line for one in found for line in cells(one)]
        after = found[-1].case_id if len(found) == IN_A_FILE else None
    with current.database().writing() as tx:
        said = {"what": what, "lines": len(rows) - 1}
        acts.record_act(
            tx, current.person_id(), what="exported_list", about=f"study {row.id}", now=current.now(), detail=said
        )
    answer = Response(csv_text.csv_bytes(rows), content_type=csv_text.TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.kind}-{row.id}.csv"'
    return answer


def _some(row: ImpactRow, what: str, after: int, size: int) -> list[ImpactCase]:
    with current.database().reading() as tx:
        listed = impacts.listed(tx, row.id, what, after=after, size=size)
        return impacts.cases_of(tx, row.id, [one.case_id for one in listed])


def _period(form: Form, sent: Mapping[str, Any]) -> tuple[date, date]:
    days, errors = [], {}
    for one in form.fields:
        value = str(sent.get(one.name) or "")
        if one.type == "date":
            try:
                days.append(date.fromisoformat(value))
            except ValueError:
                errors[one.name] = f"{one.label} must be a real date, such as 1 4 2024"
        elif one.required and value not in one.choices:
            errors[one.name] = f"Choose one of the list: {one.label}"
        elif value and value not in one.choices:
            errors[one.name] = "Choose one of the list."
    if errors:
        raise BadAnswers(errors)
    return days[0], days[1]
