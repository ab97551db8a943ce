"""The problems of a draft on a page of their own, by place, each with its cure; where one is mechanical, a button mends
it. The same as JSON, for a page that asks while somebody works.
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, jsonify, request

from engine.drafting import Draft
from web import problem_words, studio
from web.access import may
from web.studio import Answer

pages = Blueprint("studio_problems", __name__, url_prefix="/studio/<int:draft_id>/problems")


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every problem and remark by its place; as JSON for who asks for that."""
    draft = studio.opened(draft_id)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        found = problem_words.grouped(studio.checked(draft), draft)
        return jsonify({"count": found.count, "problems": [asdict(one) for one in found.told]})
    return _page(draft)


def _page(draft: Draft) -> str:
    return studio.shown("studio_problems.html", draft)
