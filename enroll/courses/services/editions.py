"""Editions of a course: begun by learners, published, retired, and the next one made from the newest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Insert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from enroll.accounts.permissions import Permission
from enroll.audit.moves import begin, expect_version, make_move
from enroll.courses.lifecycle import COURSE_EDITION, EditionState
from enroll.courses.models.editions import Course, CourseEdition, EditionBegun, Lesson, LessonAttachment, Module
from enroll.courses.queries.editions import edition_at, edition_begun, facts_about, maker_of, newest_edition
from enroll.courses.queries.plan import study_overview
from enroll.courses.rules.editions import EditionFacts, career_texts
from enroll.courses.rules.plan import unmet_needs
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.clock import local_day
from enroll.foundation.problems import NOT_PERMITTED, NotFound, Problem, Refused, problem
from enroll.foundation.words import N_
from enroll.programmes.models import Programme
from enroll.programmes.queries.wording import wordings
from enroll.programmes.rules.advertising import Found, Wording, words_in
from enroll.questions.services.bank import NewTopic, name_topics
from enroll.storage.database import lock, transaction

DRAFT_THERE = problem("draft_there", N_("There is a draft already. Publish it or retire it first."))
COPIED = ("code", "title", "content", "kind", "minutes", "text", "video_id", "video_url", "video_seconds", "quiz_code",
          "deliverables", "rubric", "needs", "position")


def begin_edition(session: Session, enrolment_id: int, lesson: Lesson, now: datetime) -> None:
    """Keep that the enrolment studies the lesson's edition, from its first act on. Raises NotFound where it began
    another: the lesson is not one of its own."""
    module = lesson.module
    session.execute(_insert_or_nothing(session, {
        "enrolment_id": enrolment_id, "course_id": module.course_id, "edition_id": module.edition_id,
        "begun_at": now}))
    if edition_begun(session, enrolment_id, module.course_id) != module.edition_id:
        raise NotFound("Lesson")


def require_needs(session: Session, enrolment: Enrolment, lesson: Lesson) -> None:
    """Raises Refused, naming them, while lessons that this one asks for are not completed."""
    open_ones = unmet_needs(study_overview(session, enrolment.id), lesson.needs) if lesson.needs else ()
    if open_ones:
        raise Refused(problem("needs_first", N_("Complete these lessons first: %(titles)s."), mend="courses.study",
                              titles=tuple(one.title for one in open_ones)))


def draft_edition(session: Session, course: Course, number: int, note: str, *, by: Actor, now: datetime
                  ) -> CourseEdition:
    """An empty draft of a course, with its first history row."""
    edition = CourseEdition(reference=f"{course.code}-E{number}", course_id=course.id, number=number, note=note,
                            made_at=now)
    begin(session, COURSE_EDITION, edition, by=by, now=now)
    return edition


def empty_next_edition(session: Session, course_code: str, note: str, *, by: Actor, now: datetime) -> CourseEdition:
    """An empty draft after the newest edition, within the caller's transaction. Raises Refused where one is there."""
    course = lock(session, Course, Course.code == course_code)
    newest = newest_edition(session, course_code)
    if newest is None:
        raise NotFound(course_code)
    if newest.state == EditionState.DRAFT:
        raise Refused(DRAFT_THERE)
    return draft_edition(session, course, newest.number + 1, note, by=by, now=now)


def make_next_edition(course_code: str, note: str, *, by: Actor, now: datetime) -> int:
    """A draft that holds what the newest edition holds; gives its number. Raises NotFound, and Refused where a draft
    is there already."""
    with transaction() as session:
        newest = newest_edition(session, course_code)
        edition = empty_next_edition(session, course_code, note, by=by, now=now)
        for module in newest.modules if newest else ():
            session.add(Module(course_id=edition.course_id, edition_id=edition.id, code=module.code, title=module.title,
                               position=module.position, lessons=[_copy(lesson) for lesson in module.lessons]))
        return edition.number


