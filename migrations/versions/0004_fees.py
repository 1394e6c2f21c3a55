"""Fees: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("fee_move", "payment", "reconciliation", "refund_move")


def upgrade() -> None:
    op.create_table(
        "fee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("item_code", sa.String(length=60), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("paid_fen", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", UtcMoment(), nullable=False),
        sa.Column("raised_at", UtcMoment(), nullable=False),
        sa.Column("settled_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "amount_fen IS NULL OR typeof(amount_fen) = 'integer'", name=op.f("ck_fee_amount_fen_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "paid_fen IS NULL OR typeof(paid_fen) = 'integer'", name=op.f("ck_fee_paid_fen_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("payer IN ('learner', 'employer', 'school')", name=op.f("ck_fee_payer_known")),
        sa.CheckConstraint(
            "state IN ('due', 'part_paid', 'paid', 'waived', 'included', 'void')", name=op.f("ck_fee_state_known")
        ),
        sa.CheckConstraint("amount_fen BETWEEN 0 AND 10000000", name=op.f("ck_fee_amount_fen_range")),
        sa.CheckConstraint("paid_fen BETWEEN 0 AND 10000000", name=op.f("ck_fee_paid_fen_range")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_fee_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee")),
        sa.UniqueConstraint("reference", name=op.f("uq_fee_reference")),
    )
    op.create_index(op.f("ix_fee_learner_id"), "fee", ["learner_id"], unique=False)
    op.create_index("ix_fee_queue", "fee", ["state", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_fee_subject"), "fee", ["subject"], unique=False)
    op.create_index(
        "uq_fee_live_subject",
        "fee",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )
    op.create_table(
        "fee_move",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_fee_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["fee.id"], name=op.f("fk_fee_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_move")),
    )
    op.create_index(op.f("ix_fee_move_record_id"), "fee_move", ["record_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fee_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("trade_no", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("paid_at", UtcMoment(), nullable=False),
        sa.Column("recorded_at", UtcMoment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "amount_fen IS NULL OR typeof(amount_fen) = 'integer'", name=op.f("ck_payment_amount_fen_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("provider IN ('bank', 'wechat', 'alipay', 'cash')", name=op.f("ck_payment_provider_known")),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 10000000", name=op.f("ck_payment_amount_fen_range")),
        sa.ForeignKeyConstraint(["fee_id"], ["fee.id"], name=op.f("fk_payment_fee_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_payment_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("provider", "trade_no", name=op.f("uq_payment_provider_trade_no")),
    )
    op.create_index("ix_payment_day", "payment", ["paid_at"], unique=False)
    op.create_index(op.f("ix_payment_fee_id"), "payment", ["fee_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("fee_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("requested_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "amount_fen IS NULL OR typeof(amount_fen) = 'integer'", name=op.f("ck_refund_amount_fen_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'sent', 'done', 'failed')", name=op.f("ck_refund_state_known")
        ),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 10000000", name=op.f("ck_refund_amount_fen_range")),
        sa.ForeignKeyConstraint(["fee_id"], ["fee.id"], name=op.f("fk_refund_fee_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_refund_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("reference", name=op.f("uq_refund_reference")),
    )
    op.create_index(op.f("ix_refund_fee_id"), "refund", ["fee_id"], unique=False)
    op.create_index(op.f("ix_refund_learner_id"), "refund", ["learner_id"], unique=False)
    op.create_index("ix_refund_queue", "refund", ["state", "id"], unique=False)
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IN ('refunded', 'used')", name=op.f("ck_reconciliation_outcome_known")),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_reconciliation_made_by_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_reconciliation_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_reconciliation_payment_id")),
    )
    op.create_table(
        "refund_move",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_refund_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["refund.id"], name=op.f("fk_refund_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_move")),
    )
    op.create_index(op.f("ix_refund_move_record_id"), "refund_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("refund_move")
    op.drop_table("reconciliation")
    op.drop_table("refund")
    op.drop_table("payment")
    op.drop_table("fee_move")
    op.drop_table("fee")
