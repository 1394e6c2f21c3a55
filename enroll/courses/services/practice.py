"""Practical work: files are added and taken out, handed in, returned with comments, accepted and credited once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.audit.services import record as note_act
from enroll.courses.events import PracticeWorkMoved
from enroll.courses.lifecycle import PRACTICE_WORK, WorkState
from enroll.courses.models.editions import Lesson
from enroll.courses.models.works import PracticeFile, PracticeWork
from enroll.courses.queries.lessons import LessonKey, active_enrolment_id, lesson_at
from enroll.courses.queries.practice import facts_about, files_in_hand
from enroll.courses.rules.practice import ANY, DOCUMENT_MB, Deliverable, WorkFacts, file_faults, rubric_faults
from enroll.courses.services.editions import begin_edition, require_needs
from enroll.courses.services.settling import progress_under_lock
from enroll.courses.services.study import NOT_STUDYING
from enroll.enrolments.models import Enrolment
from enroll.foundation.actor import Actor
from enroll.foundation.problems import NotFound, Refused, problem
from enroll.foundation.words import N_
from enroll.hours.models import Source
from enroll.hours.rules.crediting import Credit
from enroll.hours.services.crediting import credit
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction
from enroll.storage.files import StoredFile

BEING_MARKED = problem("handed_in", N_("This work has been handed in; it changes only if it is returned."))
MOST_FILES = 20


@dataclass(frozen=True)
class BroughtFile:
    """A file that has been kept, for one deliverable, with its first bytes."""

    deliverable: str
    stored: StoredFile
    head: bytes


def deliverable_of(lesson: Lesson, name: str) -> Deliverable:
    """The deliverable of that name. Raises Refused for one the lesson does not ask for."""
    for kept in lesson.deliverables:
        if kept["name"] == name:
            return Deliverable.of(kept)
    if not lesson.deliverables and not name:
        return Deliverable("", ANY, DOCUMENT_MB)
    raise Refused(problem("deliverable_unknown", N_("Choose what the file is."), field="deliverable"))


def require_fitting_file(key: LessonKey, deliverable: str, name: str, size: int, head: bytes, *, by: Actor) -> None:
    """Whether such a file would be taken, before anything of it is written. Raises NotFound, Refused."""
    with transaction() as session:
        _, lesson = _own_lesson(session, key, by)
        problems = file_faults(name, size, head, deliverable_of(lesson, deliverable))
        if problems:
            raise Refused(problems)


def add_file(
    key: LessonKey, deliverable: str, stored: StoredFile, head: bytes, *, by: Actor, now: datetime
) -> str:
    """Add a file that has been kept already to one's own work for this lesson, begun with its first file; gives the
    work's reference. `head` are its first bytes. Raises NotFound, Refused."""
    with transaction() as session:
        return _add(session, key, [BroughtFile(deliverable, stored, head)], by=by, now=now)[0].reference


def hand_in_files(key: LessonKey, files: Sequence[BroughtFile], note: str, *, by: Actor, now: datetime) -> str:
    """Add all files and hand the work in, all or nothing, in one go; gives the work's reference."""
    with transaction() as session:
        work, in_hand = _add(session, key, files, by=by, now=now)
        return _hand_in(session, work, in_hand, note, by=by, now=now)


def remove_file(key: LessonKey, token: str, *, by: Actor, now: datetime) -> None:
    """Take a file out before the work is handed in."""
    with transaction() as session:
        work = _own_work(session, key, by)
        if work.state not in (WorkState.DRAFT, WorkState.RETURNED):
            raise Refused(BEING_MARKED)
        for one in files_in_hand(session, work.id):
            if one.file.token == token:
                one.removed_at = now
                note_act(session, "practice_work.remove_file", work.reference, by=by, now=now,
                         learner_id=work.learner_id, sha256=one.file.sha256)
                return
        raise NotFound("PracticeFile")


def hand_in(key: LessonKey, note: str, *, by: Actor, now: datetime, version: int | None = None) -> str:
    """Hand the work in as it stands; gives its reference. Raises Refused naming what is still to be added."""
    with transaction() as session:
        enrolment, lesson = _own_lesson(session, key, by)
        work = _work_under_lock(session, enrolment, lesson, by=by, now=now)
        expect_version(work, version)
        return _hand_in(session, work, files_in_hand(session, work.id), note, by=by, now=now)


def accept_work(
    reference: str, points: Mapping[int, int | None], comment: str, *, by: Actor, now: datetime,
    version: int | None = None,
) -> None:
    """Accept the work and credit its minutes, once. `points` by place in the lesson's rubric."""
    with transaction() as session:
        work = lock(session, PracticeWork, PracticeWork.reference == reference)
        expect_version(work, version)
        problems = rubric_faults(work.lesson.rubric, points)
        if problems:
            raise Refused(problems)
        make_move(session, PRACTICE_WORK, work, "accept", by=by, now=now, facts=_whose(work),
                  points=sum(number or 0 for number in points.values()))
        _decide(work, comment, points, by, now)
        session.flush()
        lesson = work.lesson
        progress = progress_under_lock(session, work.enrolment_id, work.lesson_id, now)
        left = lesson.minutes - progress.ledger_minutes
        if left > 0:
            progress.ledger_minutes += credit(work.enrolment_id, _credit(work, lesson, left, now), by=by, now=now)
        progress.completed_at = now
        _tell(session, work, "accept", now)


