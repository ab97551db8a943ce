"""A diagram as SVG from its diagram interchange, with where a case stands on it (done, now, late), what a draft changes
in it (new, gone, changed), or where its problems are, by their numbers.

A state is never told by colour alone: what is done has a tick, where the case stands now is framed thick and says
"Now", what is late says "Late"; the caption says it all again in words. Styles are classes (the page's security policy
allows no others) and live in `assets/scss/_diagram.scss`. What each kind of shape looks like is in
`web.diagram_shapes`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from markupsafe import Markup

from engine.diagrams import Box, Diagram, Edge, Shape
from web import diagram_shapes as shapes
from web.diagram_shapes import LINE, number, text_lines, wrap

Drawn = TypeVar("Drawn", Shape, Edge)

MARGIN = 20
ARROW_LENGTH, ARROW_HALF = 10, 4

DONE, CURRENT, LATE = "done", "current", "late"
ADDED, REMOVED, CHANGED, PROBLEM = "added", "removed", "changed", "problem"
IN_WORDS = {
    DONE: "done", CURRENT: "now", LATE: "late", ADDED: "new", REMOVED: "gone", CHANGED: "changed", PROBLEM: "problem",
}  # fmt: skip


def svg(
    diagram: Diagram,
    *,
    done: Collection[str] = (),
    current: Collection[str] = (),
    late: Collection[str] = (),
    marks: Mapping[str, str] = MappingProxyType({}),
    problems: Mapping[str, str] = MappingProxyType({}),
    title: str,
    description: str,
    key: str = "diagram",
) -> Markup:
    """The figure: the drawing, the key to its marks, and a caption.

    `done`, `current` and `late` are ids of elements; late wins over current, current over done. An arrow is done when
    it is in `done`, or leads from something done to something reached. `marks`: ids of elements and arrows that are
    `added`, `removed` or `changed`; `problems`: ids with the numbers of their problems, `2, 3`. `title` names the
    diagram; `description` says in words where the case stands. `key` makes the ids of this figure its own, where a page
    has several. What has no place on the page is not drawn.
    """
    states = dict.fromkeys(done, DONE) | dict.fromkeys(current, CURRENT) | dict.fromkeys(late, LATE)
    states |= {name: mark for name, mark in marks.items() if mark in _PLATES} | dict.fromkeys(problems, PROBLEM)
    diagram = _placed(diagram)
    x, y, width, height = extent(diagram)
    behind = [shape for shape in diagram.shapes if shapes.is_behind(shape)]
    before = [shape for shape in diagram.shapes if not shapes.is_behind(shape)]
    before.sort(key=lambda shape: shape.kind == "boundaryEvent")  # drawn last, on the edge of its task
    taken = _taken(diagram.edges, states)
    drawn = Markup("\n").join(
        [
            *(_shape(shape, states.get(shape.id)) for shape in behind),
            *(_edge(edge, states.get(edge.id), is_done=edge.id in taken) for edge in diagram.edges),
            *(_shape(shape, states.get(shape.id)) for shape in before),
            *(_flow_label(edge) for edge in diagram.edges if edge.name),
            *(_plate(edge, states.get(edge.id), problems) for edge in diagram.edges),
            *(_numbers(shape, problems[shape.id]) for shape in diagram.shapes if shape.id in problems),
        ]
    )
    stands = states.keys() & {shape.id for shape in diagram.shapes}
    has_states = any(states[name] in (DONE, CURRENT, LATE) for name in stands)
    return _FIGURE.format(
        key=key,
        title=title,
        description=description,
        box=" ".join(map(number, (x, y, width, height))),
        width=number(width),
        height=number(height),
        drawn=drawn,
        legend=_LEGEND if has_states else "",
    )


def _placed(diagram: Diagram) -> Diagram:
    """The diagram without what has no place, as it may stand in a draft."""
    shapes = tuple(one for one in diagram.shapes if not math.isnan(one.x + one.y + one.w + one.h))
    edges = tuple(one for one in diagram.edges if not any(math.isnan(x + y) for x, y in one.waypoints))
    return replace(diagram, shapes=tuple(map(_labelled, shapes)), edges=tuple(map(_labelled, edges)))


def _labelled(drawn: Drawn) -> Drawn:
    """The same, without the place of a label that is none."""
    is_sound = drawn.label is None or not any(math.isnan(one) for one in drawn.label)
    return drawn if is_sound else replace(drawn, label=None)


def extent(diagram: Diagram) -> tuple[float, float, float, float]:
    """Left, top, width and height of everything drawn, with a margin."""
    points: list[tuple[float, float]] = []
    for shape in diagram.shapes:
        points += [(shape.x, shape.y), (shape.x + shape.w, shape.y + shape.h)]
    for edge in diagram.edges:
        points += edge.waypoints
    for labelled in (*diagram.shapes, *diagram.edges):
        if labelled.label:
            left, top, wide, high = labelled.label
            points += [(left, top), (left + wide, top + high)]
    xs, ys = [x for x, _ in points] or [0], [y for _, y in points] or [0]
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    return left, top, max(xs) + MARGIN - left, max(ys) + MARGIN - top


def _shape(shape: Shape, state: str | None) -> Markup:
    """The shape, its name, and the marks of its state, as one group whose title is read on hovering."""
    classes = f"redress-shape redress-shape--{state}" if state else "redress-shape"
    said = f"{shape.name}: {IN_WORDS[state]}" if state else shape.name
    parts = [
        Markup("<title>{}</title>").format(said) if said else Markup(),
        shapes.outline(shape, classes),
        shapes.icon(shape),
        _name(shape),
        _marks(shape, state),
    ]
    return Markup("<g>{}</g>").format(Markup().join(parts))


def _name(shape: Shape) -> Markup:
    """The name where it belongs: on a task's face, along a lane's head, at an open subprocess's corner, else beside."""
    if not shape.name:
        return Markup()
    if shapes.is_band(shape):
        return shapes.along_the_head(shape)
    if shapes.is_open_subprocess(shape):
        return text_lines([shape.name], shape.x + 12, shape.y + 20, anchor="start")
    if shapes.is_activity(shape):
        lines = wrap(shape.name, shape.w - 14)
        return text_lines(lines, shape.x + shape.w / 2, shape.y + shape.h / 2 - (len(lines) - 1) * LINE / 2 + 4)
    below = (shape.x + shape.w / 2 - 50, shape.y + shape.h + 6, 100, LINE)
    return _label(shape.name, shape.label or below)


