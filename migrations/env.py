"""Alembic's way in: the same models, the database named by the caller."""

from alembic import context

import enroll  # noqa: F401  (registers every table)
from enroll.storage.database import Base

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
