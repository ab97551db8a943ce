"""Whether what is gone of a case was erased by a disposal, or is missing.

A content that is gone leaves its chain whole, for the chain holds only the salted hash of it. So the last event of the
chain must say that it was erased, and nothing but that event may then have a content.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from engine.disposal import IN_PLACE
from engine.events import CONTENT_ERASED
from engine.store.case_rows import CaseRow
from engine.store.chain import ChainedEvent


def erased_differences(row: CaseRow, links: Sequence[ChainedEvent]) -> Iterator[str]:
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
    elif json.loads(last.content)["fields"].get("asked_by") == last.by_person:
        yield f"event {last.number}: The same person asked for the disposal of the case and approved it."
