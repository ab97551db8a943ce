"""Where things stand in a spine's picture: room made in it, room closed, and arrows drawn between shapes."""

from __future__ import annotations

from collections.abc import Collection

from engine.diagram_text import BPMNDI, DC, DI, Element, number
from engine.spine_drawing import CannotDraw, Drawing, Point, plain_number

#: how far below and above the line of the stages a segment reaches
BELOW = 240.0
_BOUNDS, _POINT = f"{{{DC}}}Bounds", f"{{{DI}}}waypoint"
_SHAPE = f"{{{BPMNDI}}}BPMNShape"


def right(drawing: Drawing, name: str) -> float:
    x, _, w, _ = drawing.box(name)
    return x + w


def middle(drawing: Drawing, name: str) -> float:
    """The height of a shape's middle."""
    _, y, _, h = drawing.box(name)
    return y + h / 2


def open_gap(drawing: Drawing, at: float, width: float, apart: Collection[str] = ()) -> None:
    """Move what stands right of a line further right, and widen what stands across it. What is `apart` stays."""
    for name, drawn in drawing.drawn.items():
        if name in apart:
            continue
        if drawn.tag != _SHAPE:
            _shift_points(drawn, at, width)
            continue
        x, _, w, _ = drawing.box(name)
        if x >= at:
            drawing.shift(name, width)
        elif x + w > at and _holds_others(drawing, name):
            drawing.widen(name, width)


def close_gap(drawing: Drawing, begins: float, ends: float, apart: Collection[str] = ()) -> None:
    """Move everything right of `ends` to where the empty room begins, unless something still stands in it."""
    for name, drawn in drawing.drawn.items():
        if drawn.tag != _SHAPE or name in apart or _holds_others(drawing, name):
            continue
        x, _, w, _ = drawing.box(name)
        if x < ends - 1 and x + w > begins + 1:
            return
    open_gap(drawing, ends - 1, begins - ends, apart)


def lift(drawing: Drawing, names: Collection[str], by: float) -> None:
    """Move shapes and the arrows among them sideways, together."""
    for name in names:
        drawing.shift(name, by)


def deepen(drawing: Drawing, line: float) -> None:
    """Make the box around the stages deep enough for what hangs below their line."""
    around = drawing.scope.get("id", "")
    if around not in drawing.drawn:
        return
    _, y, _, h = drawing.box(around)
    bottom = y + h
    by = line + BELOW + 10 - bottom
    if by <= 0:
        return
    for name, drawn in drawing.drawn.items():
        if drawn.tag == _SHAPE and _holds_others(drawing, name):
            bounds = next(iter(drawn.iter(_BOUNDS)))
            bounds.set("height", plain_number(number(bounds.get("height")) + by))
            continue
        for one in drawn.iter(_BOUNDS, _POINT):
            if number(one.get("y")) >= bottom - 30:
                one.set("y", plain_number(number(one.get("y")) + by))


def connect(drawing: Drawing, flow: Element) -> None:
    """Draw an arrow anew, from the right of what it leaves to the left of what it reaches."""
    source, target = flow.get("sourceRef"), flow.get("targetRef")
    sx, sy, sw, sh = drawing.box(source)
    tx, ty, _, th = drawing.box(target)
    start, end = (sx + sw, sy + sh / 2), (tx, ty + th / 2)
    if abs(start[1] - end[1]) < 1:
        points: list[Point] = [start, end]
    elif start[0] < end[0]:
        half = (start[0] + end[0]) / 2
        points = [start, (half, start[1]), (half, end[1]), end]
    else:
        raise CannotDraw(f"There is no room for an arrow from '{source}' to '{target}'.")
    drawing.route(str(flow.get("id")), points)


def _holds_others(drawing: Drawing, name: str) -> bool:
    """Whether a shape is a pool, a lane or a subprocess that is drawn open."""
    drawn = drawing.drawn[name]
    return drawn.get("isHorizontal") is not None or drawn.get("isExpanded") == "true"


def _shift_points(drawn: Element, at: float, width: float) -> None:
    for one in drawn.iter(_BOUNDS, _POINT):
        if number(one.get("x")) >= at:
            one.set("x", plain_number(number(one.get("x")) + width))
