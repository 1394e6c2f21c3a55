"""Questions: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.columns import UtcMoment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_question")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_question_code")),
    )
    op.create_index(op.f("ix_bank_question_topic"), "bank_question", ["topic"], unique=False)
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("blueprint", sa.JSON(), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attempts_a_day", sa.Integer(), nullable=False),
        sa.Column("cool_down_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "attempts_a_day IS NULL OR typeof(attempts_a_day) = 'integer'",
            name=op.f("ck_quiz_attempts_a_day_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "cool_down_minutes IS NULL OR typeof(cool_down_minutes) = 'integer'",
            name=op.f("ck_quiz_cool_down_minutes_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f("ck_quiz_minutes_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "pass_percent IS NULL OR typeof(pass_percent) = 'integer'", name=op.f("ck_quiz_pass_percent_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("attempts_a_day BETWEEN 0 AND 100", name=op.f("ck_quiz_attempts_a_day_range")),
        sa.CheckConstraint("cool_down_minutes BETWEEN 0 AND 1440", name=op.f("ck_quiz_cool_down_minutes_range")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 300", name=op.f("ck_quiz_minutes_range")),
        sa.CheckConstraint("pass_percent BETWEEN 0 AND 100", name=op.f("ck_quiz_pass_percent_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz")),
        sa.UniqueConstraint("code", name=op.f("uq_quiz_code")),
    )
    op.create_table(
        "quiz_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("paper", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcMoment(), nullable=False),
        sa.Column("due_at", UtcMoment(), nullable=False),
        sa.Column("saved_at", UtcMoment(), nullable=True),
        sa.Column("submitted_at", UtcMoment(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("full_points", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "full_points IS NULL OR typeof(full_points) = 'integer'",
            name=op.f("ck_quiz_attempt_full_points_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "points IS NULL OR typeof(points) = 'integer'", name=op.f("ck_quiz_attempt_points_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("full_points BETWEEN 0 AND 10000", name=op.f("ck_quiz_attempt_full_points_range")),
        sa.CheckConstraint("points BETWEEN 0 AND 10000", name=op.f("ck_quiz_attempt_points_range")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_quiz_attempt_account_id")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quiz.id"], name=op.f("fk_quiz_attempt_quiz_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint("token", name=op.f("uq_quiz_attempt_token")),
    )
    op.create_index(
        "ix_quiz_attempt_due",
        "quiz_attempt",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_index("ix_quiz_attempt_of", "quiz_attempt", ["account_id", "quiz_id"], unique=False)
    op.create_index(
        "uq_quiz_attempt_open",
        "quiz_attempt",
        ["account_id", "quiz_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("quiz_attempt")
    op.drop_table("quiz")
    op.drop_table("bank_question")
