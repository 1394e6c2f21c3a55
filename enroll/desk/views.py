"""What machines ask about the whole program."""

import hmac
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, request

from enroll.desk.queries.metrics import as_text, figures
from enroll.storage.database import db
from enroll.web.access import public
from enroll.web.moments import now

machines = Blueprint("desk_machines", __name__)


@machines.get("/metrics")
@public
def metrics() -> Any:
    """For a monitoring system that sends METRICS_TOKEN as a bearer token. Without such a setting there is no page."""
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return Response("", 401, {"WWW-Authenticate": 'Bearer realm="metrics"'})
    readiness = {name: bool(check()) for name, check in current_app.extensions["readiness"].items()}
    found = figures(db.session(), readiness, now=now(), real_now=datetime.now(UTC))
    return Response(as_text(found), content_type="text/plain; version=0.0.4; charset=utf-8")
