"""What every test may ask for: app, session, client, clock, sign_in."""

import shutil
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
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
from enroll.foundation.clock import ShiftedClock
from enroll.storage.database import db
from enroll.web.throttle import limiter
from tests.conftest import DATABASES, FIELD_KEY, NOON, SECRET_KEY
from tests.databases import SQLITE, Databases
from tests.worlds import STANDING, PatientPool, Worlds, built_once

# Machines are shared and slow at times: a slow example is no fault. The same examples every time, everywhere.
hypothesis_settings.register_profile("enroll", deadline=None, derandomize=True, max_examples=60)
hypothesis_settings.load_profile("enroll")

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
    if database not in APPS:
        databases.empty(database)  # made here once; emptied for each test when it is first asked for something
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


def pytest_sessionfinish() -> None:
    for app, _ in APPS.values():
        let_go(app)
