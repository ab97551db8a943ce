"""Keeping the evidence: the acts linked into their chain, a checkpoint a day, and its copies outside the database.

The first round of a worker on a local day makes the day's checkpoint; after days on which none ran there is one, of the
day they run again. A file that is in the folder already is never written over: where it says something else than the
database, that is evidence too, and is said.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine import evidence
from engine.events import local_day
from engine.mail import NOTICE
from engine.notice_words import CHECKPOINT
from engine.store import acts, checkpoint_copies, checkpoints, outbox
from engine.store.case_rows import OutboxItem
from engine.store.checkpoints import AlreadyThere, CheckpointRow, End
from engine.store.database import Database, Transaction

LOG = logging.getLogger("redress.worker")
SUFFIX = ".checkpoint"


@dataclass(frozen=True)
class Copies:
    """Where copies of the checkpoints go: a folder that should not be where the database is, and an e-mail address.
    `by_default`: nobody named the folder, so it lies beside the database."""

    folder: Path | None = None
    to: str = ""
    by_default: bool = False


def keep(database: Database, copies: Copies, now: datetime) -> CheckpointRow | None:
    """Link the new acts, make the day's checkpoint where there is none, and put what is missing into the folder; the
    checkpoint, if one was made. What the folder cannot take is said in the log and tried again in the next round."""
    with database.reading() as tx:
        before = checkpoints.latest(tx)
        is_due = before is None or before.day < local_day(now)
    try:
        link_acts(database, every=is_due)
        made = _made(database, copies, now) if is_due else None
    except AlreadyThere:  # another worker was quicker
        made = None
    last = made or before
    problem = _put_into(copies.folder, database, last) if copies.folder is not None else ""
    _say(database, copies, last, problem, now)
    return made


def link_acts(database: Database, *, every: bool = False) -> int:
    """Put acts that are in no chain yet at the end of it; how many. Raises AlreadyThere."""
    count = 0
    while True:
        with database.reading() as tx:
            if not checkpoints.acts_to_link(tx, every=every):
                return count
        with database.writing() as tx:
            number, previous = checkpoints.last_link(tx)
            links = []
            for act in checkpoints.acts_to_link(tx, every=every):
                number += 1
                previous = evidence.act_hash(number, act, previous)
                links.append({"number": number, "act_id": act.id, "hash": previous})
            if links:
                checkpoints.put_links(tx, links)
        count += len(links)


def file_name(row: CheckpointRow) -> str:
    """What a checkpoint's file is called: `000012-2026-11-22.checkpoint`."""
    return f"{row.number:06d}-{row.day.isoformat()}{SUFFIX}"


def file_text(row: CheckpointRow) -> bytes:
    """What a checkpoint's file holds: the text that was hashed, and a line for each case that had moved on."""
    return f"{row.head}\n{row.changed}".encode()


def _made(database: Database, copies: Copies, now: datetime) -> CheckpointRow:
    """The checkpoint of the moment. The record is read as it is at one moment, and the writing is short."""
    with database.reading() as tx:
        before, ends = checkpoints.latest(tx), checkpoints.ends(tx)
        then = {end.case_id: end for end in checkpoints.ends_then(tx)}
        moved = [end for end in ends if then.get(end.case_id) != end]
        versions, acts = evidence.versions(tx), checkpoints.last_link(tx)
    leaves, named = evidence.in_order([*ends, *versions]), evidence.in_order([*moved, *versions])
    row = evidence.new_checkpoint(before, leaves, named, acts, installation=_installation(before), now=now)
    with database.writing() as tx:
        _write(tx, row, moved, copies.to, now)
    return row


def _write(tx: Transaction, row: CheckpointRow, moved: list[End], to: str, now: datetime) -> None:
    checkpoints.put(tx, row, moved)
    if to:
        said = {"what": CHECKPOINT, "to": to, "number": row.number, "day": row.day.isoformat()}
        said |= {"text": evidence.in_words(row), "head": row.head}
        item = OutboxItem(NOTICE, said, mail_key(row.number, row.hash))
        outbox.put_out(tx, None, items=[item], now=now)


def _installation(before: CheckpointRow | None) -> str:
    """What tells this installation's checkpoints from another's: made up with the first."""
    return str(json.loads(before.head)["installation"]) if before else secrets.token_hex(8)


def _say(database: Database, copies: Copies, last: CheckpointRow | None, problem: str, now: datetime) -> None:
    """Keep where copies go and how that went, for the page of checkpoints; where they go is a setting, whose change
    is recorded."""
    where = {"folder": str(copies.folder or ""), "by_default": copies.by_default, "to": copies.to}
    reached = {"number": last.number if last and copies.folder and not problem else 0, "problem": problem}
    with database.reading() as tx:
        was = checkpoint_copies.last_said(tx)
    if {key: was.get(key) for key in (*where, *reached)} == {**where, **reached}:
        return
    with database.writing() as tx:
        checkpoint_copies.say(tx, {**where, **reached, "since": now.isoformat()})
        before = {key: was.get(key) for key in where}
        if before != where:
            said = {"was": before if was else None, "now": where, "account": "the worker"}
            about = f"setting:{checkpoint_copies.SETTING}"
            acts.record_act(tx, None, what="changed_setting", about=about, now=now, detail=said)


def mail_key(number: int, hash_: str) -> str:
    """The key in the outbox of the mail that a checkpoint goes with."""
    return f"notice:{CHECKPOINT}:{number}:{hash_[:16]}"


def _put_into(folder: Path, database: Database, last: CheckpointRow | None) -> str:
    """Write the checkpoints that the folder does not have; what is wrong with it, in a sentence. A round looks for the
    last alone."""
    try:
        if last is None:
            return ""
        if _is_there(folder, last):
            return "" if _is_same(folder, last) else f"{file_name(last)} in it is not what the database has."
        with database.reading() as tx:
            rows = checkpoints.all_of_them(tx)
        folder.mkdir(parents=True, exist_ok=True)
        _write_missing(folder, rows)
    except OSError as problem:
        LOG.error("The folder for checkpoints cannot be written: %s. It is tried again.", problem.strerror)
        return f"It cannot be written: {problem.strerror}."
    return ""


def _write_missing(folder: Path, rows: Iterable[CheckpointRow]) -> None:
    for row in rows:
        place = folder / file_name(row)
        if place.exists():
            continue
        temporary = folder / f".{place.name}.{os.getpid()}.part"
        with temporary.open("wb") as file:
            file.write(file_text(row))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)


def _is_there(folder: Path, row: CheckpointRow) -> bool:
    """Whether the folder has it. What it has under that name and is something else is left as it is, and said."""
    place = folder / file_name(row)
    if not place.is_file():
        return False
    if not _is_same(folder, row):
        LOG.error("%s is not %s as the database has it. 'redress verify' says more.", place, evidence.day_of(row))
    return True


def _is_same(folder: Path, row: CheckpointRow) -> bool:
    return (folder / file_name(row)).read_bytes() == file_text(row)
