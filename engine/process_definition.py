"""Reads the diagrams of a spine and everything it calls into one Definition, parsed once and shared between cases.

The gate (`engine/gate.py`) tells authors what is wrong with a diagram. This module trusts nobody: it takes only the
elements it knows, so a diagram forced past the gate is refused here before SpiffWorkflow has seen it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree

from engine.expressions import Expression, ExpressionProblem
from engine.expressions import parse as parse_expression
from engine.process_timers import DiagramParser

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_PICTURE = ("{http://www.omg.org/spec/BPMN/20100524/DI}", "{http://www.omg.org/spec/DD/")

#: The call activity that is no stage: what happens in intake belongs to the case.
INTAKE = "intake"

_TASKS = frozenset({"userTask", "callActivity", "subProcess"})
_EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"})
_GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "eventBasedGateway"})
_NODES = _TASKS | _EVENTS | _GATEWAYS
_KNOWN = _NODES | {
    "definitions", "collaboration", "participant", "process", "laneSet", "childLaneSet", "lane", "flowNodeRef",
    "sequenceFlow", "conditionExpression", "incoming", "outgoing", "message", "messageEventDefinition",
    "timerEventDefinition", "timeDate", "terminateEventDefinition", "documentation", "textAnnotation", "text",
    "association",
}  # fmt: skip
_NEVER = {"triggeredByEvent": "true", "parallelMultiple": "true", "instantiate": "true", "isExecutable": "false"}


class DefinitionRefused(ValueError):
    """The diagrams cannot be run: an element this engine does not know, a process that is not there, and the like."""


@dataclass(frozen=True)
class Element:
    """One shape of a diagram: the diagram it is drawn on, its lane, and the stage it is about when in a spine."""

    id: str
    title: str
    diagram: str
    lane: str | None
    about: str | None
    bit: int  #: its place in the set of shapes done


@dataclass(frozen=True, eq=False)
class Definition:
    """The parsed diagrams of one spine and everything it calls. Shared between cases; never changed."""

    spine: str
    fingerprint: str  #: of the tables of names that saved states refer to by number
    specs: Mapping[str, Any] = field(repr=False)  #: by process, embedded ones included
    names: Mapping[str, tuple[str, ...]] = field(repr=False)
    numbers: Mapping[str, Mapping[str, int]] = field(repr=False)
    elements: Mapping[tuple[str, str], Element] = field(repr=False)  #: by process and id
    expressions: Mapping[str, Expression] = field(repr=False)
    tasks: frozenset[str]  #: every user task, whose deciding answer a condition may ask about
    whole: frozenset[str]  #: processes that are kept whole in a saved state, for their parallel gateways

    @property
    def own(self) -> frozenset[str]:
        """The spine and the subprocesses drawn inside it."""
        return frozenset(process for (process, _), one in self.elements.items() if one.diagram == self.spine)


def parse(files: Mapping[str, bytes], spine: str) -> Definition:
    """Read the spine and every process it calls from diagrams, by path.

    Raises DefinitionRefused for anything that cannot be run here.
    """
    trees = _called(_processes(files), spine)
    parser = DiagramParser()
    try:
        for name, tree in trees.items():
            parser.add_bpmn_xml(tree, filename=name)
        specs = {spine: parser.get_spec(spine), **parser.get_subprocess_specs(spine)}
    except Exception as error:  # the library raises bare exceptions of many kinds, in its own words
        raise DefinitionRefused(f"The diagrams of '{spine}' cannot be read: {error}") from error
    for spec in specs.values():
        for task_spec in spec.task_specs.values():
            task_spec._predict = _looks_no_further
    names = {process: tuple(sorted(spec.task_specs)) for process, spec in specs.items()}
    table = repr(sorted(names.items())).encode()
    return Definition(
        spine=spine,
        fingerprint=hashlib.sha256(table).hexdigest()[:12],
        specs=specs,
        names=names,
        numbers={process: {name: i for i, name in enumerate(listed)} for process, listed in names.items()},
        elements=_elements(specs, trees, spine),
        expressions=dict(_expressions(trees)),
        tasks=frozenset(node.get("id") for tree in trees.values() for node in tree.iter(_BPMN + "userTask")),
        whole=frozenset(
            process for process, spec in specs.items()
            if any(type(one).__name__ == "ParallelGateway" for one in spec.task_specs.values())
        ),
    )  # fmt: skip


def definition_of(files: Mapping[str, bytes], spine: str) -> Definition:
    """The same, remembered by content: cases of one version share one Definition."""
    return _remembered(tuple(sorted(files.items())), spine)


@lru_cache(maxsize=64)
def _remembered(files: tuple[tuple[str, bytes], ...], spine: str) -> Definition:
    return parse(dict(files), spine)


def _looks_no_further(*_: object, **__: object) -> None:
    """Stands for the library's prediction of what might come, which costs more than everything that does come."""


