"""What BPMN lets a diagram say, and nothing here reads: data, what passes between pools, pools with nothing in them.

None of it changes what is done, when or by whom. It is taken out and listed, and whatever in it another engine would
run is told like all code. Coordinates that are written more exactly than they are read are rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.diagram_text import BPMN, BPMNDI, DC, DI, Element, children, local, words
from engine.gate_grammar import GRAMMAR

_DATA = "what is known belongs in forms here"
_BETWEEN = "what passes between pools is not read here"
_NAMED = "only a name for other parts of the file"
#: each kind of element with why it is left out
FURNITURE: dict[str, str] = {
    **dict.fromkeys(("dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "dataInputAssociation",
                     "dataOutputAssociation", "ioSpecification", "ioBinding", "property", "itemDefinition",
                     "dataInput", "dataOutput", "inputSet", "outputSet"), _DATA),
    **dict.fromkeys(("messageFlow", "messageFlowAssociation", "participantMultiplicity", "participantAssociation",
                     "conversation", "conversationLink", "conversationAssociation"), _BETWEEN),
    **dict.fromkeys(("error", "signal", "escalation", "resource", "partnerEntity", "partnerRole", "interface",
                     "endPoint", "interfaceRef", "endPointRef", "partnerEntityRef", "partnerRoleRef"), _NAMED),
    "import": "no other file is fetched",
}  # fmt: skip
_ROOT_ONLY = ("timerEventDefinition", "messageEventDefinition", "signalEventDefinition", "errorEventDefinition",
              "escalationEventDefinition", "conditionalEventDefinition", "compensateEventDefinition")  # fmt: skip
_RUNS = frozenset({"assignment", "transformation", "formalExpression", "expression", "script", "condition"})
_NOT_DONE = frozenset({
    "documentation", "extensionElements", "laneSet", "ioSpecification", "property", "textAnnotation", "association",
    "group", "auditing", "monitoring",
})  # fmt: skip
_PLACES = {"Bounds": ("x", "y", "width", "height"), "waypoint": ("x", "y"), "BPMNDiagram": ("resolution",)}


def why_left_out(child: Element, parent: Element) -> str:
    """Why an element of the standard is left out; empty where it is not."""
    kind = local(child)
    if kind in _ROOT_ONLY and local(parent) == "definitions":
        return _NAMED
    return FURNITURE.get(kind, "")


def runs_inside(element: Element) -> bool:
    """Whether another engine would work something out in there."""
    inside = (one for one in element.iter() if isinstance(one.tag, str) and local(one) in _RUNS)
    return any(words(text) for one in inside for text in one.itertext())


def empty_pools(root: Element) -> Iterator[tuple[Element, str]]:
    """Processes in which nothing is drawn, where there is another, and the pools of none. Each is taken out of the tree
    before the next is looked for."""
    processes = list(children(root, "process"))
    drawn = [
        one for one in processes if any(isinstance(part.tag, str) and local(part) not in _NOT_DONE for part in one)
    ]
    kept = drawn or processes[:1]
    for process in processes:
        if process not in kept:
            yield process, "a process in which nothing is drawn"
    ids = {one.get("id") for one in kept}
    for pool in list(root.iter(f"{{{BPMN}}}participant")):
        if ids and str(pool.get("processRef") or "").rpartition(":")[2] not in ids:
            yield pool, "a pool in which nothing is drawn"


def loose_associations(root: Element) -> Iterator[tuple[Element, str]]:
    """Dotted lines with nothing at one end."""
    ids = {one.get("id") for one in root.iter() if isinstance(one.tag, str)}
    for line in list(root.iter(f"{{{BPMN}}}association")):
        ends = (str(line.get(side) or "").rpartition(":")[2] for side in ("sourceRef", "targetRef"))
        if not all(end in ids for end in ends):
            yield line, "a dotted line to something that is not in the diagram"


def wrong_ends(root: Element) -> Iterator[tuple[Element, str]]:
    """What a node says of its arrows where the arrows say otherwise: it is said twice in a file, and arrows are what is
    drawn."""
    flows = {one.get("id"): one for one in root.iter(f"{{{BPMN}}}sequenceFlow")}
    for kind, side in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
        for said in list(root.iter(f"{{{BPMN}}}{kind}")):
            flow = flows.get(words(said.text).rpartition(":")[2])
            end = str(flow.get(side) or "").rpartition(":")[2] if flow is not None else ""
            if end != said.getparent().get("id"):
                yield said, f"{kind}: it names an arrow that is drawn otherwise ({words(said.text)[:60]})"


def rounded(root: Element) -> int:
    """How many coordinates had to be written shorter, to a hundredth of a pixel."""
    count = 0
    for kind, keys in _PLACES.items():
        space = {"Bounds": DC, "waypoint": DI}.get(kind, BPMNDI)
        rule = GRAMMAR[f"{ {DC: 'dc', DI: 'di', BPMNDI: 'bpmndi'}[space] }:{kind}"]
        for place in root.iter(f"{{{space}}}{kind}"):
            for key in [
                one for one in keys if one in place.attrib and not rule.attributes[one].fullmatch(place.get(one))
            ]:
                shorter = _shorter(place.get(key))
                if shorter:
                    place.set(key, shorter)
                    count += 1
    return count


def _shorter(text: str) -> str:
    try:
        value = float(text) if len(text) <= 40 and text.isascii() else math.nan
    except ValueError:
        return ""
    return f"{value:.2f}" if abs(value) <= 100_000 else ""


def pool_drawn_as_process(root: Element) -> Iterator[Element]:
    """Pools whose shape is said to be that of their process, as some modelers write it: given back to the pool."""
    drawn = {one.get("bpmnElement"): one for one in root.iter(f"{{{BPMNDI}}}BPMNShape")}
    for pool in root.iter(f"{{{BPMN}}}participant"):
        shape = drawn.get(str(pool.get("processRef") or "").rpartition(":")[2])
        if shape is not None and pool.get("id") and pool.get("id") not in drawn:
            shape.set("bpmnElement", pool.get("id"))
            yield pool
