"""Courses: which trainer has taken a practice assignment."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practice_work") as table:
        table.add_column(sa.Column("trainer_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_practice_work_trainer_id", "account", ["trainer_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("practice_work") as table:
        table.drop_constraint("fk_practice_work_trainer_id", type_="foreignkey")
        table.drop_column("trainer_id")
