"""The map of a programme's courses, and how far one enrolment is on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from sqlalchemy import and_, func, select, union_all
from sqlalchemy.orm import Session

from enroll.courses.lifecycle import WorkState
from enroll.courses.models.editions import Course, CourseEdition, Lesson, Module
from enroll.courses.models.studying import LessonProgress, StudySession
from enroll.courses.models.works import PracticeWork
from enroll.courses.queries.editions import in_plan
from enroll.courses.rules.plan import (
    CourseView,
    LessonState,
    LessonView,
    ModuleView,
    StudyOverview,
    lesson_state,
)
from enroll.courses.rules.plan import (
    next_lesson as chosen,
)
from enroll.enrolments.models import Enrolment
from enroll.hours.lifecycle import DoubtState
from enroll.hours.models import HoursDoubt
from enroll.hours.queries.doubts import doubted_minutes, doubts_of
from enroll.hours.queries.standing import claimed_minutes
from enroll.hours.rules.standing import Totals


def study_overview(
    session: Session, enrolment_id: int, doubts: Sequence[HoursDoubt] | None = None
) -> StudyOverview:
    """The whole map with ticks and minutes, and the lesson to go on with. `doubts` are the enrolment's, where they
    have been read already."""
    enrolment = session.get_one(Enrolment, enrolment_id)
    in_doubt: dict[str, int] = {}
    for doubt in doubts_of(session, enrolment_id) if doubts is None else doubts:
        if doubt.state == DoubtState.OPEN:
            code = str(doubt.entry["lesson_code"])
            in_doubt[code] = in_doubt.get(code, 0) + doubt.minutes
    courses, touched = _courses(session, enrolment, in_doubt)
    general = tuple(course for course in courses if course.section == "general")
    directions = [course for course in courses if course.section == "direction"]
    own = next((course for course in directions if course.code == enrolment.direction_code), None)
    others = tuple(course for course in directions if course is not own)
    whole = StudyOverview(general, own, others, None)
    return replace(whole, next=chosen(whole.plan, touched))


def courses_of(session: Session, programme_id: int) -> Sequence[Course]:
    """The courses of a programme that were ever published, general ones first, without their lessons."""
    published = select(CourseEdition.id).where(CourseEdition.course_id == Course.id,
                                               CourseEdition.published_at.is_not(None)).exists()
    wanted = select(Course).where(Course.programme_id == programme_id, published).order_by(Course.position, Course.id)
    return session.scalars(wanted).all()


def next_lesson(session: Session, enrolment_id: int) -> LessonView | None:
    """The lesson to go on with: begun last, or returned, or the first open one of the plan; None when all are done."""
    return study_overview(session, enrolment_id).next


def pending(session: Session, enrolment_id: int) -> Totals:
    """Minutes that wait for a decision: in doubt, claimed from elsewhere, and practical work that is handed in."""
    handed_in = (
        select(Course.code, Lesson.kind, func.sum(Lesson.minutes))
        .select_from(PracticeWork).join(Lesson, Lesson.id == PracticeWork.lesson_id)
        .join(Module, Module.id == Lesson.module_id).join(Course, Course.id == Module.course_id)
        .where(PracticeWork.enrolment_id == enrolment_id, PracticeWork.state == WorkState.HANDED_IN)
        .group_by(Course.code, Lesson.kind)
    )
    waiting = Totals()
    asked: Any = union_all(doubted_minutes(enrolment_id), claimed_minutes(enrolment_id), handed_in)
    rows: Iterable[Any] = session.execute(asked)
    for course, kind, minutes in rows:
        number = int(minutes)
        waiting = waiting.and_also(Totals(number, number if kind == "practice" else 0, {course: number}))
    return waiting


def pending_minutes(session: Session, enrolment_id: int) -> int:
    return pending(session, enrolment_id).minutes


def handed_in(overview: StudyOverview) -> Totals:
    """Minutes of the practical work that waits for acceptance."""
    waiting = Totals()
    for lesson in (one for course in overview.courses for one in course.lessons):
        if lesson.state is LessonState.HANDED_IN:
            practice = lesson.minutes if lesson.kind == "practice" else 0
            waiting = waiting.and_also(Totals(lesson.minutes, practice, {lesson.course_code: lesson.minutes}))
    return waiting


def _courses(session: Session, enrolment: Enrolment, in_doubt: Mapping[str, int]) -> tuple[list[CourseView], str]:
    """Every course of the programme with what this enrolment has done, and the code of the lesson studied last."""
    last = select(StudySession.lesson_id).where(StudySession.enrolment_id == enrolment.id).order_by(
        StudySession.id.desc()).limit(1).scalar_subquery()
    wanted = (
        select(Course, Module.code, Module.title, Lesson.code, Lesson.title, Lesson.content, Lesson.kind,
               Lesson.minutes, func.coalesce(LessonProgress.ledger_minutes, 0).label("ledger"),
               func.coalesce(LessonProgress.seconds, 0).label("seconds"),
               func.coalesce(PracticeWork.state, "").label("work"), (Lesson.id == last).label("is_last"))
        .join(Module, Module.course_id == Course.id).join(Lesson, Lesson.module_id == Module.id)
        .outerjoin(LessonProgress, and_(LessonProgress.lesson_id == Lesson.id,
                                        LessonProgress.enrolment_id == enrolment.id))
        .outerjoin(PracticeWork, and_(PracticeWork.lesson_id == Lesson.id,
                                      PracticeWork.enrolment_id == enrolment.id))
        .where(Course.programme_id == enrolment.programme_id, in_plan(enrolment.id))
        .order_by(Course.position, Course.id, Module.position, Lesson.position)
    )
    rows = session.execute(wanted).all()
    courses = [
        CourseView(course.code, course.title, course.title_en, course.section, course.summary, course.career,
                   tuple(_modules(course.code, list(part), in_doubt)))
        for course, part in groupby(rows, key=lambda row: row[0])
    ]
    return courses, next((row[3] for row in rows if row.is_last), "")


def _modules(course: str, rows: list[Any], in_doubt: Mapping[str, int]) -> Iterator[ModuleView]:
    for (code, title), part in groupby(rows, key=lambda row: (row[1], row[2])):
        yield ModuleView(code, title, tuple(_lesson(course, row, in_doubt.get(row[3], 0)) for row in part))


def _lesson(course: str, row: Any, in_doubt: int) -> LessonView:
    _, _, _, code, title, content, kind, minutes, ledger, seconds, work, _ = row
    credited = max(ledger - in_doubt, 0)
    state = lesson_state(minutes=minutes, credited=credited, studied=seconds // 60, in_doubt=in_doubt, work=work)
    return LessonView(course, code, title, content, kind, minutes, credited, seconds // 60, LessonState(state))
