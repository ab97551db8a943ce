"""A sealed bundle of a real case with letters and a document, and what somebody does who forges one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine import case_files, evidence_keeping, verify_bundle
from engine.events import moment
from engine.evidence_bundle import Wanted
from engine.evidence_keeping import Copies
from engine.office import Office
from engine.rights import Person
from engine.store import cases as stored
from engine.store import documents
from engine.store.case_rows import By
from engine.store.documents import ATTACHMENT, NewDocument
from tests.unit.casting import hired
from tests.unit.test_writing import ACK, ANSWER, BY_EMAIL, BY_POST, REMEDY, UNDERSTOOD, answers, begun, sent
from web import proof_making

Files = dict[str, bytes]
NOW = moment("2024-07-02T09:00")


def worked(office: Office, who: Person | None = None, **said: Any) -> str:
    """A case answered at stage 1, with its two letters and a photograph, under two checkpoints."""
    ann = who or hired(office, "Ann")
    reference = begun(office, ann, **said)
    sent(office, reference, ann, ACK, answers(office, reference, ann, ACK, **UNDERSTOOD), BY_EMAIL, "2024-06-05")
    evidence_keeping.keep(office.database, Copies(), moment("2024-06-06T07:00"))
    given = answers(office, reference, ann, ANSWER, outcome="upheld", **REMEDY)
    sent(office, reference, ann, ANSWER, given, BY_POST, "2024-06-10")
    with office.database.writing() as tx:
        row = stored.case_by_reference(tx, reference)
        assert row
        photograph = NewDocument(ATTACHMENT, "The lift", "lift 1.jpg", "image/jpeg", b"\xff\xd8 a picture")
        documents.put(tx, row.id, documents=[photograph], by=By(ann.id, ann.name), now=NOW)
    evidence_keeping.keep(office.database, Copies(), moment("2024-07-01T07:00"))
    return reference


def made(office: Office, reference: str, *, now: datetime = NOW, private: bool = True, papers: bool = True) -> Files:
    """The bundle of a case."""
    with office.database.reading() as tx:
        file = case_files.load(tx, office, reference, now)
    return proof_making.made(office, file, Wanted("Ada Auditor", now, private, papers), None)


def wrong(files: Files, given: str = "") -> list[str]:
    """What the verifier says is wrong with a bundle."""
    return verify_bundle.checked(files, given)[0]


def resealed(files: Files, **other: Any) -> Files:
    """What a forger does last: the manifest made to fit the files as they are now."""
    said = {**json.loads(files["manifest.json"]), **other}
    said["files"] = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    del said["files"]["manifest.json"]
    return {**files, "manifest.json": verify_bundle.sealed(said)}


def rechained(files: Files, change: Callable[[list[dict[str, Any]]], object]) -> Files:
    """What a forger does with the chain: events changed, every hash worked out anew, the manifest made to fit."""
    said = json.loads(files["events.json"])
    change(said["events"])
    previous = "0" * 64
    for event in said["events"]:
        if "salt" in event:
            event["content_hash"] = hashlib.sha256(f"{event['salt']}\n{event['content']}".encode()).hexdigest()
        event["previous_hash"] = previous
        parts = [event[key] for key in verify_bundle.LINK if key not in ("by_name", "hash")]
        text = json.dumps(["redress-event-1", said["case"], *parts], ensure_ascii=False, separators=(",", ":"))
        event["hash"] = previous = hashlib.sha256(text.encode()).hexdigest()
    changed = {**files, "events.json": json.dumps(said, ensure_ascii=False).encode()}
    return resealed(changed, events=len(said["events"]), head_hash=previous)
