"""One part of a diagram as a form, for those who do not draw: what it asks for, what comes before or after it, and
taking it away. Whatever can be drawn can be done here, without a mouse and without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import diagram_editing, yaml_editing
from engine.diagram_choices import Choices
from engine.diagrams import NODES, Diagram, Flow, Node
from engine.draft_library import Checked
from engine.drafting import Draft
from engine.forms import Answer as Given
from engine.forms import Form, check_answers
from engine.gate_grammar import EVENT_NAME
from engine.problems import Broken
from web import answers, diagram_forms, diagram_sheet, forms, studio
from web.access import may
from web.diagram_sheet import Sheet
from web.studio_diagram_pages import pages

Answer = str | Response | tuple[str, int]
Files = dict[str, bytes | None]


@dataclass(frozen=True)
class _Part:
    """A part of a diagram of a draft, found. Exactly one of `node` and `flow` is there."""

    draft: Draft
    file: str
    found: Checked
    sheet: Sheet
    diagram: Diagram
    known: Choices
    node: Node | None
    flow: Flow | None

    @property
    def id(self) -> str:
        return self.node.id if self.node else self.flow.id if self.flow else ""

    @property
    def scope(self) -> str:
        return self.node.scope if self.node else self.flow.scope if self.flow else ""

    @property
    def form(self) -> Form:
        if self.flow is not None:
            return diagram_forms.about_flow(self.flow, self.diagram, self.known)
        titles = {key: one.title for key, one in self.found.library.workflows.forms.items()}
        is_described = (self.diagram.process, self.id) in self.found.library.workflows.tasks
        assert self.node is not None  # a part is a node or an arrow
        return diagram_forms.about_node(self.node, self.diagram, self.known, titles, is_described=is_described)

    @property
    def now(self) -> dict[str, str]:
        if self.flow is not None:
            return diagram_forms.of_flow(self.flow, self.diagram, self.known)
        return diagram_forms.of_node(self.node, self.diagram) if self.node else {}


@pages.get("/element")
@may("policy_author")
def part(draft_id: int) -> Answer:
    """What the part asks for, and what may be done with it."""
    one = _part(draft_id, request.args.get("file", ""), request.args.get("element", ""))
    return _page(one, one.now)


@pages.post("/element")
@may("policy_author")
def change_part(draft_id: int) -> Answer:
    """Change it: by the answers of its form, or by one of the acts below it (`do`)."""
    one = _part(draft_id, request.form.get("file", ""), request.form.get("element", ""))
    act = _ACTS.get(request.form.get("do", ""), _answered)
    try:
        return act(one)
    except (diagram_editing.NotThere, Broken) as error:
        return _page(one, one.now, problems=[{"text": str(error)}]), 400


def _answered(one: _Part) -> Answer:
    given = answers.read(one.form, request.form)
    clean, wrong = check_answers(one.form, given)
    if "records" in clean and not EVENT_NAME.fullmatch(str(clean["records"])):
        wrong["records"] = "Write what has happened in small letters with underscores, such as letter_checked."
    if wrong:
        return _page(one, given, wrong=wrong), 400
    xml = one.draft.files[one.file]
    if one.flow is not None:
        files: Files = {one.file: diagram_forms.changed_flow(xml, one.file, one.flow, clean)}
    else:
        assert one.node is not None  # a part is a node or an arrow
        files = {one.file: diagram_forms.changed_node(xml, one.file, one.node, clean), **_described(one, clean)}
    return _saved(one, files, f"changed '{one.id}' in {one.file}", "Saved.")


def _added(one: _Part) -> Answer:
    form = diagram_forms.about_new()
    given = answers.read(form, request.form)
    clean, wrong = check_answers(form, given)
    if wrong:
        return _page(one, one.now, new=given, new_wrong=wrong), 400
    xml, name = diagram_editing.add(
        one.draft.files[one.file], one.file, one.id, str(clean["kind"]), str(clean["words"])
    )
    said = "It is on the diagram. Now say the rest about it."
    return _saved(one, {one.file: xml}, f"put '{name}' into {one.file}", said, to=name)


def _led(one: _Part) -> Answer:
    target = request.form.get("target", "")
    if target not in diagram_forms.targets(one.diagram, one.scope, without=""):
        return _page(one, one.now, problems=[{"text": "Choose where it leads.", "href": "#target"}]), 400
    if one.flow is not None:
        xml = diagram_editing.lead_to(one.draft.files[one.file], one.file, one.id, target)
        return _saved(one, {one.file: xml}, f"led '{one.id}' to '{target}' in {one.file}", "The arrow leads there now.")
    words = request.form.get("words", "")[:200]
    xml = diagram_editing.add_arrow(one.draft.files[one.file], one.file, one.id, target, words)
    return _saved(
        one, {one.file: xml}, f"drew an arrow from '{one.id}' to '{target}' in {one.file}", "The arrow is drawn."
    )


def _removed(one: _Part) -> Answer:
    xml = diagram_editing.remove(one.draft.files[one.file], one.file, one.id)
    back = url_for("studio_diagram.page", draft_id=one.draft.row.id, file=one.file)
    refused = studio.save(one.draft, {one.file: xml}, f"removed '{one.id}' from {one.file}", back=back)
    if refused:
        return refused
    flash("It is gone from the diagram.")
    return redirect(back)


_ACTS: dict[str, Callable[[_Part], Answer]] = {"add": _added, "lead": _led, "remove": _removed}


def _saved(one: _Part, files: Files, what: str, said: str, *, to: str = "") -> Answer:
    there = url_for("studio_diagram.part", draft_id=one.draft.row.id, file=one.file, element=to or one.id)
    refused = studio.save(one.draft, files, what, back=there)
    if refused:
        return refused
    flash(said)
    return redirect(there if to else url_for("studio_diagram.page", draft_id=one.draft.row.id, file=one.file))


def _described(one: _Part, clean: dict[str, Given]) -> Files:
    """What tasks.yaml says of a task that was only drawn so far."""
    if "form" not in clean:
        return {}
    path = f"{one.file.rpartition('/')[0]}/tasks.yaml"
    text = one.draft.files.get(path, b"").decode()
    told: dict[str, Any] = {key: str(clean[key]) for key in ("brief", "form", "records")}
    entry = {"title": str(clean["name"]), **told}
    for keys, value in (
        ((one.diagram.process, "tasks"), entry),
        ((one.diagram.process,), {one.id: entry}),
        ((), {"tasks": {one.id: entry}}),
    ):
        key = (one.id, "tasks", one.diagram.process)[2 - len(keys)]
        try:
            return {path: yaml_editing.add(text, keys, key, value).encode()}
        except yaml_editing.NotThere:
            continue
    return {}


def _part(draft_id: int, file: str, name: str) -> _Part:
    draft = studio.opened_to_change(draft_id)
    if file not in draft.files or not file.endswith(".bpmn"):
        abort(404)
    found = studio.checked(draft)
    sheet = diagram_sheet.sheet(found, file)
    diagram = sheet.diagram or abort(404)
    flow = next((one for one in diagram.flows if one.id == name), None)
    node = diagram.node(name) or _frame(diagram, name)
    if not name or (node is None and flow is None):
        abort(404)
    known = diagram_sheet.choices(found, sheet)
    return _Part(draft, file, found, sheet, diagram, known, None if flow else node, flow)


def _frame(diagram: Diagram, name: str) -> Node | None:
    """A lane, or the process itself, which have a name and nothing else to ask."""
    if name == diagram.process:
        return Node(diagram.process, diagram.name, "process", diagram.line, "")
    return next((Node(one.id, one.name, "lane", one.line, "") for one in diagram.lanes if one.id == name), None)


def _page(
    one: _Part,
    given: dict[str, Any],
    *,
    wrong: dict[str, str] | None = None,
    new: dict[str, Any] | None = None,
    new_wrong: dict[str, str] | None = None,
    problems: list[dict[str, str]] | None = None,
) -> str:
    shown = next(part for part in diagram_sheet.parts(one.sheet, one.known) if part.id == one.id)
    form, about_new = one.form, diagram_forms.about_new()
    listed = forms.error_list(form, wrong or {}) + forms.error_list(about_new, new_wrong or {}) + (problems or [])
    own = [told.problem for told in one.sheet.problems if told.element == one.id]
    return studio.shown(
        "studio_diagram_element.html",
        one.draft,
        file=one.file,
        part=shown,
        own=own,
        mend=diagram_sheet.mend,
        is_arrow=one.flow is not None,
        fields=forms.fields(form, given, wrong, asks_when=False),
        new_fields=forms.fields(about_new, new or {}, new_wrong, asks_when=False) if one.flow else "",
        targets=diagram_forms.targets(one.diagram, one.scope, without=one.id),
        target=one.flow.target if one.flow else "",
        may_lead=one.flow is not None or (one.node is not None and one.node.kind in NODES - {"endEvent"}),
        may_go=one.flow is not None or (one.node is not None and one.node.kind in NODES),
        tasks_file=f"{one.file.rpartition('/')[0]}/tasks.yaml",
        problems=listed,
    )
