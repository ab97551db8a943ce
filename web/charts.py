"""Charts made here: bars lying beside their names, which stand above them on a telephone, so that nothing scrolls
sideways, long names are read whole, and it prints.

A chart is a picture of the table beside it: the table has every number, so the picture is described in a sentence and
carries no link. Each series has a colour, by class from the stylesheet, and a hatching of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, log10

from markupsafe import Markup, escape

from engine.report_tables import Chart

BAR, GAP, LINE = 22, 12, 18  # heights in pixels: a bar, what lies between two names, one of several bars of a name
AXIS = 20
SWATCH = 14
MOST_BARS = 60
HATCHINGS = (  # of squares eight wide, drawn over the series' colour; the first series has none
    "",
    "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4",
    "M0,0 l8,8 M8,0 l-8,8",
    "M4,0 v8",
    "M0,4 h8",
    "M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4",
    "M4,0 v8 M0,4 h8",
    "M2,2 h4 v4 h-4 z",
)
STEPS = (4, 8, 12, 16, 20)  # an axis has four parts, and each is a round number


def picture(chart: Chart, key: str) -> Markup:
    """The chart as HTML. `key` makes its ids its own on the page; a chart without bars is no picture."""
    labels = chart.labels[:MOST_BARS]
    series = [(name, values[:MOST_BARS]) for name, values in chart.series]
    if not labels or not series:
        return Markup("")
    most = _most(chart, [values for _, values in series])
    top = 100.0 if chart.unit == "%" else _round_up(most)
    names = [name for name, _ in series]
    rows = [_row(chart, label, [values[at] for _, values in series], top, key) for at, label in enumerate(labels)]
    says = escape(f"{chart.title}. {_says(chart)}")
    inside = f"{_hatchings(len(names), key)}{_legend(names, key)}{''.join(rows)}{_axis(top, chart.unit)}"
    return Markup(  # made of escaped text and numbers
        f'<div class="redress-chart" role="img" aria-label="{says}">{inside}</div>'
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


def _hatchings(count: int, key: str) -> str:
    """What the bars of each series but the first are filled with."""
    patterns = "".join(
        f'<pattern id="{key}-{number}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect class="redress-chart__fill-{number}" width="8" height="8"/>'
        f'<path class="redress-chart__hatching" d="{HATCHINGS[number]}"/></pattern>'
        for number in range(1, min(count, len(HATCHINGS)))
    )
    return f'<svg class="redress-chart__patterns" width="0" height="0"><defs>{patterns}</defs></svg>'


def _legend(names: Sequence[str], key: str) -> str:
    """The names of the series, each with what its bars are filled with."""
    said = "".join(
        f'<span class="redress-chart__series"><svg width="{SWATCH}" height="{SWATCH}">'
        f"{_bar(number, key, 0, 100, 0, SWATCH)}</svg> {escape(name)}</span>"
        for number, name in enumerate(names)
    )
    return f'<div class="redress-chart__legend">{said}</div>'


def _row(chart: Chart, label: str, values: Sequence[float], top: float, key: str) -> str:
    """A name with its bars."""
    tall = GAP + (BAR if chart.is_stacked else LINE * len(values))
    bars = _stacked(values, top, chart.unit, key) if chart.is_stacked else _beside(values, top, chart.unit, key)
    grid = "".join(f'<line class="redress-chart__grid" x1="{x}%" x2="{x}%" y1="0" y2="100%"/>' for x in _parts())
    return (
        f'<div class="redress-chart__row"><span class="redress-chart__name">{escape(label)}</span>'
        f'<svg width="100%" height="{tall}">{grid}{"".join(bars)}</svg></div>'
    )


def _axis(top: float, unit: str) -> str:
    said = "".join(
        f'<text class="redress-chart__axis" x="{x}%" y="14" text-anchor="middle">{top * x / 100:,.10g}{unit}</text>'
        for x in _parts()
    )
    return (
        '<div class="redress-chart__row"><span class="redress-chart__name"></span>'
        f'<svg width="100%" height="{AXIS}">{said}</svg></div>'
    )


def _parts() -> Iterator[int]:
    """Where the lines of the axis stand, in hundredths of its length."""
    return iter((0, 25, 50, 75, 100))


def _stacked(values: Sequence[float], top: float, unit: str, key: str) -> Iterator[str]:
    """Bars laid end to end, and their sum."""
    x = 0.0
    for number, value in enumerate(values):
        wide = value / top * 100
        if value:
            yield _bar(number, key, x, wide, GAP / 2, BAR)
        x += wide
    yield _number(sum(values), x, GAP / 2 + BAR / 2, unit)


def _beside(values: Sequence[float], top: float, unit: str, key: str) -> Iterator[str]:
    """A bar under another, each with its number."""
    for number, value in enumerate(values):
        y, wide = GAP / 2 + number * LINE, value / top * 100
        if value:
            yield _bar(number, key, 0, wide, y + 1, LINE - 2)
        yield _number(value, wide, y + LINE / 2, unit)


def _bar(number: int, key: str, x: float, wide: float, y: float, tall: float) -> str:
    number %= len(HATCHINGS)
    filled = f' fill="url(#{key}-{number})"' if number else ""
    named = "redress-chart__bar" if number else "redress-chart__bar redress-chart__fill-0"
    place = f'x="{x:.3f}%" y="{y:g}" width="{wide:.3f}%" height="{tall:g}"'
    return f'<rect class="{named}"{filled} {place}/>'


def _number(value: float, x: float, middle: float, unit: str) -> str:
    place = f'x="{x:.3f}%" dx="6" y="{middle + 5:g}"'
    return f'<text class="redress-chart__number" {place}>{value:,.10g}{unit}</text>'
