"""What is counted of each case, and the homes the landlord had.

The rows of cases that are here already are written when the installation is next opened (`engine.measures_keeping`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "case_stage_measure",
        sa.Column("case_id", ID, nullable=False, autoincrement=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version_id", ID),
        *(sa.Column(name, sa.Text()) for name in ("area", "channel", "contractor", "tenure")),
        sa.Column("counts", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("received", "logged")),
        sa.Column("days_to_log", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Date()) for name in ("ack_due", "acknowledged", "panel_due", "panel_met")),
        *(sa.Column(name, sa.Date()) for name in ("due_original", "due", "promised")),
        sa.Column("edition", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Date()) for name in ("code_ack_due", "code_due_original", "code_due")),
        *(sa.Column(name, sa.Date()) for name in ("answered", "closed")),
        *(sa.Column(name, sa.Text()) for name in ("how", "outcome")),
        *(sa.Column(name, sa.Integer()) for name in ("days_to_answer", "days_late")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("went_on", "has_lesson")),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_case_stage_measure_case_id")),
        sa.PrimaryKeyConstraint("case_id", "stage", name=op.f("pk_case_stage_measure")),
        sqlite_with_rowid=False,
    )
    for name in ("received", "closed", "acknowledged"):
        columns = [name, "case_id", "stage"]
        op.create_index(op.f(f"ix_case_stage_measure_{'_'.join(columns)}"), "case_stage_measure", columns)
    op.create_table(
        "reporting_year",
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer()) for name in ("homes_rental", "homes_ownership")),
        sa.Column("divides_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("policy", "begins", name=op.f("pk_reporting_year")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("reporting_year")
    op.drop_table("case_stage_measure")
