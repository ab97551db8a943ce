"""Room made in a drawing for something new: what stands to the right moves over, and what holds it grows.

Works on the shapes and lines of a BPMN tree as they are drawn; what is not drawn is left to `engine/diagram_layout.py`.
"""

from __future__ import annotations

from lxml import etree

from engine.diagram_text import BPMN, BPMNDI, DC, DI, Element, box, number

GAP = 60.0


def between(root: Element, source: str, target: str, name: str, width: float) -> None:
    """Draw `name` to the right of `source`, at its height, everything from there on moved to the right. Nothing is done
    where the two are not drawn; the layout then finds a place."""
    shapes = {one.get("bpmnElement"): one for one in root.iter(f"{{{BPMNDI}}}BPMNShape")}
    begins = box(shapes[source]) if source in shapes else None
    if begins is None:
        return
    x, y, w, h = begins
    cut, room = x + w, width + GAP + 20
    _move_over(root, source, cut, room)
    height = 80.0 if width > 60 else width if width == 50 else 36.0
    plane = next(root.iter(f"{{{BPMNDI}}}BPMNPlane"))
    shape = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", bpmnElement=name)
    places = {"x": cut + GAP, "y": y + h / 2 - height / 2, "width": width, "height": height}
    etree.SubElement(shape, f"{{{DC}}}Bounds", {key: f"{value:.0f}" for key, value in places.items()})


def _move_over(root: Element, source: str, cut: float, room: float) -> None:
    """Everything from `cut` on to the right by `room`; what holds the place grows by it."""
    inside = _holders(root, source)
    for drawn in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = next(iter(drawn.iterchildren(f"{{{DC}}}Bounds")), None)
        if bounds is None:
            continue
        left, wide = number(bounds.get("x")), number(bounds.get("width"))
        if drawn.get("bpmnElement") in inside:
            bounds.set("width", f"{wide + room:.0f}")  # it holds the place where room is made
        elif left + wide / 2 >= cut and drawn.get("bpmnElement") != source:
            bounds.set("x", f"{left + room:.0f}")
        _labels(drawn, cut, room)
    for drawn in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        for point in drawn.iterchildren(f"{{{DI}}}waypoint"):
            if number(point.get("x")) > cut + 1:
                point.set("x", f"{number(point.get('x')) + room:.0f}")
        _labels(drawn, cut, room)


def into_band(root: Element, node: str, band: str) -> None:
    """Move a node up or down to the middle of a lane."""
    shapes = {one.get("bpmnElement"): one for one in root.iter(f"{{{BPMNDI}}}BPMNShape")}
    places = [box(shapes[one]) if one in shapes else None for one in (node, band)]
    if places[0] is None or places[1] is None:
        return
    (_, _, _, own), (_, top, _, high) = places[0], places[1]
    bounds = next(iter(shapes[node].iterchildren(f"{{{DC}}}Bounds")))
    bounds.set("y", f"{top + high / 2 - own / 2:.0f}")
    for label in list(shapes[node].iterchildren(f"{{{BPMNDI}}}BPMNLabel")):
        shapes[node].remove(label)


def _labels(drawn: Element, cut: float, room: float) -> None:
    for label in drawn.iterchildren(f"{{{BPMNDI}}}BPMNLabel"):
        for bounds in label.iterchildren(f"{{{DC}}}Bounds"):
            if number(bounds.get("x")) >= cut - 1:
                bounds.set("x", f"{number(bounds.get('x')) + room:.0f}")


def _holders(root: Element, node: str) -> set[str]:
    """What a node stands in, by id: its subprocesses, its pool, and every lane, for lanes are all of one width."""
    there = next((one for one in root.iter() if isinstance(one.tag, str) and one.get("id") == node), None)
    found = {one.get("id") for one in root.iter(f"{{{BPMN}}}lane", f"{{{BPMN}}}participant") if one.get("id")}
    while there is not None:
        there = there.getparent()
        if there is not None and there.get("id"):
            found.add(there.get("id"))
    return found
