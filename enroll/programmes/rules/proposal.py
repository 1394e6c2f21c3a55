"""The usual dates of a window, counted from its first day W (a Saturday): what a new draft starts from.

Offsets are those of the demonstration data (calendar_rules), moved to working days where our own work is due; the exam
officer changes whatever does not fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from enroll.foundation.clock import at_beijing, beijing, local_day
from enroll.programmes.rules.windows import WindowDates
from enroll.programmes.rules.working_days import WorkingCalendar

SATURDAY = 5
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
EXAM_DAYS = 7
# Steps that a holiday may shorten: the earlier date comes forward until the working days are there (calendar_rules).
KEPT_APART = (("correction_closes_at", "review_by", 1), ("first_review_by", "correction_closes_at", 2),
              ("closes_at", "first_review_by", 3))
RESIT_CORRECTION = 2  # working days; this date has room to be put off


@dataclass(frozen=True)
class CalendarPolicy:
    """How a programme's windows lie: which Saturday of the month begins one, and how far each date is from it."""

    week: int = 3
    offsets: Mapping[str, tuple[int, time, bool]] = field(default_factory=lambda: OFFSETS)
    certificates_after: int = CERTIFICATES_AFTER
    answer_working_days: int = ANSWER_WORKING_DAYS

    def first_day(self, year: int, month: int) -> date:
        """The first exam day in a month: the policy's Saturday, the last one where there are fewer."""
        first = date(year, month, 1)
        saturday = first + timedelta(days=(SATURDAY - first.weekday()) % 7 + 7 * (self.week - 1))
        return saturday if saturday.month == month else saturday - timedelta(days=7)


def policy_of(value: Any) -> CalendarPolicy:
    """From a programme's rule: {"week": 3, "offsets": {"closes_at": [-22, "17:00", true], …}}; what it does not say is
    as usual. None is the usual policy."""
    if value is None:
        return CalendarPolicy()
    said = {name: (row[0], time.fromisoformat(row[1]), row[2]) for name, row in value.get("offsets", {}).items()}
    return CalendarPolicy(
        value.get("week", 3), {**OFFSETS, **said}, value.get("certificates_after", CERTIFICATES_AFTER),
        value.get("answer_working_days", ANSWER_WORKING_DAYS),
    )


def fits_policy(value: Any) -> bool:
    """Whether a value can be kept as a calendar policy."""
    if not isinstance(value, dict) or set(value) - {"week", "offsets", "certificates_after", "answer_working_days"}:
        return False
    offsets = value.get("offsets", {})
    numbers = (value.get("week", 3), value.get("certificates_after", 60), value.get("answer_working_days", 5))
    return (
        all(isinstance(one, int) and not isinstance(one, bool) for one in numbers) and 1 <= numbers[0] <= 5
        and 1 <= numbers[1] <= 365 and 1 <= numbers[2] <= 60 and isinstance(offsets, dict)
        and all(name in OFFSETS and _is_offset(row) for name, row in offsets.items())
    )


def _is_offset(row: Any) -> bool:
    if not (isinstance(row, list) and len(row) == 3 and isinstance(row[1], str) and isinstance(row[2], bool)):
        return False
    try:
        time.fromisoformat(row[1])
    except ValueError:
        return False
    return isinstance(row[0], int) and not isinstance(row[0], bool) and -365 <= row[0] <= 365


def proposed_dates(
    starts_on: date, calendar: WorkingCalendar, score_review_days: int, policy: CalendarPolicy | None = None
) -> WindowDates:
    """Every date of a window that begins on this day, as a proposal."""
    policy = policy or CalendarPolicy()
    moments = {name: _moment(starts_on, calendar, *offset) for name, offset in policy.offsets.items()}
    for earlier, later, needed in KEPT_APART:
        if calendar.between(local_day(moments[earlier]), local_day(moments[later])) < needed:
            moments[earlier] = _on(calendar.before(local_day(moments[later]), needed), moments[earlier])
    soonest = calendar.after(local_day(moments["resit_closes_at"]), RESIT_CORRECTION)
    if local_day(moments["resit_correction_closes_at"]) < soonest:
        moments["resit_correction_closes_at"] = _on(soonest, moments["resit_correction_closes_at"])
    review_closes = moments["scores_publish_at"] + timedelta(days=score_review_days)
    return WindowDates(
        code=f"{starts_on:%Y%m}", starts_on=starts_on, ends_on=starts_on + timedelta(days=EXAM_DAYS - 1), **moments,
        score_review_closes_at=review_closes,
        score_review_answer_by=calendar.deadline(review_closes, policy.answer_working_days, SIX),
        certificate_expected_on=calendar.after(starts_on + timedelta(days=policy.certificates_after), 0),
    )


def year_of(
    year: int, months: Sequence[int], calendar: WorkingCalendar, score_review_days: int, policy: CalendarPolicy
) -> list[WindowDates]:
    """The windows of a year, one for each month of the programme."""
    return [proposed_dates(policy.first_day(year, month), calendar, score_review_days, policy)
            for month in sorted(months)]


def _on(day: date, moment: datetime) -> datetime:
    return at_beijing(day, beijing(moment).time())


def _moment(starts_on: date, calendar: WorkingCalendar, days: int, at: time, working: bool) -> datetime:
    day = starts_on + timedelta(days=days)
    if working and not calendar.is_working(day):
        day = calendar.before(day, 1)
    return at_beijing(day, at)
