"""Bringing a database to the newest migration, from the program and from the tests alike."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).parents[2] / "migrations"


class DatabaseIsNewer(Exception):
    """The database has a migration this program does not know; running against it would lose data."""


def configuration(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> str:
    """Upgrade to the newest migration; gives its number. Raises DatabaseIsNewer."""
    refuse_newer(engine)
    command.upgrade(configuration(engine), "head")
    return newest(engine)


def newest(engine: Engine) -> str:
    return ScriptDirectory.from_config(configuration(engine)).get_current_head() or ""


def current(engine: Engine) -> str:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def refuse_newer(engine: Engine) -> None:
    at = current(engine)
    known = {script.revision for script in ScriptDirectory.from_config(configuration(engine)).walk_revisions()}
    if at and at not in known:
        raise DatabaseIsNewer(at)


def empty(engine: Engine) -> None:
    """Take every migration back: the demo beginning again on a server's database."""
    command.downgrade(configuration(engine), "base")
