"""The policy studio: who may see a draft, how a change to one is saved, and the frame all its pages stand in.

A draft is a copy of a sealed version being changed. Its pages are blueprints of their own below /studio/<draft>; each
asks `opened` for the draft, gives `shown` its template, and hands what was changed to `save`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

from flask import abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import draft_library, drafting, yaml_editing
from engine.draft_library import Checked
from engine.drafting import Draft
from engine.refusals import Refused
from engine.rights import APPROVER, AUTHOR
from web import current, problem_words, studio_conflict, wording

Answer = str | Response | tuple[str, int]
Files = Mapping[str, bytes | None]

TABS = (
    ("Overview", "studio.draft"),
    ("Stages and times", "studio_stages.page"),
    ("Diagram", "studio_diagram.page"),
    ("Forms", "studio_forms.page"),
    ("Letters", "studio_letters.page"),
    ("Decisions", "studio_decisions.page"),
    ("Examples", "studio_examples.page"),
    ("Text", "studio_text.page"),
    ("What changed", "studio_changes.page"),
    ("What it would do", "studio_impact.page"),
    ("Publish", "studio_publish.page"),
)
"""The pages of a draft. One that nobody has registered is left out."""

STATES = {
    "drafting": ("Being written", "blue"),
    "asked": ("Waiting for approval", "yellow"),
    "approved": ("Approved", "green"),
    "published": ("Published", "purple"),
    "discarded": ("Discarded", "grey"),
}


def opened(draft_id: int) -> Draft:
    """The draft, for whoever may look at it: those with a role of the studio for its policy, and the auditor. For
    anybody else there is none (404)."""
    draft = drafting.opened(current.office(), draft_id)
    return draft if may_look(draft.row.policy) else abort(404)


def opened_to_change(draft_id: int) -> Draft:
    """The same, for a page that changes it: an approver or an auditor may look and not write (403)."""
    draft = opened(draft_id)
    return draft if may_author(draft.row.policy) else abort(403)


def may_author(policy: str) -> bool:
    """Whether the person signed in writes drafts for the policy."""
    return policy in current.person().studio_policies(AUTHOR)


def may_approve(policy: str) -> bool:
    """Whether the person signed in approves versions of the policy. Whether this one, the engine says."""
    return policy in current.person().studio_policies(APPROVER)


def may_look(policy: str) -> bool:
    return current.person().is_auditor or may_author(policy) or may_approve(policy)


def may_change(draft: Draft) -> bool:
    """Whether the person signed in may change the draft as it stands now; pages show their buttons by it."""
    return draft.row.state == "drafting" and may_author(draft.row.policy)


def checked(draft: Draft) -> Checked:
    """Everything `redress check` knows of the draft's files."""
    return draft_library.checked(current.office(), draft.files, draft.key)


def shown(template: str, draft: Draft, **context: object) -> str:
    """A page of a draft: its template stands in studio_layout.html, with the sub-navigation and the problems."""
    found = checked(draft)
    return render_template(
        template,
        draft=draft,
        landlord=current.office().policies().get(draft.row.policy, draft.row.policy),
        title=found.version.title if found.version else wording.plain(draft.row.version),
        state=STATES[draft.row.state],
        may_change=may_change(draft),
        tabs=_tabs(draft),
        found=problem_words.grouped(found, draft),
        last_changed=_last_changed(draft),
        **context,
    )


def save(
    draft: Draft,
    files: Files,
    what: str,
    *,
    numbers: Mapping[str, int] | None = None,
    part: str = "",
    back: str = "",
) -> Answer | None:
    """Write changed files into the draft; None where it was done, else the page that says why not and keeps every
    text that was sent.

    `what` stands in the record of acts. The number each file had when the person read it comes with the form, as
    hidden fields `number:<path>` (the macro `numbers` of studio_parts.html), unless `numbers` gives it. `part`: the
    mark of the one thing that is changed in the file (`part_mark`), as it stands now; where the page was made of the
    same, what somebody changed elsewhere in the file stays, and stops nothing. `back`: the address to go to from the
    page of a conflict; the page that was sent, where it is not given.
    """
    changed = {path: text for path, text in files.items() if draft.files.get(path) != text}
    if not changed:
        return None
    is_same_part = bool(part) and request.form.get("part") == part
    known = draft.numbers if is_same_part else numbers_sent(draft, changed) if numbers is None else numbers
    try:
        drafting.change(
            current.office(), draft.row.id, current.person(), current.now(), files=changed, numbers=known, what=what
        )
    except Refused as refused:
        theirs = opened(draft.row.id)
        sides = studio_conflict.sides(theirs, changed, known)
        back = back or request.path
        return shown("studio_conflict.html", theirs, refused=str(refused), sides=sides, what=what, back=back), 409
    return None


def part_mark(draft: Draft, file: str, path: yaml_editing.Path) -> str:
    """What tells whether one thing of a file, such as one of its letters, still stands as it was read."""
    text = draft.text(file)
    written = yaml_editing.chunk(text, path) if yaml_editing.has(text, path) else ""
    return hashlib.sha256(f"{file}\0{path}\0{written}".encode()).hexdigest()[:32]


def numbers_sent(draft: Draft, paths: Mapping[str, object]) -> dict[str, int]:
    """The number each of these files had on the page that was sent; the draft's own where the page carried none."""
    found = {}
    for path in paths:
        sent = request.form.get(f"number:{path}", "")
        found[path] = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else draft.numbers.get(path, 0)
    return found


def _last_changed(draft: Draft) -> str:
    last = max(draft.kept.values(), key=lambda one: one.changed_at, default=None)
    return f"{wording.moment(last.changed_at)} by {last.changed_by_name}" if last else ""


def _tabs(draft: Draft) -> list[dict[str, object]]:
    """The sub-navigation; a page below one of the tabs belongs to it."""
    there = [(words, url_for(endpoint, draft_id=draft.row.id)) for words, endpoint in TABS if endpoint in _registered()]
    here = max((href for _, href in there if request.path.startswith(href)), key=len, default="")
    return [{"text": words, "href": href, "current": href == here} for words, href in there]


def _registered() -> Collection[str]:
    return current_app.view_functions.keys()
