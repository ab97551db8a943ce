"""A stage put into a spine, taken out of it, moved or named otherwise; what was drawn by hand around it stays.

A spine is a chain: each stage has one arrow to what lies between it and the next, its segment (`engine.spine_segment`).
A segment belongs to the stage it leads to and goes with it. Where a diagram is no such chain, CannotDraw says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine import gate, spine_segment
from engine.diagram_text import local, words
from engine.problems import only_problems
from engine.spine_chain import Chain
from engine.spine_drawing import CannotDraw
from engine.spine_placing import close_gap, connect, deepen, lift, middle, open_gap, right
from engine.spine_segment import GAP, Segment, Wanted, short, stage_box
from engine.wordings import lower


@dataclass(frozen=True)
class NewStage:
    """A stage that is to be drawn: its key, its title, the process that works it, and whether it has a window."""

    key: str
    title: str
    calls: str
    has_window: bool = False

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.key, short(self.title), self.has_window)


class Spine(Chain):
    """A spine whose stages are changed."""

    def written(self) -> bytes:
        """The diagram as it is now. Raises CannotDraw where it came out wrong, with what is wrong."""
        self.drawing.remove_unused_messages()
        text = self.drawing.written()
        problems = only_problems(gate.examine(text, self.file).problems)
        if problems:
            raise CannotDraw(f"The stages of this diagram cannot be changed by the form: {problems[0].what}")
        return text

    # --- what is asked for ----------------------------------------------------------------------

    def add(self, stage: NewStage, after: str) -> None:
        """Draw a stage behind another; with an empty `after`, before all of them."""
        if not self.stages:
            raise CannotDraw("The diagram has no stage of our own yet.")
        if not after:
            self._add_first(stage)
            return
        self.there(after)
        last = after == self.stages[-1]
        onward, line = self.way_on(after), middle(self.drawing, after)
        at = right(self.drawing, after) + 1
        deepen(self.drawing, line)
        segment = self._drawn_segment(stage.wanted, at, at + GAP - 1, line, stage_width=100.0)
        self._draw_stage(stage, at + GAP - 1 + segment.width + GAP, line)
        self._connect(segment.exit, stage.key)
        self.drawing.retarget(onward, source=stage.key)
        connect(self.drawing, onward)
        self._connect(after, segment.entry)
        self.stages.insert(self.stages.index(after) + 1, stage.key)
        if last:
            self._call_the_end(self.title(after), stage.title)

    def remove(self, key: str) -> None:
        """Take a stage out, with the way that leads to it."""
        self.there(key)
        if len(self.stages) == 1:
            raise CannotDraw("The last of our own stages cannot be taken out.")
        self.hangs_on([key])
        place = self.stages.index(key)
        onward = self.way_on(key)
        if place == 0:
            self._remove_first(key, self.stages[1])
        else:
            before = self.stages[place - 1]
            segment = self.segment(key)
            self.may_go(segment, key)
            begins, ends = right(self.drawing, before), right(self.drawing, key)
            self.drawing.retarget(onward, source=before)
            for name in [*segment, key]:
                self.drawing.remove_node(name)
            for flow in self.drawing.out(before):
                if flow is not onward:
                    self.drawing.remove_flow(flow)
            close_gap(self.drawing, begins, ends)
            connect(self.drawing, onward)
            if place == len(self.stages) - 1:
                self._call_the_end(key.replace("_", " "), self.title(before), key=key)
        self.stages.remove(key)

    def move(self, key: str, after: str, *, first_has_window: bool = False) -> None:
        """Put a stage behind another, with the way that leads to it; with an empty `after`, before all of them."""
        self.there(key)
        title, calls = self.title(key), self.calls(key)
        here = self.stages.index(key)
        if after == key or (self.stages[here - 1] if here else "") == after:
            return
        if after and here:
            self.there(after)
            self._move_behind(key, after)
            return
        has_window = first_has_window if not here else self.has_window(key)
        self.remove(key)
        self.add(NewStage(key, title, calls, has_window), after)

    def rename(self, key: str, title: str) -> None:
        """Name a stage otherwise where it is drawn. Raises CannotDraw where it is not."""
        if key not in self.drawing.nodes:
            raise CannotDraw(f"The diagram has no stage '{key}'.")
        self.drawing.nodes[key].set("name", title)

    def add_window(self, key: str) -> bool:
        """Draw the time in which a stage may be asked for; false where it is drawn already, or nothing leads to it."""
        if key not in self.stages or self.stages.index(key) == 0 or self.has_window(key):
            return False
        before, line = self.stages[self.stages.index(key) - 1], middle(self.drawing, key)
        segment = self.segment(key)
        self.may_go(segment, key)
        left = self.drawing.box(segment[0])[0] if segment else right(self.drawing, before) + GAP
        for name in segment:
            self.drawing.remove_node(name)
        for flow in self.drawing.out(before):
            self.drawing.remove_flow(flow)
        close_gap(self.drawing, left - GAP, self.drawing.box(key)[0])
        deepen(self.drawing, line)
        drawn = self._drawn_segment(Wanted(key, short(self.title(key)), True), left - GAP, left, line)
        self._connect(before, drawn.entry)
        self._connect(drawn.exit, key)
        return True

    # --- how it is done -------------------------------------------------------------------------

    def _add_first(self, stage: NewStage) -> None:
        first = self.stages[0]
        into = self.way_in(first)
        left, line = self.drawing.box(first)[0], middle(self.drawing, first)
        deepen(self.drawing, line)
        wanted = Wanted(first, short(self.title(first)), False)
        segment = self._drawn_segment(wanted, left - 1, left + 100 + GAP, line, stage_width=100.0)
        self._draw_stage(stage, left, line)
        self.drawing.retarget(into, target=stage.key)
        connect(self.drawing, into)
        self._connect(stage.key, segment.entry)
        self._connect(segment.exit, first)
        self.stages.insert(0, stage.key)

    def _remove_first(self, key: str, following: str) -> None:
        into, segment = self.way_in(key), self.segment(following)
        self.may_go(segment, following)
        begins, ends = self.drawing.box(key)[0], self.drawing.box(following)[0]
        self.drawing.retarget(into, target=following)
        for name in [*segment, key]:
            self.drawing.remove_node(name)
        close_gap(self.drawing, begins, ends)
        connect(self.drawing, into)

    def _move_behind(self, key: str, after: str) -> None:
        before = self.stages[self.stages.index(key) - 1]
        was_last, becomes_last = key == self.stages[-1], after == self.stages[-1]
        segment = self.segment(key)
        if not segment:
            raise CannotDraw(f"Nothing is drawn on the way to '{self.title(key)}'.")
        entry = self.way_on(before)
        onward = self.way_on(key)
        left, ends = self.drawing.box(segment[0])[0], right(self.drawing, key)
        self.drawing.remove_flow(entry)
        self.drawing.retarget(onward, source=before)
        group = {segment[0], *segment, key}
        inner = {
            flow.get("id") for flow in self.drawing.flows if {flow.get("sourceRef"), flow.get("targetRef")} <= group
        }
        group |= inner
        close_gap(self.drawing, right(self.drawing, before), ends, apart=group)
        connect(self.drawing, onward)
        joined = self.way_on(after)
        at = right(self.drawing, after)
        open_gap(self.drawing, at + 1, ends - left + GAP, apart=group)
        lift(self.drawing, group, at + GAP - left)
        self.drawing.retarget(joined, source=key)
        connect(self.drawing, joined)
        self._connect(after, segment[0])
        self.stages.remove(key)
        self.stages.insert(self.stages.index(after) + 1, key)
        if was_last or becomes_last:
            old = self.title(key) if was_last else self.title(after)
            self._call_the_end(old, self.title(self.stages[-1]), key=key if was_last else after)

    def _drawn_segment(
        self, wanted: Wanted, gap_at: float, left: float, line: float, *, stage_width: float = 0.0
    ) -> Segment:
        """A segment, with room made for it and, where asked, for a stage beside it."""
        width = 730.0 if wanted.has_window else 250.0
        open_gap(self.drawing, gap_at, width + GAP + stage_width + GAP)
        return spine_segment.draw(self.drawing, wanted, left, line)

    def _draw_stage(self, stage: NewStage, left: float, line: float) -> None:
        self.drawing.add_node("callActivity", stage.key, stage.title, {"calledElement": stage.calls})
        self.drawing.place(stage.key, stage_box(left, line))

    def _connect(self, source: str, target: str) -> None:
        name = self.drawing.add_flow(source, target)
        connect(self.drawing, next(flow for flow in self.drawing.flows if flow.get("id") == name))

    def _call_the_end(self, old: str, new: str, *, key: str = "") -> None:
        """The end behind the last stage is named after it."""
        for node in self.drawing.nodes.values():
            names = {f"Closed after {lower(short(one))}" for one in (old, key.replace("_", " ")) if one}
            if local(node) == "endEvent" and words(node.get("name")) in names:
                node.set("name", f"Closed after {lower(short(new))}")
