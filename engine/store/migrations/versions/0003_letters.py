"""Letters: an outbox a worker takes from, drafts that somebody else approves, and the documents of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OF_NO_EVENT = sa.text("event_number IS NULL")


def upgrade() -> None:
    """Widen the outbox, keeping what is in it, and make the tables of drafts and documents."""
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("case_id", existing_type=ID, nullable=True)
        outbox.add_column(sa.Column("attempts", sa.Integer()))
        outbox.add_column(sa.Column("next_try", INSTANT))
        outbox.add_column(sa.Column("lease_until", INSTANT))
        outbox.add_column(sa.Column("said", sa.Text()))
        outbox.add_column(sa.Column("sent_at", INSTANT))
        outbox.drop_index(op.f("ix_outbox_status_id"))
    # a row from before is due at once; one that was sent was sent when it was marked so
    op.execute("UPDATE outbox SET attempts = 0, next_try = created, said = ''")
    op.execute("UPDATE outbox SET sent_at = changed WHERE status = 'sent'")
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("attempts", existing_type=sa.Integer(), nullable=False)
        outbox.alter_column("next_try", existing_type=INSTANT, nullable=False)
        outbox.alter_column("said", existing_type=sa.Text(), nullable=False)
        outbox.create_index(op.f("ix_outbox_status_next_try_id"), ["status", "next_try", "id"], unique=False)
    _make_drafts()
    _make_documents()


def _make_drafts() -> None:
    op.create_table(
        "letter_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("writer_name", sa.Text(), nullable=False),
        sa.Column("saved", INSTANT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("approval_role", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("approver_name", sa.Text(), nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_letter_draft_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_draft")),
        sa.UniqueConstraint("case_id", "step", name=op.f("uq_letter_draft_case_id_step")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_letter_draft_status"), "letter_draft", ["status"], unique=False)


def _make_documents() -> None:
    op.create_table(
        "document_content",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_content")),
    )
    op.create_table(
        "case_document",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("event_number", sa.Integer()),
        sa.Column("added", INSTANT, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_case_document_case_id")),
        sa.ForeignKeyConstraint(["sha256"], ["document_content.sha256"], name=op.f("fk_case_document_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_document")),
        sa.UniqueConstraint(
            "case_id", "sha256", "kind", "event_number", name=op.f("uq_case_document_case_id_sha256_kind_event_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_document_sha256"), "case_document", ["sha256"], unique=False)
    op.create_index(
        "uq_case_document_of_no_event",
        "case_document",
        ["case_id", "sha256", "kind"],
        unique=True,
        sqlite_where=OF_NO_EVENT,
        postgresql_where=OF_NO_EVENT,
    )


def downgrade() -> None:
    """Drop what is new. What belongs to no case cannot be kept; what nobody is sure of counts as failed."""
    for table in ("case_document", "document_content", "letter_draft"):
        op.drop_table(table)
    op.execute("DELETE FROM outbox WHERE case_id IS NULL")
    op.execute("UPDATE outbox SET status = 'waiting' WHERE status = 'taken'")
    op.execute("UPDATE outbox SET status = 'failed' WHERE status IN ('sending', 'unsure', 'cancelled')")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_index(op.f("ix_outbox_status_next_try_id"))
        for column in ("attempts", "next_try", "lease_until", "said", "sent_at"):
            outbox.drop_column(column)
        outbox.alter_column("case_id", existing_type=ID, nullable=False)
        outbox.create_index(op.f("ix_outbox_status_id"), ["status", "id"], unique=False)
