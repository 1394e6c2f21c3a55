"""The dates that count for one applicant: their lane's, with their own extensions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.models import Extension
from enroll.applications.rules.deadlines import Extended, LaneDates, extension_of, lane_dates
from enroll.programmes.models import Window


@dataclass(frozen=True)
class OwnDates:
    """A lane's dates for one person, and the extensions that moved them."""

    lane: LaneDates
    extended: tuple[tuple[str, datetime], ...] = ()

    def extension(self, name: Extended) -> datetime | None:
        return extension_of(self.extended, name)


def own_dates(session: Session, learner_id: int, window: Window, *, resit: bool) -> OwnDates:
    wanted = select(Extension.name, Extension.until).where(
        Extension.learner_id == learner_id, Extension.window_id == window.id
    )
    extended = tuple((name, until) for name, until in session.execute(wanted))
    closing = extension_of(extended, Extended.CLOSING)
    return OwnDates(lane_dates(window.dates, resit=resit, closes_at=closing), extended)
