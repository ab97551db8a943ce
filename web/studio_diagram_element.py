"""One element of a diagram as a form, for those who do not draw."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response

from web import diagram_sheet, studio
from web.access import may
from web.studio_diagram_pages import pages

Answer = str | Response | tuple[str, int]


@pages.get("/element")
@may("policy_author")
def part(draft_id: int) -> Answer:
    """What the element asks for."""
    draft = studio.opened_to_change(draft_id)
    file, name = request.args.get("file", ""), request.args.get("element", "")
    if file not in draft.files or not file.endswith(".bpmn"):
        abort(404)
    found = studio.checked(draft)
    sheet = diagram_sheet.sheet(found, file)
    one = next((one for one in diagram_sheet.parts(sheet, diagram_sheet.choices(found, sheet)) if one.id == name), None)
    return studio.shown("studio_diagram_element.html", draft, file=file, part=one or abort(404))
