"""The tables of disposal: who looked at a case, what is kept back, and what was asked to be erased. See `schema`, which
names them too.

That somebody saw a case may be added, never changed or taken away.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, text

from engine.store.column_types import Id, Instant
from engine.store.tables import metadata

#: A request nobody has decided: a case has one at most.
UNDECIDED = text("state = 'asked'")
#: A hold that has not ended: a case has one at most.
IN_FORCE = text("ended_at IS NULL")

# Who had a case before them: a row for each person, case and hour, with the first moment in it.
case_view = Table(
    "case_view",
    metadata,
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Column("hour", Instant, primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Index(None, "at", "case_id", "person_id"),
    Index(None, "person_id", "at"),
    sqlite_with_rowid=False,
)

# What keeps a case from being disposed of, with a reason, until somebody ends it.
disposal_hold = Table(
    "disposal_hold",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by_person", ForeignKey("person.id"), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", ForeignKey("person.id")),
    Column("ended_by_name", Text, nullable=False),
    Column("end_reason", Text, nullable=False),
    Index(None, "case_id", "id"),
    Index("uq_disposal_hold_in_force", "case_id", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
    sqlite_autoincrement=True,  # an id is an address: that of a hold must never come to mean another
)

# A case asked to be erased: by whom, under which class of retention, and what somebody else decided.
disposal = Table(
    "disposal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), nullable=False),
    Column("policy", Text, nullable=False),
    Column("class_key", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("closed", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_by", ForeignKey("person.id"), nullable=False),
    Column("asked_by_name", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("decided_by", ForeignKey("person.id")),
    Column("decided_by_name", Text, nullable=False),
    Column("decided_at", Instant),
    Column("said", Text, nullable=False),
    Index(None, "state", "policy", "id"),
    Index(None, "case_id", "id"),
    Index("uq_disposal_undecided", "case_id", unique=True, sqlite_where=UNDECIDED, postgresql_where=UNDECIDED),
    sqlite_autoincrement=True,  # an id is an address here too
)
