"""What one part of a diagram asks, as a form of questions, and what its answers change in the diagram's file.

The same as the panel beside the drawing, for those who do not draw: a name, a deadline, a message, when an arrow is
followed, who does a task and what it asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import diagram_choices, diagram_editing
from engine.diagram_choices import Choices
from engine.diagrams import Diagram, Flow, Node
from engine.forms import Answer, Field, Form

ELSEWHERE, ALWAYS, WRITTEN = "default", "always", "written"
NEW = {
    "task": "A task somebody does",
    "decision": "A decision",
    "message": "A wait for something to be recorded",
    "timer": "A wait for a deadline to pass",
    "process": "A stage or other process",
}


def about_node(node: Node, diagram: Diagram, known: Choices, forms: Mapping[str, str], *, is_described: bool) -> Form:
    """The questions asked of a node."""
    asks = node.kind in ("exclusiveGateway", "eventBasedGateway")
    label = "The question it asks" if asks else "Name"
    fields = [Field("name", label, "text", "In plain words, as people read it on the diagram.", required=True)]
    fields += _own(node, diagram, known)
    if node.kind == "userTask" and not is_described:
        fields += _of_a_new_task(forms)
    return Form("part", node.name or node.id, tuple(fields))


def about_flow(flow: Flow, diagram: Diagram, known: Choices) -> Form:
    """The questions asked of an arrow: its answer and, after a decision, when it is followed."""
    fields = [Field("name", "The answer it stands for", "text", "After a decision, such as Yes. Else leave it empty.")]
    if flow.condition is not None or is_decided(flow, diagram):
        choices = dict(_when(known)) | {
            ELSEWHERE: "When no other condition holds",
            WRITTEN: "When something else holds",
        }
        choices = {ALWAYS: "Always", **choices} if not is_decided(flow, diagram) else choices
        fields += [
            Field("when", "When is it followed?", "choice", choices=choices, required=True),
            Field(
                "condition", "The condition, written out", "text",
                "Such as triage == 'complaint', with and, or, not.", required=True, shown_when={"when": (WRITTEN,)},
            ),
        ]  # fmt: skip
    return Form("part", flow.name or flow.id, tuple(fields))


def about_new() -> Form:
    """The questions asked about something new on an arrow."""
    kind = Field("kind", "What comes here?", "choice", choices=NEW, required=True)
    return Form("new", "Put something here", (kind, Field("words", "Its name, in plain words", "text", required=True)))


def of_node(node: Node, diagram: Diagram) -> dict[str, str]:
    """The answers as the diagram has them."""
    return {
        "name": node.name,
        "deadline": node.deadline,
        "message": node.message,
        "calls": node.calls,
        "lane": node.lane,
    }


def of_flow(flow: Flow, diagram: Diagram, known: Choices) -> dict[str, str]:
    """The same of an arrow."""
    source = diagram.node(flow.source)
    if source is not None and source.default == flow.id:
        return {"name": flow.name, "when": ELSEWHERE}
    if not flow.condition:
        return {"name": flow.name, "when": "" if is_decided(flow, diagram) else ALWAYS}
    found = next((value for value, _ in _when(known) if _condition(value) == flow.condition), WRITTEN)
    return {"name": flow.name, "when": found, "condition": flow.condition}


def is_decided(flow: Flow, diagram: Diagram) -> bool:
    """Whether an arrow leaves a decision, with others."""
    source = diagram.node(flow.source)
    many = sum(1 for one in diagram.flows if one.source == flow.source) > 1
    return many and source is not None and source.kind == "exclusiveGateway"


def changed_node(xml: bytes, file: str, node: Node, clean: Mapping[str, Answer]) -> bytes:
    """The file with the answers of a node in it."""
    steps = {
        "name": (node.name, diagram_editing.name),
        "deadline": (node.deadline, diagram_editing.deadline),
        "message": (node.message, diagram_editing.message),
        "calls": (node.calls, diagram_editing.calls),
        "lane": (node.lane, diagram_editing.lane),
    }
    for key, (before, change) in steps.items():
        if key in clean and str(clean[key]) != before:
            xml = change(xml, file, node.id, str(clean[key]))
    return xml


def changed_flow(xml: bytes, file: str, flow: Flow, clean: Mapping[str, Answer]) -> bytes:
    """The file with the answers of an arrow in it."""
    if str(clean.get("name", "")) != flow.name:
        xml = diagram_editing.name(xml, file, flow.id, str(clean.get("name", "")))
    when = str(clean.get("when", ""))
    if when == ELSEWHERE:
        return diagram_editing.default(xml, file, flow.id)
    if when == ALWAYS:
        return diagram_editing.condition(xml, file, flow.id, "")
    if when:
        text = str(clean.get("condition", "")) if when == WRITTEN else _condition(when)
        return diagram_editing.condition(xml, file, flow.id, text)
    return xml


def targets(diagram: Diagram, scope: str, *, without: str) -> dict[str, str]:
    """Where an arrow of this process or subprocess may lead."""
    return {
        one.id: one.name or one.id
        for one in diagram.nodes
        if one.scope == scope and one.id != without and one.kind not in ("startEvent", "boundaryEvent")
    }


def _own(node: Node, diagram: Diagram, known: Choices) -> Iterator[Field]:
    if node.event == "timer":
        hint = "Its date comes from the policy each time it is asked. A timer never counts by itself."
        choices = _with(known.deadlines, node.deadline)
        yield Field("deadline", "Which deadline does it wait for?", "choice", hint, required=True, choices=choices)
    if node.event == "message":
        hint = "What is recorded on the page of a case, and moves it on from here."
        choices = _with(known.messages, node.message)
        yield Field("message", "What does it wait for?", "choice", hint, required=True, choices=choices)
    if node.kind == "callActivity":
        choices = _with(known.processes, node.calls)
        yield Field("calls", "What is worked here?", "choice", required=True, choices=choices)
    if diagram.lanes and node.scope == diagram.process and not node.attached_to:
        words = {one.id: ", ".join(known.roles.get(one.id, ())) for one in diagram.lanes}
        lanes = {one.id: f"{one.name}: {words[one.id]}" if words[one.id] else one.name for one in diagram.lanes}
        label = "Who does it?" if node.kind == "userTask" else "Whose lane does it stand in?"
        yield Field("lane", label, "choice", required=True, choices=lanes)


def _of_a_new_task(forms: Mapping[str, str]) -> list[Field]:
    hint = "What somebody fills in to complete it. A form of its own is made on the page of forms."
    records = "In the past tense, small letters and underscores: letter_checked. It stands in the case's record."
    return [
        Field("brief", "What is to be done, in a sentence", "text", required=True),
        Field("form", "Which form does it ask?", "choice", hint, required=True, choices=forms),
        Field("records", "What has happened once it is done?", "text", records, required=True),
    ]


def _with(some: Mapping[str, str], now: str) -> dict[str, str]:
    """What may be chosen, and what is chosen now even where it is not known."""
    return dict(some) if not now or now in some else {**some, now: f"{now} (not known in this version)"}


def _when(known: Choices) -> Iterator[tuple[str, str]]:
    for question, answers in known.answers.items():
        for answer, words in answers.items():
            yield f"{question} {answer}", f"{known.questions[question]} {words}"


def _condition(value: str) -> str:
    question, _, answer = value.partition(" ")
    return diagram_choices.condition(question, answer)
