"""Scheduled work of questions."""

from datetime import datetime

from enroll.questions.services.mocks import finish_overdue_mocks


def finish_mocks(now: datetime) -> int:
    """Hand in the mock exams whose time is over."""
    return finish_overdue_mocks(now)
