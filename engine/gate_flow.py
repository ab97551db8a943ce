"""Checks of how a diagram is drawn: starts and ends, arrows, decisions and waits.

The five mistakes people really make come first: a condition written only in an arrow's label, a timer without a time,
an arrow that leads nowhere, several arrows out of a task, no start. Each check is a function from a diagram to
problems, and the list of checks is `CHECKS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from engine.diagrams import ACTIVITIES, GATEWAYS, NODES, Diagram, Flow, Node
from engine.gate_grammar import EVENT_NAME, spoken
from engine.problems import Problem, did_you_mean

Check = Callable[[Diagram], Iterator[Problem]]
Graph = Mapping[str, Collection[str]]

#: what each kind of node is called in a sentence
KINDS = {
    "startEvent": "start", "endEvent": "end", "intermediateCatchEvent": "event", "boundaryEvent": "boundary event",
    "userTask": "task", "callActivity": "call activity", "subProcess": "subprocess", "exclusiveGateway": "decision",
    "parallelGateway": "parallel gateway", "eventBasedGateway": "event-based gateway",
}  # fmt: skip
#: the events that wait
WAITS = frozenset({"intermediateCatchEvent", "boundaryEvent"})


def called(node: Node) -> str:
    """How a sentence names a node: "the task 'Acknowledge the complaint'"."""
    return f"the {KINDS.get(node.kind, spoken(node.kind))} '{node.name or node.id}'"


def problem(diagram: Diagram, line: int, what: str, mend: str) -> Problem:
    return Problem(diagram.file, line, what[:1].upper() + what[1:], mend)


def arrow(diagram: Diagram, flow: Flow) -> str:
    """How a sentence names an arrow: by its name, else by what it joins."""
    if flow.name:
        return f"the arrow '{flow.name}'"
    source, target = diagram.node(flow.source), diagram.node(flow.target)
    begins = f" from '{source.name or source.id}'" if source else ""
    ends = f" to '{target.name or target.id}'" if target else ""
    return f"the arrow{begins}{ends}" if begins or ends else f"the arrow '{flow.id}'"


def arrows(diagram: Diagram) -> dict[str, list[str]]:
    """Where each node leads: along its arrows, and to the events on its edge."""
    after: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    for flow in diagram.flows:
        if flow.source in after and flow.target in after:
            after[flow.source].append(flow.target)
    for node in diagram.nodes:
        if node.attached_to in after:
            after[node.attached_to].append(node.id)
    return after


def reached(starts: Collection[str], after: Graph, *, stop: Collection[str] = ()) -> set[str]:
    """Everything the arrows lead to from here, these included, not going on beyond where it says stop."""
    found, waiting = set(starts), list(starts)
    while waiting:
        name = waiting.pop()
        if name in stop:
            continue
        for following in after.get(name, ()):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


def outgoing(diagram: Diagram, node: Node) -> list[Flow]:
    return [flow for flow in diagram.flows if flow.source == node.id]


def incoming(diagram: Diagram, node: Node) -> list[Flow]:
    return [flow for flow in diagram.flows if flow.target == node.id]


def decisions_have_conditions(diagram: Diagram) -> Iterator[Problem]:
    """A decision has a condition on every arrow but one, its default; no other arrow has one."""
    for node in diagram.nodes:
        out = outgoing(diagram, node)
        deciding = node.kind == "exclusiveGateway" and len(out) > 1
        if deciding and node.default not in {flow.id for flow in out}:
            what = f"{called(node)} has no default arrow, for when no condition holds."
            yield problem(diagram, node.line, what, "Make one of its arrows the default flow.")
        for flow in out:
            if deciding and flow.id != node.default and not flow.condition:
                yield _missing_condition(diagram, node, flow)
            elif flow.condition is not None and (not deciding or flow.id == node.default):
                why = "it is the default arrow" if deciding else f"{called(node)} decides nothing"
                what = f"{arrow(diagram, flow)} has a condition, and {why}."
                yield problem(diagram, flow.condition_line, what, "Delete the condition, or draw a decision.")


def _missing_condition(diagram: Diagram, node: Node, flow: Flow) -> Problem:
    if flow.name:
        what = f"The arrow '{flow.name}' out of '{node.name or node.id}' has its condition only in its label."
        mend = "Write it in the arrow's condition expression, such as triage == 'complaint'."
    else:
        what = f"An arrow out of '{node.name or node.id}' has no condition."
        mend = "Write one, such as triage == 'complaint', or make it the default flow."
    return problem(diagram, flow.line, what, mend)


def timers_name_a_deadline(diagram: Diagram) -> Iterator[Problem]:
    for node in diagram.timers:
        if node.kind not in WAITS:
            continue  # said already: a start or an end waits for nothing
        if not node.deadline:
            what = f"{called(node)} is a timer without a time."
            mend = "Write the name of a deadline as its date, such as response or stage_2.request_window."
            yield problem(diagram, node.line, what, mend)
        elif not EVENT_NAME.fullmatch(node.deadline):
            counts = re.match(r"-?P|R\d*/|\d", node.deadline)
            why = "a diagram names a deadline, never a duration or a date" if counts else "that is no deadline's name"
            what = f"{called(node)} waits for '{node.deadline[:60]}': {why}."
            yield problem(diagram, node.line, what, "Write one such as response or stage_2.request_window.")


def arrows_lead_somewhere(diagram: Diagram) -> Iterator[Problem]:
    nodes = {node.id: node for node in diagram.nodes}
    for flow in diagram.flows:
        for end, name in (("begins at", flow.source), ("leads to", flow.target)):
            node = nodes.get(name)
            if node is None:
                where = f"{end} '{name[:60]}', which is not in the diagram" if name else f"{end} nothing"
                mend = did_you_mean(name, nodes) if name and nodes else "Attach both its ends, or delete it."
                yield problem(diagram, flow.line, f"{arrow(diagram, flow)} {where}.", mend)
            elif node.scope != flow.scope:
                what = f"{arrow(diagram, flow)} crosses the edge of a subprocess at '{node.name or node.id}'."
                yield problem(diagram, flow.line, what, "End it inside, and draw another from the subprocess itself.")
        yield from _wrong_ends(diagram, flow, nodes)


def _wrong_ends(diagram: Diagram, flow: Flow, nodes: dict[str, Node]) -> Iterator[Problem]:
    source, target = nodes.get(flow.source), nodes.get(flow.target)
    if source and source.kind == "endEvent":
        yield problem(
            diagram, flow.line, f"{arrow(diagram, flow)} begins at {called(source)}.", "Nothing follows an end."
        )
    if target and target.kind in ("startEvent", "boundaryEvent"):
        what = f"{arrow(diagram, flow)} leads to {called(target)}."
        yield problem(diagram, flow.line, what, "Lead it to what comes after.")


def tasks_have_one_way_on(diagram: Diagram) -> Iterator[Problem]:
    """No task or event splits the path without a gateway, and none leaves it hanging."""
    for node in diagram.nodes:
        out = outgoing(diagram, node)
        if len(out) > 1 and node.kind not in GATEWAYS:
            what = f"{len(out)} arrows leave {called(node)}: all of them would be followed at once."
            mend = "Draw a decision (exclusive gateway) after it, with a condition on each arrow but one."
            yield problem(diagram, node.line, what, mend)
        if not out and node.kind in NODES and node.kind != "endEvent":
            what = f"No arrow leaves {called(node)}: it leads nowhere."
            yield problem(diagram, node.line, what, "Draw an arrow to what comes next, or to an end.")


def scopes_have_one_start(diagram: Diagram) -> Iterator[Problem]:
    scopes = {diagram.process: ("The process", diagram.line)}
    scopes |= {node.id: (called(node), node.line) for node in diagram.nodes if node.kind == "subProcess"}
    for scope, (name, line) in scopes.items():
        inside = [node for node in diagram.nodes if node.scope == scope]
        starts = [node for node in inside if node.kind == "startEvent"]
        if not inside:
            yield problem(diagram, line, f"{name} is empty.", "Draw a start, what is done, and an end.")
            continue
        if not starts:
            yield problem(diagram, line, f"{name} has no start.", "Draw a start event with an arrow to what is first.")
        for extra in starts[1:]:
            what = f"{called(extra)} is a second start; the first is on line {starts[0].line}."
            yield problem(diagram, extra.line, what, "Keep one of them.")
        if not any(node.kind == "endEvent" for node in inside):
            yield problem(diagram, line, f"{name} has no end.", "Draw an end event.")


def everything_is_reached(diagram: Diagram) -> Iterator[Problem]:
    """No node is left without an arrow to it, or off to one side where the start does not lead."""
    after = arrows(diagram)
    starts = [node.id for node in diagram.nodes if node.kind == "startEvent"]
    started = {node.scope for node in diagram.nodes if node.kind == "startEvent"}
    found = reached(starts, after)
    lost = [node for node in diagram.nodes if node.id not in found and node.kind in NODES and node.scope in started]
    # What only follows on something lost is not worth a sentence of its own.
    for node in sorted(lost, key=lambda one: (bool(incoming(diagram, one)), one.line)):
        if node.id in found or node.kind == "boundaryEvent":
            continue
        how = "Nothing on the way from the start leads" if incoming(diagram, node) else "No arrow leads"
        yield problem(diagram, node.line, f"{how} to {called(node)}.", "Draw an arrow to it, or delete it.")
        found |= reached([node.id], after)


def events_wait_for_something(diagram: Diagram) -> Iterator[Problem]:
    nodes = {node.id: node for node in diagram.nodes}
    for node in diagram.nodes:
        if node.kind in WAITS and not node.event:
            what = f"{called(node)} waits for nothing."
            yield problem(diagram, node.line, what, "Make it a message or a timer (a deadline's name).")
        if node.kind in WAITS and node.event == "message" and not EVENT_NAME.fullmatch(node.message):
            known = f"waits for the message '{node.message[:60]}'" if node.message else "waits for no message"
            mend = "Choose a message, and name it as its event is named: extension_given or stage_2.requested."
            yield problem(diagram, node.line, f"{called(node)} {known}.", mend)
        if node.kind == "boundaryEvent":
            host = nodes.get(node.attached_to)
            if host is None or host.kind not in ACTIVITIES or host.scope != node.scope:
                what = f"{called(node)} is attached to nothing."
                yield problem(diagram, node.line, what, "Put it on the edge of a task, call activity or subprocess.")


def waits_offer_events(diagram: Diagram) -> Iterator[Problem]:
    """After an event-based gateway come events only, each waiting for something else."""
    nodes = {node.id: node for node in diagram.nodes}
    for node in diagram.nodes:
        if node.kind != "eventBasedGateway":
            continue
        seen: set[str] = set()
        for flow in outgoing(diagram, node):
            target = nodes.get(flow.target)
            if target is None:
                continue
            if target.kind != "intermediateCatchEvent" or len(incoming(diagram, target)) > 1:
                led = arrow(diagram, flow) if flow.name else "an arrow"
                what = f"{led} out of '{node.name or node.id}' leads to {called(target)}."
                mend = "After an event-based gateway each arrow leads to a catch event of its own."
                yield problem(diagram, flow.line, what, mend)
            waits = f"{target.event} {target.message or target.deadline}"
            if waits in seen:
                what = f"Two arrows out of '{node.name or node.id}' wait for the same {waits}."
                yield problem(diagram, flow.line, what, "Keep one of them.")
            seen.add(waits)


def gateways_are_needed(diagram: Diagram) -> Iterator[Problem]:
    for node in diagram.nodes:
        if node.kind in GATEWAYS and len(incoming(diagram, node)) == 1 and len(outgoing(diagram, node)) == 1:
            what = f"{called(node)} has one arrow in and one out: it decides and joins nothing."
            yield problem(diagram, node.line, what, "Delete it, or draw its other arrows.")


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
]
