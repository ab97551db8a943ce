"""The stages and timescales of a draft: the promises in a table, and what may be done with a stage.

Everything here is a short form; `engine.version_editing` changes the files, and what was changed is said afterwards in
a sentence.
"""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from engine.drafting import Draft
from engine.policy import PolicyVersion
from engine.store import people
from web import current, stage_saving, stage_words, studio
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
        unheld=unheld(draft, version),
        was=stage_saving.fingerprint(order(version)),
    )


def order(version: PolicyVersion) -> list[str]:
    """What a button that moves a stage rests on: the stages in the order in which they were read."""
    return [stage.key for stage in version.stages]


def unheld(draft: Draft, version: PolicyVersion) -> list[str]:
    """The roles of the draft that nobody holds: their tasks would wait for nobody."""
    with current.database().reading() as tx:
        everybody, held = people.people(tx), people.all_grants(tx)
    here = {row.id for row in everybody if row.is_active}
    grants = [one for person, theirs in held.items() if person in here for one in theirs]
    roles = {one.role for one in grants if one.policy == draft.row.policy}
    return [key for key in version.roles if key not in roles]
