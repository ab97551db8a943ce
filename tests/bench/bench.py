"""`make bench`: what a human step, a letter and a page of the inbox cost, as tables, the step beside the naive way.

It prints figures and asserts none: they depend on the machine. What is compared takes turns in the same run; trust the
CPU and the ratios more than the clock.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from engine.library import Library, load
from engine.office import Office
from tests.bench import engine_part, inbox_page, letters, letters_sent, postgresql, whole_step
from tests.bench.figures import SHOWN, Figures, machine, shown_times, table
from tests.bench.walks import four_stages, put_off

ROOT = Path(__file__).parents[2]
ROUNDS = 15
LOOPS = 200
LETTERS = 1_000
SOME = 20  #: how many steps stand for the start of a long case, and for its end
FEW, MANY = 1_000, 100_000
PAGES = 60
WAYS = ("Redress", "the naive way")


def main() -> None:
    """Print every table, and on the other stream what is being done."""
    sys.stdout.reconfigure(line_buffering=True)  # in step with what is said on the other stream
    print(f"Measured on {machine()}; load {os.getloadavg()[0]:.1f} at the beginning.")
    with tempfile.TemporaryDirectory() as folder:
        _about(f"walking a four-stage case {ROUNDS} times each way")
        shelf, _ = load(ROOT)
        offices = [whole_step.office_at(f"sqlite:///{folder}/{name}.sqlite", shelf) for name in ("ours", "naive")]
        _show_the_engine(offices[0])
        _show_the_step(offices)
        _about(f"walking a case of {LOOPS} steps each way")
        _show_the_loop()
        _show_the_long_case(offices)
        _about(f"printing {letters.LETTERS} letters twice")
        print(letters.printed(offices[0]))
        for office in offices:
            office.database.close()
        _about(f"queueing {LETTERS:,} letters and sending them to a mail server on loopback")
        _show_the_letters(shelf, folder)
        _about(f"filling inboxes of {FEW:,} and {MANY:,} tasks, which takes a minute")
        _show_the_inbox(folder)
    print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")


def _show_the_engine(office: Office) -> None:
    walk = four_stages(office)
    ways = engine_part.both(walk, walk.book(office).definition)
    figures = Figures(), Figures()
    sizes: dict[str, list[int]] = {}
    for _ in range(ROUNDS):
        for name, way, one in zip(WAYS, ways, figures, strict=True):
            sizes[name] = engine_part.walked(way, walk, one)
    rows = _compared(figures)
    for name, row in zip(WAYS, rows, strict=False):
        row += [f"{sizes[name][-1]:,}", f"{max(sizes[name]):,}"]
    title = f"Engine and state alone: a step of a four-stage case, {len(walk.moves)} steps from receipt to closed"
    print(table(f"{title}, {walk.form_bytes:,} bytes of forms", [*SHOWN, "bytes when closed", "at most"], rows))


def _show_the_step(offices: list[Office]) -> None:
    walk = four_stages(offices[0])
    ways = whole_step.Ours(offices[0], walk), whole_step.Naive(offices[1], walk)
    figures = Figures(), Figures()
    for _ in range(ROUNDS):
        for way, one in zip(ways, figures, strict=True):
            whole_step.walked(way, walk, one)
    print(table("The whole human step of the same case, on SQLite with synchronous=FULL", SHOWN, _compared(figures)))


def _show_the_loop() -> None:
    rows = []
    for name, way, rounds in zip(WAYS, engine_part.looping(), (ROUNDS, 1), strict=True):
        start, end = Figures(), Figures()
        for _ in range(rounds):
            done, sizes = engine_part.looped(way, LOOPS)
            start.add(done.of(slice(0, SOME)))
            end.add(done.of(slice(-SOME, None)))
        rows.append([f"{name}, {len(sizes)} rounds", *_growth(start, end), f"{sizes[-1]:,}"])
    head = ["", *GROWTH, "bytes at the end"]
    print(table(f"Engine and state alone: one task {LOOPS} times, the first {SOME} and the last {SOME}", head, rows))


def _show_the_long_case(offices: list[Office]) -> None:
    walk = put_off(offices[0], LOOPS)
    ways = whole_step.Ours(offices[0], walk), whole_step.Naive(offices[1], walk)
    figures = [whole_step.beginning_and_end(way, walk, SOME) for way in ways]
    rows = [[name, *_growth(*pair)] for name, pair in zip(WAYS, figures, strict=True)]
    kilobytes = round(walk.form_bytes / 1000)
    title = f"The whole human step: {LOOPS} holding replies in one case, {kilobytes} KB of forms read again at its end"
    print(table(title, ["", *GROWTH], rows))


def _show_the_inbox(folder: str) -> None:
    rows = _inbox_rows("SQLite", [f"sqlite:///{folder}/inbox_{size}.sqlite" for size in (FEW, MANY)])
    with postgresql.server() as home:
        if home is not None:
            rows += _inbox_rows("PostgreSQL", [postgresql.database(home, f"inbox_{size}") for size in (FEW, MANY)])
    head = ["", f"CPU ms, {FEW:,} tasks", f"{MANY:,}", "times", "clock ms", "", "times"]
    print(table("The first page of the inbox with its counts", head, rows))
    if home is None:
        print(f"\n{postgresql.NOT_HERE}")


def _show_the_letters(shelf: Library, folder: str) -> None:
    done = {"SQLite": _letters_sent(f"sqlite:///{folder}/letters.sqlite", shelf)}
    with postgresql.server() as home:
        if home is not None:
            done["PostgreSQL"] = _letters_sent(postgresql.database(home, "letters"), shelf)
    head = ["", "sent", "arrived", "seconds", "a second", "CPU ms a letter"]
    rows = [
        [name, f"{one.count:,}", f"{one.arrived:,}", f"{one.seconds:.1f}", f"{one.count / one.seconds:.0f}",
         f"{1000 * one.cpu / max(one.count, 1):.2f}"]
        for name, one in done.items()
    ]  # fmt: skip
    print(table("Queued letters with their PDFs, delivered to a mail server on loopback", head, rows))
    for name, one in done.items():
        if one.amiss:
            print(f"\n{name}: {one.amiss}")


def _letters_sent(url: str, shelf: Library) -> letters_sent.Sent:
    office = whole_step.office_at(url, shelf)
    letters_sent.queued(office, LETTERS)
    done = letters_sent.sent(office)
    office.database.close()
    return done


def _inbox_rows(name: str, urls: list[str]) -> list[list[str]]:
    few, many = (inbox_page.filled(url, size) for url, size in zip(urls, (FEW, MANY), strict=True))
    rows = []
    for whose, (small, large) in inbox_page.compared(few, many, PAGES).items():
        cpu, clock = (small.typical, large.typical), (small.clock, large.clock)
        cells = [*(f"{one:.2f}" for one in cpu), shown_times(*cpu), *(f"{one:.2f}" for one in clock)]
        rows.append([f"{name}, {whose}", *cells, shown_times(*clock)])
    few.close()
    many.close()
    return rows


GROWTH = ["CPU ms at the start", "at the end", "times"]


def _growth(start: Figures, end: Figures) -> list[str]:
    return [f"{start.typical:.2f}", f"{end.typical:.2f}", shown_times(start.typical, end.typical)]


def _compared(figures: tuple[Figures, Figures]) -> list[list[str]]:
    ours, naive = figures
    ratios = [shown_times(ours.typical, naive.typical), shown_times(ours.mean, naive.mean)]
    return [*([name, *one.shown] for name, one in zip(WAYS, figures, strict=True)), ["times", *ratios]]


def _about(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
