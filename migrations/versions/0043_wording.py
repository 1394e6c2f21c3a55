"""Words that are not published, dated and with a source; a quotation in an announcement has a second person."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

PEOPLE = ("written_by_id", "confirmed_by_id")


def upgrade() -> None:
    op.create_table(
        "forbidden_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phrase", sa.String(length=60), nullable=False),
        sa.Column("reach", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.CheckConstraint("reach IN ('everywhere', 'titles', 'allowed', 'dropped')",
                           name=op.f("ck_forbidden_wording_reach_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forbidden_wording")),
        sa.UniqueConstraint("phrase", "from_on", name=op.f("uq_forbidden_wording_phrase_from_on")),
    )
    with op.batch_alter_table("announcement") as table:
        table.add_column(sa.Column("quotation", sa.Text(), nullable=False, server_default=""))
        for name in PEOPLE:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
    with op.batch_alter_table("announcement") as table:
        table.alter_column("quotation", existing_type=sa.Text(), server_default=None)
        for name in PEOPLE:
            table.create_foreign_key(op.f(f"fk_announcement_{name}"), "account", [name], ["id"])
        table.create_check_constraint(op.f("ck_announcement_confirmed_by_another"),
                                      "confirmed_by_id IS NULL OR confirmed_by_id <> written_by_id")
    for statement in statements("forbidden_wording", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("announcement") as table:
        table.drop_constraint(op.f("ck_announcement_confirmed_by_another"), type_="check")
        for name in PEOPLE:
            table.drop_constraint(op.f(f"fk_announcement_{name}"), type_="foreignkey")
    with op.batch_alter_table("announcement") as table:
        for name in (*PEOPLE, "quotation"):
            table.drop_column(name)
    op.drop_table("forbidden_wording")
