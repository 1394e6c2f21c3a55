"""Applications: outages and what they did; sittings: an own, later end of a waiting list."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

EXTENDED = ("closes_at", "correct_by", "payment_due_at")


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("began_at", UtcMoment(), nullable=False),
        sa.Column("ended_at", UtcMoment(), nullable=False),
        sa.Column("extends_to", UtcMoment(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reported_at", UtcMoment(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'reported') = (decided_by_id IS NULL)",
                           name=op.f("ck_outage_decided_by_somebody")),
        sa.CheckConstraint("state IN ('reported', 'confirmed', 'dismissed')", name=op.f("ck_outage_state_known")),
        sa.CheckConstraint("began_at < ended_at AND ended_at <= extends_to", name=op.f("ck_outage_in_order")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_outage_decided_by_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["account.id"], name=op.f("fk_outage_reported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
        sa.UniqueConstraint("reference", name=op.f("uq_outage_reference")),
    )
    op.create_table(
        "outage_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outage_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("before", UtcMoment(), nullable=False),
        sa.Column("after", UtcMoment(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("done_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("outcome IN ('extended', 'brought_back', 'seat_gone', 'too_late')",
                           name=op.f("ck_outage_effect_outcome_known")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_outage_effect_learner_id")),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_outage_effect_outage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_effect")),
        sa.UniqueConstraint("outage_id", "subject", "name", name=op.f("uq_outage_effect_outage_id_subject_name")),
    )
    op.create_table(
        "outage_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_outage_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["outage.id"], name=op.f("fk_outage_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage_move")),
    )
    op.create_index(op.f("ix_outage_move_record_id"), "outage_move", ["record_id"])
    for table in ("outage_move", "outage_effect"):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)
    op.add_column("booking", sa.Column("list_until", UtcMoment(), nullable=True))
    _dates_that_can_be_extended((*EXTENDED, "list_closes_at"))


def downgrade() -> None:
    _dates_that_can_be_extended(EXTENDED)
    op.drop_column("booking", "list_until")
    for table in ("outage_move", "outage_effect", "outage"):
        op.drop_table(table)


def _dates_that_can_be_extended(names: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in names)
    with op.batch_alter_table("extension") as table:
        table.drop_constraint(op.f("ck_extension_name_known"), type_="check")
        table.create_check_constraint(op.f("ck_extension_name_known"), f"name IN ({listed})")
    if op.get_bind().dialect.name == "sqlite":  # the table is another one now, without its triggers
        for statement in statements("extension", "sqlite"):
            op.execute(statement)
