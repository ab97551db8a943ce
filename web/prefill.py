"""What a form can be filled with before anyone types: today, and what the case already knows, with where it stood.

Only offered, never recorded until a person sends it. Sensitive answers are never carried over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import understanding
from engine.case_files import CaseFile
from engine.deadlines import ledger
from engine.events import CaseEvent
from engine.forms import Field, Form
from engine.policy import bare, stage_of
from web import answers, event_words, wording

#: a field, alone or of one form, and the earlier answers that fill it: the last that is there of the first kind that is
KNOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "responsible_for": (("acknowledged", "responsible_for"),),
    "not_responsible_for": (("acknowledged", "not_responsible_for"),),
    "advocacy": (("acknowledged", "advocacy"),),
    "channel": (("complaint_received", "preferred_contact"),),
    "service_area": (("complaint_received", "service_area"),),
    "contractor": (("complaint_received", "contractor"),),
    "refusal.reasons": (("triaged", "reason"),),
    "refusal.discretion": (("triaged", "discretion"),),
    "thanks.action": (("triaged", "reason"),),
    "withdrawal.understanding_of_withdrawal": (("withdrawn", "reason"),),
    "authority_request.representative": (("complaint_received", "representative"),),
    "apology.action": (("holding_reply_sent", "action"),),
    "apology.reason": (("extension_given", "reason"), ("holding_reply_sent", "reason")),
}
#: what the complaint is about and what is wanted, as it stands at the stage the case is at
AT_THE_STAGE = {"understanding": understanding.definition, "outcomes_sought": understanding.outcomes}
#: where an answer that is filled in came from
SAYS = "\u201c{label}\u201d begins with what stands under \u201c{asked}\u201d in \u201c{title}\u201d of {day}."


@dataclass(frozen=True)
class Found:
    """An answer the case already knows: of which event, under which name."""

    value: str
    event: CaseEvent
    name: str


def task(file: CaseFile, form: Form, now: datetime) -> dict[str, Any]:
    """The answers a task's form begins with: never the date our letter gave. One worked out for today would stay when
    another day is entered, and be a promise nobody made."""
    return happening(file, form, now, is_letter=True)


def happening(file: CaseFile, form: Form, now: datetime, *, is_letter: bool) -> dict[str, Any]:
    """The answers the form of something that happened begins with. A letter of ours goes the way the resident prefers;
    how they told us something is not known before."""
    fields = [field for field in form.fields if is_letter or field.name != "channel"]
    known = {field.name: found.value for field in fields if (found := _known(file, form, field))}
    return {**answers.fresh(now), **known}


def taken(file: CaseFile, form: Form) -> list[str]:
    """A sentence for each field that is filled from the case: what it begins with, and where that stood."""
    found = [(field, known) for field in form.fields if (known := _known(file, form, field))]
    return [
        SAYS.format(
            label=field.label.rstrip("?"),
            asked=event_words.label(file, known.event.name, known.name).rstrip("?"),
            title=event_words.title(file.governing.version, known.event.name),
            day=wording.day(known.event.day),
        )
        for field, known in found
        if field.name != "channel"
    ]


def preferred_way(file: CaseFile) -> str:
    """How the resident would like to hear from us, as the complaint says; empty where they did not."""
    found = _last(file, "complaint_received", "preferred_contact")
    return found.value if found else ""


def answer_due(file: CaseFile, records: str, now: datetime) -> date | None:
    """When the policy wants the answer if this is done now; None where it has no such date."""
    book = file.book_or_refuse()
    events = [*file.events, CaseEvent(records, now, now)]
    seen = ledger(book.version, events, now, book.calendar, book.law_ended)
    response = seen.deadlines.get(f"{stage_of(records)}.response")
    return response.due if response else None


def _known(file: CaseFile, form: Form, field: Field) -> Found | None:
    if field.sensitive:
        return None
    if field.name in AT_THE_STAGE:
        told = AT_THE_STAGE[field.name](file, file.standing.stage)
        return next((Found(event.text(name), event, name) for event, name in told), None)
    for event_name, name in KNOWN.get(f"{form.name}.{field.name}") or KNOWN.get(field.name, ()):
        if found := _last(file, event_name, name):
            return found if not field.choices or found.value in field.choices else None
    return None


def _last(file: CaseFile, event_name: str, name: str) -> Found | None:
    for event in reversed(file.events):
        if bare(event.name) == event_name and (text := event.text(name)):
            return Found(text, event, name)
    return None
