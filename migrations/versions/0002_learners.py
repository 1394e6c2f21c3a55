"""Learners: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import SealedText, UtcMoment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("identity_check_move",)


def upgrade() -> None:
    op.create_table(
        "consent_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked_when", sa.String(length=30), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("title_zh", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("from_at", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_consent_text_code_version")),
    )
    op.create_table(
        "reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("words_zh", sa.String(length=200), nullable=False),
        sa.Column("words_en", sa.String(length=300), nullable=False),
        sa.Column("advice_zh", sa.String(length=300), nullable=False),
        sa.Column("advice_en", sa.String(length=400), nullable=False),
        sa.Column("retired_at", UtcMoment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason")),
        sa.UniqueConstraint("item", "code", name=op.f("uq_reason_item_code")),
    )
    op.create_table(
        "learner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("legal_name", sa.String(length=100), nullable=False),
        sa.Column("latin_name", sa.String(length=100), nullable=False),
        sa.Column("sex", sa.String(length=10), nullable=False),
        sa.Column("nationality", sa.String(length=3), nullable=False),
        sa.Column("id_type", sa.String(length=30), nullable=True),
        sa.Column("id_number", SealedText(), nullable=True),
        sa.Column("id_number_key", sa.String(length=64), nullable=True),
        sa.Column("id_number_mask", sa.String(length=40), nullable=False),
        sa.Column("education", sa.String(length=30), nullable=False),
        sa.Column("employer", sa.String(length=120), nullable=False),
        sa.Column("joined_at", UtcMoment(), nullable=False),
        sa.Column("identity_given_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(legal_name) <= 100", name=op.f("ck_learner_legal_name_length")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_learner_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
        sa.UniqueConstraint("account_id", name=op.f("uq_learner_account_id")),
        sa.UniqueConstraint("id_type", "id_number_key", name=op.f("uq_learner_id_type_id_number_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_learner_reference")),
    )
    op.create_index(
        "ix_learner_latin_name",
        "learner",
        ["latin_name"],
        unique=False,
        postgresql_ops={"latin_name": "text_pattern_ops"},
    )
    op.create_index(
        "ix_learner_legal_name",
        "learner",
        ["legal_name"],
        unique=False,
        postgresql_ops={"legal_name": "text_pattern_ops"},
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("given_at", UtcMoment(), nullable=False),
        sa.Column("given_by_name", sa.String(length=120), nullable=False),
        sa.Column("network_address", sa.String(length=45), nullable=False),
        sa.Column("withdrawn_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_consent_learner_id")),
        sa.ForeignKeyConstraint(["text_id"], ["consent_text.id"], name=op.f("fk_consent_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_learner_id"), "consent", ["learner_id"], unique=False)
    op.create_table(
        "guardian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("asked_at", UtcMoment(), nullable=True),
        sa.Column("acknowledged_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["code_id"], ["confirmation_code.id"], name=op.f("fk_guardian_code_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_guardian_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
        sa.UniqueConstraint("learner_id", name=op.f("uq_guardian_learner_id")),
        sa.UniqueConstraint("token", name=op.f("uq_guardian_token")),
    )
    op.create_table(
        "identity_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("submitted_at", UtcMoment(), nullable=True),
        sa.Column("decided_at", UtcMoment(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('identity', 'photo')", name=op.f("ck_identity_check_kind_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'verified', 'returned', 'unable')",
            name=op.f("ck_identity_check_state_known"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_identity_check_decided_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_identity_check_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_check")),
        sa.UniqueConstraint("learner_id", "kind", name=op.f("uq_identity_check_learner_id_kind")),
        sa.UniqueConstraint("reference", name=op.f("uq_identity_check_reference")),
    )
    op.create_index("ix_identity_check_queue", "identity_check", ["state", "submitted_at"], unique=False)
    op.create_table(
        "learner_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcMoment(), nullable=False),
        sa.Column("replaced_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_learner_file_file_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_file_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_file")),
    )
    op.create_index(
        "uq_learner_file_in_force",
        "learner_file",
        ["learner_id", "kind"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "identity_check_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_identity_check_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["identity_check.id"], name=op.f("fk_identity_check_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_check_move")),
    )
    op.create_index(op.f("ix_identity_check_move_record_id"), "identity_check_move", ["record_id"], unique=False)
    op.create_table(
        "returned_detail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=30), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("returned_at", UtcMoment(), nullable=False),
        sa.Column("mended_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["check_id"], ["identity_check.id"], name=op.f("fk_returned_detail_check_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_detail")),
    )
    op.create_index(op.f("ix_returned_detail_check_id"), "returned_detail", ["check_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("returned_detail")
    op.drop_table("identity_check_move")
    op.drop_table("learner_file")
    op.drop_table("identity_check")
    op.drop_table("guardian")
    op.drop_table("consent")
    op.drop_table("learner")
    op.drop_table("reason")
    op.drop_table("consent_text")
