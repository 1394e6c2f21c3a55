"""Certificates: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPEND_ONLY = ("certificate_move",)


def upgrade() -> None:
    op.create_table('open_matter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('reference', sa.String(length=60), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('raised_at', UtcMoment(), nullable=False),
    sa.Column('raised_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', UtcMoment(), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closing_words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['closed_by_id'], ['account.id'], name=op.f('fk_open_matter_closed_by_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_open_matter_learner_id')),
    sa.ForeignKeyConstraint(['raised_by_id'], ['account.id'], name=op.f('fk_open_matter_raised_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_open_matter'))
    )
    op.create_index(op.f('ix_open_matter_learner_id'), 'open_matter', ['learner_id'], unique=False)
    op.create_index('uq_open_matter', 'open_matter', ['kind', 'reference'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('outcome_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('opened_at', UtcMoment(), nullable=False),
    sa.Column('first_by_id', sa.Integer(), nullable=True),
    sa.Column('first_at', UtcMoment(), nullable=True),
    sa.Column('second_by_id', sa.Integer(), nullable=True),
    sa.Column('second_at', UtcMoment(), nullable=True),
    sa.Column('first_digest', sa.String(length=64), nullable=False),
    sa.Column('second_digest', sa.String(length=64), nullable=False),
    sa.Column('refusal_code', sa.String(length=40), nullable=False),
    sa.Column('refusal_words', sa.Text(), nullable=False),
    sa.Column('refused_by_id', sa.Integer(), nullable=True),
    sa.Column('batch_reference', sa.String(length=20), nullable=False),
    sa.Column('reported_at', UtcMoment(), nullable=True),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('recorded_at', UtcMoment(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('document_kind', sa.String(length=20), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('image_id', sa.Integer(), nullable=True),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'issued' OR (number IS NOT NULL AND first_by_id IS NOT NULL AND second_by_id IS NOT NULL)", name=op.f('ck_certificate_issued_is_whole')),
    sa.CheckConstraint("state IN ('eligible', 'first_approved', 'on_hold', 'approved', 'refused', 'reported', 'body_rejected', 'issued', 'superseded', 'suspended', 'revoked')", name=op.f('ck_certificate_state_known')),
    sa.CheckConstraint('first_by_id IS NULL OR second_by_id IS NULL OR first_by_id <> second_by_id', name=op.f('ck_certificate_two_people')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_certificate_file_id')),
    sa.ForeignKeyConstraint(['first_by_id'], ['account.id'], name=op.f('fk_certificate_first_by_id')),
    sa.ForeignKeyConstraint(['image_id'], ['stored_file.id'], name=op.f('fk_certificate_image_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_certificate_learner_id')),
    sa.ForeignKeyConstraint(['outcome_id'], ['outcome.id'], name=op.f('fk_certificate_outcome_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_certificate_programme_id')),
    sa.ForeignKeyConstraint(['refused_by_id'], ['account.id'], name=op.f('fk_certificate_refused_by_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['certificate.id'], name=op.f('fk_certificate_replaces_id')),
    sa.ForeignKeyConstraint(['second_by_id'], ['account.id'], name=op.f('fk_certificate_second_by_id')),
    sa.ForeignKeyConstraint(['window_id'], ['exam_window.id'], name=op.f('fk_certificate_window_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('number', name=op.f('uq_certificate_number')),
    sa.UniqueConstraint('reference', name=op.f('uq_certificate_reference')),
    sa.UniqueConstraint('token', name=op.f('uq_certificate_token'))
    )
    op.create_index(op.f('ix_certificate_learner_id'), 'certificate', ['learner_id'], unique=False)
    op.create_index('ix_certificate_queue', 'certificate', ['state', 'opened_at'], unique=False)
    op.create_index(op.f('ix_certificate_window_id'), 'certificate', ['window_id'], unique=False)
    op.create_index('uq_certificate_case', 'certificate', ['learner_id', 'programme_id'], unique=True, sqlite_where=sa.text("state IN ('approved', 'body_rejected', 'eligible', 'first_approved', 'on_hold', 'reported')"), postgresql_where=sa.text("state IN ('approved', 'body_rejected', 'eligible', 'first_approved', 'on_hold', 'reported')"))
    op.create_index('uq_certificate_standing', 'certificate', ['learner_id', 'programme_id'], unique=True, sqlite_where=sa.text("state IN ('issued', 'suspended')"), postgresql_where=sa.text("state IN ('issued', 'suspended')"))
    op.create_table('certificate_measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('move', sa.String(length=20), nullable=False),
    sa.Column('reason_code', sa.String(length=40), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', UtcMoment(), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', UtcMoment(), nullable=True),
    sa.Column('dropped_at', UtcMoment(), nullable=True),
    sa.CheckConstraint("move IN ('suspend', 'restore', 'revoke')", name=op.f('ck_certificate_measure_move_known')),
    sa.CheckConstraint('confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id', name=op.f('ck_certificate_measure_two_people')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_measure_certificate_id')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['account.id'], name=op.f('fk_certificate_measure_confirmed_by_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['account.id'], name=op.f('fk_certificate_measure_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_measure'))
    )
    op.create_index(op.f('ix_certificate_measure_certificate_id'), 'certificate_measure', ['certificate_id'], unique=False)
    op.create_index('uq_certificate_measure_open', 'certificate_measure', ['certificate_id'], unique=True, sqlite_where=sa.text('confirmed_at IS NULL AND dropped_at IS NULL'), postgresql_where=sa.text('confirmed_at IS NULL AND dropped_at IS NULL'))
    op.create_table('certificate_move',
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
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_certificate_move_made_by_id')),
    sa.ForeignKeyConstraint(['record_id'], ['certificate.id'], name=op.f('fk_certificate_move_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_move'))
    )
    op.create_index(op.f('ix_certificate_move_record_id'), 'certificate_move', ['record_id'], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('certificate_move')
    op.drop_table('certificate_measure')
    op.drop_table('certificate')
    op.drop_table('open_matter')
