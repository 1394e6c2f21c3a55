"""Courses: editions, which of them an enrolment began, attachments, corrections of words, notes."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

APPEND_ONLY = ("course_edition_move", "edition_begun", "wording_correction")


def upgrade() -> None:
    _editions()
    _beside_lessons()
    _first_edition_of_each()
    with op.batch_alter_table("module") as table:
        table.alter_column("edition_id", nullable=False)
        table.drop_constraint("uq_module_code", type_="unique")
        table.create_unique_constraint("uq_module_edition_id_code", ["edition_id", "code"])
        table.create_foreign_key("fk_module_edition_id", "course_edition", ["edition_id"], ["id"])
    with op.batch_alter_table("lesson") as table:
        table.drop_constraint("uq_lesson_code", type_="unique")
        table.create_unique_constraint("uq_lesson_module_id_code", ["module_id", "code"])
        table.alter_column("video_url", server_default=None)
        table.alter_column("needs", server_default=None)
    for table_name in APPEND_ONLY:
        for statement in statements(table_name, op.get_bind().dialect.name):
            op.execute(statement)


def _editions() -> None:
    op.create_table(
        "course_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=30), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("published_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f("ck_course_edition_state_known")),
        sa.CheckConstraint("number BETWEEN 1 AND 1000", name=op.f("ck_course_edition_number_range")),
        sa.CheckConstraint("number IS NULL OR typeof(number) = 'integer'",
                           name=op.f("ck_course_edition_number_is_integer")).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_edition_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_edition")),
        sa.UniqueConstraint("reference", name=op.f("uq_course_edition_reference")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_edition_course_id_number")),
    )
    for state in ("draft", "published"):
        op.create_index(f"uq_course_edition_{state}", "course_edition", ["course_id"], unique=True,
                        sqlite_where=sa.text(f"state = '{state}'"), postgresql_where=sa.text(f"state = '{state}'"))
    op.create_table(
        "course_edition_move",
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
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_course_edition_move_made_by_id")),
        sa.ForeignKeyConstraint(["record_id"], ["course_edition.id"], name=op.f("fk_course_edition_move_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_edition_move")),
    )
    op.create_index(op.f("ix_course_edition_move_record_id"), "course_edition_move", ["record_id"])
    op.create_table(
        "edition_begun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_edition_begun_enrolment_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_edition_begun_course_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["course_edition.id"], name=op.f("fk_edition_begun_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_begun")),
        sa.UniqueConstraint("enrolment_id", "course_id", name=op.f("uq_edition_begun_enrolment_id_course_id")),
    )
    op.create_index(op.f("ix_edition_begun_edition_id"), "edition_begun", ["edition_id"])


def _beside_lessons() -> None:
    op.create_table(
        "lesson_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_attachment_lesson_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_lesson_attachment_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_attachment")),
    )
    op.create_index(op.f("ix_lesson_attachment_lesson_id"), "lesson_attachment", ["lesson_id"])
    op.create_table(
        "wording_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_wording_correction_lesson_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_wording_correction_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_correction")),
    )
    op.create_index(op.f("ix_wording_correction_lesson_id"), "wording_correction", ["lesson_id"])
    op.create_table(
        "lesson_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("length(text) <= 20000", name=op.f("ck_lesson_note_text_length")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_lesson_note_enrolment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_note_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_note")),
        sa.UniqueConstraint("enrolment_id", "lesson_id", name=op.f("uq_lesson_note_enrolment_id_lesson_id")),
    )
    op.add_column("module", sa.Column("edition_id", sa.Integer(), nullable=True))
    op.add_column("lesson", sa.Column("video_url", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("lesson", sa.Column("needs", sa.JSON(), nullable=False, server_default="[]"))


def _first_edition_of_each() -> None:
    """What stands is each course's first edition, published when the programme's first learner could see it; whoever
    has studied in a course began that one."""
    op.execute(
        "INSERT INTO course_edition (reference, course_id, number, state, note, made_at, published_at, version) "
        "SELECT code || '-E1', id, 1, 'published', '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 1 FROM course")
    op.execute(
        "INSERT INTO course_edition_move (record_id, move, from_state, to_state, made_at, made_by_name, reason, version)"
        " SELECT id, 'begin', '', 'published', made_at, 'migration', '', 1 FROM course_edition")
    op.execute("UPDATE module SET edition_id = (SELECT course_edition.id FROM course_edition "
               "WHERE course_edition.course_id = module.course_id)")
    studied = " UNION ".join(
        f"SELECT enrolment_id, lesson_id FROM {table}" for table in ("lesson_progress", "study_session",
                                                                     "practice_work"))
    op.execute(
        "INSERT INTO edition_begun (enrolment_id, course_id, edition_id, begun_at) "
        "SELECT DISTINCT studied.enrolment_id, module.course_id, module.edition_id, CURRENT_TIMESTAMP "
        f"FROM ({studied}) AS studied JOIN lesson ON lesson.id = studied.lesson_id "
        "JOIN module ON module.id = lesson.module_id")


def downgrade() -> None:
    """Only the newest of each course can stay, so a database with a second edition keeps its schema."""
    second = op.get_bind().scalar(sa.text("SELECT count(*) FROM course_edition WHERE number > 1"))
    if second:
        raise RuntimeError("there are second editions of courses; they cannot be told apart without their tables")
    with op.batch_alter_table("lesson") as table:
        table.drop_constraint("uq_lesson_module_id_code", type_="unique")
        table.create_unique_constraint("uq_lesson_code", ["code"])
        table.drop_column("needs")
        table.drop_column("video_url")
    with op.batch_alter_table("module") as table:
        table.drop_constraint("fk_module_edition_id", type_="foreignkey")
        table.drop_constraint("uq_module_edition_id_code", type_="unique")
        table.create_unique_constraint("uq_module_code", ["code"])
        table.drop_column("edition_id")
    for name in ("lesson_note", "wording_correction", "lesson_attachment", "edition_begun", "course_edition_move",
                 "course_edition"):
        op.drop_table(name)
