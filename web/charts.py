"""Charts as SVG made here: bars lying beside their names, so that long names stay readable, and it prints.

A chart is a picture of the table beside it: the table has every number, so the picture is described in a sentence and
carries no link. Colours come from the stylesheet by class; each series has a pattern of its own in print.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from markupsafe import Markup, escape

from engine.report_tables import Chart

WIDTH, NAMES, RIGHT = 900, 300, 56
BAR, GAP, TOP = 22, 12, 14
LEGEND = 24  # of one line of it
LETTER = 8.2  # about as wide as a letter is
MOST_BARS = 60
LONGEST_NAME = 34
COLOURS = 7
STEPS = (4, 8, 12, 16, 20)  # an axis has four parts, and each is a round number


def svg(chart: Chart, key: str) -> Markup:
    """The chart as an inline SVG. `key` makes its ids its own on the page; a chart without bars is no picture."""
    labels = chart.labels[:MOST_BARS]
    series = [(name, values[:MOST_BARS]) for name, values in chart.series]
    if not labels or not series:
        return Markup("")
    most = _most(chart, [values for _, values in series])
    top = 100.0 if chart.unit == "%" else _round_up(most)
    height_of_row = (BAR if chart.is_stacked else (BAR - 8) * len(series)) + GAP
    legend, tall = _legend([name for name, _ in series])
    begins = TOP + tall
    bottom = begins + height_of_row * len(labels)
    parts = [legend, _axis(top, begins, bottom, chart.unit)]
    for place, label in enumerate(labels):
        y = begins + place * height_of_row
        values = [values[place] for _, values in series]
        parts += [_name(label, y + (height_of_row - GAP) / 2)]
        parts += _stacked(values, y, top, chart.unit) if chart.is_stacked else _beside(values, y, top, chart.unit)
    whole = bottom + 24
    title, says = escape(chart.title), escape(_says(chart))
    return Markup(  # made of escaped text and numbers
        f'<svg class="redress-chart" viewBox="0 0 {WIDTH} {whole:g}" width="{WIDTH}" height="{whole:g}" role="img" '
        f'aria-labelledby="{key}-title {key}-says" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-title">{title}</title><desc id="{key}-says">{says}</desc>{"".join(parts)}</svg>'
    )


def _says(chart: Chart) -> str:
    names = ", ".join(name for name, _ in chart.series)
    return f"Bars for {len(chart.labels)} lines: {names}. Every number is in the table below."


def _most(chart: Chart, values: Sequence[Sequence[float]]) -> float:
    if chart.is_stacked:
        return max((sum(of) for of in zip(*values, strict=True)), default=0)
    return max((value for of in values for value in of), default=0)


def _round_up(most: float) -> float:
    """The next round number, so that an axis ends on one: 4 for 3, 10 for 8, 250 for 201."""
    power = 10.0 ** max(0, floor(log10(max(most, 1))) - 1)
    return next(step * power * ten for ten in (1, 10) for step in STEPS if step * power * ten >= most)


def _scale(value: float, top: float) -> float:
    return value / top * (WIDTH - NAMES - RIGHT)


def _axis(top: float, begins: float, bottom: float, unit: str) -> str:
    lines = []
    for part in range(5):
        value = top * part / 4
        x = NAMES + _scale(value, top)
        line = f'x1="{x:g}" y1="{begins - 6:g}" x2="{x:g}" y2="{bottom:g}"'
        lines.append(f'<line class="redress-chart__grid" {line}/>')
        text = f"{value:,.10g}{unit}"
        lines.append(
            f'<text class="redress-chart__axis" x="{x:g}" y="{bottom + 16:g}" text-anchor="middle">{text}</text>'
        )
    return "".join(lines)


def _legend(names: Sequence[str]) -> tuple[str, float]:
    """The names of the series with their colours, in as many lines as they need; and how tall that is."""
    parts, x, y = [], float(NAMES), 2.0
    for number, name in enumerate(names):
        wide = 34 + LETTER * len(_short(name))
        if x > NAMES and x + wide > WIDTH:
            x, y = float(NAMES), y + LEGEND
        parts.append(_bar(number, x, y, 14, 14))
        parts.append(f'<text class="redress-chart__name" x="{x + 19:g}" y="{y + 12:g}">{escape(_short(name))}</text>')
        x += wide
    return "".join(parts), y + LEGEND


def _name(label: str, middle: float) -> str:
    text = escape(_short(label))
    return f'<text class="redress-chart__name" x="{NAMES - 8}" y="{middle + 5:g}" text-anchor="end">{text}</text>'


def _stacked(values: Sequence[float], y: float, top: float, unit: str) -> list[str]:
    parts, x = [], float(NAMES)
    for number, value in enumerate(values):
        wide = _scale(value, top)
        if value:
            parts.append(_bar(number, x, y, wide, BAR))
        x += wide
    whole = sum(values)
    parts.append(_number(whole, x, y + BAR / 2, unit))
    return parts


def _beside(values: Sequence[float], y: float, top: float, unit: str) -> list[str]:
    parts, tall = [], BAR - 8
    for number, value in enumerate(values):
        at, wide = y + number * tall, _scale(value, top)
        if value:
            parts.append(_bar(number, NAMES, at, wide, tall - 2))
        parts.append(_number(value, NAMES + wide, at + tall / 2 - 1, unit))
    return parts


def _bar(number: int, x: float, y: float, wide: float, tall: float) -> str:
    place = f'x="{x:g}" y="{y:g}" width="{wide:.2f}" height="{tall:g}"'
    return f'<rect class="redress-chart__bar-{number % COLOURS}" {place}/>'


def _number(value: float, x: float, middle: float, unit: str) -> str:
    return f'<text class="redress-chart__number" x="{x + 6:g}" y="{middle + 5:g}">{value:,.10g}{unit}</text>'


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
