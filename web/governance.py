"""What governed one case, on one page: the version and why, what it demanded with every day counted, what was done.

"As of" any past day shows the case as it was known by the end of that day, with the calendar known then. Whoever may
read the case may read this; nothing private stands on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as Answered

from engine import governance, steps
from engine.case_files import CaseFile
from engine.events import local_day
from engine.forms import Field, Form
from engine.store import library as stored
from engine.yardstick import Edition
from web import access, answers, current, forms, governance_words, names, wording
from web.access import may

pages = Blueprint("governance", __name__, url_prefix="/cases/<reference>/governance")

Answer = str | Answered | tuple[str, int]
AS_OF = Form("as_of", "See it as of", (Field("as_of", "As of the end of which day?", "date", "Such as 27 3 2025"),))


@pages.get("")
@may("case_reader")
def page(reference: str) -> Answer:
    """What governed the case, as of today or of the day asked for."""
    file = steps.seen_by(current.office(), reference, current.person(), current.now())
    sent = _asked()
    day, wrong = _day(sent)
    if wrong:
        return _page(file, file, sent, wrong), 400
    if day is None or day == current.today():
        return _page(file, file, sent)
    past = governance.as_of(current.office(), file, governance.end_of(day))
    return _page(file, past, sent, day=day)


@pages.get("/files/<path:path>")
@may("case_reader")
def sealed_file(reference: str, path: str) -> Answer:
    """One file of the version that governs the case, exactly as it was sealed."""
    file = steps.seen_by(current.office(), reference, current.person(), current.now())
    version_id = current.office().version_id(file.governing.version)
    files = _files(version_id) if version_id is not None else {}
    if path not in files:
        abort(404)
    answer = Response(files[path], mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'inline; filename="{path.rpartition("/")[2]}"'
    return answer


def _page(
    now: CaseFile,
    file: CaseFile | None,
    sent: Mapping[str, Any],
    wrong: Mapping[str, str] | None = None,
    day: date | None = None,
) -> str:
    office, row = current.office(), now.row
    assert row is not None
    seen = governance.end_of(day) if day else current.now()
    found = governance.governance(office, file, seen) if file else None
    version_id = office.version_id(found.version) if found else None
    files = _files(version_id) if version_id is not None else {}
    with current.database().reading() as tx:
        sealed_at = next((one.sealed_at for one in stored.versions(tx, now.policy) if one.id == version_id), None)
    return render_template(
        "governance.html",
        row=row,
        landlord=office.policies()[now.policy],
        found=found,
        said=governance_words.page(found) if found else None,
        sealed=governance_words.sealed(found, files) if found else None,
        sealed_at=sealed_at,
        asked_for=day,
        is_past=day is not None and day < current.today(),
        logged=local_day(row.logged),
        received_on=local_day(now.received) if now.received else None,
        first_edition=_first_edition(),
        fields=forms.fields(AS_OF, sent, wrong or {}, asks_when=False),
        problems=forms.error_list(AS_OF, wrong or {}),
        may_prove=access.holds(current.person(), "compliance"),
        names=names,
    )


def _first_edition() -> Edition | None:
    """The first edition of the Code that is kept here: there may have been earlier ones."""
    code = current.office().shelf.yardstick
    return min(code.editions, key=lambda one: one.begins, default=None) if code else None


def _files(version_id: int) -> dict[str, bytes]:
    with current.database().reading() as tx:
        return stored.version_files(tx, version_id)


def _asked() -> dict[str, Any]:
    """The day asked for: three boxes, or one value in the address."""
    whole = request.args.get("as_of", "")
    return {"as_of": whole} if whole else answers.read(AS_OF, request.args)


def _day(sent: Mapping[str, Any]) -> tuple[date | None, dict[str, str]]:
    """The day, None where none was asked for; and what is wrong with it."""
    text = str(sent.get("as_of") or "")
    if not text:
        return None, {}
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, {"as_of": "The day must be a real date, such as 27 3 2025."}
    if day > current.today():
        return None, {"as_of": f"Choose today, {wording.day(current.today())}, or a day before it."}
    if day.year < 1900:
        return None, {"as_of": "Choose a day since 1900."}
    return day, {}
