"""What a form can be filled with before anyone types: today, and what the case already knows.

Only offered, never recorded until a person sends it. Sensitive answers are never carried over.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.case_files import CaseFile
from engine.deadlines import ledger
from engine.events import CaseEvent
from engine.forms import Field, Form
from engine.policy import bare, stage_of
from web import answers

#: a field, and the earlier answers that fill it: the last that is there of the first kind that is
KNOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "understanding": (
        ("requested", "reasons"),
        ("requested", "expectations"),
        ("acknowledged", "understanding"),
        ("complaint_received", "description"),
    ),
    "outcomes_sought": (
        ("requested", "outcome_sought"),
        ("requested", "remedy_required"),
        ("acknowledged", "outcomes_sought"),
        ("complaint_received", "outcome_sought"),
    ),
    "channel": (("complaint_received", "preferred_contact"),),
    "service_area": (("complaint_received", "service_area"),),
    "contractor": (("complaint_received", "contractor"),),
}


def task(file: CaseFile, form: Form, now: datetime) -> dict[str, Any]:
    """The answers a task's form begins with: never the date our letter gave. One worked out for today would stay when
    another day is entered, and be a promise nobody made."""
    return happening(file, form, now, is_letter=True)


def happening(file: CaseFile, form: Form, now: datetime, *, is_letter: bool) -> dict[str, Any]:
    """The answers the form of something that happened begins with. A letter of ours goes the way the resident prefers;
    how they told us something is not known before."""
    fields = [field for field in form.fields if is_letter or field.name != "channel"]
    known = {field.name: value for field in fields if (value := _known(file, field))}
    return {**answers.fresh(now), **known}


def answer_due(file: CaseFile, records: str, now: datetime) -> date | None:
    """When the policy wants the answer if this is done now; None where it has no such date."""
    book = file.book_or_refuse()
    events = [*file.events, CaseEvent(records, now, now)]
    seen = ledger(book.version, events, now, book.calendar, book.law_ended)
    response = seen.deadlines.get(f"{stage_of(records)}.response")
    return response.due if response else None


def _known(file: CaseFile, field: Field) -> str:
    if field.sensitive:
        return ""
    for event_name, name in KNOWN.get(field.name, ()):
        for event in reversed(file.events):
            if bare(event.name) == event_name and (text := event.text(name)):
                return text if not field.choices or text in field.choices else ""
    return ""
