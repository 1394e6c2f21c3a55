"""A programme's rules carry a mark that changes with them, so that a process may keep what it has read."""

import sqlalchemy as sa
from alembic import op

from enroll.foundation.references import public_token

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("programme") as table:
        table.add_column(sa.Column("rules_mark", sa.String(length=22), nullable=False, server_default=""))
    programme = sa.table("programme", sa.column("id"), sa.column("rules_mark"))
    for number in op.get_bind().scalars(sa.select(programme.c.id)).all():
        op.execute(programme.update().where(programme.c.id == number).values(rules_mark=public_token()))
    with op.batch_alter_table("programme") as table:
        table.alter_column("rules_mark", existing_type=sa.String(length=22), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("programme") as table:
        table.drop_column("rules_mark")
