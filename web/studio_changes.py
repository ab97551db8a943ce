"""What a draft changes in the version it is a copy of: in sentences, on the diagram and in the text."""

from __future__ import annotations

from flask import Blueprint

from engine.drafting import Draft
from web import current, policy_words, studio
from web.access import may
from web.version_comparison import Side, compared, sealed_side

pages = Blueprint("studio_changes", __name__, url_prefix="/studio/<int:draft_id>/changes")


@pages.get("")
@may("studio")
def page(draft_id: int) -> studio.Answer:
    """The draft against the version it is based on."""
    draft = studio.opened(draft_id)
    office = current.office()
    based = office.shelved.get(f"{draft.row.policy}/{draft.row.based_on}")
    before = sealed_side(office, based) if based else Side(draft.key, {})
    return studio.shown(
        "studio_changes.html",
        draft,
        comparison=compared(office, before, side_of(draft)),
        based=based.book.version if based else None,
        sure=policy_words.SURE,
    )


def side_of(draft: Draft) -> Side:
    """A draft as one side of a comparison."""
    return Side(draft.key, draft.files, studio.checked(draft).version)
