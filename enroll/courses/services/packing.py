"""A whole course out as a zip, and in again: looked at first with every fault, then taken in as a draft, once."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from enroll.audit.services import record as note_act
from enroll.courses.models.editions import CourseEdition, Lesson, LessonAttachment, Module
from enroll.courses.queries.editions import newest_edition, quiz_codes
from enroll.courses.rules.authoring import lesson_faults
from enroll.courses.rules.packing import (
    OUTLINE,
    Fault,
    PackedCourse,
    PackedLesson,
    PackedModule,
    Unpacked,
    pack,
    unpack,
)
from enroll.courses.rules.practice import MEDIA_TYPES, extension
from enroll.courses.services.authoring import (
    CourseWords,
    text_of,
    title_faults,
    word_course,
    write_course,
    write_lesson,
)
from enroll.courses.services.editions import empty_next_edition, require_author
from enroll.courses.services.materials import attachment_faults, video_faults
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import Refused, problem
from enroll.foundation.references import public_token
from enroll.foundation.words import N_
from enroll.programmes.models import Programme
from enroll.programmes.queries.programmes import programme_by_code
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.advertising import Wording, words_in
from enroll.storage.database import db, transaction
from enroll.storage.files import StoredFile, keep_file, read_file
from enroll.storage.imports import StagedImport, applied_before, file_of, lock_import, staged

KIND = "course"
ZIP = "application/zip"
KNOWN_FILE = problem("file_known", N_("This very file was taken in before; nothing was changed."))
NOTHING_NEW = problem("nothing_new", N_("The newest edition holds exactly this already; nothing was changed."))


def export_course(session: Session, edition: CourseEdition) -> bytes:
    """An edition with its texts and files as a zip. Raises FileIsWrong."""
    return pack(packed(session, edition))


def packed(session: Session, edition: CourseEdition, *, with_files: bool = True) -> PackedCourse:
    files: dict[str, bytes] = {}
    course = edition.course
    modules = tuple(PackedModule(module.code, module.title, tuple(
        _packed(lesson, files, with_files) for lesson in module.lessons)) for module in edition.modules)
    programme = session.get_one(Programme, course.programme_id)
    return PackedCourse(programme.code, course.code, course.title, course.section, modules, course.title_en,
                        course.summary, course.career, files)


def check_course(content: bytes, *, file_name: str, by: Actor, now: datetime) -> StagedImport:
    """Read a zip and keep it with what it would do and every fault; no course is changed yet. The very same file, once
    taken in, is found again. Raises Refused for somebody who may not."""
    require_author(by)
    read = unpack(content)
    stored = keep_file(content, name=file_name, media_type=ZIP, purpose=KIND, now=now, owner_id=by.account_id)
    with transaction() as session:
        earlier = applied_before(session, KIND, stored.sha256)
        if earlier is not None:
            return earlier
        faults, known = [*read.faults, *_faults(session, read, now)], wordings(session, local_day(now))
        session.add(stored)
        session.flush()
        row = StagedImport(
            token=public_token(), kind=KIND, subject=read.course.code[:60] if read.course else "",
            file_name=file_name[:200], sha256=stored.sha256, file_id=stored.id, uploaded_by_id=by.account_id,
            uploaded_at=now, row_count=len(read.course.lessons) if read.course else 0,
            accepted=[] if read.course is None or faults else list(_shown(read.course, known)),
            refused=[_as_json(one) for one in faults],
        )
        session.add(row)
        session.flush()
        return row


def apply_course(token: str, *, by: Actor, now: datetime) -> str:
    """Take a checked zip in, all of it in one transaction: a new course, or the next edition of one, as a draft; gives
    the course's code. Raises NotFound, and Refused where it was taken in before, has faults, or brings nothing new."""
    require_author(by)
    read = unpack(_content(token))
    assert read.course is not None or read.faults
    files = _kept(read.course, by, now) if read.course and not read.faults else {}
    with transaction() as session:
        row = lock_import(session, token)
        if row.applied_at is not None or applied_before(session, KIND, row.sha256) is not None:
            raise Refused(KNOWN_FILE)
        faults = [*read.faults, *_faults(session, read, now)]
        if faults or read.course is None:
            raise Refused(tuple(one.problem for one in faults))
        edition = _draft_for(session, read.course, by=by, now=now)
        session.add_all(files.values())
        session.flush()
        for place, module in enumerate(read.course.modules, 1):
            session.add(_module(edition, module, place, files))
        row.applied_at, row.applied_by_id = now, by.account_id
        note_act(session, "courses.import", edition.reference, by=by, now=now, sha256=row.sha256,
                 lessons=len(read.course.lessons))
        return read.course.code


def abandon_course(token: str, *, by: Actor, now: datetime) -> None:
    """Put a checked zip away; nothing of it was taken in. Raises Refused for one that was."""
    require_author(by)
    with transaction() as session:
        row = lock_import(session, token)
        if row.applied_at is not None:
            raise Refused(KNOWN_FILE)
        row.abandoned_at = row.abandoned_at or now


