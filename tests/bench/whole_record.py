"""`redress verify` over a whole large record, to its end: `python -m tests.bench.whole_record [count] [folder]`.

The cases are of all three landlords, under five versions, and stand under three checkpoints. So many are driven by the
real diagrams; the rest are copies of them, written past the engine, each with a reference and a chain of its own: to
verify, they are as much work. The verb runs as a person starts it, in a process of its own; its progress is passed on.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections import Counter
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import orjson

from engine import disposal, evidence_keeping
from engine.events import moment
from engine.evidence_keeping import Copies
from engine.library import load
from engine.office import Office
from engine.retention import CLASSES, SETTING
from engine.store import chain, disposals, settings
from tests.bench import past_cases
from tests.bench.figures import Figures, machine, table
from tests.bench.whole_step import office_at

ROOT = Path(__file__).parents[2]
NOW = moment("2026-03-31T12:00")
#: which landlord's cases, what part of them all, and the days they were received between: five versions in all
CASELOAD = (
    ("south-essex-homes", 5, date(2013, 4, 1)),
    ("st-leger-homes", 3, date(2024, 4, 1)),
    ("council-housing", 2, date(2024, 4, 1)),
)
DRIVEN = 2_000
PAGES = 20
#: what is stored of a case and names it by its id alone
OF_A_CASE = ("event_content", "deadline", "case_stage_measure", "case_mark")


def main() -> None:
    """Print what making and verifying it took, and what the list of what is due to be erased costs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"Measured on {machine()}; load {os.getloadavg()[0]:.1f} at the beginning.", flush=True)
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as name:
        folder = Path(name)
        office = office_at(f"sqlite:///{folder}/office.sqlite", load(ROOT)[0])
        _fill(office, count, folder / "checkpoints")
        print(_list_of_what_is_due(office), flush=True)
        office.database.close()
        print(_verified(folder, count), flush=True)
    print(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")


def _fill(office: Office, count: int, folder: Path) -> None:
    """The cases, in as many parts as there are landlords; copies of them; and a checkpoint on each of three days."""
    began, driven = perf_counter(), min(DRIVEN, count)
    for seed, (policy, tenths, first) in enumerate(CASELOAD):
        past_cases.made(office, policy, driven * tenths // 10, first=first, last=NOW.date(), now=NOW, seed=seed)
    print(f"{driven:,} cases driven in {perf_counter() - began:.0f} s.", flush=True)
    for day in range(3):
        if day == 1 and count > driven:
            began = perf_counter()
            office.database.close()
            _copy(office.database.url.removeprefix("sqlite:///"), count // driven)
            print(f"{count:,} of them by copying in {perf_counter() - began:.0f} s.", flush=True)
        began = perf_counter()
        evidence_keeping.keep(office.database, Copies(folder), NOW + timedelta(days=day))
        print(f"A checkpoint in {perf_counter() - began:.1f} s.", flush=True)


def _copy(path: str, times: int) -> None:
    """Every case so many times, with all that is stored of it but what is to go out."""
    raw = sqlite3.connect(path)
    cases = raw.execute("SELECT id, reference FROM complaint_case ORDER BY id").fetchall()
    last = Counter(dict(raw.execute("SELECT series, last FROM reference_counter")))
    events = raw.execute("SELECT * FROM case_event ORDER BY case_id, number").fetchall()
    for shift in range(cases[-1][0], times * cases[-1][0], cases[-1][0]):
        named = {}
        for one, reference in cases:
            series = reference.rpartition("-")[0]
            last[series] += 1
            named[one] = f"{series}-{last[series]:05d}"
        _copy_once(raw, shift, named, dict(cases), events)
    raw.executemany(
        "UPDATE reference_counter SET last = ? WHERE series = ?", [(n, series) for series, n in last.items()]
    )
    raw.commit()
    raw.close()


def _copy_once(
    raw: sqlite3.Connection, shift: int, named: dict[int, str], was: dict[int, str], events: list[tuple[str, ...]]
) -> None:
    chained, heads = [], dict[int, str]()
    for one, number, name, happened, recorded, *rest, content_hash, _, _ in events:
        previous = heads.get(one, chain.GENESIS)
        instants = [f"{text[:10]}T{text[11:]}Z" for text in (happened, recorded)]
        by, by_name, names = rest
        parts = [chain.FORMAT, named[one], number, name, *instants, by, names, content_hash, previous]
        heads[one] = sha256(orjson.dumps(parts)).hexdigest()
        row = (one + shift, number, name, happened, recorded, by, by_name, names, content_hash, previous, heads[one])
        chained.append(row)
    raw.execute("CREATE TEMP TABLE own (id PRIMARY KEY, reference, head)")
    raw.executemany("INSERT INTO own VALUES (?, ?, ?)", [(one, named[one], heads[one]) for one in named])
    own = {
        "id": f"t.id + {shift}",
        "case_id": f"t.case_id + {shift}",
        "reference": "o.reference",
        "head_hash": "o.head",
    }
    _insert(raw, "complaint_case", "id", own)
    raw.executemany(f"INSERT INTO case_event VALUES ({', '.join('?' * 11)})", chained)
    for name in OF_A_CASE:
        _insert(raw, name, "case_id", own)
    _insert(raw, "open_task", "case_id", own | {"id": "NULL"})
    words = [(word, one + shift) for one, name in named.items() for word in (name.lower(), name.rpartition("-")[2])]
    raw.executemany("INSERT INTO search_word VALUES (?, ?)", words)
    old = {(word, one) for one, name in was.items() for word in (name.lower(), name.rpartition("-")[2])}
    kept = [row for row in raw.execute("SELECT word, case_id FROM search_word") if row[1] in was and row not in old]
    raw.executemany("INSERT OR IGNORE INTO search_word VALUES (?, ?)", [(word, one + shift) for word, one in kept])
    raw.execute("DROP TABLE own")


def _insert(raw: sqlite3.Connection, table: str, key: str, own: dict[str, str]) -> None:
    """Copy the rows of a table that are of the cases in hand, with the columns that are a copy's own."""
    names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(own.get(name, f't."{name}"') for name in names)
    raw.execute(f"INSERT INTO {table} SELECT {values} FROM {table} t JOIN own o ON o.id = t.{key}")


def _list_of_what_is_due(office: Office) -> str:
    """What the first page of the list of due cases reads, and a page far on, where half of all closed cases are due."""
    policy, days = CASELOAD[0][0], dict.fromkeys(CLASSES, 2192)
    with office.database.writing() as tx:
        settings.put(tx, SETTING, {policy: days})
    first, later = Figures(), Figures()
    for _ in range(PAGES):
        after = first.noted(lambda: _page(office, policy, NOW, None))
        for _ in range(3):
            after = later.noted(lambda at=after: _page(office, policy, NOW, at))
    rows = [["first page", *first.shown], ["a later page", *later.shown]]
    return table(
        "The list of what is due to be erased, with its count", ["", "CPU ms", "mean", "clock ms", "95th"], rows
    )


def _page(office: Office, policy: str, now: datetime, after: disposals.Cursor | None) -> disposals.Cursor | None:
    with office.database.reading() as tx:
        days = disposal.closed_by(tx, policy, now.date())
        disposals.due_count(tx, policy, days, 1000)
        return disposals.due(tx, policy, days, after=after)[1]


def _verified(folder: Path, count: int) -> str:
    """`redress verify` to its end, in a process of its own."""
    say = "from web.cli import main; main()"
    options = [
        "verify",
        "--database",
        f"sqlite:///{folder}/office.sqlite",
        "--checkpoints",
        str(folder / "checkpoints"),
    ]
    began = perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", say, *options], dict(os.environ))
    _, status, used = os.wait4(child, 0)
    clock, processor = perf_counter() - began, used.ru_utime + used.ru_stime
    figures = [f"{clock:.0f}", f"{processor:.0f}", f"{1000 * processor / count:.2f}", f"{used.ru_maxrss / 1024:.0f}"]
    rows = [[f"{count:,} cases", *figures, str(os.waitstatus_to_exitcode(status))]]
    return table("redress verify", ["", "seconds", "CPU seconds", "CPU ms a case", "MB at most", "exit code"], rows)


if __name__ == "__main__":
    main()
