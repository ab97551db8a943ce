"""The record of what people did: acts, sign-ins, what happened in cases and who saw them, with filters, as CSV or JSON.

An export is itself recorded, with its filters and how many lines it had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answered

from engine.events import at
from engine.store import acts, people, recorded
from engine.store.recorded import Cursor, Sought
from web import csv_text, current, record_words, wording
from web.access import may
from web.record_words import GROUPS, Line

pages = Blueprint("record", __name__, url_prefix="/compliance/record")

USUAL_DAYS = 30
MOST_LINES = 100_000
LONGEST = 60
HEADINGS = ("when", "who", "what", "about", "before", "after", "more")
AGAIN = "exported_record"

Answer = str | Answered | tuple[str, int]


@dataclass(frozen=True)
class Filters:
    """What of the record is asked for: a group, a person, a reference, and the days, both in it."""

    group: str
    person_id: int | None
    about: str
    first: date
    last: date

    @property
    def sought(self) -> Sought:
        group = GROUPS[self.group]
        return Sought(
            acts=group.acts,
            events=group.events,
            with_views=group.with_views,
            person_id=self.person_id,
            about=self.about,
            since=midnight(self.first),
            until=midnight(self.last + timedelta(days=1)),
        )

    @property
    def given(self) -> dict[str, str | None]:
        """As they stand in an address."""
        return {
            "of": self.group or None,
            "person": str(self.person_id) if self.person_id is not None else None,
            "about": self.about or None,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
        }


@pages.get("")
@may("compliance")
def page() -> Answer:
    """The record, the latest first: the last thirty days, unless other days are asked for."""
    filters, problems = _filters()
    with current.database().reading() as tx:
        everybody = people.people(tx)
        found, after = recorded.page_of_record(tx, filters.sought, after=cursor(request.args.get("after", "")))
    given = filters.given
    return render_template(
        "record.html",
        lines=record_words.lines(found, {row.id: row.name for row in everybody}),
        filters=filters,
        groups={key: group.title for key, group in GROUPS.items()},
        everybody=sorted(everybody, key=lambda row: row.name),
        chosen=_chosen(filters, {row.id: row.name for row in everybody}),
        problems=problems,
        first_url=url_for("record.page", **given) if request.args.get("after") else None,
        next_url=url_for("record.page", **given, after=written(after)) if after else None,
    )


@pages.post("/export")
@may("compliance")
def export() -> Answer:
    """What the filters leave, as a file. That it was exported is recorded first."""
    filters, problems = _filters()
    kind = "json" if request.form.get("kind") == "json" else "csv"
    if problems:
        return render_template("error.html", heading="The record was not exported", paragraphs=problems), 400
    found = list(_all(filters.sought))
    if len(found) > MOST_LINES:
        said = f"That is more than {MOST_LINES:,} lines. Choose fewer days, or a person, and export again."
        return render_template("error.html", heading="The record was not exported", paragraphs=[said]), 400
    with current.database().writing() as tx:
        said_of = {key: value for key, value in filters.given.items() if value} | {"lines": len(found), "kind": kind}
        acts.record_act(tx, current.person_id(), what=AGAIN, about="record", now=current.now(), detail=said_of)
    name = f"record-{filters.first.isoformat()}-to-{filters.last.isoformat()}.{kind}"
    rows = [row_of(line) for line in found]
    if kind == "json":
        content = orjson.dumps([dict(zip(HEADINGS, row, strict=True)) for row in rows], option=orjson.OPT_INDENT_2)
        media_type = "application/json"
    else:
        content, media_type = csv_text.csv_bytes([HEADINGS, *rows]), csv_text.TYPE
    return Response(content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _all(sought: Sought) -> Iterator[Line]:
    """Every line of it, and one more than may be exported at most."""
    count, after = 0, None
    with current.database().reading() as tx:
        names = {row.id: row.name for row in people.people(tx)}
        while count <= MOST_LINES:
            found, after = recorded.page_of_record(tx, sought, after=after, size=1000)
            yield from record_words.lines(found, names)
            count += len(found)
            if after is None:
                return


def row_of(line: Line) -> tuple[str, ...]:
    """A line as a row of a file, under HEADINGS."""
    return (line.at.isoformat(), line.who, line.what, line.about, line.before, line.after, line.detail)


def _filters() -> tuple[Filters, list[str]]:
    """What is asked for, and what is wrong with it: then the usual stands in its place."""
    asked, today, problems = request.values, current.today(), []
    group = asked.get("of", "")
    person = asked.get("person", "")
    last = _day(asked, "to", today, problems)
    first = _day(asked, "from", last - timedelta(days=USUAL_DAYS), problems)
    if first > last:
        problems.append("The first day must not come after the last.")
        first = last - timedelta(days=USUAL_DAYS)
    return (
        Filters(
            group=group if group in GROUPS else "",
            person_id=int(person) if person.isascii() and person.isdecimal() and len(person) < 10 else None,
            about=" ".join(asked.get("about", "").split())[:LONGEST],
            first=first,
            last=last,
        ),
        problems,
    )


def _day(asked: Any, name: str, usual: date, problems: list[str]) -> date:
    text = asked.get(name, "").strip()
    if not text:
        return usual
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2200:
        problems.append(f"Enter the {'first' if name == 'from' else 'last'} day as a date, such as 2026-03-31.")
        return usual
    return found


def midnight(day: date) -> datetime:
    """The moment at which a local day begins."""
    return at(day, datetime.min.time())


def _chosen(filters: Filters, names: dict[int, str]) -> list[dict[str, str]]:
    """Each filter in force, with the address without it."""
    words = {
        "of": GROUPS[filters.group].title if filters.group else "",
        "person": names.get(filters.person_id or 0, "Nobody") if filters.person_id is not None else "",
        "about": filters.about,
    }
    found = [
        {"text": text, "href": url_for("record.page", **filters.given | {key: None})}
        for key, text in words.items()
        if text
    ]
    usual = replace(filters, first=current.today() - timedelta(days=USUAL_DAYS), last=current.today())
    if (usual.first, usual.last) != (filters.first, filters.last):
        days = f"{wording.short_day(filters.first)} to {wording.short_day(filters.last)}"
        found.append({"text": days, "href": url_for("record.page", **filters.given | {"from": None, "to": None})})
    return found


def written(after: Cursor) -> str:
    """Where a page ended, for an address."""
    return "~".join((after[0].isoformat(), *(str(part) for part in after[1:])))


def cursor(text: str) -> Cursor | None:
    """Where the page before ended; None for what is no such place."""
    moment, _, rest = text.partition("~")
    kind, _, place = rest.partition("~")
    one, _, two = place.partition("~")
    try:
        found = datetime.fromisoformat(moment), kind, int(one), int(two)
    except ValueError:
        return None
    is_sound = found[0].tzinfo and kind in (recorded.ACT, recorded.EVENT, recorded.VIEW)
    return found if is_sound and all(0 <= part < 2**31 for part in found[2:]) else None
