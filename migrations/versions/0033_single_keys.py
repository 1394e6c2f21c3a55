"""Shortcuts of a single key can be switched off."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("single_keys", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("account") as table:
        table.alter_column("single_keys", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.drop_column("single_keys")
