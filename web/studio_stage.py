"""One stage of a draft: added, changed, moved before or behind another, removed. The diagram follows by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, request, url_for

from engine import stage_stories, version_editing
from engine.drafting import Draft
from engine.forms import Form
from engine.policy import PolicyVersion, Stage
from web import answers, current, forms, stage_form, stage_saving, studio, studio_stages
from web.access import may
from web.acting import Failed
from web.stage_saving import Files
from web.studio import Answer

pages = Blueprint("studio_stage", __name__, url_prefix="/studio/<int:draft_id>/stages")


@pages.get("/new-stage")
@may("policy_author")
def add_page(draft_id: int) -> Answer:
    """What a new stage is, where it comes, who works it and how long it takes."""
    draft = studio.opened_to_change(draft_id)
    version = _version(draft)
    return _add_page(draft, version, stage_form.usual(version))


@pages.post("/new-stage")
@may("policy_author")
def add(draft_id: int) -> Answer:
    """Add a stage."""
    draft = studio.opened_to_change(draft_id)
    version = _version(draft)
    asked = stage_form.new_form(version)
    given, by, on = answers.read(asked, request.form), current.person().name, current.today()
    shelf = current.office().shelf
    after, failed = stage_saving.attempt(lambda: stage_form.added(draft, shelf, asked, given, by, on))
    if failed or after is None:
        return _add_page(draft, version, given, failed), failed.code if failed else 400
    return stage_saving.saved(draft, after, f"stage added: {given['title']}", _back(draft))


@pages.get("/<stage>")
@may("policy_author")
def one(draft_id: int, stage: str) -> Answer:
    """A stage, to be changed."""
    draft = studio.opened_to_change(draft_id)
    version, found = _found(draft, stage)
    return _page(draft, version, found, stage_form.given(found))


@pages.post("/<stage>")
@may("policy_author")
def change(draft_id: int, stage: str) -> Answer:
    """Change its name, its words, who works it and who may not."""
    draft = studio.opened_to_change(draft_id)
    version, found = _found(draft, stage)
    asked = stage_form.form(version, found, draft)
    given = answers.read(asked, request.form)
    if stage_saving.is_overtaken(found):
        failed = stage_saving.overtaken(draft, f"“{found.title}”. {found.says}")
        return _page(draft, version, found, given, failed), failed.code
    shelf = current.office().shelf
    after, failed = stage_saving.attempt(lambda: stage_form.changed(draft, shelf, found, asked, given))
    if failed or after is None:
        return _page(draft, version, found, given, failed), failed.code if failed else 400
    return stage_saving.saved(draft, after, f"{stage}: changed", _back(draft, stage))


@pages.post("/<stage>/move")
@may("policy_author")
def move(draft_id: int, stage: str) -> Answer:
    """Move it one place up or down."""
    draft = studio.opened_to_change(draft_id)
    version, _ = _found(draft, stage)
    if stage_saving.is_overtaken(studio_stages.order(version)):
        return _refused(draft, f"{version.stage(stage).title} stays where it is", stage_saving.UNREAD)
    behind = place(version, stage, up=request.form.get("to") == "up")
    shelf = current.office().shelf
    after, failed = stage_saving.attempt(
        lambda: version_editing.move_stage(draft.files, shelf, draft.path, stage, after=behind)
    )
    if failed or after is None:
        return _refused(draft, f"{version.stage(stage).title} stays where it is", failed)
    return stage_saving.saved(draft, after, f"{stage}: moved", _back(draft, stage))


@pages.get("/<stage>/remove")
@may("policy_author")
def remove_page(draft_id: int, stage: str) -> Answer:
    """What removing a stage would change, before it is done."""
    return _remove_page(studio.opened_to_change(draft_id), stage)


@pages.post("/<stage>/remove")
@may("policy_author")
def remove(draft_id: int, stage: str) -> Answer:
    """Remove a stage, with its letters and the stories that speak of it."""
    draft = studio.opened_to_change(draft_id)
    _, found = _found(draft, stage)
    if stage_saving.is_overtaken(found):
        return _remove_page(draft, stage, stage_saving.UNREAD), 409
    after, failed = stage_saving.attempt(lambda: _without(draft, stage))
    if after is None or failed:
        return _remove_page(draft, stage), 409
    return stage_saving.saved(draft, after, f"{stage}: removed", _back(draft))


def _remove_page(draft: Draft, stage: str, refused: Failed | None = None) -> str:
    _, found = _found(draft, stage)
    after, failed = stage_saving.attempt(lambda: _without(draft, stage))
    failed = failed or refused
    lost = stage_stories.gone(draft.files, after, draft.path) if after else []
    return studio.shown(
        "studio_remove.html",
        draft,
        heading=f"Remove {found.title}?",
        sentences=stage_saving.sentences(draft, after, lost) if after else [],
        problems=failed.problems if failed else [],
        is_possible=after is not None,
        action=url_for("studio_stage.remove", draft_id=draft.row.id, stage=stage),
        was=stage_saving.fingerprint(found),
        back=_back(draft, stage),
    )


def place(version: PolicyVersion, stage: str, *, up: bool) -> str:
    """The stage that one is behind after it was moved one place; empty for before all others."""
    own = [each.key for each in version.stages if not each.is_external]
    if stage not in own:
        return ""
    rest = [key for key in own if key != stage]
    at = own.index(stage) + (-1 if up else 1)
    return rest[at - 1] if 0 < at <= len(rest) else rest[-1] if at > len(rest) else ""


def _without(draft: Draft, stage: str) -> Files:
    return version_editing.remove_stage(draft.files, current.office().shelf, draft.path, stage)


def _version(draft: Draft) -> PolicyVersion:
    return studio.checked(draft).version or abort(404)


def _found(draft: Draft, stage: str) -> tuple[PolicyVersion, Stage]:
    version = _version(draft)
    return version, version.stage(stage) if version.has_stage(stage) else abort(404)


def _back(draft: Draft, stage: str | None = None) -> str:
    return url_for("studio_stages.page", draft_id=draft.row.id, _anchor=stage)


def _problems(asked: Form, failed: Failed | None) -> list[dict[str, str]]:
    if failed is None:
        return []
    return forms.error_list(asked, failed.wrong) or failed.problems


def _page(
    draft: Draft, version: PolicyVersion, stage: Stage, given: Mapping[str, Any], failed: Failed | None = None
) -> str:
    asked = stage_form.form(version, stage, draft)
    return studio.shown(
        "studio_stage.html",
        draft,
        stage=stage,
        fields=forms.fields(asked, given, failed.wrong if failed else {}, asks_when=False),
        problems=_problems(asked, failed),
        was=stage_saving.fingerprint(stage),
        back=_back(draft, stage.key),
    )


def _add_page(draft: Draft, version: PolicyVersion, given: Mapping[str, Any], failed: Failed | None = None) -> str:
    asked = stage_form.new_form(version)
    return studio.shown(
        "studio_stage_add.html",
        draft,
        fields=forms.fields(asked, given, failed.wrong if failed else {}, asks_when=False),
        problems=_problems(asked, failed),
        back=_back(draft),
    )


def _refused(draft: Draft, heading: str, failed: Failed | None) -> tuple[str, int]:
    problems, back = failed.problems if failed else [], _back(draft)
    return studio.shown("studio_not_done.html", draft, heading=heading, problems=problems, back=back), 409
