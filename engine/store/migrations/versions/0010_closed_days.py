"""An index by which the cases that closed before a day are found."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_case_mark_kind_until_case_id"), "case_mark", ["kind", "until", "case_id"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index(op.f("ix_case_mark_kind_until_case_id"), "case_mark")
