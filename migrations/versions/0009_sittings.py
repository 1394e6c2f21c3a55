"""Sittings: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = ("booking_move",)


def upgrade() -> None:
    op.create_table('exam_site',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('online', sa.Boolean(), nullable=False),
    sa.Column('city', sa.String(length=60), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('telephone', sa.String(length=60), nullable=False),
    sa.Column('accessible', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_site')),
    sa.UniqueConstraint('code', name=op.f('uq_exam_site_code'))
    )
    op.create_table('exam_room',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.CheckConstraint("seats IS NULL OR typeof(seats) = 'integer'", name=op.f('ck_exam_room_seats_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint('seats BETWEEN 1 AND 5000', name=op.f('ck_exam_room_seats_range')),
    sa.ForeignKeyConstraint(['site_id'], ['exam_site.id'], name=op.f('fk_exam_room_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exam_room')),
    sa.UniqueConstraint('site_id', 'code', name=op.f('uq_exam_room_site_id_code'))
    )
    op.create_table('published_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('window_code', sa.String(length=6), nullable=False),
    sa.Column('verdict', sa.String(length=20), nullable=False),
    sa.Column('kept_until', sa.String(length=6), nullable=False),
    sa.Column('settled_at', UtcMoment(), nullable=False),
    sa.Column('ended_at', UtcMoment(), nullable=True),
    sa.CheckConstraint("part IN ('theory', 'practical')", name=op.f('ck_published_part_part_known')),
    sa.CheckConstraint("verdict IN ('pass', 'fail', 'absent', 'excused', 'void')", name=op.f('ck_published_part_verdict_known')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_published_part_learner_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_published_part_programme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_part'))
    )
    op.create_index(op.f('ix_published_part_learner_id'), 'published_part', ['learner_id'], unique=False)
    op.create_index('uq_published_part_stands', 'published_part', ['learner_id', 'programme_id', 'part', 'window_code'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('sitting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('online', sa.Boolean(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('report_at', UtcMoment(), nullable=True),
    sa.Column('starts_at', UtcMoment(), nullable=False),
    sa.Column('ends_at', UtcMoment(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('closed_at', UtcMoment(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("capacity IS NULL OR typeof(capacity) = 'integer'", name=op.f('ck_sitting_capacity_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("minutes IS NULL OR typeof(minutes) = 'integer'", name=op.f('ck_sitting_minutes_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("part IN ('theory', 'practical')", name=op.f('ck_sitting_part_known')),
    sa.CheckConstraint("taken IS NULL OR typeof(taken) = 'integer'", name=op.f('ck_sitting_taken_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint('capacity BETWEEN 0 AND 100000', name=op.f('ck_sitting_capacity_range')),
    sa.CheckConstraint('minutes BETWEEN 1 AND 1440', name=op.f('ck_sitting_minutes_range')),
    sa.CheckConstraint('taken <= capacity', name=op.f('ck_sitting_taken_within_capacity')),
    sa.CheckConstraint('taken BETWEEN 0 AND 100000', name=op.f('ck_sitting_taken_range')),
    sa.ForeignKeyConstraint(['site_id'], ['exam_site.id'], name=op.f('fk_sitting_site_id')),
    sa.ForeignKeyConstraint(['window_id'], ['exam_window.id'], name=op.f('fk_sitting_window_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting')),
    sa.UniqueConstraint('code', name=op.f('uq_sitting_code'))
    )
    op.create_index('ix_sitting_of_window', 'sitting', ['window_id', 'part'], unique=False)
    op.create_table('booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('sitting_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('resit', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('booked_at', UtcMoment(), nullable=False),
    sa.Column('held_until', UtcMoment(), nullable=True),
    sa.Column('room_id', sa.Integer(), nullable=True),
    sa.Column('seat_no', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("part IN ('theory', 'practical')", name=op.f('ck_booking_part_known')),
    sa.CheckConstraint("state IN ('waitlisted', 'offered', 'held', 'confirmed', 'ticketed', 'present', 'absent', 'excused', 'disqualified', 'lapsed', 'cancelled', 'moved')", name=op.f('ck_booking_state_known')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_booking_learner_id')),
    sa.ForeignKeyConstraint(['room_id'], ['exam_room.id'], name=op.f('fk_booking_room_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_booking_sitting_id')),
    sa.ForeignKeyConstraint(['window_id'], ['exam_window.id'], name=op.f('fk_booking_window_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking')),
    sa.UniqueConstraint('reference', name=op.f('uq_booking_reference'))
    )
    op.create_index(op.f('ix_booking_learner_id'), 'booking', ['learner_id'], unique=False)
    op.create_index('ix_booking_of_sitting', 'booking', ['sitting_id', 'state'], unique=False)
    op.create_index('ix_booking_subject', 'booking', ['subject'], unique=False)
    op.create_index(op.f('ix_booking_window_id'), 'booking', ['window_id'], unique=False)
    op.create_index('uq_booking_live', 'booking', ['learner_id', 'window_id', 'part'], unique=True, sqlite_where=sa.text("state IN ('absent', 'confirmed', 'disqualified', 'excused', 'held', 'offered', 'present', 'ticketed', 'waitlisted')"), postgresql_where=sa.text("state IN ('absent', 'confirmed', 'disqualified', 'excused', 'held', 'offered', 'present', 'ticketed', 'waitlisted')"))
    op.create_index('uq_booking_seat', 'booking', ['sitting_id', 'room_id', 'seat_no'], unique=True, sqlite_where=sa.text("seat_no IS NOT NULL AND state IN ('absent', 'confirmed', 'disqualified', 'excused', 'held', 'offered', 'present', 'ticketed', 'waitlisted')"), postgresql_where=sa.text("seat_no IS NOT NULL AND state IN ('absent', 'confirmed', 'disqualified', 'excused', 'held', 'offered', 'present', 'ticketed', 'waitlisted')"))
    op.create_table('sitting_room',
    sa.Column('sitting_id', sa.Integer(), nullable=False),
    sa.Column('room_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['room_id'], ['exam_room.id'], name=op.f('fk_sitting_room_room_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_sitting_room_sitting_id')),
    sa.PrimaryKeyConstraint('sitting_id', 'room_id', name=op.f('pk_sitting_room'))
    )
    op.create_table('booking_move',
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('move', sa.String(), nullable=False),
    sa.Column('from_state', sa.String(), nullable=False),
    sa.Column('to_state', sa.String(), nullable=False),
    sa.Column('made_at', UtcMoment(), nullable=False),
    sa.Column('made_by_name', sa.String(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_booking_move_made_by_id')),
    sa.ForeignKeyConstraint(['record_id'], ['booking.id'], name=op.f('fk_booking_move_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_move'))
    )
    op.create_index(op.f('ix_booking_move_record_id'), 'booking_move', ['record_id'], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('booking_move')
    op.drop_table('sitting_room')
    op.drop_table('booking')
    op.drop_table('sitting')
    op.drop_table('published_part')
    op.drop_table('exam_room')
    op.drop_table('exam_site')
