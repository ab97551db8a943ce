"""A diagram of a draft as its pages show it: which there are, what each is called, every part in words, and its
problems, each with its number and the element it is marked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from engine import diagram_choices, diagram_marks, gate
from engine.diagram_choices import Choices
from engine.diagram_marks import Marked
from engine.diagrams import NODES, Diagram, Flow, Node
from engine.draft_library import Checked
from engine.gate_flow import KINDS
from engine.problems import Problem
from web import diagrams, wording

SPINES, STAGES, INTAKE = "workflows/complaints/", "workflows/stages/", "workflows/intake/"
KINDS_OF_DIAGRAM = {
    SPINES: "From the complaint to the end: the stages in order, and what may happen between them.",
    STAGES: "How one stage is worked.",
    INTAKE: "Taking in what comes: is it a complaint, and may it be accepted?",
}

#: how the gate says to mend what a file lacks, and what that is for somebody who draws or fills in a form
MENDS = {
    "Write the name of a deadline as its date": "Choose the deadline that it waits for.",
    "Write it in the arrow's condition expression": "Choose what it depends on, and the answer.",
    "Write one, such as triage == 'complaint'": "Choose what it depends on, or make it the one for when nothing holds.",
    "Make one of its arrows the default flow.": "Choose the arrow that is taken when no condition holds.",
    "Choose a message, and name it as its event": "Choose what it waits for.",
    "Name the process as its called element": "Choose what is worked here.",
    "Add it as '": "Say by its form what it asks and what it records.",
}


@dataclass(frozen=True)
class Sheet:
    """One diagram of a draft. `diagram` is what can be read of it, None where that is nothing."""

    file: str
    title: str
    about: str
    diagram: Diagram | None
    problems: tuple[Marked, ...]

    @property
    def numbers(self) -> dict[str, str]:
        """The numbers of the problems marked at each element."""
        found: dict[str, list[str]] = {}
        drawn = {one.id for one in (*self.diagram.shapes, *self.diagram.edges)} if self.diagram else set()
        for number, one in enumerate(self.problems, start=1):
            element = one.element if one.element in drawn else self.near(one.element) or one.element
            if element:
                found.setdefault(element, []).append(str(number))
        return {element: ", ".join(numbers) for element, numbers in found.items()}

    def near(self, element: str) -> str:
        """What is marked for an element that is not drawn: where an arrow begins; for the process as a whole, its pool,
        else the first thing that nothing leads to."""
        if self.diagram is None:
            return ""
        flow = next((one for one in self.diagram.flows if one.id == element), None)
        if flow is not None:
            return flow.source or flow.target
        if element != self.diagram.process:
            return ""
        led_to = {one.target for one in self.diagram.flows}
        first = (one.id for one in self.diagram.nodes if one.id not in led_to and one.kind in NODES)
        return self.diagram.participant or next(first, "")

    def figure(self, key: str = "sheet") -> Markup:
        """The diagram as a picture, its problems marked."""
        if self.diagram is None or not self.diagram.shapes:
            return Markup('<p class="govuk-body">There is nothing in this file that could be drawn.</p>')
        count = len(self.problems)
        said = "1 problem, marked with its number." if count == 1 else f"{count} problems, each marked with its number."
        said = said if count else self.about
        return diagrams.svg(self.diagram, problems=self.numbers, title=self.title, description=said, key=key)


@dataclass(frozen=True)
class Part:
    """One element of a diagram in words: what it is, what it waits for or depends on, and what is wrong with it."""

    id: str
    name: str
    kind: str
    says: str
    numbers: str


def files_of(files: Iterable[str], spine: str) -> list[str]:
    """The diagrams of a draft: its spine, the stages, how complaints are taken in, and any other."""
    order = (spine, STAGES, INTAKE)
    drawn = [path for path in files if path.endswith(".bpmn")]
    return sorted(drawn, key=lambda path: (next((at for at, one in enumerate(order) if path.startswith(one)), 9), path))


def sheet(found: Checked, file: str, xml: bytes | None = None, more: Sequence[Marked] = ()) -> Sheet:
    """A diagram with what is wrong with it; `xml` where it is not the one of the draft. `more`: problems of its own."""
    content = found.files[file] if xml is None else xml
    read = gate.examine(content, file).readable
    own = [one for one in found.problems if one.file == file and one.severity != "remark"]
    problems = (*more, *diagram_marks.marked(own, content, file))
    name = read.name if read and read.name else wording.plain(PurePosixPath(file).stem.replace("-", "_"))
    about = next((words for start, words in KINDS_OF_DIAGRAM.items() if file.startswith(start)), "")
    return Sheet(file, name, about, read, problems)


def choices(found: Checked, sheet: Sheet) -> Choices:
    """What the diagram may speak of."""
    process = sheet.diagram.process if sheet.diagram else PurePosixPath(sheet.file).stem.replace("-", "_")
    return diagram_choices.choices(found.version, found.library.workflows, process)


def parts(sheet: Sheet, known: Choices) -> list[Part]:
    """Every element in the order of the file, arrows that carry an answer after what they leave."""
    if sheet.diagram is None:
        return []
    numbers, process = sheet.numbers, sheet.diagram
    found = [Part(process.process, process.name or process.process, "Process", "", numbers.get(process.process, ""))]
    names = {one.id: one.name or one.id for one in sheet.diagram.nodes}
    for node in sheet.diagram.nodes:
        if node.kind not in NODES and not node.id:
            continue
        kind = KINDS.get(node.kind, node.kind)
        kind = f"{node.event} {kind}" if node.event in ("message", "timer") else kind
        says = node_words(node, sheet.diagram, known)
        found.append(Part(node.id, node.name or node.id, kind[:1].upper() + kind[1:], says, numbers.get(node.id, "")))
        for flow in [one for one in sheet.diagram.flows if one.source == node.id]:
            words = flow_words(flow, node, names, known)
            name = (
                f"{names.get(flow.source, '')}: {flow.name}" if flow.name else f"On from {names.get(flow.source, '')}"
            )
            found.append(Part(flow.id, name, "Arrow", words, numbers.get(flow.id, "")))
    for lane in sheet.diagram.lanes:
        who = ", ".join(known.roles.get(lane.id, ()))
        found.append(Part(lane.id, lane.name or lane.id, "Lane", who, numbers.get(lane.id, "")))
    return found


def node_words(node: Node, diagram: Diagram, known: Choices) -> str:
    """What a node waits for, calls or is done by."""
    if node.event == "timer":
        return _deadline(node.deadline, known)
    if node.event == "message":
        words = known.messages.get(node.message, node.message)
        return f"Waits for: {words}" if words else "Waits for no message"
    if node.kind == "callActivity":
        return f"Works: {known.processes.get(node.calls, node.calls)}" if node.calls else "Works nothing"
    if node.kind == "userTask" and node.lane:
        lane = next((one.name for one in diagram.lanes if one.id == node.lane), node.lane)
        return f"Done by: {', '.join(known.roles.get(node.lane, ())) or lane}"
    return ""


def _deadline(name: str, known: Choices) -> str:
    if not name:
        return "Waits for no deadline"
    never = f"{name}, a deadline this version does not have: it never passes"
    return f"Waits for: {known.deadlines.get(name, never)}"


def flow_words(flow: Flow, source: Node, names: Mapping[str, str], known: Choices) -> str:
    """Where an arrow leads, and on what it depends."""
    leads = f"Leads to {names[flow.target]}" if flow.target in names else "Leads to nothing"
    if source.kind != "exclusiveGateway":
        return leads
    if flow.id == source.default:
        return f"{leads}, when no condition holds"
    return f"{leads}, when {in_words(flow.condition, known)}" if flow.condition else leads


def in_words(condition: str, known: Choices) -> str:
    """A condition as its question and answer where it is one, else as it is written."""
    for question, answers in known.answers.items():
        for answer, words in answers.items():
            if diagram_choices.condition(question, answer) == condition:
                return f"'{known.questions[question]}' is answered '{words}'"
    return condition


def for_browser(known: Choices) -> dict[str, object]:
    """The same choices as the modeler's panel takes them."""

    def listed(some: Mapping[str, str]) -> list[dict[str, object]]:
        return [{"value": value, "title": title} for value, title in some.items()]

    questions = [
        {**one, "answers": listed(known.answers[str(one["value"])])}
        for one in listed(known.questions)
        if known.answers[str(one["value"])]
    ]
    return {
        "deadlines": listed(known.deadlines),
        "messages": listed(known.messages),
        "processes": listed(known.processes),
        "questions": questions,
        "roles": {lane: list(titles) for lane, titles in known.roles.items()},
    }


def mend(problem: Problem) -> str:
    """What to do about a problem, for somebody who draws and never sees the file."""
    return next((words for start, words in MENDS.items() if problem.mend.startswith(start)), problem.mend)


def for_the_drawing(sheet: Sheet, cures: Mapping[Problem, tuple[str, ...]]) -> list[dict[str, object]]:
    """The problems as the browser asks for them; `cures` has the words of each button that mends one."""
    return [
        {
            "element": one.element,
            "near": sheet.near(one.element),
            "what": one.problem.what,
            "mend": mend(one.problem),
            "whole": str(one.problem),
            "cures": cures.get(one.problem, ()),
        }
        for one in sheet.problems
    ]
