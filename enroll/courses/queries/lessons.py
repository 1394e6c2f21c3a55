"""Single lessons, study sessions and the progress in a lesson."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.courses.models.editions import Course, CourseEdition, Lesson, Module
from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.queries.editions import in_plan
from enroll.courses.rules.timing import SILENT
from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.hours.queries.standing import my_enrolment
from enroll.learners.models import Learner


@dataclass(frozen=True)
class LessonKey:
    """Where a lesson stands in the address: /study/<course>/<lesson>."""

    course: str
    lesson: str


def lesson_at(session: Session, enrolment: Enrolment, key: LessonKey) -> Lesson | None:
    """The lesson, in the edition this enrolment studies."""
    wanted = (
        select(Lesson).join(Module).join(Course, Course.id == Module.course_id)
        .where(Lesson.code == key.lesson, Course.code == key.course, Course.programme_id == enrolment.programme_id,
               in_plan(enrolment.id))
        .options(joinedload(Lesson.module).joinedload(Module.course))
    )
    return session.scalar(wanted)


def lesson_by_code(session: Session, code: str, enrolment_id: int | None = None) -> Lesson | None:
    """The lesson of this code in the edition the enrolment studies; without one, in the newest edition."""
    wanted = select(Lesson).join(Module).join(Course, Course.id == Module.course_id).join(
        CourseEdition, CourseEdition.id == Module.edition_id).where(Lesson.code == code)
    if enrolment_id is not None:
        wanted = wanted.where(in_plan(enrolment_id))
    whole = joinedload(Lesson.module).joinedload(Module.course)
    return session.scalar(wanted.order_by(CourseEdition.number.desc()).limit(1).options(whole))


def my_lesson(session: Session, account_id: int, key: LessonKey) -> tuple[Enrolment, Lesson] | None:
    """The lesson, for somebody who is enrolled on its programme; otherwise there is none."""
    enrolment = my_enrolment(session, account_id)
    lesson = None if enrolment is None else lesson_at(session, enrolment, key)
    return (enrolment, lesson) if enrolment is not None and lesson is not None else None


def active_enrolment_id(session: Session, account_id: int | None) -> int | None:
    """The enrolment somebody is studying on now."""
    wanted = select(Enrolment.id).join(Learner, Enrolment.learner_id == Learner.id).where(
        Learner.account_id == account_id, Enrolment.state == EnrolmentState.ACTIVE
    )
    return session.scalar(wanted.order_by(Enrolment.id.desc()).limit(1))


def progress_in(session: Session, enrolment_id: int, lesson_id: int) -> LessonProgress | None:
    return session.scalar(select(LessonProgress).where(
        LessonProgress.enrolment_id == enrolment_id, LessonProgress.lesson_id == lesson_id
    ))


def newest_session(session: Session, account_id: int | None) -> StudySession | None:
    wanted = select(StudySession).where(StudySession.account_id == account_id)
    return session.scalar(wanted.order_by(StudySession.id.desc()).limit(1))


def session_by_token(session: Session, token: str) -> StudySession | None:
    return session.scalar(select(StudySession).where(StudySession.token == token))


def sessions_between(session: Session, account_id: int, first: datetime, last: datetime) -> list[StudySession]:
    """The person's sessions that lie in [first, last) with some of them, in order."""
    wanted = select(StudySession).where(
        StudySession.account_id == account_id, StudySession.started_at < last, StudySession.last_beat_at > first
    )
    return list(session.scalars(wanted.order_by(StudySession.started_at, StudySession.id)))


def open_session(session: Session, account_id: int) -> StudySession | None:
    return session.scalar(select(StudySession).where(
        StudySession.account_id == account_id, StudySession.ended_at.is_(None)
    ))


def silent_sessions(session: Session, now: datetime, *, at_most: int = 500) -> list[int]:
    """The numbers of the open sessions that have not been heard from for too long."""
    wanted = select(StudySession.id).where(StudySession.ended_at.is_(None), StudySession.last_beat_at < now - SILENT)
    return list(session.scalars(wanted.order_by(StudySession.id).limit(at_most)))


def taken_over_lately(session: Session, account_id: int, now: datetime) -> list[StudySession]:
    """The person's sessions of the last hour that another page or device ended."""
    wanted = select(StudySession).where(
        StudySession.account_id == account_id, StudySession.ended_why == "newer_session",
        StudySession.ended_at > now - timedelta(hours=1),
    )
    return list(session.scalars(wanted.order_by(StudySession.id)))


def seconds_studied(session: Session, enrolment_id: int) -> int:
    """All seconds the server counted for one enrolment, in the ledger or not."""
    wanted = select(func.sum(StudySession.seconds_credited)).where(StudySession.enrolment_id == enrolment_id)
    return int(session.scalar(wanted) or 0)
