"""Admission: lists ticked off without a line, and presence that was entered from paper."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

APPEND_ONLY = ("offline_mark", "attendance_paper")


def upgrade() -> None:
    op.create_table('offline_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('sitting_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=True),
    sa.Column('shown', sa.String(length=20), nullable=False),
    sa.Column('device_at', UtcMoment(timezone=True), nullable=True),
    sa.Column('ahead_seconds', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.Column('merged_at', UtcMoment(timezone=True), nullable=False),
    sa.Column('merged_by_id', sa.Integer(), nullable=False),
    sa.Column('merged_by_name', sa.String(length=120), nullable=False),
    sa.CheckConstraint("outcome IN ('taken', 'already', 'refused')", name=op.f('ck_offline_mark_outcome_known')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_offline_mark_booking_id')),
    sa.ForeignKeyConstraint(['merged_by_id'], ['account.id'], name=op.f('fk_offline_mark_merged_by_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_offline_mark_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offline_mark')),
    sa.UniqueConstraint('token', 'shown', name=op.f('uq_offline_mark_token_shown'))
    )
    op.create_index(op.f('ix_offline_mark_booking_id'), 'offline_mark', ['booking_id'], unique=False)
    op.create_index(op.f('ix_offline_mark_sitting_id'), 'offline_mark', ['sitting_id'], unique=False)
    op.create_table('attendance_paper',
    sa.Column('attendance_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['attendance_id'], ['attendance.id'], name=op.f('fk_attendance_paper_attendance_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_attendance_paper_file_id')),
    sa.PrimaryKeyConstraint('attendance_id', name=op.f('pk_attendance_paper'))
    )
    op.add_column('attendance', sa.Column('device_at', UtcMoment(timezone=True), nullable=True))
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_column('attendance', 'device_at')
    op.drop_table('attendance_paper')
    op.drop_table('offline_mark')
