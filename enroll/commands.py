"""flask commands: what an operator types. The promises about them stand in the README."""

import os
import re
import signal
import sys
from pathlib import Path
from threading import Event
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import IntegrityError

import enroll
from config import checked
from enroll.accounts.permissions import Role
from enroll.accounts.services.opening import create_staff
from enroll.desk.queries.soundness import CHECKS
from enroll.desk.rules import LIFECYCLES
from enroll.foundation.actor import SYSTEM
from enroll.foundation.problems import Refused
from enroll.storage import migrations
from enroll.storage.backups import BackupIsWrong, back_up, restore
from enroll.storage.database import db
from enroll.storage.worker import work
from enroll.web.language import in_language, translate

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
staff = AppGroup("staff", help="Members of staff.")


def init_app(app: Flask) -> None:
    for command in (migrate, serve, work_, doctor, backup, restore_, readme):
        app.cli.add_command(command)
    app.cli.add_command(staff)


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest migration; refuses one that is newer than this program."""
    _make_database_folder(current_app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        at = migrations.upgrade(db.engine)
    except migrations.DatabaseIsNewer as error:
        raise click.ClickException(f"The database is at migration {error}, which this program does not know. "
                                   "Run the newer program, or restore a backup.") from error
    click.echo(f"The database is at migration {at}.")


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="address and port")
@click.option("--workers", default=2, show_default=True)
@click.option("--threads", default=8, show_default=True)
@with_appcontext
def serve(bind: str, workers: int, threads: int) -> None:
    """The production web server; stops cleanly on SIGTERM."""
    checked(dict(current_app.config))
    _refuse_demo_accounts()
    os.execvp(sys.executable, [  # noqa: S606 (the program becomes the server, so that signals reach it)
        sys.executable, "-m", "gunicorn", "--bind", bind, "--workers", str(workers), "--threads", str(threads),
        "--worker-class", "gthread", "--timeout", "60", "--graceful-timeout", "20", "--chdir", str(ROOT), "wsgi:app",
    ])  # fmt: skip


@click.command("work")
@with_appcontext
def work_() -> None:
    """The background worker: messages, documents, deadlines; stops cleanly on SIGTERM."""
    checked(dict(current_app.config))
    stop = Event()

    def finish(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    click.echo("The worker is at work.")
    work(current_app._get_current_object(), enroll.JOBS, stop)  # type: ignore[attr-defined]


@click.command()
@with_appcontext
def doctor() -> None:
    """Check configuration and every invariant, a line each; exit 1 if any fails. Never changes anything."""
    failed = 0
    at, newest = migrations.current(db.engine), migrations.newest(db.engine)
    behind = [] if at == newest else [f"the database is at {at or 'nothing'}, the program at {newest}"]
    failed += _line("migrations", behind)
    if at != newest:
        sys.exit(1)
    for name, check in (*CHECKS, *enroll.SOUNDNESS):
        failed += _line(name, list(check(db.session())))
    if failed:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Database and stored files together, consistent, checked by reading them back."""
    click.echo(back_up(db.engine, Path(current_app.config["UPLOAD_DIR"]), file))


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@with_appcontext
def restore_(file: Path) -> None:
    """Put a backup into an empty database and an empty folder."""
    _make_database_folder(current_app.config["SQLALCHEMY_DATABASE_URI"])
    try:
        click.echo(restore(db.engine, Path(current_app.config["UPLOAD_DIR"]), file))
    except BackupIsWrong as error:
        raise click.ClickException(str(error)) from error


@staff.command("create")
@click.option("--username", required=True)
@click.option("--name", default="", help="how people call them")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in Role]))
@click.password_option()
@with_appcontext
def create(username: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """The first administrator, or any member of staff."""
    now = current_app.extensions["clock"].now()
    try:
        create_staff(username, name or username, frozenset(Role(role) for role in roles), password, by=SYSTEM, now=now)
    except Refused as refusal:
        with in_language("en"):
            raise click.ClickException("; ".join(translate(one) for one in refusal.problems)) from refusal
    except IntegrityError as error:
        raise click.ClickException(f"There is somebody with the user name {username} already.") from error
    click.echo(f"{username} may sign in.")


@click.command()
def readme() -> None:
    """Rewrite the generated parts of the README."""
    README.write_text(with_generated_parts(README.read_text(encoding="utf-8")), encoding="utf-8")
    click.echo("README.md is up to date.")


def with_generated_parts(text: str) -> str:
    """The README with every generated part as the program is now."""
    lifecycles = "\n".join(lifecycle.as_markdown() for lifecycle in LIFECYCLES)
    return _replaced(text, "lifecycles", lifecycles)


def _replaced(text: str, part: str, content: str) -> str:
    between = re.compile(f"(?<=<!-- {part} -->\n).*?(?=<!-- /{part} -->)", re.S)
    return between.sub(lambda _: content, text)


def _line(name: str, problems: list[str]) -> int:
    click.echo(f"{'ok  ' if not problems else 'FAIL'} {name}")
    for one in problems[:20]:
        click.echo(f"       {one}")
    return 1 if problems else 0


def _refuse_demo_accounts() -> None:
    if not current_app.config["DEMO"] and enroll.holds_demo_accounts():
        raise click.ClickException("This database holds demo accounts, whose password is public. Use another one.")


def _make_database_folder(url: str) -> None:
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
