"""Notes among colleagues, second opinions, spot checks."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", UtcMoment(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_case_note_application_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["account.id"], name=op.f("fk_case_note_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_application_id"), "case_note", ["application_id"])
    op.create_table(
        "second_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_of_id", sa.Integer(), nullable=True),
        sa.Column("advice", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcMoment(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'answered', 'withdrawn')", name=op.f("ck_second_opinion_state_known")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["account.id"], name=op.f("fk_second_opinion_answered_by_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_second_opinion_application_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_second_opinion_asked_by_id")),
        sa.ForeignKeyConstraint(["asked_of_id"], ["account.id"], name=op.f("fk_second_opinion_asked_of_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_second_opinion_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_opinion")),
        sa.UniqueConstraint("reference", name=op.f("uq_second_opinion_reference")),
    )
    op.create_index(op.f("ix_second_opinion_application_id"), "second_opinion", ["application_id"])
    op.create_index("ix_second_opinion_queue", "second_opinion", ["state", "asked_at"])
    op.create_index("uq_second_opinion_open", "second_opinion", ["application_id"], unique=True,
                    sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "spot_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcMoment(), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_digest", sa.String(length=64), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcMoment(), nullable=False),
        sa.Column("looked_at", UtcMoment(), nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'upheld', 'doubted', 'settled', 'reopened')",
                           name=op.f("ck_spot_check_state_known")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_spot_check_application_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_spot_check_decided_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_spot_check_learner_id")),
        sa.ForeignKeyConstraint(["looked_by_id"], ["account.id"], name=op.f("fk_spot_check_looked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
        sa.UniqueConstraint("audit_seq", name=op.f("uq_spot_check_audit_seq")),
        sa.UniqueConstraint("reference", name=op.f("uq_spot_check_reference")),
    )
    op.create_index(op.f("ix_spot_check_application_id"), "spot_check", ["application_id"])
    op.create_index("ix_spot_check_queue", "spot_check", ["state", "drawn_at"])
    op.create_table(
        "second_opinion_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_second_opinion_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["second_opinion.id"], name=op.f("fk_second_opinion_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_opinion_move")),
    )
    op.create_index(op.f("ix_second_opinion_move_record_id"), "second_opinion_move", ["record_id"])
    op.create_table(
        "spot_check_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_spot_check_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["spot_check.id"], name=op.f("fk_spot_check_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check_move")),
    )
    op.create_index(op.f("ix_spot_check_move_record_id"), "spot_check_move", ["record_id"])
    for table in ("case_note", "second_opinion_move", "spot_check_move"):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)
    with op.batch_alter_table("application") as table:
        table.add_column(sa.Column("notes_kept", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("opinions_open", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("application") as table:
        table.alter_column("notes_kept", existing_type=sa.Integer(), server_default=None)
        table.alter_column("opinions_open", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("application") as table:
        table.drop_column("opinions_open")
        table.drop_column("notes_kept")
    op.drop_table("spot_check_move")
    op.drop_table("second_opinion_move")
    op.drop_table("spot_check")
    op.drop_table("second_opinion")
    op.drop_table("case_note")
