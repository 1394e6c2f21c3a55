"""Database and stored files in one archive: written consistently, read back before it is called a backup."""

import hashlib
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, inspect

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files"


class BackupIsWrong(Exception):
    """The archive is not whole, the place it should go to is not empty, or a program that is needed is missing."""


def back_up(engine: Engine, files: Path, target: Path) -> str:
    """Write the archive beside its name, open it again, compare every digest and the database's own check, and only
    then give it its name. Gives a sentence for the operator. Raises BackupIsWrong; never writes over anything."""
    if target.exists():
        raise BackupIsWrong(f"{target} is there already; a backup never writes over another.")
    half = target.with_name(f"{target.name}.part")
    try:
        with tempfile.TemporaryDirectory() as folder:
            number = _write(engine, files, half, Path(folder))
        with _unpacked(half) as (folder_again, _manifest):
            _check_database(engine.dialect.name, folder_again / DATABASE)
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    return f"{target}: the database and {number} files, read back and compared."


def restore(engine: Engine, files: Path, source: Path) -> str:
    """Into an empty database and an empty folder only. Raises BackupIsWrong, and then nothing was changed."""
    if files.exists() and any(files.iterdir()):
        raise BackupIsWrong(f"{files} is not empty; a restore never mixes with what is there.")
    if _holds_tables(engine):
        raise BackupIsWrong("The database is not empty; a restore never mixes with what is there.")
    with _unpacked(source) as (folder, manifest):
        if manifest["dialect"] != engine.dialect.name:
            raise BackupIsWrong(
                f"This is a backup of {manifest['dialect']}, the database here is {engine.dialect.name}."
            )
        dump = folder / DATABASE
        _check_database(engine.dialect.name, dump)
        for name in manifest["sha256"]:
            if name != DATABASE:
                place = files / Path(name).relative_to(FILES)
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(_copied(folder / name, place.with_suffix(".part")), place)
        _bring_back_database(engine, dump)
    return f"Restored the database and {len(manifest['sha256']) - 1} files. Now run: flask doctor"


def _write(engine: Engine, files: Path, half: Path, folder: Path) -> int:
    """Gives how many files are in it."""
    dump, manifest = folder / DATABASE, folder / MANIFEST
    # The database first: a file that is stored afterwards is extra, never missing.
    if engine.dialect.name == "sqlite":
        _copy_sqlite(str(engine.url.database), str(dump))
    else:
        _run(engine, "pg_dump", "--format=custom", "--no-owner", "--file", str(dump))
    kept = sorted(path for path in files.rglob("*") if path.is_file() and path.suffix != ".part")
    digests = {DATABASE: _digest(dump)} | {f"{FILES}/{path.relative_to(files)}": _digest(path) for path in kept}
    manifest.write_text(json.dumps({"dialect": engine.dialect.name, "sha256": digests}, indent=1))
    with half.open("xb") as out:
        os.chmod(half, 0o600)  # it holds everything
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
            archive.add(manifest, MANIFEST)
            archive.add(dump, DATABASE)
            for path in kept:
                archive.add(path, f"{FILES}/{path.relative_to(files)}")
        out.flush()
        os.fsync(out.fileno())
    return len(kept)


@contextmanager
def _unpacked(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The archive in a folder for the time being, every file as its manifest says, and nothing beside them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((folder / MANIFEST).read_text())
            expected = dict(manifest["sha256"])
        except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise BackupIsWrong(f"{source} is not a whole backup of this program.") from error
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
        for missing in sorted(found ^ set(expected)):
            raise BackupIsWrong(f"{source}: {missing} is in the archive or in its manifest, not in both.")
        for file, digest in expected.items():
            if _digest(folder / file) != digest:
                raise BackupIsWrong(f"{source}: {file} is not what the manifest says.")
        yield folder, manifest


def _check_database(dialect: str, dump: Path) -> None:
    """The database's own opinion of the copy."""
    if dialect != "sqlite":
        _run(None, "pg_restore", "--list", str(dump))
        return
    with closing(sqlite3.connect(dump)) as copy:
        try:
            said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise BackupIsWrong(f"The database in the backup cannot be read: {error}") from error
    if said != "ok":
        raise BackupIsWrong(f"The database in the backup is damaged: {said}")


def _bring_back_database(engine: Engine, dump: Path) -> None:
    if engine.dialect.name == "sqlite":
        engine.dispose()
        _copy_sqlite(str(dump), str(engine.url.database))
    else:
        _run(engine, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(dump))


def _holds_tables(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        return False
    with engine.connect() as connection:
        return bool(inspect(connection).get_table_names())


def _copy_sqlite(source: str, target: str) -> None:
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)


def _copied(source: Path, target: Path) -> Path:
    with source.open("rb") as from_, target.open("wb") as to:
        while part := from_.read(1 << 20):
            to.write(part)
        to.flush()
        os.fsync(to.fileno())
    return target


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _sha256(file)


def _sha256(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _run(engine: Engine | None, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL, on this database where it needs one. The password goes by a file only we can read:
    other users of the machine can read a command line."""
    with tempfile.TemporaryDirectory() as folder:
        address = ["--dbname", _address(engine, Path(folder))] if engine is not None else []
        _run_command([program, *address, *arguments])


def _address(engine: Engine, folder: Path) -> str:
    url = engine.url.set(drivername="postgresql")
    if url.password is None:
        return url.render_as_string(hide_password=False)
    passwords = folder / "passwords"
    passwords.touch(mode=0o600)
    passwords.write_text(f"*:*:*:*:{str(url.password).replace(chr(92), chr(92) * 2).replace(':', chr(92) + ':')}\n")
    bare = url.set(password=None).update_query_dict({"passfile": str(passwords)})
    return bare.render_as_string(hide_password=False)


def _run_command(command: list[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603 (fixed programs, no shell)
            command, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise BackupIsWrong(
            f"{command[0]} is not installed; it comes with PostgreSQL's client programs (Debian: postgresql-client)."
        ) from error
    if done.returncode:
        raise BackupIsWrong(done.stderr.strip() or f"{command[0]} failed")
