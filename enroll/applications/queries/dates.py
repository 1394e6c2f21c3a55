"""The dates that count for one applicant: their lane's, with their own extensions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.applications.models import Application, Extension
from enroll.applications.rules.deadlines import (
    Extended,
    LaneDates,
    correction_due,
    extension_of,
    lane_dates,
    payment_due,
)
from enroll.foundation.clock import local_day
from enroll.programmes.models import Window
from enroll.programmes.queries.programmes import rules_of
from enroll.programmes.queries.windows import working_calendar
from enroll.programmes.rules.windows import WindowDates


@dataclass(frozen=True)
class OwnDates:
    """A lane's dates for one person, and the extensions that moved them."""

    lane: LaneDates
    extended: tuple[tuple[str, datetime], ...] = ()

    def extension(self, name: Extended) -> datetime | None:
        return extension_of(self.extended, name)


def correction_deadline(
    session: Session, application: Application, now: datetime, dates: OwnDates | None = None
) -> datetime:
    """Until when the application could be corrected if it were returned now; `dates` where they are known."""
    dates = dates or own_dates(session, application.learner_id, application.window, resit=application.resit)
    rules = rules_of(application.window.programme, local_day(now))
    return correction_due(now, dates.lane, working_calendar(session), rules.correction_working_days,
                          dates.extension(Extended.CORRECTION))


def payment_deadline(
    session: Session, application: Application, approved_at: datetime, dates: OwnDates | None = None
) -> datetime:
    """When the fee of this application is due if it is approved at this moment; `dates` where they are known."""
    window = application.window
    dates = dates or own_dates(session, application.learner_id, window, resit=application.resit)
    return payment_due(window.dates, approved_at, resit=application.resit,
                       grace_hours=window.agreed.payment_grace_hours, extended=dates.extension(Extended.PAYMENT))


def own_dates(session: Session, learner_id: int, window: Window, *, resit: bool) -> OwnDates:
    wanted = select(Extension.name, Extension.until).where(
        Extension.learner_id == learner_id, Extension.window_id == window.id
    )
    return dates_with(tuple((name, until) for name, until in session.execute(wanted)), window, resit=resit)


def dates_with(
    extended: tuple[tuple[str, datetime], ...], window: Window, *, resit: bool, dates: WindowDates | None = None
) -> OwnDates:
    """The same where the extensions are known; by other `dates` than the window's own where they are asked about."""
    closing = extension_of(extended, Extended.CLOSING)
    return OwnDates(lane_dates(dates or window.dates, resit=resit, closes_at=closing), extended)
