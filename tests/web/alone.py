"""An application for what asks no database: layouts and macros."""

from functools import cache

from flask import Flask

import config
from enroll import create_app


@cache
def app_alone() -> Flask:
    given = config.settings(
        {"BASE_URL": "http://localhost", "SECRET_KEY": "a secret of the tests, long enough for one"}
    )
    return create_app({**given, "TESTING": True, "SQLALCHEMY_DATABASE_URI": "sqlite://"})
