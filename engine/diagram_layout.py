"""A place on the page for what a diagram does not draw: from left to right in the order of the arrows, lane below lane.

`place(root)` writes the missing shapes and lines of a BPMN tree. What is drawn stays where it is; where nothing is, the
whole is laid out, each subprocess from the inside.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine import diagram_text
from engine.diagram_places import Box, Places, Point, write
from engine.diagram_ranks import ranks_of, rows_of, running
from engine.diagram_text import Element
from engine.diagrams import ACTIVITIES, EVENTS, GATEWAYS, NODES, Diagram, Node
from engine.gate_loops import MOST_NODES

GAP, ROW_GAP, EDGE_GAP = 50.0, 60.0, 24.0
NAME = 90.0  # the width of a name below an event
HEAD = 30.0  # the strip of a pool or lane in which its name stands
INSIDE = 40.0  # room around what stands in a subprocess
SMALLEST_LANE = 130.0


@dataclass
class _Sheet:
    """One file being laid out: the places there are, and those made."""

    diagram: Diagram
    places: Places = field(default_factory=Places)

    @property
    def boxes(self) -> dict[str, Box]:
        return self.places.boxes

    @property
    def lines(self) -> dict[str, list[Point]]:
        return self.places.lines

    @property
    def made(self) -> list[str]:
        return self.places.made

    def nodes_in(self, scope: str) -> list[Node]:
        """What stands directly in a process or subprocess, without the events on edges."""
        return [one for one in self.diagram.nodes if one.scope == scope and not one.attached_to]


def place(root: Element) -> list[str]:
    """Draw what is not drawn; the ids of what was given a place. Nothing is done to a file that has no process, or more
    in it than a process may have."""
    processes = list(diagram_text.children(root, "process"))
    if len(processes) != 1 or not processes[0].get("id"):
        return []
    sheet = _Sheet(diagram_text.of(root, ""))
    if len(sheet.diagram.nodes) > MOST_NODES:
        return []
    _read(sheet)
    missing = [one for one in sheet.diagram.nodes if one.id not in sheet.boxes and one.kind in NODES]
    if missing and len(missing) == len([one for one in sheet.diagram.nodes if one.kind in NODES]):
        sheet.boxes.clear()
        sheet.lines.clear()
        _whole(sheet)
    elif missing:
        _rest(sheet, missing)
    _frames(sheet)
    _edges(sheet)
    if sheet.made:
        write(root, processes[0], sheet.diagram, sheet.places)
    return sheet.made


def _read(sheet: _Sheet) -> None:
    """The places the file gives."""
    for shape in sheet.diagram.shapes:
        if not math.isnan(shape.x + shape.y + shape.w + shape.h) and shape.w > 0 and shape.h > 0:
            sheet.boxes[shape.id] = Box(shape.x, shape.y, shape.w, shape.h)
    for edge in sheet.diagram.edges:
        if len(edge.waypoints) > 1 and not any(math.isnan(x + y) for x, y in edge.waypoints):
            sheet.lines[edge.id] = list(edge.waypoints)


# ------------------------------------------------------------------------------ all of it


def _whole(sheet: _Sheet) -> None:
    """Lay out everything, lanes below each other where there are any."""
    _scope(sheet, sheet.diagram.process, [lane.id for lane in sheet.diagram.lanes])


def _scope(sheet: _Sheet, scope: str, lanes: Sequence[str]) -> Box:
    """Lay out one process or subprocess from (0, 0), what is inside its subprocesses first. Gives the room it takes."""
    nodes = sheet.nodes_in(scope)
    for node in nodes:
        sheet.boxes[node.id] = _size(sheet, node)
        sheet.made.append(node.id)
    ranks = ranks_of(sheet.diagram, nodes, scope)
    rows = rows_of(sheet.diagram, nodes, ranks, lanes)
    widths: dict[int, float] = {}
    heights: dict[int, float] = {}
    for node in nodes:
        box = sheet.boxes[node.id]
        widths[ranks[node.id]] = max(widths.get(ranks[node.id], NAME), box.w)
        heights[rows[node.id]] = max(heights.get(rows[node.id], 60.0), box.h)
    lefts, tops = running(widths, GAP), running(heights, ROW_GAP)
    for node in nodes:
        box, rank, row = sheet.boxes[node.id], ranks[node.id], rows[node.id]
        dx = lefts[rank] + (widths[rank] - box.w) / 2 - box.x
        dy = tops[row] + (heights[row] - box.h) / 2 - box.y
        _move(sheet, node, dx, dy)
    _on_edges(sheet, nodes)
    return Box(
        0, 0, max((sheet.boxes[one.id].right for one in nodes), default=100.0),
        max((sheet.boxes[one.id].bottom for one in nodes), default=80.0),
    )  # fmt: skip


def _size(sheet: _Sheet, node: Node) -> Box:
    if node.kind == "subProcess":
        room = _scope(sheet, node.id, [])
        for one in sheet.nodes_in(node.id):
            _move(sheet, one, INSIDE, INSIDE)
        return Box(0, 0, max(room.w + 2 * INSIDE, 140), max(room.h + 2 * INSIDE, 120))
    return _usual(node.kind)


def _usual(kind: str) -> Box:
    if kind in EVENTS:
        return Box(0, 0, 36, 36)
    return Box(0, 0, 50, 50) if kind in GATEWAYS else Box(0, 0, 110, 80)


def _move(sheet: _Sheet, node: Node, dx: float, dy: float) -> None:
    """Move a node with the events on its edge and all that stands in it."""
    sheet.boxes[node.id].moved(dx, dy)
    for other in sheet.diagram.nodes:
        if other.attached_to == node.id and other.id in sheet.boxes:
            sheet.boxes[other.id].moved(dx, dy)
    if node.kind == "subProcess":
        for inner in sheet.nodes_in(node.id):
            if inner.id in sheet.boxes and inner.id != node.id:
                _move(sheet, inner, dx, dy)


def _on_edges(sheet: _Sheet, nodes: Iterable[Node]) -> None:
    """Events on the lower edge of what they stand on."""
    for node in nodes:
        there = [one for one in sheet.diagram.nodes if one.attached_to == node.id and one.id not in sheet.boxes]
        host = sheet.boxes[node.id]
        for at, event in enumerate(there):
            left = host.x + host.w * (at + 1) / (len(there) + 1) - 18
            sheet.boxes[event.id] = Box(left, host.bottom - 18, 36, 36)
            sheet.made.append(event.id)


# ------------------------------------------------------------------------------ what is missing only


def _rest(sheet: _Sheet, missing: Sequence[Node]) -> None:
    """Put what is not drawn in a row below what is, in its own subprocess where that is drawn."""
    scopes = dict.fromkeys(node.scope for node in missing if not node.attached_to)
    for scope in scopes:
        holder = sheet.boxes.get(scope)
        drawn = [sheet.boxes[one.id] for one in sheet.diagram.nodes if one.scope == scope and one.id in sheet.boxes]
        left = min((box.x for box in drawn), default=holder.x + INSIDE if holder else 0.0)
        top = max((box.bottom for box in drawn), default=holder.y if holder else 0.0) + ROW_GAP + EDGE_GAP
        for node in [one for one in missing if one.scope == scope and not one.attached_to]:
            if node.id in sheet.boxes:
                continue
            box = _size(sheet, node)
            sheet.boxes[node.id] = box
            _move(sheet, node, left - box.x, top - box.y)
            sheet.made.append(node.id)
            left = box.right + GAP
    _on_edges(sheet, [one for one in sheet.diagram.nodes if one.id in sheet.boxes and one.kind in ACTIVITIES])
    for event in [one for one in missing if one.id not in sheet.boxes]:  # on the edge of nothing
        sheet.boxes[event.id] = Box(0, max(box.bottom for box in sheet.boxes.values()) + GAP, 36, 36)
        sheet.made.append(event.id)


def _frames(sheet: _Sheet) -> None:
    """Subprocesses wide enough for what was put in them; lanes and the pool around it all."""
    if sheet.made:
        for node in reversed([one for one in sheet.diagram.nodes if one.kind == "subProcess"]):
            _around(sheet, node.id, [one.id for one in sheet.diagram.nodes if one.scope == node.id], INSIDE)
    nodes = [one for one in sheet.diagram.nodes if one.id in sheet.boxes]
    if not nodes or not (sheet.diagram.lanes or sheet.diagram.participant):
        return
    missing = [lane.id for lane in sheet.diagram.lanes if lane.id not in sheet.boxes]
    if missing:
        _lanes(sheet, nodes)
    pool = sheet.diagram.participant
    inside = [lane.id for lane in sheet.diagram.lanes] or [one.id for one in nodes]
    if pool:
        is_new = pool not in sheet.boxes
        _around(sheet, pool, [one for one in inside if one in sheet.boxes], 0 if sheet.diagram.lanes else INSIDE)
        if is_new:
            box = sheet.boxes[pool]
            sheet.boxes[pool] = Box(box.x - HEAD, box.y, box.w + HEAD, box.h)
            sheet.made.append(pool)


def _lanes(sheet: _Sheet, nodes: Sequence[Node]) -> None:
    """Every lane as a band across, as deep as what stands in it."""
    left = min(sheet.boxes[one.id].x for one in nodes) - HEAD - INSIDE
    right = max(sheet.boxes[one.id].right for one in nodes) + INSIDE
    top = min(sheet.boxes[one.id].y for one in nodes) - INSIDE
    for lane in sheet.diagram.lanes:
        inside = [sheet.boxes[name] for name in lane.nodes if name in sheet.boxes]
        bottom = max([top + SMALLEST_LANE, *(box.bottom + INSIDE - ROW_GAP / 4 for box in inside)])
        if lane.id not in sheet.boxes:
            sheet.made.append(lane.id)
        sheet.boxes[lane.id] = Box(left, top, right - left, bottom - top)
        top = bottom


def _around(sheet: _Sheet, name: str, inside: Iterable[str], room: float) -> None:
    """A frame that holds all of these, never smaller than it is drawn."""
    boxes = [sheet.boxes[one] for one in inside if one in sheet.boxes]
    own = sheet.boxes.get(name)
    if not boxes:
        sheet.boxes.setdefault(name, Box(0, 0, 140, 120))
        return
    left, top = min(box.x for box in boxes) - room, min(box.y for box in boxes) - room
    right, bottom = max(box.right for box in boxes) + room, max(box.bottom for box in boxes) + room
    if own:
        left, top, right, bottom = min(left, own.x), min(top, own.y), max(right, own.right), max(bottom, own.bottom)
    sheet.boxes[name] = Box(left, top, right - left, bottom - top)


# ------------------------------------------------------------------------------ arrows


def _edges(sheet: _Sheet) -> None:
    """A line for each arrow without one; forward in steps, back below everything between."""
    for flow in sheet.diagram.flows:
        source, target = sheet.boxes.get(flow.source), sheet.boxes.get(flow.target)
        if flow.id in sheet.lines or not flow.id or source is None or target is None:
            continue
        begins = sheet.diagram.node(flow.source)
        leaves_below = begins is not None and (begins.kind in GATEWAYS or bool(begins.attached_to))
        line = _line(source, target, leaves_below=leaves_below)
        crossed = [box.y for box in _between(sheet, flow.scope, source, target)] if len(line) == 2 else []
        sheet.lines[flow.id] = _above(source, target, min(crossed)) if crossed else line
        sheet.made.append(flow.id)


def _between(sheet: _Sheet, scope: str, source: Box, target: Box) -> list[Box]:
    """What stands in the way of a straight line to the right."""
    y = source.middle[1]
    boxes = [sheet.boxes[one.id] for one in sheet.nodes_in(scope) if one.id in sheet.boxes]
    return [box for box in boxes if source.right < box.middle[0] < target.x and box.y < y < box.bottom]


def _above(source: Box, target: Box, highest: float) -> list[Point]:
    above = min(source.y, target.y, highest) - EDGE_GAP
    (sx, _), (tx, _) = source.middle, target.middle
    return [(sx, source.y), (sx, above), (tx, above), (tx, target.y)]


def _line(source: Box, target: Box, *, leaves_below: bool) -> list[Point]:
    """To the right in a step; down first from a gateway or from the edge of a task; back below everything between."""
    (sx, sy), (tx, ty) = source.middle, target.middle
    if target.x >= source.right + 10:
        if abs(sy - ty) < 1:
            return [(source.right, sy), (target.x, ty)]
        if leaves_below and ty < sy and source.w < 40:  # an event on an edge: never up through what it stands on
            turn, under = target.x - GAP / 2, source.bottom + EDGE_GAP
            return [(sx, source.bottom), (sx, under), (turn, under), (turn, ty), (target.x, ty)]
        if leaves_below:
            return [(sx, source.bottom if ty > sy else source.y), (sx, ty), (target.x, ty)]
        turn = target.x - GAP / 2 if target.x - source.right >= GAP / 2 else (source.right + target.x) / 2
        return [(source.right, sy), (turn, sy), (turn, ty), (target.x, ty)]
    if abs(sx - tx) < 1 and target.y > source.bottom:
        return [(sx, source.bottom), (tx, target.y)]
    below = max(source.bottom, target.bottom) + 2 * EDGE_GAP
    return [(sx, source.bottom), (sx, below), (tx, below), (tx, target.bottom)]
