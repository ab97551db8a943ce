"""The tables of letters: what must go out, what is being written, and the documents of a case.

All of it may be changed and erased: what was sent, and the hash of what was said, stand in the events.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from engine.store.column_types import Id, Instant, Json
from engine.store.tables import metadata

#: A document that belongs to no event. NULL equals nothing in a unique constraint, so these have an index of their own.
OF_NO_EVENT = text("event_number IS NULL")

# What must go out, written in the step's transaction. The key makes a second attempt the same message. What is due is
# found by status and `next_try`, however many have been sent; `attempts` also tells one worker's taking from another's.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), index=True),  # none: a digest of many cases
    Column("event_number", Integer),
    Column("kind", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("said", Text, nullable=False),
    Column("sent_at", Instant),
    Index(None, "status", "next_try", "id"),
)

# A letter being written: one for each step of a case, gone once it is sent. `number` grows with each change, so that
# an approval is of exactly what was read. `sent_back` is what was said by who was asked and did not approve,
# a line each time.
letter_draft = Table(
    "letter_draft",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("answers", Json, nullable=False),
    Column("day", Date, nullable=False),
    Column("writer", Text, nullable=False),
    Column("writer_name", Text, nullable=False),
    Column("saved", Instant, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("approval_role", Text, nullable=False),
    Column("asked_at", Instant),
    Column("approver", Text, nullable=False),
    Column("approver_name", Text, nullable=False),
    Column("approved_at", Instant),
    Column("number", Integer, nullable=False),
    Column("sent_back", Text, nullable=False, server_default=""),
    UniqueConstraint("case_id", "step"),
    sqlite_autoincrement=True,  # an id is an address: that of a letter sent must never come to mean another
)

# The bytes of documents, each content once, by the SHA-256 of it.
document_content = Table(
    "document_content",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
)

# What a case has of documents, without their bytes, so that a list of them reads none.
case_document = Table(
    "case_document",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), nullable=False),
    Column("sha256", ForeignKey("document_content.sha256"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("event_number", Integer),
    Column("added", Instant, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_by_name", Text, nullable=False),
    UniqueConstraint("case_id", "sha256", "kind", "event_number"),
    Index(
        "uq_case_document_of_no_event",
        "case_id",
        "sha256",
        "kind",
        unique=True,
        sqlite_where=OF_NO_EVENT,
        postgresql_where=OF_NO_EVENT,
    ),
    sqlite_autoincrement=True,  # an id is an address here too
)
