"""Notifications: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.columns import SealedText, UtcMoment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("written_at", UtcMoment(), nullable=False),
        sa.Column("read_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("account_id", "about", name=op.f("uq_message_account_id_about")),
    )
    op.create_index("ix_message_unread", "message", ["account_id", "read_at"], unique=False)
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("address", SealedText(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", SealedText(), nullable=False),
        sa.Column("queued_at", UtcMoment(), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=True),
        sa.Column("message_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_dispatch_account_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_dispatch_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("about", "channel", "address_hash", name=op.f("uq_dispatch_about_channel_address_hash")),
    )
    op.create_index(op.f("ix_dispatch_account_id"), "dispatch", ["account_id"], unique=False)
    op.create_index(op.f("ix_dispatch_message_id"), "dispatch", ["message_id"], unique=False)


def downgrade() -> None:
    op.drop_table("dispatch")
    op.drop_table("message")
