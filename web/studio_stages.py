"""The stages and timescales of a draft: the promises in a table, and what may be done with a stage.

Everything here is a short form; `engine.version_editing` changes the files, and what was changed is said afterwards in
a sentence.
"""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from web import stage_words, studio
from web.access import may

pages = Blueprint("studio_stages", __name__, url_prefix="/studio/<int:draft_id>/stages")

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every stage in order, with its promises."""
    draft = studio.opened(draft_id)
    version = studio.checked(draft).version
    if version is None:
        return studio.shown("studio_unreadable.html", draft)
    return studio.shown(
        "studio_stages.html",
        draft,
        version=version,
        stages=stage_words.stages(version),
        of_the_case=stage_words.of_the_case(version),
    )
