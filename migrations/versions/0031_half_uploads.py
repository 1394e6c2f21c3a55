"""Storage: files on their way, in pieces."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.columns import UtcMoment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "half_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("touched_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("received IS NULL OR typeof(received) = 'integer'",
            name=op.f("ck_half_upload_received_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("received BETWEEN 0 AND 536870912", name=op.f("ck_half_upload_received_range")),
        sa.CheckConstraint("size IS NULL OR typeof(size) = 'integer'",
            name=op.f("ck_half_upload_size_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("size BETWEEN 1 AND 536870912", name=op.f("ck_half_upload_size_range")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_half_upload_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_upload")),
        sa.UniqueConstraint("token", name=op.f("uq_half_upload_token")),
    )
    op.create_index(op.f("ix_half_upload_owner_id"), "half_upload", ["owner_id"], unique=False)
    op.create_index(op.f("ix_half_upload_touched_at"), "half_upload", ["touched_at"], unique=False)

def downgrade() -> None:
    op.drop_table("half_upload")
