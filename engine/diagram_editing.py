"""One thing of a diagram changed without drawing: a name, a deadline, a condition, an arrow's end, a task more or less.

Each function takes the file as it is and gives the file as it becomes, laid out. What the gate will say of it is asked
afterwards, as it is of a drawing.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from engine import diagram_layout, diagram_marks, diagram_room, xml_text
from engine import diagram_tree as tree
from engine.diagram_ids import snake
from engine.diagram_text import BPMN, Element, children, local
from engine.diagram_tree import NotThere as NotThere
from engine.problems import Broken

#: what may be added: its element, and the event it waits for
KINDS: dict[str, tuple[str, str]] = {
    "task": ("userTask", ""),
    "decision": ("exclusiveGateway", ""),
    "message": ("intermediateCatchEvent", "message"),
    "timer": ("intermediateCatchEvent", "timer"),
    "process": ("callActivity", ""),
}


def name(xml: bytes, file: str, element: str, words: str) -> bytes:
    """Give an element another name."""
    return _changed(xml, file, lambda root: tree.put(tree.found(root, element), "name", words))


def deadline(xml: bytes, file: str, event: str, key: str) -> bytes:
    """Let a timer wait for a deadline of the version, by its name."""

    def change(root: Element) -> None:
        definition = tree.definition_of(tree.found(root, event), "timerEventDefinition")
        for old in list(definition):
            definition.remove(old)
        if key:
            tree.expression(definition, "timeDate", key)

    return _changed(xml, file, change)


def message(xml: bytes, file: str, event: str, called: str) -> bytes:
    """Let an event wait for a message, by its name."""

    def change(root: Element) -> None:
        definition = tree.definition_of(tree.found(root, event), "messageEventDefinition")
        there = next((one for one in children(root, "message") if one.get("name") == called), None)
        if not called:
            return tree.put(definition, "messageRef", "")
        if there is None:
            there = etree.Element(
                f"{{{BPMN}}}message", id=tree.free(root, f"message_{called.replace('.', '_')}"), name=called
            )
            root.insert(len(list(children(root, "collaboration", "message"))), there)
        return tree.put(definition, "messageRef", there.get("id"))

    return _changed(xml, file, change)


def calls(xml: bytes, file: str, activity: str, process: str) -> bytes:
    """Let a call activity work another process."""
    return _changed(xml, file, lambda root: tree.put(tree.found(root, activity), "calledElement", process))


def condition(xml: bytes, file: str, arrow: str, text: str) -> bytes:
    """Let an arrow be followed when this holds; an empty text takes the condition away."""

    def change(root: Element) -> None:
        flow = tree.found(root, arrow)
        tree.without(flow, "conditionExpression")
        if text:
            tree.expression(flow, "conditionExpression", text)
            source = tree.maybe(root, flow.get("sourceRef", ""))
            if source is not None and source.get("default") == arrow:
                del source.attrib["default"]

    return _changed(xml, file, change)


def default(xml: bytes, file: str, arrow: str) -> bytes:
    """Let an arrow be the one that is followed when no condition holds."""

    def change(root: Element) -> None:
        flow = tree.found(root, arrow)
        tree.without(flow, "conditionExpression")
        tree.found(root, flow.get("sourceRef", "")).set("default", arrow)

    return _changed(xml, file, change)


def lane(xml: bytes, file: str, node: str, into: str) -> bytes:
    """Put a node into another lane, and draw it there."""

    def change(root: Element) -> None:
        tree.found(root, node)
        target = tree.found(root, into)
        for ref in list(root.iter(f"{{{BPMN}}}flowNodeRef")):
            if (ref.text or "").strip() == node:
                ref.getparent().remove(ref)
        etree.SubElement(target, f"{{{BPMN}}}flowNodeRef").text = node
        diagram_room.into_band(root, node, into)
        tree.undrawn(root, [one.get("id") for one in root.iter(f"{{{BPMN}}}sequenceFlow") if node in tree.ends(one)])

    return _changed(xml, file, change)


def lead_to(xml: bytes, file: str, arrow: str, target: str) -> bytes:
    """Let an arrow lead elsewhere."""

    def change(root: Element) -> None:
        tree.found(root, target)
        tree.put(tree.found(root, arrow), "targetRef", target)
        tree.undrawn(root, [arrow])

    return _changed(xml, file, change)


def add_arrow(xml: bytes, file: str, source: str, target: str, words: str = "") -> bytes:
    """Draw another arrow from one node to another of the same subprocess or process."""

    def change(root: Element) -> None:
        begins, _ = tree.found(root, source), tree.found(root, target)
        flow = etree.SubElement(begins.getparent(), f"{{{BPMN}}}sequenceFlow")
        flow.set("id", tree.free(root, f"{source}_to_{target}"))
        tree.put(flow, "name", words)
        flow.set("sourceRef", source)
        flow.set("targetRef", target)

    return _changed(xml, file, change)


def add(xml: bytes, file: str, arrow: str, kind: str, words: str) -> tuple[bytes, str]:
    """Put something new onto an arrow: what it left leads to the new, the new to where it led. Gives its id, too.

    `kind` is one of KINDS. What stands to the right moves over to make room.
    """
    tag, event = KINDS[kind]
    made: list[str] = []

    def change(root: Element) -> None:
        flow = tree.found(root, arrow)
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        node = etree.Element(f"{{{BPMN}}}{tag}", id=tree.free(root, snake(words) or kind), name=words)
        if event:
            etree.SubElement(node, f"{{{BPMN}}}{event}EventDefinition", id=tree.free(root, f"{node.get('id')}_{event}"))
        flow.getparent().insert(flow.getparent().index(flow), node)
        name = str(node.get("id"))
        made.append(name)
        on = etree.SubElement(flow.getparent(), f"{{{BPMN}}}sequenceFlow", id=tree.free(root, f"{name}_to_{target}"))
        on.set("sourceRef", name)
        on.set("targetRef", target)
        flow.set("targetRef", name)
        tree.into_same_lane(root, source, name)
        diagram_room.between(root, source, target, name, 110.0 if tag in ("userTask", "callActivity") else 50.0)
        tree.undrawn(root, [arrow])

    return _changed(xml, file, change), made[0]


def remove(xml: bytes, file: str, element: str) -> bytes:
    """Take an arrow away, or a node: where one arrow led to it and one from it, what was before leads to what was
    after; its other arrows and the events on its edge go with it."""

    def change(root: Element) -> None:
        one = tree.found(root, element)
        if local(one) != "sequenceFlow":
            tree.join(root, element)
        for gone in [one, *tree.goes_with(root, one)]:
            tree.take_out(root, gone)

    return _changed(xml, file, change)


def _changed(xml: bytes, file: str, change: Callable[[Element], None]) -> bytes:
    root, problems = xml_text.read(xml, file)
    if root is None:
        raise Broken(problems)
    change(root)
    tree.arrows_at_nodes(root)
    diagram_layout.place(root)
    return diagram_marks.written(root)
