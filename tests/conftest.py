"""What every test may ask for: app, session, client, clock, sign_in; and one run's databases."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import config
from enroll import DEFAULTS, create_app
from enroll.accounts.models import Account
from enroll.accounts.services.sessions import begin_session
from enroll.foundation.clock import SHANGHAI, ShiftedClock
from enroll.storage.database import db
from enroll.web.throttle import limiter
from tests.databases import POSTGRESQL, SQLITE, Databases, end_run, new_run_folder
from tests.worlds import STANDING, PatientPool, Worlds, built_once

NOON = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI).astimezone(UTC)
"""The fixed moment of the tests, the same as the demo's first moment: a Sunday, the January window open."""

# Machines are shared and slow at times: a slow example is no fault. The same examples every time, everywhere.
hypothesis_settings.register_profile("enroll", deadline=None, derandomize=True, max_examples=60)
hypothesis_settings.load_profile("enroll")

CHROMIUM = Path("/usr/bin/chromium")
SECRET_KEY = "a secret of the tests, long enough to be taken for one"
OTHER = "other"
FIELD_KEY = Fernet.generate_key().decode()
APPS: dict[str, tuple[Flask, dict[str, Any]]] = {}
"""Made once for each kind of database in a process: making one, and compiling its templates, is most of a test."""
WORLDS: dict[str, Worlds] = {}


class SeparateRequests(FlaskClient):
    """A client whose requests see nothing of the test around them, as in production.

    Without this a request would share the test's application context: its database session with everything that is
    remembered there, and Flask-Login's memory of who was signed in a request ago.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            session = db.session()
            pending = [*session.new, *session.dirty, *session.deleted]
            assert not pending, f"commit what was built before asking a page: {pending}"
            session.rollback()  # let go of locks and of what was read: the request may change it
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database this test runs on; every test that reaches here runs once on each (--database)."""
    return str(request.param)


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Databases:
    """For the few tests that need a database of another kind than the application's: `databases.bare(kind)`."""
    return request.config.stash[DATABASES]


@pytest.fixture
def make_app(database: str, databases: Databases) -> Iterator[Callable[..., Flask]]:
    """make_app(BASE_URL=…) makes another application on this test's database: for tests of settings, or of routes
    that a test adds. Everybody else takes `app`, which is made once for many tests."""

    def make(**settings: Any) -> Flask:
        files = databases.run_folder / f"files-{databases.worker}"
        app = create_app(
            {
                **config.settings({"BASE_URL": "http://localhost", "SECRET_KEY": SECRET_KEY, "FIELD_KEYS": FIELD_KEY}),
                "TESTING": True,
                "SITE_KEPT_SECONDS": 0,
                "SQLALCHEMY_DATABASE_URI": databases.address(database),
                "UPLOAD_DIR": str(files),
                "SQLALCHEMY_ENGINE_OPTIONS": DEFAULTS["SQLALCHEMY_ENGINE_OPTIONS"] | {"poolclass": PatientPool},
                **settings,
            }
        )
        app.extensions["clock"] = app.extensions["real_clock"] = ShiftedClock(standing=NOON)
        app.test_client_class = SeparateRequests
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(databases.templates))
        made.append(app)
        return app

    made: list[Flask] = []
    yield make
    for app in made:
        if app not in [kept for kept, _ in APPS.values()]:
            let_go(app)


def let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(database: str, databases: Databases, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The application on an empty database at the newest migration, its clock standing at NOON."""
    databases.empty(database)
    if database not in APPS:
        app = make_app()
        APPS[database] = app, app.config.copy()
    app, as_made = APPS[database]
    app.config.clear()
    app.config.update(as_made)
    app.extensions["clock"] = app.extensions["real_clock"] = ShiftedClock(standing=NOON)
    shutil.rmtree(app.config["UPLOAD_DIR"], ignore_errors=True)
    limiter.reset()
    if database not in WORLDS:
        WORLDS[database] = Worlds(database, databases)
    WORLDS[database].begin(app)
    with app.app_context():
        STANDING.append(WORLDS[database])
        yield app
        STANDING.pop()
        db.session.remove()
        if database == SQLITE:
            db.engine.dispose()  # the file is replaced; PostgreSQL's connections go on to the next test


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


@pytest.fixture
def clock(app: Flask) -> ShiftedClock:
    """The application's clock: stands at NOON until `clock.set(moment)`."""
    standing: ShiftedClock = app.extensions["clock"]
    return standing


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, client: FlaskClient) -> Callable[[Account], FlaskClient]:
    """sign_in(account) signs the client in, as whoever it is now; gives the client back.

    For a second person at the same time: sign_in(account, app.test_client()).
    """

    def as_(account: Account, browser: FlaskClient = client) -> FlaskClient:
        token = a_session(account.id)
        with browser.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"], cookie["_fresh"] = token, True
        return browser

    return as_


