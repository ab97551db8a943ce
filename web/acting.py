"""Taking a step of a case from a page: what a browser sent goes to the engine, and what came of it is said in words.

Nothing typed is lost: a page that could not be saved is shown again with its answers, and says why.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine import steps
from engine.case_files import CaseFile
from engine.casework import ALWAYS_ASKED, Said
from engine.forms import Form, check_answers
from engine.not_then import NotThen
from engine.policy import bare, stage_of
from engine.refusals import AlreadyDone, BadAnswers, ChangedMeanwhile, Refused, Unknown
from engine.store import acts, inbox
from engine.store.cases import CaseChanged
from engine.store.claims import AlreadyTaken, TaskGone
from engine.store.inbox import InboxTask
from engine.working_days import OutsideCalendar
from web import answers, current, event_words, forms, names, task_links, wording
from web.answers import HAPPENED

NO_DAY = "Enter the day it happened"
MOVED_AWAY = "The case now belongs to another service area."


@dataclass(frozen=True)
class Failed:
    """Why a step was not taken: the lines of the error summary, the sentence of each field, and the answer's code."""

    problems: list[dict[str, str]]
    wrong: Mapping[str, str]
    code: int


def new_request_key() -> str:
    """What makes the same button pressed twice one request."""
    return secrets.token_urlsafe(16)


def request_key() -> str:
    """The key the page was given, bound to the person; empty where a browser sent none of ours."""
    sent = request.form.get("request_key", "")
    return f"{current.person().id}:{sent}" if re.fullmatch(r"[\w-]{16,40}", sent, re.ASCII) else ""


def is_done_before() -> bool:
    """Whether this very request was done already: the same button, pressed twice."""
    key = request_key()
    with current.database().reading() as tx:
        return bool(key and acts.result_of_request(tx, key))


def seen() -> int | None:
    """The number of the last event the person had before them, as the page carried it."""
    sent = request.form.get("seen", "")
    return int(sent) if re.fullmatch(r"[0-9]{1,9}", sent, re.ASCII) else None


def typed(form: Form) -> dict[str, Any]:
    """What was typed into a form, with when it happened."""
    return {**answers.read(form, request.form), HAPPENED: answers.read_happened(request.form)}


def said(form: Form, given: Mapping[str, Any]) -> Said:
    """What the person says happened. Raises BadAnswers where the day is none, with what else is wrong."""
    text = str(given.get(HAPPENED) or "")
    rest = {name: value for name, value in given.items() if name != HAPPENED}
    try:
        if not text:
            raise ValueError(NO_DAY)
        happened = answers.happened(text, current.now())
    except ValueError as wrong:
        _, errors = check_answers(form, rest, also=ALWAYS_ASKED)
        raise BadAnswers({HAPPENED: str(wrong), **errors}) from wrong
    return Said(rest, happened, current.now())


def attempt(form: Form | None, act: Callable[[], object]) -> Failed | None:
    """Do it; None where it was done, else what to say. AlreadyDone and Unknown are for the caller."""
    try:
        act()
    except (AlreadyDone, Unknown):
        raise
    except BadAnswers as bad:
        errors = bad.errors
        return Failed(forms.error_list(form, errors) if form else _listed(errors), errors, 400)
    except ChangedMeanwhile as changed:
        return _refused(
            f"{changed.by} changed this case on {wording.moment(changed.when)}, while you had it open. "
            "Nothing you typed is lost: look at what changed, then send it again."
        )
    except CaseChanged as other:
        return _refused(f"{other.by} changed this case at the same moment. Try again.")
    except AlreadyTaken as taken:
        since = f" since {wording.moment(taken.at)}" if taken.at else ""
        return _refused(f"{taken.by} has had this task{since}." if taken.by else "Nobody has this task any more.")
    except TaskGone:
        return _refused("This task is no longer open.")
    except (Refused, OutsideCalendar) as refused:
        return _refused(str(refused), mended_at(refused))
    return None


def mended_at(refused: Exception) -> str:
    """Where the day of the event is corrected before which a step could not happen; empty for any other refusal."""
    case, number = (request.view_args or {}).get("reference"), refused.number if isinstance(refused, NotThen) else 0
    return url_for("corrections.page", reference=case, event=number) if case and number else ""


def done(reference: str, what: str, how: str = "") -> Response:
    """Say what was recorded, how its letter went, and what happens next, on the case's own page; in the inbox, where
    the step took the case out of the person's sight."""
    office, who = current.office(), current.person()
    try:
        file = steps.seen_by(office, reference, who, current.now())
    except Unknown:
        flash(" ".join(text for text in (f"Recorded: {what}.", how, MOVED_AWAY) if text))
        return redirect(url_for("inbox.page"))
    with current.database().reading() as tx:
        tasks = inbox.tasks_of(tx, file.row.id) if file.row else []
    said = Markup("Recorded: {}. ").format(what) + (Markup("{} ").format(how) if how else "")
    flash(said + what_next(file, tasks))
    return redirect(url_for("cases.page", reference=reference))


def what_next(file: CaseFile, tasks: list[InboxTask]) -> Markup:
    """What a case waits for, in a sentence or two with links; then what we owe besides."""
    own = [_task(file, task) for task in tasks if not task_links.is_owed(task.key)]
    owed = [_task(file, task) for task in tasks if task_links.is_owed(task.key)]
    if not own and file.standing.status == "closed":
        own = [Markup("The case is closed.")]
    elif not own:
        own = [Markup("Nothing waits here: the next step is the resident's.{}").format(_window(file))]
    return Markup(" ").join([*own, *owed])


def _task(file: CaseFile, task: InboxTask) -> Markup:
    is_owed = task_links.is_owed(task.key)
    title = task.title if is_owed else event_words.task_title(file.book, task.key)
    link = Markup('<a class="govuk-notification-banner__link" href="{}">{}</a>').format(
        task_links.address(task.reference, task.key), title
    )
    due = f", due {wording.day(task.due)}" if task.due else ""
    role = names.role(file.book.version, task.role) if file.book else task.role
    has_it = "you have it" if str(task.person_id) == current.person().id else f"{task.person_name} has it"
    who = has_it if task.person_id else f"waiting for the {role} to take it"
    first = "Also to do" if is_owed else "Next"
    return Markup("{}: {}{}; {}.").format(first, link, due, who)


def _window(file: CaseFile) -> str:
    for message in file.standing.may_happen:
        window = file.standing.ledger.deadlines.get(f"{stage_of(message)}.request_window")
        if bare(message) == "requested" and window and window.due and file.book:
            asked = names.stage(file.book.version, stage_of(message))
            return f" They may ask for {asked} until {wording.day(window.due)}."
    return ""


def _refused(sentence: str, href: str = "") -> Failed:
    return Failed([{"text": sentence, **({"href": href} if href else {})}], {}, 409)


def _listed(errors: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"text": text, "href": f"#{name}"} for name, text in errors.items()]
