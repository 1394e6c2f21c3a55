"""What a trainer wants to see beside a work: the same file from somebody else, the hand-in before, who has how much."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from enroll.accounts.models import Account
from enroll.courses.lifecycle import WorkState
from enroll.courses.models.editions import Lesson, Module
from enroll.courses.models.works import PracticeFile, PracticeWork
from enroll.enrolments.models import Enrolment
from enroll.learners.models import Learner
from enroll.storage.files import StoredFile

MOST_PHRASES = 8


@dataclass(frozen=True)
class Load:
    """What waits with one trainer, or with nobody, and since when; `account` None is nobody."""

    account: Account | None
    waiting: int
    oldest: datetime | None


def same_files(session: Session, works: Sequence[PracticeWork]) -> Mapping[int, list[tuple[str, str, str]]]:
    """By work: (file name, reference, learner's name) of other people's works that hold the very same file."""
    mine = {work.id: work for work in works}
    own = (
        select(PracticeFile.work_id, StoredFile.sha256).join(StoredFile, StoredFile.id == PracticeFile.file_id)
        .where(PracticeFile.work_id.in_(mine), PracticeFile.hand_in > 0, PracticeFile.removed_at.is_(None))
        .distinct().subquery())
    others = (
        select(own.c.work_id, StoredFile.name, PracticeWork.reference, PracticeWork.learner_id, Learner.legal_name)
        .join(StoredFile, StoredFile.sha256 == own.c.sha256).join(PracticeFile, PracticeFile.file_id == StoredFile.id)
        .join(PracticeWork, PracticeWork.id == PracticeFile.work_id)
        .join(Learner, Learner.id == PracticeWork.learner_id)
        .where(PracticeFile.hand_in > 0).distinct()
    )
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for number, name, reference, learner_id, legal_name in session.execute(others):
        if mine[number].learner_id != learner_id:
            found[number].append((name, reference, legal_name))
    return found


def files_and_before(session: Session, work: PracticeWork) -> tuple[list[PracticeFile], list[PracticeFile]]:
    """What is marked, the files of the last hand-in, and those of the one before it, for comparing."""
    wanted = select(PracticeFile).where(PracticeFile.work_id == work.id, PracticeFile.hand_in >= work.hand_ins - 1,
                                        PracticeFile.hand_in > 0)
    both = session.scalars(wanted.order_by(PracticeFile.id)).all()
    return ([one for one in both if one.hand_in == work.hand_ins and one.removed_at is None],
            [one for one in both if one.hand_in == work.hand_ins - 1])


def loads(session: Session, trainers: Sequence[Account]) -> Sequence[Load]:
    """What waits with nobody, and with each trainer."""
    wanted = select(PracticeWork.trainer_id, func.count(PracticeWork.id), func.min(PracticeWork.handed_in_at)).where(
        PracticeWork.state == WorkState.HANDED_IN).group_by(PracticeWork.trainer_id)
    found = {number: (waiting, oldest) for number, waiting, oldest in session.execute(wanted)}
    rows = [(None, found.get(None, (0, None))), *((one, found.get(one.id, (0, None))) for one in trainers)]
    return [Load(account, waiting, oldest) for account, (waiting, oldest) in rows]


def phrases_of(session: Session, account_id: int | None, lesson_id: int) -> Sequence[str]:
    """A trainer's own comments on this lesson, the most used first: to be used again without typing."""
    wanted = select(PracticeWork.comment).join(Lesson, Lesson.id == PracticeWork.lesson_id).where(
        PracticeWork.decided_by_id == account_id, PracticeWork.comment != "",
        Lesson.code == select(Lesson.code).where(Lesson.id == lesson_id).scalar_subquery())
    grouped = wanted.group_by(PracticeWork.comment).order_by(func.count(PracticeWork.id).desc(), PracticeWork.comment)
    return session.scalars(grouped.limit(MOST_PHRASES)).all()


def works_named(session: Session, references: Sequence[str]) -> Sequence[PracticeWork]:
    """Works by reference, the oldest first."""
    wanted = select(PracticeWork).where(PracticeWork.reference.in_(references)).options(
        joinedload(PracticeWork.lesson).joinedload(Lesson.module).joinedload(Module.course),
        joinedload(PracticeWork.enrolment).joinedload(Enrolment.learner))
    return session.scalars(wanted.order_by(PracticeWork.handed_in_at, PracticeWork.id)).all()
