"""Holding the record against its checkpoints: those of a folder, of the database, and one whose hash somebody has.

A checkpoint says where each case's chain ended on its day. A chain that was cut since, recomputed, renumbered or taken
from an old copy of the database no longer has that event with that hash; the chain itself may hold all the same. What
differs is named by its case and event, or by the checkpoint.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from engine import evidence
from engine.case_words import moment_in_words
from engine.evidence import FORMAT, lines_of, text_hash
from engine.evidence_keeping import SUFFIX
from engine.store import checkpoints
from engine.store.acts import Act
from engine.store.chain import ChainedEvent, instant_text
from engine.store.checkpoints import CheckpointRow, End, LinkedAct
from engine.store.database import Transaction
from engine.verify_bundle import Bad, of_kind, strict
from engine.wordings import day_in_words

MOST_BYTES = 200_000_000
#: how long what was recorded before a checkpoint may take to be stored, and clocks may differ
LATE = timedelta(hours=1)
BACK_DATED = "it says it was done before a checkpoint that does not have it: it was put in later."
#: what a checkpoint says and of which kind each is
SAID: Mapping[str, type] = {
    "format": str, "installation": str, "number": int, "day": str, "made": str, "cases": int, "events": int,
    "root": str, "acts": int, "acts_hash": str, "changed": str, "previous": str,
}  # fmt: skip


@dataclass(frozen=True)
class Ends:
    """Where a case's chain had come to at each checkpoint that names it: number, hash, the checkpoint in words, and
    when the one before that was made. `last` is when the last of all was made, whether it names the case or not."""

    named: Sequence[tuple[int, str, str, datetime | None]] = ()
    last: datetime | None = None


@dataclass(frozen=True)
class Fault:
    """Where something differs from what a checkpoint says, and what."""

    about: str
    what: str


@dataclass(frozen=True)
class Points:
    """The checkpoints the record is held against, the first first; what is wrong with them themselves; and where each
    case's chain had come to, by its reference."""

    rows: tuple[CheckpointRow, ...]
    faults: tuple[Fault, ...]
    ends: Mapping[str, Ends] = field(default_factory=dict)

    def of(self, reference: str) -> Ends:
        """What they say of a case; of one that none names, when the last was made."""
        return self.ends.get(reference) or Ends((), self.rows[-1].made if self.rows else None)


def points(tx: Transaction, folder: Path | None = None, given: str = "") -> Points:
    """The checkpoints of a folder, held against those of the database; without one, those of the database. `given` is
    the hash of one that reached somebody in another way."""
    here = checkpoints.all_of_them(tx)
    faults: list[Fault] = []
    rows = here
    if folder is not None:
        rows = sorted(_read(folder, faults), key=lambda row: (row.number, row.day))
        faults += _against(rows, here)
        rows = [*rows, *(row for row in here if row.number > max((one.number for one in rows), default=0))]
    faults += [*_chain_faults(rows), *_stored_faults(here), *_then_faults(tx, here)]
    if given and not any(row.hash.startswith(given) for row in (*rows, *here)):
        faults.append(
            Fault("checkpoints", f"none has the hash {given} that was given: the record is not the one it was of.")
        )
    ends: dict[str, list[tuple[int, str, str, datetime | None]]] = defaultdict(list)
    before = None
    for row in rows:
        for end in _lines(row):
            ends[end.reference].append((end.number, end.hash, evidence.day_of(row), before))
        before = row.made
    return Points(tuple(rows), tuple(faults), {name: Ends(named, before) for name, named in ends.items()})


def case_fault(ends: Ends, chain: Sequence[ChainedEvent]) -> str:
    """The first place where a case's chain is no longer what a checkpoint says it was; empty where it is."""
    for number, end_hash, which, _ in ends.named:
        if number > len(chain):
            return f"event {len(chain) + 1}: It is missing. The {which} has {number} events of this case."
        if chain[number - 1].hash != end_hash:
            first = _first_changed(ends, chain)
            between = f"event {first}" if first == number else f"event {first}, or one up to event {number}"
            return f"{between}: It is not what the {which} has: the chain was recomputed."
    return _put_in_later(ends, chain)


