"""Cures of what is drawn and where: a start, lanes, gateways, names, lines, and what other engines left behind."""

from __future__ import annotations

import re

from lxml import etree

from engine import gate_elements
from engine.cures_drawn import Drawn
from engine.cures_parts import Cure, said
from engine.diagram_text import BPMN, BPMNDI, DC, DI, Element, children, local, words
from engine.gate_grammar import SNAKE

_BPMN, _DI = f"{{{BPMN}}}", f"{{{BPMNDI}}}"
_ENGINE = re.compile(r"of another engine|belongs to another engine|carries an extension")


def no_start(drawn: Drawn) -> Cure | None:
    """A start before the one node that nothing leads to."""
    if not said(r"has no start\. Draw a start event", drawn.problem):
        return None
    scope = drawn.at("process", "subProcess")
    kinds = (
        "userTask",
        "callActivity",
        "subProcess",
        "exclusiveGateway",
        "intermediateCatchEvent",
        "eventBasedGateway",
        "parallelGateway",
    )
    first = (
        [] if scope is None else [one for one in children(scope, *kinds) if not drawn.flows(targetRef=one.get("id"))]
    )
    if scope is None or len(first) != 1:
        return None
    target, start = first[0].get("id"), f"{scope.get('id')}_begun"
    flow = f"{start}_to_{target}"
    begun = etree.Element(f"{_BPMN}startEvent", {"id": start, "name": "Begun"})
    etree.SubElement(begun, f"{_BPMN}outgoing").text = flow
    first[0].addprevious(begun)
    incoming = etree.Element(f"{_BPMN}incoming")
    incoming.text = flow
    first[0].insert(sum(1 for one in first[0] if isinstance(one.tag, str) and local(one) == "documentation"), incoming)
    etree.SubElement(scope, f"{_BPMN}sequenceFlow", {"id": flow, "sourceRef": start, "targetRef": target})
    for lane in drawn.root.iter(f"{_BPMN}lane"):
        if any(words(ref.text) == target for ref in children(lane, "flowNodeRef")):
            etree.SubElement(lane, f"{_BPMN}flowNodeRef").text = start
    _place_before(drawn, start, flow, target)
    return drawn.cure("Draw a start")


def _place_before(drawn: Drawn, start: str, flow: str, target: str) -> None:
    plane = next(drawn.root.iter(f"{_DI}BPMNPlane"), None)
    shape = next((one for one in drawn.root.iter(f"{_DI}BPMNShape") if one.get("bpmnElement") == target), None)
    bounds = next(shape.iter(f"{{{DC}}}Bounds"), None) if shape is not None else None
    if plane is None or bounds is None:
        return
    x, y, h = (float(bounds.get(side, "0")) for side in ("x", "y", "height"))
    drawn_start = etree.SubElement(plane, f"{_DI}BPMNShape", {"id": f"{start}_shape", "bpmnElement": start})
    middle = y + h / 2
    box = {"x": f"{x - 90:g}", "y": f"{middle - 18:g}", "width": "36", "height": "36"}
    etree.SubElement(drawn_start, f"{{{DC}}}Bounds", box)
    edge = etree.SubElement(plane, f"{_DI}BPMNEdge", {"id": f"{flow}_edge", "bpmnElement": flow})
    for point in (x - 54, x):
        etree.SubElement(edge, f"{{{DI}}}waypoint", {"x": f"{point:g}", "y": f"{middle:g}"})


def what_other_engines_left(drawn: Drawn) -> Cure | None:
    """Settings and extensions of other engines, where a file has nothing else that is not read."""
    if not _ENGINE.search(drawn.problem.what):
        return None
    told = [one for one in gate_elements.checked(drawn.root, drawn.problem.file) if one.severity != "remark"]
    if not all(_ENGINE.search(one.what) for one in told):
        return None
    return Cure(
        "Leave out what belongs to other engines",
        {**drawn.files, drawn.problem.file: gate_elements.cleaned(drawn.root)},
    )


def a_lane_for_it(drawn: Drawn) -> Cure | None:
    """The only lane holds a task that is in none; a lane does not hold what is gone."""
    lanes = list(drawn.root.iter(f"{_BPMN}lane"))
    element = drawn.at()
    if said(r"is in no lane, so nobody's", drawn.problem) and element is not None and len(lanes) == 1:
        etree.SubElement(lanes[0], f"{_BPMN}flowNodeRef").text = element.get("id")
        return drawn.cure(f"Put it in the lane '{words(lanes[0].get('name'))}'")
    return None


def a_gateway_too_many(drawn: Drawn) -> Cure | None:
    """A gateway with one arrow in and one out: the arrow leads on to what comes after it."""
    node = drawn.at("exclusiveGateway", "parallelGateway", "eventBasedGateway")
    if node is None or not said(r"has one arrow in and one out", drawn.problem):
        return None
    [into], [out] = drawn.flows(targetRef=node.get("id")), drawn.flows(sourceRef=node.get("id"))
    target = drawn.node(out.get("targetRef"))
    drawn.drop(out)
    drawn.drop(node)
    into.set("targetRef", target.get("id") if target is not None else "")
    if target is not None:
        incoming = etree.Element(f"{_BPMN}incoming")
        incoming.text = into.get("id")
        target.insert(
            sum(1 for one in target if isinstance(one.tag, str) and local(one) in ("documentation", "incoming")),
            incoming,
        )
    return drawn.cure("Take the gateway out")


