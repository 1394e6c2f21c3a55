"""Hours: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_entry", "uncounted_time", "hours_doubt_move", "hours_proof_move")


def upgrade() -> None:
    op.create_table(
        "hours_balance",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("practice_minutes", sa.Integer(), nullable=False),
        sa.Column("by_course", sa.JSON(), nullable=False),
        sa.Column("last_credit_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_hours_balance_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "practice_minutes IS NULL OR typeof(practice_minutes) = 'integer'",
            name=op.f("ck_hours_balance_practice_minutes_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("minutes BETWEEN 0 AND 100000", name=op.f("ck_hours_balance_minutes_range")),
        sa.CheckConstraint(
            "practice_minutes BETWEEN 0 AND 100000", name=op.f("ck_hours_balance_practice_minutes_range")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_hours_balance_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_hours_balance")),
    )
    op.create_table(
        "hours_doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("raised_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_hours_doubt_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("state IN ('open', 'counted', 'not_counted')", name=op.f("ck_hours_doubt_state_known")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_hours_doubt_minutes_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_hours_doubt_enrolment_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_hours_doubt_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_doubt")),
        sa.UniqueConstraint("reference", name=op.f("uq_hours_doubt_reference")),
        sa.UniqueConstraint("source_key", name=op.f("uq_hours_doubt_source_key")),
    )
    op.create_index(op.f("ix_hours_doubt_enrolment_id"), "hours_doubt", ["enrolment_id"], unique=False)
    op.create_index(op.f("ix_hours_doubt_state"), "hours_doubt", ["state"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("course_code", sa.String(length=20), nullable=False),
        sa.Column("course_title", sa.String(length=120), nullable=False),
        sa.Column("lesson_code", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("started_at", UtcMoment(), nullable=False),
        sa.Column("ended_at", UtcMoment(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("seconds_observed", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcMoment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("second_person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(source = 'reversal') = (minutes < 0)", name=op.f("ck_ledger_entry_only_reversals_are_negative")
        ),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_ledger_entry_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "seconds_observed IS NULL OR typeof(seconds_observed) = 'integer'",
            name=op.f("ck_ledger_entry_seconds_observed_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "source IN ('lesson', 'quiz', 'practice', 'live', 'outside', 'manual', 'opening', 'doubt', 'reversal')",
            name=op.f("ck_ledger_entry_source_known"),
        ),
        sa.CheckConstraint("minutes <> 0", name=op.f("ck_ledger_entry_minutes_not_zero")),
        sa.CheckConstraint("minutes BETWEEN -480 AND 480", name=op.f("ck_ledger_entry_minutes_range")),
        sa.CheckConstraint("seconds_observed BETWEEN 0 AND 86400", name=op.f("ck_ledger_entry_seconds_observed_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_ledger_entry_enrolment_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_ledger_entry_recorded_by_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_reverses_id")),
        sa.ForeignKeyConstraint(["second_person_id"], ["account.id"], name=op.f("fk_ledger_entry_second_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_entry_reverses_id")),
        sa.UniqueConstraint("source_key", name=op.f("uq_ledger_entry_source_key")),
    )
    op.create_index("ix_ledger_entry_day", "ledger_entry", ["enrolment_id", "local_day"], unique=False)
    op.create_index(op.f("ix_ledger_entry_lesson_code"), "ledger_entry", ["lesson_code"], unique=False)
    op.create_index("ix_ledger_entry_of", "ledger_entry", ["enrolment_id", "id"], unique=False)
    op.create_table(
        "uncounted_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("session_token", sa.String(length=32), nullable=False),
        sa.Column("lesson_code", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("happened_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "seconds IS NULL OR typeof(seconds) = 'integer'", name=op.f("ck_uncounted_time_seconds_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("seconds BETWEEN 1 AND 86400", name=op.f("ck_uncounted_time_seconds_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_uncounted_time_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uncounted_time")),
    )
    op.create_index("ix_uncounted_time_of", "uncounted_time", ["enrolment_id", "id"], unique=False)
    op.create_table(
        "hours_doubt_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_hours_doubt_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["hours_doubt.id"], name=op.f("fk_hours_doubt_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_doubt_move")),
    )
    op.create_index(op.f("ix_hours_doubt_move_record_id"), "hours_doubt_move", ["record_id"], unique=False)
    op.create_table(
        "hours_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("last_entry_id", sa.Integer(), nullable=False),
        sa.Column("ledger_digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", UtcMoment(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("image_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_hours_proof_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("state IN ('issued', 'superseded', 'revoked')", name=op.f("ck_hours_proof_state_known")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 100000", name=op.f("ck_hours_proof_minutes_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_hours_proof_enrolment_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_hours_proof_file_id")),
        sa.ForeignKeyConstraint(["image_id"], ["stored_file.id"], name=op.f("fk_hours_proof_image_id")),
        sa.ForeignKeyConstraint(["last_entry_id"], ["ledger_entry.id"], name=op.f("fk_hours_proof_last_entry_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_hours_proof_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_proof")),
        sa.UniqueConstraint("reference", name=op.f("uq_hours_proof_reference")),
        sa.UniqueConstraint("token", name=op.f("uq_hours_proof_token")),
    )
    op.create_index(op.f("ix_hours_proof_learner_id"), "hours_proof", ["learner_id"], unique=False)
    op.create_index(
        "uq_hours_proof_active",
        "hours_proof",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'issued'"),
        postgresql_where=sa.text("state = 'issued'"),
    )
    op.create_table(
        "hours_proof_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_hours_proof_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["hours_proof.id"], name=op.f("fk_hours_proof_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_proof_move")),
    )
    op.create_index(op.f("ix_hours_proof_move_record_id"), "hours_proof_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("hours_proof_move")
    op.drop_table("hours_proof")
    op.drop_table("hours_doubt_move")
    op.drop_table("uncounted_time")
    op.drop_table("ledger_entry")
    op.drop_table("hours_doubt")
    op.drop_table("hours_balance")
