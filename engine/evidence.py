"""Checkpoints of the record: one hash over where every case and the chain of the acts stood at a moment.

A hash chain finds what was changed in it; it cannot find its own end cut off, itself recomputed, or an old copy put in
its place. A checkpoint that is kept elsewhere can: in a folder, in a mail, on the printed monthly report. It holds no
personal data. Its hash is the SHA-256 of its text, the first line of its file, so that any tool can work it out.

The cases are hashed as a tree (as in RFC 6962), so that a case can be shown to be under a checkpoint without showing
any other: `engine.verify_bundle` counts it the same way, in code of its own. The sealed versions are leaves of that
tree too (`version:south-essex-homes/two-stage-2024 0 <seal>`), so that nobody can put another policy under a case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from engine.case_words import moment_in_words
from engine.events import local_day
from engine.store import checkpoints, library
from engine.store.acts import Act
from engine.store.chain import canonical_json, instant_text
from engine.store.checkpoints import CheckpointRow, End
from engine.store.database import Transaction
from engine.wordings import day_in_words

FORMAT = "redress-checkpoint-1"
ACT_FORMAT = "redress-act-1"
VERSION = "version:"
NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says. `made` is as hashed: UTC with six decimals. `root` is the hash over where every case
    stood, `acts_hash` the last link of the acts' chain, `changed` the hash of the lines of cases that had moved on,
    `previous` the hash of the checkpoint before; `installation` tells one installation's checkpoints from another's."""

    installation: str
    number: int
    day: str
    made: str
    cases: int
    events: int
    root: str
    acts: int
    acts_hash: str
    changed: str
    previous: str
    format: str = FORMAT

    @property
    def head(self) -> str:
        """The very text that is hashed."""
        return canonical_json(asdict(self))

    @property
    def hash(self) -> str:
        return text_hash(self.head)


def latest_checkpoint(tx: Transaction) -> str:
    """The last checkpoint as it is printed on a report, in a sentence with its hash; empty before the first."""
    row = checkpoints.latest(tx)
    return in_words(row) if row else ""


def in_words(row: CheckpointRow) -> str:
    """A checkpoint as it is printed and mailed: `Checkpoint 12, made on 22 November 2026 at 07:00: ...`."""
    said = json.loads(row.head)
    counts = f"{said['cases']:,} cases, {said['events']:,} events, {said['acts']:,} other acts"
    return f"Checkpoint {row.number}, made on {moment_in_words(row.made)}: {counts}. {in_groups(row.hash)}"


def day_of(row: CheckpointRow) -> str:
    """How a checkpoint is named where something is wrong with it: `checkpoint 12 of 22 November 2026`."""
    return f"checkpoint {row.number} of {day_in_words(row.day)}"


def in_groups(hash_: str) -> str:
    """A hash in groups of eight, to be read from paper.

    >>> in_groups("0123456789abcdef")
    '01234567 89abcdef'
    """
    return " ".join(hash_[start : start + 8] for start in range(0, len(hash_), 8))


def text_hash(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def versions(tx: Transaction) -> list[End]:
    """The sealed versions as they stand under a checkpoint: each with its seal in place of a last event."""
    return [End(0, f"{VERSION}{row.policy}/{row.version}", 0, row.seal) for row in library.versions(tx)]


def line(end: End) -> str:
    """Where a case stands, as a checkpoint says it: `SEH-2026-00012 9 3f9a...`."""
    return f"{end.reference} {end.number} {end.hash}"


def lines_of(changed: str) -> Iterable[End]:
    """The cases a checkpoint's lines name. Raises ValueError for what is no such line."""
    for text in changed.splitlines():
        reference, number, end_hash = text.split(" ")
        if not reference or len(end_hash) != 64 or str(int(number)) != number:
            raise ValueError(text)
        yield End(0, reference, int(number), end_hash)


def in_order(ends: Iterable[End]) -> list[End]:
    """As they are hashed: in the order of their references."""
    return sorted(ends, key=lambda end: end.reference)


def root_of(ends: Iterable[End]) -> str:
    """The one hash over where every case stands, in the order given."""
    level = [_leaf(end) for end in ends]
    while len(level) > 1:
        level = [_pair(level[at : at + 2]) for at in range(0, len(level), 2)]
    return level[0].hex() if level else NOTHING


def path_to(ends: Sequence[End], place: int) -> list[str]:
    """The hashes that lead from the case at that place to the root: each with the side it stands on, `<` or `>`."""
    level, path = [_leaf(end) for end in ends], []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            path.append(f"{'<' if beside < place else '>'}{level[beside].hex()}")
        level = [_pair(level[at : at + 2]) for at in range(0, len(level), 2)]
        place //= 2
    return path


def act_hash(number: int, act: Act, previous: str) -> str:
    """The hash of one link of the acts' chain: its number, everything the act says, and the hash before it."""
    detail = None if act.detail is None else canonical_json(act.detail)
    said = [ACT_FORMAT, number, act.id, instant_text(act.at), act.person_id, act.what, act.about, detail, previous]
    return text_hash(canonical_json(said))


def new_checkpoint(
    before: CheckpointRow | None,
    ends: Sequence[End],
    moved: Iterable[End],
    acts: tuple[int, str],
    *,
    installation: str,
    now: datetime,
) -> CheckpointRow:
    """The checkpoint that follows, of cases and versions that stand so, in order; `acts` is the number and hash of the
    acts' last link."""
    number, day = (before.number + 1 if before else 1), local_day(now)
    changed = "".join(f"{line(end)}\n" for end in moved)
    made = Checkpoint(
        installation=installation,
        number=number,
        day=day.isoformat(),
        made=instant_text(now),
        cases=sum(not end.reference.startswith(VERSION) for end in ends),
        events=sum(end.number for end in ends),
        root=root_of(ends),
        acts=acts[0],
        acts_hash=acts[1],
        changed=text_hash(changed),
        previous=before.hash if before else "",
    )
    return CheckpointRow(number, day, now, made.head, made.hash, changed)


def _leaf(end: End) -> bytes:
    return hashlib.sha256(b"\0" + line(end).encode()).digest()


def _pair(nodes: Sequence[bytes]) -> bytes:
    """Two nodes as one; one that has none beside it goes up as it is."""
    return hashlib.sha256(b"\1" + nodes[0] + nodes[1]).digest() if len(nodes) == 2 else nodes[0]