def _processes(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Every diagram by the id of its process, checked for what it holds."""
    found: dict[str, Any] = {}
    for path, text in files.items():
        tree = _tree(path, text)
        for process in tree.iter(_BPMN + "process"):
            if process.get("id") in found:
                raise DefinitionRefused(f"{path}: there are two processes '{process.get('id')}'.")
            found[process.get("id") or ""] = tree
    return found


def _tree(path: str, text: bytes) -> Any:
    reader = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        tree = etree.fromstring(text, reader)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DefinitionRefused(f"{path} is not XML: {error}") from error
    if tree.getroottree().docinfo.doctype:
        raise DefinitionRefused(f"{path} has a DOCTYPE.")
    for element in tree.iter():
        _check(path, element)
    return tree


def _check(path: str, element: Any) -> None:
    tag = element.tag if isinstance(element.tag, str) else "something that is not an element"
    if tag.startswith(_PICTURE):
        return
    name = tag.removeprefix(_BPMN)
    where = f"{path}:{element.sourceline}: "
    if name not in _KNOWN or not tag.startswith(_BPMN):
        raise DefinitionRefused(f"{where}'{name}' is not something this engine runs.")
    for key, value in _NEVER.items():
        if element.get(key, "").strip().lower() == value:
            raise DefinitionRefused(f'{where}{key}="{value}" is not something this engine runs.')
    if name in _NODES and not _is_name(element.get("id")):
        raise DefinitionRefused(f"{where}'{element.get('id')}' is not an id: write it in snake_case.")
    if name == "timerEventDefinition":
        dates = [child.text or "" for child in element if child.tag == _BPMN + "timeDate"]
        if len(dates) != 1 or not all(_is_name(part) for part in dates[0].strip().split(".", 1)):
            raise DefinitionRefused(f"{where}a timer names one deadline, such as stage_2.request_window.")


def _is_name(text: str | None) -> bool:
    """Whether this is a lower-case identifier; so no id can be one of the library's own, which are not."""
    return bool(text) and text.isascii() and text.isidentifier() and text == text.lower() if text else False


def _called(processes: Mapping[str, Any], spine: str) -> dict[str, Any]:
    """The trees of the spine and of every process it calls. Raises DefinitionRefused for a missing or circular call."""
    found: dict[str, Any] = {}

    def visit(process: str, above: tuple[str, ...]) -> None:
        if process in above:
            raise DefinitionRefused(f"'{process}' calls itself, through {' -> '.join((*above, process))}.")
        if process not in processes:
            raise DefinitionRefused(f"The process '{process}' is not among the diagrams.")
        found[process] = processes[process]
        for call in processes[process].iter(_BPMN + "callActivity"):
            visit(call.get("calledElement") or "", (*above, process))

    visit(spine, ())
    if len({id(tree) for tree in found.values()}) != len(found):
        raise DefinitionRefused("Draw each process in its own file.")
    return found


def _expressions(trees: Mapping[str, Any]) -> Iterator[tuple[str, Expression]]:
    for tree in trees.values():
        for element in tree.iter(_BPMN + "conditionExpression"):
            try:
                yield element.text or "", parse_expression(element.text or "")
            except ExpressionProblem as problem:
                raise DefinitionRefused(f"A condition cannot be read: {problem}") from problem


def _elements(specs: Mapping[str, Any], trees: Mapping[str, Any], spine: str) -> dict[tuple[str, str], Element]:
    found: dict[tuple[str, str], Element] = {}
    for diagram, tree in trees.items():
        nodes = sorted((node for tag in _NODES for node in tree.iter(_BPMN + tag)), key=lambda node: node.get("id"))
        refs = list(tree.iter(_BPMN + "flowNodeRef"))
        lanes = {ref.text: ref.getparent().get("id") for ref in refs}
        for bit, node in enumerate(nodes):
            process, key = node.getparent().get("id"), node.get("id")
            if process not in specs or key not in specs[process].task_specs:
                continue  # a shape that no arrow leads to
            about = _stage_it_leads_to(specs[process].task_specs, key) if diagram == spine else None
            found[process, key] = Element(key, node.get("name") or key, diagram, _lane(node, lanes), about, bit)
    return found


def _lane(node: Any, lanes: Mapping[str | None, str]) -> str | None:
    """The lane a shape lies in, or the lane of the subprocess it is drawn in."""
    while node is not None and node.get("id") not in lanes:
        node = node.getparent()
    return None if node is None else lanes[node.get("id")]


def _stage_it_leads_to(task_specs: Mapping[str, Any], start: str) -> str | None:
    """What stands between two stages is about the stage it leads to: the nearest one along the arrows."""
    seen, edge = {start}, [start]
    while edge:
        for name in edge:
            if type(task_specs[name]).__name__ == "CallActivity" and name != INTAKE:
                return name
        edge = sorted({nxt for name in edge for nxt in task_specs[name]._outputs} - seen)
        seen.update(edge)
    return None
