"""Versions and drafts as files: downloaded as a zip of the tree the repository uses, and brought in from such a zip.

What is brought in becomes a draft; every problem of it is on the draft's page of problems, by file and line.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answered

from engine import diagram_report, version_bringing, version_tree
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.refusals import BadAnswers, Unknown
from engine.version_bringing import Given
from engine.version_tree import Tree
from web import acting, answers, current, forms, studio, uploads, wording
from web.access import may

pages = Blueprint("policy_files", __name__)

Answer = str | Answered | tuple[str, int]
#: of every file in a zip: the same tree is the same bytes, whenever it is downloaded
STAMP = (1980, 1, 1, 0, 0, 0)

BRING = Form(
    "bring",
    "Bring a version in",
    (
        Field(
            "wanted",
            "Which version, if there are several in the file?",
            "text",
            "Such as council-housing/two-stage-2027. Leave it empty where there is one.",
        ),
        Field(
            "name",
            "What should it be called here?",
            "text",
            "Leave it empty to keep its own name. A name that is taken here needs another.",
        ),
        Field("begins", "From which day is it in force?", "date", "Leave it empty to keep its own day."),
    ),
)


@pages.get("/policies/<policy>/<version>/files")
@may("signed_in")
def export(policy: str, version: str) -> Answer:
    """A sealed version as a zip."""
    key = f"{policy}/{version}"
    if key not in current.office().shelved:
        abort(404)
    return _zip(version_tree.tree_of(current.office(), key))


@pages.get("/studio/<int:draft_id>/files")
@may("studio")
def draft(draft_id: int) -> Answer:
    """A draft as it is now, as a zip."""
    return _zip(version_tree.tree_of_draft(current.office(), studio.opened(draft_id)))


@pages.get("/studio/bring-in")
@may("policy_author")
def bring_page() -> Answer:
    """Ask for the file."""
    return _page({})


@pages.post("/studio/bring-in")
@may("policy_author")
@uploads.takes_files
def bring() -> Answer:
    """Make a draft of what is in the file."""
    given = answers.read(BRING, request.form)
    made: list[tuple[Draft, Given, list[str]]] = []
    failed = acting.attempt(BRING, lambda: made.append(_brought(given)))
    if failed:
        return _page(given, failed), failed.code
    brought, tree, unread = made[0]
    said = f"It is a draft now, with {wording.count(len(brought.files), 'file')}. {_compared(tree, brought)}"
    flash(f"{said} {_left_out(tree, unread)}".strip())
    return redirect(url_for("studio.draft", draft_id=brought.row.id))


def _brought(given: Mapping[str, Any]) -> tuple[Draft, Given, list[str]]:
    sent = request.files.get(uploads.FILES)
    if sent is None or not sent.filename:
        raise BadAnswers({"wanted": "Choose a zip file."})
    begins = _day(given.get("begins"))
    if given.get("begins") and begins is None:
        raise BadAnswers({"begins": "Enter a real date, such as 27 3 2027"})
    content = sent.stream.read()
    files = version_bringing.files_of_zip(content)
    try:
        tree = version_bringing.given_in(files, current.office(), str(given.get("wanted") or ""))
        brought = version_bringing.bring(
            current.office(),
            tree,
            current.person(),
            current.now(),
            version=str(given.get("name") or ""),
            in_force_from=begins,
        )
    except Unknown as unknown:  # a policy or version that is not here is a fault of the file, not of the address
        raise BadAnswers({"wanted": str(unknown)}) from unknown
    return brought, tree, version_bringing.left_out_of_zip(content)


def _compared(tree: Given, brought: Draft) -> str:
    """Which version it is held against, and why that one."""
    base = brought.row.based_on
    if tree.based_on == base:
        return f"What changed compares it with {base}, of which it is a copy."
    told = f"{tree.based_on}, of which it is a copy, is not here" if tree.based_on else "its files name none"
    return f"What changed compares it with {base}, the newest version here: {told}."


def _left_out(tree: Given, unread: list[str]) -> str:
    """What was left out: files that no version holds, and of the diagrams what another modeler wrote into them."""
    files = f"Left out, because no version holds such files: {diagram_report.few(unread)}. " if unread else ""
    kinds = diagram_report.kinds(one for brought in tree.cleaned.values() for one in brought.dropped)
    left = [f"{one.what}: {diagram_report.few(one.places)}" for one in kinds]
    return files + (f"Left out of its diagrams: {'. '.join(left)}." if left else "")


def _page(given: Mapping[str, Any], failed: acting.Failed | None = None) -> str:
    return render_template(
        "policy_bring.html",
        fields=forms.fields(BRING, given, failed.wrong if failed else {}, asks_when=False),
        problems=failed.problems if failed else [],
    )


def _zip(tree: Tree) -> Answered:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(tree.files.items()):
            part = zipfile.ZipInfo(path, STAMP)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, text)
    name = tree.key.replace("/", "-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(kept.getvalue(), mimetype="application/zip", headers=headers)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None
