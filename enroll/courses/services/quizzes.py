"""A quiz in its lesson: attempted with the questions' own services, credited once when it is passed."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.courses.models.editions import Lesson
from enroll.courses.queries.lessons import LessonKey, active_enrolment_id, lesson_at, lesson_by_code
from enroll.courses.services.editions import begin_edition, require_needs
from enroll.courses.services.noticing import notice_quiz
from enroll.courses.services.settling import progress_under_lock
from enroll.courses.services.study import NOT_STUDYING
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import enrolment_by_reference
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import NotFound, Refused
from enroll.hours.models import Source
from enroll.hours.rules.crediting import Credit
from enroll.hours.services.crediting import credit
from enroll.questions.services.attempts import Given, Marked, finish_overdue, start_attempt, submit_attempt
from enroll.storage.database import transaction

PURPOSE = "lesson:"


def purpose_of(enrolment: Enrolment, lesson: Lesson) -> str:
    return f"{PURPOSE}{enrolment.reference}:{lesson.code}"


def start_quiz(key: LessonKey, *, by: Actor, now: datetime) -> str:
    """Begin (or go on with) an attempt at the lesson's quiz; gives its token. Raises NotFound and Refused."""
    with transaction() as session:
        number = active_enrolment_id(session, by.account_id)
        if number is None:
            raise Refused(NOT_STUDYING)
        enrolment = session.get_one(Enrolment, number)
        lesson = lesson_at(session, enrolment, key)
        if lesson is None or not lesson.quiz_code:
            raise NotFound("Lesson")
        require_needs(session, enrolment, lesson)
        begin_edition(session, enrolment.id, lesson, now)
        return start_attempt(lesson.quiz_code, purpose=purpose_of(enrolment, lesson), by=by, now=now)


def submit_quiz(token: str, given: Given | None, *, by: Actor, now: datetime) -> Marked:
    """Hand an attempt in; passing credits the lesson's minutes in the same transaction, once."""
    with transaction() as session:
        marked = submit_attempt(token, given, by=by, now=now)
        _credit_if_passed(session, marked, by=by, now=now)
        return marked


def finish_overdue_quizzes(now: datetime) -> int:
    """Hand in, with what was saved, the attempts whose time is over."""
    with transaction() as session:
        done = finish_overdue(now, PURPOSE)
        for marked in done:
            _credit_if_passed(session, marked, by=SYSTEM, now=now)
        return len(done)


def _credit_if_passed(session: Session, marked: Marked, *, by: Actor, now: datetime) -> None:
    if not marked.passed or not marked.purpose.startswith(PURPOSE):
        return
    reference, code = marked.purpose.removeprefix(PURPOSE).rsplit(":", 1)
    enrolment = enrolment_by_reference(session, reference)
    assert enrolment is not None
    lesson = lesson_by_code(session, code, enrolment.id)
    assert lesson is not None
    progress = progress_under_lock(session, enrolment.id, lesson.id, marked.started_at)
    left = lesson.minutes - progress.ledger_minutes
    if left <= 0:
        return
    progress.ledger_minutes += credit(enrolment.id, _credit(marked, lesson, left), by=by, now=now)
    session.flush()
    notice_quiz(session, enrolment, lesson, marked, now=now)
    if progress.ledger_minutes >= lesson.minutes:
        progress.completed_at = now


def _credit(marked: Marked, lesson: Lesson, minutes: int) -> Credit:
    course = lesson.module.course
    return Credit(
        source=Source.QUIZ, source_key=f"attempt:{marked.token}", section=course.section, kind=lesson.kind,
        course_code=course.code, course_title=course.title, lesson_code=lesson.code, title=lesson.title,
        started_at=marked.started_at, ended_at=marked.submitted_at, minutes=minutes,
        seconds_observed=int((marked.submitted_at - marked.started_at).total_seconds()),
    )
