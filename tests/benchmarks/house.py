"""What a benchmark stands on: a database, a folder for files, the application, and a web server in front of both.

The world is built by the tests' builders in this process; the pages are served by gunicorn in others, as in production.
Both are of one moment: NOON of the tests, from which the served clock runs on.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import create_engine, text

import config
from enroll import create_app
from enroll.accounts.services.sessions import begin_session
from enroll.foundation.clock import ShiftedClock
from enroll.storage import migrations
from enroll.storage.database import db
from tests import postgres_server
from tests.conftest import FIELD_KEY, NOON, SECRET_KEY
from tests.databases import POSTGRESQL

ROOT = Path(__file__).parents[2]
PATIENCE = 30  # seconds for the server to answer the first time


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser: the cookie it sends, and the token that its forms carry."""

    cookie: str
    csrf: str


class House:
    """One benchmark's own database, files and application; `serve()` opens its doors."""

    def __init__(self, folder: Path, kind: str = POSTGRESQL):
        self.folder, self.kind = folder, kind
        self.postmaster: int | None = None
        self.settings: dict[str, Any] = {
            **config.settings({"BASE_URL": "http://127.0.0.1", "SECRET_KEY": SECRET_KEY, "FIELD_KEYS": FIELD_KEY}),
            "SQLALCHEMY_DATABASE_URI": self._database(), "UPLOAD_DIR": str(folder / "files"), "PROXIES": 1,
            "TRUSTED_HOSTS": ["127.0.0.1", "localhost"],
        }
        self.app: Flask = create_app({**self.settings, "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 80}})
        self.app.extensions["clock"] = ShiftedClock(standing=NOON)

    def _database(self) -> str:
        if self.kind != POSTGRESQL:
            return f"sqlite:///{self.folder / 'bench.db'}"
        server = postgres_server.start(self.folder / "postgresql", durable=True)
        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("CREATE DATABASE bench"))
            data = Path(str(connection.scalar(text("SHOW data_directory"))))
        self.postmaster = int((data / "postmaster.pid").read_text().split()[0])
        return server.replace("/postgres?", "/bench?")

    def sign_in(self, account_id: int) -> Visitor:
        """A browser in which this person is signed in."""
        token = begin_session(account_id, browser="bench", network_address="127.0.0.1", real_now=datetime.now(UTC))
        return self.browser(_user_id=token, _fresh=True)

    def browser(self, **remembered: Any) -> Visitor:
        secret = secrets.token_hex(20)
        signer: Any = SecureCookieSessionInterface().get_signing_serializer(self.app)
        kept = signer.dumps({**remembered, "csrf_token": secret})
        form = URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token").dumps(secret)
        return Visitor(f"{self.app.config['SESSION_COOKIE_NAME']}={kept}", str(form))

    @contextmanager
    def serve(self, *, workers: int = 2, threads: int = 8) -> Iterator["Server"]:
        """gunicorn on a free port of this machine."""
        db.session.remove()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (self.folder / "settings.json").write_text(json.dumps({**self.settings, "BEGINS_AT": NOON.isoformat()}))
        with open(self.folder / "gunicorn.log", "wb") as log:
            process = subprocess.Popen([
                sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads",
                str(threads), "--worker-class", "gthread", "--keep-alive", "60", "--graceful-timeout", "3", "--chdir",
                str(ROOT), f"tests.benchmarks.served:application({str(self.folder / 'settings.json')!r})",
            ], stdout=log, stderr=log)  # fmt: skip
        server = Server(port, process.pid, self.postmaster)
        try:
            server.wait(self.folder / "gunicorn.log", process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True)
class Server:
    port: int
    master: int
    postmaster: int | None

    def wait(self, log: Path, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the server did not come up:\n{log.read_text()[-2000:]}")

    def cpu(self) -> float:
        """Seconds that the web's and the database's processes have used so far, those that have ended too."""
        return sum(_seconds(pid) for root in (self.master, self.postmaster) if root for pid in _family(root))

    def worker_mb(self) -> float:
        """The largest worker's resident memory."""
        rows = [Path(f"/proc/{pid}/status").read_text() for pid in _family(self.master) if pid != self.master]
        return max(int(row.split("VmRSS:")[1].split()[0]) for row in rows) / 1024


@contextmanager
def a_house(kind: str = POSTGRESQL) -> Iterator[House]:
    """A house that is gone afterwards, with its server; migrated and empty, the application's context pushed."""
    folder = Path(tempfile.mkdtemp(prefix="enroll-bench-"))
    folder.chmod(0o755)  # PostgreSQL's own user passes through it
    try:
        house = House(folder, kind)
        with house.app.app_context():
            migrations.upgrade(db.engine)
            yield house
            db.session.remove()
            db.engine.dispose()
    finally:
        postgres_server.stop(folder / "postgresql")
        shutil.rmtree(folder, ignore_errors=True)


def _family(root: int) -> list[int]:
    """A process and everything it has started."""
    parents: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(_fields(int(entry))[1])
            except OSError:
                continue
    found = [root]
    for one in found:
        found += [pid for pid, parent in parents.items() if parent == one]
    return found


def _seconds(pid: int) -> float:
    try:
        return sum(map(int, _fields(pid)[11:15])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def _fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on; what stands before it is a name, which may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
