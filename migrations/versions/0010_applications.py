"""Applications: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPEND_ONLY = ("extension", "application_move", "application_version")


def upgrade() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("until", UtcMoment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", UtcMoment(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "name IN ('closes_at', 'correct_by', 'payment_due_at')", name=op.f("ck_extension_name_known")
        ),
        sa.ForeignKeyConstraint(["granted_by_id"], ["account.id"], name=op.f("fk_extension_granted_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_extension_learner_id")),
        sa.ForeignKeyConstraint(["window_id"], ["exam_window.id"], name=op.f("fk_extension_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_of", "extension", ["learner_id", "window_id"], unique=False)
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("resit", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("fee_payer", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("begun_at", UtcMoment(), nullable=False),
        sa.Column("submitted_at", UtcMoment(), nullable=True),
        sa.Column("review_due_at", UtcMoment(), nullable=True),
        sa.Column("decided_at", UtcMoment(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("first_reviewer_id", sa.Integer(), nullable=True),
        sa.Column("correct_by", UtcMoment(), nullable=True),
        sa.Column("payment_due_at", UtcMoment(), nullable=True),
        sa.Column("warned", sa.String(length=10), nullable=False),
        sa.Column("fee_reference", sa.String(length=20), nullable=False),
        sa.Column("proof_reference", sa.String(length=20), nullable=False),
        sa.Column("flagged", sa.String(length=200), nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_until", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "fee_payer IN ('learner', 'employer', 'school')", name=op.f("ck_application_fee_payer_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'approved', 'rejected', 'withdrawn', 'expired', 'cancelled')",
            name=op.f("ck_application_state_known"),
        ),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["account.id"], name=op.f("fk_application_claimed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_application_decided_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_application_enrolment_id")),
        sa.ForeignKeyConstraint(["first_reviewer_id"], ["account.id"], name=op.f("fk_application_first_reviewer_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_application_learner_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_application_programme_id")),
        sa.ForeignKeyConstraint(["window_id"], ["exam_window.id"], name=op.f("fk_application_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("reference", name=op.f("uq_application_reference")),
    )
    op.create_index("ix_application_corrections", "application", ["state", "correct_by", "id"], unique=False)
    op.create_index(op.f("ix_application_learner_id"), "application", ["learner_id"], unique=False)
    op.create_index("ix_application_payments", "application", ["state", "payment_due_at", "id"], unique=False)
    op.create_index("ix_application_queue", "application", ["state", "review_due_at", "id"], unique=False)
    op.create_index(op.f("ix_application_window_id"), "application", ["window_id"], unique=False)
    op.create_index(
        "uq_application_live",
        "application",
        ["learner_id", "programme_id", "window_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('approved', 'draft', 'returned', 'submitted')"),
        postgresql_where=sa.text("state IN ('approved', 'draft', 'returned', 'submitted')"),
    )
    op.create_table(
        "application_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_application_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["application.id"], name=op.f("fk_application_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_move")),
    )
    op.create_index(op.f("ix_application_move_record_id"), "application_move", ["record_id"], unique=False)
    op.create_table(
        "application_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("eligibility", sa.JSON(), nullable=False),
        sa.Column("submitted_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_version_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_version")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_application_version_application_id_number")),
    )
    op.create_table(
        "returned_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=30), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("returned_at", UtcMoment(), nullable=False),
        sa.Column("mended_at", UtcMoment(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_returned_item_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_item")),
    )
    op.create_index(op.f("ix_returned_item_application_id"), "returned_item", ["application_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("returned_item")
    op.drop_table("application_version")
    op.drop_table("application_move")
    op.drop_table("application")
    op.drop_table("extension")
