"""The title of a draft, and the day of receipt from which it governs."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, request, url_for

from engine import version_editing
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.policy import PolicyVersion
from engine.refusals import BadAnswers
from web import answers, forms, stage_saving, studio, wording
from web.access import may
from web.acting import Failed
from web.studio import Answer

pages = Blueprint("studio_head", __name__, url_prefix="/studio/<int:draft_id>/publish")

HEAD = Form(
    "head",
    "Title and day",
    (
        Field("title", "Title, as people read it", "text", required=True),
        Field(
            "in_force_from",
            "From which day of receipt does it govern?",
            "date",
            "Complaints received on that day or later are worked by it. Those already logged stay where they are.",
            required=True,
        ),
    ),
)


@pages.get("/day")
@may("policy_author")
def day_page(draft_id: int) -> Answer:
    """The title, and the day from which it governs."""
    draft = studio.opened_to_change(draft_id)
    version = studio.checked(draft).version or abort(404)
    given = {"title": version.title, "in_force_from": version.in_force_from.isoformat()}
    return _day_page(draft, version, given)


@pages.post("/day")
@may("policy_author")
def change_day(draft_id: int) -> Answer:
    """Change the title or the day."""
    draft = studio.opened_to_change(draft_id)
    version = studio.checked(draft).version or abort(404)
    given = answers.read(HEAD, request.form)
    failed = stage_saving.overtaken(draft, _head(version)) if stage_saving.is_overtaken(_head(version)) else None
    after = None
    if failed is None:
        after, failed = stage_saving.attempt(lambda: _with_head(draft, given))
    if failed or after is None:
        return _day_page(draft, version, given, failed), failed.code if failed else 400
    return stage_saving.saved(draft, after, "title and day", url_for("studio_publish.page", draft_id=draft_id))


def _head(version: PolicyVersion) -> str:
    return f"“{version.title}”, in force from {wording.day(version.in_force_from)}."


def _with_head(draft: Draft, given: dict[str, str]) -> stage_saving.Files:
    try:
        day = date.fromisoformat(given.get("in_force_from", ""))
    except ValueError:
        raise BadAnswers({"in_force_from": "Enter a real date, such as 27 3 2027"}) from None
    return version_editing.set_head(draft.files, draft.path, title=given.get("title", ""), in_force_from=day)


def _day_page(draft: Draft, version: PolicyVersion, given: dict[str, str], failed: Failed | None = None) -> str:
    wrong = failed.wrong if failed else {}
    return studio.shown(
        "studio_day.html",
        draft,
        fields=forms.fields(HEAD, given, wrong, asks_when=False),
        problems=forms.error_list(HEAD, wrong) or (failed.problems if failed else []),
        was=stage_saving.fingerprint(_head(version)),
    )
