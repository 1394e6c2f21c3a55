"""Results: the tables as first released."""

import sqlalchemy as sa
from alembic import op

from enroll.storage.append_only import statements
from enroll.storage.columns import UtcMoment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPEND_ONLY = ("mark_check_policy", "outcome", "publication", "mark_entry", "result_move", "score_review_move")


def upgrade() -> None:
    op.create_table('mark_check_policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('near_tenths', sa.Integer(), nullable=False),
    sa.Column('sample_percent', sa.Integer(), nullable=False),
    sa.Column('sample_at_least', sa.Integer(), nullable=False),
    sa.Column('from_at', UtcMoment(), nullable=False),
    sa.Column('set_by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("near_tenths IS NULL OR typeof(near_tenths) = 'integer'", name=op.f('ck_mark_check_policy_near_tenths_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("sample_at_least IS NULL OR typeof(sample_at_least) = 'integer'", name=op.f('ck_mark_check_policy_sample_at_least_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("sample_percent IS NULL OR typeof(sample_percent) = 'integer'", name=op.f('ck_mark_check_policy_sample_percent_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint('near_tenths BETWEEN 0 AND 10000', name=op.f('ck_mark_check_policy_near_tenths_range')),
    sa.CheckConstraint('sample_at_least BETWEEN 0 AND 10000', name=op.f('ck_mark_check_policy_sample_at_least_range')),
    sa.CheckConstraint('sample_percent BETWEEN 0 AND 100', name=op.f('ck_mark_check_policy_sample_percent_range')),
    sa.ForeignKeyConstraint(['set_by_id'], ['account.id'], name=op.f('fk_mark_check_policy_set_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mark_check_policy'))
    )
    op.create_table('outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=20), nullable=False),
    sa.Column('by_part', sa.JSON(), nullable=False),
    sa.Column('kept_until_window', sa.String(length=6), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('computed_at', UtcMoment(), nullable=False),
    sa.CheckConstraint("verdict IN ('pass', 'partial', 'fail', 'absent', 'excused', 'void')", name=op.f('ck_outcome_verdict_known')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_outcome_learner_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_outcome_programme_id')),
    sa.ForeignKeyConstraint(['window_id'], ['exam_window.id'], name=op.f('fk_outcome_window_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcome'))
    )
    op.create_index('ix_outcome_of', 'outcome', ['learner_id', 'window_id', 'id'], unique=False)
    op.create_table('publication',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('published_at', UtcMoment(), nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=False),
    sa.Column('results', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['published_by_id'], ['account.id'], name=op.f('fk_publication_published_by_id')),
    sa.ForeignKeyConstraint(['window_id'], ['exam_window.id'], name=op.f('fk_publication_window_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publication')),
    sa.UniqueConstraint('window_id', name=op.f('uq_publication_window_id'))
    )
    op.create_table('result',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('sitting_id', sa.Integer(), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=True),
    sa.Column('verdict', sa.String(length=20), nullable=True),
    sa.Column('entry_round', sa.Integer(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("entry_round IS NULL OR typeof(entry_round) = 'integer'", name=op.f('ck_result_entry_round_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("mark IS NULL OR typeof(mark) = 'integer'", name=op.f('ck_result_mark_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("mark IS NULL OR verdict IS NULL OR verdict IN ('pass', 'fail', 'void')", name=op.f('ck_result_no_mark_without_sitting')),
    sa.CheckConstraint("state IN ('pending', 'entered', 'discrepancy', 'checked', 'locked', 'published', 'superseded', 'void')", name=op.f('ck_result_state_known')),
    sa.CheckConstraint("state NOT IN ('pending', 'entered', 'discrepancy') OR mark IS NULL", name=op.f('ck_result_no_mark_before_it_is_checked')),
    sa.CheckConstraint("verdict IN ('pass', 'partial', 'fail', 'absent', 'excused', 'void')", name=op.f('ck_result_verdict_known')),
    sa.CheckConstraint('entry_round BETWEEN 1 AND 1000', name=op.f('ck_result_entry_round_range')),
    sa.CheckConstraint('mark BETWEEN 0 AND 10000', name=op.f('ck_result_mark_range')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_result_booking_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_result_learner_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['result.id'], name=op.f('fk_result_replaces_id')),
    sa.ForeignKeyConstraint(['sitting_id'], ['sitting.id'], name=op.f('fk_result_sitting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result')),
    sa.UniqueConstraint('reference', name=op.f('uq_result_reference'))
    )
    op.create_index(op.f('ix_result_learner_id'), 'result', ['learner_id'], unique=False)
    op.create_index('ix_result_of_sitting', 'result', ['sitting_id', 'state'], unique=False)
    op.create_index('uq_result_in_force', 'result', ['booking_id'], unique=True, sqlite_where=sa.text("state <> 'superseded'"), postgresql_where=sa.text("state <> 'superseded'"))
    op.create_table('mark_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('entry_round', sa.Integer(), nullable=False),
    sa.Column('entry_no', sa.Integer(), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=True),
    sa.Column('verdict', sa.String(length=10), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('made_at', UtcMoment(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("entry_no IS NULL OR typeof(entry_no) = 'integer'", name=op.f('ck_mark_entry_entry_no_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("entry_round IS NULL OR typeof(entry_round) = 'integer'", name=op.f('ck_mark_entry_entry_round_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("mark IS NULL OR typeof(mark) = 'integer'", name=op.f('ck_mark_entry_mark_is_integer')).ddl_if(dialect="sqlite"),
    sa.CheckConstraint("verdict IN ('pass', 'fail')", name=op.f('ck_mark_entry_verdict_known')),
    sa.CheckConstraint('(mark IS NULL) <> (verdict IS NULL)', name=op.f('ck_mark_entry_mark_or_verdict')),
    sa.CheckConstraint('entry_no BETWEEN 1 AND 3', name=op.f('ck_mark_entry_entry_no_range')),
    sa.CheckConstraint('entry_round BETWEEN 1 AND 1000', name=op.f('ck_mark_entry_entry_round_range')),
    sa.CheckConstraint('mark BETWEEN 0 AND 10000', name=op.f('ck_mark_entry_mark_range')),
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_mark_entry_made_by_id')),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_mark_entry_result_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mark_entry'))
    )
    op.create_index(op.f('ix_mark_entry_result_id'), 'mark_entry', ['result_id'], unique=False)
    op.create_index('ix_mark_entry_source', 'mark_entry', ['source'], unique=False)
    op.create_index('uq_mark_entry_second', 'mark_entry', ['result_id', 'entry_round', 'entry_no'], unique=True, sqlite_where=sa.text('entry_no > 1'), postgresql_where=sa.text('entry_no > 1'))
    op.create_table('result_move',
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
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_result_move_made_by_id')),
    sa.ForeignKeyConstraint(['record_id'], ['result.id'], name=op.f('fk_result_move_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result_move'))
    )
    op.create_index(op.f('ix_result_move_record_id'), 'result_move', ['record_id'], unique=False)
    op.create_table('score_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('result_id', sa.Integer(), nullable=False),
    sa.Column('learner_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('asked_at', UtcMoment(), nullable=False),
    sa.Column('answer_by', UtcMoment(), nullable=False),
    sa.Column('answered_at', UtcMoment(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('finding', sa.String(length=20), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'answered')", name=op.f('ck_score_review_state_known')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['account.id'], name=op.f('fk_score_review_answered_by_id')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_score_review_booking_id')),
    sa.ForeignKeyConstraint(['learner_id'], ['learner.id'], name=op.f('fk_score_review_learner_id')),
    sa.ForeignKeyConstraint(['result_id'], ['result.id'], name=op.f('fk_score_review_result_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_review')),
    sa.UniqueConstraint('booking_id', name=op.f('uq_score_review_booking_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_score_review_reference'))
    )
    op.create_index(op.f('ix_score_review_learner_id'), 'score_review', ['learner_id'], unique=False)
    op.create_index(op.f('ix_score_review_state'), 'score_review', ['state'], unique=False)
    op.create_table('score_review_move',
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
    sa.ForeignKeyConstraint(['made_by_id'], ['account.id'], name=op.f('fk_score_review_move_made_by_id')),
    sa.ForeignKeyConstraint(['record_id'], ['score_review.id'], name=op.f('fk_score_review_move_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_review_move'))
    )
    op.create_index(op.f('ix_score_review_move_record_id'), 'score_review_move', ['record_id'], unique=False)
    for table in APPEND_ONLY:
        for statement in statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table('score_review_move')
    op.drop_table('score_review')
    op.drop_table('result_move')
    op.drop_table('mark_entry')
    op.drop_table('result')
    op.drop_table('publication')
    op.drop_table('outcome')
    op.drop_table('mark_check_policy')
