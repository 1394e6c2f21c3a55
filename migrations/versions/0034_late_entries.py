"""Admission: late entries that a review lead allowed."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

APPEND_ONLY = ("late_entry",)


def upgrade() -> None:
    op.create_table('late_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('until', UtcMoment(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', UtcMoment(), nullable=False),
    sa.Column('allowed_by_id', sa.Integer(), nullable=False),
    sa.Column('allowed_by_name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['allowed_by_id'], ['account.id'], name=op.f('fk_late_entry_allowed_by_id')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_late_entry_booking_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_late_entry'))
    )
    op.create_index(op.f('ix_late_entry_booking_id'), 'late_entry', ['booking_id'], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('late_entry')
