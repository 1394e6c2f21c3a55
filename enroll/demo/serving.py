"""`flask demo`: migrate, load, print where to go, serve pages and background work in one process."""

import shutil
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import click
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from config import demo_settings
from enroll.accounts.models import Account
from enroll.demo.clock import DemoClock, load_clock, set_clock
from enroll.demo.loading import load
from enroll.foundation.clock import SHANGHAI, ShiftedClock, beijing
from enroll.storage import migrations
from enroll.storage.database import db
from enroll.storage.worker import Job, work

FIRST_MOMENT = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
PASSWORD = "caip-demo-2026"


def run_demo(
    make_app: Callable[[dict[str, Any]], Flask], jobs: Sequence[Job], *, port: int, fresh: bool, serve: bool, size: int
) -> None:
    settings = demo_settings(port=port)
    app = make_app(settings)
    with app.app_context():
        prepare(app, settings, fresh=fresh, size=size)
    if not serve:
        return
    stop = Event()
    worker = Thread(target=work, args=(app, jobs, stop), name="worker", daemon=True)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    worker.start()
    _say_where(app, port)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("\nThe demo stops; its data stays for the next time.")
    finally:
        stop.set()
        server.server_close()
        worker.join(timeout=10)


def prepare(app: Flask, settings: dict[str, Any], *, fresh: bool, size: int) -> None:
    """Migrate, load where nothing was loaded yet, and set the clock to the demo's day."""
    url = settings["SQLALCHEMY_DATABASE_URI"]
    if fresh:
        _begin_again(url, Path(settings["UPLOAD_DIR"]))
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(db.engine)
    empty = db.session.scalar(select(Account.id).limit(1)) is None
    db.session.rollback()
    if not empty:
        _refuse_real_people()
    clock = load_clock()
    app.extensions["clock"] = clock
    if empty:
        began = time.monotonic()
        load(app, PASSWORD, until=FIRST_MOMENT, size=size, say=click.echo)
        clock = ShiftedClock()
        set_clock(clock, FIRST_MOMENT)
        app.extensions["clock"] = clock
        click.echo(f"Loaded in {time.monotonic() - began:.1f} s.")


def _begin_again(url: str, files: Path) -> None:
    """Only what the demo itself made: its database file or its own tables, and its folder of files."""
    if url.startswith("sqlite:///"):
        for ending in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
    elif migrations.current(db.engine):
        migrations.upgrade(db.engine)
        _refuse_real_people()
        migrations.empty(db.engine)
    shutil.rmtree(files, ignore_errors=True)


def _refuse_real_people() -> None:
    """A database with accounts but without the demo's clock is somebody's own: it is neither shown nor emptied."""
    own = db.session.get(DemoClock, 1) is None and db.session.scalar(select(Account.id).limit(1)) is not None
    db.session.rollback()
    if own:
        raise click.ClickException("This database holds accounts that are not the demo's; nothing was changed. "
                                   "Take another DATABASE_URL, or none.")


def _say_where(app: Flask, port: int) -> None:
    day = beijing(app.extensions["clock"].now())
    click.echo(f"""
学考通 Enroll - demo (all people and numbers are invented)
  Tour, people and mailbox   http://127.0.0.1:{port}/demo
  Public front page          http://127.0.0.1:{port}/
  Sign in as                 zhangwei, newcomer, shenhe1, caiwu, kaowu, fazheng1 …   password {PASSWORD}
  Today in the demo          {day:%Y-%m-%d %H:%M} Asia/Shanghai
Ctrl-C stops it.""")


class _Quiet(WSGIRequestHandler):
    """One line a failed request, none for the rest: the terminal is for the operator."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(code).startswith("5"):
            super().log_request(code, size)
