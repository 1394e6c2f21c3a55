"""The list of courses as those who write them see it: editions, who studies which, minutes against the demand."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.courses.lifecycle import EditionState
from enroll.courses.models.editions import Course, CourseEdition, EditionBegun, Lesson, Module
from enroll.courses.queries.editions import facts_about
from enroll.courses.rules.editions import edition_warnings
from enroll.foundation.problems import Problem

PAGE_ROWS = 20


@dataclass(frozen=True)
class CourseRow:
    """A course of the list: the edition learners begin now (None: none), the draft, minutes, learners by edition."""

    course: Course
    published: CourseEdition | None
    draft: CourseEdition | None
    newest: CourseEdition
    minutes: int
    practice: int
    studying: dict[int, int]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class SectionSum:
    """Published minutes of a section: all of them, and of these practice."""

    section: str
    minutes: int
    practice: int


def courses_found(
    session: Session, *, text: str = "", section: str = "", state: str = "", sort: str = "position", page: int = 1
) -> tuple[list[CourseRow], int]:
    """One page of the list, and how many there are in all."""
    wanted = _filtered(text, section, state)
    total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    order = {"code": Course.code, "title": Course.title}.get(sort, Course.position)
    rows = session.scalars(wanted.order_by(order, Course.id).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS).options(
        selectinload(Course.editions).options(
            joinedload(CourseEdition.course), selectinload(CourseEdition.modules).joinedload(Module.lessons)),
    )).all()
    counts = _counts(session, [one.id for one in rows])
    return [_row(course, counts) for course in rows], total


def section_sums(session: Session) -> Sequence[SectionSum]:
    """What is published, section by section."""
    practice = func.sum(case((Lesson.kind == "practice", Lesson.minutes), else_=0))
    wanted = (
        select(Course.section, func.sum(Lesson.minutes), practice)
        .join(CourseEdition, CourseEdition.course_id == Course.id).join(Module, Module.edition_id == CourseEdition.id)
        .join(Lesson, Lesson.module_id == Module.id).where(CourseEdition.state == EditionState.PUBLISHED)
        .group_by(Course.section).order_by(Course.section.desc())
    )
    return [SectionSum(section, int(minutes), int(practice)) for section, minutes, practice in session.execute(wanted)]


def _filtered(text: str, section: str, state: str) -> Select[Course]:
    wanted = select(Course)
    if text:
        wanted = wanted.where(Course.code.icontains(text, autoescape=True)
                              | Course.title.icontains(text, autoescape=True)
                              | Course.title_en.icontains(text, autoescape=True))
    if section in ("general", "direction"):
        wanted = wanted.where(Course.section == section)
    if state in ("draft", "published"):
        wanted = wanted.where(_has(state))
    elif state == "retired":
        wanted = wanted.where(~_has("published"), ~_has("draft"))
    return wanted


def _has(state: str) -> ColumnElement[bool]:
    return select(CourseEdition.id).where(CourseEdition.course_id == Course.id, CourseEdition.state == state).exists()


def _counts(session: Session, course_ids: Sequence[int]) -> dict[int, int]:
    wanted = select(EditionBegun.edition_id, func.count()).where(EditionBegun.course_id.in_(course_ids))
    return {row[0]: row[1] for row in session.execute(wanted.group_by(EditionBegun.edition_id))}


def _row(course: Course, counts: dict[int, int]) -> CourseRow:
    published = next((one for one in course.editions if one.state == EditionState.PUBLISHED), None)
    draft = next((one for one in course.editions if one.state == EditionState.DRAFT), None)
    newest = course.editions[-1]
    facts = facts_about(published or newest)
    studying = {one.number: counts[one.id] for one in course.editions if counts.get(one.id)}
    return CourseRow(course, published, draft, newest, facts.minutes, facts.practice_minutes, studying,
                     edition_warnings(facts))
