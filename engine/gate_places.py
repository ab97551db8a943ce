"""Checks of how a diagram reads: names in plain words, lanes, and a place for every shape and arrow."""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.diagrams import GATEWAYS, NODES, PEOPLE, Diagram
from engine.gate_flow import Check, arrow, called, outgoing, problem
from engine.problems import Problem, did_you_mean

#: what such things are called
EXAMPLES = {"startEvent": "A complaint arrives", "endEvent": "The complaint is answered"}


def everything_is_named(diagram: Diagram) -> Iterator[Problem]:
    """Tasks, events, questions and the answers to them have names that people read."""
    answers = {node.id: node for node in diagram.nodes if node.kind == "exclusiveGateway"}
    for node in diagram.nodes:
        splits = node.kind in ("exclusiveGateway", "eventBasedGateway") and len(outgoing(diagram, node)) > 1
        if not node.name and (splits or node.kind in NODES - GATEWAYS):
            example = "Is the request in time?" if splits else EXAMPLES.get(node.kind, "Acknowledge the complaint")
            mend = f"Name it in plain words, such as '{example}'."
            yield problem(diagram, node.line, f"{called(node)} has no name.", mend)
    for flow in diagram.flows:
        gateway = answers.get(flow.source)
        if gateway and not flow.name and len(outgoing(diagram, gateway)) > 1:
            what = f"An arrow out of '{gateway.name or gateway.id}' does not say which answer it is."
            yield problem(diagram, flow.line, what, "Name it, such as 'Yes'.")
    for lane in diagram.lanes:
        if not lane.name:
            yield problem(diagram, lane.line, f"The lane '{lane.id}' has no name.", "Name it in plain words.")


def lanes_hold_the_tasks(diagram: Diagram) -> Iterator[Problem]:
    nodes = {node.id for node in diagram.nodes}
    seen: dict[str, str] = {}
    for lane in diagram.lanes:
        for name in lane.nodes:
            if name not in nodes:
                what = f"The lane '{lane.name or lane.id}' holds '{name[:60]}', which is not in the diagram."
                yield problem(diagram, lane.line, what, did_you_mean(name, nodes))
            elif name in seen:
                what = f"'{name}' is in two lanes, '{seen[name]}' and '{lane.id}'."
                yield problem(diagram, lane.line, what, "Keep it in one.")
            seen[name] = lane.id
    for node in diagram.nodes:
        if diagram.lanes and node.kind in PEOPLE and not node.lane:
            what = f"{called(node)} is in no lane, so nobody's."
            yield problem(diagram, node.line, what, "Put it in a lane.")


def everything_is_placed(diagram: Diagram) -> Iterator[Problem]:
    """Every node, lane and arrow is drawn, with a place and a size."""
    drawn = {shape.id: shape for shape in diagram.shapes}
    named = [(node.id, called(node), node.line) for node in diagram.nodes if node.kind in NODES]
    named += [(lane.id, f"the lane '{lane.name or lane.id}'", lane.line) for lane in diagram.lanes]
    named += [(diagram.participant, "the pool", diagram.line)] if diagram.participant else []
    mend = "Open the diagram in a modeler, place it and save."
    for name, sentence, line in named:
        shape = drawn.get(name)
        if shape is None or math.isnan(shape.x + shape.y + shape.w + shape.h) or shape.w <= 0 or shape.h <= 0:
            yield problem(diagram, line, f"{sentence} is not placed.", mend)
    lines = {edge.id: edge for edge in diagram.edges}
    for flow in diagram.flows:
        edge = lines.get(flow.id)
        if edge is None or len(edge.waypoints) < 2 or any(math.isnan(x + y) for x, y in edge.waypoints):
            yield problem(diagram, flow.line, f"{arrow(diagram, flow)} is not placed.", mend)


CHECKS: list[Check] = [everything_is_named, lanes_hold_the_tasks, everything_is_placed]
