"""The roles of a draft: who there is, what each is called, and who keeps the record for the policy as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, request, url_for

from engine import version_editing
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.policy import PolicyVersion
from engine.refusals import BadAnswers
from web import answers, forms, stage_form, stage_saving, studio
from web.access import may
from web.acting import Failed
from web.stage_saving import Files
from web.studio import Answer

pages = Blueprint("studio_roles", __name__, url_prefix="/studio/<int:draft_id>/stages")

ROLE = Form(
    "role",
    "Role",
    (
        Field("title", "What is the role called?", "text", "Such as Service manager.", required=True),
        Field("says", "What does it do?", "long_text"),
    ),
)


@pages.get("/new-role")
@may("policy_author")
def add_page(draft_id: int) -> Answer:
    """A new role."""
    return _page(studio.opened_to_change(draft_id), None, {})


@pages.post("/new-role")
@may("policy_author")
def add(draft_id: int) -> Answer:
    """Add a role, to be bound to a stage."""
    draft = studio.opened_to_change(draft_id)
    given = answers.read(ROLE, request.form)
    after, failed = stage_saving.attempt(lambda: _added(draft, given))
    if failed or after is None:
        return _page(draft, None, given, failed), failed.code if failed else 400
    return stage_saving.saved(draft, after, f"role added: {given['title']}", _back(draft))


@pages.get("/roles/<role>")
@may("policy_author")
def one(draft_id: int, role: str) -> Answer:
    """A role, to be changed."""
    draft = studio.opened_to_change(draft_id)
    found = _version(draft).roles.get(role) or abort(404)
    return _page(draft, role, {"title": found.title, "says": found.says})


@pages.post("/roles/<role>")
@may("policy_author")
def change(draft_id: int, role: str) -> Answer:
    """Change what a role is called and what it does."""
    draft = studio.opened_to_change(draft_id)
    found = _version(draft).roles.get(role) or abort(404)
    given = answers.read(ROLE, request.form)
    if stage_saving.is_overtaken(found):
        failed = stage_saving.overtaken(draft, f"“{found.title}”. {found.says}")
        return _page(draft, role, given, failed), failed.code
    after, failed = stage_saving.attempt(
        lambda: version_editing.set_role(
            draft.files, draft.path, role, title=given.get("title", ""), says=given.get("says", "")
        )
    )
    if failed or after is None:
        return _page(draft, role, given, failed), failed.code if failed else 400
    return stage_saving.saved(draft, after, f"role {role}: changed", _back(draft))


@pages.post("/roles/<role>/remove")
@may("policy_author")
def remove(draft_id: int, role: str) -> Answer:
    """Take a role away that works nowhere."""
    draft = studio.opened_to_change(draft_id)
    found = _version(draft).roles.get(role) or abort(404)
    if stage_saving.is_overtaken(found):
        return _page(draft, role, {"title": found.title, "says": found.says}, stage_saving.UNREAD), 409
    after, failed = stage_saving.attempt(lambda: version_editing.remove_role(draft.files, draft.path, role))
    if failed or after is None:
        given = {"title": found.title, "says": found.says}
        said = Failed([{"text": one["text"]} for one in failed.problems], {}, 409) if failed else None
        return _page(draft, role, given, said), 409
    return stage_saving.saved(draft, after, f"role {role}: removed", _back(draft))


@pages.get("/desk")
@may("policy_author")
def desk_page(draft_id: int) -> Answer:
    """Who logs, acknowledges and keeps the record, unless a stage says otherwise."""
    draft = studio.opened_to_change(draft_id)
    return _desk_page(draft, {"desk": _version(draft).desk})


@pages.post("/desk")
@may("policy_author")
def change_desk(draft_id: int) -> Answer:
    """Give that to another role, one that is there or a new one."""
    draft = studio.opened_to_change(draft_id)
    asked, desk = _desk(_version(draft)), _version(draft).desk
    given = answers.read(asked, request.form)
    if stage_saving.is_overtaken(desk):
        title = _version(draft).roles[desk].title if desk in _version(draft).roles else desk
        failed = stage_saving.overtaken(draft, f"“{title}”.")
        return _desk_page(draft, given, failed), failed.code
    after, failed = stage_saving.attempt(lambda: _with_desk(draft, asked, given))
    if failed or after is None:
        return _desk_page(draft, given, failed), failed.code if failed else 400
    return stage_saving.saved(draft, after, "the desk", _back(draft))


def _added(draft: Draft, given: Mapping[str, Any]) -> Files:
    title = str(given.get("title", ""))
    if not title:
        raise BadAnswers({"title": "Say what the role is called"})
    key = stage_form.free_role(title, set(_version(draft).roles))
    return version_editing.add_role(draft.files, draft.path, key, title=title, says=str(given.get("says", "")))


def _with_desk(draft: Draft, asked: Form, given: Mapping[str, Any]) -> Files:
    if not given.get("desk"):
        raise BadAnswers({"desk": "Choose a role"})
    files, roles = stage_form.with_roles(draft.files, draft.path, asked, given)
    return version_editing.set_counting(files, draft.path, desk=roles["desk"])


def _desk(version: PolicyVersion) -> Form:
    choices = {key: role.title for key, role in version.roles.items()}
    hint = "It also decides requests that come late. A stage may name another role for its own letters."
    label = "Who logs and acknowledges complaints and keeps the record?"
    return Form("desk", "The desk", (Field("desk", label, "choice", hint, True, choices, other_allowed=True),))


def _version(draft: Draft) -> PolicyVersion:
    return studio.checked(draft).version or abort(404)


def _back(draft: Draft) -> str:
    return url_for("studio_stages.page", draft_id=draft.row.id, _anchor="roles")


def _page(draft: Draft, role: str | None, given: Mapping[str, Any], failed: Failed | None = None) -> str:
    version, wrong = _version(draft), failed.wrong if failed else {}
    there = version.roles.get(role or "")
    address = {"draft_id": draft.row.id, "role": role}
    return studio.shown(
        "studio_role.html",
        draft,
        heading=there.title if there else "Add a role",
        action=url_for("studio_roles.change", **address)
        if there
        else url_for("studio_roles.add", draft_id=draft.row.id),
        remove=url_for("studio_roles.remove", **address) if there else "",
        fields=forms.fields(ROLE, given, wrong, asks_when=False),
        problems=(forms.error_list(ROLE, wrong) or failed.problems) if failed else [],
        was=stage_saving.fingerprint(there),
        back=_back(draft),
    )


def _desk_page(draft: Draft, given: Mapping[str, Any], failed: Failed | None = None) -> str:
    asked, wrong = _desk(_version(draft)), failed.wrong if failed else {}
    return studio.shown(
        "studio_role.html",
        draft,
        heading="Who keeps the record",
        action=url_for("studio_roles.change_desk", draft_id=draft.row.id),
        remove="",
        fields=forms.fields(asked, given, wrong, asks_when=False),
        problems=(forms.error_list(asked, wrong) or failed.problems) if failed else [],
        was=stage_saving.fingerprint(_version(draft).desk),
        back=_back(draft),
    )
