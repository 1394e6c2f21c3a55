"""Editions of courses: which one an enrolment studies, and what an edition holds."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.courses.lifecycle import EditionState
from enroll.courses.models.editions import (
    Course,
    CourseEdition,
    CourseEditionMove,
    EditionBegun,
    Lesson,
    Module,
    WordingCorrection,
)
from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.models.works import PracticeWork
from enroll.courses.rules.editions import EditionFacts, LessonFacts
from enroll.questions.models import Quiz
from enroll.storage.files import StoredFile


def in_plan(enrolment_id: int) -> ColumnElement[bool]:
    """That a module (joined with its course) belongs to the edition this enrolment studies: the one it began, or else
    the one that is published."""
    begun = select(EditionBegun.edition_id).where(
        EditionBegun.enrolment_id == enrolment_id, EditionBegun.course_id == Course.id)
    published = select(CourseEdition.id).where(
        CourseEdition.course_id == Course.id, CourseEdition.state == EditionState.PUBLISHED)
    return Module.edition_id == func.coalesce(
        begun.correlate(Course).scalar_subquery(), published.correlate(Course).scalar_subquery())


def edition_begun(session: Session, enrolment_id: int, course_id: int) -> int | None:
    return session.scalar(select(EditionBegun.edition_id).where(
        EditionBegun.enrolment_id == enrolment_id, EditionBegun.course_id == course_id))


def course_by_code(session: Session, code: str) -> Course | None:
    return session.scalar(select(Course).where(Course.code == code).options(selectinload(Course.editions)))


def edition_at(session: Session, course: str, number: int) -> CourseEdition | None:
    """An edition with its modules and lessons."""
    return session.scalar(_whole().where(Course.code == course, CourseEdition.number == number))


def newest_edition(session: Session, course: str) -> CourseEdition | None:
    return session.scalar(_whole().where(Course.code == course).order_by(CourseEdition.number.desc()).limit(1))


def lesson_of_edition(session: Session, edition_id: int, code: str) -> Lesson | None:
    wanted = select(Lesson).join(Module).where(Module.edition_id == edition_id, Lesson.code == code)
    return session.scalar(wanted.options(joinedload(Lesson.module), selectinload(Lesson.attachments)))


def module_of_edition(session: Session, edition_id: int, code: str) -> Module | None:
    return session.scalar(select(Module).where(Module.edition_id == edition_id, Module.code == code))


def facts_about(edition: CourseEdition) -> EditionFacts:
    """What publishing it asks."""
    return EditionFacts(
        tuple(_lesson_facts(module.code, lesson) for module in edition.modules for lesson in module.lessons),
        tuple(module.code for module in edition.modules if not module.lessons),
    )


def maker_of(session: Session, edition_id: int) -> int | None:
    """Who began the draft."""
    wanted = select(CourseEditionMove.made_by_id).where(CourseEditionMove.record_id == edition_id)
    return session.scalar(wanted.order_by(CourseEditionMove.id).limit(1))


def quiz_codes(session: Session) -> list[str]:
    """The quizzes of the bank that a lesson can name, mock exams left out."""
    return list(session.scalars(select(Quiz.code).where(Quiz.mock_for == "").order_by(Quiz.code)))


def quizzes(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(Quiz.code, Quiz.title).where(Quiz.mock_for == "").order_by(Quiz.code))
    return [(code, title) for code, title in rows]


def moves_of(session: Session, edition_ids: Sequence[int]) -> Sequence[CourseEditionMove]:
    wanted = select(CourseEditionMove).where(CourseEditionMove.record_id.in_(edition_ids))
    return session.scalars(wanted.order_by(CourseEditionMove.id.desc())).all()


def attachment_of(lesson: Lesson, token: str) -> StoredFile | None:
    """The file beside the lesson that has this token."""
    return next((one.file for one in lesson.attachments if one.file.token == token), None)


def corrections_of(session: Session, lesson_id: int) -> Sequence[WordingCorrection]:
    wanted = select(WordingCorrection).where(WordingCorrection.lesson_id == lesson_id)
    return session.scalars(wanted.order_by(WordingCorrection.id.desc())).all()


def studying_by_edition(session: Session, course_id: int) -> dict[int, int]:
    """How many enrolments began each edition of a course."""
    wanted = select(EditionBegun.edition_id, func.count()).where(EditionBegun.course_id == course_id)
    return {row[0]: row[1] for row in session.execute(wanted.group_by(EditionBegun.edition_id))}


def unsound_editions(session: Session) -> Iterator[str]:
    """For `flask doctor`: a learner finishes the edition they began, and a published edition has a beginning."""
    for table in (LessonProgress, StudySession, PracticeWork):
        wanted = (
            select(table.enrolment_id, Course.code).distinct()
            .select_from(table).join(Lesson, Lesson.id == table.lesson_id)
            .join(Module, Module.id == Lesson.module_id).join(Course, Course.id == Module.course_id)
            .where(~_began(table.enrolment_id))
        )
        for enrolment_id, code in session.execute(wanted):
            yield (f"enrolment {enrolment_id} studied in course {code} an edition it did not begin "
                   f"({table.__tablename__})")
    dated = select(CourseEdition.reference).where(
        CourseEdition.state == EditionState.PUBLISHED, CourseEdition.published_at.is_(None))
    for reference in session.scalars(dated):
        yield f"course edition {reference} is published without a moment"


def _began(enrolment_id: Any) -> ColumnElement[bool]:
    return select(EditionBegun.id).where(
        EditionBegun.enrolment_id == enrolment_id, EditionBegun.edition_id == Module.edition_id
    ).correlate(Module, enrolment_id.class_).exists()


def _lesson_facts(module: str, lesson: Lesson) -> LessonFacts:
    return LessonFacts(
        module, lesson.code, lesson.content, lesson.kind, lesson.minutes, bool(lesson.text.strip()), lesson.has_video,
        bool(lesson.quiz_code), bool(lesson.rubric), tuple(lesson.needs),
    )


def _whole() -> Select[CourseEdition]:
    return select(CourseEdition).join(Course, Course.id == CourseEdition.course_id).options(
        joinedload(CourseEdition.course), selectinload(CourseEdition.modules).selectinload(Module.lessons))
