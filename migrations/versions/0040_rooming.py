"""Rooms as they are used and sites that retire; the rooming of a sitting, step by step."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ADDED = {
    "exam_site": (("contact", sa.String(length=60), ""), ("version", sa.Integer(), "1")),
    "exam_room": (("place", sa.String(length=60), ""), ("accessible", sa.Boolean(), sa.true()),
                  ("across", sa.Integer(), "6"), ("serpentine", sa.Boolean(), sa.false()),
                  ("version", sa.Integer(), "1")),
}


def upgrade() -> None:
    for name, columns in ADDED.items():
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("retired_at", UtcMoment(), nullable=True))
            for column, kind, value in columns:
                table.add_column(sa.Column(column, kind, nullable=False, server_default=value))
    op.execute("UPDATE exam_room SET accessible = (SELECT accessible FROM exam_site WHERE exam_site.id = "
               "exam_room.site_id)")
    for name, columns in ADDED.items():
        with op.batch_alter_table(name) as table:
            for column, kind, _value in columns:
                table.alter_column(column, existing_type=kind, server_default=None)
            if name == "exam_room":
                table.create_check_constraint(op.f("ck_exam_room_across_range"), "across BETWEEN 1 AND 20")
                if op.get_bind().dialect.name == "sqlite":
                    table.create_check_constraint(op.f("ck_exam_room_across_is_integer"),
                                                  "across IS NULL OR typeof(across) = 'integer'")
    op.create_table(
        "rooming",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("frozen_at", UtcMoment(), nullable=True),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("frozen_by_name", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(frozen_at IS NULL) = (frozen_by_id IS NULL)", name=op.f("ck_rooming_frozen_by_somebody")),
        sa.ForeignKeyConstraint(["frozen_by_id"], ["account.id"], name=op.f("fk_rooming_frozen_by_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_rooming_sitting_id")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_rooming")),
    )
    op.create_table(
        "rooming_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("rooming_version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("what IN ('plan', 'move', 'undo', 'freeze')", name=op.f("ck_rooming_step_what_known")),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_rooming_step_made_by_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_rooming_step_sitting_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["rooming_step.id"], name=op.f("fk_rooming_step_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooming_step")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_rooming_step_undoes_id")),
    )
    op.create_index(op.f("ix_rooming_step_sitting_id"), "rooming_step", ["sitting_id"])
    for statement in statements("rooming_step", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("rooming_step")
    op.drop_table("rooming")
    with op.batch_alter_table("exam_room") as table:
        table.drop_constraint(op.f("ck_exam_room_across_range"), type_="check")
        if op.get_bind().dialect.name == "sqlite":
            table.drop_constraint(op.f("ck_exam_room_across_is_integer"), type_="check")
    for name, columns in ADDED.items():
        with op.batch_alter_table(name) as table:
            for column, *_ in columns:
                table.drop_column(column)
            table.drop_column("retired_at")
