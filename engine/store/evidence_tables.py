"""The tables of evidence: the checkpoints of the record, where each case stood at the last, and the chain of the acts.

Checkpoints and the chain of the acts may be added to, never changed or taken away. What counts are their copies outside
the database: whoever can write here can write anything here.
"""

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text

from engine.store.column_types import Instant
from engine.store.tables import metadata

# One a day: what the whole record came to at a moment. `head` is the very text that was hashed; `changed` has a line
# for each case that had moved on since the checkpoint before: its reference, the number of its last event, its hash.
checkpoint = Table(
    "checkpoint",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("made", Instant, nullable=False),
    Column("head", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("changed", Text, nullable=False),
)

# Where each case stood at the last checkpoint, so that the next tells which have moved on: a convenience.
checkpoint_case = Table(
    "checkpoint_case",
    metadata,
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)

# The acts as a chain, in the order they were linked, which the worker does each round: an act is written by whoever
# acts without waiting for anybody else's, and two that are written at once have no order yet.
act_link = Table(
    "act_link",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("act_id", ForeignKey("act.id"), nullable=False, unique=True),
    Column("hash", Text, nullable=False),
)
