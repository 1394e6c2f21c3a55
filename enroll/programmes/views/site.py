"""What every page's head and foot say about the house; asked for by the layouts, also where the database is away."""

from time import monotonic

from flask import current_app
from sqlalchemy.exc import OperationalError

from enroll.programmes.queries.programmes import organisation
from enroll.storage.database import db

KEPT_SECONDS = 20


def site() -> dict[str, str]:
    """partner, phone, hours, icp and police; remembered for some seconds, since every page asks."""
    known: tuple[float, dict[str, str]] | None = current_app.extensions.get("site")
    if known is not None and monotonic() - known[0] < KEPT_SECONDS and not current_app.testing:
        return known[1]
    try:
        facts = _facts()
    except OperationalError:
        facts = known[1] if known is not None else {}
    current_app.extensions["site"] = (monotonic(), facts)
    return facts


def _facts() -> dict[str, str]:
    row = organisation(db.session())
    if row is None:
        return {}
    filed = row.registrations or {}
    return {"partner": row.short_name, "phone": row.telephone, "hours": row.opening_times, "icp": filed.get("icp", ""),
            "police": filed.get("police", "")}
