"""A name that its owner cannot type: asked for, entered by staff, confirmed."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.columns import UtcMoment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENTS = ("name_asked_at", "name_entered_at", "name_confirmed_at")


def upgrade() -> None:
    with op.batch_alter_table("learner") as table:
        for name in MOMENTS:
            table.add_column(sa.Column(name, UtcMoment(), nullable=True))
        table.add_column(sa.Column("name_note", sa.String(length=500), nullable=False, server_default=""))
    with op.batch_alter_table("learner") as table:
        table.alter_column("name_note", existing_type=sa.String(length=500), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("learner") as table:
        for name in (*MOMENTS, "name_note"):
            table.drop_column(name)
