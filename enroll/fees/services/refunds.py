"""Money goes back: asked for by rule, approved, sent, arrived."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from enroll.audit.moves import begin, expect_version, make_move
from enroll.fees.events import RefundMoved
from enroll.fees.lifecycle import REFUND
from enroll.fees.models import Fee, Payment, Refund
from enroll.fees.queries.fees import facts_about
from enroll.fees.rules import refundable
from enroll.foundation.actor import Actor
from enroll.foundation.problems import Refused
from enroll.storage import outbox
from enroll.storage.counters import next_reference
from enroll.storage.database import lock, transaction


def request_refund(
    fee_reference: str, amount_fen: int, rule_code: str, *, reason: str, by: Actor, now: datetime
) -> str:
    """Ask for money back by a refund rule (rules.exam_refund, rules.training_refund); gives the refund's reference.

    Raises Refused when more would come back than arrived.
    """
    with transaction() as session:
        fee = lock(session, Fee, Fee.reference == fee_reference)
        return ask_back(session, fee, amount_fen, rule_code, reason, by=by, now=now)


def move_refund(
    reference: str, move: str, *, by: Actor, now: datetime, reason: str = "", seen_version: int | None = None
) -> None:
    """Approve a refund, note that it was sent, that it arrived, or that it did not."""
    with transaction() as session:
        refund = lock(session, Refund, Refund.reference == reference)
        expect_version(refund, seen_version)
        make_move(session, REFUND, refund, move, by=by, now=now, facts=facts_about(refund.fee), reason=reason,
                  amount_fen=refund.amount_fen)
        outbox.record(session, RefundMoved(refund.learner_id, refund.reference, refund.state), now)


def ask_back(
    session: Session, fee: Fee, amount_fen: int, rule_code: str, reason: str, *, by: Actor, now: datetime
) -> str:
    """Open a refund in the caller's transaction; the fee is held under its lock, so two cannot exceed what came."""
    arrived = session.scalar(select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(Payment.fee_id == fee.id))
    back = session.scalar(select(func.coalesce(func.sum(Refund.amount_fen), 0)).where(Refund.fee_id == fee.id))
    against = refundable(int(arrived or 0), int(back or 0), amount_fen)
    if against is not None:
        raise Refused(against)
    refund = Refund(reference=next_reference(session, "M"), fee_id=fee.id, learner_id=fee.learner_id,
                    amount_fen=amount_fen, rule_code=rule_code, reason=reason, requested_at=now)
    begin(session, REFUND, refund, by=by, now=now, fee=fee.reference, amount_fen=amount_fen, rule=rule_code)
    outbox.record(session, RefundMoved(refund.learner_id, refund.reference, refund.state), now)
    return refund.reference
