"""How much waits for staff in each of the queues about hours, in one statement."""

from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from enroll.hours.lifecycle import AdjustmentState, AnomalyState, ClaimState, DisputeState, DoubtState
from enroll.hours.models import HourAdjustment, HourClaim, HoursAnomaly, HoursDispute, HoursDoubt

WAITING: dict[str, tuple[type[Any], str]] = {
    "doubts": (HoursDoubt, DoubtState.OPEN),
    "disputes": (HoursDispute, DisputeState.OPEN),
    "claims": (HourClaim, ClaimState.SUBMITTED),
    "anomalies": (HoursAnomaly, AnomalyState.OPEN),
    "adjustments": (HourAdjustment, AdjustmentState.WAITING),
}


def waiting_counts(session: Session) -> dict[str, int]:
    parts = [select(literal(name), func.count(model.id)).where(model.state == str(state))
             for name, (model, state) in WAITING.items()]
    rows = session.execute(union_all(*parts)).all()
    return {str(name): int(number) for name, number in rows}
