"""Fees, payments and refunds. Amounts are whole fen."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.fees.lifecycle import FeeState, RefundState
from enroll.learners.models import Learner
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned

MOST_FEN = 100_000_00


class FeeItem(Base):
    """A price from one day on, with its source; never shown as official."""

    __tablename__ = "fee_item"
    __table_args__ = (UniqueConstraint("code", "from_on"), *whole("amount_fen", 0, MOST_FEN))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))  # training, exam, service
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160))
    amount_fen: Mapped[int]
    from_on: Mapped[date]
    source: Mapped[str] = mapped_column(Text, default="")


class FeeMove(HistoryRow, Base):
    __tablename__ = "fee_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), index=True)


class Fee(Versioned, Base):
    """What one learner owes for one subject (the reference of an enrolment or application); one live fee a subject."""

    __tablename__ = "fee"
    __table_args__ = (
        one_of("state", FeeState),
        *whole("amount_fen", 0, MOST_FEN),
        *whole("paid_fen", 0, MOST_FEN),
        Index("uq_fee_live_subject", "subject", unique=True,
              sqlite_where=text("state <> 'void'"), postgresql_where=text("state <> 'void'")),
        Index("ix_fee_queue", "state", "due_at"),
    )
    history = FeeMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    subject: Mapped[str] = mapped_column(String(40), index=True)
    item_code: Mapped[str] = mapped_column(String(40))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160))
    amount_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)
    payer: Mapped[str] = mapped_column(String(20), default="learner")  # learner, employer, school
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    raised_at: Mapped[datetime] = mapped_column(UtcMoment)
    settled_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    payments: Mapped[list["Payment"]] = relationship(order_by="Payment.id")


class Payment(Base):
    """Money that arrived. The trade number is unique per provider, so a payment cannot be recorded twice."""

    __tablename__ = "payment"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("provider", "trade_no"), *whole("amount_fen", 1, MOST_FEN))

    id: Mapped[int] = mapped_column(primary_key=True)
    fee_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), index=True)
    provider: Mapped[str] = mapped_column(String(20))  # bank, wechat, alipay, cash
    trade_no: Mapped[str] = mapped_column(String(64))
    amount_fen: Mapped[int]
    paid_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    late: Mapped[bool] = mapped_column(default=False)  # arrived after the fee was no longer owed: to be reconciled


class RefundMove(HistoryRow, Base):
    __tablename__ = "refund_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)


class Refund(Versioned, Base):
    __tablename__ = "refund"
    __table_args__ = (one_of("state", RefundState), *whole("amount_fen", 0, MOST_FEN))
    history = RefundMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    fee_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    amount_fen: Mapped[int]
    rule_code: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime] = mapped_column(UtcMoment)

    fee: Mapped[Fee] = relationship()
