"""Alembic's way in: the same models, the database named by the caller."""

import importlib
import pkgutil

from alembic import context
from sqlalchemy import Connection

import enroll
from enroll.storage.database import Base

# Every table, also of a package no page has imported yet.
for module in pkgutil.walk_packages(enroll.__path__, "enroll."):
    if module.name.endswith(".models") or module.name.startswith("enroll.storage.") or module.name == "enroll.demo.clock":
        importlib.import_module(module.name)



def keep_references(connection: Connection, keep: bool) -> None:
    """SQLite alters a table by making it anew: dropping the old one would take the rows that name it along."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys = {'ON' if keep else 'OFF'}")


def refuse_dangling(connection: Connection) -> None:
    """What was not looked after meanwhile is looked at before anything is kept."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise RuntimeError(f"rows name others that are not there: {dangling[:10]}")


with context.config.attributes["engine"].connect() as connection:
    keep_references(connection, False)
    try:
        # One transaction for all of them, on SQLite too: a migration that fails leaves nothing half done.
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True,
                          render_as_batch=True, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()
            refuse_dangling(connection)
    finally:
        connection.rollback()
        keep_references(connection, True)
