"""Fees of one subject or one learner; settled or not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.fees.lifecycle import OPEN, SETTLED, FeeState
from enroll.fees.models import Fee, Payment, Refund
from enroll.fees.rules import FeeFacts


def fee_for(session: Session, subject: str) -> Fee | None:
    """The live fee of a subject (a reference of an enrolment, application or booking); void ones do not count."""
    return session.scalar(select(Fee).where(Fee.subject == subject, Fee.state != FeeState.VOID))


def fee_is_settled(session: Session, subject: str) -> bool:
    """Paid, waived or included. A subject without a fee is not settled: whoever asks has raised one."""
    return session.scalar(select(Fee.id).where(Fee.subject == subject, Fee.state.in_(SETTLED))) is not None


def paid_at(session: Session, payment_id: int) -> datetime:
    """When the money of a payment arrived (aware UTC), which may be long before somebody recorded it."""
    return session.scalars(select(Payment.paid_at).where(Payment.id == payment_id)).one()


def fee_by_reference(session: Session, reference: str) -> Fee | None:
    whole = (joinedload(Fee.learner), selectinload(Fee.payments).joinedload(Payment.reconciled),
             selectinload(Fee.refunds))
    return session.scalar(select(Fee).where(Fee.reference == reference).options(*whole))


def fees_of(session: Session, learner_id: int) -> Sequence[Fee]:
    """One learner's fees with payments and refunds, newest first."""
    wanted = select(Fee).where(Fee.learner_id == learner_id).options(selectinload(Fee.payments),
                                                                     selectinload(Fee.refunds))
    return session.scalars(wanted.order_by(Fee.id.desc())).all()


def due_fees(session: Session, before: datetime, *, at_most: int = 200) -> Sequence[Fee]:
    """Fees still owed whose date has passed at `before`, the oldest first: what a lapse job asks about."""
    wanted = select(Fee).where(Fee.state.in_(OPEN), Fee.due_at <= before)
    return session.scalars(wanted.order_by(Fee.due_at, Fee.id).limit(at_most)).all()


def refund_by_reference(session: Session, reference: str) -> Refund | None:
    return session.scalar(select(Refund).where(Refund.reference == reference))


def facts_about(fee: Fee) -> FeeFacts:
    return FeeFacts(fee.learner.account_id, fee.amount_fen, fee.paid_fen)
