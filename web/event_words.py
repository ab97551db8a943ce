"""What happened to a case, in the words of people: the title of an event, and what was said with it.

A form's own labels are used for its answers; what the engine adds to an event (a promised date, a task that was taken)
has its words here. Nothing is left out but what is private.
"""

from __future__ import annotations

import re
from datetime import date

from engine.case_files import CaseFile
from engine.events import (
    CONTENT_ERASED,
    CORRECTED,
    HELD,
    HOLD_ENDED,
    INFORMATION_RECEIVED,
    MOVE_UNDONE,
    MOVED,
    RECEIVED,
    TIMER_FIRED,
    TRIAGED,
    CaseEvent,
)
from engine.facts import asked_in_words
from engine.forms import Field, Form
from engine.letter_events import INTAKE
from engine.policy import PolicyVersion, bare, stage_of
from engine.replay import Rulebook
from engine.wordings import listed
from web import current, forms, names, wording

TITLES = {
    RECEIVED: "Complaint received",
    TRIAGED: "Decided what this is",
    "acknowledged": "Acknowledgement sent",
    "extension_given": "Extension given",
    "holding_reply_sent": "Holding reply sent",
    "response_sent": "Answer sent",
    "response_received": "Answer reached the resident",
    "late_request_decided": "Late request decided",
    "panel_met": "Panel met",
    "panel_postponed": "Panel postponed",
    "withdrawn": "Resident withdrew the complaint",
    "satisfied": "Resident is satisfied",
    "contacted": "Ombudsman involved",
    "designated_person_approached": "Designated person approached",
    "closed": "Ombudsman closed its file",
    "authority_received": "Representative's authority received",
    "conflict_declared": "Conflict of interest declared",
    "apology_sent": "Apology for a late answer sent",
    "refusal_sent": "Letter of refusal sent",
    "thanked": "Letter of thanks sent",
    "withdrawal_confirmed": "Withdrawal confirmed",
    "authority_asked": "Resident's agreement asked for",
    "contact_made": "Contact",
    "information_asked": "Information asked for",
    "information_received": "Information came",
    "update_given": "Resident updated",
    "follow_up_call_made": "Follow-up call made",
    CORRECTED: "Record corrected",
    MOVED: "Placed under another version",
    MOVE_UNDONE: "Move to another version undone",
    TIMER_FIRED: "A date passed",
    HELD: "Put on hold",
    HOLD_ENDED: "Taken off hold",
    CONTENT_ERASED: "Disposed of: what was said was erased",
    "claimed": "Task taken",
    "released": "Task given back",
    "reassigned": "Task handed over",
}
EXTRA = {
    "promised": "Date our letter gave for the answer",
    "to": "New date",
    "reason": "Reason",
    "version": "Version",
    "was": "Version before",
    "decided_by": "Decided by",
    "to_name": "To",
    "task": "Task",
    "deadline": "Date",
    "sent_to": "Sent to",
    "letter_date": "Date on the letter",
    "large_print": "In large print",
    "approved_by": "Approved by",
    "passed_on_by": "Passed on by",
}
UNSAID = {"number", "event", "was_happened", "now_happened", "was_fields", "now_fields"}
UNSAID |= {"letter", "letter_sha256", "approved_by_id", "about"}  # shown in another way, or for machines
NOT_FOR_READING = {"reassigned": {"to"}}


def title(version: PolicyVersion | None, name: str) -> str:
    """`Stage 1: answer sent`, `Resident asked for Stage 2`, `Complaint received`."""
    stage = stage_of(name)
    known = version is not None and stage is not None and version.has_stage(stage)
    if bare(name) == "requested":
        return f"Resident asked for {names.stage(version, stage) if version and known else wording.plain(stage or '')}"
    words = TITLES.get(name) or TITLES.get(bare(name)) or wording.plain(bare(name))
    if version is None or stage is None or not known or version.stage(stage).is_external:
        return words
    return f"{names.stage(version, stage)}: {words[:1].lower()}{words[1:]}"


def form_of(file: CaseFile, name: str) -> Form | None:
    """The form an event was recorded with; None for what no form asks."""
    if name == RECEIVED:
        return current.office().complaint_form(file.policy, file.governing.version)
    book = file.book
    if book is None:
        return None
    if bare(name) in book.workflows.facts:
        return book.form(name, book.workflows.facts[bare(name)].form)
    for key, form in _forms_of_tasks(book, name):
        return book.form(key, form)
    message = book.message(name)
    return book.form(name, message.form) if message else None


