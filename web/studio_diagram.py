"""The diagrams of a draft: the list, and one of them to be drawn in the browser, checked a moment after each stroke.

Without JavaScript the page has the diagram as a picture with its problems marked, and every part of it as a form
(`web.studio_diagram_element`). A diagram from elsewhere comes in through `web.studio_diagram_import`.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from engine import cures, diagram_import, diagram_marks, draft_library, drafting, version_editing
from engine.diagram_import import Brought
from engine.draft_library import Checked
from engine.drafting import Draft, Overtaken
from engine.problems import Problem
from engine.refusals import Refused
from web import current, diagram_sheet, studio, uploads
from web import studio_diagram_element as element  # its routes are of the same blueprint
from web import studio_diagram_import as imported
from web.access import may
from web.diagram_sheet import Sheet
from web.studio_diagram_pages import pages

__all__ = ["element", "imported", "pages"]

Answer = str | Response | tuple[str, int]
MOST_CURED = 20  # problems of a drawing that are asked for a cure


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every diagram of the draft; with `file`, that one."""
    draft = studio.opened(draft_id)
    file = request.args.get("file", "")
    if file:
        return _one(draft, file) if file in draft.files and file.endswith(".bpmn") else abort(404)
    found = studio.checked(draft)
    spine = f"workflows/{found.version.workflow}.bpmn" if found.version else diagram_sheet.SPINES
    sheets = [diagram_sheet.sheet(found, path) for path in diagram_sheet.files_of(draft.files, spine)]
    return studio.shown("studio_diagrams.html", draft, sheets=sheets)


@pages.post("")
@may("policy_author")
@uploads.takes_files
def save(draft_id: int) -> Answer:
    """Keep what was drawn in the draft, unless it cannot be read, carries code, or somebody else was quicker."""
    draft, file = _to_change(draft_id)
    sent = sent_xml()
    made = diagram_import.brought(sent, file)
    if made.xml is None:
        return _one(draft, file, unsaved=sent, made=made), 400
    try:
        drafting.change(
            current.office(), draft_id, current.person(), current.now(),
            files={file: made.xml}, numbers=studio.numbers_sent(draft, [file]), what=f"drew {file}",
        )  # fmt: skip
    except Overtaken as overtaken:
        return _one(studio.opened(draft_id), file, unsaved=made.xml, theirs=overtaken), 409
    except Refused as refused:
        return _one(draft, file, unsaved=made.xml, refused=str(refused)), 409
    said = [f"'{one.name}' {one.what}" for one in made.changed] + [f"left out: {one.what}" for one in made.dropped]
    flash(
        "The diagram is saved." + (f" ({'; '.join(said[:5])}{' and more' if len(said) > 5 else ''}.)" if said else "")
    )
    return redirect(url_for(".page", draft_id=draft_id, file=file))


@pages.post("/check")
@may("policy_author")
@uploads.takes_files
def check(draft_id: int) -> Answer:
    """What is wrong with the draft if its diagram were as sent; nothing is kept."""
    draft = studio.opened(draft_id)
    file = request.form.get("file", "")
    if file not in draft.files or not file.endswith(".bpmn"):
        abort(404)
    xml = diagram_marks.spread(sent_xml(), file)
    files = {**draft.files, file: xml}
    found = draft_library.checked(current.office(), files, draft.key)
    if "mend" in request.form:
        return jsonify({"xml": _mended(found, file, request.form["mend"], request.form.get("cure", ""))})
    saved = diagram_sheet.sheet(studio.checked(draft), file).diagram
    known = {one.id for one in (*saved.nodes, *saved.flows)} if saved else set()
    sheet = diagram_sheet.sheet(found, file)
    told = diagram_sheet.for_the_drawing(sheet, _cures(sheet, files))
    for one in told:
        there = url_for("studio_diagram.part", draft_id=draft_id, file=file, element=one["element"])
        one["form"] = there if one["element"] in known else ""
    return jsonify({"problems": told})


