"""The audit chain."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from enroll.storage.columns import UtcMoment
from enroll.storage.database import Base


class AuditEntry(Base):
    """`subject` is the reference people see; `learner_id` (of learners, a later package) puts the act on a timeline."""

    __tablename__ = "audit_entry"
    __append_only__ = True

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcMoment, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(120))
    act: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(60), index=True)
    learner_id: Mapped[int | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class OnePersonAct(Base):
    """One person did both of two separated duties, as a small office may: what, about which record, and why. Who looks
    at the record sees it there; `codes` name the duties."""

    __tablename__ = "one_person_act"
    __append_only__ = True
    __table_args__ = (CheckConstraint("reason <> ''", name="says_why"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60), index=True)  # the record's reference
    act: Mapped[str] = mapped_column(String(80))
    codes: Mapped[list[str]] = mapped_column(JSON)
    learner_id: Mapped[int | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    by_name: Mapped[str] = mapped_column(String(120))


class AuditHead(Base):
    """The chain's last link; one row, locked last in every transaction that wrote."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