def said(file: CaseFile, event: CaseEvent) -> list[tuple[str, str]]:
    """What was said with an event, as labels and answers, in the order of its form; private answers are left out."""
    form, hidden = form_of(file, event.name), _private_questions()
    given = {name: value for name, value in event.fields.items() if name not in hidden}
    told = []
    for one in form.fields if form else ():
        value = given.pop(one.name, None)
        if value not in (None, "", []) and not one.sensitive:
            told.append((one.label, _answered(file, event.name, one, value)))
    left_out = UNSAID | NOT_FOR_READING.get(event.name, set())
    rest = {name: value for name, value in given.items() if name not in left_out and value not in (None, "", [])}
    return told + [(EXTRA.get(name, wording.plain(name)), _plain(file, name, value)) for name, value in rest.items()]


def private(file: CaseFile, event: CaseEvent) -> list[tuple[str, str]]:
    """The private answers of an event, as labels and answers."""
    form = form_of(file, event.name)
    asked = {one.name: one for one in (form.fields if form else ()) if one.sensitive}
    return [
        (one.label, forms.shown(one, event.fields[name]))
        for name, one in (_private_questions() | asked).items()
        if event.fields.get(name) not in (None, "", [])
    ]


def is_private(name: str) -> bool:
    """Whether an answer of that name is private, whichever form asked it."""
    return name in _private_questions()


def value_in_words(file: CaseFile, event_name: str, name: str, value: object) -> str:
    """One answer of an event in words; empty where nothing was said."""
    if value in (None, "", []):
        return ""
    form = form_of(file, event_name)
    field = form.field(name) if form else None
    return _answered(file, event_name, field, value) if field else _plain(file, name, value)


def label(file: CaseFile, event_name: str, name: str) -> str:
    """What an answer of an event is called."""
    form = form_of(file, event_name)
    field = form.field(name) if form else None
    return field.label if field else EXTRA.get(name, wording.plain(name))


def task_title(book: Rulebook | None, key: str) -> str:
    """The title of a task by its whole key: `Stage 1: investigate and answer`."""
    stage, name = stage_of(key), bare(key)
    if book is None:
        return wording.plain(key)
    processes = dict(book.workflows.calls(book.spine))
    found = book.workflows.tasks.get((processes.get(stage or "", ""), name))
    found = found or next((one for (_, own), one in book.workflows.tasks.items() if own == name), None)
    words = found.title if found else wording.plain(name)
    return f"{names.stage(book.version, stage)}: {words[:1].lower()}{words[1:]}" if stage else words


def _private_questions() -> dict[str, Field]:
    """Every question some form asks in confidence: a case that was moved may hold answers its version never asks."""
    known = current.office().shelf.workflows.forms.values()
    return {one.name: one for form in known for one in form.fields if one.sensitive}


def _forms_of_tasks(book: Rulebook, name: str) -> list[tuple[str, str]]:
    """The key and the usual form of the tasks whose completion records that event."""
    found = []
    for stage, process in book.workflows.calls(book.spine):
        for task in book.workflows.tasks_of(process):
            is_whole = "." in task.records or stage in ("", INTAKE)
            if name == (task.records if is_whole else f"{stage}.{task.records}"):
                own = stage_of(task.records) if is_whole else stage
                found.append((f"{own}.{task.key}" if own else task.key, task.form))
    return found


def _answered(file: CaseFile, event_name: str, field: Field, value: object) -> str:
    """An answer as people read it; the number of what was asked of somebody, as its words."""
    if event_name == INFORMATION_RECEIVED and field.name == "about":
        return asked_in_words(file.record, str(value)) or str(value)
    return forms.shown(field, value)


def _plain(file: CaseFile, name: str, value: object) -> str:
    """An answer no form asks, in words: a date, a task, a deadline, yes or no, a list."""
    if isinstance(value, (list, tuple)):
        return listed([str(one) for one in value])
    text = {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return wording.day(date.fromisoformat(text))
    if name == "task":
        return task_title(file.book, text)
    if name == "deadline" and file.book:
        return names.deadline(file.book.version, text)
    return text
