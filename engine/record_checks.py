"""What verification checks beside chains and checkpoints: that no case is gone, that letters and documents
are those the events and acts name, and that a disposal was asked for and approved by those its event names.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.events import CaseEvent
from engine.evidence_checks import Fault
from engine.store import acts, disposals, documents, register
from engine.store.case_rows import CaseRow
from engine.store.database import Transaction
from engine.store.disposals import ERASED
from engine.store.documents import LETTER

SHA = "letter_sha256"
ASKED, APPROVED = "asked_for_disposal", "approved_disposal"
MOST_NAMED = 20


def gone(tx: Transaction, references: Iterable[str]) -> Iterator[Fault]:
    """Cases whose number was given out and that are not there: numbers leave no gap. Needs no checkpoint."""
    there: dict[str, set[int]] = defaultdict(set)
    for reference in references:
        series, _, number = reference.rpartition("-")
        if number.isdecimal():
            there[series].add(int(number))
    last = register.last_numbers(tx)
    for series in sorted({*there, *last}):
        upto = max(last.get(series, 0), max(there[series], default=0))
        lost = sorted({*range(1, upto + 1)} - there[series])
        for number in lost[:MOST_NAMED]:
            yield Fault(f"{series}-{number:05d}", "the case is missing: its number was given out.")
        if len(lost) > MOST_NAMED:
            yield Fault(series, f"{len(lost) - MOST_NAMED:,} more numbers were given out whose cases are missing.")
        if last.get(series, 0) < max(there[series], default=0):
            yield Fault(series, f"the last number given out is stored as {last.get(series, 0)}; there are later ones.")


def damaged_documents(tx: Transaction) -> Iterator[Fault]:
    """Stored contents that no longer have the hash they are stored under."""
    for sha256, content in documents.contents(tx):
        if hashlib.sha256(content).hexdigest() != sha256:
            yield Fault("documents", f"the content stored as {sha256[:12]}… is not what was stored.")


def paper_differences(tx: Transaction, row: CaseRow, record: Sequence[CaseEvent]) -> Iterator[str]:
    """Where the letters of a case are not those its events sent, and documents not those that people added."""
    rows = documents.of_case(tx, row.id)
    letters = {(one.event_number, one.sha256) for one in rows if one.kind == LETTER}
    sent = {(event.number, event.text(SHA)) for event in record if event.text(SHA)}
    for number, sha256 in sorted(sent - letters):
        yield f"event {number}: The letter it sent, {sha256[:12]}…, is not among its documents."
    for at, sha256 in sorted(letters - sent, key=str):
        yield f"the letter stored with event {at} as {sha256[:12]}… is not one that it sent."
    for sha256 in sorted({one.sha256 for one in rows} - documents.known(tx, {one.sha256 for one in rows})):
        yield f"the content of its document {sha256[:12]}… is not stored any more."
    own = {one.id: one.sha256 for one in rows}
    for act in acts.acts(tx, about=f"case {row.reference}", limit=10_000):
        said: Mapping[str, object] = act.detail or {}
        if act.what == "added_document" and "sha256" in said and own.get(_id(said)) != said["sha256"]:
            yield f"its document {said['document']} is not the one that was added, or is gone (act {act.id})."


def disposal_differences(tx: Transaction, row: CaseRow, asked_by: str, approved_by: str) -> Iterator[str]:
    """Where nobody asked for the disposal of a case, or approved it, as its last event says: by the request and by the
    acts of the record."""
    request = next((one for one in disposals.of_case(tx, row.id) if one.state == ERASED), None)
    by = (str(request.asked_by), str(request.decided_by)) if request else ("", "")
    if by != (asked_by, approved_by):
        yield "its disposal is not that of a request that was approved, by those whom its last event names."
    done = {(act.what, str(act.person_id)) for act in acts.acts(tx, about=f"case {row.reference}", limit=10_000)}
    for what, who in ((ASKED, asked_by), (APPROVED, approved_by)):
        if (what, who) not in done:
            yield f"the record has no act '{what.replace('_', ' ')}' by whom its last event names."


def undone_disposal(tx: Transaction, row: CaseRow) -> Iterator[str]:
    """Where a request says that a case was erased, and its chain does not."""
    if any(one.state == ERASED for one in disposals.of_case(tx, row.id)):
        yield "a request says it was disposed of, and its chain does not end with that."


def _id(said: Mapping[str, object]) -> int:
    found = said.get("document")
    return found if isinstance(found, int) else 0
