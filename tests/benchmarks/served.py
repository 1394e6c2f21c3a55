"""What gunicorn serves in a benchmark: the application as in production, and beside it a route that does nothing.

Imports nothing of the tests, so that a worker here is as large as one in an office.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from enroll import create_app
from enroll.foundation.clock import ShiftedClock


def application(settings: str) -> Any:
    """`settings` is a file of JSON; BEGINS_AT in it is the moment at which the clock begins. /null is answered by an
    empty Flask of its own in the same workers: all else is measured against it."""
    given = json.loads(Path(settings).read_text())
    began = datetime.fromisoformat(given.pop("BEGINS_AT"))
    app = create_app({**given, "CLOCK": ShiftedClock(began - datetime.now(UTC))})
    null = Flask("null")
    null.add_url_rule("/", view_func=lambda: "")
    return DispatcherMiddleware(app, {"/null": null})
