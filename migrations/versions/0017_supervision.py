"""Supervision: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

APPEND_ONLY = ("contact_move", "nudge", "learner_question_move", "question_post")


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("adviser_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("asked_by_learner", sa.Boolean(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("due_at", UtcMoment(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('phone', 'wechat', 'visit', 'message')", name=op.f("ck_contact_channel_known")),
        sa.CheckConstraint("state <> 'done' OR outcome <> ''", name=op.f("ck_contact_done_has_an_outcome")),
        sa.CheckConstraint("state IN ('planned', 'done', 'missed')", name=op.f("ck_contact_state_known")),
        sa.ForeignKeyConstraint(["adviser_id"], ["account.id"], name=op.f("fk_contact_adviser_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_contact_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("reference", name=op.f("uq_contact_reference")),
    )
    op.create_index(op.f("ix_contact_adviser_id"), "contact", ["adviser_id"], unique=False)
    op.create_index("ix_contact_due", "contact", ["state", "due_at"], unique=False)
    op.create_index("ix_contact_of", "contact", ["learner_id", "id"], unique=False)
    op.create_table(
        "reminder_choice",
        sa.Column("learner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reminders_off_at", UtcMoment(), nullable=True),
        sa.Column("summary_off_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_reminder_choice_learner_id")),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_reminder_choice")),
    )
    op.create_table(
        "contact_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_contact_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["contact.id"], name=op.f("fk_contact_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_move")),
    )
    op.create_index(op.f("ix_contact_move_record_id"), "contact_move", ["record_id"], unique=False)
    op.create_table(
        "nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("template", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("kind IN ('adviser', 'reminder', 'summary', 'looked')", name=op.f("ck_nudge_kind_known")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_nudge_enrolment_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_nudge_learner_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["account.id"], name=op.f("fk_nudge_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint("enrolment_id", "key", name=op.f("uq_nudge_enrolment_id_key")),
    )
    op.create_index("ix_nudge_of", "nudge", ["learner_id", "id"], unique=False)
    op.create_table(
        "learner_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("bank_question_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("waiting_since", UtcMoment(), nullable=True),
        sa.Column("answered_at", UtcMoment(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rated_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('open', 'reopened')) = (waiting_since IS NOT NULL)",
            name=op.f("ck_learner_question_waits_or_not"),
        ),
        sa.CheckConstraint("kind IN ('study', 'service')", name=op.f("ck_learner_question_kind_known")),
        sa.CheckConstraint(
            "rating IS NULL OR typeof(rating) = 'integer'", name=op.f("ck_learner_question_rating_is_integer")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'closed', 'reopened')", name=op.f("ck_learner_question_state_known")
        ),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_learner_question_title_length")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_learner_question_rating_range")),
        sa.ForeignKeyConstraint(
            ["bank_question_id"], ["bank_question.id"], name=op.f("fk_learner_question_bank_question_id")
        ),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_learner_question_learner_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_learner_question_lesson_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_learner_question_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_question")),
        sa.UniqueConstraint("reference", name=op.f("uq_learner_question_reference")),
    )
    op.create_index("ix_learner_question_of", "learner_question", ["learner_id", "id"], unique=False)
    op.create_index(op.f("ix_learner_question_owner_id"), "learner_question", ["owner_id"], unique=False)
    op.create_index("ix_learner_question_queue", "learner_question", ["state", "waiting_since"], unique=False)
    op.create_table(
        "learner_question_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_learner_question_move_made_by_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["learner_question.id"], name=op.f("fk_learner_question_move_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner_question_move")),
    )
    op.create_index(op.f("ix_learner_question_move_record_id"), "learner_question_move", ["record_id"], unique=False)
    op.create_table(
        "public_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("published_at", UtcMoment(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", UtcMoment(), nullable=True),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_public_answer_title_length")),
        sa.ForeignKeyConstraint(["published_by_id"], ["account.id"], name=op.f("fk_public_answer_published_by_id")),
        sa.ForeignKeyConstraint(["question_id"], ["learner_question.id"], name=op.f("fk_public_answer_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_answer")),
        sa.UniqueConstraint("question_id", name=op.f("uq_public_answer_question_id")),
    )
    op.create_table(
        "question_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("posted_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_question_post_by_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["stored_file.id"], name=op.f("fk_question_post_picture_id")),
        sa.ForeignKeyConstraint(["question_id"], ["learner_question.id"], name=op.f("fk_question_post_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_post")),
    )
    op.create_index(op.f("ix_question_post_question_id"), "question_post", ["question_id"], unique=False)
    op.create_table(
        "public_answer_gram",
        sa.Column("gram", sa.String(length=30), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["public_answer.id"], name=op.f("fk_public_answer_gram_answer_id")),
        sa.PrimaryKeyConstraint("gram", "answer_id", name=op.f("pk_public_answer_gram")),
    )
    op.create_index(op.f("ix_public_answer_gram_answer_id"), "public_answer_gram", ["answer_id"], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("public_answer_gram")
    op.drop_table("question_post")
    op.drop_table("public_answer")
    op.drop_table("learner_question_move")
    op.drop_table("learner_question")
    op.drop_table("nudge")
    op.drop_table("contact_move")
    op.drop_table("reminder_choice")
    op.drop_table("contact")
