"""Who looked at a case, and what is to be erased when; indexes by which the record of what people did is read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
UNDECIDED = sa.text("state = 'asked'")
IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables, the triggers of what may only be added to, and the indexes."""
    op.create_table(
        "case_view",
        sa.Column("case_id", ID, nullable=False, autoincrement=False),
        sa.Column("hour", INSTANT, nullable=False),
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_case_view_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_view_person_id")),
        sa.PrimaryKeyConstraint("case_id", "hour", "person_id", name=op.f("pk_case_view")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_view_at_case_id_person_id"), "case_view", ["at", "case_id", "person_id"])
    op.create_index(op.f("ix_case_view_person_id_at"), "case_view", ["person_id", "at"])
    op.create_table(
        "disposal_hold",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_person", ID, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("ended_by", ID),
        sa.Column("ended_by_name", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_disposal_hold_case_id")),
        sa.ForeignKeyConstraint(["by_person"], ["person.id"], name=op.f("fk_disposal_hold_by_person")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_disposal_hold_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_hold")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_disposal_hold_case_id_id"), "disposal_hold", ["case_id", "id"])
    _only_one("uq_disposal_hold_in_force", "disposal_hold", IN_FORCE)
    op.create_table(
        "disposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("class_key", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_disposal_case_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_disposal_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_disposal_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_disposal_state_policy_id"), "disposal", ["state", "policy", "id"])
    op.create_index(op.f("ix_disposal_case_id_id"), "disposal", ["case_id", "id"])
    _only_one("uq_disposal_undecided", "disposal", UNDECIDED)
    op.create_index(op.f("ix_act_what_id"), "act", ["what", "id"])
    op.create_index(op.f("ix_case_event_recorded_case_id_number"), "case_event", ["recorded", "case_id", "number"])
    _append_only()


def _only_one(name: str, table: str, where: sa.TextClause) -> None:
    op.create_index(name, table, ["case_id"], unique=True, sqlite_where=where, postgresql_where=where)


def _append_only() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER case_view_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_view"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER case_view_no_{change.lower()} BEFORE {change} ON case_view"
            f" BEGIN SELECT RAISE(ABORT, 'case_view is append-only: {change} refused'); END"
        )


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_case_event_recorded_case_id_number"), "case_event")
    op.drop_index(op.f("ix_act_what_id"), "act")
    for table in ("disposal", "disposal_hold", "case_view"):
        op.drop_table(table)
