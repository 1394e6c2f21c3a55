"""Whether two learners who share something are two people or one."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "double_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcMoment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_double_verdict_in_order")),
        sa.CheckConstraint("outcome IN ('two_people', 'same_person')", name=op.f("ck_double_verdict_outcome_known")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_double_verdict_decided_by_id")),
        sa.ForeignKeyConstraint(["first_id"], ["learner.id"], name=op.f("fk_double_verdict_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["learner.id"], name=op.f("fk_double_verdict_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_verdict")),
    )
    op.create_index("ix_double_verdict_pair", "double_verdict", ["first_id", "second_id"])
    for statement in statements("double_verdict", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("double_verdict")
