"""The policy studio: drafts with their files and authors, publications and withdrawals, impacts and settings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
AT_WORK = sa.text("state IN ('drafting', 'asked', 'approved')")
APPEND_ONLY = ("publication", "withdrawal")


def upgrade() -> None:
    """Make the tables, and the triggers of what may only be added to."""
    _make_drafts()
    _make_publications()
    _make_impacts()
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only: {change} refused'); END"
            )


def _make_drafts() -> None:
    op.create_table(
        "policy_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", ID, nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("asked_by", ID),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT),
        sa.Column("approved_by", ID),
        sa.Column("approved_by_name", sa.Text(), nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=False),
        sa.Column("approved_seal", sa.Text(), nullable=False),
        sa.Column("sent_back", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_policy_draft_created_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_policy_draft_asked_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_policy_draft_approved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_policy_draft_policy_state"), "policy_draft", ["policy", "state"], unique=False)
    op.create_index(
        "uq_policy_draft_at_work",
        "policy_draft",
        ["policy", "version"],
        unique=True,
        sqlite_where=AT_WORK,
        postgresql_where=AT_WORK,
    )
    op.create_table(
        "policy_draft_file",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        sa.Column("changed_by_name", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_draft_file_draft_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_policy_draft_file_changed_by")),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_policy_draft_file")),
    )
    op.create_table(
        "policy_draft_author",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_draft_author_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_policy_draft_author_person_id")),
        sa.PrimaryKeyConstraint("draft_id", "person_id", name=op.f("pk_policy_draft_author")),
    )


def _make_publications() -> None:
    op.create_table(
        "publication",
        sa.Column("version_id", ID, nullable=False, autoincrement=False),
        sa.Column("draft_id", ID),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by", ID, nullable=False),
        sa.Column("published_by_name", sa.Text(), nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("approved_by", ID),
        sa.Column("approved_by_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_publication_version_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_publication_draft_id")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_publication_published_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_publication_approved_by")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_publication")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_publication_draft_id")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("version_id", ID, nullable=False, autoincrement=False),
        sa.Column("withdrawn_at", INSTANT, nullable=False),
        sa.Column("withdrawn_by", ID, nullable=False),
        sa.Column("withdrawn_by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_withdrawal_version_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_withdrawal_withdrawn_by")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_withdrawal")),
    )


def _make_impacts() -> None:
    op.create_table(
        "impact",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("period_from", sa.Date()),
        sa.Column("period_to", sa.Date()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("draft_seal", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_at", INSTANT),
        sa.Column("result", sa.Text()),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_impact_draft_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_impact_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_impact_draft_id_id"), "impact", ["draft_id", "id"], unique=False)
    op.create_index(op.f("ix_impact_status_id"), "impact", ["status", "id"], unique=False)
    op.create_table(
        "impact_case",
        sa.Column("impact_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["impact_id"], ["impact.id"], name=op.f("fk_impact_case_impact_id")),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_impact_case_case_id")),
        sa.PrimaryKeyConstraint("impact_id", "case_id", name=op.f("pk_impact_case")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop what is new."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    for table in ("setting", "impact_case", "impact", "withdrawal", "publication"):
        op.drop_table(table)
    for table in ("policy_draft_author", "policy_draft_file", "policy_draft"):
        op.drop_table(table)
