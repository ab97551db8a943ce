"""The problems of a draft on a page of their own, by place, each with its cure; where one is mechanical, a button mends
it. The same as JSON, for a page that asks while somebody works.
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, jsonify, redirect, request, url_for

from engine import cures, version_editing
from engine.drafting import Draft
from engine.problems import Problem
from web import problem_words, studio
from web.access import may
from web.studio import Answer

pages = Blueprint("studio_problems", __name__, url_prefix="/studio/<int:draft_id>/problems")

GONE = "What that button was for is no longer there: the draft has changed since. These are the problems it has now."


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every problem and remark by its place; as JSON for who asks for that."""
    draft = studio.opened(draft_id)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        found = problem_words.grouped(studio.checked(draft), draft)
        return jsonify({"count": found.count, "problems": [asdict(one) for one in found.told]})
    return _page(draft)


@pages.post("")
@may("policy_author")
def mend(draft_id: int) -> Answer:
    """Mend one problem as its button says."""
    draft = studio.opened_to_change(draft_id)
    problem = _named(draft, request.form.get("problem", ""))
    cure = cures.cure(problem, draft.files, request.form.get("cure", "")) if problem else None
    if problem is None or cure is None:
        return _page(draft, GONE), 409
    changed = version_editing.changes(draft.files, cure.files)
    back = url_for("studio_problems.page", draft_id=draft_id)
    if refused := studio.save(draft, changed, f"mended: {problem}"[:500], numbers=draft.numbers, back=back):
        return refused
    flash(f"Done: {cure.label}.")
    return redirect(back)


def _named(draft: Draft, words: str) -> Problem | None:
    return next((one for one in studio.checked(draft).problems if str(one) == words), None)


def _page(draft: Draft, refused: str = "") -> str:
    problems = [{"text": refused}] if refused else []
    return studio.shown("studio_problems.html", draft, problems=problems)
