"""Alembic's way in: the same models, the database named by the caller."""

import importlib
import pkgutil

from alembic import context

import enroll
from enroll.storage.database import Base

# Every table, also of a package no page has imported yet.
for module in pkgutil.walk_packages(enroll.__path__, "enroll."):
    if module.name.endswith(".models") or module.name.startswith("enroll.storage.") or module.name == "enroll.demo.clock":
        importlib.import_module(module.name)

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
