"""Courses: live classes, places in them, who was there, and what of it counts."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

APPEND_ONLY = ("live_class_move", "live_sign", "live_attendance")


def upgrade() -> None:
    op.create_table(
        "live_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("secret", sa.String(length=32), nullable=False),
        sa.Column("least_percent", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR typeof(capacity) = 'integer'",
            name=op.f("ck_live_class_capacity_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("capacity BETWEEN 1 AND 2000", name=op.f("ck_live_class_capacity_range")),
        sa.CheckConstraint("least_percent IS NULL OR typeof(least_percent) = 'integer'",
            name=op.f("ck_live_class_least_percent_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("least_percent BETWEEN 1 AND 100", name=op.f("ck_live_class_least_percent_range")),
        sa.CheckConstraint("minutes IS NULL OR typeof(minutes) = 'integer'",
            name=op.f("ck_live_class_minutes_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("minutes BETWEEN 10 AND 480", name=op.f("ck_live_class_minutes_range")),
        sa.CheckConstraint("state IN ('planned', 'held', 'settled', 'cancelled')",
            name=op.f("ck_live_class_state_known")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_live_class_course_id")),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_live_class_module_id")),
        sa.ForeignKeyConstraint(["trainer_id"], ["account.id"], name=op.f("fk_live_class_trainer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_class")),
        sa.UniqueConstraint("reference", name=op.f("uq_live_class_reference")),
    )
    op.create_index(op.f("ix_live_class_calendar"), "live_class", ["state", "starts_at"], unique=False)
    op.create_table(
        "live_class_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_live_class_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["live_class.id"], name=op.f("fk_live_class_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_class_move")),
    )
    op.create_index(op.f("ix_live_class_move_record_id"), "live_class_move", ["record_id"], unique=False)
    op.create_table(
        "live_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcMoment(), nullable=False),
        sa.Column("given_up_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["live_class.id"], name=op.f("fk_live_place_class_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_live_place_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_place")),
        sa.UniqueConstraint("class_id", "enrolment_id", name=op.f("uq_live_place_class_id_enrolment_id")),
    )
    op.create_index(op.f("ix_live_place_enrolment_id"), "live_place", ["enrolment_id"], unique=False)
    op.create_table(
        "live_sign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("came_at", UtcMoment(), nullable=True),
        sa.Column("left_at", UtcMoment(), nullable=True),
        sa.Column("import_token", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", UtcMoment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("came_at IS NOT NULL OR left_at IS NOT NULL", name=op.f("ck_live_sign_says_when")),
        sa.ForeignKeyConstraint(["class_id"], ["live_class.id"], name=op.f("fk_live_sign_class_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_live_sign_enrolment_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_live_sign_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_sign")),
    )
    op.create_index(op.f("ix_live_sign_class_id"), "live_sign", ["class_id"], unique=False)
    op.create_index(op.f("ix_live_sign_enrolment_id"), "live_sign", ["enrolment_id"], unique=False)
    op.create_table(
        "live_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcMoment(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes IS NULL OR typeof(minutes) = 'integer'",
            name=op.f("ck_live_attendance_minutes_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("minutes BETWEEN 0 AND 480", name=op.f("ck_live_attendance_minutes_range")),
        sa.CheckConstraint("seconds IS NULL OR typeof(seconds) = 'integer'",
            name=op.f("ck_live_attendance_seconds_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("seconds BETWEEN 0 AND 28800", name=op.f("ck_live_attendance_seconds_range")),
        sa.CheckConstraint("version IS NULL OR typeof(version) = 'integer'",
            name=op.f("ck_live_attendance_version_is_integer")).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("version BETWEEN 1 AND 100", name=op.f("ck_live_attendance_version_range")),
        sa.ForeignKeyConstraint(["class_id"], ["live_class.id"], name=op.f("fk_live_attendance_class_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_live_attendance_decided_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_live_attendance_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_attendance")),
        sa.UniqueConstraint("class_id", "enrolment_id", "version",
            name=op.f("uq_live_attendance_class_id_enrolment_id_version")),
    )
    op.create_index(op.f("ix_live_attendance_class_id"), "live_attendance", ["class_id"], unique=False)
    op.create_index(op.f("ix_live_attendance_enrolment_id"), "live_attendance", ["enrolment_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("live_attendance", "live_sign", "live_place", "live_class_move", "live_class"):
        op.drop_table(table)
