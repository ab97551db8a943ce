"""The sealed bundle of a case: everything a stranger needs to read it and to check it without us, as files by path.

What the record says is taken as it is stored, salts and all, so that `engine.verify_bundle` (the very file that lies in
the bundle as verify.py) can work every hash out again. Where private answers are not asked for, an event that holds one
is withheld whole: its hash still holds the chain together.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from engine import case_words, evidence, verify_bundle
from engine.case_files import CaseFile
from engine.events import MOVED
from engine.evidence import lines_of, path_to
from engine.office import Office, Shelved
from engine.refusals import Refused
from engine.store import chain, checkpoints, documents, timeline
from engine.store import library as stored
from engine.store.chain import ChainedEvent
from engine.store.checkpoints import CheckpointRow, End
from engine.store.database import Transaction
from engine.store.documents import LETTER, PACK, ContentDamaged, ContentMissing, DocumentRow
from engine.verify_bundle import LINK, WITHHELD, Event


@dataclass(frozen=True)
class Wanted:
    """What is asked for: private answers, documents other than letters; by whom (a name), and when."""

    by: str
    now: datetime
    private: bool = False
    documents: bool = False


@dataclass(frozen=True)
class Paper:
    """A letter or document in the bundle, at a path. `event` is the number of the event it went or came with."""

    path: str
    row: DocumentRow
    content: bytes

    @property
    def event(self) -> int:
        return self.row.event_number or 0


@dataclass(frozen=True)
class Gathered:
    """All that goes into a bundle, before it is written down. `absent`: what is missing by number, and why;
    `points`: the checkpoints with the way to each."""

    file: CaseFile
    wanted: Wanted
    links: tuple[dict[str, Any], ...]
    letters: tuple[Paper, ...]
    documents: tuple[Paper, ...]
    absent: Mapping[str, str]
    versions: Mapping[str, Mapping[str, bytes]]
    seals: tuple[dict[str, Any], ...]
    calendar: Mapping[str, Any]
    points: tuple[dict[str, Any], ...]

    @property
    def version_files(self) -> dict[str, bytes]:
        """The sealed files by their path in the bundle."""
        return {f"version/{key}/{path}": text for key, files in self.versions.items() for path, text in files.items()}

    @property
    def events(self) -> list[Event]:
        """The events as the verifier will read them."""
        contents = [json.loads(link["content"])["fields"] if "content" in link else {} for link in self.links]
        found = zip(self.links, contents, strict=True)
        return [Event(link, link.get("state", ""), said) for link, said in found]


def gather(tx: Transaction, office: Office, file: CaseFile, wanted: Wanted) -> Gathered:
    """Everything about a case that the bundle holds. Raises Refused where its record is not whole, or was erased."""
    row = file.row
    assert row is not None  # a case that is opened has one
    chained = timeline.chained_events_of(tx, row.id)
    bad = chain.verify_case(row.reference, chained, last_number=row.last_event_number, head_hash=row.head_hash)
    if bad is not None:
        raise Refused(f"{row.reference}, event {bad.number}: {bad.what} Nothing is sealed that is not whole.")
    if any(link.content is None for link in chained):
        raise Refused(f"What {row.reference} said was erased, so there is nothing left to give. Its chain still holds.")
    hidden = set() if wanted.private else set(case_words.private_questions(office))
    papers, absent = _papers(tx, documents.of_case(tx, row.id), wanted)
    versions = _versions(office, file)
    return Gathered(
        file=file,
        wanted=wanted,
        links=tuple(_link(one, hidden) for one in chained),
        letters=tuple(paper for paper in papers if paper.path.startswith("letters/")),
        documents=tuple(paper for paper in papers if not paper.path.startswith("letters/")),
        absent=absent,
        versions={key: stored.version_files(tx, one.id) for key, one in versions.items() if one.id is not None},
        seals=tuple(_seal(key, one) for key, one in versions.items()),
        calendar=_calendar(file),
        points=tuple(points_of(tx, row.reference, versions)),
    )


def points_of(tx: Transaction, reference: str, versions: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The last checkpoint of each month the case was under one, and the last of all, each with the way from the case
    to it, and from each of these versions it had. Raises Refused where they no longer agree with each other."""
    rows, ends = checkpoints.all_of_them(tx), dict[str, End]()
    named = [f"{evidence.VERSION}{key}" for key in versions]
    for place, row in enumerate(rows):
        ends.update((end.reference, end) for end in lines_of(row.changed))
        if reference in ends and _is_last_of_month(rows, place):
            ordered = evidence.in_order(ends.values())
            if evidence.root_of(ordered) != json.loads(row.head)["root"]:
                raise Refused(f"The {evidence.day_of(row)} was changed. 'redress verify' says more.")
            ways = {key: path_to(ordered, place_of(ordered, key)) for key in (reference, *named) if key in ends}
            yield {"head": row.head, "event": ends[reference].number, "ways": ways}


