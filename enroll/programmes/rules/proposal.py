"""The usual dates of a window, counted from its first day W (a Saturday): what a new draft starts from.

Offsets are those of the demonstration data (calendar_rules), moved to working days where our own work is due; the exam
officer changes whatever does not fit.
"""

from datetime import date, datetime, time, timedelta

from enroll.foundation.clock import at_beijing
from enroll.programmes.rules.windows import WindowDates
from enroll.programmes.rules.working_days import WorkingCalendar

NOON, FIVE, SIX = time(12), time(17), time(18)
# Days from W, the time of day, and whether the date must be a working day (then the working day before it is taken).
OFFSETS: dict[str, tuple[int, time, bool]] = {
    "opens_at": (-61, time(9), True),
    "closes_at": (-22, FIVE, True),
    "first_review_by": (-17, FIVE, True),
    "correction_closes_at": (-15, FIVE, True),
    "review_by": (-12, NOON, True),
    "payment_due_at": (-12, FIVE, True),
    "payment_latest_at": (-10, NOON, True),
    "withdraw_full_refund_until": (-12, FIVE, True),
    "resit_closes_at": (-17, FIVE, True),
    "resit_correction_closes_at": (-13, NOON, False),
    "resit_payment_due_at": (-11, FIVE, True),
    "seating_by": (-10, SIX, True),
    "ticket_from": (-5, time(9), True),
    "mock_from": (-4, time(9), False),
    "mock_until": (-1, SIX, False),
    "marking_by": (27, SIX, True),
    "scores_publish_at": (34, time(10), True),
    "issuance_review_from": (35, time(9), False),
    "roster_to_issuer_by": (45, SIX, True),
}
CERTIFICATES_AFTER = 60
ANSWER_WORKING_DAYS = 5


def proposed_dates(starts_on: date, calendar: WorkingCalendar, score_review_days: int) -> WindowDates:
    """Every date of a window that begins on this day, as a proposal."""
    moments = {name: _moment(starts_on, calendar, *offset) for name, offset in OFFSETS.items()}
    review_closes = moments["scores_publish_at"] + timedelta(days=score_review_days)
    return WindowDates(
        code=f"{starts_on:%Y%m}", starts_on=starts_on, ends_on=starts_on + timedelta(days=6), **moments,
        score_review_closes_at=review_closes,
        score_review_answer_by=calendar.deadline(review_closes, ANSWER_WORKING_DAYS, SIX),
        certificate_expected_on=calendar.after(starts_on + timedelta(days=CERTIFICATES_AFTER), 0),
    )


def _moment(starts_on: date, calendar: WorkingCalendar, days: int, at: time, working: bool) -> datetime:
    day = starts_on + timedelta(days=days)
    if working and not calendar.is_working(day):
        day = calendar.before(day, 1)
    return at_beijing(day, at)
