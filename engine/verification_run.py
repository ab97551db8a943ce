"""Verifying every case of an installation: some hundred at a time, in as many processes as are asked for.

Working a case out again from its events takes a few milliseconds, and cases know nothing of each other, so that
the work is shared out by their numbers; what is found comes back in the order of the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from engine import evidence_checks, library, record_checks, verification
from engine.evidence_checks import Ends, Points
from engine.office import Office, office_of
from engine.store.database import Database, open_database
from engine.verification import Difference

AT_ONCE = 200

Told = Callable[[int], None]


@dataclass(frozen=True)
class Part:
    """Some cases to check: their ids, and where the checkpoints have those of them that they name."""

    ids: Sequence[int]
    ends: Mapping[str, Ends]


def parts_of(cases: Sequence[tuple[int, str]], points: Points) -> list[Part]:
    """Cases (id and reference) in parts, each with what the checkpoints say of it."""
    cut = [cases[start : start + AT_ONCE] for start in range(0, len(cases), AT_ONCE)]
    return [Part([one for one, _ in some], {name: points.of(name) for _, name in some}) for some in cut]


def differences(office: Office, parts: Sequence[Part], told: Told, *, jobs: int, root: Path) -> Iterator[Difference]:
    """Everything that is wrong with these cases; `told` is given the number of cases after each part that is done.
    `root` is the folder of the shipped library, which each process reads for itself."""
    if jobs < 2:
        for part in parts:
            yield from _checked(office, part)
            told(len(part.ids))
        return
    start = (office.database.url, root)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_open, initargs=start) as workers:
        for part, found in zip(parts, workers.map(_checked_there, parts), strict=True):
            yield from found
            told(len(part.ids))


def of_the_record(database: Database, points: Points) -> list[Difference]:
    """What is wrong with the checkpoints themselves and with the acts, and which cases and versions are gone."""
    with database.reading() as tx:
        references = [name for _, name in verification.cases(tx)]
        faults = [*points.faults, *evidence_checks.act_faults(tx, points)]
        faults += evidence_checks.missing(points, references, verification.seals_now(tx))
        known = {fault.about for fault in faults}
        faults += [fault for fault in record_checks.gone(tx, references) if fault.about not in known]
        faults += record_checks.damaged_documents(tx)
    return [Difference(fault.about, fault.what) for fault in faults]


def _checked(office: Office, part: Part) -> list[Difference]:
    with office.database.reading() as tx:
        return [found for one in part.ids for found in verification.case_differences(tx, office, one, part.ends)]


_OPENED: list[Office] = []


def _open(url: str, root: Path) -> None:
    """What a process of its own begins with: the installation, opened once."""
    _OPENED.append(office_of(open_database(url), library.load(root)[0]))


def _checked_there(part: Part) -> list[Difference]:
    return _checked(_OPENED[0], part)