def _label(name: str, box: Box) -> Markup:
    """A name beside its shape, centred in the place the diagram gives it and as many lines deep as it needs."""
    left, top, width, _ = box
    return text_lines(wrap(name, max(width, 60) + 8), left + width / 2, top + 11, halo=True)


def _marks(shape: Shape, state: str | None) -> Markup:
    """The tick of what is done; the word over what is now, or late."""
    if state is None or state == PROBLEM or (shapes.is_band(shape) and state not in _PLATES):
        return Markup()
    if state in _PLATES:
        return shapes.flag(_PLATES[state], shape.x + shape.w / 2, shape.y, state)
    if state == DONE:
        inset = 3 if shapes.is_activity(shape) else shape.w * (0.25 if shapes.is_gateway(shape) else 0.12)
        return shapes.tick(shape.x + shape.w - inset, shape.y + inset)
    return shapes.flag("Late" if state == LATE else "Now", shape.x + shape.w / 2, shape.y, state)


def _taken(edges: Sequence[Edge], states: dict[str, str]) -> set[str]:
    """The arrows a case went along: those from what is done to what it reached. Where several arrows of one decision
    lead to what it reached, one that another way there explains was not the answer given."""
    reached = [edge for edge in edges if states.get(edge.source) == DONE and edge.target in states]
    explained = {
        edge.id
        for edge in reached
        if any(other.target == edge.target and other.source != edge.source for other in reached)
        and any(other.source == edge.source and other.target != edge.target for other in reached)
    }
    return {edge.id for edge in reached if edge.id not in explained}