def _put_in_later(ends: Ends, chain: Sequence[ChainedEvent]) -> str:
    """The first event that says it was recorded well before a checkpoint was made, which does not have it."""
    begins = 0
    for number, before in [*((number, before) for number, _, _, before in ends.named), (len(chain), ends.last)]:
        for event in chain[begins:number]:
            if before is not None and event.recorded < before - LATE:
                when, point = moment_in_words(event.recorded), moment_in_words(before)
                return (
                    f"event {event.number}: It says it was recorded on {when}, and the checkpoint made on {point} does "
                    "not have it: it was put in later."
                )
        begins = number
    return ""


def missing(found: Points, references: Iterable[str], versions: Mapping[str, str]) -> Iterator[Fault]:
    """Cases and sealed versions (with what their files come to) that a checkpoint has and the database has not so."""
    here = set(references)
    for reference in sorted(found.ends):
        about = reference.removeprefix(evidence.VERSION)
        if about == reference and reference not in here:
            number, _, which, _ = found.ends[reference].named[-1]
            yield Fault(reference, f"the case is missing. The {which} has {number} events of it.")
        elif about != reference:
            named = found.ends[reference].named
            other = next((which for _, seal, which, _ in named if seal != versions.get(about)), "")
            if other:
                yield Fault(about, f"it is not what was sealed: the {other} has it with another seal, or it is gone.")


def act_faults(tx: Transaction, found: Points) -> Iterator[Fault]:
    """The first link of the acts' chain that does not hold, and what the checkpoints say of it that no longer is so."""
    yield from islice(_act_faults(tx, found), 1)


def _act_faults(tx: Transaction, found: Points) -> Iterator[Fault]:
    said = [(json.loads(row.head), row) for row in found.rows]
    wanted = {one["acts"]: (one["acts_hash"], row) for one, row in reversed(said)}
    made = {one["acts"]: row.made for one, row in said}
    previous, number, since = "", 0, made.get(0)
    for number, link in enumerate(checkpoints.linked_acts(tx), 1):
        if wrong := _link_fault(number, link, previous, since):
            yield wrong
        if number in wanted and wanted[number][0] != link.hash:
            which = evidence.day_of(wanted[number][1])
            yield Fault(f"act {link.act_id}", f"the acts up to it are not those of the {which}.")
        previous, since = link.hash, made.get(number, since)
    for count, (_, row) in sorted(wanted.items()):
        if count > number:
            yield Fault(f"acts, link {number + 1}", f"it is missing. The {evidence.day_of(row)} has {count} acts.")
    for act in checkpoints.acts_to_link(tx, every=True):
        if _is_put_in(act, max(made.values(), default=None)):
            yield Fault(f"act {act.id}", BACK_DATED)


def _link_fault(number: int, link: LinkedAct, previous: str, since: datetime | None) -> Fault | None:
    """What is wrong with a link that follows one with the hash `previous`, and a checkpoint that was made then."""
    if link.number != number:
        return Fault(f"acts, link {number}", "it is missing from the chain of the acts.")
    if link.act is None:
        return Fault(f"act {link.act_id}", "the act was taken out of the record.")
    if evidence.act_hash(number, link.act, previous) != link.hash:
        return Fault(f"act {link.act_id}", "it was changed after it was recorded, or something before it.")
    return Fault(f"act {link.act_id}", BACK_DATED) if _is_put_in(link.act, since) else None


def _is_put_in(act: Act, since: datetime | None) -> bool:
    """Whether an act says it was done well before a checkpoint was made that does not have it."""
    return since is not None and act.at < since - LATE


def _first_changed(ends: Ends, chain: Sequence[ChainedEvent]) -> int:
    """The first event that may have been changed: that after the last one a checkpoint still agrees with."""
    agreed = [n for n, end, *_ in ends.named if n <= len(chain) and chain[n - 1].hash == end]
    wrong = [n for n, end, *_ in ends.named if n <= len(chain) and chain[n - 1].hash != end]
    return max((n for n in agreed if n < min(wrong)), default=0) + 1


