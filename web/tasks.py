"""A task: the form, what the policy says of it beside the form, and who has it: claimed, released, handed over.

Completing it calls `engine.casework.complete_task` in one transaction. Whatever stands in the way is said in words,
and what was typed stays on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import casework, owed, steps
from engine.case_files import CaseFile, Plan
from engine.forms import Form
from engine.process import OpenTask
from engine.refusals import AlreadyDone, ChangedMeanwhile, Refused
from engine.replay import Rulebook
from engine.rights import Person
from engine.workflows import TaskDefinition
from web import (
    acting,
    beside,
    colleagues,
    current,
    decision_words,
    errors,
    event_words,
    forms,
    letter_steps,
    letter_writing,
    names,
    prefill,
    task_links,
    wording,
)
from web.access import local_path, may
from web.acting import Failed

pages = Blueprint("tasks", __name__, url_prefix="/cases/<reference>/tasks/<task_key>")

TAKEN_BACK = "It is nobody's now, and waits for the team."

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("case_reader")
def page(reference: str, task_key: str) -> Answer:
    """The task's form, with what it can be filled with already. What is owed besides has the page of its fact."""
    file = _file(reference)
    if task_links.is_owed(task_key):
        return redirect(task_links.address(reference, task_key))
    return _page(file, task_key)


@pages.post("")
@may("caseworker")
def complete(reference: str, task_key: str) -> Answer:
    """Complete the task: the event it records, the step the diagram takes. One that is done by a letter is not: its
    letter is kept, and shown as the resident will see it."""
    file = _file(reference)
    if file.hold:
        return _page(file, task_key)
    book, definition = _asked(file, task_key)
    form = book.form(task_key, definition.form)
    if letter_steps.is_written(file, task_key):
        return _write(file, task_key, form)
    typed = acting.typed(form)

    def act(opened: CaseFile) -> Plan:
        said = acting.said(form, typed)
        return casework.complete_task(current.office(), opened, task_key, current.person(), said)

    try:
        failed = acting.attempt(form, lambda: _take(reference, task_key, act))
    except AlreadyDone as already:
        return _done_page(_file(reference), task_key, form, already, typed)
    if failed:
        return _page(_file(reference), task_key, typed, failed)
    return acting.done(reference, event_words.task_title(book, task_key))


def _write(file: CaseFile, task_key: str, form: Form) -> Answer:
    """Keep the letter of a task and go on to its preview."""
    task, step = _open(file, task_key), letter_steps.step_of(file, task_key)
    if task is None or step is None:
        return _no_longer(file, task_key, form, acting.typed(form))
    if why_not := _why_not(file, task):
        return _page(file, task_key, acting.typed(form), Failed([{"text": why_not}], {}, 409))
    kept = letter_writing.written(file, step)
    return _page(file, task_key, *kept) if isinstance(kept, tuple) else kept


@pages.post("/claim")
@may("caseworker")
def claim(reference: str, task_key: str) -> Answer:
    """Take the task; from a list, back to the list."""
    failed = _attempt(
        lambda: steps.claim(current.office(), reference, task_key, current.person(), current.now()), task_key
    )
    if failed:
        return _not_done(reference, task_key, failed)
    file = _file(reference)
    due = owed.found(file, task_key)
    title = due.title if due else event_words.task_title(file.book, task_key)
    flash(f"You have the task now: {title}, {reference}.")
    return redirect(local_path(request.form.get("back")) or _address(reference, task_key))


@pages.post("/release")
@may("caseworker")
def release(reference: str, task_key: str) -> Answer:
    """Give the task back to the team."""
    failed = _attempt(
        lambda: steps.release(current.office(), reference, task_key, current.person(), current.now()), task_key
    )
    if failed:
        return _not_done(reference, task_key, failed)
    flash(f"You have given the task back. {TAKEN_BACK}")
    return redirect(local_path(request.form.get("back")) or _address(reference, task_key))


@pages.post("/reassign")
@may("caseworker")
def reassign(reference: str, task_key: str) -> Answer:
    """Hand the task to somebody who may do it, with a reason."""
    file = _file(reference)
    to = next((one for one in _may_have(file, task_key) if one.id == request.form.get("to")), None)
    reason = request.form.get("reason", "")
    wrong = {} if to else {"to": "Choose who takes the task"}
    wrong |= {} if reason.strip() else {"reason": "Say why the task is handed over"}
    failed: Failed | None
    if to is None or wrong:
        problems = [{"text": text, "href": f"#{name}"} for name, text in wrong.items()]
        failed = Failed(problems, wrong, 400)
    else:
        office, who, now = current.office(), current.person(), current.now()
        seen = acting.seen()
        failed = _attempt(
            lambda: steps.reassign(office, reference, task_key, who, now, to=to, reason=reason, seen=seen), task_key
        )
    if failed or to is None:
        handed = {"to": request.form.get("to", ""), "reason": reason}
        return _page(file, task_key, failed=failed, handed=handed)
    flash(f"{to.name} has the task now.")
    return redirect(_address(reference, task_key))


def _take(reference: str, task_key: str, act: steps.Act) -> None:
    """Take the step. Where somebody else was quicker, say who completed the task rather than that the case changed."""
    office, who, now = current.office(), current.person(), current.now()
    try:
        steps.take(office, reference, who, act, now, request_key=acting.request_key(), seen=acting.seen())
    except ChangedMeanwhile:
        file = _file(reference)
        if file.book and not _open(file, task_key):
            raise casework.already_done(file, task_key) from None
        raise


