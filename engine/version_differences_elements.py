"""A BPMN file as facts by element, so that two can be compared: every attribute and every text in it, hidden ones too.

Elements are kept by id; what has none, or is known by its place (the process, its pool, its lanes as a whole), by that.
Where things are drawn is kept apart from what they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from engine import xml_text
from engine.diagram_text import BPMN, BPMNDI, Element, local, words

#: of these there is one in a file, so their ids say nothing
ALONE = ("definitions", "collaboration", "participant", "process", "laneSet")
#: what has an id of its own and is still a part of what it stands in
_PARTS = ("EventDefinition", "Expression", "extensionElements", "timeDate", "documentation")
#: said once, by the arrow itself
_ENDS = ("incoming", "outgoing")


@dataclass(frozen=True)
class Part:
    """One element: its kind, its name, the element it stands in, and each fact of it by its place within it."""

    id: str
    kind: str
    name: str
    inside: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawing:
    """A file: its elements by id in their order, and how each is drawn."""

    parts: Mapping[str, Part]
    drawn: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=60)
def read(xml: bytes, file: str) -> Drawing | None:
    """The facts of a BPMN file; None where it is no XML that can be read. Kept for the last few texts."""
    root, _ = xml_text.read(xml, file)
    if root is None:
        return None
    messages = {one.get("id", ""): words(one.get("name")) for one in root.iter(f"{{{BPMN}}}message")}
    parts: dict[str, Part] = {}
    for element, inside in _elements(root, ""):
        key = _key(element)
        while key in parts:  # the same id twice, which the gate refuses: both are still told of
            key += "'"
        parts[key] = Part(key, local(element), _name(element), inside, dict(_facts(element, messages)))
    alone = {one.get("id"): local(one) for kind in ALONE for one in root.iter(f"{{{BPMN}}}{kind}")}
    return Drawing(parts, _drawn(root, alone))


def _key(element: Element) -> str:
    kind = local(element)
    return kind if kind in ALONE else str(element.get("id", kind))


def _name(element: Element) -> str:
    if local(element) == "textAnnotation":
        return words(next((one.text for one in element if local(one) == "text"), ""))
    return words(element.get("name"))


def _is_own(element: Element) -> bool:
    """Whether it is an element that stands for itself, and no part of another."""
    if not isinstance(element.tag, str) or element.tag.startswith(f"{{{BPMNDI}}}"):
        return False
    kind = local(element)
    return bool(element.get("id")) and not kind.endswith(_PARTS)


def _elements(element: Element, inside: str) -> Iterator[tuple[Element, str]]:
    """An element, then those below it that stand for themselves, each with the one it stands in."""
    yield element, inside
    key = _key(element)
    waiting = list(element)
    while waiting:
        child = waiting.pop(0)
        if not isinstance(child.tag, str) or child.tag.startswith(f"{{{BPMNDI}}}"):
            continue
        if _is_own(child):
            yield from _elements(child, key)
        else:
            waiting = [*child, *waiting]


def _facts(element: Element, messages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each attribute and text of an element and of its parts, by place."""
    yield from _attributes(element, "", messages)
    if words(element.text):
        yield "text", words(element.text)
    counted: dict[str, int] = {}
    for child in element:
        if not isinstance(child.tag, str) or child.tag.startswith(f"{{{BPMNDI}}}") or _is_own(child):
            if isinstance(child.tag, str) and words(child.tail):
                yield "text after", words(child.tail)
            continue
        name = _spelled(child)
        counted[name] = counted.get(name, 0) + 1
        number = "" if counted[name] == 1 else f"[{counted[name]}]"
        yield from _part_facts(child, f"{name}{number}", messages)


def _part_facts(element: Element, place: str, messages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    text = (element.text or "").strip()
    yield place, text if place == "conditionExpression" else words(text)  # spaces within quotes mean something there
    if words(element.tail):
        yield f"{place}/text after", words(element.tail)
    yield from _attributes(element, place, messages)
    counted: dict[str, int] = {}
    for child in element:
        if isinstance(child.tag, str) and not _is_own(child):
            name = _spelled(child)
            counted[name] = counted.get(name, 0) + 1
            number = "" if counted[name] == 1 else f"[{counted[name]}]"
            yield from _part_facts(child, f"{place}/{name}{number}", messages)


def _attributes(element: Element, place: str, messages: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        said = messages.get(value, value) if name == "messageRef" else value
        yield f"{place}@{_short(name)}", words(said)


def _spelled(element: Element) -> str:
    return local(element) if element.tag.startswith(f"{{{BPMN}}}") else element.tag


def _short(name: str) -> str:
    """An attribute's name; one of another namespace keeps the last word of it."""
    if not name.startswith("{"):
        return name
    space, _, own = name[1:].partition("}")
    return f"{space.rstrip('/').rpartition('/')[2]}:{own}"


def _drawn(root: Element, alone: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """How each element is drawn: everything its shape or line says, in order; the plane's own facts under no name."""
    found: dict[str, list[str]] = {}
    for diagram in root.iter(f"{{{BPMNDI}}}BPMNDiagram"):
        for element in diagram.iter():
            if isinstance(element.tag, str):
                about = _about(element)
                about = alone.get(about, about)
                said = " ".join(
                    [local(element), *(f"{name}={value}" for name, value in sorted(element.attrib.items()))]
                )
                found.setdefault(about, []).append(said + words(element.text))
    return {about: tuple(said) for about, said in found.items()}


def _about(element: Element) -> str:
    while element is not None:
        if element.get("bpmnElement") and not element.tag.endswith("BPMNPlane"):
            return str(element.get("bpmnElement"))
        element = element.getparent()
    return ""
