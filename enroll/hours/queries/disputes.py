"""Time that learners dispute."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.models import Enrolment
from enroll.hours.lifecycle import DisputeState, DoubtState
from enroll.hours.models import DisputeMove, HoursDispute, HoursDoubt, LedgerEntry, UncountedTime
from enroll.learners.models import Learner

WHOLE = (
    joinedload(HoursDispute.enrolment).joinedload(Enrolment.learner), joinedload(HoursDispute.uncounted),
    joinedload(HoursDispute.picture),
)


def disputes(*, decided: bool = False) -> Select[HoursDispute]:
    wanted = select(HoursDispute).options(*WHOLE)
    is_open = HoursDispute.state == DisputeState.OPEN
    return wanted.where(~is_open if decided else is_open)


def dispute_by_reference(session: Session, reference: str) -> HoursDispute | None:
    return session.scalar(select(HoursDispute).where(HoursDispute.reference == reference).options(*WHOLE))


def my_dispute(session: Session, account_id: int, reference: str) -> HoursDispute | None:
    """One's own; another's is not there."""
    mine = select(HoursDispute).join(Learner, Learner.id == HoursDispute.learner_id).options(*WHOLE)
    return session.scalar(mine.where(HoursDispute.reference == reference, Learner.account_id == account_id))


def dispute_history(session: Session, number: int) -> Sequence[DisputeMove]:
    wanted = select(DisputeMove).where(DisputeMove.record_id == number)
    return session.scalars(wanted.order_by(DisputeMove.id.desc())).all()


def open_disputes(session: Session, enrolment_id: int) -> int:
    return session.scalar(select(func.count(HoursDispute.id)).where(
        HoursDispute.enrolment_id == enrolment_id, HoursDispute.state == DisputeState.OPEN
    )) or 0


def stretch_of(session: Session, enrolment_id: int, number: int) -> UncountedTime | None:
    """A stretch that was not counted, with its dispute if there is one."""
    return session.scalar(select(UncountedTime).options(joinedload(UncountedTime.dispute)).where(
        UncountedTime.enrolment_id == enrolment_id, UncountedTime.id == number
    ))


def minutes_of_lesson(session: Session, enrolment_id: int, lesson_code: str) -> int:
    """What a lesson has brought so far, with what is still in doubt of it."""
    in_ledger = session.scalar(select(func.sum(LedgerEntry.minutes)).where(
        LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.lesson_code == lesson_code
    ))
    waiting = session.scalars(select(HoursDoubt).where(
        HoursDoubt.enrolment_id == enrolment_id, HoursDoubt.state == DoubtState.OPEN
    ))
    return int(in_ledger or 0) + sum(one.minutes for one in waiting if one.entry["lesson_code"] == lesson_code)
