"""The migrations build exactly what the models describe, on both databases, and can be undone."""

from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from enroll.storage import migrations
from enroll.storage.database import Base
from tests.architecture.the_tree import refuse

VERSIONS = migrations.FOLDER / "versions"
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def engine_for(address: str) -> Engine:
    return create_engine(address, poolclass=NullPool)


def as_it_stands(engine: Engine) -> set[str]:
    """Everything the tables are made of, each in a line that can be compared."""
    inspector = inspect(engine)
    parts = [
        inspector.get_multi_columns(),
        inspector.get_multi_indexes(),
        inspector.get_multi_check_constraints(),
        inspector.get_multi_unique_constraints(),
        inspector.get_multi_foreign_keys(),
    ]
    return {
        f"{table}: {_shown(dict(part))}"
        for found in parts
        for (_, table), listed in found.items()
        for part in listed
        if table != "alembic_version"
    }


def _shown(part: dict[str, Any]) -> str:
    part |= part.pop("dialect_options", {})
    return ", ".join(f"{key}={value}" for key, value in sorted(part.items()) if str(value) not in {"None", "{}", "[]"})


def triggers_of(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text(TRIGGERS[engine.dialect.name])))


@pytest.fixture
def migrated(database, databases):
    """The database that every other test gets a copy of."""
    databases.empty(database)
    return engine_for(databases.address(database))


def test_migrations_build_exactly_the_tables_that_the_models_describe(migrated, database, databases):
    with databases.bare(database) as address:
        Base.metadata.create_all(engine_for(address))
        built, described = as_it_stands(migrated), as_it_stands(engine_for(address))
    missing = [f"only in the models: {line}" for line in sorted(described - built)]
    left = [f"only in the migrations: {line}" for line in sorted(built - described)]
    refuse(
        [*missing, *left],
        "Models and migrations differ. Alembic's autogenerate sees no CHECK constraints and no triggers: write those "
        "into the migration by hand.",
    )


def test_the_database_itself_refuses_to_change_what_is_append_only(migrated):
    kept = {mapper.local_table.name for mapper in Base.registry.mappers if hasattr(mapper.class_, "__append_only__")}
    wanted = {f"{table}_keeps_{act}" for table in kept for act in ("update", "delete")}
    refuse(
        sorted(wanted - triggers_of(migrated)),
        "Write the triggers into the migration with enroll.storage.append_only.statements.",
    )


def test_migrations_go_down_and_up_again(database, databases):
    with databases.bare(database) as address:
        engine = engine_for(address)
        migrations.upgrade(engine)
        first = as_it_stands(engine), triggers_of(engine)
        command.downgrade(migrations.configuration(engine), "base")
        left = set(inspect(engine).get_table_names()) - {"alembic_version"}
        assert not left, f"going down leaves {sorted(left)} behind"
        migrations.upgrade(engine)
        assert (as_it_stands(engine), triggers_of(engine)) == first


def test_there_is_one_head_and_the_files_are_numbered():
    scripts = ScriptDirectory(str(migrations.FOLDER))
    assert len(scripts.get_heads()) == 1, f"not one newest migration but {scripts.get_heads()}"
    names = sorted(path.stem for path in VERSIONS.glob("*.py"))
    assert [name[:5] for name in names] == [f"{number:04d}_" for number in range(1, len(names) + 1)]
    walked = [script.revision for script in scripts.walk_revisions()][::-1]
    assert walked == [name[:4] for name in names], "a revision is named by its number, and follows the one before it"


def test_a_table_made_anew_keeps_the_rows_that_name_it_and_dangling_ones_are_refused(databases):
    """SQLite alters by making anew; with foreign keys on, dropping the old table would fail or empty others."""
    with databases.bare("sqlite", "rebuilt") as address:
        engine = engine_for(address)
        command.upgrade(migrations.configuration(engine), "0017")
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO stored_file (id, token, sha256, size, media_type, name, purpose, "
                                       "sealed, stored_at) VALUES (1, 't', 's', 1, 'm', 'n', 'p', 0, '2026-01-01')")
        migrations.upgrade(engine)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("SELECT count(*) FROM stored_file").scalar() == 1
            connection.rollback()
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("INSERT INTO stored_file (id, token, sha256, size, media_type, name, purpose, "
                                       "sealed, stored_at, owner_id) VALUES (2, 'u', 's', 1, 'm', 'n', 'p', 0, "
                                       "'2026-01-01', 77)")
            connection.commit()
        with pytest.raises(RuntimeError, match="stored_file"):
            command.downgrade(migrations.configuration(engine), "0017")
        assert migrations.current(engine) == migrations.newest(engine)
