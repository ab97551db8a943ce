"""Cures of several arrows out of a task: the gateway that was meant, drawn after it. Where conditions stand on the
arrows it is a decision; where none does, a person chooses whether one way is gone or all of them."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from engine import diagram_layout, diagram_marks, diagram_room
from engine import diagram_tree as tree
from engine.cures_drawn import Drawn
from engine.cures_parts import Cure, said
from engine.diagram_text import BPMN, Element, children, words

_SIZE = 50.0


def several_ways_on(drawn: Drawn) -> tuple[Cure, ...]:
    """A decision after it, and, where no arrow has a condition, a fork as well."""
    if not said(r"arrows leave .+: all of them would be followed at once", drawn.problem):
        return ()
    node = drawn.at()
    if node is None or not node.get("id"):
        return ()
    out = drawn.flows(sourceRef=node.get("id"))
    has_conditions = any(words(one.text) for flow in out for one in children(flow, "conditionExpression"))
    if has_conditions:
        return (_with_gateway(drawn, node.get("id"), "exclusiveGateway", "Draw a decision after it"),)
    return (
        _with_gateway(drawn, node.get("id"), "exclusiveGateway", "Only one of them: draw a decision"),
        _with_gateway(drawn, node.get("id"), "parallelGateway", "All of them at once: draw a fork"),
    )


def _with_gateway(drawn: Drawn, node: str, kind: str, label: str) -> Cure:
    """The diagram with a gateway between a node and all that its arrows lead to."""
    root = deepcopy(drawn.root)
    before = tree.found(root, node)
    is_decision = kind == "exclusiveGateway"
    name = tree.free(root, f"way_on_from_{node}" if is_decision else f"begin_all_after_{node}")
    title = "Which way on?" if is_decision else "All of these"
    gateway = etree.Element(f"{{{BPMN}}}{kind}", id=name, name=title)
    out = [flow for flow in root.iter(f"{{{BPMN}}}sequenceFlow") if flow.get("sourceRef") == node]
    before.addnext(gateway)
    flow = etree.SubElement(before.getparent(), f"{{{BPMN}}}sequenceFlow", id=tree.free(root, f"{node}_to_{name}"))
    flow.set("sourceRef", node)
    flow.set("targetRef", name)
    for one in out:
        one.set("sourceRef", name)
    if is_decision:
        _choose_default(gateway, before, out)
    before.attrib.pop("default", None)
    tree.into_same_lane(root, node, name)
    diagram_room.between(root, node, "", name, _SIZE)
    tree.undrawn(root, [str(one.get("id")) for one in out])
    tree.arrows_at_nodes(root)
    diagram_layout.place(root)
    return Cure(label, {**drawn.files, drawn.problem.file: diagram_marks.written(root)})


def _choose_default(gateway: Element, before: Element, out: list[Element]) -> None:
    """The arrow that was the default stays it; else the only one without a condition is."""
    plain = [one.get("id") for one in out if next(children(one, "conditionExpression"), None) is None]
    chosen = before.get("default") or (plain[0] if len(plain) == 1 else "")
    if chosen:
        gateway.set("default", chosen)
