"""Hours: time that learners dispute."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPEND_ONLY = ("hours_dispute_move",)

BEFORE = "'lesson', 'quiz', 'practice', 'live', 'outside', 'manual', 'opening', 'doubt', 'reversal'"
AFTER = "'lesson', 'quiz', 'practice', 'live', 'outside', 'manual', 'opening', 'doubt', 'dispute', 'reversal'"


def _sources(before: str, after: str) -> None:
    """The sources a row of the ledger may have. The table is append-only and full: on SQLite only the text of its
    CHECK is changed, the way https://www.sqlite.org/lang_altertable.html (section 7) describes."""
    if op.get_bind().dialect.name == "sqlite":
        version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
        op.execute("PRAGMA writable_schema = ON")
        op.execute(
            sa.text(
                "UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE name = 'ledger_entry'"
            ).bindparams(before=before, after=after)
        )
        op.execute(f"PRAGMA schema_version = {version + 1}")
        op.execute("PRAGMA writable_schema = OFF")
    else:
        op.drop_constraint(op.f("ck_ledger_entry_source_known"), "ledger_entry", type_="check")
        op.create_check_constraint(op.f("ck_ledger_entry_source_known"), "ledger_entry", f"source IN ({after})")


def upgrade() -> None:
    _sources(BEFORE, AFTER)
    op.create_table(
        "hours_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("uncounted_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("counted_minutes", sa.Integer(), nullable=True),
        sa.Column("lesson_minutes", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("raised_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'counted') = (counted_minutes IS NOT NULL)", name=op.f("ck_hours_dispute_counted_says_how_much")
        ),
        sa.CheckConstraint(
            "counted_minutes IS NULL OR typeof(counted_minutes) = 'integer'",
            name=op.f("ck_hours_dispute_counted_minutes_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "lesson_minutes IS NULL OR typeof(lesson_minutes) = 'integer'",
            name=op.f("ck_hours_dispute_lesson_minutes_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_hours_dispute_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "state IN ('open', 'counted', 'stands', 'withdrawn')", name=op.f("ck_hours_dispute_state_known")
        ),
        sa.CheckConstraint("counted_minutes <= minutes", name=op.f("ck_hours_dispute_counted_no_more_than_seen")),
        sa.CheckConstraint("counted_minutes BETWEEN 1 AND 480", name=op.f("ck_hours_dispute_counted_minutes_range")),
        sa.CheckConstraint("lesson_minutes BETWEEN 1 AND 1440", name=op.f("ck_hours_dispute_lesson_minutes_range")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_hours_dispute_minutes_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_hours_dispute_enrolment_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_hours_dispute_learner_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["stored_file.id"], name=op.f("fk_hours_dispute_picture_id")),
        sa.ForeignKeyConstraint(["uncounted_id"], ["uncounted_time.id"], name=op.f("fk_hours_dispute_uncounted_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_dispute")),
        sa.UniqueConstraint("reference", name=op.f("uq_hours_dispute_reference")),
        sa.UniqueConstraint("uncounted_id", name=op.f("uq_hours_dispute_uncounted_id")),
    )
    op.create_index(op.f("ix_hours_dispute_enrolment_id"), "hours_dispute", ["enrolment_id"], unique=False)
    op.create_index("ix_hours_dispute_queue", "hours_dispute", ["state", "raised_at"], unique=False)
    op.create_table(
        "hours_dispute_move",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_hours_dispute_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["hours_dispute.id"], name=op.f("fk_hours_dispute_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_dispute_move")),
    )
    op.create_index(op.f("ix_hours_dispute_move_record_id"), "hours_dispute_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("hours_dispute_move")
    op.drop_table("hours_dispute")
    _sources(AFTER, BEFORE)
