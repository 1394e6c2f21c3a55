"""When the ledger's answer about a lesson changes afterwards, its progress follows, and it can be studied again."""

from datetime import datetime

from sqlalchemy import func, select

from enroll.courses.models.studying import LessonProgress
from enroll.courses.queries.lessons import lesson_by_code
from enroll.hours.lifecycle import DoubtState
from enroll.hours.models import LedgerEntry
from enroll.hours.queries.doubts import doubts_of
from enroll.storage.database import lock, transaction


def follow_the_ledger(enrolment_id: int, lesson_code: str, *, now: datetime) -> None:
    """Bring a lesson's progress to what its ledger rows and open doubts say. A practical task that was accepted and
    then taken back stays accepted: only timed lessons and quizzes can be done again."""
    with transaction() as session:
        lesson = lesson_by_code(session, lesson_code, enrolment_id)
        if lesson is None:
            return
        known = select(LessonProgress.id).where(
            LessonProgress.enrolment_id == enrolment_id, LessonProgress.lesson_id == lesson.id
        )
        number = session.scalar(known)
        if number is None:
            return
        progress = lock(session, LessonProgress, LessonProgress.id == number)
        in_ledger = session.scalar(select(func.sum(LedgerEntry.minutes)).where(
            LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.lesson_code == lesson_code
        ))
        waiting = sum(doubt.minutes for doubt in doubts_of(session, enrolment_id)
                      if doubt.state == DoubtState.OPEN and doubt.entry["lesson_code"] == lesson_code)
        left_over = max(progress.seconds - progress.ledger_minutes * 60, 0)
        timed = progress.seconds > 0
        progress.ledger_minutes = max(int(in_ledger or 0), 0) + waiting
        progress.seconds = progress.ledger_minutes * 60 + left_over if timed else 0
        complete = progress.ledger_minutes >= lesson.minutes and not waiting
        progress.completed_at = (progress.completed_at or now) if complete else None
