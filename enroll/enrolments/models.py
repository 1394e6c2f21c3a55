"""Cohorts and enrolments."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from enroll.accounts.models import Account
from enroll.enrolments.lifecycle import EnrolmentState, ExceptionState
from enroll.enrolments.rules import CohortSource, Demands, Exceptable
from enroll.foundation.words import Bilingual
from enroll.learners.models import Learner
from enroll.programmes.models import Programme, Window
from enroll.storage.columns import UtcMoment, one_of
from enroll.storage.database import Base
from enroll.storage.history import HistoryRow, Versioned


class Cohort(Base):
    """A class 班级: an adviser, and where its learners come from."""

    __tablename__ = "cohort"
    __table_args__ = (one_of("source", CohortSource), Index("ix_cohort_programme", "programme_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160), default="")
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    adviser_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    source: Mapped[str] = mapped_column(String(20))
    open_to_all: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None] = mapped_column(UtcMoment)

    programme: Mapped[Programme] = relationship()
    adviser: Mapped[Account] = relationship()

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_zh, self.name_en)


class EnrolmentMove(HistoryRow, Base):
    __tablename__ = "enrolment_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)


class Enrolment(Versioned, Base):
    __tablename__ = "enrolment"
    __table_args__ = (
        one_of("state", EnrolmentState),
        Index("uq_enrolment_live", "learner_id", "programme_id", unique=True,
              sqlite_where=text("state IN ('pending_payment', 'active')"),
              postgresql_where=text("state IN ('pending_payment', 'active')")),
    )
    history = EnrolmentMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    direction_code: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(20))
    demands_as_stood: Mapped[dict[str, Any]] = mapped_column(JSON)
    agreement_version: Mapped[int]
    enrolled_at: Mapped[datetime] = mapped_column(UtcMoment)

    learner: Mapped[Learner] = relationship()
    programme: Mapped[Programme] = relationship()
    cohort: Mapped[Cohort] = relationship()
    moves: Mapped[list[EnrolmentMove]] = relationship(order_by="EnrolmentMove.id", viewonly=True)

    @property
    def demands(self) -> Demands:
        return Demands(**self.demands_as_stood)


class RuleExceptionMove(HistoryRow, Base):
    __tablename__ = "rule_exception_move"

    record_id: Mapped[int] = mapped_column(ForeignKey("rule_exception.id"), index=True)


class RuleException(Versioned, Base):
    """A rule of entry that does not bind one learner in one window 例外: proposed by a review lead, decided by a second
    person, which the database demands too."""

    __tablename__ = "rule_exception"
    __table_args__ = (
        one_of("state", ExceptionState), one_of("rule", Exceptable),
        CheckConstraint("state <> 'granted' OR decided_by_id IS NOT NULL", name="granted_by_somebody"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="two_people"),
        Index("uq_rule_exception_stands", "learner_id", "window_id", "rule", unique=True,
              sqlite_where=text("state IN ('proposed', 'granted')"),
              postgresql_where=text("state IN ('proposed', 'granted')")),
        Index("ix_rule_exception_queue", "state", "proposed_at"),
    )
    history = RuleExceptionMove

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    window_id: Mapped[int] = mapped_column(ForeignKey("exam_window.id"))
    rule: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(UtcMoment)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    learner: Mapped[Learner] = relationship()
    window: Mapped[Window] = relationship()
    proposed_by: Mapped[Account] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])
