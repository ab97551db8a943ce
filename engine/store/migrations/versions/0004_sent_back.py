"""Letters sent back by whoever was asked to approve them: what they said stays with what is written."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what was said; of the letters there are, nothing was. The table is not made anew: no id of it comes back."""
    op.add_column("letter_draft", sa.Column("sent_back", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop what was said."""
    op.execute("ALTER TABLE letter_draft DROP COLUMN sent_back")
