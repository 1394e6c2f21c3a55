"""What every page's head and foot say about the house."""

from dataclasses import dataclass

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from enroll.programmes.queries.programmes import organisation


@dataclass(frozen=True)
class Site:
    """Who runs the house and how it is reached; the filing numbers stand in every page's foot."""

    partner: str = ""
    phone: str = ""
    hours: str = ""
    icp: str = ""
    police: str = ""


def site_facts(session: Session) -> Site | None:
    """None where the database is away: the page that says so must not ask again."""
    try:
        row = organisation(session)
    except OperationalError:
        return None
    if row is None:
        return Site()
    filed = row.registrations or {}
    return Site(row.short_name, row.telephone, row.opening_times, filed.get("icp", ""), filed.get("police", ""))
