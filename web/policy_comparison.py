"""What changed between two published versions of a policy: the page /policies/<policy>/compare."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from engine.office import Shelved
from web import current, policy_words
from web.access import may
from web.version_comparison import compared, sealed_side

pages = Blueprint("policy_comparison", __name__, url_prefix="/policies")


@pages.get("/<policy>/compare")
@may("signed_in")
def page(policy: str) -> str | Response:
    """Two versions of a policy side by side: `from` and `to` name them; without names, the last two."""
    office = current.office()
    there = [one for one in office.shelved.values() if one.book.version.policy == policy]
    there.sort(key=lambda one: (one.book.version.in_force_from, one.id or 0))
    if not there:
        abort(404)
    before = _named(there, request.args.get("from", ""), there[max(0, len(there) - 2)])
    after = _named(there, request.args.get("to", ""), there[-1])
    return render_template(
        "policy_compare.html",
        policy=policy,
        landlord=after.book.version.landlord,
        versions=[one.book.version for one in there],
        before=before.book.version,
        after=after.book.version,
        comparison=compared(office, sealed_side(office, before), sealed_side(office, after))
        if before != after
        else None,
        sure=policy_words.SURE,
    )


def _named(there: list[Shelved], name: str, otherwise: Shelved) -> Shelved:
    if not name:
        return otherwise
    return next((one for one in there if one.book.version.version == name), None) or abort(404)
