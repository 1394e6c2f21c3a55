"""Hours: study that looks unusual, and when heartbeats came."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

APPEND_ONLY = ("hours_anomaly_move",)


def upgrade() -> None:
    op.add_column("study_session", sa.Column("heard", sa.JSON(), nullable=True))
    op.create_table(
        "hours_anomaly",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("entry_ids", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("found_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('beats', 'night', 'devices', 'speed')", name=op.f("ck_hours_anomaly_kind_known")),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_hours_anomaly_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "state IN ('open', 'fine', 'doubted', 'reversed')", name=op.f("ck_hours_anomaly_state_known")
        ),
        sa.CheckConstraint("minutes BETWEEN 0 AND 100000", name=op.f("ck_hours_anomaly_minutes_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_hours_anomaly_enrolment_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_hours_anomaly_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_anomaly")),
        sa.UniqueConstraint("key", name=op.f("uq_hours_anomaly_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_hours_anomaly_reference")),
    )
    op.create_index(op.f("ix_hours_anomaly_enrolment_id"), "hours_anomaly", ["enrolment_id"], unique=False)
    op.create_index("ix_hours_anomaly_queue", "hours_anomaly", ["state", "found_at"], unique=False)
    op.create_table(
        "hours_anomaly_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_hours_anomaly_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["hours_anomaly.id"], name=op.f("fk_hours_anomaly_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_anomaly_move")),
    )
    op.create_index(op.f("ix_hours_anomaly_move_record_id"), "hours_anomaly_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("hours_anomaly_move")
    op.drop_table("hours_anomaly")
    op.drop_column("study_session", "heard")