def publish_edition(
    course_code: str, number: int, *, by: Actor, now: datetime, version: int | None = None, reason: str = "",
) -> None:
    """Publish a draft: who begins from now on studies it, and the edition before is retired. Whoever began that one
    finishes it. Words the advertising rules forbid need a typed reason, which the audit keeps.

    Raises NotFound, Stale, Refused with every reason.
    """
    with transaction() as session:
        edition = _locked(session, course_code, number, version)
        flagged = wording_faults(edition, wordings(session, local_day(now)))
        facts = replace(facts_about(edition), flagged=bool(flagged), maker_id=maker_of(session, edition.id))
        COURSE_EDITION.require("publish", edition.state, by, facts, reason)
        if flagged and not reason.strip():
            raise Refused(tuple(flagged))
        _retire_published(session, edition, by=by, now=now)
        make_move(session, COURSE_EDITION, edition, "publish", by=by, now=now, facts=facts, reason=reason,
                  minutes=facts.minutes, lessons=len(facts.lessons),
                  words=sorted({word for one in flagged for word in dict(one.words.values)["words"]}))
        edition.published_at = now
        course = edition.course
        programme = session.get_one(Programme, course.programme_id)
        name_topics([NewTopic(module.code, programme.code, course.section, course.code, module.title)
                     for module in edition.modules], by=by, now=now)


def retire_edition(
    course_code: str, number: int, *, by: Actor, now: datetime, version: int | None = None, reason: str = "",
) -> None:
    """Retire a draft, or a published edition: nobody begins it any more, whoever began it finishes it."""
    with transaction() as session:
        edition = _locked(session, course_code, number, version)
        make_move(session, COURSE_EDITION, edition, "retire", by=by, now=now, facts=EditionFacts(), reason=reason)


def require_author(by: Actor) -> None:
    """Raises Refused for somebody who may not write courses."""
    if not by.may(Permission.MANAGE_COURSES):
        raise Refused(NOT_PERMITTED)


def wording_faults(edition: CourseEdition, known: Sequence[Wording]) -> list[Problem]:
    """The words the advertising rules forbid, by the place they stand at, with whose rule it is."""
    course = edition.course
    lessons = [lesson for module in edition.modules for lesson in module.lessons]
    places: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
        (course.code, (course.title, course.title_en), (course.summary, *career_texts(course.career))),
        *((module.code, (module.title,), ()) for module in edition.modules),
        *((lesson.code, (lesson.title,), (lesson.text,)) for lesson in lessons)]
    return [_at_its_place(code, found) for code, titles, texts in places
            if (found := (*words_in(known, *titles, titles=True), *words_in(known, *texts)))]


def _at_its_place(code: str, found: Sequence[Found]) -> Problem:
    words, sources = (tuple(dict.fromkeys(part)) for part in zip(*((one.word, one.source) for one in found),
                                                                 strict=True))
    text = N_("%(place)s: say it without these words, or give a reason: %(words)s (%(sources)s).")
    return problem("advertising", text, field="reason", place=code, words=words, sources=sources)


def _locked(session: Session, course_code: str, number: int, version: int | None) -> CourseEdition:
    course = lock(session, Course, Course.code == course_code)
    lock(session, CourseEdition, CourseEdition.course_id == course.id, CourseEdition.number == number)
    edition = edition_at(session, course_code, number)
    if edition is None:
        raise NotFound(course_code)
    expect_version(edition, version)
    return edition


def _retire_published(session: Session, by_edition: CourseEdition, *, by: Actor, now: datetime) -> None:
    for before in by_edition.course.editions:
        if before.state == EditionState.PUBLISHED:
            make_move(session, COURSE_EDITION, before, "retire", by=by, now=now, facts=EditionFacts(),
                      reason=f"→ {by_edition.reference}")
            session.flush()


def _copy(lesson: Lesson) -> Lesson:
    files = [LessonAttachment(file_id=one.file_id, title=one.title) for one in lesson.attachments]
    return Lesson(**{name: getattr(lesson, name) for name in COPIED}, attachments=files)


def _insert_or_nothing(session: Session, values: dict[str, object]) -> Insert:
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    return insert(EditionBegun).values(values).on_conflict_do_nothing()
