"""Writing a letter, the first of two steps: the form of its task, filled from the case, kept as a draft and previewed.

A draft is kept before anything is judged, so that nothing typed is lost: what is only missing is named beside the
preview, and what cannot be read is said here. Whoever saves over somebody else's newer words is told so first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine import letter_refusals
from engine.case_files import CaseFile
from engine.casework import ALWAYS_ASKED
from engine.events import CONFLICT_DECLARED, local_day
from engine.forms import Field, Form, check_answers
from engine.store import drafts
from engine.store.drafts import DraftChanged, DraftRow
from web import answers, current, forms, letter_acts, letter_checking, prefill, wording
from web.acting import Failed
from web.letter_steps import Step

LETTER_DAY = Field(
    "letter_date",
    "Date on the letter",
    "date",
    "Addresses and the law are given as they are on that day.",
    required=True,
)
NO_DAY = "Enter the date on the letter"
NOT_A_DAY = "The date on the letter must be a real date, such as 27 3 2024"
TOO_EARLY = "The date on the letter must not be before the complaint was received"
TO_COME = "The date on the letter must be today or in the past"


@dataclass(frozen=True)
class Begun:
    """A letter as its form shows it: its boxes, what was filled in from where, and who saved it last."""

    fields: Markup
    notes: tuple[str, ...]
    saved: str
    number: int
    href: str


def draft_of(file: CaseFile, key: str) -> DraftRow | None:
    """What is written so far for a step of the case."""
    if file.row is None:
        return None
    with current.database().reading() as tx:
        return drafts.draft_of(tx, file.row.id, key)


def begun(
    file: CaseFile,
    step: Step,
    typed: Mapping[str, Any] | None,
    wrong: Mapping[str, str],
    choices: forms.Choices | None = None,
) -> Begun:
    """The form of the letter: what was just typed, else the draft, else what the case already knows."""
    draft = draft_of(file, step.key)
    known = {**prefill.task(file, step.form, current.now()), LETTER_DAY.name: current.today().isoformat()}
    given = typed if typed is not None else _of(draft) if draft else known
    return Begun(
        fields=forms.fields(_dated(_marked(file, step)), given, wrong, choices=choices, asks_when=False),
        notes=() if draft or typed is not None else tuple(prefill.taken(file, step.form)),
        saved=_saved(draft) if draft else "",
        number=draft.number if draft else 0,
        href=url_for("letters.page", reference=file.reference, step=step.key) if draft else "",
    )


def written(file: CaseFile, step: Step) -> tuple[dict[str, Any], Failed] | Response:
    """Keep what was typed, and go on to the preview or stay; where it cannot be kept, what was typed and why."""
    typed = answers.read(_dated(step.form), request.form)
    try:
        day, day_wrong = _day(file, str(typed.get(LETTER_DAY.name) or "")), ""
    except ValueError as bad:
        day, day_wrong = current.today(), str(bad)
    rest = {name: value for name, value in typed.items() if name != LETTER_DAY.name}
    errors = _unreadable(step.form, rest) | ({LETTER_DAY.name: day_wrong} if day_wrong else {})
    if errors:
        missing = _missing(step.form, rest)
        listed = {**missing, **errors}
        return typed, Failed(forms.error_list(_dated(step.form), listed), listed, 400)
    failed = _kept(file, step, rest, day)
    if failed:
        return typed, failed
    if theirs_not := letter_refusals.not_theirs(step.form, rest):
        return typed, _for_another(file, step, theirs_not)
    if request.form.get("then") == "later":
        flash("Saved for later. The letter has not gone.")
        return redirect(step.href)
    return redirect(url_for("letters.page", reference=file.reference, step=step.key))


def _kept(file: CaseFile, step: Step, given: Mapping[str, Any], day: date) -> Failed | None:
    try:
        letter_acts.save(file, step.key, given, day, _number())
    except DraftChanged as changed:
        by_whom = "You" if changed.by == current.person().name else changed.by
        said = (
            f"{by_whom} saved this letter on {wording.moment(changed.at)}, while you had it open. What you typed is "
            "still here and is not saved: to put it in place of theirs, press the button again."
        )
        return Failed([{"text": said}], {}, 409)
    return None


def _for_another(file: CaseFile, step: Step, wrong: Mapping[str, str]) -> Failed:
    """Somebody else must write it: why, and where a conflict of interest is declared."""
    declared = url_for("happenings.page", reference=file.reference, name=CONFLICT_DECLARED)
    mend = {"text": "Declare a conflict of interest", "href": declared}
    return Failed([*forms.error_list(_dated(step.form), wrong), mend], wrong, 400)


def _number() -> int | None:
    sent = request.form.get("draft", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def _dated(form: Form) -> Form:
    """The form with the date on the letter, asked last: it is nearly always today."""
    return Form(form.name, form.title, (*form.fields, LETTER_DAY), form.file)


def _marked(file: CaseFile, step: Step) -> Form:
    """The form, with what the letter must say marked as needed."""
    needed = letter_checking.needed(file, step)
    fields = (replace(one, required=True) if one.name in needed else one for one in step.form.fields)
    return replace(step.form, fields=tuple(fields))


def _of(draft: DraftRow) -> dict[str, Any]:
    return {**draft.answers, LETTER_DAY.name: draft.day.isoformat()}


def _day(file: CaseFile, text: str) -> date:
    """The date on the letter. Raises ValueError with a sentence for the person."""
    if not text:
        raise ValueError(NO_DAY)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(NOT_A_DAY) from None
    if day > current.today():
        raise ValueError(TO_COME)
    received = local_day(file.received) if file.received else day
    if day < received:
        raise ValueError(f"{TOO_EARLY}, {wording.day(received)}")
    return day


def _unreadable(form: Form, given: Mapping[str, Any]) -> dict[str, str]:
    """What was typed and cannot be taken: no date, no such choice, marks nobody can see. What is missing can wait."""
    _, errors = check_answers(form, given, also=ALWAYS_ASKED)
    return {name: said for name, said in errors.items() if given.get(name) not in (None, "", [])}


def _missing(form: Form, given: Mapping[str, Any]) -> dict[str, str]:
    _, errors = check_answers(form, given, also=ALWAYS_ASKED)
    return {name: said for name, said in errors.items() if given.get(name) in (None, "", [])}


def _saved(draft: DraftRow) -> str:
    by = "You" if draft.writer == current.person().id else draft.writer_name
    return f"{by} saved this letter on {wording.moment(draft.saved)}. It has not gone."
