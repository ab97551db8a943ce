"""How a letter goes: by e-mail from here, or posted, handed over or read out, and recorded with its day.

The way the resident asked for is chosen beforehand. Both are forms of their own, so that each works with one button and
without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from markupsafe import Markup

from engine.case_files import CaseFile
from engine.forms import Field, Form, check_answers
from engine.refusals import BadAnswers
from engine.rights import Person
from engine.writing import Sending
from web import answers, case_people, case_rights, current, forms, letter_ways, prefill, wording
from web.letter_ways import EMAIL, WAYS

WENT = {
    "post": "It went by post on {day}.",
    "in_person": "It was handed over on {day}.",
    "phone": "It was read out by telephone on {day}.",
    "text": "It went as a text message on {day}.",
}
DATED = "An e-mail bears the day it goes, so by e-mail the letter is dated {day}."
PREFERS = {"email": "e-mail", "post": "letter", "phone": "telephone", "text": "text message", "in_person": "in person"}
_LARGE = {"large": "In large print"}

BY_EMAIL = Form(
    "by_email",
    "Send it by e-mail",
    (
        Field("to", "E-mail address", "email", required=True),
        Field("email_print", "The letter attached to it", "choices", choices=_LARGE),
    ),
)
OTHERWISE = Form(
    "otherwise",
    "It goes another way",
    (
        Field("way", "How was it sent?", "choice", required=True, choices=WAYS),
        Field("sent_on", "On which day?", "date", "The day it was posted, handed over or read out.", required=True),
        Field("paper_print", "The letter on paper", "choices", choices=_LARGE),
    ),
)


@dataclass(frozen=True)
class Going:
    """How the letter may go, as its page shows it."""

    by_email: Markup
    otherwise: Markup
    begins_with_email: bool
    prefers: str
    address_given: str
    dated: str
    warning: str


def going(
    file: CaseFile, who: Person, draft_day: date, typed: Mapping[str, Any] | None, wrong: Mapping[str, str]
) -> Going:
    """The two forms, filled with what the case knows, or with what was just typed; first the way it is shown in."""
    complaint = case_people.complaint(file)
    address, way = complaint.text(EMAIL), prefill.preferred_way(file)
    shown = letter_ways.of(file, typed or {})
    known: dict[str, Any] = {"to": address, "sent_on": current.today().isoformat(), "way": shown}
    known |= dict.fromkeys(("email_print", "paper_print"), ["large"] if _wants_large_print(file, who) else [])
    given = known if typed is None else {**known, **typed}
    speaks = case_people.representative(file)
    name = complaint.text("resident")
    return Going(
        by_email=forms.fields(BY_EMAIL, given, wrong, asks_when=False),
        otherwise=forms.fields(OTHERWISE, given, wrong, asks_when=False),
        begins_with_email=shown == EMAIL,
        prefers=f"{name} would like to hear from us by {PREFERS[way]}.".replace("by in person", "in person")
        if way in PREFERS
        else "",
        address_given=address,
        dated=DATED.format(day=wording.day(current.today())) if draft_day != current.today() else "",
        warning=speaks.missing if speaks else "",
    )


def typed() -> dict[str, Any]:
    """What was sent of either form."""
    channel = request.form.get("channel", "")
    return {"channel": channel, **answers.read(_form(channel), request.form)}


def sending(given: Mapping[str, Any], letter_day: date) -> Sending:
    """How it goes, of what was typed. Raises BadAnswers with a sentence for each answer that is wrong."""
    form = _form(str(given.get("channel")))
    clean, errors = check_answers(form, {name: value for name, value in given.items() if name != "channel"})
    if form is BY_EMAIL:
        if errors:
            raise BadAnswers(errors)
        return Sending(EMAIL, None, str(clean["to"]), "large" in answers.as_list(clean.get("email_print")))
    day = date.fromisoformat(str(clean["sent_on"])) if "sent_on" in clean else None
    errors |= {"sent_on": why} if day and (why := _wrong_day(day, letter_day)) else {}
    if errors:
        raise BadAnswers(errors)
    is_today = day == current.today()
    return Sending(
        str(clean["way"]), None if is_today else day, "", "large" in answers.as_list(clean.get("paper_print"))
    )


def went(sent: Sending) -> str:
    """What is said of it afterwards."""
    if sent.channel == EMAIL:
        return f"The letter goes by e-mail to {sent.to}."
    return WENT[sent.channel].format(day=wording.day(sent.day or current.today()))


def form_of(given: Mapping[str, Any]) -> Form:
    """The form that was sent."""
    return _form(str(given.get("channel")))


def _form(channel: str) -> Form:
    return BY_EMAIL if channel == EMAIL else OTHERWISE


def _wrong_day(day: date, letter_day: date) -> str:
    if day > current.today():
        return "The day it was sent must be today or in the past"
    if day < letter_day:
        return f"The day it was sent must not be before the date on the letter, {wording.day(letter_day)}"
    return ""


def _wants_large_print(file: CaseFile, who: Person) -> bool:
    """Whether the resident asked for large print, where the person may see what they asked for."""
    asked = answers.as_list(case_people.complaint(file).fields.get("adjustments"))
    return "large_print" in asked and case_rights.may_see_private(who, file)
