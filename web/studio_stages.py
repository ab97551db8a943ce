"""The stages and timescales of a draft: the promises in a table, and what may be done with a stage.

Everything here is a short form; `engine.version_editing` changes the files, and what was changed is said afterwards in
a sentence.
"""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from engine.policy import PolicyVersion
from web import policy_words, role_words, stage_saving, stage_words, studio
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
        unheld=role_words.unheld(draft.row.policy, version.roles),
        counting=policy_words.counting(version),
        was=stage_saving.fingerprint(order(version)),
    )


def order(version: PolicyVersion) -> list[str]:
    """What a button that moves a stage rests on: the stages in the order in which they were read."""
    return [stage.key for stage in version.stages]