def an_id_in_snake_case(drawn: Drawn) -> Cure | None:
    """The id that the sentence offers, wherever the old one is named in the file."""
    found = said(r"has the id '([^']+)', which is not in snake_case\. Make it .+ such as (\w+)\.$", drawn.problem)
    if found is None or not SNAKE.fullmatch(found[2]) or drawn.node(found[2]) is not None:
        return None
    for one in drawn.root.iter():
        if not isinstance(one.tag, str):
            continue
        for key, value in one.attrib.items():
            if value == found[1]:
                one.set(key, found[2])
        if local(one) in ("flowNodeRef",) and words(one.text) == found[1]:
            one.text = found[2]
    return drawn.cure(f"Call it {found[2]}")


def an_answer_without_a_name(drawn: Drawn) -> Cure | None:
    """Of two arrows out of a question one says yes and the other no: the default no, else the one drawn last."""
    flow = drawn.at("sequenceFlow")
    if flow is None or not said(r"does not say which answer it is", drawn.problem):
        return None
    out = drawn.flows(sourceRef=flow.get("sourceRef"))
    gateway = drawn.node(flow.get("sourceRef"))
    if len(out) != 2 or gateway is None:
        return None
    other = next(words(one.get("name")) for one in out if one is not flow)
    says_no = gateway.get("default") == flow.get("id") or (gateway.get("default") is None and flow is out[1])
    name = {"Yes": "No", "No": "Yes"}.get(other, "No" if says_no else "Yes")
    if says_no and name == "Yes" and gateway.get("default") is not None:
        return None  # the other one is called no, and yet this is where it goes by default: a person decides
    flow.set("name", name)
    return drawn.cure(f"Name it '{name}'")


def what_draws_nothing(drawn: Drawn) -> Cure | None:
    """A shape or line for what is not in the file."""
    found = said(r"^'([^']+)' is drawn here, and is not in the file", drawn.problem)
    if found is None:
        return None
    for one in list(drawn.root.iter(f"{_DI}BPMNShape", f"{_DI}BPMNEdge")):
        if one.get("bpmnElement") == found[1]:
            holder: Element = one.getparent()
            holder.remove(one)
    return drawn.cure("Take it out of the picture")


def a_line_for_an_arrow(drawn: Drawn) -> Cure | None:
    """An arrow that is not placed is drawn straight between what it joins."""
    flow = drawn.at("sequenceFlow")
    plane = next(drawn.root.iter(f"{_DI}BPMNPlane"), None)
    if flow is None or plane is None or not said(r"arrow.* '.+' is not placed", drawn.problem):
        return None
    boxes = {}
    for shape in drawn.root.iter(f"{_DI}BPMNShape"):
        bounds = next(shape.iter(f"{{{DC}}}Bounds"), None)
        if bounds is not None:
            boxes[shape.get("bpmnElement")] = [float(bounds.get(side, "0")) for side in ("x", "y", "width", "height")]
    if not {flow.get("sourceRef"), flow.get("targetRef")} <= boxes.keys():
        return None
    (x, y, w, h), (x2, y2, _, h2) = boxes[flow.get("sourceRef")], boxes[flow.get("targetRef")]
    edge = etree.SubElement(plane, f"{_DI}BPMNEdge", {"id": f"{flow.get('id')}_edge", "bpmnElement": flow.get("id")})
    for px, py in ((x + w, y + h / 2), (x2, y2 + h2 / 2)):
        etree.SubElement(edge, f"{{{DI}}}waypoint", {"x": f"{px:g}", "y": f"{py:g}"})
    return drawn.cure("Draw the arrow")


def a_place_for_it(drawn: Drawn) -> Cure | None:
    """A node that is not placed stands below everything else, where it can be seen and moved."""
    node, plane = drawn.at(), next(drawn.root.iter(f"{_DI}BPMNPlane"), None)
    if node is None or plane is None or local(node) == "sequenceFlow" or not said(r"' is not placed\.", drawn.problem):
        return None
    w, h = {"Event": (36, 36), "ateway": (50, 50)}.get(re.sub(r".*(Event|ateway)$", r"\1", local(node)), (100, 80))
    boxes = [
        [float(one.get(side, "0")) for side in ("x", "y", "width", "height")] for one in plane.iter(f"{{{DC}}}Bounds")
    ]
    x = min((box[0] for box in boxes), default=100.0) + 100
    y = max((box[1] + box[3] for box in boxes), default=60.0) + 40
    shape = etree.SubElement(plane, f"{_DI}BPMNShape", {"id": f"{node.get('id')}_shape", "bpmnElement": node.get("id")})
    sides = {"x": f"{x:g}", "y": f"{y:g}", "width": str(w), "height": str(h)}
    etree.SubElement(shape, f"{{{DC}}}Bounds", sides)
    return drawn.cure("Place it below the others")


def an_id_used_twice(drawn: Drawn) -> Cure | None:
    """The id of a shape or line that another has: nothing refers to it, so it may be any."""
    found = said(r"^The id '([^']+)' is used twice", drawn.problem)
    for one in drawn.root.iter(f"{_DI}BPMNShape", f"{_DI}BPMNEdge") if found else ():
        if found and one.sourceline == drawn.problem.line and one.get("id") == found[1]:
            number = next(number for number in range(2, 1000) if drawn.node(f"{found[1]}_{number}") is None)
            one.set("id", f"{found[1]}_{number}")
            return drawn.cure("Give it an id of its own")
    return None
