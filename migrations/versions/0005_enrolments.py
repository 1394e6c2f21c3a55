"""Enrolments: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("enrolment_move",)


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("open_to_all", sa.Boolean(), nullable=False),
        sa.Column("closed_at", UtcMoment(), nullable=True),
        sa.CheckConstraint("source IN ('self', 'employer', 'school')", name=op.f("ck_cohort_source_known")),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_cohort_adviser_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_cohort_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("code", name=op.f("uq_cohort_code")),
    )
    op.create_index("ix_cohort_programme", "cohort", ["programme_id", "id"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("direction_code", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("demands_as_stood", sa.JSON(), nullable=False),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending_payment', 'active', 'completed', 'withdrawn')", name=op.f("ck_enrolment_state_known")
        ),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_enrolment_cohort_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_enrolment_learner_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_enrolment_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("reference", name=op.f("uq_enrolment_reference")),
    )
    op.create_index(op.f("ix_enrolment_cohort_id"), "enrolment", ["cohort_id"], unique=False)
    op.create_index(op.f("ix_enrolment_learner_id"), "enrolment", ["learner_id"], unique=False)
    op.create_index(
        "uq_enrolment_live",
        "enrolment",
        ["learner_id", "programme_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('pending_payment', 'active')"),
        postgresql_where=sa.text("state IN ('pending_payment', 'active')"),
    )
    op.create_table(
        "enrolment_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_enrolment_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["enrolment.id"], name=op.f("fk_enrolment_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_move")),
    )
    op.create_index(op.f("ix_enrolment_move_record_id"), "enrolment_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("enrolment_move")
    op.drop_table("enrolment")
    op.drop_table("cohort")
