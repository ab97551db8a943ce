"""The XML of a diagram in the hand: its elements found, set, taken out with all that names them.

Used by `engine/diagram_editing.py`, which says what may be changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from engine.diagram_text import BPMN, BPMNDI, XSI, Element, children


class NotThere(LookupError):
    """Raised for an element that the diagram does not have."""


def maybe(root: Element, name: str) -> Element | None:
    """The BPMN element of that id, None where there is none."""
    there = (one for one in root.iter(f"{{{BPMN}}}*") if one.get("id") == name)
    return next(there, None)


def found(root: Element, name: str) -> Element:
    """The same. Raises NotThere."""
    one = maybe(root, name) if name else None
    if one is None:
        raise NotThere(f"There is nothing called '{name[:60]}' in this diagram.")
    return one


def put(element: Element, key: str, value: str) -> None:
    """Set an attribute; an empty value takes it away."""
    if value:
        element.set(key, value)
    else:
        element.attrib.pop(key, None)


def without(element: Element, *kinds: str) -> None:
    """Take children of these kinds out."""
    for old in list(children(element, *kinds)):
        element.remove(old)


def definition_of(event: Element, kind: str) -> Element:
    """What an event waits for. Raises NotThere where it is of another kind."""
    there = next(children(event, kind), None)
    if there is None:
        raise NotThere(f"'{event.get('name') or event.get('id')}' is no event of that kind.")
    return there


def expression(parent: Element, kind: str, text: str) -> None:
    """Add an expression, such as the date of a timer."""
    made = etree.SubElement(parent, f"{{{BPMN}}}{kind}")
    made.set(f"{{{XSI}}}type", "bpmn:tFormalExpression" if parent.nsmap.get("bpmn") == BPMN else "tFormalExpression")
    made.text = text


def free(root: Element, wished: str) -> str:
    """An id that nothing has: the one wished for, else with a number."""
    used = {one.get("id") for one in root.iter() if isinstance(one.tag, str)}
    number, tried = 1, wished[:90]
    while tried in used:
        number += 1
        tried = f"{wished[:90]}_{number}"
    return tried


def ends(flow: Element) -> tuple[str, str]:
    """Where an arrow begins and where it leads."""
    return flow.get("sourceRef", ""), flow.get("targetRef", "")


def into_same_lane(root: Element, beside: str, name: str) -> None:
    """Put a node into the lane of another."""
    for ref in root.iter(f"{{{BPMN}}}flowNodeRef"):
        if (ref.text or "").strip() == beside:
            etree.SubElement(ref.getparent(), f"{{{BPMN}}}flowNodeRef").text = name
            return


def join(root: Element, node: str) -> None:
    """What led to a node leads to what it led to, where that is one arrow each."""
    flows = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
    into = [one for one in flows if one.get("targetRef") == node]
    out = [one for one in flows if one.get("sourceRef") == node]
    if len(out) == 1 and into and out[0].get("targetRef") != node:
        for flow in into:
            flow.set("targetRef", out[0].get("targetRef"))
        undrawn(root, [one.get("id") for one in into])


def goes_with(root: Element, one: Element) -> list[Element]:
    """What goes with a node: its arrows, the events on its edge with theirs, and what stands in it."""
    gone = {inner.get("id") for inner in one.iter(f"{{{BPMN}}}*") if inner.get("id")}
    also: list[Element] = []
    for other in root.iter(f"{{{BPMN}}}boundaryEvent"):
        if other.get("attachedToRef") in gone:
            gone.add(other.get("id"))
            also.append(other)
    also += [flow for flow in root.iter(f"{{{BPMN}}}sequenceFlow") if gone & set(ends(flow)) and flow is not one]
    return also


def take_out(root: Element, one: Element) -> None:
    """Take an element out with its drawing and whatever names it."""
    names = {inner.get("id") for inner in one.iter(f"{{{BPMN}}}*") if inner.get("id")}
    if one.getparent() is not None:
        one.getparent().remove(one)
    erase(root, names)
    for ref in list(root.iter(f"{{{BPMN}}}flowNodeRef")):
        if (ref.text or "").strip() in names:
            ref.getparent().remove(ref)
    for other in root.iter(f"{{{BPMN}}}*"):
        if other.get("default") in names:
            del other.attrib["default"]
    used = {one.get("messageRef") for one in root.iter(f"{{{BPMN}}}messageEventDefinition")}
    for unused in [one for one in children(root, "message") if one.get("id") not in used]:
        root.remove(unused)


def undrawn(root: Element, arrows: Iterable[str]) -> None:
    """Take the line of an arrow away, so that it is drawn anew."""
    erase(root, set(arrows))


def erase(root: Element, names: set[str]) -> None:
    """Take the drawings of these out."""
    for drawn in list(root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")):
        if drawn.get("bpmnElement") in names:
            drawn.getparent().remove(drawn)


def arrows_at_nodes(root: Element) -> None:
    """What each node says of its arrows, written again from the arrows."""
    flows = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
    into: dict[str, list[str]] = {}
    out: dict[str, list[str]] = {}
    for flow in flows:
        source, target = ends(flow)
        out.setdefault(source, []).append(flow.get("id"))
        into.setdefault(target, []).append(flow.get("id"))
    for node in list(root.iter(f"{{{BPMN}}}*")):
        had = list(children(node, "incoming", "outgoing"))
        name = node.get("id", "")
        if not had and name not in into and name not in out:
            continue
        for old in had:
            node.remove(old)
        at = len(list(children(node, "documentation", "extensionElements")))
        said = [("incoming", one) for one in into.get(name, ())] + [("outgoing", one) for one in out.get(name, ())]
        for number, (kind, arrow) in enumerate(said):
            made = etree.Element(f"{{{BPMN}}}{kind}")
            made.text = arrow
            node.insert(at + number, made)
