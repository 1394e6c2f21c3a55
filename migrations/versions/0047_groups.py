"""Group applications of employers."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "employer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact_name", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("name", name=op.f("uq_employer_name")),
    )
    op.create_table(
        "exam_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_exam_group_state_known")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_exam_group_employer_id")),
        sa.ForeignKeyConstraint(["window_id"], ["exam_window.id"], name=op.f("fk_exam_group_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_group")),
        sa.UniqueConstraint("reference", name=op.f("uq_exam_group_reference")),
    )
    op.create_index(op.f("ix_exam_group_employer_id"), "exam_group", ["employer_id"], unique=False)
    op.create_index(op.f("ix_exam_group_window_id"), "exam_group", ["window_id"], unique=False)
    op.create_table(
        "exam_group_move",
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("made_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("made_by_name", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_exam_group_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["exam_group.id"], name=op.f("fk_exam_group_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_group_move")),
    )
    op.create_index(op.f("ix_exam_group_move_record_id"), "exam_group_move", ["record_id"], unique=False)
    op.create_table(
        "group_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("trade_no", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("allocated_fen", sa.Integer(), nullable=False),
        sa.Column("paid_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("recorded_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "allocated_fen IS NULL OR typeof(allocated_fen) = 'integer'",
            name=op.f("ck_group_payment_allocated_fen_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "amount_fen IS NULL OR typeof(amount_fen) = 'integer'", name=op.f("ck_group_payment_amount_fen_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "provider IN ('bank', 'wechat', 'alipay', 'cash')", name=op.f("ck_group_payment_provider_known")
        ),
        sa.CheckConstraint("allocated_fen <= amount_fen", name=op.f("ck_group_payment_no_more_than_came")),
        sa.CheckConstraint("allocated_fen BETWEEN 0 AND 10000000", name=op.f("ck_group_payment_allocated_fen_range")),
        sa.CheckConstraint("amount_fen BETWEEN 1 AND 10000000", name=op.f("ck_group_payment_amount_fen_range")),
        sa.ForeignKeyConstraint(["group_id"], ["exam_group.id"], name=op.f("fk_group_payment_group_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_group_payment_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_payment")),
        sa.UniqueConstraint("provider", "trade_no", name=op.f("uq_group_payment_provider_trade_no")),
    )
    op.create_index(op.f("ix_group_payment_group_id"), "group_payment", ["group_id"], unique=False)
    op.create_table(
        "group_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("theory", sa.String(length=40), nullable=False),
        sa.Column("practical", sa.String(length=40), nullable=False),
        sa.Column("invited_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("joined_at", UtcMoment(timezone=True), nullable=True),
        sa.Column("declined_at", UtcMoment(timezone=True), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "application_id IS NULL OR joined_at IS NOT NULL", name=op.f("ck_group_member_joined_first")
        ),
        sa.CheckConstraint("joined_at IS NULL OR declined_at IS NULL", name=op.f("ck_group_member_one_answer")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_group_member_application_id")),
        sa.ForeignKeyConstraint(["group_id"], ["exam_group.id"], name=op.f("fk_group_member_group_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_group_member_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
        sa.UniqueConstraint("application_id", name=op.f("uq_group_member_application_id")),
        sa.UniqueConstraint("group_id", "learner_id", name=op.f("uq_group_member_group_id_learner_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_group_member_token_hash")),
    )
    op.create_index(op.f("ix_group_member_learner_id"), "group_member", ["learner_id"], unique=False)
    for table in ("exam_group_move", "group_payment"):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in (
        "group_member",
        "group_payment",
        "exam_group_move",
        "exam_group",
        "employer",
    ):
        op.drop_table(table)
