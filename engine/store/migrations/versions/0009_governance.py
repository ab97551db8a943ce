"""What cases are found by; and workings out that are not of a draft.

The rows of cases that are here already are written when the installation is next opened (`engine.marks_keeping`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and let a working out be of something else than a draft: its `about` says of what."""
    op.create_table(
        "case_mark",
        sa.Column("case_id", ID, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("days", sa.Integer()),
        sa.Column("version_id", ID),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_case_mark_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", "number", "key", name=op.f("pk_case_mark")),
        sqlite_with_rowid=False,
    )
    place = ["day", "case_id", "number", "until"]
    for columns in (["kind", *place, "days"], ["version_id", "kind", *place]):
        op.create_index(op.f(f"ix_case_mark_{'_'.join(columns)}"), "case_mark", columns)
    _set_aside()
    with op.batch_alter_table("impact", table_kwargs={"sqlite_autoincrement": True}) as impact:
        impact.alter_column("draft_id", existing_type=ID, nullable=True)
        impact.add_column(sa.Column("about", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("impact", table_kwargs={"sqlite_autoincrement": True}) as impact:
        impact.alter_column("about", existing_type=sa.Text(), server_default=None)
    _put_back()


def downgrade() -> None:
    """Take the table away, and every working out that is not of a draft."""
    op.drop_table("case_mark")
    op.execute("DELETE FROM impact_case WHERE impact_id IN (SELECT id FROM impact WHERE draft_id IS NULL)")
    op.execute("DELETE FROM impact WHERE draft_id IS NULL")
    _set_aside()
    with op.batch_alter_table("impact", table_kwargs={"sqlite_autoincrement": True}) as impact:
        impact.drop_column("about")
        impact.alter_column("draft_id", existing_type=ID, nullable=False)
    _put_back()


def _set_aside() -> None:
    """SQLite alters a table by copying it, and drops none that another one refers to."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE impact_case_aside AS SELECT * FROM impact_case")
        op.drop_table("impact_case")


def _put_back() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
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
    op.execute("INSERT INTO impact_case SELECT impact_id, case_id, kinds, detail FROM impact_case_aside")
    op.drop_table("impact_case_aside")