def return_work(
    reference: str, points: Mapping[int, int | None], comment: str, *, by: Actor, now: datetime,
    version: int | None = None,
) -> None:
    """Give the work back with what is to be done; its files stay in hand, to be kept or replaced one by one."""
    with transaction() as session:
        work = lock(session, PracticeWork, PracticeWork.reference == reference)
        expect_version(work, version)
        make_move(session, PRACTICE_WORK, work, "return", by=by, now=now, facts=_whose(work), reason=comment)
        _decide(work, comment, points, by, now)
        session.flush()
        session.add_all([
            PracticeFile(work_id=work.id, file_id=one.file_id, deliverable=one.deliverable, hand_in=0, added_at=now)
            for one in work.files if one.hand_in == work.hand_ins and one.removed_at is None
        ])
        _tell(session, work, "return", now)


def _hand_in(
    session: Session, work: PracticeWork, in_hand: Sequence[PracticeFile], note: str, *, by: Actor, now: datetime
) -> str:
    work.note = note
    make_move(session, PRACTICE_WORK, work, "hand_in", by=by, now=now, facts=facts_about(session, work, in_hand))
    work.hand_ins, work.handed_in_at = work.hand_ins + 1, now
    for one in in_hand:
        one.hand_in = work.hand_ins
    _tell(session, work, "hand_in", now)
    return work.reference


def _add(
    session: Session, key: LessonKey, files: Sequence[BroughtFile], *, by: Actor, now: datetime
) -> tuple[PracticeWork, list[PracticeFile]]:
    """The work, and all its files in hand."""
    enrolment, lesson = _own_lesson(session, key, by)
    problems = [fault for one in files for fault in file_faults(
        one.stored.name, one.stored.size, one.head, deliverable_of(lesson, one.deliverable))]
    work = _work_under_lock(session, enrolment, lesson, by=by, now=now)
    if work.state not in (WorkState.DRAFT, WorkState.RETURNED):
        raise Refused(BEING_MARKED)
    there = files_in_hand(session, work.id)
    if len(there) + len(files) > MOST_FILES:
        problems.append(problem("too_many_files", N_("At most %(most)d files."), field="file", most=MOST_FILES))
    if problems:
        raise Refused(problems)
    added = [PracticeFile(work_id=work.id, file=one.stored, deliverable=one.deliverable, hand_in=0, added_at=now)
             for one in files]
    session.add_all(added)
    for one in files:
        note_act(session, "practice_work.add_file", work.reference, by=by, now=now, learner_id=work.learner_id,
                 sha256=one.stored.sha256, size=one.stored.size)
    return work, [*there, *added]


def _own_lesson(session: Session, key: LessonKey, by: Actor) -> tuple[Enrolment, Lesson]:
    number = active_enrolment_id(session, by.account_id)
    if number is None:
        raise Refused(NOT_STUDYING)
    enrolment = lock(session, Enrolment, Enrolment.id == number)
    lesson = lesson_at(session, enrolment, key)
    if lesson is None or lesson.content != "practice":
        raise NotFound("Lesson")
    return enrolment, lesson


def _own_work(session: Session, key: LessonKey, by: Actor) -> PracticeWork:
    enrolment, lesson = _own_lesson(session, key, by)
    return lock(session, PracticeWork, PracticeWork.enrolment_id == enrolment.id, PracticeWork.lesson_id == lesson.id)


def _work_under_lock(
    session: Session, enrolment: Enrolment, lesson: Lesson, *, by: Actor, now: datetime
) -> PracticeWork:
    """The learner's work for the lesson; the enrolment is locked, so that it is begun once."""
    try:
        return lock(session, PracticeWork, PracticeWork.enrolment_id == enrolment.id,
                    PracticeWork.lesson_id == lesson.id)
    except NotFound:
        require_needs(session, enrolment, lesson)
        begin_edition(session, enrolment.id, lesson, now)
        work = PracticeWork(reference=next_reference(session, "W"), enrolment_id=enrolment.id,
                            learner_id=enrolment.learner_id, lesson_id=lesson.id)
        begin(session, PRACTICE_WORK, work, by=by, now=now)
        return work


def _whose(work: PracticeWork) -> WorkFacts:
    """What a decision depends on: whose work it is."""
    return WorkFacts(work.enrolment.learner.account_id)


def _decide(work: PracticeWork, comment: str, points: Mapping[int, int | None], by: Actor, now: datetime) -> None:
    work.comment, work.decided_at, work.decided_by_id = comment, now, by.account_id
    work.points = [{**item, "given": points.get(place)} for place, item in enumerate(work.lesson.rubric)]


def _credit(work: PracticeWork, lesson: Lesson, minutes: int, now: datetime) -> Credit:
    """The work counts for the day it was handed in, whenever it is looked at."""
    course, done_at = lesson.module.course, work.handed_in_at or now
    return Credit(
        source=Source.PRACTICE, source_key=f"work:{work.reference}", section=course.section, kind=lesson.kind,
        course_code=course.code, course_title=course.title, lesson_code=lesson.code, title=lesson.title,
        started_at=done_at, ended_at=done_at, minutes=minutes,
    )


def _tell(session: Session, work: PracticeWork, move: str, now: datetime) -> None:
    outbox.record(session, PracticeWorkMoved(work.learner_id, work.reference, move, work.state), now)