def place_of(ordered: Sequence[End], reference: str) -> int:
    """Where a reference stands among those in order."""
    return bisect_left(ordered, reference, key=lambda end: end.reference)


def _is_last_of_month(rows: Sequence[CheckpointRow], place: int) -> bool:
    following = rows[place + 1].day if place + 1 < len(rows) else date.max
    return (following.year, following.month) != (rows[place].day.year, rows[place].day.month)


def _link(one: ChainedEvent, hidden: set[str]) -> dict[str, Any]:
    """An event as the bundle has it: withheld where it holds an answer that is not to be given."""
    instants = {"happened": chain.instant_text(one.happened), "recorded": chain.instant_text(one.recorded)}
    link = {key: instants.get(key) or getattr(one, key) for key in LINK}
    said = dict(verify_bundle.flat(json.loads(one.content or "{}")["fields"]))
    if any(hidden.intersection(key.split(".")) for key in said):
        return {**link, "state": WITHHELD}
    return {**link, "salt": one.salt, "content": one.content}


def _papers(tx: Transaction, rows: Sequence[DocumentRow], wanted: Wanted) -> tuple[list[Paper], dict[str, str]]:
    """Letters and, where asked for, documents; and what is not there, by its number, with the reason."""
    found, absent, given = [], {}, 0
    for row in rows:
        is_letter = row.kind == LETTER and row.event_number is not None
        if row.kind == PACK or (not is_letter and not wanted.documents):
            continue
        given += 0 if is_letter else 1
        number = f"{row.event_number:04d}" if is_letter else f"document {given}"
        folder = f"letters/{number}" if is_letter else f"documents/{given:04d}"
        try:
            found.append(Paper(f"{folder}-{_plain_name(row.file_name)}", row, documents.content(tx, row.sha256)))
        except (ContentMissing, ContentDamaged) as lost:
            absent[number] = str(lost)
    return found, absent


def _plain_name(name: str) -> str:
    """A file's name as any system takes it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[-80:] or "unnamed"


def _versions(office: Office, file: CaseFile) -> dict[str, Shelved]:
    """The version that governs the case, and those it was under before it was moved."""
    named = [file.governing.version.key] if file.governing.version else []
    for event in file.record:
        if event.name == MOVED:
            named += [f"{file.policy}/{event.text(key)}" for key in ("version", "was")]
    return {key: office.shelved[key] for key in dict.fromkeys(named) if key in office.shelved}


def _seal(key: str, one: Shelved) -> dict[str, Any]:
    """How a version came to be what it is."""
    version, how = one.book.version, one.publication
    said: dict[str, Any] = {"version": key, "title": version.title, "in_force_from": version.in_force_from.isoformat()}
    said["seal"] = one.seal
    if how is None:
        return {**said, "approved": "It came with the installation."}
    kept = {field.name: getattr(how, field.name) for field in fields(how)}
    left_out = ("version_id", "draft_id", "published_by", "approved_by")
    return {**said, "approved": {name: _text(value) for name, value in kept.items() if name not in left_out}}


def _calendar(file: CaseFile) -> dict[str, Any]:
    """Every day that nobody works, with the day it became known; nothing where no version governs."""
    if file.book is None:
        return {}
    calendar = file.book.calendar
    days = [{field.name: _text(getattr(day, field.name)) for field in fields(day)} for day in calendar.days]
    covers = {"covers_from": calendar.covers_from.isoformat(), "covers_to": calendar.covers_to.isoformat()}
    return {"name": calendar.name, **covers, "days": days}


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
