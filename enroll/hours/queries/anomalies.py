"""Study that looks unusual."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from enroll.enrolments.models import Enrolment
from enroll.hours.lifecycle import AnomalyState
from enroll.hours.models import AnomalyMove, HoursAnomaly, LedgerEntry

WHOLE = joinedload(HoursAnomaly.enrolment).joinedload(Enrolment.learner)


def anomalies(*, decided: bool = False, kind: str = "") -> Select[HoursAnomaly]:
    waits = HoursAnomaly.state == AnomalyState.OPEN
    wanted = select(HoursAnomaly).where(~waits if decided else waits).options(WHOLE)
    return wanted.where(HoursAnomaly.kind == kind) if kind else wanted


def anomaly_by_reference(session: Session, reference: str) -> HoursAnomaly | None:
    return session.scalar(select(HoursAnomaly).where(HoursAnomaly.reference == reference).options(WHOLE))


def anomaly_history(session: Session, number: int) -> Sequence[AnomalyMove]:
    wanted = select(AnomalyMove).where(AnomalyMove.record_id == number)
    return session.scalars(wanted.order_by(AnomalyMove.id.desc())).all()


def entries_of(session: Session, anomaly: HoursAnomaly) -> Sequence[LedgerEntry]:
    """The ledger entries it is about, each with the one that took it back, if any."""
    wanted = select(LedgerEntry).where(LedgerEntry.id.in_(anomaly.entry_ids))
    return session.scalars(wanted.options(joinedload(LedgerEntry.reversed_by)).order_by(LedgerEntry.id)).all()


def entries_for(session: Session, enrolment_id: int, sources: Sequence[str]) -> Sequence[LedgerEntry]:
    """What was credited to an enrolment for these sources: whole keys, or beginnings of keys ("session:<token>:")."""
    starts = [LedgerEntry.source_key.startswith(one, autoescape=True) for one in sources]
    wanted = select(LedgerEntry).where(LedgerEntry.enrolment_id == enrolment_id, or_(*starts))
    return session.scalars(wanted.order_by(LedgerEntry.id)).all()
