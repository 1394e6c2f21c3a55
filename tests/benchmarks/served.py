"""What gunicorn serves in a benchmark: the application as in production, and beside it a route that does nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from enroll import create_app
from enroll.foundation.clock import ShiftedClock
from tests.conftest import NOON


def application(settings: str) -> Any:
    """`settings` is a file of JSON. /null is answered by an empty Flask of its own in the same workers: all else is
    measured against it."""
    app = create_app({**json.loads(Path(settings).read_text()), "CLOCK": ShiftedClock(NOON - datetime.now(UTC))})
    null = Flask("null")
    null.add_url_rule("/", view_func=lambda: "")
    return DispatcherMiddleware(app, {"/null": null})
