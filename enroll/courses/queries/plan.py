"""The map of a programme's courses, and how far one enrolment is on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.courses.lifecycle import WorkState
from enroll.courses.models import Course, Lesson, LessonProgress, Module, PracticeWork, StudySession
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
from enroll.hours.queries import doubts_of
from enroll.hours.queries import pending as doubts_pending
from enroll.hours.rules.standing import Totals


@dataclass(frozen=True)
class _Standing:
    """What one enrolment has done, by lesson number or code."""

    progress: Mapping[int, tuple[int, int]]  # lesson -> (ledger minutes, seconds)
    works: Mapping[int, str]
    doubts: Mapping[str, int]  # lesson code -> minutes in doubt


def study_overview(session: Session, enrolment_id: int) -> StudyOverview:
    """The whole map with ticks and minutes, and the lesson to go on with."""
    enrolment = session.get_one(Enrolment, enrolment_id)
    courses = _courses(session, enrolment.programme_id, _standing(session, enrolment_id))
    general = tuple(course for course in courses if course.section == "general")
    directions = [course for course in courses if course.section == "direction"]
    own = next((course for course in directions if course.code == enrolment.direction_code), None)
    others = tuple(course for course in directions if course is not own)
    whole = StudyOverview(general, own, others, None)
    upcoming = chosen(whole.plan, _last_touched(session, enrolment_id))
    return StudyOverview(general, own, others, upcoming)


def next_lesson(session: Session, enrolment_id: int) -> LessonView | None:
    """The lesson to go on with: begun last, or returned, or the first open one of the plan; None when all are done."""
    return study_overview(session, enrolment_id).next


def pending(session: Session, enrolment_id: int) -> Totals:
    """Minutes that wait for a decision: those in doubt, and practical work that is handed in."""
    waiting = doubts_pending(session, enrolment_id)
    wanted = (
        select(Course.code, Lesson.kind, func.sum(Lesson.minutes))
        .select_from(PracticeWork).join(Lesson, Lesson.id == PracticeWork.lesson_id)
        .join(Module, Module.id == Lesson.module_id).join(Course, Course.id == Module.course_id)
        .where(PracticeWork.enrolment_id == enrolment_id, PracticeWork.state == WorkState.HANDED_IN)
        .group_by(Course.code, Lesson.kind)
    )
    for course, kind, minutes in session.execute(wanted):
        number = int(minutes)
        waiting = waiting.and_also(Totals(number, number if kind == "practice" else 0, {course: number}))
    return waiting


def pending_minutes(session: Session, enrolment_id: int) -> int:
    return pending(session, enrolment_id).minutes


def course_minutes(session: Session, programme_id: int) -> dict[str, int]:
    """The minutes of every lesson of each course, by course code."""
    wanted = (
        select(Course.code, func.sum(Lesson.minutes)).join(Module, Module.course_id == Course.id)
        .join(Lesson, Lesson.module_id == Module.id).where(Course.programme_id == programme_id).group_by(Course.code)
    )
    return {code: int(minutes) for code, minutes in session.execute(wanted)}


def _standing(session: Session, enrolment_id: int) -> _Standing:
    progress = session.execute(
        select(LessonProgress.lesson_id, LessonProgress.ledger_minutes, LessonProgress.seconds)
        .where(LessonProgress.enrolment_id == enrolment_id)
    )
    works = session.execute(
        select(PracticeWork.lesson_id, PracticeWork.state).where(PracticeWork.enrolment_id == enrolment_id)
    )
    doubts: dict[str, int] = {}
    for doubt in doubts_of(session, enrolment_id):
        if doubt.state == "open":
            code = str(doubt.entry["lesson_code"])
            doubts[code] = doubts.get(code, 0) + doubt.minutes
    return _Standing({lesson: (ledger, seconds) for lesson, ledger, seconds in progress},
                     dict(works.all()), doubts)


def _courses(session: Session, programme_id: int, standing: _Standing) -> list[CourseView]:
    wanted = (
        select(Course, Module.code, Module.title, Lesson.id, Lesson.code, Lesson.title, Lesson.content, Lesson.kind,
               Lesson.minutes)
        .join(Module, Module.course_id == Course.id).join(Lesson, Lesson.module_id == Module.id)
        .where(Course.programme_id == programme_id)
        .order_by(Course.position, Course.id, Module.position, Lesson.position)
    )
    rows = session.execute(wanted).all()
    return [
        CourseView(course.code, course.title, course.title_en, course.section, course.summary, course.career,
                   tuple(_modules(course.code, list(part), standing)))
        for course, part in groupby(rows, key=lambda row: row[0])
    ]


def _modules(course: str, rows: list[Any], standing: _Standing) -> Iterator[ModuleView]:
    for (code, title), part in groupby(rows, key=lambda row: (row[1], row[2])):
        yield ModuleView(code, title, tuple(_lesson(course, row, standing) for row in part))


def _lesson(course: str, row: Any, standing: _Standing) -> LessonView:
    _, _, _, number, code, title, content, kind, minutes = row
    ledger, seconds = standing.progress.get(number, (0, 0))
    in_doubt = standing.doubts.get(code, 0)
    credited = max(ledger - in_doubt, 0)
    state = lesson_state(minutes=minutes, credited=credited, studied=seconds // 60, in_doubt=in_doubt,
                         work=standing.works.get(number, ""))
    return LessonView(course, code, title, content, kind, minutes, credited, seconds // 60, LessonState(state))


def _last_touched(session: Session, enrolment_id: int) -> str:
    wanted = select(Lesson.code).join(StudySession, StudySession.lesson_id == Lesson.id).where(
        StudySession.enrolment_id == enrolment_id
    )
    return session.scalar(wanted.order_by(StudySession.id.desc()).limit(1)) or ""
