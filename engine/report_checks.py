"""Control totals: sums that must come out for whatever was counted (`../domain`, section E). A report shows each, and
says where one does not hold: then what is stored is wrong, and `redress verify` says where.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.report_tables import Check, Row


def flow(row: Row) -> Check:
    """Open at the start, and received, less closed, are open at the end."""
    of = row.numbers
    start, came, left, end = (of.get(name, 0) for name in ("open_at_start", "received", "closed", "open_at_end"))
    words = f"{start:,} open at the start + {came:,} received - {left:,} closed = {end:,} open at the end"
    return Check(row.title, words, start + came - left == end)


def closing(row: Row) -> Check:
    """What was closed was answered, or ended without an answer."""
    of = row.numbers
    answered, ended, closed = (of.get(name, 0) for name in ("answered", "ended", "closed"))
    words = f"{answered:,} answered + {ended:,} ended without an answer = {closed:,} closed"
    return Check(row.title, words, answered + ended == closed)


def answers(prefix: str, whole: str = "answered", unpromised: str = "with no date to keep") -> Callable[[Row], Check]:
    """In time, extended and late are what was answered; `prefix` says by whose times."""

    def check(row: Row) -> Check:
        of = row.numbers
        parts = [of.get(f"{prefix}{name}", 0) for name in ("in_time", "extended", "late", "unpromised")]
        words = f"{parts[0]:,} in time + {parts[1]:,} extended + {parts[2]:,} late"
        return _shared(row, words, parts, of.get(whole, 0), "answered", unpromised)

    return check


def kept(prefix: str, whole: str, done: str) -> Callable[[Row], Check]:
    """In time and late are what was done."""

    def check(row: Row) -> Check:
        of = row.numbers
        parts = [of.get(f"{prefix}{name}", 0) for name in ("in_time", "late", "unpromised")]
        words = f"{parts[0]:,} in time + {parts[1]:,} late"
        return _shared(row, words, parts, of.get(whole, 0), done, "with no date to keep")

    return check


def _shared(row: Row, words: str, parts: list[int], whole: int, done: str, unpromised: str) -> Check:
    if parts[-1]:
        words += f" + {parts[-1]:,} {unpromised}"
    return Check(row.title, f"{words} = {whole:,} {done}", sum(parts) == whole)