def _read(folder: Path, faults: list[Fault]) -> Iterator[CheckpointRow]:
    """The checkpoints of a folder. What is none, or was changed, is a fault."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_BYTES:
                raise Bad(path.name, "it is a link, no file, or too large.")
            yield _row(path.name, path.read_bytes())
        except (Bad, ValueError, OSError) as wrong:
            faults.append(Fault(path.name, f"it is no checkpoint, or was changed. {wrong}"))


def _row(name: str, content: bytes) -> CheckpointRow:
    """A checkpoint as its file has it. Raises Bad, ValueError."""
    head, _, changed = content.decode().partition("\n")
    said: dict[str, Any] = strict(name, head, dict)
    of_kind(name, said, **SAID)
    day, made = date.fromisoformat(said["day"]), datetime.fromisoformat(said["made"].replace("Z", "+00:00"))
    if said["format"] != FORMAT or text_hash(changed) != said["changed"]:
        raise Bad(name, "its lines of cases are not those it was made with.")
    if name != f"{said['number']:06d}-{said['day']}{SUFFIX}":
        raise Bad(name, f"it says it is checkpoint {said['number']} of {said['day']}.")
    return CheckpointRow(said["number"], day, made, head, text_hash(head), changed)


def _against(rows: Sequence[CheckpointRow], here: Sequence[CheckpointRow]) -> Iterator[Fault]:
    """Where the folder and the database differ. What the database lacks tells of an old copy that was put back."""
    known, numbers = {row.number: row for row in here}, {row.number for row in rows}
    if not rows:
        yield Fault("checkpoints", "there is none in the folder.")
    for row in rows:
        own = known.get(row.number)
        if own is None:
            yield Fault(_about(row), "the database does not have it: it is an older copy, or it was taken out.")
        elif own.hash != row.hash:
            yield Fault(_about(row), "the folder and the database have it with different contents: one is forged.")
    last = max(numbers, default=0)
    for row in here:
        if row.number < last and row.number not in numbers:
            yield Fault(_about(row), "the folder does not have it.")


def _chain_faults(rows: Sequence[CheckpointRow]) -> Iterator[Fault]:
    """Checkpoints that do not follow from each other, or do not come to what their own lines add up to."""
    ends: dict[str, End] = {}
    before: CheckpointRow | None = None
    for row in rows:
        said = json.loads(row.head)
        expected = before.number + 1 if before else 1
        if row.hash != text_hash(row.head) or text_hash(row.changed) != said["changed"]:
            yield Fault(_about(row), "it was changed after it was made.")
        elif row.number != expected:
            yield Fault(_about(row), f"checkpoint {expected} should stand before it, and is missing or stands twice.")
        elif said["previous"] != (before.hash if before else ""):
            yield Fault(_about(row), "it does not follow from the one before it.")
        ends.update((end.reference, end) for end in _lines(row))
        is_last = row is rows[-1]
        if is_last and not _adds_up(said, ends):
            yield Fault(_about(row), "the cases its lines name do not come to its hash.")
        before = row


def _stored_faults(here: Sequence[CheckpointRow]) -> Iterator[Fault]:
    """Checkpoints whose columns in the database are not what their own text says."""
    for row in here:
        said = json.loads(row.head) if row.hash == text_hash(row.head) else {}
        own = row.number, row.day.isoformat(), instant_text(row.made), text_hash(row.changed)
        if own != tuple(said.get(key) for key in ("number", "day", "made", "changed")):
            yield Fault(f"checkpoint {row.number}", "what the database has of it was changed after it was made.")


def _then_faults(tx: Transaction, here: Sequence[CheckpointRow]) -> Iterator[Fault]:
    """Where the database keeps, for the next checkpoint, that a case stood elsewhere at the last than that says."""
    ends = {end.reference: end for row in here for end in _lines(row) if not end.reference.startswith(evidence.VERSION)}
    then = {end.reference: end for end in checkpoints.ends_then(tx)}
    for name in sorted({*ends, *then}):
        said, kept = ends.get(name), then.get(name)
        if said is None or kept is None or said[2:] != kept[2:]:
            yield Fault(name, "where it stood at the last checkpoint was changed in the database, or is gone.")


def _adds_up(said: Mapping[str, Any], ends: Mapping[str, End]) -> bool:
    ordered = evidence.in_order(ends.values())
    cases = sum(not end.reference.startswith(evidence.VERSION) for end in ordered)
    counted = cases, sum(end.number for end in ordered), evidence.root_of(ordered)
    return counted == (said["cases"], said["events"], said["root"])


def _lines(row: CheckpointRow) -> list[End]:
    try:
        return list(lines_of(row.changed))
    except ValueError:
        return []


def _about(row: CheckpointRow) -> str:
    return f"checkpoint {row.number} of {day_in_words(row.day)}"
