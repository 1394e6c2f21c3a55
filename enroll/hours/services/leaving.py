"""What comes back of the training fee when an enrolment is withdrawn: only here are the minutes studied known."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from enroll.enrolments.lifecycle import EnrolmentState
from enroll.enrolments.models import Enrolment
from enroll.enrolments.queries.enrolments import enrolment_by_reference
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee, Refund
from enroll.fees.queries.fees import fee_for
from enroll.fees.rules import RefundQuote, training_refund
from enroll.fees.services.refunds import ask_back
from enroll.foundation.actor import SYSTEM
from enroll.foundation.clock import local_day
from enroll.hours.queries.standing import minutes_credited
from enroll.programmes.queries.programmes import rules_at
from enroll.storage.database import lock, transaction


def refund_on_leaving(session: Session, enrolment: Enrolment, now: datetime) -> RefundQuote | None:
    """What would come back now, by the rules that stood at the enrolment; None where no fee was paid in full (a part
    comes back whole when the fee is let go), or where no rule was in force and finance decides by hand."""
    fee = fee_for(session, enrolment.reference)
    if fee is None or fee.state != FeeState.PAID:
        return None
    try:
        rules = rules_at(session, enrolment.programme.code, local_day(enrolment.enrolled_at)).training_refund_rules
        return training_refund(
            rules, fee.paid_fen, opened_at=fee.settled_at or enrolment.enrolled_at,
            minutes_studied=minutes_credited(session, enrolment.id),
            minutes_total=enrolment.demands.required_minutes, now=now,
        )
    except LookupError:
        return None


def give_training_fee_back(reference: str, *, left_at: datetime, now: datetime) -> None:
    """Ask for the refund of a withdrawn enrolment, as its page announced it at `left_at`. A second run asks nothing."""
    with transaction() as session:
        enrolment = enrolment_by_reference(session, reference)
        if enrolment is None or enrolment.state != EnrolmentState.WITHDRAWN:
            return
        offered = refund_on_leaving(session, enrolment, left_at)
        if offered is None or offered.amount_fen == 0:
            return
        fee = lock(session, Fee, Fee.subject == reference, Fee.state == FeeState.PAID)
        asked = select(Refund.id).where(Refund.fee_id == fee.id, Refund.rule_code == offered.rule.code)
        if session.scalar(asked) is None:
            ask_back(session, fee, offered.amount_fen, offered.rule.code, "", by=SYSTEM, now=now)
