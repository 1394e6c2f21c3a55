"""When the person behind a session last gave the password."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.columns import UtcMoment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.add_column(sa.Column("proved_at", UtcMoment(), nullable=True))
    op.execute("UPDATE web_session SET proved_at = begun_at")
    with op.batch_alter_table("web_session") as table:
        table.alter_column("proved_at", existing_type=UtcMoment(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("web_session") as table:
        table.drop_column("proved_at")
