"""A spine read as a chain: our own stages in order, the one arrow between each and the next, and what lies on the way.

Where a diagram is no such chain, CannotDraw says so; nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Collection

from engine.diagram_text import BPMN, Element, children, local, words
from engine.spine_drawing import CannotDraw, Drawing
from engine.spine_segment import Wanted

INTAKE, EXTERNAL = "intake", "external_stage"
_GATEWAYS = ("eventBasedGateway", "exclusiveGateway")


class Chain:
    """A spine as a chain of our own stages, in order."""

    def __init__(self, xml: bytes, file: str) -> None:
        self.file = file
        self.drawing = Drawing(xml, file)
        calls = [name for name, node in self.drawing.nodes.items() if local(node) == "callActivity"]
        ours = [name for name in calls if self.calls(name) not in (INTAKE, EXTERNAL)]
        self.stages = sorted(ours, key=lambda name: -len(self._reached(name) & set(ours)))

    def calls(self, name: str) -> str:
        return self.drawing.nodes[name].get("calledElement", "") or ""

    def title(self, name: str) -> str:
        return words(self.drawing.nodes[name].get("name")) or name.replace("_", " ")

    def there(self, key: str) -> None:
        if key not in self.stages:
            raise CannotDraw(f"The diagram has no stage '{key}' of our own.")

    def way_on(self, key: str) -> Element:
        return self._only(self.drawing.out(key), f"leave '{self.title(key)}'")

    def way_in(self, key: str) -> Element:
        return self._only(self.drawing.into(key), f"lead to '{self.title(key)}'")

    def _only(self, flows: list[Element], where: str) -> Element:
        if len(flows) != 1:
            raise CannotDraw(
                f"The form changes a diagram where one arrow each joins the stages; here {len(flows)} {where}."
            )
        return flows[0]

    def _reached(self, start: str, stop: Collection[str] = ()) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            for flow in self.drawing.out(waiting.pop()):
                name = flow.get("targetRef")
                if name not in found and name in self.drawing.nodes:
                    found.add(name)
                    waiting += [] if name in stop else [name]
        return found

    def segment(self, key: str) -> list[str]:
        """What is drawn between the stage before and this one, the node it begins with first."""
        before = self.stages[self.stages.index(key) - 1]
        entry = str(self.way_on(before).get("targetRef"))
        if entry == key:
            return []
        inside = {entry, *self._reached(entry, stop=[key])} - {key}
        strangers = inside & {name for name, node in self.drawing.nodes.items() if local(node) == "callActivity"}
        leaving = [
            flow for name in inside for flow in self.drawing.out(name) if flow.get("targetRef") not in {*inside, key}
        ]
        entering = [
            flow
            for name in inside
            for flow in self.drawing.into(name)
            if flow.get("sourceRef") not in {*inside, before}
        ]
        if strangers or leaving or entering:
            what = f"The ways between '{self.title(before)}' and '{self.title(key)}' lead elsewhere too."
            raise CannotDraw(what)
        return [entry, *sorted(inside - {entry})]

    def has_window(self, key: str) -> bool:
        return any(self.drawing.deadline_of(name) == f"{key}.request_window" for name in self.drawing.nodes)

    def may_go(self, segment: list[str], key: str) -> None:
        """Nothing that somebody drew for another purpose goes with a segment."""
        self.hangs_on(segment)
        for name in segment:
            node, title = self.drawing.nodes[name], self.title(name)
            is_usual = (
                local(node) in _GATEWAYS
                or (local(node) == "userTask" and name.startswith("decide_late_request"))
                or self.drawing.message_of(name) in (f"{key}.requested", "satisfied")
                or self.drawing.deadline_of(name) == f"{key}.request_window"
            )
            if not is_usual:
                raise CannotDraw(f"'{title}' is drawn on the way to '{self.title(key)}', and would go with it.")

    def hangs_on(self, names: list[str]) -> None:
        for node in self.drawing.nodes.values():
            if node.get("attachedToRef") in names:
                raise CannotDraw(f"'{words(node.get('name'))}' hangs on what would go.")
        for association in self.drawing.root.iter(f"{{{BPMN}}}association"):
            if {association.get("sourceRef"), association.get("targetRef")} & set(names):
                raise CannotDraw("A note hangs on what would go.")

    def late_tasks(self) -> dict[str, str]:
        """The tasks drawn here that decide on late requests, by the stage that was asked for."""
        tasks = {Wanted(key, "", True).late_task: key for key in self.stages}
        return {tasks[name]: name for name in self.drawing.nodes if name in tasks}

    def is_free(self, key: str) -> bool:
        """Whether nothing in the diagram has this id yet."""
        return self.drawing.free_id(key) == key

    def messages(self) -> list[str]:
        """What the diagram waits for, by name."""
        return [words(one.get("name")) for one in children(self.drawing.root, "message")]
