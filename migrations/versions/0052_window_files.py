"""The file of an exam window for an inspection."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.columns import UtcMoment

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "window_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        sa.Column("finished_at", UtcMoment(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        *(sa.CheckConstraint(f"{name} IS NULL OR typeof({name}) = 'integer'",
                             name=op.f(f"ck_window_file_{name}_is_integer")).ddl_if(dialect="sqlite")
          for name in ("total", "done")),
        sa.CheckConstraint("total BETWEEN 0 AND 1000", name=op.f("ck_window_file_total_range")),
        sa.CheckConstraint("done BETWEEN 0 AND 1000", name=op.f("ck_window_file_done_range")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_window_file_asked_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_window_file_file_id")),
        sa.ForeignKeyConstraint(["window_id"], ["exam_window.id"], name=op.f("fk_window_file_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_file")),
        sa.UniqueConstraint("token", name=op.f("uq_window_file_token")),
        sa.UniqueConstraint("window_id", "number", name=op.f("uq_window_file_window_id_number")),
    )


def downgrade() -> None:
    op.drop_table("window_file")
