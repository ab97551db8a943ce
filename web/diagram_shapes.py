"""What each kind of BPMN element looks like: outlines, the small icons that tell kinds apart, and text that fits.

Every function gives SVG; colours come from the classes of `assets/scss/_diagram.scss`.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from engine.diagrams import ACTIVITIES, EVENTS, GATEWAYS, Shape

LINE = 14.0  # the height of a line of text, at 12 pixels
HEAD = 30.0  # the width of the band that carries a pool's or a lane's name
GREY = "#50585a"
PLATE_COLOURS = {
    "late": "#b3261e", "problem": "#b3261e", "removed": "#b3261e", "added": "#00703c", "changed": "#54319f",
}  # fmt: skip

_NARROW, _WIDE = set("iljtfrI.,:;'!|()[] -"), set("mwMWGOQ@")
_ICON = Markup('<g fill="none" stroke="{}" stroke-width="1.3" transform="translate({} {})">{}</g>')


def number(value: float) -> str:
    """A coordinate without needless decimals."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def is_band(shape: Shape) -> bool:
    """A pool or a lane."""
    return shape.kind in ("participant", "lane")


def is_open_subprocess(shape: Shape) -> bool:
    return shape.kind == "subProcess" and shape.h > 120


def is_behind(shape: Shape) -> bool:
    """What is drawn first, because other things stand on it."""
    return is_band(shape) or is_open_subprocess(shape)


def is_activity(shape: Shape) -> bool:
    return shape.kind in ACTIVITIES


def is_event(shape: Shape) -> bool:
    return shape.kind in EVENTS


def is_gateway(shape: Shape) -> bool:
    return shape.kind in GATEWAYS


# --- Outlines ---


def outline(shape: Shape, classes: str) -> Markup:
    """The shape itself, with the classes of its state."""
    if is_band(shape):
        return _band(shape)
    if is_gateway(shape):
        return _gateway(shape, classes)
    if is_event(shape):
        return _event(shape, classes)
    return _rectangle(shape, classes, 10)


def _rectangle(shape: Shape, classes: str, rounded: int) -> Markup:
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
        classes, number(shape.x), number(shape.y), number(shape.w), number(shape.h), rounded
    )


def _band(shape: Shape) -> Markup:
    """A pool or lane: a plain frame with its name along the left edge."""
    edge = number(shape.x + HEAD)
    return _rectangle(shape, "redress-shape redress-band", 0) + Markup(
        '<line class="redress-flow" x1="{}" y1="{}" x2="{}" y2="{}"/>'
    ).format(edge, number(shape.y), edge, number(shape.y + shape.h))


def _gateway(shape: Shape, classes: str) -> Markup:
    x, y = shape.x + shape.w / 2, shape.y + shape.h / 2
    corners = ((x, shape.y), (shape.x + shape.w, y), (x, shape.y + shape.h), (shape.x, y))
    points = " ".join(f"{number(px)},{number(py)}" for px, py in corners)
    return Markup('<polygon class="{}" points="{}"/>').format(classes, points)


def _event(shape: Shape, classes: str) -> Markup:
    """One ring for a start, a heavy one for an end, two for what comes between; broken where it interrupts nothing."""
    x, y, radius = shape.x + shape.w / 2, shape.y + shape.h / 2, shape.w / 2
    broken = Markup(' stroke-dasharray="4 3"') if not shape.is_interrupting else Markup()
    circle = Markup('<circle class="{}" cx="{}" cy="{}" r="{}"{}/>')
    rings = circle.format(classes, number(x), number(y), number(radius), broken)
    if shape.kind == "endEvent":
        inner = Markup('<circle fill="none" stroke="{}" stroke-width="2.5" cx="{}" cy="{}" r="{}"/>')
        return rings + inner.format(GREY, number(x), number(y), number(radius - 1.5))
    if shape.kind != "startEvent":
        return rings + circle.format("redress-flow", number(x), number(y), number(radius - 3.5), broken)
    return rings


# --- Icons ---

