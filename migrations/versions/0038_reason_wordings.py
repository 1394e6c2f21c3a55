"""The reason library is kept by staff: examples, and every wording a reason had."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

ADDED = (("example_zh", sa.String(length=300), ""), ("example_en", sa.String(length=400), ""),
         ("version", sa.Integer(), "1"))


def upgrade() -> None:
    with op.batch_alter_table("reason") as table:
        for name, kind, first in ADDED:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=first))
    with op.batch_alter_table("reason") as table:
        for name, kind, _first in ADDED:
            table.alter_column(name, existing_type=kind, server_default=None)
    op.create_table(
        "reason_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("from_at", UtcMoment(), nullable=True),
        sa.Column("made_by_name", sa.String(length=120), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_reason_wording_made_by_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason.id"], name=op.f("fk_reason_wording_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_wording")),
        sa.UniqueConstraint("reason_id", "number", name=op.f("uq_reason_wording_reason_id_number")),
    )
    for statement in statements("reason_wording", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("reason_wording")
    with op.batch_alter_table("reason") as table:
        for name, _kind, _first in ADDED:
            table.drop_column(name)
