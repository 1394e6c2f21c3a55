"""Acts for learners who asked for them, and the links by which they sign themselves."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_on_behalf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("of_account_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcMoment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("asked_by IN ('phone', 'counter', 'letter')", name=op.f("ck_act_on_behalf_asked_by_known")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_act_on_behalf_says_why")),
        sa.CheckConstraint("by_id <> of_account_id", name=op.f("ck_act_on_behalf_for_another")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_act_on_behalf_by_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["stored_file.id"], name=op.f("fk_act_on_behalf_evidence_id")),
        sa.ForeignKeyConstraint(["of_account_id"], ["account.id"], name=op.f("fk_act_on_behalf_of_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_on_behalf")),
    )
    op.create_index(op.f("ix_act_on_behalf_learner_id"), "act_on_behalf", ["learner_id"], unique=False)
    op.create_index(op.f("ix_act_on_behalf_subject"), "act_on_behalf", ["subject"], unique=False)
    op.create_table(
        "signature_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        sa.Column("sent_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("expires_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("used_at", UtcMoment(timezone=True), nullable=True),
        sa.Column("replaced_at", UtcMoment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_signature_link_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signature_link_token_hash")),
    )
    op.create_index(op.f("ix_signature_link_application_id"), "signature_link", ["application_id"], unique=False)
    op.create_index(
        "uq_signature_link_open",
        "signature_link",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
        postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
    )
    for table in ("act_on_behalf",):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("signature_link", "act_on_behalf"):
        op.drop_table(table)
