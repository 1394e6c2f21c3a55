"""Exchange: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import SealedText, UtcMoment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = ("batch_move",)


def upgrade() -> None:
    op.create_table('batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('made_at', UtcMoment(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=True),
    sa.Column('photos_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('registration', 'issuance')", name=op.f('ck_batch_kind_known')),
    sa.CheckConstraint("state IN ('draft', 'frozen', 'sent', 'acknowledged', 'reconciled')", name=op.f('ck_batch_state_known')),
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_batch_made_by_id')),
    sa.ForeignKeyConstraint(['photos_id'], ['stored_file.id'], name=op.f('fk_batch_photos_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['stored_file.id'], name=op.f('fk_batch_sheet_id')),
    sa.ForeignKeyConstraint(['window_id'], ['exam_window.id'], name=op.f('fk_batch_window_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch')),
    sa.UniqueConstraint('reference', name=op.f('uq_batch_reference'))
    )
    op.create_index(op.f('ix_batch_window_id'), 'batch', ['window_id'], unique=False)
    op.create_table('batch_move',
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
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_batch_move_made_by_id')),
    sa.ForeignKeyConstraint(['record_id'], ['batch.id'], name=op.f('fk_batch_move_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_move'))
    )
    op.create_index(op.f('ix_batch_move_record_id'), 'batch_move', ['record_id'], unique=False)
    op.create_table('batch_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('content', SealedText(), nullable=False),
    sa.Column('row_state', sa.String(length=20), nullable=False),
    sa.Column('reply', sa.JSON(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('answered_at', UtcMoment(), nullable=True),
    sa.CheckConstraint("row_state IN ('queued', 'accepted', 'rejected', 'numbered')", name=op.f('ck_batch_row_row_state_known')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_batch_row_batch_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_batch_row_learner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_row')),
    sa.UniqueConstraint('batch_id', 'subject', name=op.f('uq_batch_row_batch_id_subject'))
    )
    op.create_index(op.f('ix_batch_row_learner_id'), 'batch_row', ['learner_id'], unique=False)
    op.create_index('ix_batch_row_subject', 'batch_row', ['subject'], unique=False)
    op.create_index('uq_batch_row_open', 'batch_row', ['subject'], unique=True, sqlite_where=sa.text("row_state <> 'rejected'"), postgresql_where=sa.text("row_state <> 'rejected'"))
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('batch_row')
    op.drop_table('batch_move')
    op.drop_table('batch')
