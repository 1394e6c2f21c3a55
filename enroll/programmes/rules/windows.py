"""What the dates of an exam window mean at a moment. Every date is a half-open end: the first moment too late."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum

from enroll.foundation.clock import at_beijing, local_day
from enroll.foundation.lifecycle import StateLabel
from enroll.foundation.words import N_, Words, say
from enroll.programmes.rules.working_days import days_left

CLOSING_SOON = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class WindowDates:
    """Every date of a window; moments are aware UTC, `…_on` are days in Beijing."""

    code: str
    starts_on: date
    ends_on: date
    opens_at: datetime
    closes_at: datetime
    first_review_by: datetime
    correction_closes_at: datetime
    review_by: datetime
    payment_due_at: datetime
    payment_latest_at: datetime
    withdraw_full_refund_until: datetime
    resit_closes_at: datetime
    resit_correction_closes_at: datetime
    resit_payment_due_at: datetime
    seating_by: datetime
    ticket_from: datetime
    mock_from: datetime
    mock_until: datetime
    marking_by: datetime
    scores_publish_at: datetime
    score_review_closes_at: datetime
    score_review_answer_by: datetime
    issuance_review_from: datetime
    roster_to_issuer_by: datetime
    certificate_expected_on: date

    @property
    def exam_begins_at(self) -> datetime:
        return at_beijing(self.starts_on)

    @property
    def exam_ends_at(self) -> datetime:
        return at_beijing(self.ends_on + timedelta(days=1))


MOMENTS = tuple(one.name for one in fields(WindowDates) if one.type is datetime)
# Dates that may move later for everybody while a window runs (an outage, a changed holiday).
MOVABLE = (
    "closes_at", "first_review_by", "correction_closes_at", "review_by", "payment_due_at", "payment_latest_at",
    "withdraw_full_refund_until", "resit_closes_at", "resit_correction_closes_at", "resit_payment_due_at", "seating_by",
    "ticket_from", "mock_from", "mock_until", "marking_by", "scores_publish_at", "score_review_closes_at",
    "score_review_answer_by", "issuance_review_from", "roster_to_issuer_by",
)
# Dates by which the office works; no page shows them to a learner, so no learner hears that they moved.
OFFICE_DATES = frozenset({"first_review_by", "seating_by", "marking_by", "issuance_review_from", "roster_to_issuer_by"})
# Dates of one lane; the other lane has its own.
FIRST_SITTING_DATES = frozenset({"closes_at", "correction_closes_at", "payment_due_at"})
RESIT_DATES = frozenset({"resit_closes_at", "resit_correction_closes_at", "resit_payment_due_at"})
DATE_LABELS = {
    "starts_on": N_("First exam day"),
    "ends_on": N_("Last exam day"),
    "opens_at": N_("Applications open"),
    "closes_at": N_("Applications close (first sitting)"),
    "first_review_by": N_("First review done by"),
    "correction_closes_at": N_("Corrections close"),
    "review_by": N_("Review done by"),
    "payment_due_at": N_("Pay by"),
    "payment_latest_at": N_("Pay by at the very latest"),
    "withdraw_full_refund_until": N_("Withdraw with a full refund until"),
    "resit_closes_at": N_("Applications close (resit)"),
    "resit_correction_closes_at": N_("Corrections close (resit)"),
    "resit_payment_due_at": N_("Pay by (resit)"),
    "seating_by": N_("Seats allocated by"),
    "ticket_from": N_("Admission tickets from"),
    "mock_from": N_("Mock exam from"),
    "mock_until": N_("Mock exam until"),
    "marking_by": N_("Marking done by"),
    "scores_publish_at": N_("Scores published"),
    "score_review_closes_at": N_("Ask for a score review until"),
    "score_review_answer_by": N_("Score reviews answered by"),
    "issuance_review_from": N_("Issuance review from"),
    "roster_to_issuer_by": N_("Roster to the issuing body by"),
    "certificate_expected_on": N_("Certificates expected"),
}


class Lane(StrEnum):
    """The two ways into a window, each with dates of its own."""

    FIRST_SITTING = "first_sitting"
    RESIT = "resit"


class Phase(StrEnum):
    NOT_OPEN = "not_open"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    RUNNING = "running"
    AWAITING = "awaiting"
    FINISHED = "finished"


def _same(text: str, kind: str, icon: str) -> StateLabel:
    return StateLabel(text, text, kind, icon)


PHASE_LABELS = {
    Phase.NOT_OPEN: _same(N_("Not open yet"), "mute", "clock"),
    Phase.OPEN: _same(N_("Open for applications"), "ok", "circle-dot"),
    Phase.CLOSING: _same(N_("Closing soon"), "warn", "clock"),
    Phase.CLOSED: _same(N_("Applications closed"), "mute", "lock"),
    Phase.RUNNING: _same(N_("Exam running"), "info", "writing"),
    Phase.AWAITING: _same(N_("Scores awaited"), "warn", "hourglass"),
    Phase.FINISHED: _same(N_("Finished"), "mute", "circle-check"),
}


def closes_at(dates: WindowDates, lane: Lane = Lane.FIRST_SITTING) -> datetime:
    return dates.closes_at if lane is Lane.FIRST_SITTING else dates.resit_closes_at


def is_open(dates: WindowDates, now: datetime, lane: Lane = Lane.FIRST_SITTING) -> bool:
    """opens ≤ now < closes."""
    return dates.opens_at <= now < closes_at(dates, lane)


def phase_of(dates: WindowDates, now: datetime, lane: Lane = Lane.FIRST_SITTING) -> Phase:
    """Where the window stands at this moment, for somebody of this lane."""
    closing = closes_at(dates, lane)
    for until, phase in (
        (dates.opens_at, Phase.NOT_OPEN), (closing - CLOSING_SOON, Phase.OPEN), (closing, Phase.CLOSING),
        (dates.exam_begins_at, Phase.CLOSED), (dates.exam_ends_at, Phase.RUNNING),
        (dates.scores_publish_at, Phase.AWAITING),
    ):
        if now < until:
            return phase
    return Phase.FINISHED


@dataclass(frozen=True)
class Milestone:
    """A date people wait for or must keep. `at` is the moment it begins or is over; a `day` is shown without a time."""

    name: str
    label: Words
    at: datetime
    day: date | None = None

    def days_left(self, now: datetime) -> int:
        """Calendar days in Beijing until it begins, or until the last day on which it can be kept."""
        if self.name in BEGINNINGS:
            return (local_day(self.at) - local_day(now)).days
        return days_left(self.at, now)


# Dates that begin something; the others are the first moment too late.
BEGINNINGS = frozenset({
    "opens_at", "ticket_from", "mock_from", "starts_on", "scores_publish_at", "issuance_review_from",
})


# What a learner must keep or waits for, in order; the resit lane replaces three of the dates.
LEARNER_DATES = {
    Lane.FIRST_SITTING: (
        "opens_at", "closes_at", "correction_closes_at", "payment_due_at", "ticket_from", "starts_on", "ends_on",
        "scores_publish_at", "score_review_closes_at", "certificate_expected_on",
    ),
    Lane.RESIT: (
        "opens_at", "resit_closes_at", "resit_correction_closes_at", "resit_payment_due_at", "ticket_from",
        "starts_on", "ends_on", "scores_publish_at", "score_review_closes_at", "certificate_expected_on",
    ),
}


def milestone(dates: WindowDates, name: str) -> Milestone:
    value = getattr(dates, name)
    label = say(DATE_LABELS[name])
    if isinstance(value, datetime):
        return Milestone(name, label, value)
    at = value if name in BEGINNINGS else value + timedelta(days=1)
    return Milestone(name, label, at_beijing(at), value)


def milestones(dates: WindowDates, lane: Lane = Lane.FIRST_SITTING) -> tuple[Milestone, ...]:
    return tuple(milestone(dates, name) for name in LEARNER_DATES[lane])


def next_deadline(dates: WindowDates, now: datetime, lane: Lane = Lane.FIRST_SITTING) -> Milestone | None:
    """The next date of a window that has not passed; None when everything is over."""
    return next((one for one in milestones(dates, lane) if now < one.at), None)


@dataclass(frozen=True)
class Standing:
    """Where a window stands now, for a page: its phase in words, the next date and the days until then."""

    phase: Phase
    label: StateLabel
    coming: Milestone | None
    days_left: int | None


def standing(dates: WindowDates, now: datetime, lane: Lane = Lane.FIRST_SITTING) -> Standing:
    phase, coming = phase_of(dates, now, lane), next_deadline(dates, now, lane)
    return Standing(phase, PHASE_LABELS[phase], coming, coming.days_left(now) if coming else None)


def payment_due_for(
    dates: WindowDates, approved_at: datetime, *, resit: bool = False, grace_hours: int = 48
) -> datetime:
    """When one learner must have paid: the lane's date, or 48 hours after the approval where that is later, and never
    after the window's last date. (Calendar rules of the data: payment_due_rule.)"""
    due = dates.resit_payment_due_at if resit else dates.payment_due_at
    return min(max(due, approved_at + timedelta(hours=grace_hours)), max(dates.payment_latest_at, due))


def months_to_come(window_months: tuple[int, ...], after: date, number: int) -> tuple[date, ...]:
    """The first days of the next months in which the issuing body holds a window: dates that are not settled yet."""
    found: list[date] = []
    year, month = after.year, after.month
    while len(found) < number and window_months:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        if month in window_months:
            found.append(date(year, month, 1))
    return tuple(found)
