"""Money arrives: recorded once, by its trade number; what comes too late is kept and reconciled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from enroll.audit import services as audit
from enroll.audit.moves import expect_version, make_move
from enroll.fees.events import PaymentCameLate
from enroll.fees.lifecycle import FEE, OPEN, FeeState
from enroll.fees.models import Fee, Payment, Reconciliation
from enroll.fees.queries.fees import facts_about
from enroll.fees.rules import Provider, ReconciledAs
from enroll.fees.services.raising import settle
from enroll.fees.services.refunds import ask_back
from enroll.foundation.actor import SYSTEM, Actor
from enroll.foundation.problems import OWN_RECORD, REASON_MISSING, Problem, Refused, problem
from enroll.foundation.text import compared
from enroll.foundation.words import N_
from enroll.storage import outbox
from enroll.storage.database import lock, transaction

RECONCILED = "reconciled"


@dataclass(frozen=True)
class Recorded:
    """What became of a payment: the fee's state now, and whether the money came for a fee no longer owed."""

    payment_id: int
    state: str
    late: bool


def record_payment(
    fee_reference: str, provider: str, trade_no: str, amount_fen: int, paid_at: datetime, *, by: Actor, now: datetime,
    seen_version: int | None = None,
) -> Recorded:
    """Record money that arrived for one fee: in full, a part of it, or too late.

    Raises Refused when the trade number is already recorded with this provider (naming the fee), when the amount is
    more than what is owed, when it is paid in the future, or when finance would record their own payment.
    """
    with transaction() as session:
        fee = lock(session, Fee, Fee.reference == fee_reference)
        expect_version(fee, seen_version)
        number = compared(trade_no)
        problems = _against_recording(fee, number, amount_fen, paid_at, by, now)
        if problems:
            raise Refused(problems)
        late = fee.state not in OPEN
        payment_id = _write(session, fee, provider, number, amount_fen, paid_at, late, by, now)
        if late:
            outbox.record(session, PaymentCameLate(fee.learner_id, fee.reference, fee.subject, payment_id), now)
        else:
            fee.paid_fen += amount_fen
            _move_on(session, fee, by, now)
        audit.record(session, "fee.payment", fee.reference, by=by, now=now, learner_id=fee.learner_id,
                     provider=provider, trade_no=number, amount_fen=amount_fen, late=late)
        return Recorded(payment_id, fee.state, late)


def keep_beyond(
    fee_reference: str, provider: str, trade_no: str, amount_fen: int, paid_at: datetime, *, by: Actor, now: datetime
) -> int:
    """Keep money of a transfer beyond everything that was owed, beside one of its fees, for finance to reconcile. The
    learner did not pay it, so nobody is written to. Raises Refused: the trade number is known, one's own fee."""
    with transaction() as session:
        fee = lock(session, Fee, Fee.reference == fee_reference)
        problems = _against_recording(fee, trade_no, amount_fen, paid_at, by, now)
        if problems:
            raise Refused(problems)
        payment_id = _write(session, fee, provider, trade_no, amount_fen, paid_at, True, by, now)
        audit.record(session, "fee.payment", fee.reference, by=by, now=now, learner_id=fee.learner_id,
                     provider=provider, trade_no=trade_no, amount_fen=amount_fen, late=True)
        return payment_id


def reconcile_payment(payment_id: int, outcome: str, *, reason: str, by: Actor, now: datetime) -> None:
    """Say what became of a late payment: asked back for the learner, or used in another way (and which)."""
    with transaction() as session:
        payment = lock(session, Payment, Payment.id == payment_id)
        fee = lock(session, Fee, Fee.id == payment.fee_id)
        if not payment.late or payment.reconciled is not None:
            raise Refused(problem("already_reconciled", N_("This payment is already settled.")))
        if not reason.strip():
            raise Refused(REASON_MISSING)
        if by.account_id == fee.learner.account_id:
            raise Refused(OWN_RECORD)
        session.add(Reconciliation(payment_id=payment.id, outcome=str(outcome), reason=reason, made_at=now,
                                   made_by_id=by.account_id))
        if outcome == ReconciledAs.REFUNDED:
            ask_back(session, fee, payment.amount_fen, RECONCILED, reason, by=by, now=now)
        audit.record(session, "fee.reconcile", fee.reference, by=by, now=now, learner_id=fee.learner_id,
                     trade_no=payment.trade_no, outcome=str(outcome), reason=reason)


def pay_after_all(session: Session, payment_id: int, *, now: datetime) -> bool:
    """In the open transaction: a late payment that nobody has reconciled pays its void fee after all, where it is the
    whole amount; gives whether it does. For whoever has taken the subject's seat again."""
    payment = lock(session, Payment, Payment.id == payment_id)
    fee = lock(session, Fee, Fee.id == payment.fee_id)
    whole = fee.state == FeeState.VOID and fee.paid_fen == 0 and payment.amount_fen == fee.amount_fen
    if not whole or not payment.late or payment.reconciled is not None:
        return False
    session.add(Reconciliation(payment_id=payment.id, outcome=str(ReconciledAs.SEAT), reason="", made_at=now,
                               made_by_id=payment.recorded_by_id))
    fee.paid_fen = payment.amount_fen
    settle(session, fee, "revive", by=SYSTEM, now=now)
    session.flush()
    return True


def _against_recording(
    fee: Fee, number: str, amount_fen: int, paid_at: datetime, by: Actor, now: datetime
) -> list[Problem]:
    problems = []
    if not number:
        problems.append(problem("trade_no_missing", N_("Enter the trade number of the payment."), field="trade_no"))
    if amount_fen <= 0:
        problems.append(problem("amount_missing", N_("Enter the amount that arrived, for example 480.00."),
                                field="amount"))
    if paid_at > now:
        problems.append(problem("paid_in_future", N_("A payment cannot lie in the future."), field="paid_at"))
    if by.account_id == fee.learner.account_id:
        problems.append(OWN_RECORD)
    return problems


def _write(
    session: Session, fee: Fee, provider: str, number: str, amount_fen: int, paid_at: datetime, late: bool, by: Actor,
    now: datetime,
) -> int:
    """Insert the row, or refuse: two people recording the same trade number at once get one row and one refusal."""
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    row = insert(Payment).values(
        fee_id=fee.id, provider=str(Provider(provider)), trade_no=number, amount_fen=amount_fen, paid_at=paid_at,
        recorded_at=now, recorded_by_id=by.account_id, late=late,
    )
    written = session.execute(
        row.on_conflict_do_nothing(index_elements=["provider", "trade_no"]).returning(Payment.id)
    ).scalar_one_or_none()
    if written is None:
        raise Refused(_already_recorded(session, provider, number))
    return int(written)


def _already_recorded(session: Session, provider: str, number: str) -> Problem:
    known = session.execute(
        select(Fee.reference, Payment.recorded_at).join(Payment.fee)
        .where(Payment.provider == provider, Payment.trade_no == number)
    ).one()
    return problem("trade_no_known", N_("This trade number was already recorded for %(fee)s on %(moment)s. Nothing was "
                   "recorded a second time."), field="trade_no", fee=known.reference, moment=known.recorded_at)


def _move_on(session: Session, fee: Fee, by: Actor, now: datetime) -> None:
    if fee.paid_fen < fee.amount_fen:
        make_move(session, FEE, fee, "pay_part", by=by, now=now, facts=facts_about(fee))
    else:
        settle(session, fee, "pay", by=by, now=now)
