"""A case in words for papers that leave the office: what an event is called, and what was answered with it.

Private answers (health, vulnerability, adjustments) are left out of everything here: a copy for filing and a pack for a
panel go to people without the right to see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from engine import events
from engine.events import ZONE, CaseEvent
from engine.facts import asked_in_words
from engine.forms import Field, Form
from engine.letter_events import INTAKE
from engine.policy import PolicyVersion, bare, stage_of
from engine.wordings import day_in_words, listed

if TYPE_CHECKING:
    from engine.case_files import CaseFile
    from engine.office import Office
    from engine.replay import Rulebook

#: what events are called, by their bare names
TITLES = {
    events.RECEIVED: "Complaint received",
    events.TRIAGED: "Decided what this is",
    "acknowledged": "Acknowledgement sent",
    "extension_given": "Extension given",
    "holding_reply_sent": "Holding reply sent",
    "response_sent": "Answer sent",
    "response_received": "Answer reached the resident",
    "late_request_decided": "Late request decided",
    "panel_met": "Panel met",
    "panel_postponed": "Panel postponed",
    events.WITHDRAWN: "Resident withdrew the complaint",
    events.SATISFIED: "Resident is satisfied",
    "contacted": "Ombudsman involved",
    "designated_person_approached": "Designated person approached",
    "closed": "Ombudsman closed its file",
    events.AUTHORITY_RECEIVED: "Representative's authority received",
    events.CONFLICT_DECLARED: "Conflict of interest declared",
    events.APOLOGY_SENT: "Apology for a late answer sent",
    events.REFUSAL_SENT: "Letter of refusal sent",
    events.THANKED: "Letter of thanks sent",
    events.WITHDRAWAL_CONFIRMED: "Withdrawal confirmed",
    events.AUTHORITY_ASKED: "Resident's agreement asked for",
    events.CONTACT_MADE: "Contact",
    events.INFORMATION_ASKED: "Information asked for",
    events.INFORMATION_RECEIVED: "Information came",
    events.UPDATE_GIVEN: "Resident updated",
    events.FOLLOW_UP_CALL_MADE: "Follow-up call made",
}


def title(version: PolicyVersion | None, name: str) -> str:
    """`Stage 1: answer sent`, `Resident asked for Stage 2`, `Complaint received`."""
    stage = stage_of(name)
    titled = version.stage(stage).title if version and stage and version.has_stage(stage) else ""
    if bare(name) == "requested":
        return f"Resident asked for {titled or 'the next stage'}"
    words = TITLES.get(bare(name)) or bare(name).replace("_", " ").capitalize()
    return f"{titled}: {words[:1].lower()}{words[1:]}" if titled else words


def moment_in_words(moment: datetime) -> str:
    """`27 December 2024 at 14:30`, local; without the time where it is noon, which stands for a day without one."""
    local = moment.astimezone(ZONE)
    time = "" if (local.hour, local.minute) == (12, 0) else f" at {local:%H:%M}"
    return f"{day_in_words(local.date())}{time}"


def said(office: Office, file: CaseFile, event: CaseEvent) -> list[tuple[str, str]]:
    """What was answered with an event, as labels and answers in the order of its form, private answers left out."""
    form, hidden = form_of(office, file, event.name), private_questions(office)
    given = [(one, event.fields.get(one.name)) for one in (form.fields if form else ()) if one.name not in hidden]
    return [(one.label, _answered(file, event, one, value)) for one, value in given if value not in (None, "", [])]


def _answered(file: CaseFile, event: CaseEvent, question: Field, value: object) -> str:
    """An answer in words; the number of what was asked of somebody, as what it was."""
    if event.name == events.INFORMATION_RECEIVED and question.name == "about":
        return asked_in_words(file.record, str(value)) or str(value)
    return answer_in_words(question, value)


def answer_in_words(question: Field, value: object) -> str:
    """An answer as people read it: the labels of what was chosen, a day in words, yes or no."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return listed(question.choices.get(str(one), str(one)) for one in value)
    text = str(value)
    if question.type == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return day_in_words(date.fromisoformat(text))
    return question.choices.get(text, text)


def form_of(office: Office, file: CaseFile, name: str) -> Form | None:
    """The form an event was recorded with; None for what no form asks."""
    if name == events.RECEIVED:
        return office.complaint_form(file.policy, file.governing.version)
    book = file.book
    if book is None:
        return None
    if bare(name) in book.workflows.facts:
        return book.form(name, book.workflows.facts[bare(name)].form)
    for key, form in _forms_of_tasks(book, name):
        return book.form(key, form)
    message = book.message(name)
    return book.form(name, message.form) if message else None


def private_questions(office: Office) -> Mapping[str, Field]:
    """Every question some form asks in confidence: a case that was moved may hold answers its version never asks."""
    books = [one.book.workflows.forms for one in office.shelved.values()]
    known = [form for forms in (office.shelf.workflows.forms, *books) for form in forms.values()]
    return {one.name: one for form in known for one in form.fields if one.sensitive}


def _forms_of_tasks(book: Rulebook, name: str) -> Iterator[tuple[str, str]]:
    """The key and the usual form of the tasks whose completion records that event."""
    for stage, process in book.workflows.calls(book.spine):
        for task in book.workflows.tasks_of(process):
            is_whole = "." in task.records or stage in ("", INTAKE)
            if name == (task.records if is_whole else f"{stage}.{task.records}"):
                own = stage_of(task.records) if is_whole else stage
                yield (f"{own}.{task.key}" if own else task.key), task.form
