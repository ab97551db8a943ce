"""The tables of monitoring: what is counted of each case, and the homes the landlord had. See `schema`, which names
them too.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text

from engine.store.column_types import Id
from engine.store.tables import metadata

# A row for each stage a case has reached, so that a report reads rows and replays nothing. A convenience: it is worked
# out from the events with the deadlines, in the same transaction. All dates are local days. The columns of the case
# itself (policy to tenure) are repeated here, so that a report reads this table alone.
case_stage_measure = Table(
    "case_stage_measure",
    metadata,
    Column("case_id", ForeignKey("complaint_case.id"), primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("place", Integer, nullable=False),  # of the stage in its version, from 1; 0 for one that is no step of it
    Column("external", Boolean, nullable=False),
    Column("policy", Text, nullable=False),
    Column("version_id", Id),
    Column("area", Text),
    Column("channel", Text),
    Column("contractor", Text),
    Column("tenure", Text),
    Column("counts", Boolean, nullable=False),  # false once triage found that it is no complaint
    Column("received", Date, nullable=False),
    Column("logged", Date, nullable=False),
    Column("days_to_log", Integer, nullable=False),
    Column("ack_due", Date),
    Column("acknowledged", Date),
    Column("panel_due", Date),
    Column("panel_met", Date),
    Column("due_original", Date),
    Column("due", Date),  # with more time that was given
    Column("promised", Date),
    Column("edition", Text, nullable=False),  # of the Code, that measures the case; empty before the first
    Column("code_ack_due", Date),
    Column("code_due_original", Date),
    Column("code_due", Date),  # with more time inside the Code's limits
    Column("answered", Date),
    Column("closed", Date),  # never before `received`
    Column("how", Text),  # answered, or how it ended without an answer
    Column("outcome", Text),
    Column("days_to_answer", Integer),
    Column("days_late", Integer),
    Column("went_on", Boolean, nullable=False),  # the next stage of ours was asked for
    Column("has_lesson", Boolean, nullable=False),
    Index(None, "received", "case_id", "stage"),
    Index(None, "closed", "case_id", "stage"),
    Index(None, "acknowledged", "case_id", "stage"),
    sqlite_with_rowid=False,
)

# The homes a landlord had at the end of a reporting year, which CH01 divides by; and which count CH02 divides by.
reporting_year = Table(
    "reporting_year",
    metadata,
    Column("policy", Text, primary_key=True),
    Column("begins", Date, primary_key=True),  # 1 April
    Column("homes_rental", Integer),
    Column("homes_ownership", Integer),
    Column("divides_by", Text, nullable=False),
    sqlite_with_rowid=False,
)
