"""Courses: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("practice_work_move",)


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("career", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_course_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("code", name=op.f("uq_course_code")),
    )
    op.create_table(
        "module",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_module_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module")),
        sa.UniqueConstraint("code", name=op.f("uq_module_code")),
    )
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("content", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=True),
        sa.Column("video_seconds", sa.Integer(), nullable=False),
        sa.Column("quiz_code", sa.String(length=40), nullable=False),
        sa.Column("deliverables", sa.JSON(), nullable=False),
        sa.Column("rubric", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_lesson_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "video_seconds IS NULL OR typeof(video_seconds) = 'integer'",
            name=op.f("ck_lesson_video_seconds_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_lesson_minutes_range")),
        sa.CheckConstraint("video_seconds BETWEEN 0 AND 86400", name=op.f("ck_lesson_video_seconds_range")),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_lesson_module_id")),
        sa.ForeignKeyConstraint(["video_id"], ["stored_file.id"], name=op.f("fk_lesson_video_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("code", name=op.f("uq_lesson_code")),
    )
    op.create_table(
        "lesson_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("ledger_minutes", sa.Integer(), nullable=False),
        sa.Column("position_seconds", sa.Integer(), nullable=False),
        sa.Column("furthest_seconds", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcMoment(), nullable=False),
        sa.Column("completed_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "furthest_seconds IS NULL OR typeof(furthest_seconds) = 'integer'",
            name=op.f("ck_lesson_progress_furthest_seconds_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "ledger_minutes IS NULL OR typeof(ledger_minutes) = 'integer'",
            name=op.f("ck_lesson_progress_ledger_minutes_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "seconds IS NULL OR typeof(seconds) = 'integer'", name=op.f("ck_lesson_progress_seconds_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "furthest_seconds BETWEEN 0 AND 86400", name=op.f("ck_lesson_progress_furthest_seconds_range")
        ),
        sa.CheckConstraint("ledger_minutes BETWEEN 0 AND 1440", name=op.f("ck_lesson_progress_ledger_minutes_range")),
        sa.CheckConstraint("seconds BETWEEN 0 AND 86400", name=op.f("ck_lesson_progress_seconds_range")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_lesson_progress_enrolment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_progress_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_progress")),
        sa.UniqueConstraint("enrolment_id", "lesson_id", name=op.f("uq_lesson_progress_enrolment_id_lesson_id")),
    )
    op.create_table(
        "practice_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("hand_ins", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", UtcMoment(), nullable=True),
        sa.Column("decided_at", UtcMoment(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "hand_ins IS NULL OR typeof(hand_ins) = 'integer'", name=op.f("ck_practice_work_hand_ins_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "state IN ('draft', 'handed_in', 'returned', 'accepted')", name=op.f("ck_practice_work_state_known")
        ),
        sa.CheckConstraint("hand_ins BETWEEN 0 AND 1000", name=op.f("ck_practice_work_hand_ins_range")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_practice_work_decided_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_practice_work_enrolment_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_practice_work_learner_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_practice_work_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_work")),
        sa.UniqueConstraint("enrolment_id", "lesson_id", name=op.f("uq_practice_work_enrolment_id_lesson_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_practice_work_reference")),
    )
    op.create_index(op.f("ix_practice_work_learner_id"), "practice_work", ["learner_id"], unique=False)
    op.create_index("ix_practice_work_queue", "practice_work", ["state", "handed_in_at"], unique=False)
    op.create_table(
        "study_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcMoment(), nullable=False),
        sa.Column("last_beat_at", UtcMoment(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("playing", sa.Boolean(), nullable=False),
        sa.Column("position_seconds", sa.Integer(), nullable=False),
        sa.Column("furthest_seconds", sa.Integer(), nullable=False),
        sa.Column("seconds_credited", sa.Integer(), nullable=False),
        sa.Column("seconds_held", sa.Integer(), nullable=False),
        sa.Column("by_day", sa.JSON(), nullable=False),
        sa.Column("uncounted", sa.JSON(), nullable=False),
        sa.Column("check_at_seconds", sa.Integer(), nullable=True),
        sa.Column("check_asked_at", UtcMoment(), nullable=True),
        sa.Column("ended_at", UtcMoment(), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "seconds_credited IS NULL OR typeof(seconds_credited) = 'integer'",
            name=op.f("ck_study_session_seconds_credited_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "seconds_held IS NULL OR typeof(seconds_held) = 'integer'",
            name=op.f("ck_study_session_seconds_held_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "seq IS NULL OR typeof(seq) = 'integer'", name=op.f("ck_study_session_seq_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "seconds_credited BETWEEN 0 AND 86400", name=op.f("ck_study_session_seconds_credited_range")
        ),
        sa.CheckConstraint("seconds_held BETWEEN 0 AND 86400", name=op.f("ck_study_session_seconds_held_range")),
        sa.CheckConstraint("seq BETWEEN 0 AND 1000000", name=op.f("ck_study_session_seq_range")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_study_session_account_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_study_session_enrolment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_study_session_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_session")),
        sa.UniqueConstraint("token", name=op.f("uq_study_session_token")),
    )
    op.create_index(op.f("ix_study_session_account_id"), "study_session", ["account_id"], unique=False)
    op.create_index(op.f("ix_study_session_enrolment_id"), "study_session", ["enrolment_id"], unique=False)
    op.create_index(
        "ix_study_session_silent",
        "study_session",
        ["last_beat_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_study_session_open",
        "study_session",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "practice_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("deliverable", sa.String(length=120), nullable=False),
        sa.Column("hand_in", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcMoment(), nullable=False),
        sa.Column("removed_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_practice_file_file_id")),
        sa.ForeignKeyConstraint(["work_id"], ["practice_work.id"], name=op.f("fk_practice_file_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_file")),
    )
    op.create_index(op.f("ix_practice_file_work_id"), "practice_file", ["work_id"], unique=False)
    op.create_table(
        "practice_work_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_practice_work_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["practice_work.id"], name=op.f("fk_practice_work_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_work_move")),
    )
    op.create_index(op.f("ix_practice_work_move_record_id"), "practice_work_move", ["record_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("practice_work_move")
    op.drop_table("practice_file")
    op.drop_table("study_session")
    op.drop_table("practice_work")
    op.drop_table("lesson_progress")
    op.drop_table("lesson")
    op.drop_table("module")
    op.drop_table("course")
