"""Practical work: the learner's own, and the trainers' queue."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from enroll.courses.lifecycle import WorkState
from enroll.courses.models.editions import Course, Lesson, Module
from enroll.courses.models.works import PracticeFile, PracticeWork, PracticeWorkMove
from enroll.courses.rules.practice import TARGET_WORKING_DAYS, Deliverable, WorkFacts, still_to_add
from enroll.enrolments.models import Enrolment
from enroll.learners.models import Learner
from enroll.programmes.models import ProgrammeRule
from enroll.storage.paging import PAGE_SIZE, Page


def work_in(session: Session, enrolment_id: int, lesson_id: int) -> PracticeWork | None:
    return session.scalar(select(PracticeWork).where(
        PracticeWork.enrolment_id == enrolment_id, PracticeWork.lesson_id == lesson_id
    ))


def work_by_reference(session: Session, reference: str) -> PracticeWork | None:
    return session.scalar(_whole().where(PracticeWork.reference == reference))


def files_in_hand(session: Session, work_id: int) -> Sequence[PracticeFile]:
    """The files that the next hand-in will hold."""
    wanted = select(PracticeFile).where(
        PracticeFile.work_id == work_id, PracticeFile.hand_in == 0, PracticeFile.removed_at.is_(None)
    )
    return session.scalars(wanted.order_by(PracticeFile.id)).all()


def files_of(session: Session, work: PracticeWork) -> Sequence[PracticeFile]:
    """The files of the last hand-in: what is marked."""
    wanted = select(PracticeFile).where(PracticeFile.work_id == work.id, PracticeFile.hand_in == work.hand_ins,
                                        PracticeFile.hand_in > 0, PracticeFile.removed_at.is_(None))
    return session.scalars(wanted.order_by(PracticeFile.id)).all()


def file_of(session: Session, work_id: int, token: str) -> PracticeFile | None:
    """One file of the work, of any hand-in."""
    whole = select(PracticeFile).where(PracticeFile.work_id == work_id).order_by(PracticeFile.id)
    return next((one for one in session.scalars(whole) if one.file.token == token), None)


def moves_of(session: Session, work_id: int) -> Sequence[PracticeWorkMove]:
    """What was done with the work, newest first; beginning it is no news."""
    wanted = select(PracticeWorkMove).where(PracticeWorkMove.record_id == work_id, PracticeWorkMove.move != "begin")
    return session.scalars(wanted.order_by(PracticeWorkMove.id.desc())).all()


def facts_about(session: Session, work: PracticeWork, files: Sequence[PracticeFile] | None = None) -> WorkFacts:
    """`files` are those in hand, where they have been read already."""
    files = files_in_hand(session, work.id) if files is None else files
    wanted = [Deliverable.of(kept) for kept in work.lesson.deliverables]
    missing = still_to_add(wanted, [one.deliverable for one in files], work.note)
    return WorkFacts(work.enrolment.learner.account_id, not files and not work.note.strip(), missing)


def practice_queue(course: str = "", *, lesson: str = "", whose: int | str | None = None) -> Select[PracticeWork]:
    """Work that waits for a trainer: of a course, of a lesson, with one trainer (a number) or with nobody ("free")."""
    wanted = _whole().where(PracticeWork.state == WorkState.HANDED_IN)
    if whose is not None:
        number = None if whose == "free" else whose
        wanted = wanted.where(PracticeWork.trainer_id.is_not_distinct_from(number))
    if lesson:
        wanted = wanted.where(PracticeWork.lesson_id.in_(select(Lesson.id).where(Lesson.code == lesson)))
    return wanted if not course else wanted.join(Lesson, Lesson.id == PracticeWork.lesson_id).join(
        Module, Module.id == Lesson.module_id).join(Course, Course.id == Module.course_id).where(Course.code == course)


def queue_page(
    session: Session, *, course: str = "", lesson: str = "", whose: int | str | None = None, after: int | None = None,
) -> Page[PracticeWork]:
    """A page of the queue, by when the work was handed in: what came back and was handed in again waits anew."""
    wanted, order = practice_queue(course, lesson=lesson, whose=whose), (PracticeWork.handed_in_at, PracticeWork.id)
    last = session.get(PracticeWork, after) if after is not None else None
    if last is not None and last.handed_in_at is not None:
        wanted = wanted.where(tuple_(*order) > (last.handed_in_at, last.id))
    rows = session.scalars(wanted.order_by(*order).limit(PAGE_SIZE + 1)).all()
    return Page(rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None, after)


def practice_decided(state: str) -> Select[PracticeWork]:
    return _whole().where(PracticeWork.state == state)


def target_working_days(session: Session, day: date) -> int:
    """The working days in which a work is to be marked, as set; the house's own target where nothing is."""
    wanted = select(ProgrammeRule.value).where(ProgrammeRule.key == "practice_working_days",
                                               ProgrammeRule.from_on <= day)
    found = session.scalar(wanted.order_by(ProgrammeRule.from_on.desc(), ProgrammeRule.id).limit(1))
    return TARGET_WORKING_DAYS if found is None else int(found)


def waiting_count(session: Session) -> int:
    wanted = select(func.count(PracticeWork.id)).where(PracticeWork.state == WorkState.HANDED_IN)
    return session.scalar(wanted) or 0


def oldest_waiting(session: Session, *, but: str = "", not_of: int | None = None) -> PracticeWork | None:
    """The work that has waited longest, for the next press: with this trainer or with nobody, never their own."""
    wanted = practice_queue().where(PracticeWork.reference != but,
                                    or_(PracticeWork.trainer_id.is_(None), PracticeWork.trainer_id == not_of))
    if not_of is not None:
        wanted = wanted.join(Learner, Learner.id == PracticeWork.learner_id).where(Learner.account_id != not_of)
    return session.scalar(wanted.order_by(PracticeWork.handed_in_at, PracticeWork.id).limit(1))


def _whole() -> Select[PracticeWork]:
    return select(PracticeWork).options(
        joinedload(PracticeWork.lesson).joinedload(Lesson.module).joinedload(Module.course),
        joinedload(PracticeWork.enrolment).joinedload(Enrolment.learner),
    )
