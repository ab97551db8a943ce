"""How days are counted in a draft: the calendar, the day of receipt, the first day, and when an answer is received."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, request, url_for

from engine import version_editing
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.policy import SAME_DAY, SECOND_WORKING_DAY, PolicyVersion
from engine.refusals import BadAnswers
from web import answers, current, forms, policy_words, stage_saving, studio, wording
from web.access import may
from web.acting import Failed
from web.stage_saving import Files
from web.studio import Answer

pages = Blueprint("studio_counting", __name__, url_prefix="/studio/<int:draft_id>/stages/counting")

ARRIVAL, CLOSING = "arrival", "closing"
NEXT_DAY, FIRST_DAY = version_editing.COUNTINGS
SENT = ("email", "phone", "text", "in_person", "post")  # how an answer may reach the resident
_HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


@pages.get("")
@may("policy_author")
def page(draft_id: int) -> Answer:
    """How days are counted, to be changed."""
    draft = studio.opened_to_change(draft_id)
    return _page(draft, _given(_version(draft)))


@pages.post("")
@may("policy_author")
def change(draft_id: int) -> Answer:
    """Change how days are counted."""
    draft = studio.opened_to_change(draft_id)
    version = _version(draft)
    given = answers.read(_asked(version), request.form)
    if stage_saving.is_overtaken(_given(version)):
        failed = stage_saving.overtaken(draft, " ".join(policy_words.counting(version)))
        return _page(draft, given, failed), failed.code
    after, wrong = stage_saving.attempt(lambda: _changed(draft, version, given))
    if wrong or after is None:
        return _page(draft, given, wrong), wrong.code if wrong else 400
    return stage_saving.saved(draft, after, "how days are counted", _back(draft))


def _asked(version: PolicyVersion) -> Form:
    calendars = {name: wording.plain(name) for name in sorted({*current.office().calendars, version.calendar})}
    receipt = {
        ARRIVAL: "The day it arrives, whatever the hour",
        CLOSING: "The day it arrives; what comes after closing time, or on a day off, counts from the next working day",
    }
    first = {
        NEXT_DAY: "No: the next working day is the first",
        FIRST_DAY: "Yes: it is the first itself",
    }
    return Form(
        "counting",
        "How days are counted",
        (
            Field(
                "calendar",
                "Which calendar says what is no working day?",
                "choice",
                "Saturdays, Sundays and the bank holidays and closures of the calendar do not count.",
                required=True,
                choices=calendars,
            ),
            Field("receipt", "Which day counts as the day we received something?", "choice", "", True, receipt),
            Field(
                "closes",
                "When is closing time?",
                "text",
                "Such as 17:00. A resident's own time to do something is never shortened by it.",
                required=True,
                shown_when={"receipt": (CLOSING,)},
            ),
            Field("first", "Does the day a time runs from count as its first day?", "choice", "", True, first),
            Field(
                "later",
                "Which answers count as received on the second working day after we sent them?",
                "choices",
                "Any other counts as received on the same day. Either holds until the true day is recorded, and matters"
                " only where a time runs from the day the resident received our answer.",
                choices={channel: wording.plain(channel) for channel in _channels(version)},
            ),
        ),
    )


def _channels(version: PolicyVersion) -> list[str]:
    return list(dict.fromkeys([*version.delivery, *SENT]))


def _given(version: PolicyVersion) -> dict[str, Any]:
    closes = version.receipt.deemed_after
    return {
        "calendar": version.calendar,
        "receipt": CLOSING if closes else ARRIVAL,
        "closes": f"{closes:%H:%M}" if closes else "",
        "first": FIRST_DAY if version.first_day_counts else NEXT_DAY,
        "later": [one for one, when in version.delivery.items() if when == SECOND_WORKING_DAY],
    }


def _changed(draft: Draft, version: PolicyVersion, given: Mapping[str, Any]) -> Files:
    """The files with what was chosen; what is chosen as it stands is not written. Raises BadAnswers."""
    asked, was = _asked(version), _given(version)
    wrong = {
        name: "Choose one of these"
        for name in ("calendar", "receipt", "first")
        if given.get(name) not in (asked.field(name) or abort(500)).choices
    }
    hour = _HOUR.fullmatch(str(given.get("closes", "")).strip())
    if given.get("receipt") == CLOSING and hour is None:
        wrong["closes"] = "Enter a time such as 17:00"
    if wrong:
        raise BadAnswers(wrong)
    closing = f"next working day after {int(hour[1]):02}:{hour[2]}" if hour else ""
    receipt = closing if given["receipt"] == CLOSING else "day of arrival"
    old = f"next working day after {was['closes']}" if was["receipt"] == CLOSING else "day of arrival"
    later = answers.as_list(given.get("later"))
    delivery = {one: SECOND_WORKING_DAY if one in later else SAME_DAY for one in _channels(version)}
    kept = version_editing.KEPT
    return version_editing.set_counting(
        draft.files,
        draft.path,
        calendar=kept if given["calendar"] == was["calendar"] else given["calendar"],
        receipt=kept if receipt == old else receipt,
        counting=kept if given["first"] == was["first"] else given["first"],
        delivery={one: when for one, when in delivery.items() if when != version.delivery.get(one, SAME_DAY)},
    )


def _version(draft: Draft) -> PolicyVersion:
    return studio.checked(draft).version or abort(404)


def _back(draft: Draft) -> str:
    return url_for("studio_stages.page", draft_id=draft.row.id, _anchor="counting")


def _page(draft: Draft, given: Mapping[str, Any], failed: Failed | None = None) -> str:
    version = _version(draft)
    asked, wrong = _asked(version), failed.wrong if failed else {}
    return studio.shown(
        "studio_role.html",
        draft,
        heading="How days are counted",
        action=url_for("studio_counting.change", draft_id=draft.row.id),
        remove="",
        fields=forms.fields(asked, given, wrong, asks_when=False),
        problems=(forms.error_list(asked, wrong) or failed.problems) if failed else [],
        was=stage_saving.fingerprint(_given(version)),
        back=_back(draft),
    )
