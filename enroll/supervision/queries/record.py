"""The learning record 学习记录: everything one enrolment shows of the study, on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.courses.models.editions import Course, Lesson, Module
from enroll.courses.models.studying import LessonProgress
from enroll.courses.models.works import PracticeWork
from enroll.enrolments.models import Enrolment
from enroll.hours.models import HoursProof, LedgerEntry
from enroll.hours.queries.ledger import sums_by_course
from enroll.hours.queries.proofs import newest_proof
from enroll.hours.rules.proof import CourseSum
from enroll.questions.models import QuizAttempt
from enroll.supervision.models import LearnerQuestion

MOST_ATTEMPTS = 100


@dataclass(frozen=True)
class LessonDone:
    """A lesson that was begun or completed; minutes in the ledger."""

    course: str
    code: str
    title: str
    minutes: int
    credited: int
    completed_at: datetime | None


@dataclass(frozen=True)
class LearningRecord:
    """All of it, each list in its own order; minutes throughout."""

    enrolment: Enrolment
    courses: tuple[CourseSum, ...]
    by_source: tuple[tuple[str, str, int], ...]  # (source, kind, minutes)
    lessons: tuple[LessonDone, ...]
    attempts: Sequence[QuizAttempt]
    works: Sequence[PracticeWork]
    questions: Sequence[LearnerQuestion]
    proof: HoursProof | None

    @property
    def minutes(self) -> int:
        return sum(course.minutes for course in self.courses)

    @property
    def practice(self) -> int:
        return sum(course.practice for course in self.courses)

    @property
    def completed(self) -> int:
        return sum(lesson.completed_at is not None for lesson in self.lessons)

    @property
    def quizzes(self) -> tuple[QuizAttempt, ...]:
        return tuple(one for one in self.attempts if one.purpose.startswith("lesson:"))

    @property
    def practised(self) -> tuple[QuizAttempt, ...]:
        """Mock exams and papers for practice: whatever no lesson asked for."""
        return tuple(one for one in self.attempts if not one.purpose.startswith("lesson:"))


def learning_record(session: Session, enrolment: Enrolment, account_id: int) -> LearningRecord:
    """The record of this enrolment, whose learner has this account."""
    works = select(PracticeWork).where(PracticeWork.enrolment_id == enrolment.id).options(
        joinedload(PracticeWork.lesson)).order_by(PracticeWork.id)
    attempts = select(QuizAttempt).where(
        QuizAttempt.account_id == account_id, QuizAttempt.submitted_at.is_not(None)
    ).order_by(QuizAttempt.id.desc()).limit(MOST_ATTEMPTS)
    questions = select(LearnerQuestion).where(LearnerQuestion.learner_id == enrolment.learner_id)
    return LearningRecord(
        enrolment, *_ledger(session, enrolment.id),
        _lessons(session, enrolment.id), session.scalars(attempts).all(), session.scalars(works).all(),
        session.scalars(questions.order_by(LearnerQuestion.id).limit(MOST_ATTEMPTS)).all(),
        newest_proof(session, enrolment.id),
    )


def _ledger(
    session: Session, enrolment_id: int
) -> tuple[tuple[CourseSum, ...], tuple[tuple[str, str, int], ...]]:
    """What is credited, by course and by source."""
    wanted = select(
        LedgerEntry.course_code, func.max(LedgerEntry.course_title), LedgerEntry.section, LedgerEntry.kind,
        func.sum(LedgerEntry.minutes), LedgerEntry.source,
    ).where(LedgerEntry.enrolment_id == enrolment_id)
    rows = session.execute(wanted.group_by(
        LedgerEntry.course_code, LedgerEntry.section, LedgerEntry.kind, LedgerEntry.source)).all()
    sources: dict[tuple[str, str], int] = {}
    for _code, _title, _section, kind, minutes, source in rows:
        sources[source, kind] = sources.get((source, kind), 0) + int(minutes)
    return (sums_by_course(row[:5] for row in rows),
            tuple((source, kind, minutes) for (source, kind), minutes in sorted(sources.items())))


def _lessons(session: Session, enrolment_id: int) -> tuple[LessonDone, ...]:
    wanted = (
        select(Course.code, Lesson.code, Lesson.title, Lesson.minutes, LessonProgress.ledger_minutes,
               LessonProgress.completed_at)
        .select_from(LessonProgress).join(Lesson, Lesson.id == LessonProgress.lesson_id)
        .join(Module, Module.id == Lesson.module_id).join(Course, Course.id == Module.course_id)
        .where(LessonProgress.enrolment_id == enrolment_id)
        .order_by(Course.position, Course.id, Module.position, Lesson.position)
    )
    return tuple(LessonDone(*row) for row in session.execute(wanted))
