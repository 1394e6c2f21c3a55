"""Handovers: invitations to accounts, parts and certificates of before our first day."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TWO = ("(recorded_by_id IS NULL) = (second_person_id IS NULL) AND (source = '') = (recorded_by_id IS NULL) "
       "AND (recorded_by_id IS NULL OR recorded_by_id <> second_person_id)")


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=False),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcMoment(), nullable=True),
        sa.Column("replaced_at", UtcMoment(), nullable=True),
        sa.CheckConstraint("attempts BETWEEN 0 AND 100", name=op.f("ck_invitation_attempts_range")),
        sa.CheckConstraint("attempts IS NULL OR typeof(attempts) = 'integer'",
                           name=op.f("ck_invitation_attempts_is_integer")).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invitation_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_account_id"), "invitation", ["account_id"])
    op.create_index("ix_invitation_address", "invitation", ["address"])
    op.create_index("uq_invitation_open", "invitation", ["account_id"], unique=True,
                    sqlite_where=sa.text("used_at IS NULL AND replaced_at IS NULL"),
                    postgresql_where=sa.text("used_at IS NULL AND replaced_at IS NULL"))
    op.create_table(
        "earlier_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", UtcMoment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("second_person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("recorded_by_id <> second_person_id", name=op.f("ck_earlier_certificate_two_people")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_earlier_certificate_learner_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_earlier_certificate_programme_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"],
                                name=op.f("fk_earlier_certificate_recorded_by_id")),
        sa.ForeignKeyConstraint(["second_person_id"], ["account.id"],
                                name=op.f("fk_earlier_certificate_second_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_earlier_certificate_number")),
    )
    op.create_index(op.f("ix_earlier_certificate_learner_id"), "earlier_certificate", ["learner_id"])
    for statement in statements("earlier_certificate", op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("published_part") as table:
        table.add_column(sa.Column("source", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("recorded_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("second_person_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_published_part_recorded_by_id", "account", ["recorded_by_id"], ["id"])
        table.create_foreign_key("fk_published_part_second_person_id", "account", ["second_person_id"], ["id"])
        table.create_check_constraint("handed_over_by_two", TWO)
    with op.batch_alter_table("published_part") as table:
        table.alter_column("source", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("published_part") as table:
        table.drop_constraint("handed_over_by_two", type_="check")
        table.drop_constraint("fk_published_part_second_person_id", type_="foreignkey")
        table.drop_constraint("fk_published_part_recorded_by_id", type_="foreignkey")
        table.drop_column("second_person_id")
        table.drop_column("recorded_by_id")
        table.drop_column("source")
    op.drop_table("earlier_certificate")
    op.drop_table("invitation")
