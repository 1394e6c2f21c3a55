"""Programmes: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("exam_window_move",)


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("publish_at", UtcMoment(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_table(
        "fee_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "amount_fen IS NULL OR typeof(amount_fen) = 'integer'", name=op.f("ck_fee_item_amount_fen_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("amount_fen BETWEEN 0 AND 10000000", name=op.f("ck_fee_item_amount_fen_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_item")),
        sa.UniqueConstraint("code", "from_on", name=op.f("uq_fee_item_code_from_on")),
    )
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=False),
        sa.Column("issuers", sa.JSON(), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("opening_times", sa.String(length=120), nullable=False),
        sa.Column("registrations", sa.JSON(), nullable=False),
        sa.Column("issuer_contact", sa.String(length=200), nullable=False),
        sa.Column("lookup_url", sa.String(length=300), nullable=False),
        sa.Column("how_to_pay_zh", sa.Text(), nullable=False),
        sa.Column("how_to_pay_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("suits_zh", sa.Text(), nullable=False),
        sa.Column("suits_en", sa.Text(), nullable=False),
        sa.Column("exam_zh", sa.Text(), nullable=False),
        sa.Column("exam_en", sa.Text(), nullable=False),
        sa.Column("note_zh", sa.Text(), nullable=False),
        sa.Column("note_en", sa.Text(), nullable=False),
        sa.Column("enrolment_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_table(
        "workday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workday")),
        sa.UniqueConstraint("worked_on", name=op.f("uq_workday_worked_on")),
    )
    op.create_table(
        "exam_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("opens_at", UtcMoment(), nullable=False),
        sa.Column("closes_at", UtcMoment(), nullable=False),
        sa.Column("first_review_by", UtcMoment(), nullable=False),
        sa.Column("correction_closes_at", UtcMoment(), nullable=False),
        sa.Column("review_by", UtcMoment(), nullable=False),
        sa.Column("payment_due_at", UtcMoment(), nullable=False),
        sa.Column("payment_latest_at", UtcMoment(), nullable=False),
        sa.Column("withdraw_full_refund_until", UtcMoment(), nullable=False),
        sa.Column("resit_closes_at", UtcMoment(), nullable=False),
        sa.Column("resit_correction_closes_at", UtcMoment(), nullable=False),
        sa.Column("resit_payment_due_at", UtcMoment(), nullable=False),
        sa.Column("seating_by", UtcMoment(), nullable=False),
        sa.Column("ticket_from", UtcMoment(), nullable=False),
        sa.Column("mock_from", UtcMoment(), nullable=False),
        sa.Column("mock_until", UtcMoment(), nullable=False),
        sa.Column("marking_by", UtcMoment(), nullable=False),
        sa.Column("scores_publish_at", UtcMoment(), nullable=False),
        sa.Column("score_review_closes_at", UtcMoment(), nullable=False),
        sa.Column("score_review_answer_by", UtcMoment(), nullable=False),
        sa.Column("issuance_review_from", UtcMoment(), nullable=False),
        sa.Column("roster_to_issuer_by", UtcMoment(), nullable=False),
        sa.Column("certificate_expected_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'cancelled')", name=op.f("ck_exam_window_state_known")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_exam_window_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_window")),
        sa.UniqueConstraint("code", name=op.f("uq_exam_window_code")),
    )
    op.create_table(
        "programme_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_programme_rule_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_rule")),
        sa.UniqueConstraint("programme_id", "key", "from_on", name=op.f("uq_programme_rule_programme_id_key_from_on")),
    )
    op.create_table(
        "exam_window_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_exam_window_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["exam_window.id"], name=op.f("fk_exam_window_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_window_move")),
    )
    op.create_index(op.f("ix_exam_window_move_record_id"), "exam_window_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("exam_window_move")
    op.drop_table("programme_rule")
    op.drop_table("exam_window")
    op.drop_table("workday")
    op.drop_table("programme")
    op.drop_table("organisation")
    op.drop_table("holiday")
    op.drop_table("fee_item")
    op.drop_table("announcement")
