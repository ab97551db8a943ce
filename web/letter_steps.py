"""What a letter goes out with: a task, a message or a fact of a case, by its key, with the form that it is written on.

`stage_1.acknowledge` is a task, `stage_1.extension_given` a message, `refusal_sent` a fact. How the letter goes, when,
and who approved it is no question of the form: it is sent, and approved, on a page of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import url_for

from engine import casework, writing
from engine.case_files import CaseFile
from engine.forms import Form
from engine.policy import bare, stage_of
from engine.refusals import Refused
from engine.replay import Rulebook
from engine.rights import Person
from engine.workflows import MessageDefinition, TaskDefinition
from web import current, fact_offers, names

#: what the letter always says, and what its sending and its approval answer
UNASKED = ("channel", "approved_by", "apology", *writing.ALWAYS_SAID)


@dataclass(frozen=True)
class Step:
    """What a letter goes out with. `form` asks only what the letter says; `href` is where it is written."""

    key: str
    title: str
    form: Form
    href: str
    is_task: bool

    @property
    def stage(self) -> str | None:
        return stage_of(self.key)


def task_definition(book: Rulebook, task_key: str) -> TaskDefinition | None:
    """The definition of a task of that key, wherever in the workflow it stands, open or not."""
    stage, name = stage_of(task_key), bare(task_key)
    for called, process in book.workflows.calls(book.spine):
        if stage in (None, called) or process == book.spine:
            found = book.workflows.tasks.get((process, name))
            if found and (stage or process != book.spine):
                return found
    return None


def step_of(file: CaseFile, key: str) -> Step | None:
    """The step of that key; None where the version has none. It need not be possible now."""
    book = file.book
    if book is None:
        return None
    if task := task_definition(book, key):
        here = url_for("tasks.page", reference=file.reference, task_key=key)
        return Step(key, task.title, written_form(book, key, task), here, is_task=True)
    definition = happening_definition(book, key)
    if definition is None:
        return None
    here = url_for("happenings.page", reference=file.reference, name=key)
    return Step(key, names.happening(book, key), written_form(book, key, definition), here, is_task=False)


def happening_definition(book: Rulebook, name: str) -> MessageDefinition | None:
    """The definition of a message or a fact; None where the version has none of that name."""
    return book.workflows.facts[bare(name)] if fact_offers.is_fact(book, name) else book.message(name)


def written_form(book: Rulebook, key: str, definition: TaskDefinition | MessageDefinition) -> Form:
    """The form without what is asked where the letter is approved and sent, or stands in every such letter."""
    form = book.form(key, definition.form)
    return replace(form, fields=tuple(field for field in form.fields if field.name not in UNASKED))


def is_written(file: CaseFile, key: str) -> bool:
    """Whether the step is taken by writing a letter: it has one, and the version has its template."""
    office, who, today = current.office(), current.person(), current.today()
    return file.book is not None and writing.letter_for(office, file, key, {}, day=today, who=who) is not None


def why_not(file: CaseFile, step: Step, who: Person) -> str:
    """Why the person may not write and send this letter now, in a sentence; empty where they may."""
    if who.is_auditor:
        return "An auditor reads every case and changes none."
    try:
        _refuse(file, step, who)
    except Refused as refused:
        return str(refused)
    return ""


def _refuse(file: CaseFile, step: Step, who: Person) -> None:
    book = file.book_or_refuse()
    if step.is_task:
        task = next((one for one in file.standing.open_tasks if one.key == step.key), None)
        if task is None:
            raise casework.already_done(file, step.key)
        casework.refuse_unless_theirs(file, task, who)
    elif fact_offers.is_fact(book, step.key):
        if said := fact_offers.why_not(file, step.key):
            raise Refused(said)
    elif step.key not in (*file.standing.may_happen, *file.standing.may_be_noted):
        raise Refused("The case does not wait for this where it stands.")
    else:
        definition = happening_definition(book, step.key)
        casework.refuse_unless_done_by(file, step.key, definition.done_by if definition else "desk", who)
