"""Writing a course: its words, and the modules and lessons of its draft. A published edition keeps what it holds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.audit.moves import expect_version
from enroll.audit.services import record as note_act
from enroll.courses.lifecycle import EditionState
from enroll.courses.models.editions import Course, CourseEdition, Lesson, Module
from enroll.courses.queries.editions import edition_at, lesson_of_edition, module_of_edition, quiz_codes
from enroll.courses.rules.authoring import COURSE_CODE, LessonText, lesson_faults, next_code
from enroll.courses.rules.editions import career_texts
from enroll.courses.rules.practice import RubricItem, deliverable_named
from enroll.courses.services.editions import draft_edition, require_author
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.queries.programmes import programme_by_code
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.advertising import promises_nothing, words_in
from enroll.storage.database import lock, transaction

FROZEN = problem("edition_frozen", N_("This edition is no draft: its lessons stay as they are. Correct words, or "
                                      "begin the next edition."))
NOT_EMPTY = problem("module_not_empty", N_("Take its lessons out first."))
LETTERS = {"quiz": "Q", "practice": "P"}


@dataclass(frozen=True)
class CourseWords:
    """What a course is called and what it leads to; `career` is for a direction."""

    title: str
    title_en: str = ""
    summary: str = ""
    career: Mapping[str, Any] | None = None


def write_course(
    programme_code: str, code: str, section: str, words: CourseWords, *, by: Actor, now: datetime
) -> None:
    """Begin a course with an empty draft. Raises NotFound for an unknown programme, Refused for a code that is taken
    or cannot be one."""
    require_author(by)
    with transaction() as session:
        programme = programme_by_code(session, programme_code)
        if programme is None:
            raise NotFound(programme_code)
        if not COURSE_CODE.fullmatch(code):
            raise Refused(problem("code", N_("A code is a capital letter with capital letters and digits, such as G5."),
                                  field="code"))
        if session.scalar(select(Course.id).where(Course.code == code)) is not None:
            raise Refused(problem("code_taken", N_("There is a course %(name)s already."),
                                  field="code", name=code))
        last = session.scalar(select(func.max(Course.position)).where(Course.programme_id == programme.id))
        course = Course(programme_id=programme.id, code=code, title=words.title, title_en=words.title_en,
                        section=section, summary=words.summary, career=dict(words.career or {}),
                        position=(last or 0) + 1)
        session.add(course)
        session.flush()
        draft_edition(session, course, 1, "", by=by, now=now)
        note_act(session, "courses.add", code, by=by, now=now)


def word_course(code: str, words: CourseWords, *, by: Actor, now: datetime) -> None:
    """Word a course anew: title, summary and career are words, the same in every edition."""
    require_author(by)
    with transaction() as session:
        course = lock(session, Course, Course.code == code)
        if faults := title_faults(session, words, now, course):
            raise Refused(faults)
        before = {"title": course.title, "title_en": course.title_en, "summary": course.summary}
        course.title, course.title_en, course.summary = words.title, words.title_en, words.summary
        if words.career is not None:
            course.career = dict(words.career)
        note_act(session, "courses.word", code, by=by, now=now, before=before)


def title_faults(session: Session, words: CourseWords, now: datetime, course: Course | None) -> list[Problem]:
    """The forbidden words of title, summary and career, at their fields. Before a course is first published only its
    writers read them: whoever publishes it says why they stand there, as a second person. From then on everybody reads
    them at once, so none comes in that does not stand there already."""
    if course is None or all(one.published_at is None for one in course.editions):
        return []
    known = wordings(session, local_day(now))
    standing = {found.word.casefold() for found in (
        *words_in(known, course.title, course.title_en, titles=True),
        *words_in(known, course.summary, *career_texts(course.career)))}
    fields = [("title", (words.title,), True), ("title_en", (words.title_en,), True),
              ("summary", (words.summary,), False),
              *((name, career_texts({name: value}), False) for name, value in (words.career or {}).items())]
    return [one for field, texts, titles in fields
            if (one := promises_nothing(known, *texts, field=field, titles=titles, but=standing))]


def add_module(course: str, number: int, title: str, *, by: Actor, now: datetime) -> str:
    """Add a module after those there are; gives its code."""
    with draft(course, number, "add_module", by=by, now=now) as (session, edition):
        code = next_code(f"{course}-M", _codes_ever(session, edition, Module.code))
        session.add(Module(course_id=edition.course_id, edition_id=edition.id, code=code, title=title,
                           position=1 + max((one.position for one in edition.modules), default=0)))
        return code


def rename_module(course: str, number: int, module: str, title: str, *, by: Actor, now: datetime) -> None:
    with draft(course, number, "rename_module", by=by, now=now) as (session, edition):
        _module(session, edition, module).title = title


def remove_module(course: str, number: int, module: str, *, by: Actor, now: datetime) -> None:
    """Take an empty module out of a draft."""
    with draft(course, number, "remove_module", by=by, now=now) as (session, edition):
        found = _module(session, edition, module)
        if found.lessons:
            raise Refused(NOT_EMPTY)
        session.delete(found)


def shift_module(course: str, number: int, module: str, step: int, *, by: Actor, now: datetime) -> None:
    """Move a module one place up (-1) or down (1); at the end nothing changes."""
    with draft(course, number, "shift_module", by=by, now=now) as (session, edition):
        _shift(list(edition.modules), _module(session, edition, module), step)


def add_lesson(course: str, number: int, module: str, new: LessonText, *, by: Actor, now: datetime) -> str:
    """Add a lesson at the end of a module; gives its code."""
    with draft(course, number, "add_lesson", by=by, now=now) as (session, edition):
        place = _module(session, edition, module)
        prefix = f"{module}-{LETTERS.get(new.content, 'L')}"
        code = next_code(prefix, _codes_ever(session, edition, Lesson.code))
        _require_sound(session, edition, new, before=None)
        lesson = Lesson(module_id=place.id, code=code, title="", content="", kind="", minutes=1, video_seconds=0,
                        position=1 + max((one.position for one in place.lessons), default=0))
        write_lesson(lesson, new)
        session.add(lesson)
        return code


def edit_lesson(
    course: str, number: int, code: str, new: LessonText, *, by: Actor, now: datetime, version: int | None = None
) -> None:
    """Write a lesson of a draft anew. Raises Stale where somebody changed the edition meanwhile."""
    with draft(course, number, "edit_lesson", by=by, now=now, version=version) as (session, edition):
        lesson = _lesson(session, edition, code)
        _require_sound(session, edition, new, before=code)
        write_lesson(lesson, new)


def remove_lesson(course: str, number: int, code: str, *, by: Actor, now: datetime) -> None:
    """Take a lesson out of a draft, and out of what others ask for."""
    with draft(course, number, "remove_lesson", by=by, now=now) as (session, edition):
        lesson = _lesson(session, edition, code)
        for other in (one for module in edition.modules for one in module.lessons):
            if code in other.needs:
                other.needs = [need for need in other.needs if need != code]
        for attached in list(lesson.attachments):
            session.delete(attached)
        session.delete(lesson)


def shift_lesson(course: str, number: int, code: str, step: int, *, by: Actor, now: datetime) -> None:
    """Move a lesson one place up or down within its module."""
    with draft(course, number, "shift_lesson", by=by, now=now) as (session, edition):
        lesson = _lesson(session, edition, code)
        module = next(one for one in edition.modules if one.id == lesson.module_id)
        _shift(list(module.lessons), lesson, step)


@contextmanager
def draft(
    course: str, number: int, act: str, *, by: Actor, now: datetime, version: int | None = None
) -> Iterator[tuple[Session, CourseEdition]]:
    """A draft under its lock, counted as changed and noted in the audit. Raises NotFound, Stale, Refused."""
    require_author(by)
    with transaction() as session:
        known = session.scalar(select(Course.id).where(Course.code == course))
        if known is None:
            raise NotFound(course)
        lock(session, CourseEdition, CourseEdition.course_id == known, CourseEdition.number == number)
        edition = edition_at(session, course, number)
        if edition is None:
            raise NotFound(course)
        expect_version(edition, version)
        if edition.state != EditionState.DRAFT:
            raise Refused(FROZEN)
        yield session, edition
        edition.version += 1
        note_act(session, f"courses.{act}", edition.reference, by=by, now=now)


def codes_before(edition: CourseEdition, code: str | None) -> list[tuple[str, str]]:
    """The lessons and modules that stand wholly before a lesson (None: before a new last one): code and title."""
    found: list[tuple[str, str]] = []
    for module in edition.modules:
        for lesson in module.lessons:
            if lesson.code == code:
                return found
            found.append((lesson.code, lesson.title))
        found.append((module.code, module.title))
    return found


def _require_sound(session: Session, edition: CourseEdition, new: LessonText, before: str | None) -> None:
    known = [code for code, _ in codes_before(edition, before)]
    faults = lesson_faults(new, known, quiz_codes(session))
    if faults:
        raise Refused(faults)


def text_of(lesson: Lesson) -> LessonText:
    """A lesson as it was written."""
    return LessonText(
        lesson.title, lesson.content, lesson.kind, lesson.minutes, lesson.text, lesson.video_url, lesson.video_seconds,
        lesson.quiz_code, tuple(one["name"] for one in lesson.deliverables),
        tuple(RubricItem(one["zh"], one["en"], one["points"]) for one in lesson.rubric), tuple(lesson.needs),
    )


def write_lesson(lesson: Lesson, new: LessonText) -> None:
    """Put what was written on a lesson; what does not belong to its kind is left out."""
    practice = new.content == "practice"
    lesson.title, lesson.content, lesson.kind, lesson.minutes = new.title, new.content, new.kind, new.minutes
    lesson.text, lesson.needs = new.text, list(new.needs)
    lesson.quiz_code = new.quiz_code if new.content == "quiz" else ""
    lesson.deliverables = [deliverable_named(line).as_json() for line in new.deliverables] if practice else []
    lesson.rubric = [asdict(item) for item in new.rubric] if practice else []
    lesson.video_url = new.video_url if new.content == "video" else ""
    if lesson.video_url:
        lesson.video_id, lesson.video_seconds = None, new.video_seconds
    elif lesson.video_id is None:
        lesson.video_seconds = 0


def _codes_ever(session: Session, edition: CourseEdition, column: Any) -> list[str]:
    """Codes of every edition of the course: one that was used is never another lesson's."""
    wanted = select(column).select_from(Module).outerjoin(Lesson, Lesson.module_id == Module.id)
    return [code for code in session.scalars(wanted.where(Module.course_id == edition.course_id)) if code]


def _module(session: Session, edition: CourseEdition, code: str) -> Module:
    found = module_of_edition(session, edition.id, code)
    if found is None:
        raise NotFound(code)
    return found


def _lesson(session: Session, edition: CourseEdition, code: str) -> Lesson:
    found = lesson_of_edition(session, edition.id, code)
    if found is None:
        raise NotFound(code)
    return found


def _shift(rows: Sequence[Any], one: Any, step: int) -> None:
    place = rows.index(one)
    order: Callable[[int], bool] = range(len(rows)).__contains__
    if order(place + step):
        other = rows[place + step]
        for position, row in enumerate(rows, 1):
            row.position = position
        one.position, other.position = other.position, one.position
