"""A change to stages or timescales, saved and said: what a short form did, in sentences, beside what the Code allows.

A short form changes one thing. Where somebody else changed another thing of the same file meanwhile, both stay; where
they changed this very thing, the form is shown again with what it has become, and nothing is overwritten unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from flask import flash, redirect, request, url_for
from markupsafe import Markup

from engine import version_editing
from engine.drafting import Draft
from engine.refusals import BadAnswers, Refused
from engine.version_differences import Difference, differences
from engine.yaml_editing import NotThere
from web import current, studio, studio_example_words, wording
from web.acting import Failed
from web.studio import Answer

Files = Mapping[str, bytes]
MOST_SAID = 5
FIRST = ("stages", "deadlines", "roles", "head", "decisions", "rules")  # the subjects a banner speaks of first
FIELDS = {"within": "count", "at_most": "most_count"}  # what the engine calls a field, and its id on the page


def attempt(change: Callable[[], Files]) -> tuple[Files | None, Failed | None]:
    """The files as a form would change them, else why not, for the form shown again."""
    try:
        return change(), None
    except BadAnswers as bad:
        wrong = {FIELDS.get(name, name): text for name, text in bad.errors.items()}
        return None, Failed([{"text": text, "href": f"#{name}"} for name, text in wrong.items()], wrong, 400)
    except NotThere:
        return None, Failed([{"text": "Somebody has taken this away meanwhile."}], {}, 409)
    except Refused as refused:
        return None, Failed([{"text": str(refused)}], {}, 409)


def saved(draft: Draft, after: Files, what: str, back: str) -> Answer:
    """Write the changed files, say in sentences what was changed, and go back."""
    before = draft.files
    if refused := studio.save(draft, version_editing.changes(before, after), what, numbers=draft.numbers, back=back):
        return refused
    flash(told(changed(draft, after)) + examples_told(draft.row.id))
    return redirect(back)


def examples_told(draft_id: int) -> Markup:
    """What came of the draft's examples after a change, with the way to bring them up to date."""
    saved_draft = studio.opened(draft_id)
    passed, failed = studio_example_words.counts(saved_draft)
    if not failed:
        return Markup("<br>{}").format(studio_example_words.sentence(saved_draft)) if passed else Markup("")
    link = Markup('<a class="govuk-notification-banner__link" href="{}">{} of {}</a>').format(
        url_for("studio_examples.mend", draft_id=draft_id), wording.count(failed, "example"), passed + failed
    )
    comes, they = ("comes", "It still says") if failed == 1 else ("come", "They still say")
    return Markup(
        "<br>{} {} otherwise than expected now. {} what the policy said before, which is usual after a change. The link"
        " shows each before and after, and one button there updates them."
    ).format(link, comes, they)


def changed(draft: Draft, after: Files) -> tuple[Difference, ...]:
    """What a change does to the draft."""
    code = current.office().shelf.yardstick
    return differences(draft.files, after, before_key=draft.key, after_key=draft.key, code=code)


def sentences(draft: Draft, after: Files, lost: Sequence[str] = ()) -> list[str]:
    """What a change would do, for who is asked before it is done; with the stories that would have to go, by name."""
    found = changed(draft, after)
    stories = {one.about for one in found if one.subject == "examples"}
    said = [one.says for one in found if one.subject != "examples"]
    said += [f"The example “{name}” goes: it speaks of what is removed." for name in lost]
    others = len(stories) - len(lost)
    return [*said, f"{wording.count(others, 'example')} expect it no more."] if others > 0 else said


def told(found: tuple[Difference, ...]) -> Markup:
    """What was changed, as the banner says it: what people are promised first, in sentences, with new words in quotes;
    of the rest (the diagram and the letters that follow by themselves) only how much."""
    if not found:
        return Markup("Saved. It says what it said before.")
    first = [one for one in found if one.subject in FIRST and not _is_of_the_diagram(one)] or list(found)
    first.sort(key=_order)
    said = [_sentence(one) for one in first[:MOST_SAID]]
    more = len(found) - len(said)
    if more:
        said.append(Markup("{} more, under “What changed”.").format(wording.count(more, "change")))
    return Markup("<br>").join(said)


def _order(one: Difference) -> tuple[int, bool, bool]:
    """By subject; in it what came whole or went whole, then what is short to say."""
    place = FIRST.index(one.subject) if one.subject in FIRST else len(FIRST)
    is_whole = one.kind in ("added", "removed") and bool(one.after or one.before)
    return place, not is_whole, bool(one.after)


def _is_of_the_diagram(one: Difference) -> bool:
    return one.subject == "head" and one.says.startswith("Diagram")


def fingerprint(thing: object) -> str:
    """What a form carries of the thing it changes, to notice that somebody else changed it meanwhile."""
    return hashlib.sha256(repr(thing).encode()).hexdigest()[:32]


def is_overtaken(thing: object) -> bool:
    """Whether the thing is no longer as it was when the form that was sent was read, or the form does not tell."""
    return request.form.get("was", "") != fingerprint(thing)


def overtaken(draft: Draft, is_now: str) -> Failed:
    """Why the form is shown again: who changed the same thing, when, and what it has become."""
    file = draft.kept.get(draft.path)
    who = f"{file.changed_by_name} changed this on {wording.moment(file.changed_at)}" if file else "It was changed"
    text = f"{who}, while you had it open. It is now: {is_now} Nothing you typed is lost: save again to put it instead."
    return Failed([{"text": text}], {}, 409)


UNREAD = Failed(
    [{"text": "This has changed since you read it, so nothing is done yet. Look at it again first."}], {}, 409
)
"""Why a button that takes something away or moves it does nothing: what it is about is no longer what was read."""


def _sentence(one: Difference) -> Markup:
    if one.after and len(one.after) < 400:
        return Markup("{} It now says: “{}”").format(one.says, one.after)
    return Markup("{}").format(one.says)
