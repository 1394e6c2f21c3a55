"""A late payment may take the seat again: a third outcome of its reconciliation."""

from alembic import op

from enroll.storage.append_only import statements

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _outcomes("outcome IN ('refunded', 'used', 'seat')")


def downgrade() -> None:
    _outcomes("outcome IN ('refunded', 'used')")


def _outcomes(known: str) -> None:
    with op.batch_alter_table("reconciliation") as table:
        table.drop_constraint("outcome_known", type_="check")
        table.create_check_constraint("outcome_known", known)
    if op.get_bind().dialect.name == "sqlite":  # the table was made anew, without what guards it
        for statement in statements("reconciliation", "sqlite"):
            op.execute(statement)
