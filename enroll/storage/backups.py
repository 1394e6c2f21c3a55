"""Database and stored files in one archive: written consistently, read back before it is called a backup."""

import hashlib
import json
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy import Engine, text

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files"


class BackupIsWrong(Exception):
    """The archive is not whole, or the place it should go to is not empty."""


def back_up(engine: Engine, files: Path, target: Path) -> str:
    """Write the archive, then open it again and compare every digest. Gives a sentence for the operator."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / DATABASE
        # The database first: a file that is stored afterwards is extra, never missing.
        if engine.dialect.name == "sqlite":
            _copy_sqlite(str(engine.url.database), str(dump))
        else:
            _run(["pg_dump", "--format=custom", "--file", str(dump), _address(engine)])
        kept = sorted(path for path in files.rglob("*") if path.is_file() and path.suffix != ".part")
        digests = {DATABASE: _digest(dump)} | {f"{FILES}/{path.relative_to(files)}": _digest(path) for path in kept}
        manifest = Path(folder) / MANIFEST
        manifest.write_text(json.dumps({"dialect": engine.dialect.name, "sha256": digests}, indent=1))
        with tarfile.open(target, "w:gz", compresslevel=1) as archive:
            archive.add(manifest, MANIFEST)
            archive.add(dump, DATABASE)
            for path in kept:
                archive.add(path, f"{FILES}/{path.relative_to(files)}")
    _check(target)
    return f"{target}: the database and {len(kept)} files, read back and compared."


def restore(engine: Engine, files: Path, source: Path) -> str:
    """Into an empty database and an empty folder only. Raises BackupIsWrong."""
    if files.exists() and any(files.iterdir()):
        raise BackupIsWrong(f"{files} is not empty; a restore never mixes with what is there.")
    manifest = _check(source)
    if manifest["dialect"] != engine.dialect.name:
        raise BackupIsWrong(f"This is a backup of {manifest['dialect']}, the database here is {engine.dialect.name}.")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        dump = Path(folder) / DATABASE
        if engine.dialect.name == "sqlite":
            database = Path(str(engine.url.database))
            if database.exists() and database.stat().st_size:
                raise BackupIsWrong(f"{database} is not empty; a restore never mixes with what is there.")
            engine.dispose()
            _copy_sqlite(str(dump), str(database))
        else:
            with engine.connect() as connection:
                if connection.execute(text("SELECT to_regclass('account')")).scalar():
                    raise BackupIsWrong("The database is not empty; a restore never mixes with what is there.")
            _run(["pg_restore", "--no-owner", "--exit-on-error", "--dbname", _address(engine), str(dump)])
        for path in (Path(folder) / FILES).rglob("*"):
            if path.is_file():
                place = files / path.relative_to(Path(folder) / FILES)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(path.read_bytes())
    return f"Restored the database and {len(manifest['sha256']) - 1} files. Now run: flask doctor"


def _check(source: Path) -> dict[str, object]:
    with tarfile.open(source) as archive:
        member = archive.extractfile(MANIFEST)
        manifest = json.loads(member.read()) if member else {}
        for name, digest in manifest.get("sha256", {}).items():
            content = archive.extractfile(name)
            if content is None or hashlib.sha256(content.read()).hexdigest() != digest:
                raise BackupIsWrong(f"{source}: {name} is not what the manifest says.")
    if not manifest:
        raise BackupIsWrong(f"{source} is not a backup of this program.")
    return dict(manifest)


def _copy_sqlite(source: str, target: str) -> None:
    with sqlite3.connect(source) as from_, sqlite3.connect(target) as to:
        from_.backup(to)
    to.close()
    from_.close()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _address(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 (fixed programs, no shell)
        command, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupIsWrong(done.stderr.strip() or f"{command[0]} failed")
