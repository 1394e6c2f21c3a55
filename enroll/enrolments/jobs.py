"""What enrolments do when something has happened."""

from datetime import datetime

from enroll.enrolments.services.enrolling import start_studying
from enroll.storage.outbox import Happened


def study_once_paid(happened: Happened, now: datetime) -> None:
    """On FeeSettled: whoever waited for the training fee may study. Fees of other subjects are none of ours."""
    if happened.event.subject.startswith("E"):
        start_studying(happened.event.subject, now=now)
