"""Checks of how a diagram is drawn: starts and ends, arrows, decisions, waits, names and places.

The five mistakes people really make come first: a condition written only in an arrow's label, a timer without a time,
an arrow that leads nowhere, several arrows out of a task, no start. Each check is a function from a diagram to
problems, and the list of checks is `CHECKS`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from engine.diagrams import ACTIVITIES, GATEWAYS, NODES, PEOPLE, Diagram, Flow, Node
from engine.gate_grammar import EVENT_NAME
from engine.problems import Problem, did_you_mean

Check = Callable[[Diagram], Iterator[Problem]]

#: what each kind of node is called in a sentence
KINDS = {
    "startEvent": "start", "endEvent": "end", "intermediateCatchEvent": "event", "boundaryEvent": "boundary event",
    "userTask": "task", "callActivity": "call activity", "subProcess": "subprocess", "exclusiveGateway": "decision",
    "parallelGateway": "parallel gateway", "eventBasedGateway": "event-based gateway",
}  # fmt: skip


def called(node: Node) -> str:
    """How a sentence names a node: "the task 'Acknowledge the complaint'"."""
    return f"the {KINDS.get(node.kind, node.kind)} '{node.name or node.id}'"


def _problem(diagram: Diagram, line: int, what: str, mend: str) -> Problem:
    return Problem(diagram.file, line, what[:1].upper() + what[1:], mend)


def _arrow(flow: Flow) -> str:
    return f"the arrow '{flow.name or flow.id}'"


def _out(diagram: Diagram, node: Node) -> list[Flow]:
    return [flow for flow in diagram.flows if flow.source == node.id]


def _in(diagram: Diagram, node: Node) -> list[Flow]:
    return [flow for flow in diagram.flows if flow.target == node.id]


def decisions_have_conditions(diagram: Diagram) -> Iterator[Problem]:
    """A decision has a condition on every arrow but one, its default; no other arrow has one."""
    for node in diagram.nodes:
        out = _out(diagram, node)
        deciding = node.kind == "exclusiveGateway" and len(out) > 1
        if deciding and node.default not in {flow.id for flow in out}:
            what = f"{called(node)} has no default arrow, for when no condition holds."
            yield _problem(diagram, node.line, what, "Make one of its arrows the default flow.")
        for flow in out:
            if deciding and flow.id != node.default and not flow.condition:
                yield _missing_condition(diagram, node, flow)
            elif flow.condition is not None and (not deciding or flow.id == node.default):
                why = "it is the default arrow" if deciding else f"{called(node)} decides nothing"
                what = f"{_arrow(flow)} has a condition, and {why}."
                yield _problem(diagram, flow.condition_line, what, "Delete the condition, or draw a decision.")


def _missing_condition(diagram: Diagram, node: Node, flow: Flow) -> Problem:
    if flow.name:
        what = f"The arrow '{flow.name}' out of '{node.name or node.id}' has its condition only in its label."
        mend = "Write it in the arrow's condition expression, such as triage == 'complaint'."
    else:
        what = f"An arrow out of '{node.name or node.id}' has no condition."
        mend = "Write one, such as triage == 'complaint', or make it the default flow."
    return _problem(diagram, flow.line, what, mend)


def timers_name_a_deadline(diagram: Diagram) -> Iterator[Problem]:
    for node in diagram.timers:
        if not node.deadline:
            what = f"{called(node)} is a timer without a time."
            mend = "Write the name of a deadline as its date, such as response or stage_2.request_window."
            yield _problem(diagram, node.line, what, mend)
        elif not EVENT_NAME.fullmatch(node.deadline):
            counts = re.match(r"-?P|R\d*/|\d", node.deadline)
            why = "a diagram names a deadline, never a duration or a date" if counts else "that is no deadline's name"
            what = f"{called(node)} waits for '{node.deadline[:60]}': {why}."
            yield _problem(diagram, node.line, what, "Write one such as response or stage_2.request_window.")


def arrows_lead_somewhere(diagram: Diagram) -> Iterator[Problem]:
    nodes = {node.id: node for node in diagram.nodes}
    for flow in diagram.flows:
        for end, name in (("begins at", flow.source), ("leads to", flow.target)):
            node = nodes.get(name)
            if node is None:
                where = f"{end} '{name[:60]}', which is not in the diagram" if name else f"{end} nothing"
                mend = did_you_mean(name, nodes) if name and nodes else "Attach both its ends, or delete it."
                yield _problem(diagram, flow.line, f"{_arrow(flow)} {where}.", mend)
            elif node.scope != flow.scope:
                what = f"{_arrow(flow)} crosses the edge of a subprocess at '{node.name or node.id}'."
                yield _problem(diagram, flow.line, what, "End it inside, and draw another from the subprocess itself.")
        yield from _wrong_ends(diagram, flow, nodes)


def _wrong_ends(diagram: Diagram, flow: Flow, nodes: dict[str, Node]) -> Iterator[Problem]:
    source, target = nodes.get(flow.source), nodes.get(flow.target)
    if source and source.kind == "endEvent":
        yield _problem(diagram, flow.line, f"{_arrow(flow)} begins at {called(source)}.", "Nothing follows an end.")
    if target and target.kind in ("startEvent", "boundaryEvent"):
        what = f"{_arrow(flow)} leads to {called(target)}."
        yield _problem(diagram, flow.line, what, "Lead it to what comes after.")


def tasks_have_one_way_on(diagram: Diagram) -> Iterator[Problem]:
    """No task or event splits the path without a gateway, and none leaves it hanging."""
    for node in diagram.nodes:
        out = _out(diagram, node)
        if len(out) > 1 and node.kind not in GATEWAYS:
            what = f"{len(out)} arrows leave {called(node)}: all of them would be followed at once."
            mend = "Draw a decision (exclusive gateway) after it, with a condition on each arrow but one."
            yield _problem(diagram, node.line, what, mend)
        if not out and node.kind in NODES and node.kind != "endEvent":
            what = f"No arrow leaves {called(node)}: it leads nowhere."
            yield _problem(diagram, node.line, what, "Draw an arrow to what comes next, or to an end.")


def scopes_have_one_start(diagram: Diagram) -> Iterator[Problem]:
    scopes = {diagram.process: ("The process", diagram.line)}
    scopes |= {node.id: (called(node), node.line) for node in diagram.nodes if node.kind == "subProcess"}
    for scope, (name, line) in scopes.items():
        inside = [node for node in diagram.nodes if node.scope == scope]
        starts = [node for node in inside if node.kind == "startEvent"]
        if not inside:
            yield _problem(diagram, line, f"{name} is empty.", "Draw a start, what is done, and an end.")
            continue
        if not starts:
            yield _problem(diagram, line, f"{name} has no start.", "Draw a start event with an arrow to what is first.")
        for extra in starts[1:]:
            what = f"{called(extra)} is a second start; the first is on line {starts[0].line}."
            yield _problem(diagram, extra.line, what, "Keep one of them.")
        if not any(node.kind == "endEvent" for node in inside):
            yield _problem(diagram, line, f"{name} has no end.", "Draw an end event.")


def everything_is_reached(diagram: Diagram) -> Iterator[Problem]:
    """No node is left without an arrow to it, or off to one side where the start does not lead."""
    reached = {node.id for node in diagram.nodes if node.kind == "startEvent"}
    after: dict[str, set[str]] = {}
    for flow in diagram.flows:
        after.setdefault(flow.source, set()).add(flow.target)
    for node in diagram.nodes:
        if node.kind == "boundaryEvent":
            after.setdefault(node.attached_to, set()).add(node.id)
    waiting = list(reached)
    while waiting:
        for name in after.get(waiting.pop(), set()) - reached:
            reached.add(name)
            waiting.append(name)
    for node in diagram.nodes:
        if node.id in reached or node.kind not in NODES or node.kind == "boundaryEvent":
            continue
        how = "Nothing on the way from the start leads" if _in(diagram, node) else "No arrow leads"
        yield _problem(diagram, node.line, f"{how} to {called(node)}.", "Draw an arrow to it, or delete it.")


def events_wait_for_something(diagram: Diagram) -> Iterator[Problem]:
    nodes = {node.id: node for node in diagram.nodes}
    for node in diagram.nodes:
        if node.kind in ("intermediateCatchEvent", "boundaryEvent") and node.event not in ("message", "timer"):
            what = f"{called(node)} waits for nothing."
            yield _problem(diagram, node.line, what, "Make it a message or a timer (a deadline's name).")
        if node.event == "message" and not EVENT_NAME.fullmatch(node.message):
            known = f"waits for the message '{node.message[:60]}'" if node.message else "waits for no message"
            mend = "Choose a message, and name it as its event is named: extension_given or stage_2.requested."
            yield _problem(diagram, node.line, f"{called(node)} {known}.", mend)
        if node.kind == "boundaryEvent":
            host = nodes.get(node.attached_to)
            if host is None or host.kind not in ACTIVITIES or host.scope != node.scope:
                what = f"{called(node)} is attached to nothing."
                yield _problem(diagram, node.line, what, "Put it on the edge of a task, call activity or subprocess.")


def waits_offer_events(diagram: Diagram) -> Iterator[Problem]:
    """After an event-based gateway come events only, each waiting for something else."""
    nodes = {node.id: node for node in diagram.nodes}
    for node in diagram.nodes:
        if node.kind != "eventBasedGateway":
            continue
        seen: set[str] = set()
        for flow in _out(diagram, node):
            target = nodes.get(flow.target)
            if target is None:
                continue
            if target.kind != "intermediateCatchEvent" or len(_in(diagram, target)) > 1:
                what = f"{_arrow(flow)} out of '{node.name or node.id}' leads to {called(target)}."
                mend = "After an event-based gateway each arrow leads to a catch event of its own."
                yield _problem(diagram, flow.line, what, mend)
            waits = f"{target.event} {target.message or target.deadline}"
            if waits in seen:
                what = f"Two arrows out of '{node.name or node.id}' wait for the same {waits}."
                yield _problem(diagram, flow.line, what, "Keep one of them.")
            seen.add(waits)


def gateways_are_needed(diagram: Diagram) -> Iterator[Problem]:
    for node in diagram.nodes:
        if node.kind in GATEWAYS and len(_in(diagram, node)) == 1 and len(_out(diagram, node)) == 1:
            what = f"{called(node)} has one arrow in and one out: it decides and joins nothing."
            yield _problem(diagram, node.line, what, "Delete it, or draw its other arrows.")


def everything_is_named(diagram: Diagram) -> Iterator[Problem]:
    """Tasks, events, questions and the answers to them have names that people read."""
    answers = {node.id: node for node in diagram.nodes if node.kind == "exclusiveGateway"}
    for node in diagram.nodes:
        splits = node.kind in ("exclusiveGateway", "eventBasedGateway") and len(_out(diagram, node)) > 1
        if not node.name and (splits or node.kind in NODES - GATEWAYS):
            example = "Is the request in time?" if splits else "Acknowledge the complaint"
            mend = f"Name it in plain words, such as '{example}'."
            yield _problem(diagram, node.line, f"{called(node)} has no name.", mend)
    for flow in diagram.flows:
        gateway = answers.get(flow.source)
        if gateway and not flow.name and len(_out(diagram, gateway)) > 1:
            what = f"An arrow out of '{gateway.name or gateway.id}' does not say which answer it is."
            yield _problem(diagram, flow.line, what, "Name it, such as 'Yes'.")
    for lane in diagram.lanes:
        if not lane.name:
            yield _problem(diagram, lane.line, f"The lane '{lane.id}' has no name.", "Name it in plain words.")


def lanes_hold_the_tasks(diagram: Diagram) -> Iterator[Problem]:
    nodes = {node.id for node in diagram.nodes}
    seen: dict[str, str] = {}
    for lane in diagram.lanes:
        for name in lane.nodes:
            if name not in nodes:
                what = f"The lane '{lane.name or lane.id}' holds '{name[:60]}', which is not in the diagram."
                yield _problem(diagram, lane.line, what, did_you_mean(name, nodes))
            elif name in seen:
                what = f"'{name}' is in two lanes, '{seen[name]}' and '{lane.id}'."
                yield _problem(diagram, lane.line, what, "Keep it in one.")
            seen[name] = lane.id
    for node in diagram.nodes:
        if diagram.lanes and node.kind in PEOPLE and not node.lane:
            what = f"{called(node)} is in no lane, so nobody's."
            yield _problem(diagram, node.line, what, "Put it in a lane.")


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
            yield _problem(diagram, line, f"{sentence} is not placed.", mend)
    lines = {edge.id: edge for edge in diagram.edges}
    for flow in diagram.flows:
        edge = lines.get(flow.id)
        if edge is None or len(edge.waypoints) < 2 or any(math.isnan(x + y) for x, y in edge.waypoints):
            yield _problem(diagram, flow.line, f"{_arrow(flow)} is not placed.", mend)


CHECKS: list[Check] = [
    decisions_have_conditions,
    timers_name_a_deadline,
    arrows_lead_somewhere,
    tasks_have_one_way_on,
    scopes_have_one_start,
    everything_is_reached,
    events_wait_for_something,
    waits_offer_events,
    gateways_are_needed,
    everything_is_named,
    lanes_hold_the_tasks,
    everything_is_placed,
]
