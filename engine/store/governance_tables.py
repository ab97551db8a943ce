"""The table of governance: what cases are found by. See `schema`, which names it too."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text

from engine.store.column_types import Id
from engine.store.tables import metadata

# What a case is found by: a version that governed it and from when until when, the days it was open, something written
# down late, a promise missed, a correction. A convenience: it is worked out from the events with the deadlines, in the
# same transaction. `number` is the event that brought it about; all dates are local days, `until` the first day it no
# longer held. No word of any person's. What each kind holds: `engine.case_marks`. The indexes hold what a list asks
# for, so that one that finds little still reads no row it does not show.
case_mark = Table(
    "case_mark",
    metadata,
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("day", Date, nullable=False),
    Column("until", Date),
    Column("days", Integer),
    Column("version_id", Id),
    Index(None, "kind", "day", "case_id", "number", "until", "days"),
    Index(None, "version_id", "kind", "day", "case_id", "number", "until"),
    Index(None, "kind", "until", "case_id"),
    sqlite_with_rowid=False,
)
