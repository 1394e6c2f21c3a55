"""Complaints: what somebody is not content with, and what was found."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("received_at", UtcMoment(), nullable=False),
        sa.Column("answer_by", UtcMoment(), nullable=False),
        sa.Column("finding", sa.String(length=20), nullable=False),
        sa.Column("answered_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("about IN ('teaching', 'hours', 'money', 'exam', 'result', 'certificate', 'conduct', 'privacy', 'other')",
                           name=op.f("ck_complaint_about_known")),
        sa.CheckConstraint("channel IN ('page', 'phone', 'email', 'chat', 'person', 'authority')",
                           name=op.f("ck_complaint_channel_known")),
        sa.CheckConstraint("finding IN ('', 'upheld', 'partly', 'not_upheld')",
                           name=op.f("ck_complaint_finding_known")),
        sa.CheckConstraint("state <> 'answered' OR (finding <> '' AND answered_at IS NOT NULL)",
                           name=op.f("ck_complaint_answered_has_a_finding")),
        sa.CheckConstraint("state IN ('received', 'answered', 'closed')", name=op.f("ck_complaint_state_known")),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_complaint_title_length")),
        sa.CheckConstraint("owner_id IS NULL OR about_id IS NULL OR owner_id <> about_id",
                           name=op.f("ck_complaint_nobody_answers_about_themselves")),
        sa.ForeignKeyConstraint(["about_id"], ["account.id"], name=op.f("fk_complaint_about_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_complaint_learner_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_complaint_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("reference", name=op.f("uq_complaint_reference")),
    )
    op.create_index("ix_complaint_of", "complaint", ["learner_id", "id"])
    op.create_index(op.f("ix_complaint_owner_id"), "complaint", ["owner_id"])
    op.create_index("ix_complaint_queue", "complaint", ["state", "answer_by"])
    op.create_table(
        "complaint_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_complaint_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["complaint.id"], name=op.f("fk_complaint_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_move")),
    )
    op.create_index(op.f("ix_complaint_move_record_id"), "complaint_move", ["record_id"])
    op.create_table(
        "complaint_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("complaint_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("posted_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("by_staff OR NOT note", name=op.f("ck_complaint_post_notes_are_of_staff")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_complaint_post_by_id")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_post_complaint_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_complaint_post_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_post")),
    )
    op.create_index(op.f("ix_complaint_post_complaint_id"), "complaint_post", ["complaint_id"])
    for table in ("complaint_move", "complaint_post"):
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for table in ("complaint_post", "complaint_move", "complaint"):
        op.drop_table(table)
