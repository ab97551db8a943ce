"""A diagram from elsewhere, brought in: first a report of what would be left out, changed and refused, then into the
draft."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import diagram_bytes, diagram_import, diagram_report, draft_library
from engine.drafting import Draft
from web import current, diagram_sheet, studio, uploads
from web.access import may
from web.diagram_sheet import Sheet
from web.studio_diagram_pages import pages

Answer = str | Response | tuple[str, int]


@pages.get("/import")
@may("policy_author")
def bring(draft_id: int) -> Answer:
    """Choose a file."""
    draft, file = _place(draft_id, request.args.get("file", ""))
    return studio.shown("studio_diagram_import.html", draft, file=file, sheet=None, brought=None)


@pages.post("/import")
@may("policy_author")
@uploads.takes_files
def bring_in(draft_id: int) -> Answer:
    """The report; with `keep`, into the draft."""
    draft, file = _place(draft_id, request.form.get("file", ""))
    sent = request.files.get("diagram")
    # a browser writes the lines of a form its own way, which may make a file longer than is read
    xml = sent.read() if sent is not None else request.form.get("xml", "").replace("\r\n", "\n").encode()
    if not xml:
        problems = [{"text": "Choose the file of a diagram (.bpmn).", "href": "#diagram"}]
        return studio.shown(
            "studio_diagram_import.html", draft, file=file, sheet=None, brought=None, problems=problems
        ), 400
    made = diagram_import.brought(xml, file, without_code="without_code" in request.form)
    if "keep" in request.form and made.xml is not None:
        answer = studio.save(draft, {file: made.xml}, f"brought in a diagram as {file}", back=_address(draft, file))
        if answer is None:
            flash("The diagram is in the draft. What it still lacks is marked on it.")
        return answer or redirect(_address(draft, file))
    sheet = _sheet(draft, file, made)
    return studio.shown(
        "studio_diagram_import.html",
        draft,
        file=file,
        sheet=sheet,
        alike=diagram_report.alike(sheet.problems),
        report=diagram_report,
        mend=diagram_sheet.mend,
        brought=made,
        xml=diagram_bytes.in_utf8(xml)[0].decode("utf-8", errors="replace") if made.diagram is not None else "",
    ), 200 if made.xml is not None else 400


def _place(draft_id: int, file: str) -> tuple[Draft, str]:
    draft = studio.opened_to_change(draft_id)
    return (draft, file) if file in draft.files and file.endswith(".bpmn") else abort(404)


def _address(draft: Draft, file: str) -> str:
    return url_for("studio_diagram.page", draft_id=draft.row.id, file=file)


def _sheet(draft: Draft, file: str, made: diagram_import.Brought) -> Sheet:
    """What was brought, with everything that is wrong with it, in itself and beside the rest of the draft: the like
    together, so that the numbers on the drawing follow the list."""
    if made.xml is None or made.wrong:
        title = (made.diagram.name if made.diagram else "") or file
        sheet = Sheet(file, title, "", made.diagram, made.wrong)
    else:
        found = draft_library.checked(current.office(), {**draft.files, file: made.xml}, draft.key)
        sheet = diagram_sheet.sheet(found, file)
    ordered = [one for alike in diagram_report.alike(sheet.problems) for one in alike.all]
    return replace(sheet, problems=tuple(ordered))