def _draft_for(session: Session, new: PackedCourse, *, by: Actor, now: datetime) -> CourseEdition:
    words = CourseWords(new.title, new.title_en, new.summary, new.career)
    newest = newest_edition(session, new.code)
    if newest is None:
        write_course(new.programme, new.code, new.section, words, by=by, now=now)
    else:
        if packed(session, newest) == new:
            raise Refused(NOTHING_NEW)
        empty_next_edition(session, new.code, "", by=by, now=now)
        word_course(new.code, words, by=by, now=now)
    session.expire_all()
    found = newest_edition(session, new.code)
    assert found is not None
    return found


def _module(edition: CourseEdition, new: PackedModule, place: int, files: dict[str, StoredFile]) -> Module:
    return Module(course_id=edition.course_id, edition_id=edition.id, code=new.code, title=new.title, position=place,
                  lessons=[_lesson(one, number, files) for number, one in enumerate(new.lessons, 1)])


def _lesson(new: PackedLesson, place: int, files: dict[str, StoredFile]) -> Lesson:
    lesson = Lesson(code=new.code, title="", content="", kind="", minutes=1, video_seconds=0, position=place)
    write_lesson(lesson, new.lesson)
    if new.video:
        lesson.video_id, lesson.video_seconds = files[new.video].id, new.lesson.video_seconds
    lesson.attachments = [LessonAttachment(file_id=files[name].id, title=title) for title, name in new.attachments]
    return lesson


def _faults(session: Session, read: Unpacked, now: datetime) -> Iterator[Fault]:
    """What only the house can tell: programme, quizzes, sections, files that are not what they say."""
    course = read.course
    if course is None:
        return
    newest = newest_edition(session, course.code)
    words = CourseWords(course.title, course.title_en, course.summary, course.career)
    for fault in title_faults(session, words, now, newest.course if newest else None):
        yield Fault(OUTLINE, 0, fault.field, fault)
    if programme_by_code(session, course.programme) is None:
        yield Fault(OUTLINE, 0, "programme", problem("programme", N_("There is no such programme.")))
    if newest is not None and newest.course.section != course.section:
        yield Fault(OUTLINE, 0, "section", problem("section", N_("The course stands in the other section.")))
    if newest is not None and newest.state == "draft":
        yield Fault(OUTLINE, 0, "code", problem("draft_there", N_("There is a draft already. Publish it or retire it "
                                                                  "first.")))
    quizzes, before = quiz_codes(session), list[str]()
    for module in course.modules:
        for one in module.lessons:
            for fault in lesson_faults(one.lesson, before, quizzes):
                yield Fault(OUTLINE, one.line, fault.field, fault)
            yield from _file_faults(one, course)
            before.append(one.code)
        before.append(module.code)


def _file_faults(one: PackedLesson, course: PackedCourse) -> Iterator[Fault]:
    looked = [(one.video, video_faults)] if one.video else []
    for name, look in [*looked, *((name, attachment_faults) for _, name in one.attachments)]:
        content = course.files.get(name)
        for fault in look(name, len(content), content[:512]) if content is not None else ():
            yield Fault(name, 0, "", fault)


def _kept(course: PackedCourse, by: Actor, now: datetime) -> dict[str, StoredFile]:
    return {name: keep_file(content, name=name.rsplit("/", 1)[-1], purpose="lesson", now=now, owner_id=by.account_id,
                            media_type=MEDIA_TYPES.get(extension(name), "application/octet-stream"))
            for name, content in course.files.items()}


def _packed(lesson: Lesson, files: dict[str, bytes], with_files: bool) -> PackedLesson:
    def put(stored: StoredFile) -> str:
        name = f"files/{stored.sha256[:12]}/{stored.name}"
        if with_files:
            files[name] = read_file(stored)
        return name

    return PackedLesson(lesson.code, text_of(lesson), 0, put(lesson.video) if lesson.video else "",
                        tuple((one.title, put(one.file)) for one in lesson.attachments))


def _shown(course: PackedCourse, known: Sequence[Wording]) -> Iterator[dict[str, Any]]:
    for module in course.modules:
        for one in module.lessons:
            yield {"module": module.title, "code": one.code, "title": one.lesson.title, "content": one.lesson.content,
                   "kind": one.lesson.kind, "minutes": one.lesson.minutes, "files": len(one.attachments)
                   + bool(one.video), "wording": [f"{found.word} ({found.line}): {found.source}" for found in (
                       *words_in(known, one.lesson.title, titles=True), *words_in(known, one.lesson.text))]}


def _as_json(fault: Fault) -> dict[str, Any]:
    words = fault.problem.words
    values = {name: value if isinstance(value, int) else ", ".join(value) if isinstance(value, tuple) else str(value)
              for name, value in words.values}
    return {"file": fault.file, "row": fault.line, "column": fault.field, "code": fault.problem.code,
            "message": words.text, "values": values}


def _content(token: str) -> bytes:
    session = db.session()
    row = staged(session, token)
    if row is None or row.kind != KIND:
        raise Refused(problem("gone", N_("This file is not there any more.")))
    return read_file(file_of(session, row))
