"""Codes to go on with a practical task on another device."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.columns import UtcMoment

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "continue_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.Column("used_at", UtcMoment(), nullable=True),
        sa.Column("used_with", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_continue_code_account_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_continue_code_lesson_id")),
        sa.ForeignKeyConstraint(["session_id"], ["web_session.id"], name=op.f("fk_continue_code_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_continue_code")),
        sa.UniqueConstraint("code", name=op.f("uq_continue_code_code")),
    )
    op.create_index(op.f("ix_continue_code_account_id"), "continue_code", ["account_id"], unique=False)
    op.create_index(op.f("ix_continue_code_expires_at"), "continue_code", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("continue_code")
