"""What happens by itself: a result row follows the attendance of its booking."""

from datetime import datetime

from enroll.results.services.opening import follow_attendance
from enroll.storage.outbox import Happened


def follow_booking(happened: Happened, now: datetime) -> None:
    follow_attendance(happened.event.reference, now=now)
