"""Hours: claims of hours from elsewhere, and entries by hand."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

APPEND_ONLY = ("hour_claim_file", "hour_claim_move", "hour_adjustment_move")


def upgrade() -> None:

    op.create_table(
        "hour_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("partner", sa.String(length=120), nullable=False),
        sa.Column("partner_code", sa.String(length=40), nullable=False),
        sa.Column("partner_key", sa.String(length=120), nullable=False),
        sa.Column("studied_from", sa.Date(), nullable=False),
        sa.Column("studied_until", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("accepted_minutes", sa.Integer(), nullable=True),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("course_code", sa.String(length=20), nullable=False),
        sa.Column("course_title", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("submitted_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_minutes IS NOT NULL)", name=op.f("ck_hour_claim_accepted_says_how_much")
        ),
        sa.CheckConstraint(
            "accepted_minutes IS NULL OR typeof(accepted_minutes) = 'integer'",
            name=op.f("ck_hour_claim_accepted_minutes_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "amount IS NULL OR typeof(amount) = 'integer'", name=op.f("ck_hour_claim_amount_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_hour_claim_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "state IN ('submitted', 'returned', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_hour_claim_state_known"),
        ),
        sa.CheckConstraint("unit IN ('minutes', 'course_hours', 'clock_hours')", name=op.f("ck_hour_claim_unit_known")),
        sa.CheckConstraint("accepted_minutes <= minutes", name=op.f("ck_hour_claim_accepted_no_more_than_claimed")),
        sa.CheckConstraint("accepted_minutes BETWEEN 1 AND 10000", name=op.f("ck_hour_claim_accepted_minutes_range")),
        sa.CheckConstraint("amount BETWEEN 1 AND 10000", name=op.f("ck_hour_claim_amount_range")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 10000", name=op.f("ck_hour_claim_minutes_range")),
        sa.CheckConstraint("studied_from <= studied_until", name=op.f("ck_hour_claim_days_in_order")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_hour_claim_enrolment_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_hour_claim_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_claim")),
        sa.UniqueConstraint("reference", name=op.f("uq_hour_claim_reference")),
    )
    op.create_index(op.f("ix_hour_claim_enrolment_id"), "hour_claim", ["enrolment_id"], unique=False)
    op.create_index("ix_hour_claim_queue", "hour_claim", ["state", "submitted_at"], unique=False)
    op.create_index(
        "uq_hour_claim_live",
        "hour_claim",
        ["learner_id", "partner_key", "studied_from", "studied_until"],
        unique=True,
        sqlite_where=sa.text("state IN ('submitted', 'returned', 'accepted')"),
        postgresql_where=sa.text("state IN ('submitted', 'returned', 'accepted')"),
    )
    op.create_table(
        "hour_claim_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["hour_claim.id"], name=op.f("fk_hour_claim_file_claim_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_hour_claim_file_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_claim_file")),
    )
    op.create_index(op.f("ix_hour_claim_file_claim_id"), "hour_claim_file", ["claim_id"], unique=False)
    op.create_table(
        "hour_claim_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_hour_claim_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["hour_claim.id"], name=op.f("fk_hour_claim_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_claim_move")),
    )
    op.create_index(op.f("ix_hour_claim_move_record_id"), "hour_claim_move", ["record_id"], unique=False)
    op.create_table(
        "hour_adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("may_alone", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("course_code", sa.String(length=20), nullable=False),
        sa.Column("course_title", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_by_name", sa.String(length=120), nullable=False),
        sa.Column("second_person_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "may_alone IS NULL OR typeof(may_alone) = 'integer'", name=op.f("ck_hour_adjustment_may_alone_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_hour_adjustment_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hour_adjustment_has_a_reason")),
        sa.CheckConstraint(
            "state <> 'credited' OR minutes <= may_alone OR second_person_id IS NOT NULL",
            name=op.f("ck_hour_adjustment_much_needs_two"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'credited', 'refused', 'withdrawn')", name=op.f("ck_hour_adjustment_state_known")
        ),
        sa.CheckConstraint("may_alone BETWEEN 0 AND 100000", name=op.f("ck_hour_adjustment_may_alone_range")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 6000", name=op.f("ck_hour_adjustment_minutes_range")),
        sa.CheckConstraint("second_person_id <> made_by_id", name=op.f("ck_hour_adjustment_second_is_another")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_hour_adjustment_enrolment_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_hour_adjustment_file_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_hour_adjustment_learner_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_hour_adjustment_made_by_id")),
        sa.ForeignKeyConstraint(["second_person_id"], ["account.id"], name=op.f("fk_hour_adjustment_second_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_adjustment")),
        sa.UniqueConstraint("reference", name=op.f("uq_hour_adjustment_reference")),
    )
    op.create_index(op.f("ix_hour_adjustment_enrolment_id"), "hour_adjustment", ["enrolment_id"], unique=False)
    op.create_index("ix_hour_adjustment_queue", "hour_adjustment", ["state", "made_at"], unique=False)
    op.create_table(
        "hour_adjustment_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_hour_adjustment_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["hour_adjustment.id"], name=op.f("fk_hour_adjustment_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_adjustment_move")),
    )
    op.create_index(op.f("ix_hour_adjustment_move_record_id"), "hour_adjustment_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("hour_adjustment_move")
    op.drop_table("hour_adjustment")
    op.drop_table("hour_claim_move")
    op.drop_table("hour_claim_file")
    op.drop_table("hour_claim")
