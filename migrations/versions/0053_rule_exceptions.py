"""Enrolments: a rule of entry that does not bind one learner in one window, decided by two people."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

APPEND_ONLY = ("rule_exception_move",)
STANDS = sa.text("state IN ('proposed', 'granted')")


def upgrade() -> None:
    op.create_table(
        "rule_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", UtcMoment(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcMoment(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'granted', 'refused', 'withdrawn')",
                           name=op.f("ck_rule_exception_state_known")),
        sa.CheckConstraint("rule IN ('age', 'education')", name=op.f("ck_rule_exception_rule_known")),
        sa.CheckConstraint("state <> 'granted' OR decided_by_id IS NOT NULL",
                           name=op.f("ck_rule_exception_granted_by_somebody")),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id",
                           name=op.f("ck_rule_exception_two_people")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_rule_exception_learner_id")),
        sa.ForeignKeyConstraint(["window_id"], ["exam_window.id"], name=op.f("fk_rule_exception_window_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["account.id"], name=op.f("fk_rule_exception_proposed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_rule_exception_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_exception")),
        sa.UniqueConstraint("reference", name=op.f("uq_rule_exception_reference")),
    )
    op.create_index("uq_rule_exception_stands", "rule_exception", ["learner_id", "window_id", "rule"], unique=True,
                    sqlite_where=STANDS, postgresql_where=STANDS)
    op.create_index("ix_rule_exception_queue", "rule_exception", ["state", "proposed_at"], unique=False)
    op.create_table(
        "rule_exception_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_rule_exception_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["rule_exception.id"], name=op.f("fk_rule_exception_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_exception_move")),
    )
    op.create_index(op.f("ix_rule_exception_move_record_id"), "rule_exception_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("rule_exception_move")
    op.drop_table("rule_exception")
