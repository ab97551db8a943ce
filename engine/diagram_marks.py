"""Which element of a diagram a line of its file is about, so that a problem can be marked where it is drawn.

A problem knows its line. That says one element only where each has a line of its own, so a file that came as one long
line is first written out again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lxml import etree

from engine import xml_text
from engine.diagram_text import BPMN, BPMNDI, Element, local
from engine.problems import Problem

#: what is drawn, or stands for all of it; a part of one of these is marked where that is drawn
_MARKED = frozenset({
    "process", "participant", "lane", "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent",
    "boundaryEvent", "task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask",
    "businessRuleTask", "callActivity", "subProcess", "adHocSubProcess", "transaction", "exclusiveGateway",
    "parallelGateway", "eventBasedGateway", "inclusiveGateway", "complexGateway", "sequenceFlow", "messageFlow",
    "textAnnotation", "association", "group", "dataObjectReference", "dataStoreReference", "dataObject",
})  # fmt: skip
_DRAWN = frozenset({"BPMNShape", "BPMNEdge", "BPMNPlane"})


@dataclass(frozen=True)
class Marked:
    """A problem with the id of the element it is about; empty where it is about the file as a whole."""

    element: str
    problem: Problem


def spread(xml: bytes, file: str) -> bytes:
    """The file with each element on a line of its own; unchanged where that is so already, or it cannot be read."""
    root, problems = xml_text.read(xml, file)
    if root is None or problems or _is_spread(root):
        return xml
    return written(root)


def written(root: Element) -> bytes:
    """An element tree as a file: UTF-8, indented, an element a line."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["bpmn", "bpmndi", "dc", "di", "xsi"])
    etree.indent(root, "  ")
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def marked(problems: Iterable[Problem], xml: bytes, file: str) -> tuple[Marked, ...]:
    """Each problem of that file with the element it is about."""
    owners = owners_of(xml, file)
    lines = [line for line, _ in owners]
    found = []
    for problem in problems:
        at = bisect_right(lines, problem.line) - 1
        found.append(Marked(owners[at][1] if at >= 0 else "", problem))
    return tuple(found)


def on_lines_of(marked: Iterable[Marked], xml: bytes, root: Element) -> tuple[Marked, ...]:
    """The same problems on the lines of the file that this tree was read from, where `xml` is how it was written out:
    of a file that is not kept, nobody has other lines."""
    again = xml_text.read(xml, "")[0]
    if again is None:
        return tuple(marked)
    lines: dict[int, int] = {}
    last = 1
    for new, old in zip(again.iter(), root.iter(), strict=False):
        last = old.sourceline or last
        lines.setdefault(new.sourceline, last)
    return tuple(
        Marked(one.element, replace(one.problem, line=lines.get(one.problem.line, one.problem.line))) for one in marked
    )


def owners_of(xml: bytes, file: str) -> list[tuple[int, str]]:
    """The line of every element in order, with the id of what is drawn that it belongs to."""
    root, _ = xml_text.read(xml, file)
    if root is None:
        return []
    found: list[tuple[int, str]] = []
    waiting: list[tuple[Element, str]] = [(root, "")]
    while waiting:
        element, owner = waiting.pop()
        owner = _marked_id(element) or owner
        found.append((element.sourceline or 1, owner))
        waiting.extend((child, owner) for child in reversed(element))
    return sorted(found, key=lambda one: one[0])


def _marked_id(element: Element) -> str:
    space = etree.QName(element).namespace
    if space == BPMN and local(element) in _MARKED:
        return str(element.get("id") or "")
    if space == BPMNDI and local(element) in _DRAWN:
        return str(element.get("bpmnElement") or "")
    return ""


def _is_spread(root: Element) -> bool:
    seen: set[int] = set()
    for element in root.iter():
        if element.sourceline in seen:
            return False
        seen.add(element.sourceline)
    return True
