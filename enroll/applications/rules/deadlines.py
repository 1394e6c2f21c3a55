"""The dates that count for one applicant: those of their lane, moved by their own extension where there is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from enroll.foundation.clock import at_beijing, beijing, local_day
from enroll.foundation.words import N_
from enroll.programmes.rules.windows import WindowDates, payment_due_for
from enroll.programmes.rules.working_days import WorkingCalendar

A_WORKING_DAY = 24 * 60 * 60
CLAIM = timedelta(minutes=20)
LAST_WARNING = timedelta(hours=3)
END_OF_OFFICE = time(18)


class Extended(StrEnum):
    """The dates that can be moved for one person (R13)."""

    CLOSING = "closes_at"
    CORRECTION = "correct_by"
    PAYMENT = "payment_due_at"
    LIST = "list_closes_at"


EXTENDED_NAMES = {
    Extended.CORRECTION: N_("Correction"), Extended.PAYMENT: N_("Payment"), Extended.CLOSING: N_("Registration closes"),
    Extended.LIST: N_("Waiting lists close"), "offer_ends_at": N_("Seat offered"),
}


class Warned(StrEnum):
    """How far the warnings before a deadline have gone; a new deadline begins again."""

    NOT_YET = ""
    DAY = "day"
    HOURS = "hours"


@dataclass(frozen=True)
class LaneDates:
    """Half-open moments, aware UTC. `review_by` is the office's own last date for this lane's first review."""

    opens_at: datetime
    closes_at: datetime
    correction_closes_at: datetime
    review_by: datetime
    last_review_by: datetime
    full_refund_until: datetime


def lane_dates(dates: WindowDates, *, resit: bool, closes_at: datetime | None = None) -> LaneDates:
    """The dates of a lane; `closes_at` is the applicant's own extension of the closing date."""
    closing, correction, review = (
        (dates.resit_closes_at, dates.resit_correction_closes_at, dates.review_by) if resit else
        (dates.closes_at, dates.correction_closes_at, dates.first_review_by)
    )
    return LaneDates(dates.opens_at, max(closing, closes_at or closing), correction, review, dates.review_by,
                     dates.withdraw_full_refund_until)


def review_due(
    submitted_at: datetime, lane: LaneDates, calendar: WorkingCalendar, working_days: int
) -> datetime:
    """When a submitted application should be decided: so many working days, and not after the window's own date."""
    latest = lane.review_by if submitted_at < lane.review_by else lane.last_review_by
    return min(calendar.deadline(submitted_at, working_days), latest)


def review_due_again(
    resubmitted_at: datetime, seconds_left: int | None, lane: LaneDates, calendar: WorkingCalendar, working_days: int
) -> datetime:
    """When a corrected application should be decided: in the working time that was left when it was returned, for the
    clock stood while the learner had to act; at least one working day, so that nothing comes back overdue. None left
    on record (returned before that was kept): the whole target."""
    if seconds_left is None:
        return review_due(resubmitted_at, lane, calendar, working_days)
    latest = lane.review_by if resubmitted_at < lane.review_by else lane.last_review_by
    return min(calendar.after_seconds(resubmitted_at, max(seconds_left, A_WORKING_DAY)), latest)


def correction_due(
    returned_at: datetime, lane: LaneDates, calendar: WorkingCalendar, working_days: int,
    extended: datetime | None = None,
) -> datetime:
    """Until when a returned application can be corrected: so many working days, never past the lane's last date unless
    that was extended for this person."""
    latest = max(lane.correction_closes_at, extended or lane.correction_closes_at)
    return min(calendar.deadline(returned_at, working_days), latest)


def payment_due(
    dates: WindowDates, approved_at: datetime, *, resit: bool, grace_hours: int, extended: datetime | None = None
) -> datetime:
    due = payment_due_for(dates, approved_at, resit=resit, grace_hours=grace_hours)
    return max(due, extended or due)


def warning_due(due_at: datetime, calendar: WorkingCalendar, now: datetime) -> Warned:
    """Which warning should have been given by now: one working day before, and three hours before."""
    if now >= due_at - LAST_WARNING:
        return Warned.HOURS
    last_moment = due_at - timedelta(microseconds=1)
    day_before = at_beijing(calendar.before(local_day(last_moment), 1), beijing(last_moment).time())
    return Warned.DAY if now >= day_before else Warned.NOT_YET


def reserved_until(resubmitted_at: datetime, calendar: WorkingCalendar) -> datetime:
    """A corrected application goes first to whoever returned it, until the end of the next working day."""
    return calendar.deadline(resubmitted_at, 1, END_OF_OFFICE)


def extension_of(extensions: Iterable[tuple[str, datetime]], name: Extended) -> datetime | None:
    """The latest of a person's extensions of one date."""
    return max((until for extended, until in extensions if extended == name), default=None)


def younger_than(moment: datetime, months: int, now: datetime) -> bool:
    """Whether so many calendar months have not yet passed, by the days in Beijing."""
    then, today = local_day(moment), local_day(now)
    passed = (today.year - then.year) * 12 + today.month - then.month - (1 if today.day < then.day else 0)
    return passed < months
