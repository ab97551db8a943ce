"""What a draft would do to ten thousand past cases, timed: `python -m tests.bench.what_it_would_do [count]`.

The draft is the council's version with a longer answer at stage 1. Made once for a database, the cases are kept.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

from engine import draft_library, impact_run
from engine.draft_library import Checked
from engine.library import load
from engine.office import Office
from tests.bench import past_cases
from tests.bench.figures import Figures, machine, table
from tests.bench.whole_step import office_at

POLICY, BASED_ON, VERSION = "council-housing", "two-stage-2024", "two-stage-2026"
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
PERIOD = date(2024, 4, 1), date(2026, 3, 31)


def draft(office: Office, **changed: str) -> Checked:
    """A draft of the council's version: `changed` are texts of its policy file and what stands in their place."""
    shelf = office.shelf
    files = shelf.files_of(shelf.versions[f"{POLICY}/{BASED_ON}"])
    renamed = {}
    for path, content in files.items():
        text = content.decode().replace(f"version: {BASED_ON}", f"version: {VERSION}")
        if path == f"policies/{POLICY}/{BASED_ON}.yaml":
            text = text.replace("in_force_from: 2024-04-01", "in_force_from: 2026-04-01")
            for old, new in changed.items():
                text = text.replace(old, new)
        if not path.endswith(".examples.yaml"):
            renamed[path.replace(f"/{BASED_ON}.", f"/{VERSION}.")] = text.encode()
    found = draft_library.checked(office, renamed, f"{POLICY}/{VERSION}")
    assert found.book is not None, [str(one) for one in found.wrong]
    return found


def main() -> None:
    """Print what it took, and what came of it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"Measured on {machine()}; load {os.getloadavg()[0]:.1f} at the beginning.")
    shelf, _ = load(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as folder:
        office = office_at(f"sqlite:///{folder}/past.sqlite", shelf)
        began = perf_counter()
        past_cases.made(office, POLICY, count, first=PERIOD[0], last=PERIOD[1], now=NOW)
        print(f"{count:,} cases made in {perf_counter() - began:.0f} s; load {os.getloadavg()[0]:.1f}.")
        asked = impact_run.wanted(
            office, draft(office, **{"within: 10 working days": "within: 12 working days"}), BASED_ON, PERIOD, NOW
        )
        before, figures = _memory(), Figures()
        totals = figures.noted(lambda: impact_run.simulate(asked, office.database)).totals
        grown = _memory() - before
        office.database.close()
    clock, processor = figures.wall[0] / 1000, figures.cpu[0] / 1000
    counts = [f"{one:,}" for one in (totals.cases, totals.changed, sum(totals.live.values()))]
    row = ["", *counts, f"{clock:.1f}", f"{processor:.1f}", f"{1000 * processor / count:.2f}", f"{grown:.0f}"]
    head = ["", "cases", "otherwise", "live ones", "seconds", "CPU seconds", "CPU ms a case", "MB more at most"]
    print(table("What a draft would have done to past cases, and would do to live ones", head, [row]))
    print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")


def _memory() -> float:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
