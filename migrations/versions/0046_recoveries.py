"""Lost sign-ins, given back by two people."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import SealedText, UtcMoment

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recovery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("name", SealedText(), nullable=False),
        sa.Column("known_number", SealedText(), nullable=False),
        sa.Column("contact", SealedText(), nullable=False),
        sa.Column("story", SealedText(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("place_hash", sa.String(length=64), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("asked_really_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("stale_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("identity_agrees", sa.Boolean(), nullable=False),
        sa.Column("photo_agrees", sa.Boolean(), nullable=False),
        sa.Column("notes", SealedText(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("effective_at", UtcMoment(timezone=True), nullable=True),
        sa.Column("cancel_hash", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'checked', 'waiting', 'done', 'refused', 'cancelled')",
            name=op.f("ck_recovery_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'done') OR (checked_by_id IS NOT NULL AND confirmed_by_id IS NOT NULL AND learner_id IS NOT NULL AND effective_at IS NOT NULL)",
            name=op.f("ck_recovery_stood_for"),
        ),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR confirmed_by_id IS NULL OR checked_by_id <> confirmed_by_id",
            name=op.f("ck_recovery_two_people"),
        ),
        sa.ForeignKeyConstraint(["checked_by_id"], ["account.id"], name=op.f("fk_recovery_checked_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["account.id"], name=op.f("fk_recovery_confirmed_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_recovery_learner_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["account.id"], name=op.f("fk_recovery_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        sa.UniqueConstraint("cancel_hash", name=op.f("uq_recovery_cancel_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_recovery_reference")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_recovery_token_hash")),
    )
    op.create_index(op.f("ix_recovery_learner_id"), "recovery", ["learner_id"], unique=False)
    op.create_index("ix_recovery_name", "recovery", ["name_hash", "asked_at"], unique=False)
    op.create_index("ix_recovery_place", "recovery", ["place_hash", "asked_at"], unique=False)
    op.create_index("ix_recovery_queue", "recovery", ["state", "asked_at"], unique=False)
    op.create_index(
        "uq_recovery_live",
        "recovery",
        ["learner_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'checked', 'waiting')"),
        postgresql_where=sa.text("state IN ('asked', 'checked', 'waiting')"),
    )
    op.create_table(
        "recovery_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_recovery_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["recovery.id"], name=op.f("fk_recovery_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_move")),
    )
    op.create_index(op.f("ix_recovery_move_record_id"), "recovery_move", ["record_id"], unique=False)
    for table in ("recovery_move",):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("recovery_move", "recovery"):
        op.drop_table(table)
