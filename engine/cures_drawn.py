"""A diagram with a problem in it, as cures take it: its XML, and the element that the problem is about."""

from __future__ import annotations

from lxml import etree

from engine import xml_text
from engine.cures_parts import Cure, Files
from engine.diagram_text import BPMN, BPMNDI, Element, local, words
from engine.problems import Problem

_BPMN, _DI = f"{{{BPMN}}}", f"{{{BPMNDI}}}"


class Drawn:
    """A diagram's XML with the element that a problem is about."""

    def __init__(self, problem: Problem, files: Files) -> None:
        self.problem, self.files = problem, files
        root, problems = xml_text.read(files[problem.file], problem.file)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        self.root: Element = None if problems or root is None else etree.fromstring(files[problem.file], parser)

    def at(self, *kinds: str) -> Element | None:
        """The element of one of these kinds that begins on the problem's line; of any kind where none are named."""
        for one in self.root.iter():
            is_bpmn = isinstance(one.tag, str) and one.tag.startswith(_BPMN)
            if is_bpmn and one.sourceline == self.problem.line and (not kinds or local(one) in kinds):
                return one
        return None

    def flows(self, **ends: str) -> list[Element]:
        """The arrows with these ends."""
        found: list[Element] = list(self.root.iter(f"{_BPMN}sequenceFlow"))
        return [flow for flow in found if all(flow.get(end) == name for end, name in ends.items())]

    def node(self, name: str) -> Element | None:
        return next((one for one in self.root.iter() if isinstance(one.tag, str) and one.get("id") == name), None)

    def drop(self, element: Element) -> None:
        """Take an element out, with what draws it and what names it."""
        name = element.get("id")
        above: Element = element.getparent()
        above.remove(element)
        for one in list(self.root.iter()):
            if not isinstance(one.tag, str):
                continue
            is_drawing = one.tag.startswith(_DI) and one.get("bpmnElement") == name
            is_ref = (
                one.tag in (f"{_BPMN}incoming", f"{_BPMN}outgoing", f"{_BPMN}flowNodeRef") and words(one.text) == name
            )
            if is_drawing or is_ref:
                holder: Element = one.getparent()
                holder.remove(one)
        for one in self.root.iter():
            if isinstance(one.tag, str) and one.get("default") == name:
                del one.attrib["default"]

    def cure(self, label: str) -> Cure:
        text: bytes = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")
        text = text.replace(b"<?xml version='1.0' encoding='UTF-8'?>", b'<?xml version="1.0" encoding="UTF-8"?>', 1)
        return Cure(label, {**self.files, self.problem.file: text})
