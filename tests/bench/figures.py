"""Figures of the benchmark: the CPU and the wall-clock time of each step, their medians, and tables to read them in."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import TypeVar

Result = TypeVar("Result")


@dataclass
class Figures:
    """What steps took, in milliseconds: of the processor (of this whole process) and by the clock."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def noted(self, step: Callable[[], Result]) -> Result:
        """Take a step and note what it took."""
        began, spent = perf_counter(), process_time()
        result = step()
        self.cpu.append((process_time() - spent) * 1000)
        self.wall.append((perf_counter() - began) * 1000)
        return result

    @property
    def typical(self) -> float:
        """The median CPU of a step."""
        return median(self.cpu)

    @property
    def mean(self) -> float:
        """The mean CPU of a step: what a case costs, over its steps."""
        return sum(self.cpu) / len(self.cpu)

    def of(self, part: slice) -> Figures:
        """Those of some of the steps."""
        return Figures(self.cpu[part], self.wall[part])

    @property
    def clock(self) -> float:
        """The median time of a step by the clock."""
        return median(self.wall)

    def add(self, other: Figures) -> None:
        """Take the figures of further steps in."""
        self.cpu += other.cpu
        self.wall += other.wall

    @property
    def shown(self) -> list[str]:
        """Median and mean CPU, median and 95th percentile by the clock."""
        late = quantiles(self.wall, n=20)[-1] if len(self.wall) > 1 else self.wall[0]
        return [f"{number:.2f}" for number in (self.typical, self.mean, self.clock, late)]


#: the heads of `Figures.shown`, after a column of names
SHOWN = ["", "CPU ms, median", "mean", "clock ms, median", "95th percentile"]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, aligned to be read as text too."""
    lines = [[*row, *[""] * (len(head) - len(row))] for row in (head, *rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    shown = [
        " | ".join(cell.ljust(width) if not place else cell.rjust(width) for place, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(line, widths, strict=True)) for line in lines)
    ]
    rule = "-|-".join("-" * width for width in widths)
    return "\n".join([f"\n{title}\n", f"| {shown[0]} |", f"|-{rule}-|", *(f"| {line} |" for line in shown[1:])])


def machine() -> str:
    """The machine in a line: what figures depend on, and nothing that names it."""
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"SpiffWorkflow {version('SpiffWorkflow')}, SQLAlchemy {version('SQLAlchemy')}"
    )


def shown_times(cheap: float, dear: float) -> str:
    """How many times dearer."""
    return f"{dear / cheap:.2f}" if dear < 2 * cheap else f"{dear / cheap:.1f}"
