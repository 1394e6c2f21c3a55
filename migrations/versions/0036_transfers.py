"""Applications: going on in a later window."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("fee", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("fee IN ('later', 'anew', 'carried')", name=op.f("ck_transfer_fee_known")),
        sa.CheckConstraint("number IS NULL OR typeof(number) = 'integer'",
                           name=op.f("ck_transfer_number_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_transfer_to_another")),
        sa.CheckConstraint("number BETWEEN 0 AND 100", name=op.f("ck_transfer_number_range")),
        sa.ForeignKeyConstraint(["from_id"], ["application.id"], name=op.f("fk_transfer_from_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_transfer_made_by_id")),
        sa.ForeignKeyConstraint(["to_id"], ["application.id"], name=op.f("fk_transfer_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("from_id", name=op.f("uq_transfer_from_id")),
        sa.UniqueConstraint("to_id", name=op.f("uq_transfer_to_id")),
    )
    op.add_column("application", sa.Column("full_refund_until", UtcMoment(), nullable=True))
    for statement in statements("transfer", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("application", "full_refund_until")
    op.drop_table("transfer")
