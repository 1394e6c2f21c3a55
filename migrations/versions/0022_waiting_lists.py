"""Waiting lists: a place in one list beside a seat, offers with an end, and who was passed over."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WAITING = "state IN ('offered', 'waitlisted')"
SEATED = "state IN ('absent', 'confirmed', 'disqualified', 'excused', 'held', 'present', 'ticketed')"
LIVE = ("state IN ('absent', 'confirmed', 'disqualified', 'excused', 'held', 'offered', 'present', 'ticketed', "
        "'waitlisted')")  # fmt: skip
PLACE = ["learner_id", "window_id", "part"]


def upgrade() -> None:
    with op.batch_alter_table("booking") as booking:
        booking.drop_index("uq_booking_live")
        booking.add_column(sa.Column("offer_ends_at", UtcMoment(), nullable=True))
        booking.add_column(sa.Column("offer_warned_at", UtcMoment(), nullable=True))
        booking.create_check_constraint(op.f("ck_booking_an_offer_has_an_end"),
                                        "state <> 'offered' OR offer_ends_at IS NOT NULL")
    _unique("uq_booking_seated", SEATED)
    _unique("uq_booking_waiting", WAITING)
    op.add_column("application", sa.Column("waiting", sa.JSON(), nullable=True))
    op.create_table(
        "passed_over_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("passed_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("reason IN ('closed', 'clash', 'seated')", name=op.f("ck_passed_over_place_reason_known")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_passed_over_place_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_over_place")),
    )
    op.create_index(op.f("ix_passed_over_place_booking_id"), "passed_over_place", ["booking_id"], unique=False)
    for statement in statements("passed_over_place", op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("passed_over_place")
    op.drop_column("application", "waiting")
    op.drop_index("uq_booking_waiting", "booking")
    op.drop_index("uq_booking_seated", "booking")
    with op.batch_alter_table("booking") as booking:
        booking.drop_constraint(op.f("ck_booking_an_offer_has_an_end"), type_="check")
        booking.drop_column("offer_warned_at")
        booking.drop_column("offer_ends_at")
    _unique("uq_booking_live", LIVE)


def _unique(name: str, states: str) -> None:
    op.create_index(name, "booking", PLACE, unique=True, sqlite_where=sa.text(states), postgresql_where=sa.text(states))
