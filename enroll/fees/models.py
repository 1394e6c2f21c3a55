"""Fees, payments and refunds. Amounts are whole fen."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.fees.lifecycle import OPEN, FeeState, RefundState
from enroll.fees.rules import Payer, Provider, ReconciledAs
from enroll.foundation.words import Bilingual
from enroll.learners.models import Learner
from enroll.programmes.models import MOST_FEN
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned


class FeeMove(HistoryRow, Base):
    __tablename__ = "fee_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), index=True)


class Fee(Versioned, Base):
    """What one learner owes for one subject (the reference of an enrolment or application); one live fee a subject."""

    __tablename__ = "fee"
    __table_args__ = (
        one_of("state", FeeState),
        one_of("payer", Payer),
        *whole("amount_fen", 0, MOST_FEN),
        *whole("paid_fen", 0, MOST_FEN),
        Index("uq_fee_live_subject", "subject", unique=True,
              sqlite_where=text("state <> 'void'"), postgresql_where=text("state <> 'void'")),
        Index("ix_fee_queue", "state", "due_at", "id"),
    )
    history = FeeMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    subject: Mapped[str] = mapped_column(String(40), index=True)
    item_code: Mapped[str] = mapped_column(String(60))  # several items of one fee are joined with "+"
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160))
    amount_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)
    payer: Mapped[str] = mapped_column(String(20), default=Payer.LEARNER)
    state: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime] = mapped_column(UtcMoment)
    raised_at: Mapped[datetime] = mapped_column(UtcMoment)
    settled_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    payments: Mapped[list["Payment"]] = relationship(order_by="Payment.id", back_populates="fee")
    refunds: Mapped[list["Refund"]] = relationship(order_by="Refund.id", back_populates="fee")

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_zh, self.title_en)

    @property
    def owed_fen(self) -> int:
        """What is still to be paid: nothing once the fee is settled or void."""
        return self.amount_fen - self.paid_fen if self.state in OPEN else 0


class Payment(Base):
    """Money that arrived. The trade number is unique per provider, so a payment cannot be recorded twice.

    `late`: it came for a fee that was no longer owed. It is kept and reconciled, never lost, and not in `paid_fen`
    unless it was reconciled by taking the seat again.
    """

    __tablename__ = "payment"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("provider", "trade_no"),
        *whole("amount_fen", 1, MOST_FEN),
        one_of("provider", Provider),
        Index("ix_payment_day", "paid_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fee_id: Mapped[int] = mapped_column(ForeignKey("fee.id"), index=True)
    provider: Mapped[str] = mapped_column(String(20))
    trade_no: Mapped[str] = mapped_column(String(64))
    amount_fen: Mapped[int]
    paid_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    late: Mapped[bool] = mapped_column(default=False)

    fee: Mapped[Fee] = relationship(back_populates="payments")
    reconciled: Mapped["Reconciliation | None"] = relationship()


class Reconciliation(Base):
    """What became of a late payment: given back, or used in another way, with a reason. Once a payment."""

    __tablename__ = "reconciliation"
    __append_only__ = True
    __table_args__ = (one_of("outcome", ReconciledAs),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcMoment)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class RefundMove(HistoryRow, Base):
    __tablename__ = "refund_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)


class Refund(Versioned, Base):
    """Money on its way back. `rule_code` names the refund rule it follows; amounts in fen."""

    __tablename__ = "refund"
    __table_args__ = (
        one_of("state", RefundState), *whole("amount_fen", 1, MOST_FEN), Index("ix_refund_queue", "state", "id"),
    )
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

    fee: Mapped[Fee] = relationship(back_populates="refunds")
    learner: Mapped[Learner] = relationship()
