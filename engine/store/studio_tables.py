"""The tables of the policy studio: drafts of versions with their files and authors, what was published and withdrawn,
what a draft would do, and the settings of an installation.

What was published and withdrawn may be added to, never changed or taken away; a draft is changed until it is sealed.
"""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from engine.store.column_types import Id, Instant, Json
from engine.store.tables import metadata

#: A draft that somebody is at work on: its version's name is taken until it is published or discarded.
AT_WORK = text("state IN ('drafting', 'asked', 'approved')")

# A version being made: a copy of a sealed one, changed until somebody else has approved it and it is published.
# `approved_seal` is the seal of exactly what was approved. `sent_back` is what was said by who was asked and did not
# approve, a line each time. Its files are kept when it is published or discarded, to be looked at.
policy_draft = Table(
    "policy_draft",
    metadata,
    Column("id", Id, primary_key=True),
    Column("policy", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("based_on", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_by", ForeignKey("person.id"), nullable=False),
    Column("created_by_name", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("asked_by", ForeignKey("person.id")),
    Column("asked_by_name", Text, nullable=False),
    Column("asked_at", Instant),
    Column("approved_by", ForeignKey("person.id")),
    Column("approved_by_name", Text, nullable=False),
    Column("approved_at", Instant),
    Column("body", Text, nullable=False),
    Column("minute", Text, nullable=False),
    Column("approved_seal", Text, nullable=False),
    Column("sent_back", Text, nullable=False),
    Index(None, "policy", "state"),
    Index("uq_policy_draft_at_work", "policy", "version", unique=True, sqlite_where=AT_WORK, postgresql_where=AT_WORK),
    sqlite_autoincrement=True,  # an id is an address: that of a draft gone must never come to mean another
)

# A file of a draft. `number` grows with each change, so that nobody overwrites what they have not read. A file taken
# away keeps its row without content: who took it away is known, and its number goes on.
policy_draft_file = Table(
    "policy_draft_file",
    metadata,
    Column("draft_id", ForeignKey("policy_draft.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("content", LargeBinary),
    Column("number", Integer, nullable=False),
    Column("changed_by", ForeignKey("person.id"), nullable=False),
    Column("changed_by_name", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

# Whoever began a draft or changed anything in it: none of them approves it.
policy_draft_author = Table(
    "policy_draft_author",
    metadata,
    Column("draft_id", ForeignKey("policy_draft.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
)

# How a version came to be in force: who approved and who published it, and why where it began in the past.
publication = Table(
    "publication",
    metadata,
    Column("version_id", ForeignKey("policy_version.id"), primary_key=True, autoincrement=False),
    Column("draft_id", ForeignKey("policy_draft.id"), unique=True),  # none: sealed from a tree of files
    Column("based_on", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("published_by", ForeignKey("person.id"), nullable=False),
    Column("published_by_name", Text, nullable=False),
    Column("approved_at", Instant),
    Column("approved_by", ForeignKey("person.id")),
    Column("approved_by_name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("minute", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

# A sealed version that no case used and that governs nothing any more. Its text stays.
withdrawal = Table(
    "withdrawal",
    metadata,
    Column("version_id", ForeignKey("policy_version.id"), primary_key=True, autoincrement=False),
    Column("withdrawn_at", Instant, nullable=False),
    Column("withdrawn_by", ForeignKey("person.id"), nullable=False),
    Column("withdrawn_by_name", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

# What a draft would do to a period of past cases, or another study of many cases, worked out in the background; `done`
# of `total` shows how far it is.
impact = Table(
    "impact",
    metadata,
    Column("id", Id, primary_key=True),
    Column("draft_id", ForeignKey("policy_draft.id")),  # none: two versions side by side, or closed cases
    Column("asked_by", ForeignKey("person.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("period_from", Date),
    Column("period_to", Date),
    Column("kind", Text, nullable=False),
    Column("draft_seal", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("taken_at", Instant),
    Column("result", Json),
    Column("said", Text, nullable=False),
    Column("about", Text, nullable=False),  # what it is of, where it is not of a draft
    Index(None, "draft_id", "id"),
    Index(None, "status", "id"),
    sqlite_autoincrement=True,
)

# What it would do to each of these cases: `kinds` are the words by which they are counted and listed.
impact_case = Table(
    "impact_case",
    metadata,
    Column("impact_id", ForeignKey("impact.id"), primary_key=True),
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Column("kinds", Text, nullable=False),
    Column("detail", Json, nullable=False),
    sqlite_with_rowid=False,
)

# What an installation decides in its pages, by name.
setting = Table("setting", metadata, Column("key", Text, primary_key=True), Column("value", Json, nullable=False))
