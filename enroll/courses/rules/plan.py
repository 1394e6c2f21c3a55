"""How far somebody is: the state of each lesson, and which comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

TIMED = ("video", "reading")


class LessonState(StrEnum):
    OPEN = "open"
    BEGUN = "begun"
    IN_DOUBT = "in_doubt"
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    DONE = "done"


@dataclass(frozen=True)
class LessonView:
    """One lesson as the map shows it. Minutes: its own, those in the ledger, those studied so far."""

    course_code: str
    code: str
    title: str
    content: str
    kind: str
    minutes: int
    credited: int
    studied: int
    state: LessonState

    @property
    def is_done(self) -> bool:
        return self.state is LessonState.DONE


@dataclass(frozen=True)
class ModuleView:
    code: str
    title: str
    lessons: tuple[LessonView, ...]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True)
class CourseView:
    code: str
    title: str
    title_en: str
    section: str
    summary: str
    career: Mapping[str, Any]
    modules: tuple[ModuleView, ...]

    @property
    def lessons(self) -> tuple[LessonView, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def credited(self) -> int:
        return sum(lesson.credited for lesson in self.lessons)

    @property
    def is_done(self) -> bool:
        return all(lesson.is_done for lesson in self.lessons)


@dataclass(frozen=True)
class StudyOverview:
    """The whole map of one enrolment: the general courses, the own direction, the other directions."""

    general: tuple[CourseView, ...]
    direction: CourseView | None
    others: tuple[CourseView, ...]
    next: LessonView | None

    @property
    def courses(self) -> tuple[CourseView, ...]:
        return (*self.general, *([self.direction] if self.direction else []), *self.others)

    @property
    def plan(self) -> tuple[LessonView, ...]:
        """The lessons of the plan in its order: general courses, then the own direction."""
        courses = (*self.general, *([self.direction] if self.direction else []))
        return tuple(lesson for course in courses for lesson in course.lessons)


def lesson_state(*, minutes: int, credited: int, studied: int, in_doubt: int, work: str) -> LessonState:
    """From its minutes (own, credited, studied, in doubt) and the state of its practical work ('' where none is)."""
    if credited >= minutes:
        return LessonState.DONE
    if work in ("handed_in", "returned"):
        return LessonState(work)
    if in_doubt:
        return LessonState.IN_DOUBT
    return LessonState.BEGUN if studied or credited or work else LessonState.OPEN


def unmet_needs(overview: StudyOverview, needs: Iterable[str]) -> tuple[LessonView, ...]:
    """The lessons still to be completed before one that asks for these lessons and modules."""
    wanted = set(needs)
    modules = [module for course in overview.courses for module in course.modules]
    return tuple(lesson for module in modules for lesson in module.lessons
                 if {module.code, lesson.code} & wanted and not lesson.is_done)


def next_lesson(lessons: Iterable[LessonView], last_touched: str = "") -> LessonView | None:
    """Where to go on: the lesson that was begun last, else work that came back, else the first that is still open."""
    waiting = [one for one in lessons if one.state in (LessonState.OPEN, LessonState.BEGUN, LessonState.RETURNED)]
    begun = [one for one in waiting if one.code == last_touched and one.state is not LessonState.RETURNED]
    returned = [one for one in waiting if one.state is LessonState.RETURNED]
    return next(iter([*begun, *returned, *waiting]), None)
