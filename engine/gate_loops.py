"""Checks of what a diagram could do without end: loops that wait for nobody, parallel paths, work done twice.

A deadline is a date, and once it has passed a timer holds nothing up. So a loop has to pass a person or a message.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine.diagrams import PEOPLE, Diagram, Node
from engine.gate_flow import Check, Graph, arrows, called, reached
from engine.problems import Problem

MOST_PARALLEL = 4
MOST_NODES = 250
DEEPEST_SUBPROCESS = 3


def on_a_loop(names: Collection[str], after: Graph) -> list[str]:
    """Which of these can be come back to."""
    return [name for name in names if name in reached(after.get(name, ()), after)]


def is_within_bounds(diagram: Diagram) -> Iterator[Problem]:
    if len(diagram.nodes) > MOST_NODES or len(diagram.flows) > 2 * MOST_NODES:
        what = f"There are {len(diagram.nodes)} tasks, events and gateways in this diagram."
        mend = f"Divide it with call activities: {MOST_NODES} are the most, with twice as many arrows."
        yield Problem(diagram.file, diagram.line, what, mend)
    scopes = {node.id: node.scope for node in diagram.nodes if node.kind == "subProcess"}
    for node in diagram.nodes:
        depth, scope = 0, node.id
        while scope in scopes and depth <= DEEPEST_SUBPROCESS:
            depth, scope = depth + 1, scopes[scope]
        if depth > DEEPEST_SUBPROCESS:
            what = f"Subprocesses are nested more than {DEEPEST_SUBPROCESS} deep here."
            yield Problem(diagram.file, node.line, what, "Use call activities.")


def loops_wait_for_someone(diagram: Diagram) -> Iterator[Problem]:
    """Every loop passes a person or a message."""
    nodes = {node.id: node for node in diagram.nodes}
    at_once = {name: _at_once(nodes[name], following, nodes) for name, following in arrows(diagram).items()}
    looping = on_a_loop(list(nodes), at_once)
    while looping:
        first = min(looping, key=lambda name: nodes[name].line)
        loop = {name for name in looping if name in reached([first], at_once) and first in reached([name], at_once)}
        what = f"The loop through {called(nodes[first])} waits for nobody: it could turn for ever."
        mend = "Lead it through a task somebody does, or through an event with a message."
        yield Problem(diagram.file, nodes[first].line, what, mend)
        looping = [name for name in looping if name not in loop]


def _at_once(node: Node, following: list[str], nodes: Mapping[str, Node]) -> list[str]:
    """Where a path may go on from a node without anybody having done anything."""
    if node.event == "message":
        return []
    if node.kind in PEOPLE:  # only a deadline on its edge takes the path on at once
        return [name for name in following if nodes[name].kind == "boundaryEvent"]
    return following


def parallel_gateways_are_few(diagram: Diagram) -> Iterator[Problem]:
    after = arrows(diagram)
    parallel = [node for node in diagram.nodes if node.kind == "parallelGateway"]
    for node in parallel[MOST_PARALLEL:]:
        what = f"{_upper(called(node))} is one of {len(parallel)}: {MOST_PARALLEL} are the most."
        yield Problem(diagram.file, node.line, what, "Do one thing after another, or use a call activity.")
    looping = on_a_loop([node.id for node in parallel], after)
    for node in parallel:
        if node.id in looping:
            what = f"{_upper(called(node))} is on a loop."
            yield Problem(
                diagram.file, node.line, what, "Draw the loop inside one branch, or the branches in one step."
            )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def nothing_is_worked_twice(diagram: Diagram) -> Iterator[Problem]:
    """Paths that run at the same time meet only in a parallel gateway (a fake join would work what follows twice)."""
    after = arrows(diagram)
    nodes = {node.id: node for node in diagram.nodes}
    joins = {node.id for node in diagram.nodes if node.kind == "parallelGateway"}
    for node in diagram.nodes:
        if node.kind == "parallelGateway" and len(after[node.id]) > 1:
            branches = [reached([name], after, stop=joins) for name in after[node.id]]
        elif node.kind == "boundaryEvent" and not node.is_interrupting:
            without = {name: [one for one in following if one != node.id] for name, following in after.items()}
            branches = [reached([node.id], after), reached(without.get(node.attached_to, ()), without)]
        else:
            continue
        seen: set[str] = set()
        twice: set[str] = set()
        for branch in branches:
            twice |= seen & branch
            seen |= branch
        meeting = [nodes[name] for name in twice if name not in joins and nodes[name].kind != "endEvent"]
        if meeting:
            first = min(meeting, key=lambda one: one.line)
            what = f"{_upper(called(first))} is reached by two paths at the same time, both from {called(node)}."
            mend = "Join them in a parallel gateway first, or lead one of them to an end of its own."
            yield Problem(diagram.file, first.line, what, mend)


CHECKS: list[Check] = [
    loops_wait_for_someone,
    parallel_gateways_are_few,
    nothing_is_worked_twice,
]
