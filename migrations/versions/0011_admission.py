"""Admission: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import SealedText, UtcMoment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APPEND_ONLY = ("attendance",)


def upgrade() -> None:
    op.create_table('ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('ticket_version', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('released_at', UtcMoment(), nullable=False),
    sa.Column('replaced_at', UtcMoment(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('image_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('ticket', 'confirmation')", name=op.f('ck_ticket_kind_known')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_ticket_file_id')),
    sa.ForeignKeyConstraint(['image_id'], ['stored_file.id'], name=op.f('fk_ticket_image_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_ticket_learner_id')),
    sa.ForeignKeyConstraint(['window_id'], ['exam_window.id'], name=op.f('fk_ticket_window_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('learner_id', 'window_id', 'kind', 'ticket_version', name=op.f('uq_ticket_learner_id_window_id_kind_ticket_version')),
    sa.UniqueConstraint('token', name=op.f('uq_ticket_token'))
    )
    op.create_index(op.f('ix_ticket_learner_id'), 'ticket', ['learner_id'], unique=False)
    op.create_index(op.f('ix_ticket_window_id'), 'ticket', ['window_id'], unique=False)
    op.create_index('uq_ticket_in_force', 'ticket', ['learner_id', 'window_id', 'kind'], unique=True, sqlite_where=sa.text('replaced_at IS NULL'), postgresql_where=sa.text('replaced_at IS NULL'))
    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('ticket_version', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('at', UtcMoment(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('recorded_by_name', sa.String(length=120), nullable=False),
    sa.CheckConstraint("what IN ('checked_in', 'started', 'absent', 'undone')", name=op.f('ck_attendance_what_known')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_attendance_booking_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['account.id'], name=op.f('fk_attendance_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance'))
    )
    op.create_index(op.f('ix_attendance_booking_id'), 'attendance', ['booking_id'], unique=False)
    op.create_table('exam_access',
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('ticket_no', sa.String(length=40), nullable=True),
    sa.Column('exam_account', sa.String(length=80), nullable=False),
    sa.Column('exam_secret', SealedText(), nullable=True),
    sa.Column('exam_link', sa.String(length=400), nullable=False),
    sa.Column('received_at', UtcMoment(), nullable=False),
    sa.Column('batch_reference', sa.String(length=20), nullable=False),
    sa.CheckConstraint("part IN ('theory', 'practical')", name=op.f('ck_exam_access_part_known')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_exam_access_booking_id')),
    sa.PrimaryKeyConstraint('booking_id', name=op.f('pk_exam_access')),
    sa.UniqueConstraint('ticket_no', 'part', name=op.f('uq_exam_access_ticket_no_part'))
    )
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('exam_access')
    op.drop_table('attendance')
    op.drop_table('ticket')
