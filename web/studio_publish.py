"""From a draft to a version: approval asked for and given by somebody else, and publication.

Each refusal of the engine is a sentence on the page. Nobody both writes and approves a version.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from markupsafe import Markup

from engine import draft_library, drafting, stage_letters
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.policy import PolicyVersion
from engine.store import library as stored
from engine.version_differences import Difference, by_subject, differences
from web import answers, current, forms, role_words, stage_saving, studio, studio_ahead, wording
from web.access import may
from web.acting import Failed, attempt
from web.studio import Answer

pages = Blueprint("studio_publish", __name__, url_prefix="/studio/<int:draft_id>/publish")

APPROVAL = Form(
    "approval",
    "Approve it",
    (
        Field("body", "Which body approved it?", "text", "Such as the Board, or the Housing Committee.", required=True),
        Field("minute", "In which minute or decision?", "text", "With its number or date.", required=True),
    ),
)
BACK = Form("back", "Send it back", (Field("reason", "What should be changed?", "long_text", required=True),))
EARLIER = Form(
    "earlier",
    "Publish",
    (
        Field(
            "in_force_from_reason",
            "Its day is in the past. Why is it in force from then?",
            "long_text",
            "The reason is kept with the version.",
            required=True,
        ),
    ),
)


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """How far the draft has come, and the next step."""
    return _page(studio.opened(draft_id))


@pages.post("/ask")
@may("policy_author")
def ask(draft_id: int) -> Answer:
    """Ask for approval."""
    draft = studio.opened_to_change(draft_id)
    return _act(draft, drafting.ask_approval, "Approval is asked for. Somebody who changed nothing in it approves it.")


@pages.post("/take-back")
@may("policy_author")
def take_back(draft_id: int) -> Answer:
    """Take the request back, to write on."""
    return _act(studio.opened_to_change(draft_id), drafting.take_back, "It is taken back, and can be changed again.")


@pages.post("/send-back")
@may("policy_approver")
def send_back(draft_id: int) -> Answer:
    """Send it back to its authors, with what should be changed."""
    given = answers.read(BACK, request.form)

    def act(*what: object) -> object:
        return drafting.send_back(*what, str(given.get("reason", "")))

    return _act(_opened_to_approve(draft_id), act, "It is sent back to its authors with what you said.", BACK, given)


@pages.post("/approve")
@may("policy_approver")
def approve(draft_id: int) -> Answer:
    """Approve exactly what stands in it, for a body and under its minute."""
    given = answers.read(APPROVAL, request.form)

    def act(*what: object) -> object:
        body, minute = str(given.get("body", "")), str(given.get("minute", ""))
        return drafting.approve(*what, body=body, minute=minute, seen=request.form.get("seal", ""))

    said = "It is approved. It can be published now, and nothing in it changes any more."
    return _act(_opened_to_approve(draft_id), act, said, APPROVAL, given)


@pages.post("/now")
@may("studio")
def publish(draft_id: int) -> Answer:
    """Seal it as a version."""
    draft = studio.opened(draft_id)
    if not (studio.may_author(draft.row.policy) or studio.may_approve(draft.row.policy)):
        abort(403)
    given = answers.read(EARLIER, request.form)

    def act(*what: object) -> object:
        return drafting.publish(*what, in_force_from_reason=str(given.get("in_force_from_reason", "")))

    failed = attempt(EARLIER, lambda: _done(act, draft_id))
    if failed:
        return _page(studio.opened(draft_id), failed, EARLIER, given), failed.code
    current.see_anew()
    flash(_published(studio.opened(draft_id)))
    return redirect(url_for("studio_publish.page", draft_id=draft_id))


@pages.get("/discard")
@may("policy_author")
def discard_page(draft_id: int) -> Answer:
    """Whether the draft is really to be given up."""
    draft = studio.opened_to_change(draft_id)
    return studio.shown("studio_discard.html", draft)


@pages.post("/discard")
@may("policy_author")
def discard(draft_id: int) -> Answer:
    """Give the draft up."""
    draft = studio.opened_to_change(draft_id)
    failed = attempt(None, lambda: _done(drafting.discard, draft_id))
    if failed:
        return _page(draft, failed), failed.code
    flash(f"The draft {draft.row.version} is discarded. Nothing has changed for anybody.")
    return redirect(url_for("studio.page"))


Act = Callable[..., object]


def _act(draft: Draft, act: Act, said: str, form: Form | None = None, given: dict[str, str] | None = None) -> Answer:
    failed = attempt(form, lambda: _done(act, draft.row.id))
    if failed:
        return _page(studio.opened(draft.row.id), failed, form, given), failed.code
    flash(said)
    return redirect(url_for("studio_publish.page", draft_id=draft.row.id))


def _done(act: Act, draft_id: int) -> object:
    return act(current.office(), draft_id, current.person(), current.now())


def _opened_to_approve(draft_id: int) -> Draft:
    draft = studio.opened(draft_id)
    return draft if studio.may_approve(draft.row.policy) else abort(403)


def _page(
    draft: Draft, failed: Failed | None = None, form: Form | None = None, given: dict[str, str] | None = None
) -> str:
    found = studio.checked(draft)
    office, version = current.office(), found.version
    is_ahead = draft.row.state in ("drafting", "asked", "approved")
    told, changes = draft_library.stories(office, found) if is_ahead else [], _changes(draft)
    fields = {each.name: forms.fields(each, {}, asks_when=False) for each in (APPROVAL, BACK, EARLIER)}
    if form:
        fields[form.name] = forms.fields(form, given or {}, failed.wrong if failed else {}, asks_when=False)
    return studio.shown(
        "studio_publish.html",
        draft,
        version=version,
        ahead=studio_ahead.taken_over(version) if version else "",
        reread=stage_letters.to_reread(draft.files, draft.path) if version else (),
        not_then=studio_ahead.why_not_then(version) if version and draft.row.state != "published" else "",
        stays=studio_ahead.why_not_withdrawn(version) if version and draft.row.state == "published" else "",
        seal=found.seal,
        differences=[one for one in changes if one.subject in stage_saving.FIRST],
        others=_others(changes),
        changes_href=_address("studio_changes.page", draft),
        told=told,
        failing=[one for one in told if not one.passed],
        unheld=_unheld(draft, version),
        wrote=int(current.person().id) in draft.author_ids,
        may_author=studio.may_author(draft.row.policy),
        may_approve=studio.may_approve(draft.row.policy),
        is_past=version is not None and version.in_force_from < current.today(),
        fields=fields,
        sent_back=[line for line in draft.row.sent_back.splitlines() if line],
        problems=failed.problems if failed else [],
    )


def _unheld(draft: Draft, version: PolicyVersion | None) -> list[str]:
    """The titles of the roles of the draft that nobody holds."""
    if version is None:
        return []
    return [version.roles[key].title for key in role_words.unheld(draft.row.policy, version.roles)]


def _changes(draft: Draft) -> tuple[Difference, ...]:
    """What the draft changes of the version it is a copy of."""
    office, key = current.office(), f"{draft.row.policy}/{draft.row.based_on}"
    there = office.shelved.get(key)
    if there is None or there.id is None:
        return ()
    with current.database().reading() as tx:
        before = stored.version_files(tx, there.id)
    return differences(before, draft.files, before_key=key, after_key=draft.key, code=office.shelf.yardstick)


def _others(changes: tuple[Difference, ...]) -> list[str]:
    """What changed besides promises, by subject: how many letters, forms, parts of diagrams and examples."""
    rest = [one for one in changes if one.subject not in stage_saving.FIRST and not _is_name(one)]
    return [f"{title}: {wording.count(len(group), 'change')}" for title, group in by_subject(rest)]


def _is_name(one: Difference) -> bool:
    """Whether a story only names the new version: every copy does."""
    return one.kind == "added" and "the version it is told under" in one.says


def _address(endpoint: str, draft: Draft) -> str:
    return url_for(endpoint, draft_id=draft.row.id) if endpoint in current_app.view_functions else ""


def _published(draft: Draft) -> Markup:
    version = current.office().shelved[draft.key].book.version
    link = Markup('<a class="govuk-notification-banner__link" href="{}">{}</a>').format(
        url_for("policies.version", policy=version.policy, version=version.version), version.title
    )
    said = Markup("Published. {} governs complaints received from {}. Cases already logged stay where they are. {}")
    told = said.format(link, wording.day(version.in_force_from), studio_ahead.taken_over(version))
    unheld = _unheld(draft, version)
    if not unheld:
        return told
    roles = wording.listed([f"“{title}”" for title in unheld])
    return told + f" Nobody holds the {'role' if len(unheld) == 1 else 'roles'} {roles} yet: ask an administrator."
