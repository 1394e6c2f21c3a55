"""An empty database for every test, at the newest migration, on SQLite and on PostgreSQL.

Migrations run once for each kind in a run; every process and test then gets a copy. Measured with 120 tables: a
SQLite file is copied in 1 ms; on PostgreSQL one call that empties the tables in use takes 6 ms, TRUNCATE 130 ms, a
new database from the template 30 ms.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from tests import postgres_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ROOMY = 1 << 30  # bytes: below this, memory-backed /dev/shm is a container's token 64 MB

# What stood in the tables is kept in the schema `kept`, in a table of the same name with the number of its world in
# front; world 0 is what the migrations delivered. `replica` switches off the triggers that make tables append-only, and
# the order of foreign keys. Tables and sequences are looked into by one statement each: its plan is remembered.
KEEPING = """
CREATE TABLE kept."{0}" AS SELECT 0 AS world, stands.* FROM public."{0}" stands WITH NO DATA;
CREATE INDEX ON kept."{0}" (world);
"""
WORLDS = """
CREATE TABLE kept."of" (world int PRIMARY KEY, tables text[] NOT NULL, counters text[] NOT NULL, reached bigint[]);
CREATE TABLE kept."columns" AS
  SELECT '"' || table_name || '"' AS of_table,
    string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS list
  FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name;
