"""Accommodations; candidate notices of a sitting; tickets printed in bulk."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import SealedText, UtcMoment

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("ticket_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        sa.Column("finished_at", UtcMoment(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("done IS NULL OR typeof(done) = 'integer'", name=op.f("ck_ticket_print_done_is_integer")).ddl_if(
            dialect="sqlite"),
        sa.CheckConstraint("form IN ('pdf', 'zip')", name=op.f("ck_ticket_print_form_known")),
        sa.CheckConstraint("total IS NULL OR typeof(total) = 'integer'", name=op.f("ck_ticket_print_total_is_integer")).ddl_if(
            dialect="sqlite"),
        sa.CheckConstraint("done BETWEEN 0 AND 100000", name=op.f("ck_ticket_print_done_range")),
        sa.CheckConstraint("total BETWEEN 0 AND 100000", name=op.f("ck_ticket_print_total_range")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_ticket_print_asked_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_ticket_print_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_print")),
        sa.UniqueConstraint("token", name=op.f("uq_ticket_print_token"))
    )
    op.create_index(op.f("ix_ticket_print_code"), "ticket_print", ["code"])
    op.create_table("candidate_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("written_at", UtcMoment(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_by_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_candidate_notice_sitting_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["account.id"], name=op.f("fk_candidate_notice_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_notice")),
        sa.UniqueConstraint("sitting_id", "number", name=op.f("uq_candidate_notice_sitting_id_number"))
    )
    op.create_table("accommodation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("why", SealedText(), nullable=False),
        sa.Column("requested_at", UtcMoment(), nullable=False),
        sa.Column("granted", sa.JSON(), nullable=False),
        sa.Column("granted_minutes", sa.Integer(), nullable=False),
        sa.Column("answer", SealedText(), nullable=False),
        sa.Column("decided_at", UtcMoment(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("granted_minutes IS NULL OR typeof(granted_minutes) = 'integer'",
                           name=op.f("ck_accommodation_granted_minutes_is_integer")).ddl_if(
            dialect="sqlite"),
        sa.CheckConstraint("minutes IS NULL OR typeof(minutes) = 'integer'",
                           name=op.f("ck_accommodation_minutes_is_integer")).ddl_if(
            dialect="sqlite"),
        sa.CheckConstraint("state IN ('requested', 'granted', 'refused', 'withdrawn', 'replaced')",
                           name=op.f("ck_accommodation_state_known")),
        sa.CheckConstraint("state NOT IN ('granted', 'refused') OR decided_by_id IS NOT NULL",
                           name=op.f("ck_accommodation_decided_by_somebody")),
        sa.CheckConstraint("granted_minutes BETWEEN 0 AND 240", name=op.f("ck_accommodation_granted_minutes_range")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 240", name=op.f("ck_accommodation_minutes_range")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_accommodation_application_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_accommodation_decided_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_accommodation_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation")),
        sa.UniqueConstraint("reference", name=op.f("uq_accommodation_reference"))
    )
    op.create_index(op.f("ix_accommodation_application_id"), "accommodation", ["application_id"])
    op.create_index(op.f("ix_accommodation_learner_id"), "accommodation", ["learner_id"])
    op.create_index("ix_accommodation_queue", "accommodation", ["state", "id"])
    op.create_index("uq_accommodation_granted", "accommodation", ["application_id"], unique=True,
                    sqlite_where=sa.text("state = 'granted'"),
                    postgresql_where=sa.text("state = 'granted'"))
    op.create_index("uq_accommodation_waiting", "accommodation", ["application_id"], unique=True,
                    sqlite_where=sa.text("state = 'requested'"),
                    postgresql_where=sa.text("state = 'requested'"))
    op.create_table("accommodation_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("accommodation_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["accommodation_id"], ["accommodation.id"],
                                name=op.f("fk_accommodation_file_accommodation_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_accommodation_file_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation_file"))
    )
    op.create_index(op.f("ix_accommodation_file_accommodation_id"), "accommodation_file", ["accommodation_id"])
    op.create_table("accommodation_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_accommodation_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["accommodation.id"], name=op.f("fk_accommodation_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation_move"))
    )
    op.create_index(op.f("ix_accommodation_move_record_id"), "accommodation_move", ["record_id"])
    for name in ("accommodation_move", "accommodation_file", "candidate_notice"):
        for statement in statements(name, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("accommodation_move")
    op.drop_table("accommodation_file")
    op.drop_table("accommodation")
    op.drop_table("candidate_notice")
    op.drop_table("ticket_print")