def _numbers(shape: Shape, numbers: str) -> Markup:
    """The numbers of its problems at the upper left of what they are about."""
    return shapes.flag(f"! {numbers}", shape.x + 6, shape.y, PROBLEM)


def _plate(edge: Edge, state: str | None, problems: Mapping[str, str]) -> Markup:
    """What is said of an arrow, on a plate beside the middle of its longest stretch."""
    word = f"! {problems[edge.id]}" if edge.id in problems else _PLATES.get(state or "")
    if not word or len(edge.waypoints) < 2:
        return Markup()
    pairs = zip(edge.waypoints, edge.waypoints[1:], strict=False)
    (x1, y1), (x2, y2) = max(pairs, key=lambda pair: math.dist(*pair))
    return shapes.flag(word, (x1 + x2) / 2, (y1 + y2) / 2, state or "")


def _edge(edge: Edge, state: str | None, *, is_done: bool) -> Markup:
    """The flow as a line, its arrowhead as a polygon that ends where the line does."""
    if len(edge.waypoints) < 2:
        return Markup()
    head, end = _arrowhead(edge.waypoints[-2], edge.waypoints[-1])
    points = " ".join(f"{number(x)},{number(y)}" for x, y in (*edge.waypoints[:-1], end))
    kind = "done" if is_done else state if state in _PLATES or state == PROBLEM else ""
    classes = f"redress-flow redress-flow--{kind}" if kind else "redress-flow"
    return Markup('<polyline class="{}" points="{}"/><polygon class="redress-arrowhead{}" points="{}"/>').format(
        classes, points, f" redress-arrowhead--{kind}" if kind else "", head
    )


def _arrowhead(before: Sequence[float], tip: Sequence[float]) -> tuple[str, tuple[float, float]]:
    """The triangle's corners, and the point where the line meets it."""
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1
    ux, uy = dx / length, dy / length
    bx, by = tip[0] - ux * ARROW_LENGTH, tip[1] - uy * ARROW_LENGTH
    corners: Iterable[tuple[float, float]] = (
        (tip[0], tip[1]),
        (bx - uy * ARROW_HALF, by + ux * ARROW_HALF),
        (bx + uy * ARROW_HALF, by - ux * ARROW_HALF),
    )
    return " ".join(f"{number(x)},{number(y)}" for x, y in corners), (bx, by)


def _flow_label(edge: Edge) -> Markup:
    """A flow's name at its place; where the diagram gives none, beside the middle of its first stretch."""
    if edge.label:
        return _label(edge.name, edge.label)
    (x1, y1), (x2, y2) = edge.waypoints[:2]
    return _label(edge.name, ((x1 + x2) / 2 - 30, (y1 + y2) / 2 - LINE - 4, 60, LINE))


_PLATES = {ADDED: "New", REMOVED: "Gone", CHANGED: "Changed"}
_FIGURE = Markup(
    """<figure class="govuk-!-margin-0">
<div class="redress-diagram" tabindex="0" role="group" aria-labelledby="{key}-title">
<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" height="{height}" role="img" \
aria-labelledby="{key}-title" aria-describedby="{key}-caption">
<title id="{key}-title">{title}</title>
{drawn}
</svg>
</div>
{legend}
<figcaption class="govuk-body" id="{key}-caption">{description}</figcaption>
</figure>"""
)

_LEGEND = Markup(
    """<ul class="redress-diagram__key">
<li><svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">{tick}</svg> Done</li>
<li><svg width="26" height="18" viewBox="0 0 26 18" aria-hidden="true"><rect class="redress-shape \
redress-shape--current" x="2" y="2" width="22" height="14" rx="4"/></svg> Now</li>
<li><svg width="26" height="18" viewBox="0 0 26 18" aria-hidden="true"><rect class="redress-shape \
redress-shape--late" x="2" y="2" width="22" height="14" rx="4"/></svg> Late</li>
</ul>"""
).format(tick=shapes.tick(9, 9))
