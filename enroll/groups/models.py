"""Employers, their groups for an exam window, the members, and the one payment for several."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.applications.models import Application
from enroll.fees.rules import Provider
from enroll.groups.lifecycle import GroupState
from enroll.learners.models import Learner
from enroll.programmes.models import MOST_FEN, Window
from enroll.storage.columns import UtcMoment, one_of, whole
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned


class Employer(Base):
    """An organisation that registers its people. Its contact person has no sign-in and sees no learner's record."""

    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    contact_name: Mapped[str] = mapped_column(String(60))
    contact: Mapped[str] = mapped_column(String(254))


class GroupMove(HistoryRow, Base):
    __tablename__ = "exam_group_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("exam_group.id"), index=True)


class ExamGroup(Versioned, Base):
    __tablename__ = "exam_group"
    __table_args__ = (one_of("state", GroupState),)
    history = GroupMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[datetime] = mapped_column(UtcMoment)

    employer: Mapped[Employer] = relationship(lazy="joined", innerjoin=True)
    window: Mapped[Window] = relationship(lazy="joined", innerjoin=True)


class GroupMember(Base):
    """Somebody of the roster. They join by themselves, having agreed that the employer reads whether their part is
    done; the application is their own. `theory` and `practical`: the sittings the employer proposes."""

    __tablename__ = "group_member"
    __table_args__ = (
        UniqueConstraint("group_id", "learner_id"),
        CheckConstraint("joined_at IS NULL OR declined_at IS NULL", name="one_answer"),
        CheckConstraint("application_id IS NULL OR joined_at IS NOT NULL", name="joined_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("exam_group.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    theory: Mapped[str] = mapped_column(String(40), default="")
    practical: Mapped[str] = mapped_column(String(40), default="")
    invited_at: Mapped[datetime] = mapped_column(UtcMoment)
    joined_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    declined_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True)

    group: Mapped[ExamGroup] = relationship()
    learner: Mapped[Learner] = relationship()
    application: Mapped[Application | None] = relationship()


class GroupPayment(Base):
    """One transfer for the group: what went to members' fees, and what was left for finance to reconcile."""

    __tablename__ = "group_payment"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("provider", "trade_no"), one_of("provider", Provider), *whole("amount_fen", 1, MOST_FEN),
        *whole("allocated_fen", 0, MOST_FEN), CheckConstraint("allocated_fen <= amount_fen", name="no_more_than_came"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("exam_group.id"), index=True)
    provider: Mapped[str] = mapped_column(String(20))
    trade_no: Mapped[str] = mapped_column(String(64))
    amount_fen: Mapped[int]
    allocated_fen: Mapped[int]
    paid_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_at: Mapped[datetime] = mapped_column(UtcMoment)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
