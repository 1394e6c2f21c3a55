"""Admission: learners who ask to be excused from an exam, with evidence."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

APPEND_ONLY = ("excuse_move",)


def upgrade() -> None:
    op.create_table('excuse',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', UtcMoment(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('asked', 'granted', 'refused', 'withdrawn')", name=op.f('ck_excuse_state_known')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_excuse_booking_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_excuse_file_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_excuse_learner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuse')),
    sa.UniqueConstraint('reference', name=op.f('uq_excuse_reference'))
    )
    op.create_index(op.f('ix_excuse_learner_id'), 'excuse', ['learner_id'], unique=False)
    op.create_index('ix_excuse_queue', 'excuse', ['state', 'asked_at'], unique=False)
    op.create_index('uq_excuse_live', 'excuse', ['booking_id'], unique=True, sqlite_where=sa.text("state IN ('asked', 'granted')"), postgresql_where=sa.text("state IN ('asked', 'granted')"))
    op.create_table('excuse_move',
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('move', sa.String(), nullable=False),
    sa.Column('from_state', sa.String(), nullable=False),
    sa.Column('to_state', sa.String(), nullable=False),
    sa.Column('made_at', UtcMoment(timezone=True), nullable=False),
    sa.Column('made_by_name', sa.String(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_excuse_move_made_by_id')),
    sa.ForeignKeyConstraint(['record_id'], ['excuse.id'], name=op.f('fk_excuse_move_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_excuse_move'))
    )
    op.create_index(op.f('ix_excuse_move_record_id'), 'excuse_move', ['record_id'], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('excuse_move')
    op.drop_table('excuse')
