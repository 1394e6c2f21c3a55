"""Corrections of a verified identity."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import SealedText, UtcMoment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

LIVE = "state IN ('approved', 'requested')"


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("before", SealedText(), nullable=False),
        sa.Column("wanted", SealedText(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", UtcMoment(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", UtcMoment(), nullable=True),
        sa.Column("touched", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'applied' OR (approved_by_id IS NOT NULL AND applied_by_id IS NOT NULL)",
                           name=op.f("ck_correction_applied_by_people")),
        sa.CheckConstraint("state IN ('requested', 'approved', 'applied', 'refused', 'withdrawn')",
                           name=op.f("ck_correction_state_known")),
        sa.ForeignKeyConstraint(["applied_by_id"], ["account.id"], name=op.f("fk_correction_applied_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["account.id"], name=op.f("fk_correction_approved_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_correction_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("reference", name=op.f("uq_correction_reference")),
    )
    op.create_index("ix_correction_of", "correction", ["learner_id", "id"])
    op.create_index("ix_correction_queue", "correction", ["state", "requested_at"])
    op.create_index("uq_correction_live", "correction", ["learner_id"], unique=True,
                    sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE))
    op.create_table(
        "correction_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name=op.f("fk_correction_file_correction_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_correction_file_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_file")),
    )
    op.create_index(op.f("ix_correction_file_correction_id"), "correction_file", ["correction_id"])
    op.create_table(
        "correction_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_correction_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["correction.id"], name=op.f("fk_correction_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_move")),
    )
    op.create_index(op.f("ix_correction_move_record_id"), "correction_move", ["record_id"])
    for table in ("correction_move", "correction_file"):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("correction_file", "correction_move", "correction"):
        op.drop_table(table)