def _attempt(act: Any, task_key: str) -> Failed | None:
    """Something about who has the task; one that is done meanwhile is said on its page."""
    try:
        return acting.attempt(None, act)
    except AlreadyDone as already:
        return Failed([{"text": _who_did(already)}], {}, 409)


def _not_done(reference: str, task_key: str, failed: Failed) -> Answer:
    """Why a task was not taken or given back: on its own page, or on a page alone for what is owed besides."""
    if task_links.is_owed(task_key):
        return errors.page(409, "That cannot be done now", " ".join(one["text"] for one in failed.problems))
    return _page(_file(reference), task_key, failed=failed)


def _file(reference: str) -> CaseFile:
    return steps.seen_by(current.office(), reference, current.person(), current.now())


def _address(reference: str, task_key: str) -> str:
    return url_for("tasks.page", reference=reference, task_key=task_key)


def _open(file: CaseFile, task_key: str) -> OpenTask | None:
    return next((one for one in file.standing.open_tasks if one.key == task_key), None)


def _asked(file: CaseFile, task_key: str) -> tuple[Rulebook, TaskDefinition]:
    """What the task asks, open or done; 404 for a task the version does not have."""
    if file.book is None:
        abort(404)
    task = _open(file, task_key)
    definition = file.book.task(task) if task else letter_steps.task_definition(file.book, task_key)
    return file.book, definition or abort(404)


def _page(
    file: CaseFile,
    task_key: str,
    typed: Mapping[str, Any] | None = None,
    failed: Failed | None = None,
    handed: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    try:
        file.book_or_refuse()
    except Refused as held:
        return errors.page(409, "This case is on hold", str(held))
    book, definition = _asked(file, task_key)
    task, form = _open(file, task_key), book.form(task_key, definition.form)
    if task is None:
        return _no_longer(file, task_key, form)
    who, why_not = current.person(), _why_not(file, task)
    has_it = file.claims.get(task_key)
    answer_due = prefill.answer_due(file, book.records(task), current.now()) if form.field("promised") else None
    given = typed if typed is not None else prefill.task(file, form, current.now())
    shown = failed or Failed([], {}, 200)
    wrong, choices = shown.wrong if handed is None else {}, colleagues.people_of(file)
    step = letter_steps.step_of(file, task_key) if letter_steps.is_written(file, task_key) else None
    is_theirs = who.works_in(file.policy, file.area) and not who.is_auditor
    page_itself = render_template(
        "task.html",
        file=file,
        task=task,
        definition=definition,
        title=event_words.task_title(book, task_key),
        role=names.role(book.version, book.role(task)),
        letter=letter_writing.begun(file, step, typed, wrong, choices) if step else None,
        fields="" if step else forms.fields(form, given, wrong, choices=choices),
        problems=shown.problems,
        wrong=shown.wrong,
        handed=handed or {},
        beside=beside.of_task(file, task, form),
        answer_due=answer_due,
        today=current.today(),
        table=decision_words.table(book.version, task.task, form),
        why_not=why_not,
        has_it=has_it,
        is_mine=has_it is not None and has_it.person == who.id,
        others=_may_have(file, task_key) if is_theirs else [],
        request_key=request.form.get("request_key") or acting.new_request_key(),
        last_number=len(file.record),
        here=_address(file.reference, task_key),
    )
    return page_itself, shown.code


def _no_longer(file: CaseFile, task_key: str, form: Form, typed: Mapping[str, Any] | None = None) -> tuple[str, int]:
    """The page of a task that is not open: who did it and when, or that it has not come up."""
    already = casework.already_done(file, task_key)
    if isinstance(already, AlreadyDone):
        return _done_page(file, task_key, form, already, typed or {})
    return errors.page(409, "This task is not open", "It has not come up in this case, or the case went another way.")


def _done_page(
    file: CaseFile, task_key: str, form: Form, already: AlreadyDone, typed: Mapping[str, Any]
) -> tuple[str, int]:
    kept = beside.kept_answers(form, dict(typed))
    title = event_words.task_title(file.book, task_key)
    page = render_template("task_done.html", file=file, title=title, who_did=_who_did(already), kept=kept)
    return page, 409 if typed else 200


def _who_did(already: AlreadyDone) -> str:
    by = "You" if already.by == current.person().name else already.by
    return f"{by} completed this task on {wording.moment(already.when)}."


def _why_not(file: CaseFile, task: OpenTask) -> str:
    """Why the person signed in may not do the task, in a sentence; empty where they may."""
    who = current.person()
    if who.is_auditor:
        return "An auditor reads every case and changes none."
    return _refusal(file, task, who)


def _refusal(file: CaseFile, task: OpenTask, who: Person) -> str:
    try:
        casework.refuse_unless_theirs(file, task, who)
    except Refused as refused:
        return str(refused)
    return ""


def _may_have(file: CaseFile, task_key: str) -> list[Person]:
    """The people to whom the task may be handed: who hold its role here and may do it, but for who has it."""
    task = _open(file, task_key) if file.book else None
    if task is None:
        return []
    free = file.with_claims({})
    return [
        one for one in colleagues.everybody() if one.id != file.claimed_by(task_key) and not _refusal(free, task, one)
    ]
