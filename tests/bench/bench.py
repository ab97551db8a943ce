"""`make bench`: what a human step and a page of the inbox cost, beside the naive way, as tables.

It prints figures and asserts none: they depend on the machine. Both ways take turns in the same run; trust the CPU and
the ratios.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # `tests` is no installed package

from engine.library import Library, load  # noqa: E402
from tests.bench import engine_part, whole_step  # noqa: E402
from tests.bench.figures import SHOWN, Figures, machine, table, times  # noqa: E402
from tests.bench.walks import four_stages, put_off  # noqa: E402

ROUNDS = 3
LOOPS = 200
TENTH = LOOPS // 10


def main() -> None:
    """Print every table."""
    shelf, _ = load(ROOT)
    print(f"Measured on {machine()}; SQLite with synchronous=FULL.")
    with tempfile.TemporaryDirectory() as folder:
        ours = whole_step.office_at(f"sqlite:///{folder}/ours.sqlite", shelf)
        naive = whole_step.office_at(f"sqlite:///{folder}/naive.sqlite", shelf)
        _engine_part(ours)
        _whole_step(ours, naive)
        _long_case(ours, naive)
        ours.database.close()
        naive.database.close()


def _engine_part(office) -> None:
    walk = four_stages(office)
    ways = engine_part.both(walk, walk.book(office).definition)
    figures = Figures(), Figures()
    sizes = [[], []]
    for _ in range(ROUNDS):
        for place, way in enumerate(ways):
            sizes[place] = engine_part.walked(way, walk, figures[place])
    rows = [
        [name, *one.shown, f"{size[-1]:,}", f"{max(size):,}"]
        for name, one, size in zip(("Redress", "the naive way"), figures, sizes, strict=True)
    ]
    rows.append(["naive / Redress", times(figures[0].typical, figures[1].typical), times(figures[0].mean, figures[1].mean), "", "", "", ""])
    print(table(f"Engine and state alone, a step of a four-stage case ({len(walk.moves)} steps, {walk.form_bytes:,} bytes of forms)", ["", *SHOWN, "bytes, closed", "bytes, most"], rows))


def _whole_step(ours, naive) -> None:
    walk = four_stages(ours)
    ways = whole_step.Ours(ours, walk), whole_step.Naive(naive, walk)
    figures = Figures(), Figures()
    for _ in range(ROUNDS):
        for way, one in zip(ways, figures, strict=True):
            whole_step.walked(way, walk, one)
    rows = [[name, *one.shown] for name, one in zip(("Redress", "the naive way"), figures, strict=True)]
    rows.append(["naive / Redress", times(figures[0].typical, figures[1].typical), times(figures[0].mean, figures[1].mean), "", ""])
    print(table("A whole human step of the same case, on SQLite", ["", *SHOWN], rows))


def _long_case(ours, naive) -> None:
    walk = put_off(ours, LOOPS)
    figures = Figures(), Figures()
    whole_step.walked(whole_step.Ours(ours, walk), walk, figures[0])
    whole_step.walked(whole_step.Naive(naive, walk), walk, figures[1])
    for place, name in enumerate(("Redress", "the naive way")):
        done = figures[place].of(slice(3, None))
        print(name, len(done.cpu), done.of(slice(0, TENTH)).typical, done.of(slice(90, 110)).typical, done.of(slice(-TENTH, None)).typical)
    for way in engine_part.looping():
        figs, sizes = engine_part.looped(way, LOOPS)
        print(len(figs.cpu), figs.of(slice(0, TENTH)).typical, figs.of(slice(-TENTH, None)).typical, sizes[-1])


if __name__ == "__main__":
    main()
