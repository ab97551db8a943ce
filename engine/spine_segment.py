"""How the resident comes from one stage to the next, as a spine draws it: satisfied, a request, its window and what is
decided of a late one. A segment belongs to the stage it leads to, and its ids and words name that stage.

Distances are those of the shipped spines, from the left edge of the first gateway and the line the stages stand on.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

from engine.spine_drawing import Box, Drawing, Point
from engine.wordings import in_sentence

#: between a stage and what comes before or after it
GAP = 55.0
STAGE_BOX = (100.0, 80.0)
_EVENT, _GATEWAY = 36.0, 50.0
_LINE = 14.0
_LONGEST_LABEL = 16


@dataclass(frozen=True)
class Segment:
    """What was drawn: the node it begins with, the one that leads to the stage, all of them, and how wide it is."""

    entry: str
    exit: str
    nodes: tuple[str, ...]
    width: float


@dataclass(frozen=True)
class Wanted:
    """What a segment is to say: the stage's key, its title in sentences, and whether there is a time to ask for it."""

    key: str
    title: str
    has_window: bool

    @property
    def late_task(self) -> str:
        """The task that decides on a late request."""
        return f"decide_late_request_for_{self.key}"


def draw(drawing: Drawing, wanted: Wanted, left: float, line: float) -> Segment:
    """Draw the segment to a stage, from `left`, along the line whose height is `line`."""
    pen = _Pen(drawing, left, line)
    key, title = wanted.key, wanted.title
    gate = pen.gateway("eventBasedGateway", f"what_does_the_resident_say_before_{key}", "What does the resident say?",
                       (0, 0), "right-below" if wanted.has_window else "above-left")  # fmt: skip
    column = 177.0 if wanted.has_window else 97.0
    satisfied = pen.message(f"satisfied_before_{key}", "Resident satisfied", "satisfied", (column, -130), below=True)
    after_all = pen.message(f"{key}_requested_after_all", f"{title} requested after all", f"{key}.requested",
                            (column + 110, -130), below=False)  # fmt: skip
    asked = pen.message(f"{key}_requested", f"{title} requested", f"{key}.requested", (column, 0), below=True)
    pen.arrow(gate, satisfied, [(25, -25), (25, -130), (column, -130)])
    pen.arrow(gate, asked, [(50, 0), (column, 0)])
    pen.arrow(satisfied, after_all, [(column + _EVENT, -130), (column + 110, -130)])
    if wanted.has_window:
        return _with_window(pen, wanted, gate, asked, after_all)
    goes = pen.gateway("exclusiveGateway", f"goes_to_{key}", f"Goes to {in_sentence(title)}", (200, 0), "below")
    pen.arrow(asked, goes, [(column + _EVENT, 0), (200, 0)])
    pen.arrow(after_all, goes, [(column + 128, -112), (column + 128, -25)])
    return Segment(gate, goes, tuple(pen.made), 250.0)


def _with_window(pen: _Pen, wanted: Wanted, gate: str, asked: str, after_all: str) -> Segment:
    key, title = wanted.key, wanted.title
    passed = pen.timer(f"{key}_window_passed", f"Time to ask for {in_sentence(title)} passed", f"{key}.request_window",
                       (177, 130))  # fmt: skip
    only = pen.gateway("exclusiveGateway", f"only_a_late_request_for_{key}", "Only a late request may come", (290, 130),
                       "above")  # fmt: skip
    late = pen.message(f"{key}_requested_late", f"{title} requested late", f"{key}.requested", (417, 130), below=True)
    made = pen.gateway("exclusiveGateway", f"request_for_{key}_made", "Request to be judged", (410, 0), "left-above")
    timely = pen.gateway("exclusiveGateway", f"is_request_for_{key}_in_time", "Is the request in time?", (530, 0),
                         "above")  # fmt: skip
    decide = pen.task(wanted.late_task, "Decide on a late request", (505, 130))
    accepted = pen.gateway("exclusiveGateway", f"is_late_request_for_{key}_accepted", "Is the late request accepted?",
                           (680, 130), "right")  # fmt: skip
    goes = pen.gateway("exclusiveGateway", f"goes_to_{key}", f"Goes to {in_sentence(title)}", (680, 0), "above")
    pen.arrow(gate, passed, [(25, 25), (25, 130), (177, 130)])
    pen.arrow(passed, only, [(213, 130), (290, 130)])
    pen.arrow(only, late, [(340, 130), (417, 130)])
    pen.arrow(asked, made, [(213, 0), (410, 0)])
    pen.arrow(after_all, made, [(323, -130), (435, -130), (435, -25)])
    pen.arrow(late, made, [(435, 112), (435, 25)])
    pen.arrow(made, timely, [(460, 0), (530, 0)])
    pen.arrow(timely, goes, [(580, 0), (680, 0)], "Yes", "is_request_in_time", (586, -18))
    pen.default(timely, pen.arrow(timely, decide, [(555, 25), (555, 90)], "No", "", (561, 31)))
    pen.arrow(decide, accepted, [(605, 130), (680, 130)])
    condition = f"{decide} == 'accept'"
    pen.arrow(accepted, goes, [(705, 105), (705, 25)], "Yes", condition, (711, 85))
    back = [(705.0, 155.0), (705.0, 220.0), (315.0, 220.0), (315.0, 155.0)]
    pen.default(accepted, pen.arrow(accepted, only, back, "No", "", (711, 161)))
    return Segment(gate, goes, tuple(pen.made), 730.0)