def _cures(sheet: Sheet, files: Mapping[str, bytes]) -> dict[Problem, tuple[str, ...]]:
    """What each button says that mends a problem, for the first of those that are mended in the diagram alone."""
    found = {}
    for one in sheet.problems[:MOST_CURED]:
        ways = cures.cures(one.problem, files)
        if ways and all(set(version_editing.changes(files, cure.files)) == {sheet.file} for cure in ways):
            found[one.problem] = tuple(cure.label for cure in ways)
    return found


def _mended(found: Checked, file: str, words: str, label: str) -> str:
    """The drawing with one problem mended; as it was sent where that cannot be done any more."""
    problem = next((one for one in found.problems if str(one) == words), None)
    cure = cures.cure(problem, found.files, label) if problem else None
    return (cure.files if cure else found.files)[file].decode("utf-8", errors="replace")


@pages.get("/file")
@may("studio")
def file(draft_id: int) -> Answer:
    """The diagram as a file, for another modeler."""
    draft, path = studio.opened(draft_id), request.args.get("file", "")
    if path not in draft.files or not path.endswith(".bpmn"):
        abort(404)
    name = path.rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(draft.files[path], mimetype="application/xml", headers=headers)


def sent_xml() -> bytes:
    """The diagram that was sent: as a file, or as a field of the form."""
    sent = request.files.get("xml")
    return sent.read() if sent is not None else request.form.get("xml", "").encode()


def _to_change(draft_id: int) -> tuple[Draft, str]:
    draft = studio.opened_to_change(draft_id)
    path = request.form.get("file", "")
    return (draft, path) if path in draft.files and path.endswith(".bpmn") else abort(404)


def _one(
    draft: Draft,
    file: str,
    *,
    unsaved: bytes | None = None,
    made: Brought | None = None,
    theirs: Overtaken | None = None,
    refused: str = "",
) -> str:
    """One diagram; with what was drawn and not saved, and why not."""
    found = studio.checked(draft)
    sheet = diagram_sheet.sheet(found, file)
    shown = _unsaved(draft, file, unsaved, made) if unsaved is not None else sheet
    known = diagram_sheet.choices(found, sheet)
    xml = unsaved if unsaved is not None and (made is None or made.diagram) else draft.files[file]
    data = {
        "xml": xml.decode("utf-8", errors="replace"),
        "path": file,
        "check": url_for("studio_diagram.check", draft_id=draft.row.id),
        "token": generate_csrf(),
        "known": diagram_sheet.for_browser(known),
        "is_unsaved": unsaved is not None,
    }
    return studio.shown(
        "studio_diagram.html",
        draft,
        sheet=shown,
        mend=diagram_sheet.mend,
        theirs=sheet.figure("theirs") if theirs else None,
        overtaken=str(theirs) if theirs else "",
        refused=refused or (_why(made) if made else ""),
        parts=diagram_sheet.parts(sheet, known),
        cures={} if unsaved is not None else _cures(sheet, draft.files),
        forms_of={one.id for one in diagram_sheet.parts(sheet, known)},
        data=data,
        others=_others(draft, file),
        file=file,
    )


def _unsaved(draft: Draft, file: str, xml: bytes, made: Brought | None) -> Sheet:
    """The sheet of what was drawn and is not kept, with its own problems."""
    found: Checked = studio.checked(draft)
    if made is not None:
        return (
            diagram_sheet.sheet(found, file, xml=b"", more=made.problems)
            if made.diagram is None
            else Sheet(file, made.diagram.name or file, "", made.diagram, made.problems)
        )
    anew = draft_library.checked(current.office(), {**draft.files, file: xml}, draft.key)
    return diagram_sheet.sheet(anew, file)


def _why(made: Brought) -> str:
    if made.code:
        return "This was not saved, because it carries what another engine would run as code."
    return "This was not saved, because it cannot be read as a diagram."


def _others(draft: Draft, file: str) -> int:
    """How many sealed versions have a diagram of this path; what is drawn here changes none of them."""
    office = current.office()
    return sum(
        1
        for one in office.shelved.values()
        if any(drawn.file == file for drawn in one.book.workflows.diagrams.values())
    )