_PERSON = Markup('<circle cx="8" cy="5" r="3.2"/><path d="M2 15c0-4 2.5-6 6-6s6 2 6 6z"/>')
_PLUS_BOX = Markup('<path d="M0 0h14v14h-14zM7 3v8M3 7h8"/>')
_ENVELOPE = Markup('<path d="M-8-5.500h16v11h-16zM-8-5.500l8 6 8-6"/>')
_CLOCK = Markup('<circle r="9"/><path d="M0-6v6l4 2.500M0-9v2M9 0h-2M0 9v-2M-9 0h2"/>')
_FULL = Markup('<circle r="9" fill="{}" stroke="none"/>').format(GREY)
_CROSS = Markup('<path stroke-width="3" d="M-7-7l14 14M7-7l-14 14"/>')
_CROSS_UPRIGHT = Markup('<path stroke-width="3" d="M0-10v20M-10 0h20"/>')
_PENTAGON = Markup('<circle r="13"/><circle r="10.5"/><path d="M0-7l6.7 4.9-2.6 7.900h-8.200l-2.6-7.900z"/>')

_AT_THE_CORNER = {"userTask": _PERSON, "manualTask": _PERSON}
_AT_THE_FOOT = {"callActivity": _PLUS_BOX, "subProcess": _PLUS_BOX}
_IN_THE_MIDDLE = {
    "exclusiveGateway": _CROSS,
    "parallelGateway": _CROSS_UPRIGHT,
    "eventBasedGateway": _PENTAGON,
    "message": _ENVELOPE,
    "timer": _CLOCK,
    "terminate": _FULL,
}


def icon(shape: Shape) -> Markup:
    """The small picture that tells the kind: a person, an envelope, a clock, a cross, a plus."""
    if is_open_subprocess(shape):
        return Markup()
    if drawing := _AT_THE_CORNER.get(shape.kind):
        return _ICON.format(GREY, number(shape.x + 6), number(shape.y + 6), drawing)
    if drawing := _AT_THE_FOOT.get(shape.kind):
        return _ICON.format(GREY, number(shape.x + shape.w / 2 - 7), number(shape.y + shape.h - 17), drawing)
    drawing = _IN_THE_MIDDLE.get(shape.event or shape.kind, Markup())
    return drawing and _ICON.format(GREY, number(shape.x + shape.w / 2), number(shape.y + shape.h / 2), drawing)


def tick(x: float, y: float) -> Markup:
    """The mark of what is done: a white tick on a filled disc."""
    return Markup(
        '<g transform="translate({} {})"><circle class="redress-tick" fill="#1d3b53" r="8"/>'
        '<path fill="none" stroke="#fff" stroke-width="2.2" d="M-3.8.2l2.7 2.8 5-5.8"/></g>'
    ).format(number(x), number(y))


def flag(word: str, x: float, y: float, state: str) -> Markup:
    """A word on a small plate across the upper edge of a shape."""
    width = text_width(word) + 14
    plate = Markup('<rect fill="#fff" stroke="{}" stroke-width="2" x="{}" y="{}" width="{}" height="17" rx="3"/>')
    colour = PLATE_COLOURS.get(state, "#0b0c0c")
    return plate.format(colour, number(x - width / 2), number(y - 9), number(width)) + text_lines(
        [word], x, y + 4, is_bold=True
    )


# --- Text ---


def text_width(text: str) -> float:
    """About how wide the text is at 12 pixels of Arial."""
    return sum(3.6 if one in _NARROW else 10 if one in _WIDE else 8 if one.isupper() else 6.5 for one in text)


def wrap(text: str, width: float) -> list[str]:
    """The text in lines that fit the width; a word longer than that stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def text_lines(
    lines: Sequence[str], x: float, y: float, *, anchor: str = "middle", halo: bool = False, is_bold: bool = False
) -> Markup:
    """Lines of text, the first standing on y. A halo keeps a label readable where a line passes behind it."""
    rows = Markup().join(
        Markup('<tspan x="{}" y="{}">{}</tspan>').format(number(x), number(y + row * LINE), line)
        for row, line in enumerate(lines)
    )
    around = Markup(' stroke="#fff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"') if halo else ""
    bold = Markup(' font-weight="bold"') if is_bold else ""
    return Markup('<text text-anchor="{}"{}{}>{}</text>').format(anchor, around, bold, rows)


def along_the_head(shape: Shape) -> Markup:
    """A pool's or lane's name, read upwards along its left edge."""
    x, y = number(shape.x + HEAD / 2 + 4), number(shape.y + shape.h / 2)
    return Markup('<text transform="translate({} {}) rotate(-90)" text-anchor="middle">{}</text>').format(
        x, y, shape.name
    )
