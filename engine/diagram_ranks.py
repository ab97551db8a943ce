"""Where in a drawing each node stands, as column and row: as many steps from the start as arrows lead to it, in the
band of its lane.

Pure arithmetic on the arrows; `engine/diagram_layout.py` makes places of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from engine.diagrams import Diagram, Node


def ranks_of(diagram: Diagram, nodes: Sequence[Node], scope: str) -> dict[str, int]:
    """How many steps from the start each node is, at most; arrows that lead back do not count."""
    ids = {node.id for node in nodes}
    hosts = {one.id: one.attached_to for one in diagram.nodes if one.attached_to}
    after: dict[str, list[str]] = {name: [] for name in ids}
    for flow in [one for one in diagram.flows if one.scope == scope]:
        source, target = hosts.get(flow.source, flow.source), flow.target
        if source in ids and target in ids and source != target:
            after[source].append(target)
    order = _forward(nodes, after)
    position = {name: at for at, name in enumerate(order)}
    ranks = dict.fromkeys(order, 0)
    for name in order:
        for following in after[name]:
            if position[following] > position[name]:
                ranks[following] = max(ranks[following], ranks[name] + 1)
    return ranks


def _forward(nodes: Sequence[Node], after: dict[str, list[str]]) -> list[str]:
    """The nodes in an order in which arrows lead forward, as far as they can: depth first from the starts, without
    recursion."""
    led_to = {name for following in after.values() for name in following}
    starts = sorted(nodes, key=lambda one: (one.kind != "startEvent", one.id in led_to))
    seen: set[str] = set()
    found: list[str] = []
    for start in starts:
        waiting: list[tuple[str, int]] = [(start.id, 0)] if start.id not in seen else []
        seen.add(start.id)
        while waiting:
            name, at = waiting.pop()
            if at < len(after[name]):
                waiting.append((name, at + 1))
                following = after[name][at]
                if following not in seen:
                    seen.add(following)
                    waiting.append((following, 0))
            else:
                found.append(name)
    return list(reversed(found))


def rows_of(diagram: Diagram, nodes: Sequence[Node], ranks: dict[str, int], lanes: Sequence[str]) -> dict[str, int]:
    """The row of each node: its lane's band, and in it beside what leads to it where that is free."""
    bands = {lane: at for at, lane in enumerate(lanes)}
    before: dict[str, list[str]] = {}
    for flow in diagram.flows:
        before.setdefault(flow.target, []).append(flow.source)
    own: dict[str, int] = {}  # the row within the band
    taken: set[tuple[int, int, int]] = set()
    depth: dict[int, int] = {}
    for node in sorted(nodes, key=lambda one: ranks[one.id]):
        band = bands.get(node.lane, 0)
        wished = [own[name] for name in before.get(node.id, ()) if name in own]
        row = min(wished) if wished else 0
        while (band, row, ranks[node.id]) in taken:
            row += 1
        own[node.id] = row
        taken.add((band, row, ranks[node.id]))
        depth[band] = max(depth.get(band, 0), row + 1)
    deep = [max(depth.get(band, 0), 1) for band in range(max(len(lanes), 1))]
    first = [0, *accumulate(deep)]
    return {node.id: first[bands.get(node.lane, 0)] + own[node.id] for node in nodes}


def running(sizes: dict[int, float], gap: float) -> dict[int, float]:
    """Where each column or row begins."""
    found, at = {}, 0.0
    for one in range(max(sizes, default=-1) + 1):
        found[one] = at
        at += sizes.get(one, 60.0) + gap
    return found