@built_once
def a_session(account_id: int) -> str:
    """Sessions live in real time: seen a little ahead, so that it is still fresh when it is brought back later."""
    ahead = datetime.now(UTC) + timedelta(minutes=30)
    return begin_session(account_id, browser="test", network_address="127.0.0.1", real_now=ahead)


# One run: its folder is made by the process that was started, and handed to the workers of xdist.

RUN_FOLDER = pytest.StashKey[Path]()
DATABASES = pytest.StashKey[Databases]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[SQLITE, POSTGRESQL, "both", OTHER],
        default="both",
        help="which database the tests that need one run on (default: each of them on both, those of pages on one; "
        "other: only those of pages, each on the other one)",
    )


def pytest_configure(config: pytest.Config) -> None:
    handed_over = getattr(config, "workerinput", None)
    folder = Path(handed_over["run_folder"]) if handed_over else new_run_folder()
    config.stash[RUN_FOLDER] = folder
    config.stash[DATABASES] = Databases(folder, os.environ.get("PYTEST_XDIST_WORKER", "alone"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_sessionfinish(session: pytest.Session) -> None:
    for app, _ in APPS.values():
        let_go(app)
    session.config.stash[DATABASES].let_go()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN_FOLDER in config.stash:
        end_run(config.stash[RUN_FOLDER])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        asked, one = metafunc.config.getoption("--database"), database_of_pages(metafunc.definition)
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        if marks & {"browser", "one_database"}:
            one = SQLITE
        if asked == "both":
            kinds = [one] if one else [SQLITE, POSTGRESQL]
        elif asked == OTHER:
            kinds = [SQLITE if one == POSTGRESQL else POSTGRESQL]
        else:
            kinds = [asked]
        metafunc.parametrize("database", kinds, indirect=True)


def database_of_pages(test: pytest.Item) -> str | None:
    """Tests of pages ask the services, which are asked on both, and draw: one database is enough while working. Staff's
    lists with their filters are asked on the stricter one."""
    if not test.path.stem.endswith(("views", "pages")):
        return None
    return POSTGRESQL if "staff" in test.path.stem else SQLITE


# What is slow runs only when asked for; the summary says so, so that nobody counts on what never ran.

SLOWER = {"browser": "The tests in a browser", "sweep": "The sweeps over every page, form and route",
          "bench": "The benchmarks in a tiny size"}


def pytest_collection_finish() -> None:
    """What stands now stays to the end: the collector need not look through it again with every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _browser_asked_for(config) and not CHROMIUM.exists():
        pytest.exit(f"The tests in a browser need {CHROMIUM} (Debian's package chromium).", returncode=4)
    unasked = [mark for mark in SLOWER if mark not in config.getoption("markexpr")]
    left_out = [item for item in items if any(map(item.get_closest_marker, unasked))]  # keywords hold folders too
    if config.getoption("--database") == OTHER:
        left_out += [item for item in items if not _on_the_other(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def _on_the_other(item: pytest.Item) -> bool:
    asks_one = database_of_pages(item) and "database" in getattr(item, "fixturenames", ())
    return bool(asks_one) and item.get_closest_marker("one_database") is None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.getoption("markexpr") or config.getoption("file_or_dir"):
        return
    for mark, what in SLOWER.items():
        where = f"ask for them with -m {mark}"
        if mark == "browser" and not CHROMIUM.exists():
            where = "they need Debian's package chromium"
        terminalreporter.write_line(f"{what} did not run: {where}.")
    if config.getoption("--database") == "both":
        terminalreporter.write_line(f"The tests of pages ran on one database each; the other: --database {OTHER}.")


def _browser_asked_for(config: pytest.Config) -> bool:
    return "browser" in config.getoption("markexpr")
