"""Whether a window's dates can be kept: in their order, on working days, with time for each step, and reachable from
the window before. What is out of order bars publishing; the rest is named for the exam officer to judge."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from enroll.foundation.clock import local_day
from enroll.foundation.problems import Problem, problem
from enroll.foundation.words import N_, say
from enroll.programmes.rules.windows import DATE_LABELS, WindowDates
from enroll.programmes.rules.working_days import WorkingCalendar

ORDERS = (
    ("opens_at", "closes_at", "first_review_by", "correction_closes_at", "review_by", "payment_due_at",
     "payment_latest_at", "seating_by", "ticket_from", "mock_from", "mock_until"),
    ("closes_at", "resit_closes_at", "resit_correction_closes_at", "resit_payment_due_at", "seating_by"),
    ("marking_by", "scores_publish_at", "score_review_closes_at", "score_review_answer_by"),
    ("scores_publish_at", "issuance_review_from", "roster_to_issuer_by"),
    ("withdraw_full_refund_until", "ticket_from"),
)
# What staff must do by then falls on a working day; what learners must do may fall on a weekend.
ON_WORKING_DAYS = (
    "opens_at", "closes_at", "first_review_by", "correction_closes_at", "review_by", "payment_due_at",
    "resit_closes_at", "resit_payment_due_at", "seating_by", "ticket_from", "marking_by", "scores_publish_at",
    "score_review_answer_by", "roster_to_issuer_by", "certificate_expected_on",
)
# Working days a step needs after the one before it (calendar_rules.working_days).
STEPS = (
    ("closes_at", "first_review_by", 3),
    ("first_review_by", "correction_closes_at", 2),
    ("resit_closes_at", "resit_correction_closes_at", 2),
    ("correction_closes_at", "review_by", 1),
    ("score_review_closes_at", "score_review_answer_by", 5),
)
AFTER_PREVIOUS_SCORES = 3


@dataclass(frozen=True)
class WindowFacts:
    """What the moves of a window depend on; `unruled` names what has no rule or price on the day of publishing."""

    dates: WindowDates
    unruled: Problem | None = None
    conflicts: tuple[Problem, ...] = ()


def _order_check(earlier: str, later: str) -> Callable[[WindowFacts], Problem | None]:
    def in_order(facts: WindowFacts) -> Problem | None:
        if getattr(facts.dates, earlier) < getattr(facts.dates, later):
            return None
        return problem("dates_out_of_order", N_("“%(later)s” must be after “%(earlier)s”."), field=later,
                       earlier=say(DATE_LABELS[earlier]), later=say(DATE_LABELS[later]))

    return in_order


def exam_days_hold(facts: WindowFacts) -> Problem | None:
    dates = facts.dates
    if dates.mock_until > dates.exam_begins_at or dates.marking_by < dates.exam_ends_at or (
        dates.ends_on < dates.starts_on
    ):
        return problem("exam_days_out_of_order", N_("The exam days must lie between the mock exam and the marking."),
                       field="starts_on")
    return None


def code_is_the_month(facts: WindowFacts) -> Problem | None:
    if facts.dates.code != f"{facts.dates.starts_on:%Y%m}":
        return problem("code_not_month", N_("The code of a window is the year and month of its first exam day."),
                       field="code")
    return None


def everything_is_ruled(facts: WindowFacts) -> Problem | None:
    return facts.unruled


def _conflict_check(place: int) -> Callable[[WindowFacts], Problem | None]:
    return lambda facts: facts.conflicts[place] if place < len(facts.conflicts) else None


# One check for each place, so that a refusal names every one of them.
CONFLICT_CHECKS = tuple(_conflict_check(place) for place in range(12))

ORDER_CHECKS = (
    code_is_the_month, exam_days_hold,
    *(_order_check(earlier, later) for order in ORDERS for earlier, later in pairwise(order)),
)


@dataclass(frozen=True)
class Surroundings:
    """What a window's dates are held against: the working days, its programme's rules, the windows beside it."""

    calendar: WorkingCalendar
    score_review_days: int
    window_months: tuple[int, ...]
    previous: WindowDates | None = None
    following: WindowDates | None = None


# What people would pay for: these bar publishing. The rest is for the exam officer to judge.
BARRING = frozenset({"step_too_short", "windows_overlap", "resits_out_of_reach", "review_in_holiday"})
REVIEWS = ("first_review_by", "review_by", "score_review_answer_by")


# Once people rely on the dates, no move may leave them without time; a review it squeezes is the office's own affair.
CORRECTIONS = frozenset({"correction_closes_at", "resit_correction_closes_at", "score_review_answer_by"})


def move_conflicts(before: WindowDates, after: WindowDates, around: Surroundings) -> tuple[Problem, ...]:
    """What moving a date of a published window would break that holds now; each is refused by name."""
    known = {(one.code, one.field) for one in timeline_warnings(before, around)}
    order = tuple(one for check in ORDER_CHECKS if (one := check(WindowFacts(after))))
    return order + tuple(
        one for one in conflicts_of(after, around)
        if (one.code, one.field) not in known and (one.code != "step_too_short" or one.field in CORRECTIONS))


def move_warnings(before: WindowDates, after: WindowDates, around: Surroundings) -> tuple[Problem, ...]:
    """What moving a date would leave for the exam officer to judge."""
    known = {(one.code, one.field) for one in timeline_warnings(before, around)}
    refused = {(one.code, one.field) for one in move_conflicts(before, after, around)}
    return tuple(one for one in timeline_warnings(after, around) if (one.code, one.field) not in known | refused)


def conflicts_of(dates: WindowDates, around: Surroundings) -> tuple[Problem, ...]:
    """What bars publishing: a correction without its working days, a review that ends inside a holiday, exam days that
    overlap, scores that come too late for the next resits."""
    return tuple(one for one in timeline_warnings(dates, around) if one.code in BARRING)


def timeline_warnings(dates: WindowDates, around: Surroundings) -> tuple[Problem, ...]:
    """What an exam officer should know before publishing; `conflicts_of` says which of it bars it."""
    return (*_idle_days(dates, around), *_unknown_years(dates, around), *_short_steps(dates, around),
            *_neighbours(dates, around))


def _idle_days(dates: WindowDates, around: Surroundings) -> Iterator[Problem]:
    if dates.starts_on.month not in around.window_months:
        yield problem("month_unusual", N_("The issuing body holds no window in this month."), field="starts_on")
    for name in ON_WORKING_DAYS:
        day = _day(getattr(dates, name))
        if name in REVIEWS and day in around.calendar.days_off:
            yield problem("review_in_holiday", N_("“%(name)s” falls on %(day)s, in a holiday: nobody reviews then."),
                          field=name, name=say(DATE_LABELS[name]), day=day)
        elif not around.calendar.is_working(day):
            yield problem("not_a_working_day", N_("“%(name)s” falls on %(day)s, which is not a working day."),
                          field=name, name=say(DATE_LABELS[name]), day=day)
        elif day in around.calendar.unconfirmed:
            yield problem("day_unconfirmed", N_("“%(name)s” falls on %(day)s, which no official notice confirms yet."),
                          field=name, name=say(DATE_LABELS[name]), day=day)


def _unknown_years(dates: WindowDates, around: Surroundings) -> Iterator[Problem]:
    first_in = {_day(getattr(dates, name)).year: name for name in reversed(ON_WORKING_DAYS)}
    for year, name in sorted(first_in.items()):
        if not around.calendar.knows(year):
            yield problem("holidays_unknown", N_("The holidays of %(year)s are not in the table yet: the dates of that "
                          "year are reckoned by weekends alone."), field=name, year=str(year))


def _short_steps(dates: WindowDates, around: Surroundings) -> Iterator[Problem]:
    for earlier, later, needed in STEPS:
        have = around.calendar.between(_day(getattr(dates, earlier)), _day(getattr(dates, later)))
        if have < needed:
            yield problem("step_too_short", N_("“%(name)s” leaves %(have)d working days; %(needed)d are needed."),
                          field=later, name=say(DATE_LABELS[later]), have=have, needed=needed)
    if dates.score_review_closes_at - dates.scores_publish_at != timedelta(days=around.score_review_days):
        yield problem("review_days_differ", N_("A score review may be asked for during %(days)d days."),
                      field="score_review_closes_at", days=around.score_review_days)


def _neighbours(dates: WindowDates, around: Surroundings) -> Iterator[Problem]:
    """Scores must be out in time for the next window's resits, else a learner who failed loses two months more."""
    if around.previous is not None:
        if around.previous.exam_ends_at > dates.exam_begins_at:
            yield problem("windows_overlap", N_("The exam days overlap with window %(window)s."), field="starts_on",
                          window=around.previous.code)
        yield from _resits_reachable(around.previous, dates, around.calendar, "resit_closes_at")
    if around.following is not None:
        if dates.exam_ends_at > around.following.exam_begins_at:
            yield problem("windows_overlap", N_("The exam days overlap with window %(window)s."), field="ends_on",
                          window=around.following.code)
        yield from _resits_reachable(dates, around.following, around.calendar, "scores_publish_at")


def _resits_reachable(
    earlier: WindowDates, later: WindowDates, calendar: WorkingCalendar, field: str
) -> Iterator[Problem]:
    have = calendar.between(_day(earlier.scores_publish_at), _day(later.resit_closes_at))
    if have < AFTER_PREVIOUS_SCORES:
        yield problem("resits_out_of_reach", N_("Scores of %(earlier)s leave %(have)d working days to apply for a "
                      "resit in %(later)s; %(needed)d are needed."), field=field, earlier=earlier.code,
                      later=later.code, have=have, needed=AFTER_PREVIOUS_SCORES)


def _day(value: date | datetime) -> date:
    return local_day(value) if isinstance(value, datetime) else value
