"""A backup that cannot be brought back is none: what comes back is what was there, and nothing else is accepted."""

import io
import os
import tarfile
from contextvars import Context
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from enroll.learners.models import Learner
from enroll.storage.backups import BackupIsWrong, back_up, restore
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile, keep_file, read_file
from tests.builders.whole_file import a_whole_file
from tests.conftest import NOON

NUMBER = "11010119900307123X"


@pytest.fixture(autouse=True)
def programs_of_the_server(app, databases, monkeypatch):
    """pg_dump of the same PostgreSQL as the server's: an older one refuses."""
    named = databases.run_folder / "postgresql" / "programs"
    if named.exists():
        monkeypatch.setenv("PATH", f"{named.read_text()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def kept(app, tmp_path):
    """A whole file, a sealed column, and two stored files; gives where the backup goes."""
    a_whole_file()
    for name, sealed in (("plain", False), ("sealed", True)):
        stored = keep_file(f"{name} 内容".encode(), name=name, media_type="text/plain", purpose="evidence", now=NOON,
                           sealed=sealed)
        with transaction() as session:
            session.add(stored)
    with transaction() as session:
        session.get_one(Learner, 1).id_number = NUMBER
    db.session.remove()
    return tmp_path / "enroll.backup"


def save(app, target):
    return back_up(db.engine, files_of(app), target)


def files_of(app):
    return Path(app.config["UPLOAD_DIR"])


def everything(engine):
    with engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"'))))
                for name in sorted(db.metadata.tables)}


def test_rows_and_files_come_back_exactly(app, make_app, kept, database, databases, tmp_path):
    before = everything(db.engine)
    said = save(app, kept)
    assert "2 files" in said
    assert kept.stat().st_mode & 0o077 == 0, "it holds everything: nobody else may read it"
    with databases.bare(database, "restored") as address:
        other = make_app(SQLALCHEMY_DATABASE_URI=address, UPLOAD_DIR=str(tmp_path / "files"))
        answer = Context().run(other.test_cli_runner().invoke, args=["restore", str(kept)])
        assert answer.exit_code == 0, answer.output
        engine = create_engine(address, poolclass=NullPool)
        assert everything(engine) == before
        with other.app_context():
            assert db.session.get_one(Learner, 1).id_number == NUMBER
            contents = [read_file(stored).decode() for stored in db.session.query(StoredFile).order_by(StoredFile.id)]
            assert contents == ["plain 内容", "sealed 内容"]
            with pytest.raises(Exception, match="append-only"), transaction() as session:
                session.execute(text("DELETE FROM audit_entry"))
        doctor = Context().run(other.test_cli_runner().invoke, args=["doctor"])
        assert "sensitive data with consent" in doctor.output
        failed = [line for line in doctor.output.splitlines() if line.startswith("FAIL")]
        assert failed == ["FAIL sensitive data with consent"], "the number above was written without a consent"
        with other.app_context():
            db.session.remove()
            db.engine.dispose()


def test_a_database_that_holds_anything_is_never_mixed_with(app, kept, tmp_path):
    save(app, kept)
    with pytest.raises(BackupIsWrong, match="not empty"):
        restore(db.engine, tmp_path / "files", kept)
    assert not (tmp_path / "files").exists()


def test_a_folder_that_holds_anything_is_never_mixed_with(app, kept, database, databases):
    save(app, kept)
    with databases.bare(database, "restored") as address:
        engine = create_engine(address, poolclass=NullPool)
        with pytest.raises(BackupIsWrong, match="not empty"):
            restore(engine, files_of(app), kept)


def test_a_backup_never_writes_over_another(app, kept):
    save(app, kept)
    first = kept.read_bytes()
    with pytest.raises(BackupIsWrong, match="there already"):
        save(app, kept)
    assert kept.read_bytes() == first


def changed(archive, *, replace=(), add=(), leave_out=()):
    """The same archive with other contents, as somebody with a tar program makes it."""
    out = archive.with_name("changed.backup")
    with tarfile.open(archive) as old, tarfile.open(out, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member).read()
            if member.name.endswith(tuple(replace)):
                content = content[:-1] + bytes([content[-1] ^ 1])
            if not member.name.endswith(tuple(leave_out)):
                put(new, member.name, content)
        for name in add:
            put(new, name, b"x")
    return out


def put(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def test_an_archive_that_was_tampered_with_is_refused_and_nothing_is_written(app, kept, database, databases, tmp_path):
    save(app, kept)
    with tarfile.open(kept) as archive:
        a_file = next(name for name in archive.getnames() if name.startswith("files/"))
    cut = tmp_path / "cut.backup"
    cut.write_bytes(kept.read_bytes()[:-2000])
    other = tmp_path / "other.backup"
    other.write_text("not an archive")
    wrong = {
        "database": lambda: changed(kept, replace=["database"]),
        "file": lambda: changed(kept, replace=[a_file]),
        "left out": lambda: changed(kept, leave_out=[a_file]),
        "put in": lambda: changed(kept, add=["files/zz/another"]),
        "outside": lambda: changed(kept, add=["../outside"]),
        "no manifest": lambda: changed(kept, leave_out=["manifest.json"]),
        "cut": lambda: cut,
        "other": lambda: other,
    }
    with databases.bare(database, "restored") as address:
        engine = create_engine(address, poolclass=NullPool)
        for why, made in wrong.items():
            with pytest.raises(BackupIsWrong):
                restore(engine, tmp_path / "files", made())
            assert not (tmp_path / "files").exists(), why
            assert not (tmp_path / "outside").exists(), why


@pytest.mark.one_database
def test_a_backup_goes_back_to_its_own_kind_of_database_only(app, kept, database, databases, tmp_path):
    save(app, kept)
    with databases.bare("sqlite" if database == "postgresql" else "postgresql", "restored") as address:
        engine = create_engine(address, poolclass=NullPool)
        with pytest.raises(BackupIsWrong, match=f"backup of {database}"):
            restore(engine, tmp_path / "files", kept)


def test_a_missing_program_is_named_and_leaves_nothing_behind(app, kept, database, monkeypatch):
    if database == "sqlite":
        save(app, kept)  # needs no program
        return
    monkeypatch.setenv("PATH", "/nowhere")
    answer = app.test_cli_runner().invoke(args=["backup", str(kept)])
    assert answer.exit_code == 1
    assert "pg_dump is not installed" in answer.output
    assert list(kept.parent.iterdir()) == []
