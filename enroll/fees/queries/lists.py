"""The finance office's lists: fees, refunds, late payments, and what arrived on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from enroll.fees.lifecycle import OPEN, SETTLED, FeeState, RefundState
from enroll.fees.models import Fee, FeeMove, Payment, Reconciliation, Refund
from enroll.foundation.clock import at_beijing
from enroll.foundation.text import compared
from enroll.learners.models import Learner
from enroll.storage.paging import PAGE_SIZE, Page, page_by_id

GROUPS = {"due": tuple(OPEN), "settled": tuple(SETTLED), "void": (FeeState.VOID,), "all": ()}
MOST_EXPORTED = 20_000
MOST_COUNTED = 1000


@dataclass(frozen=True)
class FeeFilter:
    """`group`: due, settled, void or all; `text`: a reference, a subject, a trade number or a name in full."""

    group: str = "due"
    text: str = ""
    payer: str = ""


def fees_found(session: Session, asked: FeeFilter, *, after: int | None = None) -> Page[Fee]:
    """One page of fees: what is due, the earliest date first; everything else, the newest first."""
    wanted = _wanted(asked).options(joinedload(Fee.learner))
    if asked.group != "due":
        return page_by_id(session, wanted, Fee.id, after=after)
    last = session.get(Fee, after) if after else None
    if last is not None:
        wanted = wanted.where(tuple_(Fee.due_at, Fee.id) > (last.due_at, last.id))
    rows = session.scalars(wanted.order_by(Fee.due_at, Fee.id).limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    return Page(shown, shown[-1].id if len(rows) > PAGE_SIZE else None, after)


def fees_to_export(session: Session, asked: FeeFilter) -> Sequence[Fee]:
    """The whole list of a filter, for a file; at most 20,000 rows."""
    wanted = _wanted(asked).options(joinedload(Fee.learner), selectinload(Fee.payments))
    return session.scalars(wanted.order_by(Fee.due_at, Fee.id).limit(MOST_EXPORTED)).all()


def fees_by_references(session: Session, references: Sequence[str]) -> Sequence[Fee]:
    """The fees somebody has ticked, in the order of their dates; unknown references are left out."""
    wanted = select(Fee).where(Fee.reference.in_(references)).options(joinedload(Fee.learner))
    return session.scalars(wanted.order_by(Fee.due_at, Fee.id)).all()


def number_due(session: Session, before: datetime | None = None) -> int:
    """How many fees are owed (before a moment: overdue); counts to 1,000 and stops."""
    some = select(Fee.id).where(Fee.state.in_(OPEN))
    if before is not None:
        some = some.where(Fee.due_at <= before)
    return int(session.scalar(select(func.count()).select_from(some.limit(MOST_COUNTED).subquery())) or 0)


def refunds_in(session: Session, states: Sequence[RefundState], *, after: int | None = None) -> Page[Refund]:
    """Refunds in these states, the oldest first."""
    wanted = select(Refund).where(Refund.state.in_(states)).options(joinedload(Refund.fee), joinedload(Refund.learner))
    return page_by_id(session, wanted, Refund.id, after=after, descending=False)


def late_payments(session: Session, *, settled: bool = False, at_most: int = 100) -> Sequence[Payment]:
    """Payments that came for fees no longer owed: those to settle, or those settled, the newest first."""
    known = select(Reconciliation.payment_id)
    wanted = select(Payment).where(Payment.late, Payment.id.in_(known) if settled else Payment.id.not_in(known))
    whole = (joinedload(Payment.fee).joinedload(Fee.learner), joinedload(Payment.reconciled))
    return session.scalars(wanted.options(*whole).order_by(Payment.id.desc()).limit(at_most)).all()


@dataclass(frozen=True)
class DayTotal:
    """What arrived on one day (in Beijing) with one provider: number of payments and fen."""

    provider: str
    number: int
    amount_fen: int


def totals_of(session: Session, day: date) -> Sequence[DayTotal]:
    """The day's sums by provider, from the moment the money was paid."""
    rows = session.execute(
        select(Payment.provider, func.count(Payment.id), func.sum(Payment.amount_fen))
        .where(Payment.paid_at >= at_beijing(day), Payment.paid_at < at_beijing(day + timedelta(days=1)))
        .group_by(Payment.provider).order_by(Payment.provider)
    )
    return [DayTotal(provider, number, int(fen)) for provider, number, fen in rows]


def payments_of(session: Session, day: date, *, at_most: int = 500) -> Sequence[Payment]:
    """The day's payments, oldest first."""
    wanted = select(Payment).where(
        Payment.paid_at >= at_beijing(day), Payment.paid_at < at_beijing(day + timedelta(days=1)))
    whole = joinedload(Payment.fee).joinedload(Fee.learner)
    return session.scalars(wanted.options(whole).order_by(Payment.paid_at, Payment.id).limit(at_most)).all()


def moves_of(session: Session, fee: Fee) -> Sequence[FeeMove]:
    """What was done to a fee, newest first."""
    return session.scalars(select(FeeMove).where(FeeMove.record_id == fee.id).order_by(FeeMove.id.desc())).all()


def fees_of_account(session: Session, account_id: int) -> Sequence[Fee]:
    """One's own fees, newest first; nobody else's."""
    wanted = select(Fee).join(Fee.learner).where(Learner.account_id == account_id)
    whole = (selectinload(Fee.payments), selectinload(Fee.refunds))
    return session.scalars(wanted.options(*whole).order_by(Fee.id.desc())).all()


def _wanted(asked: FeeFilter) -> Select[Fee]:
    wanted: Select[Fee] = select(Fee)
    states = GROUPS.get(asked.group, ())
    if states:
        wanted = wanted.where(Fee.state.in_(states))
    if asked.payer:
        wanted = wanted.where(Fee.payer == asked.payer)
    if asked.text:
        key = compared(asked.text)
        of_payment = select(Payment.fee_id).where(Payment.trade_no == key)
        of_learner = select(Learner.id).where(Learner.legal_name == asked.text)
        wanted = wanted.where(or_(Fee.reference == key, Fee.subject == key, Fee.id.in_(of_payment),
                                  Fee.learner_id.in_(of_learner)))
    return wanted
