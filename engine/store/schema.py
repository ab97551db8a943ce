"""The tables. What each is for stands above it; `migrations/` makes them, and a test holds the two equal.

Those of letters and documents are in `letter_tables`, those of the policy studio in `studio_tables`; they are named
here too: this is where all of them are.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.column_types import Id, Instant, Json, Word
from engine.store.disposal_tables import case_view as case_view
from engine.store.disposal_tables import disposal as disposal
from engine.store.disposal_tables import disposal_hold as disposal_hold
from engine.store.evidence_tables import act_link as act_link
from engine.store.evidence_tables import checkpoint as checkpoint
from engine.store.evidence_tables import checkpoint_case as checkpoint_case
from engine.store.governance_tables import case_mark as case_mark
from engine.store.letter_tables import case_document as case_document
from engine.store.letter_tables import document_content as document_content
from engine.store.letter_tables import letter_draft as letter_draft
from engine.store.letter_tables import outbox as outbox
from engine.store.monitoring_tables import case_stage_measure as case_stage_measure
from engine.store.monitoring_tables import reporting_year as reporting_year
from engine.store.studio_tables import impact as impact
from engine.store.studio_tables import impact_case as impact_case
from engine.store.studio_tables import policy_draft as policy_draft
from engine.store.studio_tables import policy_draft_author as policy_draft_author
from engine.store.studio_tables import policy_draft_file as policy_draft_file
from engine.store.studio_tables import publication as publication
from engine.store.studio_tables import setting as setting
from engine.store.studio_tables import withdrawal as withdrawal
from engine.store.tables import metadata as metadata

#: Few deadlines are timers, and the worker's index holds no others.
WAITED_FOR = text("fires IS NOT NULL")
#: Few cases are on hold, and the index of those holds no others.
ON_HOLD = text("hold IS NOT NULL")

# --- The library: sealed versions and dated calendar rows. Triggers refuse to change or delete what is sealed. ---

# Each published file once, by the SHA-256 of its content.
library_file = Table(
    "library_file", metadata, Column("sha256", Text, primary_key=True), Column("content", LargeBinary, nullable=False)
)

policy_version = Table(
    "policy_version",
    metadata,
    Column("id", Id, primary_key=True),
    Column("policy", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("in_force_from", Date, nullable=False),
    Column("seal", Text, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    UniqueConstraint("policy", "version"),
)

version_file = Table(
    "version_file",
    metadata,
    Column("version_id", ForeignKey("policy_version.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("sha256", ForeignKey("library_file.sha256"), nullable=False),
)

# The days a calendar speaks for; outside them a date cannot be counted.
calendar = Table(
    "calendar",
    metadata,
    Column("key", Text, primary_key=True),
    Column("covers_from", Date, nullable=False),
    Column("covers_to", Date, nullable=False),
)

# A day nobody works. `known` is part of the key: a day may be proclaimed again after it was withdrawn.
calendar_day = Table(
    "calendar_day",
    metadata,
    Column("calendar", ForeignKey("calendar.key"), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("known", Date, primary_key=True),
    Column("name", Text, nullable=False),
    Column("withdrawn", Date),
    Column("recorded", Instant, nullable=False),
)

# --- People ---

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sign_in", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("password_hash", Text),
    Column("is_administrator", Boolean, nullable=False),
    Column("is_auditor", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("session_epoch", Integer, nullable=False),
    Column("created", Instant, nullable=False),
)

area = Table("area", metadata, Column("key", Text, primary_key=True), Column("title", Text, nullable=False))

# A role under a policy for one service area, or (area "") for all: no NULL, so that the same grant cannot stand twice.
grant = Table(
    "grant",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("policy", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("area", Text, primary_key=True),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sign_in", Text, nullable=False),
    Column("from_address", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
    Index(None, "sign_in", "at"),
    Index(None, "from_address", "at"),
)

# What people did outside a case: signed in, changed a grant, looked at a sensitive field. Append-only.
act = Table(
    "act",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), index=True),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("detail", Json),
    Index(None, "about", "id"),
    Index(None, "what", "id"),
)

# --- The case. Events are the truth; everything below `case_event` is a convenience rebuilt from them. ---

complaint_case = Table(
    "complaint_case",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("policy", Text, nullable=False),
    Column("version_id", ForeignKey("policy_version.id")),
    Column("received", Instant, nullable=False),
    Column("logged", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("stage", Text),
    Column("finding", Text),
    Column("ending", Text),
    Column("hold", Text),
    Column("hold_reason", Text),
    Column("due", Date),
    Column("resident", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("postcode", Text, nullable=False),
    Column("brief", Text, nullable=False),
    Column("area", Text),  # no foreign key: a case whose area we do not know must still be registered
    Column("channel", Text),
    Column("restricted", Boolean, nullable=False),
    Column("lock_version", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("state_definition", Text),
    Column("last_event_number", Integer, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_by_name", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "logged", "id"),
    Index(None, "status", "logged", "id"),
    Index("ix_complaint_case_hold", "logged", "id", sqlite_where=ON_HOLD, postgresql_where=ON_HOLD),
)

# The chain. Keyed by the event's number in its case, so that a step writes events and their contents without reading
# ids back, and the events of one case lie together. Triggers refuse UPDATE and DELETE. No resident's data here.
# `by_person` is a person's id as text, without a foreign key: "" is the clock, and examples have made-up people.
case_event = Table(
    "case_event",
    metadata,
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("happened", Instant, nullable=False),
    Column("recorded", Instant, nullable=False),
    Column("by_person", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("field_names", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "recorded", "case_id", "number"),
    sqlite_with_rowid=False,
)

# What an event says, erasable: the chain holds only its salted hash. The text is the very text that was hashed.
# With row ids on SQLite: a table without them puts each text of a kilobyte on a page of its own.
event_content = Table(
    "event_content",
    metadata,
    Column("case_id", Id, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("salt", Text, nullable=False),
    Column("content", Text, nullable=False),
    ForeignKeyConstraint(["case_id", "number"], ["case_event.case_id", "case_event.number"]),
)

# No state that changes with the day is kept here (overdue is running, seen later): a stored one would go stale.
# A timer is a deadline the process waits for (law 2), so it is a column, not a table: it fires once `fires` has passed.
deadline = Table(
    "deadline",
    metadata,
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("due", Date),
    Column("expected", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("promised", Date),
    Column("backstop", Date),
    Column("met", Instant),
    Column("fires", Date),
    Index("ix_deadline_fires", "fires", "case_id", sqlite_where=WAITED_FOR, postgresql_where=WAITED_FOR),
    sqlite_with_rowid=False,
)

# Open tasks only, with what a list shows, so that a page is one index read. `group_key` is policy:role:area and
# `team_key` policy:role, for people who hold a role for every area: one key for each grant, however many areas.
open_task = Table(
    "open_task",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("stage", Text),
    Column("role", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("version_id", Id),
    Column("area", Text),
    Column("group_key", Text, nullable=False),
    Column("team_key", Text, nullable=False),
    Column("sort_due", Date, nullable=False),
    Column("due", Date),
    Column("promised", Date),
    Column("waits_for", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("resident", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("claimed_at", Instant),
    UniqueConstraint("case_id", "key"),
    Index(None, "person_id", "sort_due", "id"),
    Index(None, "group_key", "sort_due", "id"),
    Index(None, "team_key", "sort_due", "id"),
    sqlite_autoincrement=True,  # an id is an address: that of a finished task must never come to mean another
)

# The words of a case's reference, resident, address and postcode, for search by the beginning of a word.
search_word = Table(
    "search_word",
    metadata,
    Column("word", Word, primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Index(None, "case_id", "word"),
    sqlite_with_rowid=False,
)

# The same button pressed twice: the key of the form, and what the first press led to.
request_key = Table(
    "request_key",
    metadata,
    Column("key", Text, primary_key=True),
    Column("made", Instant, nullable=False, index=True),
    Column("result", Json),
)

# The last number given out in a series, such as SEH-2024.
reference_counter = Table(
    "reference_counter", metadata, Column("series", Text, primary_key=True), Column("last", Integer, nullable=False)
)
