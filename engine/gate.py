"""The gate: a BPMN file in; clean bytes, or every problem in it, out.

Nothing of a diagram reaches the process engine but the bytes made here from a short list of elements. What carries
code, counts a duration, turns for ever or is drawn wrongly is a problem with its line and its cure, all at once.
What only several files together can say (calls, tasks, forms, names) is asked in `engine/workflow_checks.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine import diagram_text, gate_flow, gate_loops, gate_places, xml_text
from engine.diagram_text import Element
from engine.diagrams import NODES, Diagram, Edge, Flow, Lane, Node, Shape
from engine.expressions import ExpressionProblem, parse
from engine.gate_elements import checked, cleaned, qualified, shown
from engine.gate_grammar import SNAKE
from engine.problems import Broken, Problem, did_you_mean, only_problems

__all__ = ["Diagram", "Edge", "Examined", "Flow", "Lane", "Node", "Shape", "clean", "examine", "read_diagram"]

#: After so many a file is not worth reading on.
MOST_PROBLEMS = 100
CHECKS = [*gate_flow.CHECKS, *gate_loops.CHECKS, *gate_places.CHECKS]


@dataclass(frozen=True)
class Examined:
    """What the gate found in a file. `clean` and `diagram` are None where there is a problem; remarks do not count.
    The diagram has the lines of the file as it was written. `readable` is what could be read of it, right or wrong."""

    clean: bytes | None
    diagram: Diagram | None
    problems: tuple[Problem, ...]
    readable: Diagram | None = None


def clean(xml: bytes, file: str, known_names: frozenset[str] | None = None) -> tuple[bytes | None, list[Problem]]:
    """The bytes that may go on, or None with every problem; with either, remarks.

    With `known_names` every condition may speak only of these.
    """
    found = examine(xml, file, known_names)
    return found.clean, list(found.problems)


@lru_cache(maxsize=64)  # a library's few diagrams, examined again with every change of any file
def examine(xml: bytes, file: str, known_names: frozenset[str] | None = None) -> Examined:
    """The same, with the diagram."""
    root, problems = xml_text.read(xml, file)
    if root is None:
        return Examined(None, None, tuple(problems))
    problems = checked(root, file)
    if qualified(root) != "bpmn:definitions":
        return Examined(None, None, tuple(problems))
    problems += _ids(root, file)
    problems += _references(root, file)
    diagram = diagram_text.of(root, file)
    # What is too large is said first, and is not looked at further.
    too_large = list(gate_loops.is_within_bounds(diagram))
    problems = _ordered([*too_large, *problems, *([] if too_large else _drawing(diagram, known_names))], file)
    if only_problems(problems):
        return Examined(None, None, tuple(problems), diagram)
    return Examined(cleaned(root), diagram, tuple(problems), diagram)


def read_diagram(clean_bytes: bytes, file: str) -> Diagram:
    """The diagram in bytes that have passed the gate. Raises Broken where they are not even XML."""
    root, problems = xml_text.read(clean_bytes, file)
    if root is None:
        raise Broken(problems)
    return diagram_text.of(root, file)


def _drawing(diagram: Diagram, known_names: frozenset[str] | None) -> list[Problem]:
    """The checks of the drawing."""
    found = [problem for check in CHECKS for problem in check(diagram)]
    return found + list(_conditions(diagram, known_names)) + list(_names(diagram))


def _ordered(problems: list[Problem], file: str) -> list[Problem]:
    """Each problem once, by line."""
    unique = sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.severity))
    if len(unique) > MOST_PROBLEMS:
        more = f"There are {len(unique) - MOST_PROBLEMS} more problems in this file."
        last = Problem(file, unique[MOST_PROBLEMS].line, more, "Mend these first.")
        return [*unique[:MOST_PROBLEMS], last]
    return unique


def _ids(root: Element, file: str) -> Iterator[Problem]:
    """Every id is used once; ids that people read in stories and pages are snake_case."""
    seen: dict[str, int] = {}
    named = NODES | {"process", "lane"}
    for element in root.iter():
        line, kind, name = element.sourceline or 1, diagram_text.local(element), element.get("id")
        if name in seen:
            what = f"The id '{name[:60]}' is used twice; the first is on line {seen[name]}."
            yield Problem(file, line, what, "Give each its own.")
        elif name is not None:
            seen[name] = line
        if not qualified(element).startswith("bpmn:"):
            continue
        if name is None and kind in named | {"sequenceFlow", "message"}:
            yield Problem(file, line, f"A {kind} here has no id.", "Give it one, in snake_case: acknowledge.")
        elif name is not None and kind in named and not SNAKE.fullmatch(name):
            title = diagram_text.words(element.get("name"))
            what = f"'{title or name[:60]}' has the id '{name[:60]}', which is not in snake_case."
            yield Problem(file, line, what, f"Make it lower-case words joined by underscores, such as {_snake(title)}.")


def _snake(title: str) -> str:
    plain = "".join(mark if mark.isascii() and mark.isalnum() else " " for mark in title.lower()).split()
    suggested = "_".join(plain[:6])
    return suggested if SNAKE.fullmatch(suggested) else "send_the_answer"


_REFERENCES = {"processRef": "put in the pool", "messageRef": "waited for", "bpmnElement": "drawn"}


def _references(root: Element, file: str) -> Iterator[Problem]:
    """One process, one pool for it, one page it is drawn on; whatever is referred to is there."""
    processes = list(diagram_text.children(root, "process"))
    if not processes:
        yield Problem(file, root.sourceline or 1, "There is no process in this file.", "Draw one.")
    pools = [element for element in root.iter() if diagram_text.local(element) == "participant"]
    drawn = {pool.get("processRef") for pool in pools[1:]}  # each of these is said by its pool
    for extra in [*(one for one in processes[1:] if one.get("id") not in drawn), *pools[1:]]:
        what = f"'{shown(extra)}' is a second {'pool' if extra in pools else 'process'} in this file."
        yield Problem(file, extra.sourceline or 1, what, "Keep each process in a file of its own, in one pool.")
    pages = [element for element in root.iter() if diagram_text.local(element) == "BPMNDiagram"]
    for extra in pages[1:]:
        yield Problem(file, extra.sourceline or 1, "This is a second page in the file.", "Keep one.")
    ids = {element.get("id") for element in root.iter() if element.get("id") and qualified(element).startswith("bpmn:")}
    kinds = {"processRef": {process.get("id") for process in processes}}
    kinds["messageRef"] = {message.get("id") for message in diagram_text.children(root, "message")}
    for element in root.iter():
        for key in _REFERENCES:
            name, known = element.get(key), kinds.get(key, ids)
            if name is not None and name not in known:
                what = f"'{name[:60]}' is {_REFERENCES[key]} here, and is not in the file."
                yield Problem(file, element.sourceline or 1, what, did_you_mean(name, known))
    yield from _ends_of_flows(root, file)


def _ends_of_flows(root: Element, file: str) -> Iterator[Problem]:
    """What a node says of its arrows agrees with what the arrows say."""
    ends = {flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef"))
            for flow in root.iter(f"{{{diagram_text.BPMN}}}sequenceFlow")}  # fmt: skip
    for node in root.iter():
        for said in diagram_text.children(node, "incoming", "outgoing"):
            name, side = diagram_text.words(said.text), 1 if diagram_text.local(said) == "incoming" else 0
            if name not in ends:
                what = f"'{node.get('id')}' names the arrow '{name[:60]}', which is not in the file."
                yield Problem(file, said.sourceline or 1, what, "Delete that line, or draw the arrow.")
            elif ends[name][side] != node.get("id"):
                what = f"'{node.get('id')}' names the arrow '{name[:60]}', which is drawn elsewhere."
                yield Problem(file, said.sourceline or 1, what, "Draw it again in a modeler, and save.")


def _conditions(diagram: Diagram, known_names: frozenset[str] | None) -> Iterator[Problem]:
    for flow in diagram.conditions:
        if not flow.condition:
            continue
        try:
            parse(flow.condition, known_names)
        except ExpressionProblem as problem:
            what = f"In the condition of {gate_flow.arrow(diagram, flow)}: {problem.what}"
            yield Problem(diagram.file, flow.condition_line, what, problem.mend)


def _names(diagram: Diagram) -> Iterator[Problem]:
    """Call activities say which process they call, by a name a process can have."""
    for node in diagram.call_activities:
        if not SNAKE.fullmatch(node.calls):
            calls = f"calls '{node.calls[:60]}', which no process is named" if node.calls else "calls no process"
            what = f"The call activity '{node.name or node.id}' {calls}."
            yield Problem(diagram.file, node.line, what, "Name the process as its called element: investigated_stage.")
