"""What the program found in a submission; the office's clock stands while the learner must act."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        sa.Column("found_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_case_check_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_check")),
    )
    op.create_index(op.f("ix_case_check_application_id"), "case_check", ["application_id"])
    for statement in statements("case_check", op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("application") as table:
        table.add_column(sa.Column("review_seconds_left", sa.Integer(), nullable=True))
        table.add_column(sa.Column("exceptions", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("application") as table:
        table.drop_column("exceptions")
        table.drop_column("review_seconds_left")
    op.drop_table("case_check")
