"""What layouts ask for: who runs the house. Error pages ask, too, also where the database is away."""

from time import monotonic

from flask import current_app

from enroll.programmes.queries.site import Site, site_facts
from enroll.storage.database import db


def site() -> Site:
    """Remembered for SITE_KEPT_SECONDS, since every page asks; what was known last, where the database is away."""
    kept: tuple[float, Site] = current_app.extensions.get("site", (0.0, Site()))
    moment, known = kept
    if moment and monotonic() - moment < current_app.config["SITE_KEPT_SECONDS"]:
        return known
    found = site_facts(db.session()) or known
    current_app.extensions["site"] = (monotonic(), found)
    return found
