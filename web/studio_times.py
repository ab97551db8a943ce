"""The short form for a timescale of a draft: how long, from what, until what, how much more time, and in what words."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for

from engine import version_editing
from engine.drafting import Draft
from engine.policy import DeadlineRule, PolicyVersion, stage_of
from web import current, names, stage_saving, studio, time_form
from web.access import may
from web.acting import Failed
from web.studio import Answer
from web.time_form import Typed

pages = Blueprint("studio_times", __name__, url_prefix="/studio/<int:draft_id>/stages")

CHANGED_WORDS = (
    "The words still name another time than the rule counts. They are offered adapted: check them, then save."
)


@pages.get("/times/<key>")
@may("policy_author")
def one(draft_id: int, key: str) -> Answer:
    """A timescale, to be changed."""
    draft = studio.opened_to_change(draft_id)
    version, rule = _found(draft, key)
    return _page(draft, version, rule, time_form.of(rule))


@pages.post("/times/<key>")
@may("policy_author")
def change(draft_id: int, key: str) -> Answer:
    """Change it; where the words name another time, they are offered adapted first."""
    draft = studio.opened_to_change(draft_id)
    version, rule = _found(draft, key)
    typed = time_form.read(request.form)
    if stage_saving.is_overtaken(rule):
        failed = stage_saving.overtaken(draft, time_form.in_a_sentence(version, rule))
        adapted = typed.saying(time_form.offered(rule, typed) or typed.says)
        return _page(draft, version, rule, adapted, failed), failed.code
    after, failed = stage_saving.attempt(lambda: time_form.changed(draft, rule, typed))
    if failed or after is None:
        failed = failed or abort(500)
        return _page(draft, version, rule, typed, failed), failed.code
    if offered := time_form.offered(rule, typed):
        return _page(draft, version, rule, typed.saying(offered), contradicts=True), 400
    return stage_saving.saved(draft, after, f"{key}: {typed.within}", _back(draft, key))


@pages.get("/new-time")
@may("policy_author")
def add_page(draft_id: int) -> Answer:
    """Which timescale to add, and to which stage."""
    draft = studio.opened_to_change(draft_id)
    return _add_page(draft, request.args.get("key", ""), Typed())


@pages.post("/new-time")
@may("policy_author")
def add(draft_id: int) -> Answer:
    """Add a timescale."""
    draft = studio.opened_to_change(draft_id)
    key, typed = request.form.get("key", ""), time_form.read(request.form)
    after, failed = stage_saving.attempt(lambda: time_form.added(draft, current.office().shelf, key, typed))
    if failed or after is None:
        failed = failed or abort(500)
        return _add_page(draft, key, typed, failed), failed.code
    return stage_saving.saved(draft, after, f"{key} added: {typed.within}", _back(draft, key))


@pages.get("/times/<key>/remove")
@may("policy_author")
def remove_page(draft_id: int, key: str) -> Answer:
    """What removing a timescale would change, before it is done."""
    return _remove_page(studio.opened_to_change(draft_id), key)


@pages.post("/times/<key>/remove")
@may("policy_author")
def remove(draft_id: int, key: str) -> Answer:
    """Remove a timescale."""
    draft = studio.opened_to_change(draft_id)
    _, rule = _found(draft, key)
    if stage_saving.is_overtaken(rule):
        return _remove_page(draft, key, stage_saving.UNREAD), 409
    after, failed = stage_saving.attempt(lambda: version_editing.remove_deadline(draft.files, draft.path, key))
    if after is None or failed:
        return _remove_page(draft, key), 409
    return stage_saving.saved(draft, after, f"{key} removed", _back(draft, key))


def _remove_page(draft: Draft, key: str, refused: Failed | None = None) -> str:
    version, rule = _found(draft, key)
    after, failed = stage_saving.attempt(lambda: version_editing.remove_deadline(draft.files, draft.path, key))
    failed = failed or refused
    return studio.shown(
        "studio_remove.html",
        draft,
        heading=f"Remove {names.deadline(version, key)}?",
        sentences=stage_saving.sentences(draft, after) if after else [],
        problems=failed.problems if failed else [],
        is_possible=after is not None,
        action=url_for("studio_times.remove", draft_id=draft.row.id, key=key),
        was=stage_saving.fingerprint(rule),
        back=_back(draft, key),
    )


def _found(draft: Draft, key: str) -> tuple[PolicyVersion, DeadlineRule]:
    version = studio.checked(draft).version or abort(404)
    return version, version.deadline(key) or abort(404)


def _back(draft: Draft, key: str) -> str:
    return url_for("studio_stages.page", draft_id=draft.row.id, _anchor=stage_of(key) or "case")


def _page(
    draft: Draft,
    version: PolicyVersion,
    rule: DeadlineRule,
    typed: Typed,
    failed: Failed | None = None,
    *,
    contradicts: bool = False,
) -> str:
    said = Failed([{"text": CHANGED_WORDS, "href": "#says"}], {"says": CHANGED_WORDS}, 400) if contradicts else failed
    return studio.shown(
        "studio_time.html",
        draft,
        heading=names.deadline(version, rule.key),
        action=url_for("studio_times.change", draft_id=draft.row.id, key=rule.key),
        remove=url_for("studio_times.remove_page", draft_id=draft.row.id, key=rule.key),
        back=_back(draft, rule.key),
        was=stage_saving.fingerprint(rule),
        typed=typed,
        contradicts=contradicts,
        wrong=said.wrong if said else {},
        problems=said.problems if said else [],
        **time_form.choices(draft, version, rule.key),
    )


def _add_page(draft: Draft, key: str, typed: Typed, failed: Failed | None = None) -> str:
    version = studio.checked(draft).version or abort(404)
    offered = time_form.missing(version)
    chosen = key if key in offered else ""
    return studio.shown(
        "studio_time_add.html",
        draft,
        offered=offered,
        chosen=chosen,
        typed=typed if typed.within else time_form.usual(version, chosen),
        action=url_for("studio_times.add", draft_id=draft.row.id),
        wrong=failed.wrong if failed else {},
        problems=failed.problems if failed else [],
        back=_back(draft, chosen),
        **time_form.choices(draft, version, chosen or "stage_1.response"),
    )