def short(title: str) -> str:
    """A stage's title as the labels of small shapes can bear it."""
    first = title.split(",")[0].split(":")[0].split("(")[0].strip()
    return textwrap.shorten(first, 32, placeholder="…") or title[:32]


class _Pen:
    """Draws nodes by their middles, from the left edge of the segment and the line of the stages."""

    def __init__(self, drawing: Drawing, left: float, line: float) -> None:
        self.drawing, self.left, self.line = drawing, left, line
        self.made: list[str] = []

    def message(self, name: str, title: str, message: str, at: Point, *, below: bool) -> str:
        made = self._event(name, title, at, below=below)
        self.drawing.wait_for_message(self.drawing.nodes[made], message)
        return made

    def timer(self, name: str, title: str, deadline: str, at: Point) -> str:
        made = self._event(name, title, at, below=True)
        self.drawing.wait_for_deadline(self.drawing.nodes[made], deadline)
        return made

    def task(self, name: str, title: str, at: Point) -> str:
        name = self._node("userTask", name, title)
        self.drawing.place(name, (self.left + at[0], self.line + at[1] - 40, *STAGE_BOX))
        return name

    def gateway(self, kind: str, name: str, title: str, at: Point, side: str) -> str:
        name = self._node(kind, name, title)
        x, y = self.left + at[0], self.line + at[1] - _GATEWAY / 2
        w, h = size_of(title)
        middle = x + _GATEWAY / 2 - w / 2
        label = {
            "below": (middle, y + _GATEWAY + 6, w, h),
            "above": (middle, y - 6 - h, w, h),
            "right-below": (x + 45, y + _GATEWAY - 4, w, h),
            "right": (x + 58, y + 25 - h / 2, w, h),
            "above-left": (x + 18 - w, y - 20 - h, w, h),
            "left-above": (x - 3 - w, y - 17, w, h),
        }[side]
        self.drawing.place(name, (x, y, _GATEWAY, _GATEWAY), label, marker=kind == "exclusiveGateway")
        return name

    def arrow(
        self, source: str, target: str, points: list[Point], title: str = "", condition: str = "", label: Point = (0, 0)
    ) -> str:
        name = self.drawing.add_flow(source, target, title, condition)
        box = (self.left + label[0], self.line + label[1], 24.0 if title == "Yes" else 18.0, _LINE) if title else None
        self.drawing.route(name, [(self.left + x, self.line + y) for x, y in points], box)
        return name

    def default(self, node: str, flow: str) -> None:
        self.drawing.nodes[node].set("default", flow)

    def _event(self, name: str, title: str, at: Point, *, below: bool) -> str:
        name = self._node("intermediateCatchEvent", name, title)
        x, y = self.left + at[0], self.line + at[1] - _EVENT / 2
        w, h = size_of(title)
        top = y + _EVENT + 6 if below else y - 6 - h
        self.drawing.place(name, (x, y, _EVENT, _EVENT), (x + _EVENT / 2 - w / 2, top, w, h))
        return name

    def _node(self, kind: str, name: str, title: str) -> str:
        name = self.drawing.free_id(name)
        self.drawing.add_node(kind, name, title)
        self.made.append(name)
        return name


def size_of(title: str) -> tuple[float, float]:
    """How much room a label takes, broken into lines as it will be."""
    lines = textwrap.wrap(title, _LONGEST_LABEL) or [""]
    return float(min(104, math.ceil(max(map(len, lines)) * 6.2) + 8)), _LINE * len(lines)


def stage_box(left: float, line: float) -> Box:
    return left, line - STAGE_BOX[1] / 2, *STAGE_BOX
