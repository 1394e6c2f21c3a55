"""How long a sign-in lasts. Figures: NIST SP 800-63B and OWASP ASVS 5, chapter 7."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class SessionLimits:
    """How long a session lives without a request, and at most; staff have the stricter ones. In real time, not the
    demo's."""

    staff_idle: timedelta = timedelta(minutes=30)
    staff_most: timedelta = timedelta(hours=12)
    learner_idle: timedelta = timedelta(days=14)
    learner_most: timedelta = timedelta(days=60)


def presence_is_fresh(proved_at: datetime, now: datetime, minutes: int) -> bool:
    """Whether the person behind a session gave the password so lately that a weighty act needs no further proof."""
    return now < proved_at + timedelta(minutes=minutes)


def session_is_live(
    begun_at: datetime, seen_at: datetime, now: datetime, limits: SessionLimits, *, staff: bool
) -> bool:
    idle, most = (limits.staff_idle, limits.staff_most) if staff else (limits.learner_idle, limits.learner_most)
    return now < seen_at + idle and now < begun_at + most
