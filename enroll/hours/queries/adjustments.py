"""Minutes entered by hand."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from enroll.enrolments.models import Enrolment
from enroll.hours.lifecycle import AdjustmentState
from enroll.hours.models import AdjustmentMove, HourAdjustment, LedgerEntry, Source

WHOLE = (joinedload(HourAdjustment.enrolment).joinedload(Enrolment.learner), joinedload(HourAdjustment.file))


def adjustments(*, decided: bool = False) -> Select[HourAdjustment]:
    waits = HourAdjustment.state == AdjustmentState.WAITING
    return select(HourAdjustment).where(~waits if decided else waits).options(*WHOLE)


def adjustment_by_reference(session: Session, reference: str) -> HourAdjustment | None:
    return session.scalar(select(HourAdjustment).where(HourAdjustment.reference == reference).options(*WHOLE))


def adjustment_history(session: Session, number: int) -> Sequence[AdjustmentMove]:
    wanted = select(AdjustmentMove).where(AdjustmentMove.record_id == number)
    return session.scalars(wanted.order_by(AdjustmentMove.id.desc())).all()


def entered_alone(session: Session, enrolment_id: int) -> int:
    """Minutes that single people have entered for this enrolment and that were not taken back."""
    taken_back = aliased(LedgerEntry)
    return int(session.scalar(select(func.sum(LedgerEntry.minutes)).where(
        LedgerEntry.enrolment_id == enrolment_id, LedgerEntry.source == Source.MANUAL,
        LedgerEntry.second_person_id.is_(None),
        ~select(taken_back.id).where(taken_back.reverses_id == LedgerEntry.id).exists(),
    )) or 0)
