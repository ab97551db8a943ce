"""Many examples mended at once after a rule has changed: what would be expected instead, read before it is done."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import example_mending
from engine.drafting import Draft
from engine.example_mending import Mending
from engine.refusals import Refused
from web import current, studio, wording
from web import studio_example_words as words

Answer = str | Response | tuple[str, int]


def page(draft: Draft, problems: list[dict[str, str]] | None = None) -> str:
    """Each failing example with what it would expect instead, and the stories that can no longer happen."""
    found = studio.checked(draft)
    seen = example_mending.mending(current.office(), found)
    rows = [
        (
            number,
            seen.changes_of(number)[0].story,
            [words.change(found.version, one) for one in seen.changes_of(number)],
        )
        for number in seen.numbers
    ]
    return studio.shown(
        "studio_examples_mend.html",
        draft,
        mending=rows,
        impossible=[words.plainly(found, one) for one in seen.impossible],
        others=[words.plainly(found, one) for one in seen.others],
        is_told=found.book is not None,
        problems=problems or [],
    )


def done(draft: Draft) -> Answer:
    """Do what was chosen on that page: the same that it showed, for it is worked out by the same code."""
    found = studio.checked(draft)
    seen = example_mending.mending(current.office(), found)
    is_all = request.form.get("do") == "all"
    expecting, leaving = (_chosen(name) for name in ("expect", "leave"))
    if is_all:
        leaving = {one.number for one in seen.impossible}
        expecting = set(seen.numbers)
    if not expecting and not leaving:
        return page(draft, [{"text": "Choose the examples that are to be changed"}]), 400
    try:
        text = example_mending.mended(found, seen, expecting=expecting, leaving=leaving)
    except Refused as refused:
        return page(draft, [{"text": str(refused)}]), 409
    answer = studio.save(draft, {draft.examples_path: text}, _what(seen, expecting, leaving))
    if answer:
        return answer
    flash(f"The examples are changed. {words.sentence(studio.opened(draft.row.id))}".strip())
    return redirect(url_for("studio_examples.page", draft_id=draft.row.id))


def _chosen(name: str) -> set[int]:
    return {int(one) for one in request.form.getlist(name) if one.isascii() and one.isdigit() and len(one) < 5}


def _what(seen: Mending, expecting: set[int], leaving: set[int]) -> str:
    rewritten = sum(1 for number in seen.numbers if number in expecting)
    gone = [one.story for one in seen.impossible if one.number in leaving]
    said = f"Examples: {wording.count(rewritten, 'story expects', 'stories expect')} what comes now"
    return said + (f"; left out: {'; '.join(gone)}" if gone else "")