CREATE FUNCTION kept.filled() RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT coalesce(array_agg(name), ARRAY[]::text[]) FROM ({filled}) filled);
END $$;
CREATE FUNCTION kept.keep(number int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE names text[]; name text;
BEGIN
  PERFORM kept.forget(number);
  names := kept.filled();
  FOREACH name IN ARRAY names LOOP
    EXECUTE 'INSERT INTO kept.' || name || ' SELECT $1, stands.* FROM public.' || name || ' stands' USING number;
  END LOOP;
  INSERT INTO kept."of" SELECT number, names, coalesce(array_agg(counted.name), ARRAY[]::text[]),
    array_agg(counted.reached) FROM ({counted}) counted;
END $$;
CREATE FUNCTION kept.forget(number int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
  FOR name IN SELECT unnest(tables) FROM kept."of" WHERE world = number LOOP
    EXECUTE 'DELETE FROM kept.' || name || ' WHERE world = $1' USING number;
  END LOOP;
  DELETE FROM kept."of" WHERE world = number;
END $$;
CREATE FUNCTION kept.bring_back(number int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE names text[]; name text; list text; stood record;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
  PERFORM set_config('session_replication_role', 'replica', true);
  FOREACH name IN ARRAY kept.filled() LOOP
    EXECUTE 'DELETE FROM public.' || name;
  END LOOP;
  SELECT coalesce(array_agg(counted.name), ARRAY[]::text[]) INTO names FROM ({counted}) counted;
  FOREACH name IN ARRAY names LOOP
    PERFORM setval(name::regclass, 1, false);
  END LOOP;
  SELECT * INTO STRICT stood FROM kept."of" WHERE world = number;
  FOREACH name IN ARRAY stood.tables LOOP
    SELECT those.list INTO STRICT list FROM kept."columns" those WHERE those.of_table = name;
    EXECUTE 'INSERT INTO public.' || name || ' OVERRIDING SYSTEM VALUE SELECT ' || list || ' FROM kept.' || name ||
      ' WHERE world = $1' USING number;
  END LOOP;
  FOR place IN 1 .. cardinality(stood.counters) LOOP
    PERFORM setval(stood.counters[place]::regclass, stood.reached[place]);
  END LOOP;
END $$;
SELECT kept.keep(0);
"""
FILLED = """SELECT '"{0}"' AS name WHERE EXISTS (SELECT 1 FROM public."{0}")"""
COUNTED = """SELECT 'public."{0}"' AS name, last_value AS reached FROM public."{0}" WHERE is_called"""


def new_run_folder() -> Path:
    """Where everything of one run lies; in memory where there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOMY
    home = memory if roomy else Path(tempfile.gettempdir())
    for left in home.glob("enroll-tests-*"):
        _end_if_its_process_died(left)
    folder = Path(tempfile.mkdtemp(prefix="enroll-tests-", dir=home))
    folder.chmod(0o755)  # PostgreSQL's own user passes through it
    (folder / "process").write_text(str(os.getpid()))
    return folder


def _end_if_its_process_died(folder: Path) -> None:
    """A run that was killed could not stop its server; the next run does."""
    try:
        os.kill(int((folder / "process").read_text()), 0)
    except ProcessLookupError:
        end_run(folder)
    except (OSError, ValueError):
        return  # somebody else's, or just being made


def end_run(folder: Path) -> None:
    """Stop what the run started and leave nothing behind."""
    postgres_server.stop(folder / "postgresql")
    if "TEST_DATABASE_URL" in os.environ and (folder / "server").exists():
        with _server_connection(folder) as server:
            for name in server.scalars(text("SELECT datname FROM pg_database")).all():
                if name.startswith(_prefix(folder)):
                    server.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """The databases of one test process (`worker`), all below the folder of the run."""

    def __init__(self, run_folder: Path, worker: str):
        self.run_folder, self.worker = run_folder, worker
        self.templates = run_folder / "templates"
        """Pages are compiled once for a run, for every process and every application of it."""
        self.templates.mkdir(exist_ok=True)
        self._sqlite_file = run_folder / f"{worker}.db"
        self._keeper: Engine | None = None
        self._numbers: dict[str, int] = {}

    def address(self, kind: str) -> str:
        """The address of this process's database of that kind: the same from its first test to its last."""
        if kind == SQLITE:
            return f"sqlite:///{self._sqlite_file}"
        with self._locked():
            self._server()
        return _address(self.run_folder, self._own_name)

    def empty(self, kind: str) -> None:
        """Empty this process's database of that kind, at the newest migration. Nobody may be using it."""
        if kind == SQLITE:
            self._copy_the_sqlite_file()
        elif self._keeper is None:
            self._copy_the_postgresql_database()
        else:
            self._asks_the_keeper("bring_back", 0)

    def keep(self, kind: str, name: str) -> None:
        """Keep this process's database of that kind as it stands, under a name. Nobody may be writing in it."""
        if kind == SQLITE:
            with closing(sqlite3.connect(self._sqlite_file)) as here, closing(
                sqlite3.connect(self._kept_file(name))
            ) as there:
                here.backup(there)  # with what still lies in the journal
        else:
            self._asks_the_keeper("keep", self._numbers.setdefault(name, len(self._numbers) + 1))

    def bring_back(self, kind: str, name: str) -> None:
        """Put what was kept under this name in the place of this process's database. Nobody may be using it."""
        if kind == SQLITE:
            _remove_sqlite(self._sqlite_file)
            shutil.copyfile(self._kept_file(name), self._sqlite_file)
        else:
            self._asks_the_keeper("bring_back", self._numbers[name])

    def forget(self, kind: str, name: str) -> None:
        """What was kept under this name is not asked for again."""
        if kind == SQLITE:
            self._kept_file(name).unlink()
        else:
            self._asks_the_keeper("forget", self._numbers[name])

    def _asks_the_keeper(self, act: str, number: int) -> None:
        assert self._keeper is not None, "the database is made by `empty`"
        with self._keeper.begin() as connection:
            connection.execute(text(f"SELECT kept.{act}(:number)"), {"number": number})

    @property
    def _own_name(self) -> str:
        return _prefix(self.run_folder) + self.worker

    def _name_of(self, name: str) -> str:
        return f"{_prefix(self.run_folder)}{name}_{self.worker}"

    def _kept_file(self, name: str) -> Path:
        return self.run_folder / f"{name}-{self.worker}.db"

    @contextmanager
    def bare(self, kind: str, name: str = "bare", *, migrated: bool = False) -> Iterator[str]:
        """A database without any table, for the tests of the migrations themselves; or a copy of what they make, where
        the application's own database has been made."""
        if kind == SQLITE:
            file = self.run_folder / f"{name}-{self.worker}.db"
            if migrated:
                shutil.copyfile(self.run_folder / "template.db", file)
            try:
                yield f"sqlite:///{file}"
            finally:
                _remove_sqlite(file)
            return
        full_name = self._name_of(name)
        with self._locked():
            self._server()
        with _server_connection(self.run_folder) as server:
            copied = f' TEMPLATE "{_prefix(self.run_folder)}template"' if migrated else ""
            server.execute(text(f'CREATE DATABASE "{full_name}"{copied}'))
            try:
                yield _address(self.run_folder, full_name)
            finally:
                server.execute(text(f'DROP DATABASE "{full_name}" WITH (FORCE)'))

    def let_go(self) -> None:
        """Close what this process keeps open from test to test."""
        if self._keeper is not None:
            self._keeper.dispose()

    def _copy_the_sqlite_file(self) -> None:
        template = self.run_folder / "template.db"
        with self._locked():
            if not template.exists():
                half = template.with_suffix(".half")
                _migrate(f"sqlite:///{half}")
                half.rename(template)
        _remove_sqlite(self._sqlite_file)
        shutil.copyfile(template, self._sqlite_file)

    def _copy_the_postgresql_database(self) -> None:
        prefix = _prefix(self.run_folder)
        with self._locked():
            self._server()
            with _server_connection(self.run_folder) as server:
                known = server.scalars(text("SELECT datname FROM pg_database")).all()
                if f"{prefix}template" not in known:
                    server.execute(text(f'CREATE DATABASE "{prefix}half"'))
                    _migrate(_address(self.run_folder, f"{prefix}half"))
                    _prepare_resetting(_address(self.run_folder, f"{prefix}half"))
                    server.execute(text(f'ALTER DATABASE "{prefix}half" RENAME TO "{prefix}template"'))
                copy = f'CREATE DATABASE "{self._own_name}" TEMPLATE "{prefix}template"'
                server.execute(text(copy))
        self._keeper = create_engine(self.address(POSTGRESQL))

    def _server(self) -> None:
        """Start the run's server if no other process of the run has; called under the lock."""
        address = self.run_folder / "server"
        if not address.exists():
            address.write_text(postgres_server.start(self.run_folder / "postgresql"))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.run_folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _migrate(address: str) -> None:
    from enroll.storage import migrations  # here, so that whoever only hands out tests needs no program

    engine = create_engine(address, poolclass=NullPool)
    migrations.upgrade(engine)
    engine.dispose()


def _prepare_resetting(address: str) -> None:
    """Put the functions beside the tables that keep what stands in them, bring it back, and forget it."""
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        tables = [table for table in inspect(connection).get_table_names() if table != "alembic_version"]
        filled = " UNION ALL ".join(FILLED.format(table) for table in tables)
        counted = " UNION ALL ".join(COUNTED.format(name) for name in inspect(connection).get_sequence_names())
        connection.execute(text("CREATE SCHEMA kept"))
        connection.exec_driver_sql("".join(KEEPING.format(table) for table in tables))
        connection.exec_driver_sql(WORLDS.format(filled=filled, counted=counted))
    engine.dispose()


def _remove_sqlite(file: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _prefix(run_folder: Path) -> str:
    return run_folder.name.replace("-", "_").lower() + "_"


def _server_address(run_folder: Path) -> URL:
    return make_url((run_folder / "server").read_text())


def _address(run_folder: Path, database: str) -> str:
    return _server_address(run_folder).set(database=database).render_as_string(hide_password=False)


@contextmanager
def _server_connection(run_folder: Path) -> Iterator[Connection]:
    engine = create_engine(_server_address(run_folder), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
