"""The exam fee of an application: falls due on approval, is let go or given back when the application ends."""

from datetime import datetime

from sqlalchemy.orm import Session

from enroll.applications.models import Application
from enroll.applications.rules.parts import fee_items
from enroll.fees.lifecycle import FeeState
from enroll.fees.models import Fee
from enroll.fees.queries.fees import fee_for
from enroll.fees.rules import Cause, RefundQuote, exam_refund
from enroll.fees.services.raising import include_fee, postpone_fee, raise_fee, void_fee
from enroll.fees.services.refunds import request_refund
from enroll.foundation.actor import SYSTEM, Actor
from enroll.programmes.models import Window


def let_fee_fall_due(
    session: Session, application: Application, due_at: datetime, *, by: Actor, now: datetime
) -> str:
    """Raise the exam fee by the window's frozen prices; gives its reference. What the package covers, or costs nothing,
    is settled at once. A case that was reopened keeps the fee it has, with the new date."""
    known = fee_for(session, application.reference)
    if known is not None:
        postpone_fee(application.reference, due_at, now=now)
        return known.reference
    items = fee_items(application.parts, resit=application.resit)
    reference = raise_fee(
        application.learner_id, application.reference, items, due_at=due_at, payer=application.fee_payer,
        prices=application.window.agreed.fees, by=by, now=now,
    )
    if _package_covers(session, application, items):
        fee = fee_for(session, application.reference)
        if fee is not None and fee.state == FeeState.DUE:
            include_fee(reference, by=SYSTEM, now=now)
    return reference


def amount_by_terms(window: Window, items: str) -> int:
    """What these items ("resit_theory+resit_practical") cost by the terms of a window, in fen."""
    return sum(window.agreed.fees.get(item, 0) for item in items.split("+"))


def _package_covers(session: Session, application: Application, items: str) -> bool:
    """Whether the training fee names the exam's items too (training_package+exam_first): then the exam was paid with
    it."""
    package = fee_for(session, application.enrolment.reference)
    return package is not None and set(items.split("+")) <= set(package.item_code.split("+"))


def quote(session: Session, application: Application, cause: Cause, now: datetime) -> RefundQuote | None:
    """What would come back now; None where nothing was paid."""
    return quote_of(fee_for(session, application.reference), application, cause, now)


def quote_of(fee: Fee | None, application: Application, cause: Cause, now: datetime) -> RefundQuote | None:
    """The same of its fee, where that is known."""
    if fee is None or fee.state != FeeState.PAID:
        return None
    window = application.window
    return exam_refund(window.agreed.exam_refund_rules, fee.paid_fen, cause=cause, now=now,
                       full_until=application.refund_ends_at)


def close_fee(
    session: Session, application: Application, cause: Cause, *, by: Actor, now: datetime, reason: str = ""
) -> int:
    """The application ended: what was owed is owed no more, what was paid comes back by its rule; gives the fen."""
    void_fee(application.reference, now=now, reason=reason)
    offered = quote(session, application, cause, now)
    if offered is None or offered.amount_fen == 0:
        return 0
    fee = fee_for(session, application.reference)
    assert fee is not None
    request_refund(fee.reference, offered.amount_fen, offered.rule.code, reason=reason, by=by, now=now)
    return offered.amount_fen
