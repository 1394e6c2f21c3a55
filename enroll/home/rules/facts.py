"""What the front page depends on, as it stands now."""

from dataclasses import dataclass
from datetime import date, datetime

from enroll.foundation.words import Words

AGAIN = frozenset({"partial", "fail", "absent", "excused"})
"""Outcomes after which what is missing can be sat again."""


@dataclass(frozen=True)
class WindowView:
    """The window the learner is in, or could apply for next: then `closes_at` is that of their own lane, which for a
    resit is later. Moments are aware UTC."""

    code: str
    starts_on: date
    opens_at: datetime
    closes_at: datetime
    review_by: datetime
    ticket_from: datetime
    scores_publish_at: datetime
    roster_to_issuer_by: datetime
    certificate_expected_on: date


@dataclass(frozen=True)
class BookingView:
    part: str
    state: str
    online: bool
    starts_at: datetime
    ends_at: datetime
    site: str
    reference: str = ""
    offer_ends_at: datetime | None = None
    position: int | None = None  # in the waiting list


@dataclass(frozen=True)
class HomeFacts:
    """Everything the front page depends on, as it stands now. Minutes are credited minutes; states as in lifecycles."""

    now: datetime
    enrolled: bool = False
    training_fee_due_at: datetime | None = None
    training_fee_open: bool = False
    identity: str = "draft"
    photo: str = "draft"
    guardian_open: bool = False
    minutes: int = 0
    pending: int = 0
    required: int = 0
    unit: int = 45
    proof: str = ""
    hours_missing: tuple[Words, ...] = ()
    lesson: tuple[str, str, str] | None = None  # course code, lesson code, title
    window: WindowView | None = None  # of the application, else the next one to apply for
    application: str = ""  # its reference
    application_state: str = ""
    review_due_at: datetime | None = None
    correct_by: datetime | None = None
    payment_due_at: datetime | None = None
    fee_settled: bool = False
    fee_state: str = ""
    bookings: tuple[BookingView, ...] = ()
    unseated: bool = False  # a part has no seat of its own: waited for, or lost with its list
    ticket: str = ""  # number of the ticket or confirmation in force
    published: bool = False
    verdict: str = ""
    certificate_state: str = ""
    certificate_label: str = ""

    @property
    def registration_is_open(self) -> bool:
        """Whether the window can be applied for now; `closes_at` is that of the learner's own lane."""
        return self.window is not None and self.window.opens_at <= self.now < self.window.closes_at
