"""Whether what is gone of a case was erased by a disposal, or is missing.

A content that is gone leaves its chain whole, for the chain holds only the salted hash of it. So the last event of the
chain must say that it was erased, and nothing but that event may then have a content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from engine import record_checks
from engine.events import CONTENT_ERASED
from engine.store.case_rows import CaseRow
from engine.store.chain import ChainedEvent, canonical_json
from engine.store.database import Transaction
from engine.store.marks import MarkRow, marks_of
from engine.store.measures import MeasureRow, measures_of

#: what a case's row says in place of a name and of what the complaint was about
IN_PLACE = "Details erased"
OF_ITS_ROW = "policy version_id received logged status stage finding ending area"


def kept_hash(tx: Transaction, row: CaseRow, links: Sequence[ChainedEvent], names: Mapping[str, str]) -> str:
    """One hash over what is kept of an erased case and no other covers: who recorded each event by name, the figures
    that reports count, the marks it is found by, its row. `names` are the columns there were when it was erased."""
    said: list[list[Any]] = [[link.number, link.by_name] for link in links if link.name != CONTENT_ERASED]
    for key, rows in (("row", [row]), ("measures", measures_of(tx, row.id)), ("marks", marks_of(tx, row.id))):
        said += [[getattr(one, name) for name in names[key].split()] for one in rows]
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


def kept_names() -> dict[str, str]:
    """The columns that such a hash covers, to be kept with it: later ones are not in it."""
    named = (("measures", MeasureRow), ("marks", MarkRow))
    return {name: " ".join(field.name for field in fields(row)) for name, row in named} | {"row": OF_ITS_ROW}


def erased_differences(tx: Transaction, row: CaseRow, links: Sequence[ChainedEvent]) -> Iterator[str]:
    """What is wrong with the contents of a case some of which are gone, each in a sentence; nothing where all is there
    and no disposal is recorded."""
    last = links[-1] if links else None
    if last is None or last.name != CONTENT_ERASED:
        gone = [link.number for link in links if link.content is None]
        if gone:
            yield f"event {gone[0]}: What it said is gone, and the record has no disposal of the case."
        return
    left = [link.number for link in links[:-1] if link.content is not None]
    if left:
        yield f"event {left[0]}: What it said is still there, and the case was disposed of."
    if row.resident != IN_PLACE or row.brief != IN_PLACE or row.address or row.postcode or row.state:
        yield "its row still says what was disposed of."
    if last.content is None:
        yield f"event {last.number}: It is the disposal of the case, and who asked for it is gone."
        return
    said = json.loads(last.content)["fields"]
    if said.get("asked_by") == last.by_person:
        yield f"event {last.number}: The same person asked for the disposal of the case and approved it."
    yield from record_checks.disposal_differences(tx, row, str(said.get("asked_by")), last.by_person)
    if "kept" in said and kept_hash(tx, row, links, said["kept_of"]) != said["kept"]:
        yield "the figures, marks or names of staff kept of it are not those it had when it was erased."
