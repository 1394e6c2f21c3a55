"""Admission: incidents of exam days, with what was added to them."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

APPEND_ONLY = ("incident_move", "incident_post",)


def upgrade() -> None:
    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('sitting_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=True),
    sa.Column('learner_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('happened_at', UtcMoment(), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('done_about_it', sa.Text(), nullable=False),
    sa.Column('reported_by_id', sa.Integer(), nullable=False),
    sa.Column('reported_at', UtcMoment(), nullable=False),
    sa.Column('statement_until', UtcMoment(), nullable=True),
    sa.Column('decision', sa.String(length=20), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', UtcMoment(), nullable=True),
    sa.Column('appeal_until', UtcMoment(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'reported') = (decision = '') AND (decision = '') = (decided_by_id IS NULL)", name=op.f('ck_incident_decided_by_somebody')),
    sa.CheckConstraint("decision <> 'void' OR booking_id IS NOT NULL", name=op.f('ck_incident_void_of_somebody')),
    sa.CheckConstraint("decision IN ('', 'none', 'warning', 'void')", name=op.f('ck_incident_decision_known')),
    sa.CheckConstraint("kind IN ('impersonation', 'copying', 'notes', 'device', 'screen_switch', 'off_camera', 'others_present', 'similarity', 'leak', 'disorder', 'technical', 'health', 'other')", name=op.f('ck_incident_kind_known')),
    sa.CheckConstraint("state IN ('reported', 'decided', 'appealed', 'upheld', 'reversed')", name=op.f('ck_incident_state_known')),
    sa.CheckConstraint('(booking_id IS NULL) = (learner_id IS NULL)', name=op.f('ck_incident_names_a_candidate')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_incident_booking_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['account.id'], name=op.f('fk_incident_decided_by_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_incident_learner_id')),
    sa.ForeignKeyConstraint(['reported_by_id'], ['account.id'], name=op.f('fk_incident_reported_by_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_incident_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    sa.UniqueConstraint('reference', name=op.f('uq_incident_reference'))
    )
    op.create_index(op.f('ix_incident_booking_id'), 'incident', ['booking_id'], unique=False)
    op.create_index('ix_incident_of', 'incident', ['learner_id', 'id'], unique=False)
    op.create_index('ix_incident_queue', 'incident', ['state', 'reported_at'], unique=False)
    op.create_index(op.f('ix_incident_sitting_id'), 'incident', ['sitting_id'], unique=False)
    op.create_table('incident_move',
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
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_incident_move_made_by_id')),
    sa.ForeignKeyConstraint(['record_id'], ['incident.id'], name=op.f('fk_incident_move_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_move'))
    )
    op.create_index(op.f('ix_incident_move_record_id'), 'incident_move', ['record_id'], unique=False)
    op.create_table('incident_post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('by_name', sa.String(length=120), nullable=False),
    sa.Column('by_staff', sa.Boolean(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('posted_at', UtcMoment(), nullable=False),
    sa.CheckConstraint("by_staff OR what = 'statement'", name=op.f('ck_incident_post_learners_make_statements')),
    sa.CheckConstraint("what IN ('note', 'evidence', 'statement')", name=op.f('ck_incident_post_what_known')),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_incident_post_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_incident_post_file_id')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_incident_post_incident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_post'))
    )
    op.create_index(op.f('ix_incident_post_incident_id'), 'incident_post', ['incident_id'], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('incident_post')
    op.drop_table('incident_move')
    op.drop_table('incident')
