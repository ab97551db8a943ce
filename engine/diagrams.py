"""A diagram as plain nouns: what stands in a BPMN file, where it is drawn, and on which line.

Kinds are BPMN's own words (`userTask`, `endEvent`). `engine/diagram_text.py` reads these from XML, right or wrong;
what has passed `engine/gate.py` can be relied on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]

PEOPLE = frozenset({"userTask", "manualTask"})
ACTIVITIES = frozenset({*PEOPLE, "serviceTask", "callActivity", "subProcess"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"})
NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True)
class Node:
    """A task, event, gateway, call activity or subprocess. `scope` is the process or subprocess it stands in."""

    id: str
    name: str
    kind: str
    line: int
    scope: str
    lane: str = ""
    event: str = ""  # 'message', 'timer', 'terminate', or another kind of event definition
    message: str = ""  # the name of the message it waits for
    deadline: str = ""  # the name a timer waits for
    calls: str = ""  # the process a call activity calls
    attached_to: str = ""
    is_interrupting: bool = True
    default: str = ""  # the arrow a decision takes when no condition holds


@dataclass(frozen=True)
class Flow:
    """An arrow. `condition` is the text of its condition, None where it has none."""

    id: str
    name: str
    source: str
    target: str
    line: int
    scope: str
    condition: str | None = None
    condition_line: int = 0


@dataclass(frozen=True)
class Lane:
    id: str
    name: str
    line: int
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """Something drawn as a box: `id` is that of the element, `label` the place of its name, x, y, w and h in pixels."""

    id: str
    kind: str
    name: str
    x: float
    y: float
    w: float
    h: float
    label: Box | None = None
    event: str = ""
    is_interrupting: bool = True
    line: int = 0


@dataclass(frozen=True)
class Edge:
    """Something drawn as a line from `source` to `target`; `id` is that of the arrow."""

    id: str
    source: str
    target: str
    name: str
    waypoints: tuple[tuple[float, float], ...]
    label: Box | None = None
    line: int = 0


@dataclass(frozen=True)
class Diagram:
    """One BPMN file: one process, and how it is drawn."""

    process: str
    name: str
    file: str
    line: int
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...]
    messages: Mapping[str, int]  # the messages waited for, each with the line of the first place that does
    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]
    participant: str = ""
    documentation: str = field(default="", compare=False)

    def node(self, name: str) -> Node | None:
        """The node of this id, None where there is none."""
        return next((node for node in self.nodes if node.id == name), None)

    @property
    def tasks(self) -> tuple[Node, ...]:
        """What a person does."""
        return tuple(node for node in self.nodes if node.kind in PEOPLE)

    @property
    def call_activities(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.kind == "callActivity")

    @property
    def timers(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.event == "timer")

    @property
    def conditions(self) -> tuple[Flow, ...]:
        return tuple(flow for flow in self.flows if flow.condition is not None)
