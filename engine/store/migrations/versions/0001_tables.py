"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "area",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_area")),
    )
    op.create_table(
        "calendar",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("covers_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calendar")),
    )
    op.create_table(
        "library_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_library_file")),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("sign_in", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text()),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("is_auditor", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("sign_in", name=op.f("uq_person_sign_in")),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy", "version", name=op.f("uq_policy_version_policy_version")),
    )
    op.create_table(
        "reference_counter",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "request_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made", INSTANT, nullable=False),
        sa.Column("result", sa.Text()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request_key")),
    )
    op.create_index(op.f("ix_request_key_made"), "request_key", ["made"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("sign_in", sa.Text(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_from_address_at"), "sign_in_attempt", ["from_address", "at"], unique=False)
    op.create_index(op.f("ix_sign_in_attempt_sign_in_at"), "sign_in_attempt", ["sign_in", "at"], unique=False)
    op.create_table(
        "act",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_act_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    op.create_index(op.f("ix_act_about_id"), "act", ["about", "id"], unique=False)
    op.create_index(op.f("ix_act_at"), "act", ["at"], unique=False)
    op.create_index(op.f("ix_act_person_id"), "act", ["person_id"], unique=False)
    op.create_table(
        "calendar_day",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("known", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Date()),
        sa.Column("recorded", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.key"], name=op.f("fk_calendar_day_calendar")),
        sa.PrimaryKeyConstraint("calendar", "date", "kind", "known", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "complaint_case",
        sa.Column("id", ID, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version_id", ID),
        sa.Column("received", INSTANT, nullable=False),
        sa.Column("logged", INSTANT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text()),
        sa.Column("finding", sa.Text()),
        sa.Column("ending", sa.Text()),
        sa.Column("hold", sa.Text()),
        sa.Column("hold_reason", sa.Text()),
        sa.Column("due", sa.Date()),
        sa.Column("resident", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("area", sa.Text()),
        sa.Column("channel", sa.Text()),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("state_definition", sa.Text()),
        sa.Column("last_event_number", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_by_name", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_complaint_case_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_case")),
        sa.UniqueConstraint("reference", name=op.f("uq_complaint_case_reference")),
    )
    op.create_index(
        "ix_complaint_case_hold",
        "complaint_case",
        ["logged", "id"],
        unique=False,
        sqlite_where=sa.text("hold IS NOT NULL"),
        postgresql_where=sa.text("hold IS NOT NULL"),
    )
    op.create_index(op.f("ix_complaint_case_logged_id"), "complaint_case", ["logged", "id"], unique=False)
    op.create_index(
        op.f("ix_complaint_case_status_logged_id"), "complaint_case", ["status", "logged", "id"], unique=False
    )
    op.create_table(
        "grant",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_grant_person_id")),
        sa.PrimaryKeyConstraint("person_id", "policy", "role", "area", name=op.f("pk_grant")),
    )
    op.create_table(
        "version_file",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["library_file.sha256"], name=op.f("fk_version_file_sha256")),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_version_file_version_id")),
        sa.PrimaryKeyConstraint("version_id", "path", name=op.f("pk_version_file")),
    )
    op.create_table(
        "case_event",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("happened", INSTANT, nullable=False),
        sa.Column("recorded", INSTANT, nullable=False),
        sa.Column("by_person", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("field_names", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_case_event_case_id")),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_case_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deadline",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("promised", sa.Date()),
        sa.Column("backstop", sa.Date()),
        sa.Column("met", INSTANT),
        sa.Column("fires", sa.Date()),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_deadline_case_id")),
        sa.PrimaryKeyConstraint("case_id", "key", name=op.f("pk_deadline")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_deadline_fires",
        "deadline",
        ["fires", "case_id"],
        unique=False,
        sqlite_where=sa.text("fires IS NOT NULL"),
        postgresql_where=sa.text("fires IS NOT NULL"),
    )
    op.create_table(
        "open_task",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("version_id", ID),
        sa.Column("area", sa.Text()),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("team_key", sa.Text(), nullable=False),
        sa.Column("sort_due", sa.Date(), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("promised", sa.Date()),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("claimed_at", INSTANT),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_open_task_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_open_task_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_task")),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_open_task_case_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_open_task_group_key_sort_due_id"), "open_task", ["group_key", "sort_due", "id"], unique=False
    )
    op.create_index(
        op.f("ix_open_task_person_id_sort_due_id"), "open_task", ["person_id", "sort_due", "id"], unique=False
    )
    op.create_index(
        op.f("ix_open_task_team_key_sort_due_id"), "open_task", ["team_key", "sort_due", "id"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("event_number", sa.Integer()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("changed", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_idempotency_key")),
    )
    op.create_index(op.f("ix_outbox_case_id"), "outbox", ["case_id"], unique=False)
    op.create_index(op.f("ix_outbox_status_id"), "outbox", ["status", "id"], unique=False)
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_search_word_case_id")),
        sa.PrimaryKeyConstraint("word", "case_id", name=op.f("pk_search_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_word_case_id_word"), "search_word", ["case_id", "word"], unique=False)
    op.create_table(
        "event_content",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "number"],
            ["case_event.case_id", "case_event.number"],
            name=op.f("fk_event_content_case_id_number"),
        ),
        sa.PrimaryKeyConstraint("case_id", "number", name=op.f("pk_event_content")),
    )


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "event_content",
        "search_word",
        "outbox",
        "open_task",
        "deadline",
        "case_event",
        "version_file",
        "grant",
        "complaint_case",
        "calendar_day",
        "act",
        "sign_in_attempt",
        "request_key",
        "reference_counter",
        "policy_version",
        "person",
        "library_file",
        "calendar",
        "area",
    ):
        op.drop_table(table)
