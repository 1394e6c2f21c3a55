"""A small office's exception: one person does both of two separated duties, marked and with the reason."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ROLES = ("'learner', 'adviser', 'trainer', 'reviewer', 'review_lead', 'exam_officer', 'finance', 'result_maker', "
         "'result_checker', 'issuance_reviewer', 'body_liaison', 'auditor', 'administrator'")
TWO = "first_by_id IS NULL OR second_by_id IS NULL OR first_by_id <> second_by_id"
CONFIRMED = "confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id"
MARKED = " OR by_one_person <> ''"


def upgrade() -> None:
    op.create_table(
        "one_person_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=80), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_one_person_act_says_why")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_one_person_act_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_person_act")),
    )
    op.create_index(op.f("ix_one_person_act_subject"), "one_person_act", ["subject"])
    op.create_index(op.f("ix_one_person_act_learner_id"), "one_person_act", ["learner_id"])
    for statement in statements("one_person_act", op.get_bind().dialect.name):
        op.execute(statement)
    _roles(f"role IN ({ROLES}, 'single_operator')")
    for table in ("certificate", "certificate_measure"):
        with op.batch_alter_table(table) as change:
            change.add_column(sa.Column("by_one_person", sa.Text(), nullable=False, server_default=""))
        with op.batch_alter_table(table) as change:
            change.alter_column("by_one_person", existing_type=sa.Text(), server_default=None)
    _two(MARKED)


def downgrade() -> None:
    _two("")
    for table in ("certificate_measure", "certificate"):
        with op.batch_alter_table(table) as change:
            change.drop_column("by_one_person")
    _roles(f"role IN ({ROLES})")
    op.drop_table("one_person_act")


def _roles(known: str) -> None:
    with op.batch_alter_table("role_grant") as table:
        table.drop_constraint("role_known", type_="check")
        table.create_check_constraint("role_known", known)


def _two(marked: str) -> None:
    for name, condition in (("certificate", TWO), ("certificate_measure", CONFIRMED)):
        with op.batch_alter_table(name) as table:
            table.drop_constraint("two_people", type_="check")
            table.create_check_constraint("two_people", f"{condition}{marked}")
