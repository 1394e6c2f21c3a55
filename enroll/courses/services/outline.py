"""Putting courses into a programme."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from enroll.audit.services import record as note_act
from enroll.courses.models.editions import Course, CourseEdition, Lesson, Module
from enroll.courses.queries.lessons import lesson_by_code
from enroll.courses.rules.practice import DEFAULT_RUBRIC, RubricItem, deliverable_named
from enroll.courses.services.editions import draft_edition, publish_edition
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound
from enroll.programmes.queries.programmes import programme_by_code
from enroll.storage.database import transaction
from enroll.storage.files import StoredFile


@dataclass(frozen=True)
class NewLesson:
    """A lesson of so many minutes; `deliverables` and `rubric` are for a practice, `quiz_code` for a quiz."""

    code: str
    title: str
    content: str
    kind: str
    minutes: int
    text: str = ""
    quiz_code: str = ""
    deliverables: Sequence[str] = ()
    rubric: Sequence[RubricItem] = DEFAULT_RUBRIC


@dataclass(frozen=True)
class NewModule:
    code: str
    title: str
    lessons: Sequence[NewLesson]


@dataclass(frozen=True)
class NewCourse:
    """A course of a programme; `section` is general or direction, `career` what a direction leads to."""

    code: str
    title: str
    section: str
    modules: Sequence[NewModule]
    title_en: str = ""
    summary: str = ""
    career: Mapping[str, Any] = field(default_factory=dict)


def add_course(programme_code: str, new: NewCourse, *, by: Actor, now: datetime, publish: bool = True) -> None:
    """Add a course after those the programme has, its first edition published or kept as a draft.

    Raises NotFound for an unknown programme, Refused for a code that is taken and for an edition not to be published.
    """
    with transaction() as session:
        programme = programme_by_code(session, programme_code)
        if programme is None:
            raise NotFound(programme_code)
        last = session.scalar(select(func.max(Course.position)).where(Course.programme_id == programme.id))
        course = Course(
            programme_id=programme.id, code=new.code, title=new.title, title_en=new.title_en, section=new.section,
            summary=new.summary, career=dict(new.career), position=(last or 0) + 1,
        )
        session.add(course)
        session.flush()
        note_act(session, "courses.add", new.code, by=by, now=now)
        edition = draft_edition(session, course, 1, "", by=by, now=now)
        session.add_all(_module(edition, module, place) for place, module in enumerate(new.modules, start=1))
        session.flush()
        if publish:
            session.expire(edition, ["modules"])
            publish_edition(new.code, 1, by=by, now=now)


def attach_video(lesson_code: str, video: StoredFile, *, seconds: int, by: Actor, now: datetime) -> None:
    """Give a lesson its video, kept before (unsealed, so that parts of it can be asked for)."""
    with transaction() as session:
        lesson = lesson_by_code(session, lesson_code)
        if lesson is None:
            raise NotFound(lesson_code)
        session.add(video)
        session.flush()
        lesson.video_id, lesson.video_seconds = video.id, seconds
        note_act(session, "courses.attach_video", lesson_code, by=by, now=now, sha256=video.sha256, seconds=seconds)


def _module(edition: CourseEdition, new: NewModule, position: int) -> Module:
    lessons = [_lesson(lesson, place) for place, lesson in enumerate(new.lessons, start=1)]
    return Module(course_id=edition.course_id, edition_id=edition.id, code=new.code, title=new.title,
                  position=position, lessons=lessons)


def _lesson(new: NewLesson, position: int) -> Lesson:
    practice = new.content == "practice"
    return Lesson(
        code=new.code, title=new.title, content=new.content, kind=new.kind, minutes=new.minutes, text=new.text,
        quiz_code=new.quiz_code, position=position,
        deliverables=[deliverable_named(line).as_json() for line in new.deliverables],
        rubric=[asdict(item) for item in new.rubric] if practice else [],
    )
