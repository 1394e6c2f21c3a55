"""Questions: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("question_edition", "question_move")


def upgrade() -> None:
    op.create_table(
        "bank_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "difficulty IS NULL OR typeof(difficulty) = 'integer'", name=op.f("ck_bank_question_difficulty_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "edition IS NULL OR typeof(edition) = 'integer'", name=op.f("ck_bank_question_edition_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "kind IN ('single', 'multiple', 'judge', 'fill', 'short')", name=op.f("ck_bank_question_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'published', 'retired')", name=op.f("ck_bank_question_state_known")
        ),
        sa.CheckConstraint("difficulty BETWEEN 1 AND 3", name=op.f("ck_bank_question_difficulty_range")),
        sa.CheckConstraint("edition BETWEEN 1 AND 10000", name=op.f("ck_bank_question_edition_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_question")),
        sa.UniqueConstraint("code", name=op.f("uq_bank_question_code")),
    )
    op.create_index(op.f("ix_bank_question_digest"), "bank_question", ["digest"], unique=False)
    op.create_index("ix_bank_question_pool", "bank_question", ["state", "topic"], unique=False)
    op.create_index(op.f("ix_bank_question_topic"), "bank_question", ["topic"], unique=False)
    op.create_table(
        "quiz",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("blueprint", sa.JSON(), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attempts_a_day", sa.Integer(), nullable=False),
        sa.Column("cool_down_minutes", sa.Integer(), nullable=False),
        sa.Column("mock_for", sa.String(length=20), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=True),
        sa.Column("holds_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
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
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("programme", sa.String(length=20), nullable=False),
        sa.Column("section", sa.String(length=10), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("code", name=op.f("uq_topic_code")),
    )
    op.create_index(op.f("ix_topic_programme"), "topic", ["programme"], unique=False)
    op.create_table(
        "practice_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("answered_right", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "answered IS NULL OR typeof(answered) = 'integer'", name=op.f("ck_practice_day_answered_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "answered_right IS NULL OR typeof(answered_right) = 'integer'",
            name=op.f("ck_practice_day_answered_right_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "goal IS NULL OR typeof(goal) = 'integer'", name=op.f("ck_practice_day_goal_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("answered BETWEEN 0 AND 100000", name=op.f("ck_practice_day_answered_range")),
        sa.CheckConstraint("answered_right BETWEEN 0 AND 100000", name=op.f("ck_practice_day_answered_right_range")),
        sa.CheckConstraint("goal BETWEEN 1 AND 1000", name=op.f("ck_practice_day_goal_range")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_practice_day_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_day")),
        sa.UniqueConstraint("account_id", "day", name=op.f("uq_practice_day_account_id_day")),
    )
    op.create_table(
        "practice_goal",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "goal IS NULL OR typeof(goal) = 'integer'", name=op.f("ck_practice_goal_goal_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("goal BETWEEN 1 AND 1000", name=op.f("ck_practice_goal_goal_range")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_practice_goal_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_practice_goal")),
    )
    op.create_table(
        "practice_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("paper", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("begun_at", UtcMoment(), nullable=False),
        sa.Column("finished_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "mode IN ('random', 'module', 'weak', 'due', 'book', 'favourites')",
            name=op.f("ck_practice_round_mode_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_practice_round_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_round")),
        sa.UniqueConstraint("token", name=op.f("uq_practice_round_token")),
    )
    op.create_index("ix_practice_round_of", "practice_round", ["account_id", "id"], unique=False)
    op.create_table(
        "question_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("times_asked", sa.Integer(), nullable=False),
        sa.Column("times_right", sa.Integer(), nullable=False),
        sa.Column("days_right", sa.Integer(), nullable=False),
        sa.Column("in_book", sa.Boolean(), nullable=False),
        sa.Column("favourite", sa.Boolean(), nullable=False),
        sa.Column("wrong_at", UtcMoment(), nullable=True),
        sa.Column("reviewed_at", UtcMoment(), nullable=True),
        sa.Column("due_at", UtcMoment(), nullable=True),
        sa.Column("stability", sa.Integer(), nullable=False),
        sa.Column("hardness", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "days_right IS NULL OR typeof(days_right) = 'integer'", name=op.f("ck_question_card_days_right_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "hardness IS NULL OR typeof(hardness) = 'integer'", name=op.f("ck_question_card_hardness_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "stability IS NULL OR typeof(stability) = 'integer'", name=op.f("ck_question_card_stability_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "times_asked IS NULL OR typeof(times_asked) = 'integer'",
            name=op.f("ck_question_card_times_asked_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "times_right IS NULL OR typeof(times_right) = 'integer'",
            name=op.f("ck_question_card_times_right_is_integer"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("days_right BETWEEN 0 AND 100000", name=op.f("ck_question_card_days_right_range")),
        sa.CheckConstraint("hardness BETWEEN 0 AND 10000", name=op.f("ck_question_card_hardness_range")),
        sa.CheckConstraint("stability BETWEEN 0 AND 100000000", name=op.f("ck_question_card_stability_range")),
        sa.CheckConstraint("times_asked BETWEEN 0 AND 100000", name=op.f("ck_question_card_times_asked_range")),
        sa.CheckConstraint("times_right BETWEEN 0 AND 100000", name=op.f("ck_question_card_times_right_range")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_question_card_account_id")),
        sa.ForeignKeyConstraint(["question_id"], ["bank_question.id"], name=op.f("fk_question_card_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_card")),
        sa.UniqueConstraint("account_id", "question_id", name=op.f("uq_question_card_account_id_question_id")),
    )
    op.create_index("ix_question_card_book", "question_card", ["account_id", "in_book", "due_at"], unique=False)
    op.create_index(op.f("ix_question_card_question_id"), "question_card", ["question_id"], unique=False)
    op.create_table(
        "question_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("written_at", UtcMoment(), nullable=False),
        sa.Column("written_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "kind IN ('single', 'multiple', 'judge', 'fill', 'short')", name=op.f("ck_question_edition_kind_known")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["bank_question.id"], name=op.f("fk_question_edition_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_edition")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_edition_question_id_number")),
    )
    op.create_table(
        "question_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_question_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["bank_question.id"], name=op.f("fk_question_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_move")),
    )
    op.create_index(op.f("ix_question_move_record_id"), "question_move", ["record_id"], unique=False)
    op.create_table(
        "quiz_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("quiz_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
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
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("quiz_attempt")
    op.drop_table("question_move")
    op.drop_table("question_edition")
    op.drop_table("question_card")
    op.drop_table("practice_round")
    op.drop_table("practice_goal")
    op.drop_table("practice_day")
    op.drop_table("topic")
    op.drop_table("quiz")
    op.drop_table("bank_question")
